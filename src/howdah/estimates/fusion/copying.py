"""Copying: a source that prints another's figures adds no evidence."""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels import Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Flags = NDArray[np.bool_]

#: Share of the claims of two sources about one series and period that are equal, from which one
#: of them copies. Independent figures of three digits agree in a few per cent at most.
COPY_SHARE = 0.3
_LEAST_COMMON = 30

#: Two figures are the same when they differ by less than rounding errors of a float.
_SAME = 1e-9


class Copying(NamedTuple):
    """Who repeats whom."""

    original: Ints  # (n_source,) source that is copied, -1 for none
    share: Floats  # (n_source, n_source) share of common claims that are equal
    common: Floats  # (n_source, n_source)


def find_copying(panel: Panel, n_source: int) -> Copying:
    """Pairs of sources whose figures are too often the same; the one that says less copies."""
    same, common = _agreement(panel.start, panel.period, panel.source, panel.value, n_source)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(common >= _LEAST_COMMON, same / common, 0.0)
    n_claims = np.bincount(panel.source, np.isfinite(panel.value), n_source)
    original = np.full(n_source, -1, np.int64)
    for s in np.argsort(n_claims, kind="stable"):
        candidates = np.flatnonzero((share[s] >= COPY_SHARE) & (original < 0))
        # A source that is copied itself is no copy: the chain ends at the one that says most.
        candidates = candidates[(candidates != s) & (n_claims[candidates] >= n_claims[s])]
        if len(candidates) and not (original == s).any():
            original[s] = candidates[np.argmax(share[s, candidates])]
    return Copying(original, share, common)


@nb.njit(cache=True)
def flag_copies(start: Ints, period: Small, source: Small, value: Floats, original: Ints) -> Flags:
    """Claims that repeat the figure of the source that theirs copies, in the same period."""
    flags = np.zeros(len(value), np.bool_)
    for i in range(len(start) - 1):
        k = start[i]
        while k < start[i + 1]:
            last = k
            while last < start[i + 1] and period[last] == period[k]:
                last += 1
            for a in range(k, last):
                if original[source[a]] < 0:
                    continue
                for b in range(k, last):
                    if source[b] == original[source[a]] and abs(value[a] - value[b]) < _SAME:
                        flags[a] = True
            k = last
    return flags


@nb.njit(cache=True)
def _agreement(
    start: Ints, period: Small, source: Small, value: Floats, n_source: int
) -> tuple[Floats, Floats]:
    same = np.zeros((n_source, n_source))
    common = np.zeros((n_source, n_source))
    for i in range(len(start) - 1):
        k = start[i]
        while k < start[i + 1]:
            last = k
            while last < start[i + 1] and period[last] == period[k]:
                last += 1
            for a in range(k, last):
                for b in range(k, last):
                    if source[a] != source[b] and not np.isnan(value[a] + value[b]):
                        common[source[a], source[b]] += 1.0
                        if abs(value[a] - value[b]) < _SAME:
                            same[source[a], source[b]] += 1.0
            k = last
    return same, common
