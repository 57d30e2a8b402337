"""Steps of a feed: how all that it counts changed from one snapshot to the next."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.estimates.codes import row_codes

Floats = NDArray[np.float64]

#: Fewest entities in both snapshots for a median to stand for the market.
MIN_COMMON = 30


def entity_changes(rows: pl.DataFrame, by: Sequence[str], level: Floats) -> Floats:
    """Change of each entity since the snapshot before it.

    Parameters
    ----------
    rows
        ``entity, period, suspect`` and the columns of `by`; one row an entity and snapshot.
    by
        Columns that tell feeds apart.
    level
        (n_row,) what is compared, on the scale where changes add.

    Returns
    -------
    ndarray
        (n_row,). NaN where the entity, or a trusted value of it, is not in the snapshot before:
        a change over one that others are in is no step.
    """
    feed = row_codes(rows, by)
    keyed = rows.select("entity", "period").with_columns(pl.Series("feed", feed))
    entity = row_codes(keyed, ["feed", "entity"])
    snapshot = row_codes(keyed, ["feed", "period"])
    day = keyed["period"].to_physical().to_numpy()
    kept = ~rows["suspect"].to_numpy()
    order = np.lexsort((level, day, entity))
    order = order[kept[order]]
    # Snapshots are numbered feed by feed.
    _, number = np.unique(snapshot, return_inverse=True)
    is_next = (entity[order][1:] == entity[order][:-1]) & (
        number[order][1:] == number[order][:-1] + 1
    )
    change = np.full(rows.height, np.nan)
    change[order[1:][is_next]] = np.diff(level[order])[is_next]
    return change


def snapshot_steps(rows: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Median and spread of the log changes of each snapshot.

    Parameters
    ----------
    rows
        As of `entity_changes`, with a positive ``value``.

    Returns
    -------
    DataFrame
        The columns of `by`, ``period, step, iqr, n_common, n_listed``, in no order. ``step`` is
        null when fewer than `MIN_COMMON` entities are in both snapshots.
    """
    change = entity_changes(rows, by, np.log(rows["value"].to_numpy()))
    step = pl.col("change")
    return (
        rows.select(*by, "period")
        .with_columns(pl.Series("change", change, nan_to_null=True))
        .group_by(*by, "period")
        .agg(
            pl.when(step.count() >= MIN_COMMON).then(step.median()).alias("step"),
            (step.quantile(0.75) - step.quantile(0.25)).alias("iqr"),
            step.count().cast(pl.Int64).alias("n_common"),
            pl.len().cast(pl.Int64).alias("n_listed"),
        )
    )
