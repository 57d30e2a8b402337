r"""The cheapest experiment that would tell: how often and how long to stop a channel.

A channel that runs is stopped $R$ times for $L$ periods with $L$ periods of spend between. With the
level's drift, the noise and the carry-over of the series, the effect that such a schedule finds
with probability .8, where nothing would be called something once in twenty, is

$$d = (z_{.975} + z_{.8})\,\sigma / \lVert w \rVert$$

with $w$ the whitened course of carried-over spend, the level taken out. Of the schedules that find
a tenth of the mean outcome that with the fewest stopped periods is the cheapest.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from howdah.growth.results import Result
from howdah.kernels.response import carry_over, project, whitened_bases

Floats = NDArray[np.float64]

#: Lengths of pauses and numbers of them that are weighed.
_LENGTHS, _TIMES = (1, 2, 3, 4, 6, 8), (1, 2, 3, 4)

#: Periods with spend that come before, which are there already.
_N_BEFORE = 26

#: Effect that is to be found, as a share of the mean outcome, and with which probability.
_WANTED, _POWER, _FALSE = 0.1, 0.8, 0.05

#: Carry-over of a channel that was not fitted, and the drift.
_USUAL_RATE, _USUAL_DRIFT = 0.33, 0.01


@dataclass(frozen=True, slots=True)
class Pauses:
    """A schedule of pauses of one channel.

    Attributes
    ----------
    n_pauses, n_periods
        How often it stops, and for how long each time.
    detectable
        Effect that is found with probability .8, as a share of the mean outcome.
    power
        Probability that an effect of a tenth of the mean outcome is found.
    """

    n_pauses: int
    n_periods: int
    detectable: float
    power: float


class Planner:
    """Plans pauses; schedules under the same drift and carry-over are worked out once."""

    def __init__(self) -> None:
        self._lengths: dict[tuple[float, float], list[tuple[int, int, float]]] = {}

    def plan(self, result: Result, c: int) -> Pauses | None:
        """The cheapest pauses that would tell what channel `c` brings.

        Returns
        -------
        Pauses or None
            None where it is identified already, was never spent on, or the outcome has no noise.
            If no schedule finds as little as is wanted, the one that finds least.
        """
        prepared = result.prepared
        is_told = result.verdicts[c].word == "identified"
        if is_told or prepared.most[c] <= 0.0 or prepared.noise <= 1e-9:  # noqa: PLR2004
            return None
        noise, drift, rate = prepared.noise, _USUAL_DRIFT, _USUAL_RATE
        if np.isfinite(result.noise):
            noise, drift = result.noise / prepared.scale, result.drift
        if np.isfinite(result.rates[c]):
            rate = float(result.rates[c])
        # To the nearest tenth, and to a fifth of a power of ten: no answer hangs on more.
        key = round(rate, 1), float(10 ** (round(5 * np.log10(drift)) / 5))
        if key not in self._lengths:
            self._lengths[key] = _schedules(*key)
        reach = float(ndtri(1 - _FALSE / 2) + ndtri(_POWER))
        found = [(n, k, reach * noise / length) for n, k, length in self._lengths[key]]
        able = [f for f in found if f[2] <= _WANTED]
        best = (
            min(able, key=lambda f: (f[0] * f[1], f[2])) if able else min(found, key=lambda f: f[2])
        )
        power = ndtr(reach * _WANTED / best[2] - ndtri(1 - _FALSE / 2))
        return Pauses(best[0], best[1], best[2], float(power))


def _schedules(rate: float, drift: float) -> list[tuple[int, int, float]]:
    """Number and length of pauses, and the length of the whitened course of spend."""
    found = []
    for length in _LENGTHS:
        for times in _TIMES:
            spend = np.ones(_N_BEFORE + 2 * length * times)
            for n in range(times):
                start = _N_BEFORE + 2 * length * n
                spend[start : start + length] = 0.0
            carried = np.empty(len(spend))
            carry_over(spend, rate, carried)
            bases = whitened_bases(
                np.ones((1, len(spend))), np.ones(len(spend), np.bool_), np.array([drift])
            )
            white = project(carried, bases, 0)
            found.append((times, length, float(np.sqrt(white @ white))))
    return found
