"""Changes of counters against their market, over a quarter: what growth and falls are told from."""

import datetime as dt

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtr

from howdah.estimates import is_immature, row_codes, runs
from howdah.estimates.health import MIN_COMMON
from howdah.kernels import MAD_TO_SD, step_noise
from howdah.signals.scene import NEWS_DAYS, Scene

Floats = NDArray[np.float64]

WINDOW_DAYS = 91

#: A quarter's baseline may be this far from its date: monthly lists are not 91 days apart, and
#: one may be missing.
WINDOW_SLACK_DAYS = 31

#: A series whose last value is older than this against its feed's last is gone, not flat.
_MAX_BEHIND_DAYS = 10

#: Least measurement noise on the log scale: counters are read at different hours.
_NOISE_FLOOR = 0.005

#: Least spread of changes on the log scale.
SPREAD_FLOOR = 0.01

#: Degrees of freedom of the t distribution that changes follow where nothing happened. It is
#: chosen on the middle of the changes, since the ends are what is looked for: their upper
#: quartile is 1.5 to 1.8 times their median in the example's counters, and 1.8 times in this t.
NULL_DF = 5

#: Size classes of a market; with fewer entities there are fewer, of at least `MIN_COMMON`.
_MAX_CLASSES = 5

#: A series of readings, and what its entities are compared within.
SERIES = ("feed", "source", "entity", "metric", "definition", "unit")
MARKET = ("feed", "metric", "definition")


def changes(scene: Scene) -> pl.DataFrame:
    """Change of each counter's log level over the last quarter of its feed.

    Returns
    -------
    DataFrame
        ``feed, source, entity, metric, definition, unit, valid_from, valid_to, precision,
        value, before, before_period, last_step, n_steps, noise_sd, n_market, change, market,
        relative, z, p_value, claim_ids``, a row a series. ``change`` and ``last_step``, the part
        of it that came with the last reading, are log changes; ``market`` is the median change of
        the feed, ``relative`` what is beyond it, and ``z`` how far that is from the median of its
        size class, in units of the class's spread and of the scatter that any count $n$ has,
        $n^{-1/2}$ on the log scale. Feeds whose last reading is older than `NEWS_DAYS` are left
        out.
    """
    return changes_in(counted(scene), scene.as_of - dt.timedelta(days=NEWS_DAYS))


def changes_in(exact: pl.DataFrame, since: dt.date) -> pl.DataFrame:
    """The same of some readings, as of `counted`; feeds that end before `since` are left out."""
    table = _quarters(exact, since)
    table = table.with_columns(pl.len().over(MARKET).cast(pl.Int64).alias("n_market")).filter(
        pl.col("n_market") >= MIN_COMMON
    )
    n_classes = (pl.col("n_market") // MIN_COMMON).clip(1, _MAX_CLASSES)
    # By size at the start: by size at the end, whatever grew would count as large.
    place = pl.col("before").rank("ordinal").over(MARKET) - 1
    scored = (
        table.with_columns(
            (pl.col("value") / pl.col("before")).log().alias("change"),
            (place * n_classes // pl.col("n_market")).alias("size"),
            pl.concat_list("before_claim", "claim_id").alias("claim_ids"),
        )
        .with_columns(pl.col("change").median().over(MARKET).alias("market"))
        .with_columns((pl.col("change") - pl.col("market")).alias("relative"))
        .with_columns(pl.col("relative").median().over(*MARKET, "size").alias("center"))
    )
    off = pl.col("relative") - pl.col("center")
    spread = (MAD_TO_SD * off.abs().median().over(*MARKET, "size")).clip(SPREAD_FLOOR)
    scored = scored.with_columns((off / (spread**2 + 1 / pl.col("before")).sqrt()).alias("z"))
    p_value = 2 * stdtr(NULL_DF, -np.abs(scored["z"].to_numpy()))
    return scored.with_columns(pl.Series("p_value", p_value, pl.Float64)).drop(
        "claim_id", "before_claim", "center", "size"
    )


def counted(scene: Scene) -> pl.DataFrame:
    """Readings of counters that growth is told from: `SERIES`, period, ``value, claim_id``."""
    return (
        scene.observations.lazy()
        .filter(
            (pl.col("scale") == "log")
            & (pl.col("nature") == "counter")
            & (pl.col("value") > 0)
            & ~pl.col("suspect")
            & (pl.col("scheme") != "list")
            & ~is_immature()
            & (pl.col("valid_to") <= scene.as_of)
        )
        .select(*SERIES, "valid_from", "valid_to", "precision", "value", "claim_id")
        .collect()
    )


def _quarters(exact: pl.DataFrame, since: dt.date) -> pl.DataFrame:
    """The last reading of each live series beside the one nearest to a quarter before it."""
    _, series = np.unique(row_codes(exact, SERIES), return_inverse=True)
    day = exact["valid_to"].to_physical().to_numpy().astype(np.int64)
    level = np.log(exact["value"].to_numpy())
    order = np.lexsort((level, day, series))
    starts, sizes = runs(series[order])
    at_last = starts + sizes - 1
    last = order[at_last]
    step = level[last] - level[order[starts + np.maximum(sizes - 2, 0)]]
    noise = np.maximum(step_noise(level[order], series[order]), _NOISE_FLOOR)
    # The reading nearest to the date wanted is the one before it or the one after it.
    span = int(day.max(initial=0)) + WINDOW_DAYS + 1
    target = day[last] - WINDOW_DAYS
    at = np.searchsorted(series[order] * span + day[order], series[last] * span + target)
    beside = order[np.clip(np.stack([at - 1, at]), 0, max(len(order) - 1, 0))]
    away = np.where(series[beside] == series[last], np.abs(day[beside] - target), span)
    nearest = np.argmin(away, axis=0)[None]
    before = np.take_along_axis(beside, nearest, 0)[0]
    found = np.take_along_axis(away, nearest, 0)[0] <= WINDOW_SLACK_DAYS
    table: pl.DataFrame = exact[last].with_columns(
        exact["value"][before].alias("before"),
        exact["valid_to"][before].alias("before_period"),
        exact["claim_id"][before].alias("before_claim"),
        pl.Series("last_step", step),
        pl.Series("n_steps", at_last - at),
        pl.Series("noise_sd", noise),
    )
    newest = pl.col("valid_to").max().over(MARKET)
    return table.filter(
        pl.Series(found, dtype=pl.Boolean)
        & ((newest - pl.col("valid_to")).dt.total_days() <= _MAX_BEHIND_DAYS)
        & (newest >= since)
    )


def discoveries(p_values: Floats, rate: float) -> NDArray[np.bool_]:
    """Which tests pass Benjamini and Hochberg's rule at a false-discovery rate.

    Examples
    --------
    >>> discoveries(np.array([0.001, 0.9, 0.02]), 0.1).tolist()
    [True, False, True]

    References
    ----------
    .. [1] Benjamini & Hochberg (1995), "Controlling the False Discovery Rate".
    """
    n = len(p_values)
    order = np.argsort(p_values, kind="stable")
    passed = p_values[order] <= rate * np.arange(1, n + 1) / max(n, 1)
    n_passed = int(np.max(np.flatnonzero(passed), initial=-1)) + 1
    flags = np.zeros(n, np.bool_)
    flags[order[:n_passed]] = True
    return flags
