r"""The market index of a feed: how all that it counts moves together, and when that is a fault.

$M_t$ is the cumulative median of the log change over entities that are in both snapshots. A step
of $M_t$ far outside its own history, or a change of the list's length, says that the instrument
moved, not the market, until a second source moves too.
"""

import datetime as dt

import numpy as np
import polars as pl

from howdah.kernels import robust_center, robust_scale

#: Robust standard deviations of past steps beyond which a step is held to be a fault. Monthly
#: steps have heavy tails; 6 gives no event on the quiet years of the package counters.
STEP_SDS = 6.0

#: Least spread of steps: a young or very quiet feed has too little history to have its own.
_STEP_FLOOR = 0.03

#: Fewest entities in both snapshots for a median to stand for the market.
MIN_COMMON = 30


def market_index(observations: pl.DataFrame) -> pl.DataFrame:
    """Index of each feed, metric and definition, snapshot by snapshot.

    Parameters
    ----------
    observations
        Exact values on the log scale; ``suspect`` ones are left out.

    Returns
    -------
    DataFrame
        ``feed, metric, definition, period, index, step, iqr, n_common, n_listed, reason``,
        ordered; ``step`` is a log change since the snapshot before, ``reason`` is null, or why
        the step is held to be measurement (``level_shift``, ``list_length``).
    """
    keys = ["feed", "metric", "definition"]
    exact = observations.filter(
        (pl.col("scale") == "log")
        & (pl.col("value") > 0)
        & ~pl.col("suspect")
        & (pl.col("scheme") != "list")
    )
    steps = (
        exact.select(*keys, "entity", "valid_to", pl.col("value").log().alias("level"))
        .sort(*keys, "entity", "valid_to")
        .with_columns(
            pl.col("level").diff().over(*keys, "entity").alias("change"),
            pl.col("valid_to").shift(1).over(*keys, "entity").alias("before"),
        )
    )
    snapshots = (
        exact.select(*keys, "valid_to")
        .unique()
        .sort(*keys, "valid_to")
        .with_columns(pl.col("valid_to").shift(1).over(keys).alias("previous"))
    )
    joined = steps.join(snapshots, on=[*keys, "valid_to"]).with_columns(
        # A change over a skipped snapshot is not this snapshot's step.
        pl.when(pl.col("before") == pl.col("previous")).then("change").alias("change")
    )
    index = (
        joined.group_by(*keys, pl.col("valid_to").alias("period"))
        .agg(
            pl.col("change").median().alias("step"),
            (pl.col("change").quantile(0.75) - pl.col("change").quantile(0.25)).alias("iqr"),
            pl.col("change").count().alias("n_common"),
            pl.len().alias("n_listed"),
        )
        .sort(*keys, "period")
        .with_columns(pl.col("step").fill_null(0).cum_sum().over(keys).exp().alias("index"))
    )
    marked = [_mark(group) for _, group in index.group_by(keys, maintain_order=True)]
    return pl.concat(marked) if marked else index.with_columns(pl.lit("").alias("reason"))


def _mark(group: pl.DataFrame) -> pl.DataFrame:
    step = group["step"].fill_null(np.nan).to_numpy()
    common = group["n_common"].to_numpy()
    listed = group["n_listed"].to_numpy().astype(float)
    usable = np.where(common >= MIN_COMMON, step, np.nan)
    center = robust_center(usable)
    spread = max(np.nan_to_num(robust_scale(usable)), _STEP_FLOOR)
    reasons: list[str | None] = []
    for n in range(len(step)):
        # A list that keeps its length for several snapshots and then has another was recut.
        recut = (
            n >= 2  # noqa: PLR2004 - needs two snapshots of the old length
            and listed[n - 1] == listed[n - 2]
            and abs(listed[n] / listed[n - 1] - 1) > 0.1  # noqa: PLR2004 - a tenth of the list
        )
        shifted = np.isfinite(usable[n]) and abs(usable[n] - center) > STEP_SDS * spread
        reasons.append("level_shift" if shifted else "list_length" if recut else None)
    return group.with_columns(pl.Series("reason", reasons, dtype=pl.String))


def faults_between(
    index: pl.DataFrame, feed: str, metric: str, definition: str, start: dt.date, end: dt.date
) -> list[tuple[dt.date, str, float]]:
    """(period, reason, step) of the measurement faults of a feed in a window, start excluded."""
    found = index.filter(
        (pl.col("feed") == feed)
        & (pl.col("metric") == metric)
        & (pl.col("definition") == definition)
        & (pl.col("period") > start)
        & (pl.col("period") <= end)
        & pl.col("reason").is_not_null()
    )
    return [(r["period"], r["reason"], r["step"]) for r in found.iter_rows(named=True)]
