"""Young figures in a panel: what is still to come by their age, and how uncertain that is."""

import datetime as dt

import polars as pl

from howdah.core.metrics import Scale
from howdah.estimates.fusion.coding import Names
from howdah.estimates.revisions import (
    RevisionCurve,
    claims_as_prints,
    learn_from_claims,
    nowcast,
)

#: Any day: ages alone matter.
_DAY = dt.date(2000, 1, 1)


def learn_curve(prints: pl.DataFrame, scale: Scale) -> RevisionCurve | None:
    """Revision curve of prints; None where no source printed a period twice.

    Parameters
    ----------
    prints
        ``series, source, period, value, published_at``.
    """
    dated = prints.drop_nulls("published_at")
    cells = dated.select("series", "source", "period").n_unique()
    if cells == dated.unique(["series", "source", "period", "published_at"]).height:
        return None
    return learn_from_claims(dated, scale=scale)


def with_age(
    claims: pl.DataFrame, curve: RevisionCurve | None, names: Names, scale: Scale
) -> pl.DataFrame:
    """Claims with what their age adds to them instead of the day that they were published on.

    Parameters
    ----------
    claims
        Of `Numbered`, with ``published_at``.

    Returns
    -------
    DataFrame
        With ``shift``, added to the value on the additive scale, and ``own_var``, the variance of
        what is added; both 0 for figures that are final, without a date, or of an age at which
        nothing is known of the source.
    """
    day = pl.col("published_at").cast(pl.Date)
    aged = claims.with_columns(age=(day - pl.col("period")).dt.total_days()).drop("published_at")
    if curve is None:
        return aged.drop("age")
    pairs = aged.select("source", "age").drop_nulls().unique(maintain_order=True)
    named = pairs.with_columns(
        number="source",
        source=pl.Series(names.sources, dtype=pl.String).gather(pairs["source"]),
        series=pl.lit(""),
        period=pl.lit(_DAY),
        published_at=pl.lit(_DAY) + pl.duration(days="age"),
        value=pl.lit(1.0),
    )
    moves = nowcast(claims_as_prints(named, scale), curve).select(
        pl.col("number").alias("source"), "age", "shift", own_var=pl.col("sd") ** 2
    )
    return (
        aged.join(moves, on=["source", "age"], how="left", maintain_order="left")
        .with_columns(pl.col("shift", "own_var").fill_null(0.0))
        .drop("age")
    )
