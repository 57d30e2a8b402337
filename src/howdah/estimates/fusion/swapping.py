r"""Wrong entity: a claim that belongs to another series of the same source and period.

Any figure lies near some series of many, so that a fit alone says nothing. Two patterns say
something: an *exchange*, in which the claims of two series are both far off and each fits the
other, and an *echo*, in which a source prints for one series, digit for digit, its own figure of
another in several periods. Either counts where so good a match is not expected even once by
chance among all series: the share $F$ of series whose level lies within reach of the figure, times
the number of pairs that could have matched.
"""

import numba as nb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.estimates.fusion.distances import Off
from howdah.estimates.fusion.spikes import grid_steps
from howdah.kernels import Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Standard deviations within which a claim fits another series.
_FIT_SDS = 2.5

#: A fit counts as no better than this many standard deviations.
_LEAST_MISS = 0.1

#: Expected chance matches below which an echo is believed, and share of them that exchanges of a
#: source may have.
_MOST_CHANCE = 0.02
_FALSE_SHARE = 0.05

#: Part of the claims of two series which are off that have to be exchanged; part from which on
#: two runs of them begin and end together, and periods within which they do.
_EXCHANGED_PART = 0.3
_TOGETHER_PART = 0.6
_TOGETHER = 3.0

#: Periods in which a source has to print another series' figure.
_LEAST_ECHO = 4

#: Part of the claims of a series that are off which have to be echoes.
_ECHO_PART = 0.7


def find_swaps(off: Off, panel: Panel, levels: Floats, scale: int, unit: float) -> Ints:
    """Series that each claim which is far off belongs to, (n,), -1 for none.

    Parameters
    ----------
    levels
        (n_series,) mean level of each series of the chunk: what a figure could fit by chance.

    Notes
    -----
    What it cannot tell: an exchange in a single period where many claims of that source and period
    are off, an id that came to mean a series which the source does not print too, and anything
    between series of two chunks.
    """
    found = np.full(len(off.row), -1, np.int64)
    if not len(off.row):
        return found
    levels = np.sort(levels[np.isfinite(levels)])
    for pairs in (
        _exchanges(off, levels, len(panel.gap)),
        _echoes(off, panel, levels, scale, unit),
    ):
        fresh = found[pairs["at"].to_numpy()] < 0
        found[pairs["at"].to_numpy()[fresh]] = pairs["other"].to_numpy()[fresh]
    return found


def _exchanges(off: Off, levels: Floats, n_period: int) -> pl.DataFrame:
    """Claims, and the series that they were exchanged with."""
    key = off.source * (off.period.max() + 1) + off.period
    order = np.lexsort((off.expected, key))
    first, second = _mutual(key[order], off.value[order], off.expected[order], off.sd[order])
    first, second = order[first], order[second]
    if not len(first):
        return pl.DataFrame(schema={"at": pl.Int64, "other": pl.Int64})
    pairs = pl.DataFrame(
        {
            "first": first,
            "second": second,
            "source": off.source[first],
            "i": off.series[first],
            "j": off.series[second],
            "miss": (off.value[first] - off.expected[second]) / off.sd[second],
            "miss_back": (off.value[second] - off.expected[first]) / off.sd[first],
        }
    )
    keys = ["source", "i", "j"]
    grouped = pairs.group_by(keys).agg(
        n=pl.len(),
        first=pl.col("first").first(),
        second=pl.col("second").first(),
        miss=(pl.col("miss").mean() ** 2 + pl.col("miss_back").mean() ** 2).sqrt(),
    )
    n_off = _n_off(off)
    n_pairs = (
        pl.DataFrame({"source": off.source, "period": off.period})
        .group_by("source", "period")
        .agg(peers=pl.len().cast(pl.Float64))
        .group_by("source")
        .agg(once=(pl.col("peers") * (pl.col("peers") - 1) / 2).sum())
    )
    grouped = (
        grouped.join(n_off.rename({"series": "i"}), on=["source", "i"])
        .join(n_off.rename({"series": "j"}), on=["source", "j"], suffix="_back")
        .join(n_pairs, on="source")
        .with_columns(most=pl.max_horizontal("n_off", "n_off_back"))
        .filter(pl.col("n") >= _EXCHANGED_PART * pl.col("most"))
        .sort(keys)
    )
    one, two = grouped["first"].to_numpy(), grouped["second"].to_numpy()
    reach = np.maximum(grouped["miss"].to_numpy(), _LEAST_MISS)
    back = _share(off.value[two], reach * off.sd[one], levels)
    # Of two series that are near each other, what is off of one is likely near the other: being
    # off by as much as it takes is then less of a chance than the levels of all series say.
    far = off.value - off.expected
    n_own = grouped["n"].to_numpy()
    back = np.maximum(back, _share(far[two], reach * off.sd[one], np.sort(far), n_own))
    share = _share(off.value[one], reach * off.sd[two], levels) * back
    # Once: any two of that source in the same period, whichever. In several periods: any two
    # series of which several are off, which moreover begin and end to be so together.
    is_part = (pl.col("most") <= n_period / 2) & (pl.col("n") >= _TOGETHER_PART * pl.col("most"))
    together = pl.when(is_part).then((_TOGETHER / n_period) ** 2).otherwise(1.0)
    often = pl.col("n_run") * (pl.col("n_run") - 1) / 2 * together
    grouped = (
        grouped.with_columns(
            chance=pl.when(pl.col("n") == 1).then("once").otherwise(often) * pl.Series(share)
        )
        .sort("source", "chance", "i", "j")
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("source"))
        .with_columns(good=pl.col("chance") <= _FALSE_SHARE * pl.col("rank"))
        # The worst that is good enough takes all better ones with it.
        .filter(pl.col("good").reverse().cum_max().reverse().over("source"))
    )
    return _spread(off, pairs, grouped.select(*keys, "chance"))


def _spread(off: Off, pairs: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Claims of the pairs that are kept, with those between and beside that are off by as much.

    Where the other series has no claim of the period there is no exchange to see.
    """
    claims = pl.DataFrame(
        {
            "at": np.arange(len(off.row)),
            "source": off.source,
            "own": off.series,
            "period": off.period,
            "value": off.value,
            "sd": off.sd,
        }
    )
    there = pairs.join(kept, on=["source", "i", "j"])
    sides = pl.concat(
        [
            there.select("source", "chance", at="first", own="i", other="j"),
            there.select("source", "chance", at="second", own="j", other="i"),
        ]
    )
    spans = (
        sides.join(claims.select("at", "period", "value"), on="at")
        .group_by("source", "own", "other")
        .agg(
            pl.col("chance").first(),
            first=pl.col("period").min() - int(_TOGETHER),
            last=pl.col("period").max() + int(_TOGETHER),
            middle=pl.col("value").median(),
        )
    )
    return (
        claims.join(spans, on=["source", "own"])
        .filter(
            pl.col("period").is_between("first", "last")
            & ((pl.col("value") - pl.col("middle")).abs() <= 2 * _FIT_SDS * pl.col("sd"))
        )
        .sort("chance", "at", "other")
        .unique("at", keep="first", maintain_order=True)
        .select("at", "other")
    )


def _n_off(off: Off) -> pl.DataFrame:
    """Claims of each series and source that are off, and series of which several are."""
    counts = (
        pl.DataFrame({"source": off.source, "series": off.series})
        .group_by("source", "series")
        .agg(n_off=pl.len().cast(pl.Float64))
    )
    return counts.with_columns(n_run=(pl.col("n_off") > 1).sum().cast(pl.Float64).over("source"))


def _share(value: Floats, reach: Floats, levels: Floats, n_own: Ints | int = 0) -> Floats:
    """Share of levels that lie within reach of each figure, never none.

    Parameters
    ----------
    n_own
        How many of them are the figure's own, and do not count.
    """
    low = np.searchsorted(levels, value - reach)
    high = np.searchsorted(levels, value + reach)
    near = np.maximum(high - low - n_own, 0)
    return np.asarray((near + 1.0) / (np.maximum(len(levels) - n_own, 0) + 1.0), np.float64)


@nb.njit(cache=True, nogil=True)
def _mutual(key: Ints, value: Floats, expected: Floats, sd: Floats) -> tuple[Ints, Ints]:
    """Pairs of claims of one key that each fit what is expected of the other.

    Claims are ordered by key and what is expected.
    """
    first, second = [np.int64(0) for _ in range(0)], [np.int64(0) for _ in range(0)]
    begin = 0
    while begin < len(key):
        end = begin
        widest = 0.0
        while end < len(key) and key[end] == key[begin]:
            widest = max(widest, sd[end])
            end += 1
        for a in range(begin, end):
            b = begin + np.searchsorted(expected[begin:end], value[a] - _FIT_SDS * widest)
            while b < end and expected[b] <= value[a] + _FIT_SDS * widest:
                if (
                    b > a
                    and abs(value[a] - expected[b]) <= _FIT_SDS * sd[b]
                    and abs(value[b] - expected[a]) <= _FIT_SDS * sd[a]
                ):
                    first.append(np.int64(a))
                    second.append(np.int64(b))
                b += 1
        begin = end
    return np.array(first, np.int64), np.array(second, np.int64)


def _echoes(off: Off, panel: Panel, levels: Floats, scale: int, unit: float) -> pl.DataFrame:
    """Claims that print their source's figure of another series in several periods."""
    n_period = len(panel.gap)
    counted = (
        pl.DataFrame({"at": np.arange(len(off.row)), "series": off.series, "source": off.source})
        .with_columns(n=pl.len().over("series", "source"))
        .filter(pl.col("n") >= _LEAST_ECHO)
    )
    at = counted["at"].to_numpy()
    nothing = pl.DataFrame(schema={"at": pl.Int64, "other": pl.Int64})
    if not len(at):
        return nothing
    key = off.source[at] * n_period + off.period[at]
    order = np.lexsort((off.value[at], key))
    at, key = at[order], key[order]
    mine, series = _equal_figures(
        key, off.value[at], off.series[at], panel, n_period, int(key.max()) + 1
    )
    matches = pl.DataFrame({"at": at[mine], "other": series})
    if not matches.height:
        return nothing
    own = matches["at"].to_numpy()
    step = grid_steps(off.value[own], scale, unit)
    # Beside being near, each further match is one of digits among those that noise would allow.
    digits = np.log(np.clip(step / off.sd[own], 1e-3, 1.0))
    matches = matches.with_columns(
        series=off.series[own],
        source=off.source[own],
        near=_share(off.value[own], _FIT_SDS * off.sd[own], levels),
        digits=digits,
        figure=off.value[own],
    )
    keys = ["series", "source", "other"]
    sizes = counted.group_by("series", "source").agg(n_off=pl.len())
    groups = (
        matches.group_by(keys)
        .agg(
            n=pl.len(),
            n_figures=pl.col("figure").n_unique(),
            chance=pl.col("near").mean().log() + pl.col("digits").sum() + np.log(len(levels)),
        )
        .join(sizes, on=["series", "source"])
        .filter(
            (pl.col("n_figures") >= _LEAST_ECHO)
            & (pl.col("n") >= _ECHO_PART * pl.col("n_off"))
            & (pl.col("chance") < np.log(_MOST_CHANCE))
        )
    )
    kept = matches.join(groups.select(*keys, rank="chance"), on=keys)
    return (
        kept.sort("rank", "at", "other")
        .select("at", "other")
        .unique("at", keep="first", maintain_order=True)
    )


@nb.njit(cache=True, nogil=True)
def _equal_figures(
    key: Ints, value: Floats, own: Ints, panel: Panel, n_period: int, n_key: int
) -> tuple[Ints, Ints]:
    """Claims in order of key and value, and the other series of which the same is said."""
    begin = np.zeros(n_key + 1, np.int64)
    for k in range(len(key)):
        begin[key[k] + 1] += 1
    for k in range(n_key):
        begin[k + 1] += begin[k]
    mine, series = [np.int64(0) for _ in range(0)], [np.int64(0) for _ in range(0)]
    for i in range(len(panel.segment)):
        for k in range(panel.start[i], panel.start[i + 1]):
            at = panel.source[k] * n_period + panel.period[k]
            if at >= n_key or begin[at] == begin[at + 1] or np.isnan(panel.value[k]):
                continue
            low = begin[at] + np.searchsorted(
                value[begin[at] : begin[at + 1]], panel.value[k] - 1e-9
            )
            while low < begin[at + 1] and value[low] <= panel.value[k] + 1e-9:
                if own[low] != i:
                    mine.append(np.int64(low))
                    series.append(np.int64(i))
                low += 1
    return np.array(mine, np.int64), np.array(series, np.int64)
