"""Suspect observations: values that leave their own series, and how far off each suspect is."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.estimates.assembly import LINEAR_SHARE
from howdah.estimates.codes import row_codes
from howdah.estimates.fusion.slips import nearest_slip
from howdah.estimates.fusion.solving import DROP, KEEP
from howdah.estimates.observations import CELL, SERIES, is_exact
from howdah.estimates.scales import to_scale
from howdah.estimates.statements import Statements
from howdah.kernels import hampel_outliers

Floats = NDArray[np.float64]

#: Least spread of the outlier rule on the log and logit scale: a counter that stands still has
#: none of its own. With the rule's six spreads a value less than a third off is never suspect.
_FLOOR = 0.05

#: Statements of one series and period length, by one source of one feed, are neighbours in time.
_OWN_SERIES = (*SERIES, "object", "precision", "source", "feed")

#: Periods of one length of one series of one quantity.
_NEIGHBOURS = [*SERIES, "object", "precision"]


def flag_suspects(observations: pl.DataFrame) -> pl.DataFrame:
    """Add ``suspect``: a value far from its neighbours in the same source's own series.

    Only exact values that stand between others of their series can be judged; ranges, bounds,
    ranks, values that the scale cannot hold and the first and last of a series are never suspect.
    A gap in time is no reason by itself: what comes after it is a new level if it stays.

    What a reviewer said goes before that: what was kept is not suspect, what was dropped is.

    Returns
    -------
    DataFrame
        The rows in the order they came in. What is suspect depends on its own series only.
    """
    flags = np.zeros(observations.height, np.bool_)
    exact = observations.select(is_exact()).to_series().to_numpy()
    numbers = observations["value_low"].to_numpy()
    series = row_codes(observations, _OWN_SERIES)
    place = row_codes(
        pl.DataFrame({"series": series, "day": observations["valid_to"]}), ["series", "day"]
    )
    for scale in ("log", "logit", "linear"):
        chosen = np.flatnonzero(exact & (observations["scale"] == scale).to_numpy())
        level = to_scale(numbers[chosen], scale)
        chosen, level = chosen[np.isfinite(level)], level[np.isfinite(level)]
        # Several values of one day stand in order of size, whatever order they came in.
        order = np.lexsort((level, place[chosen]))
        chosen, level = chosen[order], level[order]
        floor = LINEAR_SHARE * np.abs(level) if scale == "linear" else _FLOOR
        flags[chosen] = hampel_outliers(level, series[chosen], floor=floor)
    verdict = observations["verdict"].to_numpy()
    flags = (flags & (verdict != KEEP)) | (verdict == DROP)
    return observations.with_columns(pl.Series("suspect", flags))


def describe_suspects(
    observations: pl.DataFrame, found: pl.DataFrame, rows: Statements, numbers: Floats
) -> pl.DataFrame:
    """Why each suspect is one, how far off it is, and the level without it.

    Parameters
    ----------
    observations
        From `flag_suspects`: those marked ``suspect`` are outliers, or dropped by a reviewer.
    found
        ``claim_id``, its series, ``reason, factor, original`` of what fusing held to be wrong.
    rows, numbers
        Statements of the fit, and value and ends (3, n_cells) of their cells.

    Returns
    -------
    DataFrame
        ``claim_id``, the cell, ``source, reason, factor, original, level, lower, upper``, ordered
        by claim. ``factor`` is how many times too large the claim is, null where that has no
        meaning; ``original`` is the source that a copy repeats, "" for what is none. The
        level is that of the claim's period; where that has none, of the nearest one of the same
        length in its series that has.
    """
    outliers = observations.filter("suspect").select(
        "claim_id",
        *SERIES,
        pl.when(pl.col("verdict") == DROP)
        .then(pl.lit("reviewed"))
        .otherwise(pl.lit("outlier"))
        .alias("reason"),
        pl.lit(None, pl.Float64).alias("factor"),
        pl.lit("").alias("original"),
    )
    every = pl.concat([found, outliers])
    placed = observations.join(every, on=["claim_id", *SERIES], how="inner")
    first = np.flatnonzero(np.diff(rows.cell, prepend=-1))
    names = {"level": 0, "lower": 1, "upper": 2}
    levels = (
        rows.frame[first]
        .select(*_NEIGHBOURS, "valid_to")
        .with_columns(pl.Series(name, numbers[n], nan_to_null=True) for name, n in names.items())
        .drop_nulls("level")
    )
    stated = pl.when(is_exact() & (pl.col("scale") == "log")).then("value_low")
    described = (
        placed.sort("valid_to")
        .join_asof(
            levels.sort("valid_to"),
            on="valid_to",
            by=_NEIGHBOURS,
            strategy="nearest",
            check_sortedness=False,
        )
        .with_columns(
            pl.coalesce(
                "factor",
                pl.when((pl.col("level") > 0) & (stated > 0)).then(stated / pl.col("level")),
            ).alias("factor")
        )
        .sort("claim_id", *SERIES)
    )
    return _slipped(described).select(
        "claim_id", *CELL, "source", "reason", "factor", "original", *names
    )


def _slipped(rows: pl.DataFrame) -> pl.DataFrame:
    """The same, with outliers that are as far off as another unit would be told as that.

    What left its own series is far off by the measure of that series, not of its source's noise.
    """
    is_far = (pl.col("reason") == "outlier") & (pl.col("scale") == "log") & (pl.col("factor") > 0)
    far = rows.select(is_far.fill_null(value=False)).to_series().to_numpy()
    if not far.any():
        return rows
    slip = nearest_slip(np.log(rows["factor"].to_numpy()[far]), 0.0)
    reason, factor = rows["reason"].to_numpy().copy(), rows["factor"].to_numpy().copy()
    at = np.flatnonzero(far)[slip != 0]
    reason[at], factor[at] = "unit_slip", np.exp(slip[slip != 0])
    return rows.with_columns(
        pl.Series("reason", reason, dtype=pl.String), pl.Series("factor", factor, nan_to_null=True)
    )
