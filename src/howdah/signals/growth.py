r"""Growth against the market, over a quarter, of what counters count.

For a series of a counter the change of its log level over `WINDOW_DAYS` is compared with the
median change of its market. How sure its direction is follows from the series' own measurement
noise (`kernels.step_noise`); how unusual it is, from the spread of changes among entities of its
size. Chance findings among thousands are held down by Benjamini and Hochberg's rule on the
latter; the nominal rate is not yet calibrated by a back-test, and the finding says so.

What it cannot tell: growth of something that fell off its list, or came onto it since, for there
is no second reading; and whether a jump that came with the last reading stays.
"""

import datetime as dt

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr

from howdah.core.finding import Cause, Finding, Reason
from howdah.core.phrases import reason
from howdah.estimates import is_immature, row_codes, runs
from howdah.estimates.health import MIN_COMMON, faults_between
from howdah.kernels import MAD_TO_SD, step_noise
from howdah.signals.scene import FAULTY_WEIGHT, NEWS_DAYS, Row, Scene, period_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

METHOD = "growth.2"
WINDOW_DAYS = 91

#: A quarter's baseline may be this far from its date: monthly lists are not 91 days apart, and
#: one may be missing.
_WINDOW_SLACK_DAYS = 31

#: A series whose last value is older than this against its feed's last is gone, not flat.
_MAX_BEHIND_DAYS = 10

#: Nominal false-discovery rate.
NOMINAL_FDR = 0.10

#: Least measurement noise on the log scale: counters are read at different hours.
_NOISE_FLOOR = 0.005

#: Least spread of changes on the log scale.
_SPREAD_FLOOR = 0.01

#: Degrees of freedom of the t distribution that changes follow where nothing happened. It is
#: chosen on the middle of the changes, since the ends are what is looked for: their upper
#: quartile is 1.5 to 1.8 times their median in the example's counters, and 1.8 times in this t.
_NULL_DF = 5

#: Size classes of a market; with fewer entities there are fewer, of at least `MIN_COMMON`.
_MAX_CLASSES = 5

#: Robust standard deviations from the market at which a relative is held to have moved too. One
#: in forty relatives does so by chance in the direction asked for.
_RELATIVE_SDS = 2.0

#: A metric that is no segment's headline supports what is found; it is not the news.
_SIDE_METRIC_WEIGHT = 0.5

#: Readings in a quarter from which on one of them should not hold most of a change.
_MANY_STEPS = 5

_SERIES = ("feed", "source", "entity", "metric", "definition", "unit")
_MARKET = ("feed", "metric", "definition")


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
    exact = (
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
        .select(*_SERIES, "valid_from", "valid_to", "precision", "value", "claim_id")
        .collect()
    )
    table = _quarters(exact, scene.as_of - dt.timedelta(days=NEWS_DAYS))
    table = table.with_columns(pl.len().over(_MARKET).cast(pl.Int64).alias("n_market")).filter(
        pl.col("n_market") >= MIN_COMMON
    )
    n_classes = (pl.col("n_market") // MIN_COMMON).clip(1, _MAX_CLASSES)
    # By size at the start: by size at the end, whatever grew would count as large.
    place = pl.col("before").rank("ordinal").over(_MARKET) - 1
    scored = (
        table.with_columns(
            (pl.col("value") / pl.col("before")).log().alias("change"),
            (place * n_classes // pl.col("n_market")).alias("size"),
            pl.concat_list("before_claim", "claim_id").alias("claim_ids"),
        )
        .with_columns(pl.col("change").median().over(_MARKET).alias("market"))
        .with_columns((pl.col("change") - pl.col("market")).alias("relative"))
        .with_columns(pl.col("relative").median().over(*_MARKET, "size").alias("center"))
    )
    off = pl.col("relative") - pl.col("center")
    spread = (MAD_TO_SD * off.abs().median().over(*_MARKET, "size")).clip(_SPREAD_FLOOR)
    scored = scored.with_columns((off / (spread**2 + 1 / pl.col("before")).sqrt()).alias("z"))
    p_value = 2 * stdtr(_NULL_DF, -np.abs(scored["z"].to_numpy()))
    return scored.with_columns(pl.Series("p_value", p_value, pl.Float64)).drop(
        "claim_id", "before_claim", "center", "size"
    )


def _quarters(exact: pl.DataFrame, since: dt.date) -> pl.DataFrame:
    """The last reading of each live series beside the one nearest to a quarter before it."""
    _, series = np.unique(row_codes(exact, _SERIES), return_inverse=True)
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
    found = np.take_along_axis(away, nearest, 0)[0] <= _WINDOW_SLACK_DAYS
    table: pl.DataFrame = exact[last].with_columns(
        exact["value"][before].alias("before"),
        exact["valid_to"][before].alias("before_period"),
        exact["claim_id"][before].alias("before_claim"),
        pl.Series("last_step", step),
        pl.Series("n_steps", at_last - at),
        pl.Series("noise_sd", noise),
    )
    newest = pl.col("valid_to").max().over(_MARKET)
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


def find_growth(scene: Scene, index: pl.DataFrame) -> list[Finding]:
    """Series that grew or shrank unlike their market, the discoveries among all of them."""
    table = changes(scene)
    found = [
        group.filter(pl.Series(discoveries(group["p_value"].to_numpy(), NOMINAL_FDR)))
        for group in table.partition_by(_MARKET, maintain_order=True)
    ]
    if not found:
        return []
    moves: dict[str, list[Row]] = {}
    relatives = {other for others in scene.relatives.values() for other in others}
    for row in table.filter(pl.col("entity").is_in(relatives)).iter_rows(named=True):
        moves.setdefault(row["entity"], []).append(row)
    headlines = {segment.headline for segment in scene.segments}
    return [
        _finding(scene, index, row, moves, is_headline=row["metric"] in headlines)
        for row in pl.concat(found).iter_rows(named=True)
    ]


def _finding(
    scene: Scene,
    index: pl.DataFrame,
    row: Row,
    moves: dict[str, list[Row]],
    *,
    is_headline: bool,
) -> Finding:
    cause, why = _cause(scene, index, row, moves)
    # Two readings, each with its noise; the median of the market is known much better.
    sd = float(np.sqrt(2) * row["noise_sd"])
    reach = float(ndtri(0.5 + scene.prob / 2)) * sd
    segment = scene.segment_of(row["entity"])
    rests_on_last = _rests_on_last(row)
    return Finding(
        kind="growth",
        entity=row["entity"],
        name=scene.name(row["entity"]),
        metric=row["metric"],
        definition=row["definition"],
        segment=segment.id if segment else "",
        period=period_of(row),
        value=float(np.exp(row["relative"])),
        lower=float(np.exp(row["relative"] - reach)),
        upper=float(np.exp(row["relative"] + reach)),
        prob=scene.prob,
        measure="times the market's change",
        probability=float(ndtr(abs(row["relative"]) / sd)),
        n=len(row["claim_ids"]),
        cause=cause,
        cause_reason=why,
        as_of=scene.as_of,
        method=METHOD,
        claim_ids=tuple(row["claim_ids"]),
        params={
            "before": row["before"],
            "after": row["value"],
            "before_period": row["before_period"].isoformat(),
            "after_period": row["valid_to"].isoformat(),
            "market_change": float(np.exp(row["market"])),
            "n_market": row["n_market"],
            "unit": row["unit"],
            "nominal_fdr": NOMINAL_FDR,
            "age_days": scene.age_days(row["valid_to"]),
        },
        # Unusual for its size, large enough to matter to anyone, in a segment at all, counted
        # by what the segment is ranked by, not by one reading, by an
        # instrument that is not at fault, and lately.
        priority=float(
            min(abs(row["z"]), 12.0)
            / 12
            * min(1.0, np.log10(max(row["value"], 10)) / 6)
            * (1.0 if segment else 0.4)
            * (1.0 if is_headline else _SIDE_METRIC_WEIGHT)
            * (0.5 if rests_on_last else 1.0)
            * (FAULTY_WEIGHT if cause == "measurement" else 1.0)
            * scene.recency(row["valid_to"])
        ),
    )


def _rests_on_last(row: Row) -> bool:
    """Whether most of a change came with the last reading, of series read more often than that.

    A list of one reading a month has three steps in a quarter, and one may well be most of it;
    a weekly counter has thirteen.
    """
    in_last = row["last_step"] * np.sign(row["relative"])
    return bool(row["n_steps"] >= _MANY_STEPS and in_last > abs(row["relative"]) / 2)


def _cause(
    scene: Scene, index: pl.DataFrame, row: Row, moves: dict[str, list[Row]]
) -> tuple[Cause, Reason]:
    market = (row["metric"], row["definition"])
    start, end = row["before_period"], row["valid_to"]
    faults = faults_between(index, *market, start, end, feed=row["feed"])
    if faults:
        period, feed, fault = faults[-1]
        return "measurement", reason("had_fault", feed=feed, fault=fault, period=period)
    if _rests_on_last(row):
        return "cannot tell", reason("last_reading")
    for relative in scene.relatives.get(row["entity"], ()):
        for other in moves.get(relative, []):
            if other["source"] == row["source"] or not _moves_alike(row, other):
                continue
            its = (other["metric"], other["definition"])
            span = (other["before_period"], other["valid_to"])
            if not faults_between(index, *its, *span, feed=other["feed"]):
                why = reason("same_way", metric=other["metric"], name=scene.name(relative))
                return "market", why
    return "cannot tell", reason("second_moves")


def _moves_alike(row: Row, other: Row) -> bool:
    sign = float(np.sign(row["relative"]))
    return bool(sign * other["relative"] > 0 and sign * other["z"] > _RELATIVE_SDS)
