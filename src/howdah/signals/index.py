r"""The market index of a feed: how all that it counts moves together, and when that is a fault.

$M_t$ is the cumulative median of the log change over entities that are in both snapshots. A step
of $M_t$ far outside its own history, or a change of the list's length, says that the instrument
moved, not the market, until a second source moves too.
"""

import datetime as dt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.estimates import is_immature, row_codes
from howdah.kernels import robust_center, robust_scale

Floats = NDArray[np.float64]

#: Robust standard deviations of the feed's own steps beyond which a step is held to be a fault:
#: the usual bound for a modified z-score. [1]_
STEP_SDS = 3.5

#: Spread of steps that a feed is taken to have, and for how many steps that counts: a young feed
#: has too little history to have its own, and one that hardly moves is not at fault for a step
#: that nobody would notice.
_PRIOR_SPREAD = 0.10
_PRIOR_STEPS = 5.0

#: A quartile range of changes this many times the usual one of its neighbours in time: part of
#: what is counted was counted otherwise.
_SPREAD_FACTOR = 2.0
_SPREAD_NEIGHBOURS = 6

#: Fewest entities in both snapshots for a median to stand for the market.
MIN_COMMON = 30

#: Share by which a list's stated length changes when it is recut; before that it kept within a
#: fifth of this of its length for `_STEADY_SNAPSHOTS`.
_RECUT_SHARE = 0.10
_STEADY_SNAPSHOTS = 2

_MARKET = ("feed", "metric", "definition")


def market_index(observations: pl.DataFrame) -> pl.DataFrame:
    r"""Index of each feed, metric and definition, snapshot by snapshot.

    With $m_t$ the median log change since the snapshot before, over $g_t$ usual gaps of time,
    the feed's drift $\mu$ is the median of $m_t / g_t$ and its spread $s$ a robust one of
    $(m_t - \mu g_t) / \sqrt{\max(g_t, 1)}$, shrunk towards a prior. A step is a *level_shift*
    when $|m_t - \mu g_t| > 3.5\, s \sqrt{\max(g_t, 1)}$: after a missing snapshot the market had
    longer to move. A *spread* is a quartile range of the changes, over $\max(g_t, 1)$, of more than
    twice that of the snapshots around it; a *list_length* is a change of the length that the list
    itself states.

    Parameters
    ----------
    observations
        With ``suspect``; exact values on the log scale are used, and lengths of lists.

    Returns
    -------
    DataFrame
        ``feed, metric, definition, period, index, step, iqr, n_common, n_listed, reason``,
        ordered; ``step`` is a log change since the snapshot before, null when fewer than
        `MIN_COMMON` entities are in both; ``n_listed`` is the stated length of the list, or the
        number of entities; ``reason`` is null, or why the step is held to be measurement.

    Notes
    -----
    What it cannot tell: a true shock that moves all of a market at once looks the same. A feed
    whose snapshots hold other entities each day has no steps. The drift and the spread are those
    of all snapshots known, so a step can turn out to be a fault, or not, as more are.

    References
    ----------
    .. [1] Iglewicz & Hoaglin (1993), "How to Detect and Handle Outliers".
    """
    rows = (
        observations.lazy()
        .filter(
            (pl.col("scale") == "log")
            & (pl.col("value") > 0)
            & (pl.col("scheme") != "list")
            & ~is_immature()
        )
        .select(*_MARKET, "entity", "valid_to", "value", "suspect")
        .collect()
    )
    index = _steps(rows) if rows.height else _no_steps(rows)
    index = index.join(
        _lengths(observations), on=["feed", "definition", "period"], how="left"
    ).with_columns(pl.coalesce("length", "n_listed").alias("n_listed"))
    index = index.sort(*_MARKET, "period").with_columns(
        pl.col("step").fill_null(0.0).cum_sum().over(_MARKET).exp().alias("index")
    )
    marked = [
        group.with_columns(pl.Series("reason", _reasons(group), dtype=pl.String))
        for group in index.partition_by(_MARKET, maintain_order=True)
    ]
    columns = (
        *_MARKET, "period", "index", "step", "iqr", "n_common", "n_listed", "reason"
    )  # fmt: skip
    empty = index.with_columns(pl.lit(None, pl.String).alias("reason")).head(0)
    return pl.concat([empty, *marked]).select(columns)


def _steps(rows: pl.DataFrame) -> pl.DataFrame:
    """``feed, metric, definition, period, step, iqr, n_common, n_listed`` of each snapshot."""
    market = row_codes(rows, _MARKET)
    keyed = rows.select("entity", day=pl.col("valid_to")).with_columns(pl.Series("market", market))
    entity = row_codes(keyed, ["market", "entity"])
    snapshot = row_codes(keyed, ["market", "day"])
    day = keyed["day"].to_physical().to_numpy()
    level = np.log(rows["value"].to_numpy())
    kept = ~rows["suspect"].to_numpy()
    order = np.lexsort((level, day, entity))
    order = order[kept[order]]
    # Snapshots are numbered market by market: a change over one that others are in is no step.
    _, number = np.unique(snapshot, return_inverse=True)
    is_next = (entity[order][1:] == entity[order][:-1]) & (
        number[order][1:] == number[order][:-1] + 1
    )
    change = np.full(rows.height, np.nan)
    change[order[1:][is_next]] = np.diff(level[order])[is_next]
    step = pl.col("change")
    return (
        rows.select(*_MARKET, "valid_to")
        .with_columns(pl.Series("snapshot", number), pl.Series("change", change, nan_to_null=True))
        .group_by("snapshot")
        .agg(
            pl.col(*_MARKET).first(),
            pl.col("valid_to").first().alias("period"),
            pl.when(step.count() >= MIN_COMMON).then(step.median()).alias("step"),
            (step.quantile(0.75) - step.quantile(0.25)).alias("iqr"),
            step.count().cast(pl.Int64).alias("n_common"),
            pl.len().cast(pl.Int64).alias("n_listed"),
        )
        .drop("snapshot")
    )


def _no_steps(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(*_MARKET, pl.col("valid_to").alias("period")).with_columns(
        pl.lit(None, pl.Float64).alias("step"),
        pl.lit(None, pl.Float64).alias("iqr"),
        pl.lit(0, pl.Int64).alias("n_common"),
        pl.lit(0, pl.Int64).alias("n_listed"),
    )


def _lengths(observations: pl.DataFrame) -> pl.DataFrame:
    """What the lists of each feed state their length to be."""
    return (
        observations.filter((pl.col("scheme") == "list") & (pl.col("metric") == "list_length"))
        .group_by("feed", "definition", pl.col("valid_to").alias("period"))
        .agg(pl.col("value").max().cast(pl.Int64).alias("length"))
    )


def _reasons(group: pl.DataFrame) -> list[str | None]:
    step = group["step"].fill_null(np.nan).to_numpy()
    days = group["period"].diff().dt.total_days().cast(pl.Float64).fill_null(np.nan).to_numpy()
    shifted = _shifted(step, days)
    iqr = group["iqr"].fill_null(np.nan).to_numpy()
    apart = _apart(np.where(np.isfinite(step), iqr, np.nan), days)
    recut = _recut(group["length"].cast(pl.Float64).fill_null(np.nan).to_numpy())
    return [
        "level_shift" if s else "spread" if a else "list_length" if r else None
        for s, a, r in zip(shifted, apart, recut, strict=True)
    ]


def _shifted(step: Floats, days: Floats) -> NDArray[np.bool_]:
    known = np.isfinite(step)
    if not known.any():
        return known
    gap = days / np.median(days[known])
    drift = robust_center(step / gap)
    width = np.sqrt(np.maximum(gap, 1.0))
    rest = (step - drift * gap) / width
    n = int(known.sum())
    own = np.nan_to_num(robust_scale(rest))
    spread = np.sqrt((_PRIOR_STEPS * _PRIOR_SPREAD**2 + n * own**2) / (_PRIOR_STEPS + n))
    return np.asarray(np.nan_to_num(np.abs(rest)) > STEP_SDS * spread, np.bool_)


def _apart(iqr: Floats, days: Floats) -> NDArray[np.bool_]:
    found = np.isfinite(iqr)
    if not found.any():
        return found
    scaled = iqr / np.maximum(days / np.median(days[found]), 1.0)
    for n in np.flatnonzero(found):
        first = max(n - _SPREAD_NEIGHBOURS, 0)
        around = scaled[first : n + _SPREAD_NEIGHBOURS + 1]
        around = around[np.isfinite(around)]
        usual = np.median(around)
        found[n] = len(around) > _SPREAD_NEIGHBOURS and scaled[n] > _SPREAD_FACTOR * usual
    return found


def _recut(length: Floats) -> NDArray[np.bool_]:
    recut = np.zeros(len(length), np.bool_)
    for n in range(_STEADY_SNAPSHOTS, len(length)):
        before = length[n - _STEADY_SNAPSHOTS : n]
        if np.isfinite(before).all() and np.isfinite(length[n]):
            usual = np.median(before)
            steady = np.abs(before / usual - 1).max() <= _RECUT_SHARE / 5
            recut[n] = steady and abs(length[n] / usual - 1) > _RECUT_SHARE
    return recut


def faults_between(
    index: pl.DataFrame,
    metric: str,
    definition: str,
    start: dt.date,
    end: dt.date,
    *,
    feed: str | None = None,
) -> list[tuple[dt.date, str, str]]:
    """(period, feed, reason) of the faults of a metric's feeds in a window, start excluded."""
    found = index.filter(
        (pl.col("metric") == metric)
        & (pl.col("definition") == definition)
        & (pl.col("period") > start)
        & (pl.col("period") <= end)
        & pl.col("reason").is_not_null()
    )
    if feed is not None:
        found = found.filter(pl.col("feed") == feed)
    rows = found.sort("period", "feed").select("period", "feed", "reason").rows()
    return [(period, of, reason.replace("_", " ")) for period, of, reason in rows]
