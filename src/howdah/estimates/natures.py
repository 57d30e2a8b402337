"""What is held of a source by its nature, before it has been compared with anything."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from howdah.estimates.fusion import WEIGHTS_UNKNOWN, Prior

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Spread(NamedTuple):
    """Standard deviations of a nature of sources on a scale where one is a factor of about three.

    On a linear scale the unit is chosen so that they hold (`assembly.units_of`).
    """

    house: float
    noise: float


#: panel: published audits of vendors' estimates find a median error of about 20 % (.2 / .6745 =
#: .30) and one-sided biases of 20 to 40 %. counter: what the platform itself counts; another hour
#: or another mirror gives another count, the same day after day. statement: a figure in words,
#: rounded by its speaker; between the two. A list says what it says. chart: what a place says of
#: a level; each such claim states its own error.
SPREADS: dict[str, Spread] = {
    "catalogue": Spread(0.05, 0.02),
    "chart": Spread(0.05, 1e-4),
    "counter": Spread(0.014, 1e-4),
    "list": Spread(0.028, 1e-4),
    "panel": Spread(0.30, 0.10),
    "statement": Spread(0.20, 0.10),
}

#: Natures whose sources count the same things, so that equal figures are no sign of copying.
COUNTING = ("chart", "counter", "list")

#: Share of the spread of house effects that sources of one nature have in common: panels share
#: software kits and operators. Only truth can show it.
COMMON_SHARE = 0.5

#: Share of the variance of the rest that is the source's bias, the same for all series: audits of
#: vendors find errors of one sign.
BIAS_SHARE = 0.8

#: Series, and claims, that the spreads above count for where sources are compared.
_N_SERIES = 10.0
_N_CLAIMS = 50.0

#: Variance of a month's step of a level of which nothing is known: a fifth.
_STEP_VAR = 0.04

#: Variance of the trend of a level, in a month: a fiftieth.
_TREND_VAR = 0.0004

#: Variance of a level before anything is said of it, in effect none.
_START_VAR = 1e6


def prior_of(natures: tuple[str, ...], takes_off: Bools) -> Prior:
    """What is held of sources by their natures, in order of nature.

    Parameters
    ----------
    natures
        (n_source,) nature of each source; those of one nature stand together.
    takes_off
        (n_source,) sources that truth was compared with, enough to take their bias off. Of
        others nobody knows whether they are right.
    """
    has_truth = bool(takes_off.any())
    spreads = [SPREADS[nature] for nature in natures]
    house, noise = np.array(spreads, np.float64).reshape(-1, 2).T / np.sqrt(WEIGHTS_UNKNOWN)
    kinds = sorted(set(natures))
    family = np.array([kinds.index(nature) for nature in natures], np.int32)
    common = np.zeros(max(len(kinds), 1))
    shared = np.zeros(max(len(kinds), 1))
    common[family] = (COMMON_SHARE * house) ** 2
    if has_truth:
        shared[family] = noise**2
    return Prior(
        house_var=(1 - BIAS_SHARE) * (1 - COMMON_SHARE**2) * house**2,
        noise_var=noise**2,
        drift_var=np.zeros(len(natures)),
        bias_sd=np.sqrt(BIAS_SHARE * (1 - COMMON_SHARE**2)) * house,
        takes_off=takes_off,
        may_copy=np.array([nature not in COUNTING for nature in natures], np.bool_),
        family=family,
        family_var=shared,
        common_var=common,
        step_var=_STEP_VAR,
        trend_var=_TREND_VAR,
        start_var=_START_VAR,
        is_common_known=has_truth,
        n_series=_N_SERIES,
        n_claims=_N_CLAIMS,
        learns_alone=False,
    )
