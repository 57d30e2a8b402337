"""Changes of a vendor's method: history restated at once, and another way of revising since."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.estimates.revisions.ages import LEAST_PERIODS, SAME
from howdah.kernels import MAD_TO_SD, robust_scale

Floats = NDArray[np.float64]

#: Fewest settled values that must have been printed again on a day to speak for history.
LEAST_CELLS = 8

#: Share of them that must have moved the same way.
_ONE_WAY = 0.8

#: Robust standard deviations of what settled values usually move by, beyond which it is a step.
_STEP_SDS = 6.0

#: Periods on each side of a change in how a vendor revises: a season must not look like one.
_LEAST_SIDE = 6

#: Robust standard errors of a difference of medians beyond which it is a change. The largest of
#: some fifty splits of constant revisions exceeds it in about one of a hundred histories.
_CHANGE_SDS = 4.5

#: Standard error of a median in those of a mean.
_MEDIAN_FACTOR = 1.2533


def find_steps(prints: pl.DataFrame, after_days: int) -> pl.DataFrame:
    """Days on which a source moved its settled history at once.

    Parameters
    ----------
    prints
        ``cell, age_days, level, published_at``, ordered by cell and publication, of one source
        and metric.
    after_days
        Age from which values count as final: they should not move.

    Returns
    -------
    DataFrame
        ``published_at, step, n``: the median move of settled values on the additive scale, and
        how many were printed again that day. A step is seen only on the days on which a source
        prints settled values again, so that one which trickles in over many days is missed.
    """
    moves = (
        prints.select(
            pl.col("published_at").cast(pl.Date),
            "age_days",
            (pl.col("level") - pl.col("level").shift(1)).over("cell").alias("move"),
            pl.col("age_days").shift(1).over("cell").alias("age_before"),
        )
        .filter(pl.col("age_before") >= after_days)
        .drop_nulls("move")
    )
    middle = pl.col("move").median()
    by_day = (
        moves.group_by("published_at")
        .agg(
            middle.alias("step"),
            pl.len().cast(pl.Int64).alias("n"),
            (pl.col("move").sign() == middle.sign()).mean().alias("one_way"),
        )
        .filter(pl.col("n") >= LEAST_CELLS)
        .sort("published_at")
    )
    usual = MAD_TO_SD * float(np.median(np.abs(moves["move"].to_numpy()))) if len(moves) else 0.0
    between = robust_scale(by_day["step"].to_numpy()) if by_day.height > 1 else 0.0
    least = max(_STEP_SDS * max(usual, between), SAME)
    return by_day.filter((pl.col("step").abs() > least) & (pl.col("one_way") >= _ONE_WAY)).select(
        "published_at", "step", "n"
    )


def with_versions(prints: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Prints with ``version``, how many steps of history there had been by their publication.

    A move from one version to another is no matter of age. The step is not taken out of it: it
    need not be the same for all series.
    """
    days = steps["published_at"].to_physical().to_numpy()
    day = prints["published_at"].cast(pl.Date).to_physical().to_numpy()
    version = np.searchsorted(days, day, side="right")
    return prints.with_columns(pl.Series("version", version, pl.Int64))


def current_since(prints: pl.DataFrame, classes: list[tuple[int, int]]) -> int:
    """First period, in days since 1970, from which on a source has revised as it does now.

    Looks at the move from the prints of the youngest class that has enough periods to the next
    print, which shows a change long before final values do; once for partial and once for whole
    periods. The later of the changes found counts.

    Parameters
    ----------
    prints
        ``cell, version, valid_to, age_days, level, elapsed``, ordered by cell and publication.
    """
    even = pl.col("level") - pl.col("elapsed")
    moves = prints.select(
        pl.col("valid_to").to_physical().cast(pl.Int64).alias("period"),
        "age_days",
        (even.shift(-1) - even).over("cell", "version").alias("move"),
    ).drop_nulls("move")
    since = int(prints["valid_to"].to_physical().min() or 0)  # type: ignore[arg-type]
    for is_late in (False, True):
        for first, last in classes:
            here = moves.filter(pl.col("age_days").is_between(first, last))
            if (first >= 0) != is_late or here["period"].n_unique() < 2 * LEAST_PERIODS:
                continue
            by_period = here.group_by("period").agg(pl.col("move").median()).sort("period")
            at = _last_change(by_period["move"].to_numpy())
            if at:
                since = max(since, int(by_period["period"][at]))
            break
    return since


def _last_change(values: Floats) -> int:
    """Place of the first value after the last change of the median; 0 for none."""
    start = 0
    while True:
        rest = values[start:]
        at = _change(rest)
        if at == 0:
            return start
        start += at


def _change(values: Floats) -> int:
    n = len(values)
    if n < 2 * _LEAST_SIDE:
        return 0
    # Differences of neighbours show the noise, whatever the level does.
    noise = MAD_TO_SD * float(np.median(np.abs(np.diff(values)))) / np.sqrt(2)
    splits = np.arange(_LEAST_SIDE, n - _LEAST_SIDE + 1)
    apart = np.array([abs(np.median(values[s:]) - np.median(values[:s])) for s in splits])
    unit = _MEDIAN_FACTOR * noise * np.sqrt(1 / splits + 1 / (n - splits))
    sds = apart / np.maximum(unit, SAME)
    best = int(np.argmax(sds))
    return int(splits[best]) if sds[best] > _CHANGE_SDS else 0
