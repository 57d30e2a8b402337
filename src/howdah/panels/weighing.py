"""The strata of the parts of a survey, followed from part to part."""

import itertools

import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity import Strata, count_observed, weigh
from howdah.panels.tables import Part


class StrataCount:
    """Counts how many units of each stratum were observed, and weighs strata that are done.

    Parameters
    ----------
    look_back
        (n_metric,) days before a day on which a unit has to be observed too.
    n_day
        Days of the log.
    shown
        Days that are looked at; None: all.

    Attributes
    ----------
    is_blind
        (n_metric, n_shown) some stratum had nobody who was observed long enough.
    is_lone
        (n_metric, n_shown) some stratum had one such unit alone, which stands for more.
    """

    def __init__(
        self, look_back: NDArray[np.int64], n_day: int, shown: NDArray[np.int64] | None = None
    ) -> None:
        self._look_back, self._n_day = look_back, n_day
        self._shown = np.arange(n_day) if shown is None else shown
        self._n = np.zeros((len(look_back), n_day), np.int64)
        self.is_blind = np.zeros((len(look_back), len(self._shown)), np.bool_)
        self.is_lone = np.zeros_like(self.is_blind)

    def of(self, part: Part) -> Strata:
        """The strata of a part; numbers and weights are of those that it ends."""
        stratum = part.roster.stratum
        start = np.append(np.flatnonzero(np.diff(stratum, prepend=-1)), len(stratum))
        shape = (len(start) - 1, *self.is_blind.shape)
        is_done = np.ones(len(start) - 1, np.bool_)
        n, weight, spread = np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape)
        for h, (first, end) in enumerate(itertools.pairwise(start)):
            count_observed(
                part.roster.joined[first:end], part.roster.left[first:end], self._look_back,
                self._n_day, self._n,
            )  # fmt: skip
            if end == len(stratum) and part.goes_on:
                is_done[h] = False
                continue
            n[h] = self._n[:, self._shown]
            found = weigh(float(part.roster.population[stratum[first]]), n[h])
            weight[h], spread[h] = found.weight, found.spread
            self.is_blind |= found.is_blind
            self.is_lone |= found.is_lone
            self._n[:] = 0
        return Strata(start, is_done, n, weight, spread)


def split_products(start: NDArray[np.int64], n: int) -> list[tuple[int, int]]:
    """Ranges of products with about as many rows each.

    Parameters
    ----------
    start
        (n_product + 1,) first row of each product.
    """
    cuts = np.searchsorted(start, np.linspace(0, start[-1], n + 1)[1:-1])
    ends = sorted({0, *(int(cut) for cut in cuts), len(start) - 1})
    return list(itertools.pairwise(ends))
