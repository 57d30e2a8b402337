r"""Fusing facts that a crowd states: which value most of the reliable ones agree on.

Where each source says little, neither biases nor covariances can be learnt, and what is said is
mostly copied or mistyped rather than measured. Then values compete: a source $s$ is right with
probability $p_s$, and one of the $n$ wrong values is as likely as another, so that the value $v$
of a series has the odds [1]_

$$\prod_{s: v_s = v} \frac{n\,p_s}{1 - p_s}.$$

The reliabilities are learnt from the same claims by expectation maximisation, under a Beta prior
that knows nothing; truth is a source that is right.

References
----------
.. [1] Dong, Berti-Equille & Srivastava (2009), "Integrating Conflicting Data: The Role of Source
   Dependence", model ACCU.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Wrong values that are as likely as one another; the reference's choice.
N_WRONG = 10.0

#: Mean of the Beta prior of a reliability, and the claims that it counts for.
_PRIOR = 0.5
_PRIOR_CLAIMS = 3.0

#: Reliabilities stay within this of 0 and 1.
_EDGE = 0.02

_N_ITERATIONS = 20

#: Sources that state fewer values than this on average are a crowd.
CROWD_CLAIMS = 5.0

#: Values this near on the additive scale (one per cent on the log scale) are the same value.
SAME = 0.01


class Verdict(NamedTuple):
    """What a crowd's claims come to, one row a series."""

    value: Floats
    lower: Floats
    upper: Floats
    probability: Floats  # of the value
    reliability: Floats  # (n_source,)


def is_crowd(n_claims: int, n_sources: int) -> bool:
    """Whether sources say too little each for their habits to be learnt."""
    return n_claims < CROWD_CLAIMS * n_sources


def decide(series: Ints, source: Ints, value: Floats, truth: int, prob: float) -> Verdict:
    """Decide between the values of each series.

    Parameters
    ----------
    series
        (n,) numbers from 0, ascending.
    source, value
        (n,) who says what, on the additive scale.
    truth
        Number of the source that is right.
    prob
        Mass of the interval: of the values that it spans.
    """
    order = np.lexsort((value, series))
    series, source, value = series[order], source[order], value[order]
    is_new = np.ones(len(value), np.bool_)
    is_new[1:] = (series[1:] != series[:-1]) | (value[1:] - value[:-1] > SAME)
    option = np.cumsum(is_new) - 1
    of_series = series[is_new]
    n_option, n_source = int(is_new.sum()), int(max(source.max(initial=truth), truth)) + 1
    start = np.searchsorted(of_series, np.arange(int(series.max(initial=-1)) + 1))
    reliability = np.full(n_source, _PRIOR)
    n_said = np.bincount(source, minlength=n_source)
    share = np.zeros(n_option)
    for _ in range(_N_ITERATIONS):
        reliability[truth] = 1 - 1e-9
        odds = np.log(N_WRONG * reliability / (1 - reliability))
        weight = np.bincount(option, odds[source], n_option).astype(np.float64)
        share = _softmax(weight, of_series, start)
        right = np.bincount(source, share[option], n_source)
        reliability = (right + _PRIOR * _PRIOR_CLAIMS) / (n_said + _PRIOR_CLAIMS)
        reliability = np.clip(reliability, _EDGE, 1 - _EDGE)
    return _verdict(option, value, source, of_series, start, share, reliability, prob)


def _verdict(
    option: Ints, value: Floats, source: Ints, of_series: Ints, start: Ints,
    share: Floats, reliability: Floats, prob: float,
) -> Verdict:  # fmt: skip
    # Each option is said as its most reliable source says it.
    by_trust = np.lexsort((value, -reliability[source], option))
    said = value[by_trust][np.searchsorted(option[by_trust], np.arange(len(share)))]
    low = np.full(len(share), np.inf)
    high = np.full(len(share), -np.inf)
    np.minimum.at(low, option, value)
    np.maximum.at(high, option, value)
    ranked = np.lexsort((-share, of_series))
    before = np.cumsum(share[ranked]) - share[ranked]
    before -= before[start][of_series[ranked]]
    # Values are taken, the likeliest first, until they hold the mass.
    taken = ranked[before < prob]
    n_series = len(start)
    lower, upper = np.full(n_series, np.inf), np.full(n_series, -np.inf)
    np.minimum.at(lower, of_series[taken], low[taken])
    np.maximum.at(upper, of_series[taken], high[taken])
    best = ranked[start]
    return Verdict(said[best], lower, upper, share[best], reliability)


def _softmax(weight: Floats, of_series: Ints, start: Ints) -> Floats:
    most = np.maximum.reduceat(weight, start) if len(start) else weight
    mass = np.exp(weight - most[of_series])
    return mass / np.add.reduceat(mass, start)[of_series] if len(start) else mass
