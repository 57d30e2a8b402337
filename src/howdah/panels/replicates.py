r"""Replicates: standard errors by drawing the units of each stratum again.

An independent route to what the tables compute by formulas, and the only one to statistics that
have none: a median, a fitted parameter, a rank. In each replicate $n_h - 1$ of the $n_h$ units of a
stratum are drawn with replacement, and a unit that was drawn $k$ times has its weight scaled by

$$1 + \sqrt{1 - n_h / N_h}\,\Big(\frac{n_h}{n_h - 1} k - 1\Big),$$

so that the variance of a total over replicates is that of the design [1]_ [2]_.

References
----------
.. [1] Rao & Wu (1988), "Resampling Inference with Complex Survey Data", JASA 83.
.. [2] Rao, Wu & Yue (1992), "Some Recent Work on Resampling Methods for Complex Surveys".
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from howdah.core.errors import InputError

Floats = NDArray[np.float64]
Small = NDArray[np.int32]

#: The relative error of a standard error from so many replicates is 1 / sqrt(2 * 500) = 3 %.
N_REPLICATES = 500


def replicate_weights(
    stratum: Small,
    population: Floats,
    *,
    n_replicates: int = N_REPLICATES,
    seed: int = 0,
) -> Iterator[Floats]:
    """Weights of units, one replicate after the other.

    Parameters
    ----------
    stratum
        (n_unit,) of the units that a statistic counts; of a cell that looks at some days those
        observed on all of them, as in the tables.
    population
        (n_stratum,) units that each stratum stands for.
    n_replicates
        At least 2.
    seed
        The same seed gives the same replicates, and their first ones whatever their number.

    Yields
    ------
    ndarray
        (n_unit,) expansion weights. In a stratum of one unit they do not vary: it shows no
        spread, and the tables give no standard error there.

    Raises
    ------
    InputError
        There are fewer than two replicates, or a stratum with more units than it stands for.
    """
    if n_replicates < 2:  # noqa: PLR2004 - one has no spread
        raise InputError(f"Replicates: {n_replicates}, which tell no variance. Give 2 or more.")
    n_unit = np.bincount(stratum, minlength=len(population))
    if (n_unit > population).any():
        h = int(np.argmax(n_unit > population))
        raise InputError(
            f"Stratum {h} stands for {population[h]:,.0f} units and {n_unit[h]:,} are in the panel."
        )
    order = np.argsort(stratum, kind="stable")
    stops = np.cumsum(n_unit)
    draws = np.random.default_rng(seed)
    for _ in range(n_replicates):
        weight = np.empty(len(stratum))
        for h, n in enumerate(n_unit):
            if n == 0:
                continue
            scale = np.ones(n)
            if n > 1:
                drawn = np.bincount(draws.integers(0, n, n - 1), minlength=n)
                scale += np.sqrt(1.0 - n / population[h]) * (n / (n - 1) * drawn - 1.0)
            weight[order[stops[h] - n : stops[h]]] = population[h] / n * scale
        yield weight


def replicate_stderr(replicates: Floats, estimate: Floats | float) -> Floats:
    """Standard errors from a statistic's values in replicates.

    Parameters
    ----------
    replicates
        (n_replicates, ...) the statistic with each replicate's weights.
    estimate
        (...) with the weights themselves.
    """
    return np.asarray(np.sqrt(((replicates - estimate) ** 2).mean(axis=0)), np.float64)
