"""Links between sources that copy, and the claims that are copies by them."""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.estimates.fusion.spikes import grid_step

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Flags = NDArray[np.bool_]

#: Claims of a copier on either side of one, in the same series, that tell whether it copies there.
_BESIDE = 5

#: How many times as many as by chance of those beside a claim, and it, have to look copied.
_TIMES_CHANCE = 2.0


#: Share of common cells from which a copier has nothing of its own there.
WHOLE_SHARE = 0.95


class Links(NamedTuple):
    """Who copies whom, and how."""

    copier: Ints  # (n_link,)
    original: Ints  # (n_link,)
    lag: Ints  # (n_link,) periods that the copy is late
    shift: Floats  # (n_link,) of the copy above the original, on the additive scale
    width: Floats  # (n_link,) half width of the window that copies lie in
    share: Floats  # (n_link,) of common cells that are copied
    chance: Floats  # (n_link,) of a cell to look copied without being so
    is_decided: Flags  # (n_link,) whether it is known which of the two copies

    @property
    def is_left_out(self) -> Flags:
        """(n_link,) whether copied claims are left out: of two that are one, either may be."""
        return self.is_decided | self.is_whole

    @property
    def is_whole(self) -> Flags:
        """(n_link,) whether the copier says next to nothing else where the original speaks."""
        return np.asarray(self.share >= WHOLE_SHARE, np.bool_)


def no_links() -> Links:
    """Nobody copies."""
    nothing, none = np.zeros(0), np.zeros(0, np.int64)
    return Links(none, none, none, nothing, nothing, nothing, nothing, np.zeros(0, np.bool_))


@nb.njit(cache=True, nogil=True)
def flag_copies(
    start: Ints,
    period: Small,
    source: Small,
    value: Floats,
    links: Links,
    n_source: int,
    n_period: int,
    scale: int,
    unit: float,
) -> Ints:
    """Link by which each claim repeats another's, -1 for none.

    Where no more of a copier's claims nearby look copied than by chance, none is taken to be.
    """
    flags = np.full(len(value), -1, np.int64)
    n_link = len(links.copier)
    slot = np.full(n_source, -1, np.int64)
    copies = np.zeros(n_source, np.bool_)
    n_slot = 0
    for e in range(n_link):
        copies[links.copier[e]] = True
        if slot[links.original[e]] < 0:
            slot[links.original[e]] = n_slot
            n_slot += 1
    said = np.full((n_slot, n_period), np.nan)
    first, last = np.full(n_source, -1, np.int64), np.full(n_source, -1, np.int64)
    most = 1
    for i in range(len(start) - 1):
        most = max(most, start[i + 1] - start[i])
    after = np.full(most, -1, np.int64)
    row, match = np.zeros(most, np.int64), np.zeros(most + 1, np.int64)
    for i in range(len(start) - 1):
        begin, end = start[i], start[i + 1]
        for k in range(begin, end):
            s = source[k]
            if np.isnan(value[k]):
                continue
            if slot[s] >= 0 and np.isnan(said[slot[s], period[k]]):
                said[slot[s], period[k]] = value[k]
            if copies[s]:
                after[k - begin] = -1
                if first[s] < 0:
                    first[s] = k
                else:
                    after[last[s] - begin] = k
                last[s] = k
        for e in range(n_link):
            n = 0
            k = first[links.copier[e]]
            while k >= 0:
                if period[k] >= links.lag[e]:
                    other = said[slot[links.original[e]], period[k] - links.lag[e]]
                    if not np.isnan(other):
                        far = abs(value[k] - other - links.shift[e])
                        half = links.width[e]
                        if far > half:
                            steps = max(
                                grid_step(value[k], scale, unit), grid_step(other, scale, unit)
                            )
                            half = max(half, 0.5 * steps)
                        row[n] = k
                        is_match = far <= half * (1.0 + 1e-6) + 1e-9
                        match[n + 1] = match[n] + (1 if is_match else 0)
                        n += 1
                k = after[k - begin]
            for a in range(n):
                if match[a + 1] == match[a] or flags[row[a]] >= 0:
                    continue
                low, high = max(a - _BESIDE, 0), min(a + _BESIDE + 1, n)
                near = match[high] - match[low]
                if near > _TIMES_CHANCE * links.chance[e] * (high - low):
                    flags[row[a]] = e
        for k in range(begin, end):
            s = source[k]
            first[s] = -1
            if slot[s] >= 0:
                said[slot[s], period[k]] = np.nan
    return flags


@nb.njit(cache=True, nogil=True)
def find_originals(
    start: Ints, period: Small, source: Small, value: Floats, links: Links, flags: Ints
) -> Flags:
    """Claims that an undecided link found repeated: they share their weight with the copy."""
    shared = np.zeros(len(value), np.bool_)
    for i in range(len(start) - 1):
        begin = start[i]
        for k in range(start[i], start[i + 1]):
            if k > begin and period[k] != period[begin]:
                begin = k
            e = flags[k]
            if e < 0 or links.is_decided[e]:
                continue
            shared[k] = True
            j = begin
            while j < start[i + 1] and period[j] == period[k]:
                if source[j] == links.original[e] and not np.isnan(value[j]):
                    shared[j] = True
                j += 1
    return shared
