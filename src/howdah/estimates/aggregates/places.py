"""Places in a league: the band that each may hold, and the chance to be first or among the top.

Places are those of seeded draws from the joint posterior, in antithetic pairs. Levels are shrunk
as for sums (`sums.shrink`): who stands highest does so partly by error, and draws around what was
found would add the same error a second time.
"""

import datetime as dt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.errors import InputError
from howdah.estimates.aggregates.joint import Joint
from howdah.estimates.aggregates.measures import BY_LEVELS, method_of
from howdah.estimates.aggregates.sums import Logs, shrink

Floats = NDArray[np.float64]

#: Draws of a league of usual length; a probability of .05 is then known to within .004. Of longer
#: ones so many numbers are drawn in all, but no fewer than the least: known to within .01.
N_DRAWS = 4_000
_N_NUMBERS = 12_000_000
_LEAST_DRAWS = 400

#: Numbers that are drawn at a time.
_N_AT_ONCE = 2_000_000


def ranks(
    joint: Joint, period: dt.date, *, top: int = 10, lowest_first: bool = False, seed: int = 0
) -> pl.DataFrame:
    """Places of all series of a joint in a period, 1 for the highest level.

    Parameters
    ----------
    top
        Places that ``p_top`` speaks of.
    lowest_first
        Whether the lowest level is first.

    Returns
    -------
    DataFrame
        ``series, place, lower, upper, mass, p_first, p_top, prob, method``, best first: the place
        by what is most likely, the band from `lower` to `upper`, and the probability `mass` that
        the place is inside, at least `prob` and often more, because places are whole.

    Raises
    ------
    InputError
        ``top`` is below 1.
    """
    if top < 1:
        raise InputError(f"top is {top}. Give the number of places, 1 or more.")
    at = joint.at(period)
    logs = shrink(Logs(joint.mean[:, [at]], joint.own[:, [at]][:, :, [at]], joint.common[:, [at]]))
    places = _draw_places(logs, seed, sign=1.0 if lowest_first else -1.0)
    n = len(joint.series)
    # The widest ends that leave at most a tail on each side.
    n_draws = len(places)
    cut = int((1 - joint.prob) / 2 * n_draws)
    ordered = np.sort(places, axis=0)
    lower, upper = ordered[cut].astype(np.int64), ordered[n_draws - 1 - cut].astype(np.int64)
    mass = ((places >= lower) & (places <= upper)).mean(0)
    order = np.argsort(np.argsort(logs.mean[:, 0] * (1.0 if lowest_first else -1.0)))
    return pl.DataFrame(
        {
            "series": joint.series,
            "place": order + 1,
            "lower": lower + 1,
            "upper": upper + 1,
            "mass": mass,
            "p_first": (places == 0).mean(0),
            "p_top": (places < top).mean(0),
            "prob": np.full(n, joint.prob),
            "method": [method_of(joint, BY_LEVELS, i) for i in range(n)],
        }
    ).sort("place", "series")


def _draw_places(logs: Logs, seed: int, *, sign: float) -> NDArray[np.int32]:
    """(n_draws, n_series) place of each series, from 0."""
    mean, sd, common = logs.mean[:, 0], np.sqrt(logs.own[:, 0, 0]), logs.common[:, 0]
    n, n_factor = common.shape
    draws = np.random.default_rng(seed)
    half = max(min(N_DRAWS, _N_NUMBERS // n), _LEAST_DRAWS) // 2
    places = np.empty((2 * half, n), np.int32)
    at_once = max(1, _N_AT_ONCE // n)
    for first in range(0, half, at_once):
        size = min(at_once, half - first)
        off = sd * draws.standard_normal((size, n))
        off += draws.standard_normal((size, n_factor)) @ common.T
        for begin, way in ((first, off), (half + first, -off)):
            order = np.argsort(sign * (mean + way), axis=1, kind="stable")
            drawn = places[begin : begin + size]
            np.put_along_axis(drawn, order, np.arange(n, dtype=np.int32)[None], axis=1)
    return places
