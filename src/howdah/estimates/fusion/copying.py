r"""Copying: a source that prints another's figures adds no evidence.

Sources agree because both are near the level, or because one prints the other's figures; only the
second makes them share their *errors*. How large the errors of a source are is told by truth, or
by third parties: $\mathrm{cov}(y_s - y_k, y_s - y_l) = \sigma_s^2$ for sources $k$, $l$ that are
independent. Against the spread $\sqrt{\sigma_s^2 + \sigma_o^2}$ that two sources then would have,
`spikes` tells differences that are too small too often, at the same time or some periods before,
and about a constant factor.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from howdah.core.metrics import Scale
from howdah.estimates.fusion.links import Links, no_links
from howdah.estimates.fusion.spikes import (
    Spike,
    differences,
    grid_steps,
    modal_difference,
    scale_code,
    strongest,
)
from howdah.kernels import Panel, robust_scale

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Periods up to which a copy may be late.
MOST_LAG = 8

#: Least share of the common cells that are copied, beyond chance, least excess in standard
#: deviations, and how many times as many as by chance.
COPY_SHARE = 0.05
_LEAST_SDS = 8.0
_TIMES_CHANCE = 2.0
_LEAST_COMMON = 30

#: A later or shifted copy has to explain this much more than an equal one.
_PLAINER = 1.1

#: Least part of the variance of third parties that a variance told by them may have.
_LEAST_PART = 0.1

#: Anchored cells from which truth tells a source's noise.
_LEAST_TRUTH = 50

#: Share of claims of the original that a copy has at most, for coverage to tell which is which,
#: and share of copied figures on a coarser grid for digits to tell.
_FEWER = 0.9
_COARSER = 0.2
_ROUNDED = 0.98

#: Common cells in a row that are mostly copied, or mostly not.
_STRETCH = 11
_HERE = 0.7

#: Standard errors by which a habit changes of the one that copies, of at least so many series.
_CHANGED_SDS = 4.0
_LEAST_SERIES = 10
_LEAST_STEP = 1e-9

#: Claims times sources that are compared; of larger samples some series are.
_BUDGET = 60_000_000


class Found(NamedTuple):
    """The most telling way in which one source repeats another."""

    copier: int
    original: int
    lag: int
    shift: float
    spike: Spike


class _Figures(NamedTuple):
    """Figures of one source, one a cell."""

    cell: Ints
    value: Floats
    step: Floats


def find_copying(panel: Panel, n_source: int, *, scale: Scale = "log", unit: float = 1.0) -> Links:
    """Links between sources whose figures are too often too near.

    Parameters
    ----------
    panel
        A sample of series; its last source is truth.

    Notes
    -----
    The earlier of two is the original, else the one with more digits, else the one that says
    clearly more, else the one whose digits or distance from truth are the same where the two
    differ; else nothing tells, and the link says so. Without truth or two third parties nothing
    tells how large errors are. Two sources that then never differ by more than their rounding
    are held to be one, though both may be exact: nothing shows it. What it cannot tell: two
    sources that share their errors without sharing digits.
    """
    n_period = len(panel.gap)
    figures = _figures(panel, n_source, n_period, scale_code(scale), unit)
    n_cell = len(panel.segment) * n_period
    spread = expected_spread(figures, n_cell, n_period)
    truth = n_source - 1
    table, steps = np.full(n_cell, np.nan), np.zeros(n_cell)
    best: dict[tuple[int, int], Found] = {}
    for o in range(truth):
        own = figures[o]
        table[own.cell], steps[own.cell] = own.value, own.step
        for s in range(truth):
            if s == o or min(len(own.cell), len(figures[s].cell)) < _LEAST_COMMON:
                continue
            for found in _ways(s, o, figures[s], table, steps, n_period, spread[s, o]):
                pair = (min(s, o), max(s, o))
                if pair not in best or _is_plainer(found, best[pair]):
                    best[pair] = found
        table[own.cell], steps[own.cell] = np.nan, 0.0
    n_claims = np.bincount(panel.source, np.isfinite(panel.value), n_source)
    return _linked(list(best.values()), figures, n_claims, n_period)


def _figures(panel: Panel, n_source: int, n_period: int, scale: int, unit: float) -> list[_Figures]:
    """First figure of each source in each cell, of as many series as the budget allows."""
    n_series = len(panel.segment)
    every = max(1, -(-len(panel.value) * n_source // _BUDGET))
    series = np.repeat(np.arange(n_series), np.diff(panel.start))
    kept = np.isfinite(panel.value) & (series % every == 0)
    cell = series * n_period + panel.period
    found = []
    for s in range(n_source):
        own = np.flatnonzero(kept & (panel.source == s))
        at, first = np.unique(cell[own], return_index=True)
        value = panel.value[own[first]]
        found.append(_Figures(at, value, grid_steps(value, scale, unit)))
    return found


def expected_spread(figures: list[_Figures], n_cell: int, n_period: int) -> Floats:
    """Spread that differences of two sources would have if they erred by themselves.

    Returns
    -------
    (n_source, n_source)
        0 where nothing tells. Of noise alone: house effects would only widen it.
    """
    n_source = len(figures)
    apart = np.full((n_source, n_source), np.nan)
    rounding = np.zeros((n_source, n_source))
    table, steps = np.full(n_cell, np.nan), np.zeros(n_cell)
    counts = np.zeros((n_source, n_source))
    for o, own in enumerate(figures):
        table[own.cell], steps[own.cell] = own.value, own.step
        for s, other in enumerate(figures):
            if s == o:
                continue
            off = other.value - table[other.cell]
            both = np.isfinite(off)
            series, off = other.cell[both] // n_period, off[both]
            counts[s, o] = len(off)
            if len(off) < _LEAST_COMMON:
                continue
            # Successive differences have no house effect, and of errors that last only the part
            # that is new: what two sources agree on by chance is not underrated.
            moved = np.diff(off)[series[1:] == series[:-1]]
            enough = len(moved) >= _LEAST_COMMON
            apart[s, o] = robust_scale(moved) ** 2 / 2 if enough else robust_scale(off) ** 2
            grid = np.maximum(other.step, steps[other.cell])[both]
            rounding[s, o] = float(np.median(grid)) ** 2
        table[own.cell], steps[own.cell] = np.nan, 0.0
    truth = n_source - 1
    spread = np.zeros((n_source, n_source))
    for s in range(truth):
        for o in range(s):
            told = [_noise(apart, counts, a, b) for a, b in ((s, o), (o, s))]
            # Where third parties tell nothing the pair's own spread does, if it is more than its
            # copied part.
            expected = own = np.nan_to_num(apart[s, o])
            if np.isnan(told).any():
                if own <= rounding[s, o]:
                    # Nobody who errs agrees on all that a level moves by, to the last digit.
                    expected = max(own, min(_movement(figures[k], n_period) for k in (s, o)))
            elif min(told) > 0.0:
                expected = max(sum(told), own)
            spread[s, o] = spread[o, s] = np.sqrt(expected)
    return spread


def _movement(own: _Figures, n_period: int) -> float:
    """Variance of a source's figures from one to the next of a series; 0 if there are too few."""
    series = own.cell // n_period
    moved = np.diff(own.value)[series[1:] == series[:-1]]
    return float(robust_scale(moved) ** 2) if len(moved) >= _LEAST_COMMON else 0.0


def _noise(apart: Floats, counts: Floats, s: int, without: int) -> float:
    """Variance of the noise of a source by truth or third parties; NaN if there are neither."""
    truth = len(apart) - 1
    if counts[s, truth] >= _LEAST_TRUTH:
        return float(apart[s, truth])
    third = [k for k in range(truth) if k not in {s, without} and np.isfinite(apart[s, k])]
    told = [
        (apart[s, k] + apart[s, m] - apart[k, m]) / 2
        for n, k in enumerate(third)
        for m in third[:n]
        if apart[k, m] > 0
    ]
    if not told:
        return np.nan
    # Third parties may copy too, or follow one another: most of them do not.
    found = float(np.median(told))
    usual = float(np.median([apart[s, k] for k in third]))
    return found if found > _LEAST_PART * usual else 0.0


def _ways(
    s: int, o: int, own: _Figures, table: Floats, steps: Floats, n_period: int, spread: float
) -> list[Found]:
    """Lags and shifts at which one source repeats another beyond chance."""
    ways: list[Found] = []
    if spread <= 0.0:
        return ways
    for lag in range(min(MOST_LAG + 1, n_period)):
        off, grid = differences(own.cell, own.value, own.step, table, steps, n_period, lag)
        if len(off) < _LEAST_COMMON:
            continue
        mode = modal_difference(off, max(spread / 10.0, 1e-6))
        for shift in (0.0, mode):
            spike = strongest(off, grid, shift, spread)
            if is_copying(spike):
                ways.append(Found(s, o, lag, shift, spike))
    return ways


def is_copying(spike: Spike) -> bool:
    """Whether a window holds more than chance and shared errors put there."""
    return (
        spike.used >= _LEAST_COMMON
        and spike.sds >= _LEAST_SDS
        and spike.excess >= COPY_SHARE
        and spike.inside >= _TIMES_CHANCE * spike.expected
    )


def _is_plainer(one: Found, other: Found) -> bool:
    """Whether the one explains more; a late or shifted copy has to explain clearly more."""
    left, right = (
        f.spike.inside / (_PLAINER ** ((f.lag > 0) + (f.shift != 0.0))) for f in (one, other)
    )
    return left > right


def _linked(found: list[Found], figures: list[_Figures], n_claims: Ints, n_period: int) -> Links:
    """Links in which each source's chain ends, the strongest first."""
    rows: list[tuple[float, ...]] = []
    copies: dict[int, set[int]] = {}
    for way in sorted(found, key=lambda f: -f.spike.excess):
        s, o, shift = way.copier, way.original, way.shift
        is_decided = True
        if way.lag == 0:
            turn = _which_copies(figures, way, n_claims, n_period)
            is_decided = turn != 0
            # Of two that nothing tells apart the later by number is looked up in the other.
            if turn < 0 or (turn == 0 and s < o):
                s, o, shift = o, s, -shift
        if _reaches(copies, o, s):
            continue
        copies.setdefault(s, set()).add(o)
        spike = way.spike
        rows.append(
            (
                s, o, way.lag, shift, spike.width, spike.excess,
                spike.expected / max(spike.used, 1.0), is_decided,
            )
        )  # fmt: skip
    if not rows:
        return no_links()
    table = np.array(rows, np.float64).T
    copier, original, lag = table[:3].astype(np.int64)
    shift, width, share, chance = table[3:7]
    return Links(copier, original, lag, shift, width, share, chance, table[7] > 0)


def _which_copies(figures: list[_Figures], way: Found, n_claims: Ints, n_period: int) -> int:
    """1 if the one copies, -1 if the other does, 0 if nothing tells."""
    one, other = figures[way.copier], figures[way.original]
    cell, at_one, at_other = np.intersect1d(one.cell, other.cell, return_indices=True)
    off = np.abs(one.value[at_one] - other.value[at_other] - way.shift)
    first, second = one.step[at_one], other.step[at_other]
    grid = np.maximum(first, second) / 2 * (1 + 1e-6) + 1e-9
    same = off <= np.maximum(way.spike.width, grid)
    # Who rounds copies, if what is the same is so to the rounding: a copy with noise beyond it may
    # be rounded or not. Rescaling makes digits, and tells nothing either.
    if way.shift == 0.0 and same.any() and (off <= grid)[same].mean() > _ROUNDED:
        coarse = float((first > second * 2)[same].mean())
        fine = float((second > first * 2)[same].mean())
        if max(coarse, fine) >= _COARSER and min(coarse, fine) < _COARSER / 4:
            return 1 if coarse > fine else -1
    n_one, n_other = n_claims[way.copier], n_claims[way.original]
    if min(n_one, n_other) <= _FEWER * max(n_one, n_other):
        return 1 if n_one < n_other else -1
    # Who copies in part is another source there; the original is itself throughout.
    rate = np.convolve(same, np.full(_STRETCH, 1 / _STRETCH), mode="same")
    parts = cell[rate > _HERE], cell[rate < 1 - _HERE]
    for measure in (_digits, _error):
        changes = [_change(*measure(own, figures[-1]), parts, n_period) for own in (one, other)]
        if max(changes) >= _CHANGED_SDS and min(changes) <= max(changes) / 2:
            return 1 if changes[0] > changes[1] else -1
    return 0


def _digits(own: _Figures, truth: _Figures) -> tuple[Ints, Floats]:
    """Cells of a source, and the log of its grid there."""
    del truth
    return own.cell, np.log(own.step + _LEAST_STEP)


def _error(own: _Figures, truth: _Figures) -> tuple[Ints, Floats]:
    """Cells in which there is truth, and how far a source is from it."""
    cell, at, known = np.intersect1d(own.cell, truth.cell, return_indices=True)
    return cell, np.abs(own.value[at] - truth.value[known])


def _change(cell: Ints, figures: Floats, parts: tuple[Ints, Ints], n_period: int) -> float:
    """Difference of means in two parts, in standard errors of series' means; 0 if too few."""
    means = []
    for part in parts:
        own = np.isin(cell, part)
        _, series = np.unique(cell[own] // n_period, return_inverse=True)
        counts = np.bincount(series)
        if len(counts) < _LEAST_SERIES:
            return 0.0
        means.append(np.bincount(series, figures[own]) / counts)
    error = np.sqrt(sum(own.var(ddof=1) / len(own) for own in means)) + _LEAST_STEP
    return float(abs(means[0].mean() - means[1].mean()) / error)


def _reaches(copies: dict[int, set[int]], start: int, end: int) -> bool:
    """Whether a source copies another, by way of others or not."""
    seen, left = set[int](), [start]
    while left:
        s = left.pop()
        if s == end:
            return True
        if s not in seen:
            seen.add(s)
            left.extend(copies.get(s, ()))
    return False
