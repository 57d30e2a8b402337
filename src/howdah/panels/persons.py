r"""Persons in place of units: several devices or accounts may be one person.

With $k_h$ units a person in stratum $h$, a unit stands for $N_h / (k_h n_h)$ persons, so every
table tells persons when strata stand for $N_h / k_h$ of them. That is where the factor belongs:
divided into a finished total, one factor would have to hold for all strata. A ratio changes only
as strata with other factors count more or less in it.

What it cannot tell: which units are one person. A person counts as active when any of its units
is, so the factor of *active* units may be another one than that of all; give the one of those
that the metric counts, if it is known.
"""

import numpy as np
from numpy.typing import NDArray

from howdah.core.errors import InputError

Floats = NDArray[np.float64]


def in_persons(population: Floats, n_unit: NDArray[np.int64], units_per_person: Floats) -> Floats:
    """Persons that each stratum stands for.

    Parameters
    ----------
    population
        (n_stratum,) units.
    n_unit
        (n_stratum,) units in the panel.
    units_per_person
        (n_stratum,) at least 1.

    Returns
    -------
    ndarray
        The finite-population correction then takes the panel to be $k_h n_h / N_h$ of the stratum
        and not $n_h / N_h$, so standard errors are too small by the share $(k_h - 1) n_h / 2 N_h$:
        nothing for panels of a thousandth. In a census they stay nought.

    Raises
    ------
    InputError
        A factor is below 1 or not finite, or a panel that is not a census has more units than its
        stratum has persons: the correction would leave no error.

    Examples
    --------
    >>> in_persons(np.array([1000.0]), np.array([10]), np.array([1.25])).tolist()
    [800.0]
    """
    for h, factor in enumerate(units_per_person):
        if not (np.isfinite(factor) and factor >= 1):
            raise InputError(
                f"Stratum {h} has {factor} units per person. Give 1 or more: a unit is one "
                "person's at most."
            )
    persons = population / units_per_person
    short = (n_unit < population) & (persons <= n_unit)
    if short.any():
        h = int(np.argmax(short))
        raise InputError(
            f"Stratum {h} stands for {persons[h]:,.0f} persons and the panel has {n_unit[h]:,} "
            "of its units, so no error could be told. Leave the factor out, or count one unit "
            "of each person."
        )
    return np.asarray(persons, np.float64)
