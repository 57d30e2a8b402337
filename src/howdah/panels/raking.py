r"""Raking: populations of strata that agree with margins of the population.

A panel is often cut finer than the population is known: strata are sex by age by region, and what
is published is each of them alone. Iterative proportional fitting [1]_ scales the strata to one
margin after the other, again and again, until they agree with all: of all populations that do, the
one nearest to where it began (in Kullback-Leibler divergence).

A stratum with few units and many to stand for gets a large weight, and one unit's whims become the
market's. Weights may be trimmed to a multiple of the median one; what was cut goes to the other
strata in the next rounds [2]_, at the price of margins that may not be met: the gaps say so.

Standard errors take raked populations as known. They leave out what the margins explain, which
makes them too large, and the error of the margins themselves, which makes them too small.

References
----------
.. [1] Deming & Stephan (1940), "On a Least Squares Adjustment of a Sampled Frequency Table".
.. [2] Izrael, Battaglia & Frankel (2009), "Extreme Survey Weight Adjustment as a Component of
   Sample Balancing".
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from howdah.core.errors import InputError, closest

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

#: Totals of margins of one population that are further apart than this are of two populations;
#: nearer ones are taken for rounded, and scaled to the first.
MOST_TOTAL_GAP = 0.01

#: Largest relative gap of a margin that has been met, and rounds after which it will not be.
TOLERANCE, MOST_ROUNDS = 1e-9, 10_000


class Gap(NamedTuple):
    """A level of a margin: what was wanted and what was reached."""

    variable: str
    level: str
    wanted: float
    reached: float


class Raked(NamedTuple):
    """Populations of strata, and how well they agree with the margins."""

    population: Floats  # (n_stratum,)
    weight: Floats  # (n_stratum,) units that one unit of the panel stands for
    n_effective: float  # units of equal weights that would tell as much
    n_trimmed: int  # strata whose weight is at a limit
    n_rounds: int
    is_converged: bool
    gaps: tuple[Gap, ...]  # all levels, the largest relative gap first
    total_gap: float  # largest relative difference of the margins' totals, scaled away


def rake(
    start: Floats,
    n_unit: Counts,
    levels: Mapping[str, Sequence[str]],
    margins: Mapping[str, Mapping[str, float]],
    *,
    trim: float | None = None,
) -> Raked:
    """Scale strata to margins.

    Parameters
    ----------
    start
        (n_stratum,) populations to begin with, positive where there are units: those of STRATA, or
        the numbers of units where none are known.
    n_unit
        (n_stratum,) units of the panel.
    levels
        Of each variable, the level of each stratum: the further columns of STRATA.
    margins
        Of each variable, the population of each level.
    trim
        Weights lie within the median over units divided by this, and times it; more than 1. The
        population stays that of the margins. None trims nothing.

    Returns
    -------
    Raked
        Strata without units get nobody: they can tell of none.

    Raises
    ------
    InputError
        A variable or level is unknown, or a level has no margin; a population is negative or not
        finite; a level that holds somebody has no units; totals of margins contradict each other;
        or `trim` is not above 1.

    Examples
    --------
    >>> sexes, ages = ["f", "f", "m", "m"], ["young", "old", "young", "old"]
    >>> raked = rake(
    ...     np.ones(4), np.ones(4, np.int64), {"sex": sexes, "age": ages},
    ...     {"sex": {"f": 60, "m": 40}, "age": {"young": 50, "old": 50}},
    ... )
    >>> raked.population.round(6).tolist()
    [30.0, 30.0, 20.0, 20.0]
    """
    if trim is not None and not trim > 1:
        raise InputError(f"Weights cannot be trimmed to {trim} times the median. Give more than 1.")
    has_units = n_unit > 0
    if not (np.isfinite(start).all() and (start >= 0).all() and (start[has_units] > 0).all()):
        raise InputError(
            "A stratum's population to begin with is negative, not finite, or nought although it "
            "has units. Give positive numbers in 'population', or leave the column out."
        )
    tables = [_table(variable, levels, margins[variable], has_units) for variable in margins]
    total_gap = _scale_totals(tables)
    population = np.where(has_units, start, 0.0)
    is_converged, n_rounds = False, 0
    limits: tuple[float, float] | None = None
    while n_rounds < MOST_ROUNDS and not is_converged:
        n_rounds += 1
        before = population
        for table in tables:
            reached = np.bincount(table.at, population, len(table.wanted))
            scale = np.divide(table.wanted, reached, out=np.zeros_like(reached), where=reached > 0)
            population = population * scale[table.at]
        if trim is not None:
            limits = _limits(population, n_unit, trim)
            population = np.clip(population, limits[0] * n_unit, limits[1] * n_unit)
            population[~_is_wanted(tables)] = 0.0
            # Where the limits leave no room for all, weights keep their ratios and the total.
            held = float(population.sum())
            kept = float(tables[0].wanted.sum()) / held if tables and held > 0 else 1.0
            population, limits = population * kept, (limits[0] * kept, limits[1] * kept)
        moved = np.abs(population - before).max(initial=0.0)
        worst = max((_worst(table, population) for table in tables), default=0.0)
        is_still = moved <= TOLERANCE * max(population.max(initial=0.0), 1.0)
        is_converged = worst <= TOLERANCE
        if is_still:
            break
    weight = np.divide(population, n_unit, out=np.zeros(len(n_unit)), where=has_units)
    squares = float(n_unit @ weight**2)
    at_limit = np.zeros(len(weight), np.bool_)
    if limits is not None:
        at_limit = has_units & (
            np.isclose(weight, limits[0], rtol=1e-6) | np.isclose(weight, limits[1], rtol=1e-6)
        )
    return Raked(
        population,
        weight,
        float(population.sum()) ** 2 / squares if squares > 0 else 0.0,
        int(at_limit.sum()),
        n_rounds,
        is_converged,
        _gaps(tables, population),
        total_gap,
    )


class _Table:
    """A margin: what each level should hold, and the level of each stratum."""

    def __init__(self, variable: str, names: list[str], wanted: Floats, at: Counts) -> None:
        self.variable, self.names, self.wanted, self.at = variable, names, wanted, at


def _table(
    variable: str,
    levels: Mapping[str, Sequence[str]],
    margin: Mapping[str, float],
    has_units: NDArray[np.bool_],
) -> _Table:
    if variable not in levels:
        near = closest(variable, levels)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise InputError(
            f"Margins are of {variable!r}, and the strata have no such column; they have "
            f"{', '.join(map(repr, levels)) or 'none'}.{hint}"
        )
    wanted = np.array(list(margin.values()), np.float64)
    for level, population in margin.items():
        if not (np.isfinite(population) and population >= 0):
            raise InputError(
                f"The margin of {variable} = {level!r} is {population}. Give a number of people, "
                "or 0 for none."
            )
    place = {level: n for n, level in enumerate(margin)}
    missing = sorted({str(level) for level in levels[variable] if level not in place})
    if missing:
        raise InputError(
            f"The strata have {variable} = {missing[0]!r}, and the margins do not tell its "
            "population; "
            f"they tell {', '.join(map(repr, place))}. Add it, or join it to another level."
        )
    at = np.array([place[level] for level in levels[variable]], np.int64)
    units = np.bincount(at[has_units], minlength=len(wanted))
    for level, n in place.items():
        if wanted[n] > 0 and units[n] == 0:
            raise InputError(
                f"The margins say that {wanted[n]:,.0f} are {variable} = {level!r}, and the panel "
                "has no unit of that level to stand for them. Join it to another level in both "
                "files, or leave them out of the margins."
            )
    return _Table(variable, [str(level) for level in place], wanted, at)


def _scale_totals(tables: list[_Table]) -> float:
    """Scale margins to the total of the first one; gives the largest relative difference."""
    if not tables:
        return 0.0
    first = tables[0]
    total, worst = float(first.wanted.sum()), 0.0
    for table in tables:
        own = float(table.wanted.sum())
        if not own > 0:
            raise InputError(f"The margins of {table.variable!r} add up to nobody.")
        gap = abs(own / total - 1.0)
        if gap > MOST_TOTAL_GAP:
            raise InputError(
                f"The margins of {first.variable!r} add up to {total:,.0f} and those of "
                f"{table.variable!r} to {own:,.0f}: they are of two populations. Up to "
                f"{MOST_TOTAL_GAP:.0%} apart they are scaled to the first."
            )
        worst = max(worst, gap)
        table.wanted = table.wanted * (total / own)
    return worst


def _is_wanted(tables: list[_Table]) -> NDArray[np.bool_]:
    """Strata that no margin says are empty."""
    return np.asarray(np.all([table.wanted[table.at] > 0 for table in tables], axis=0))


def _limits(population: Floats, n_unit: Counts, trim: float) -> tuple[float, float]:
    """Least and greatest weight, about the median over units of strata that hold somebody."""
    held = population > 0
    weight = population[held] / n_unit[held]
    order = np.argsort(weight, kind="stable")
    up_to = np.cumsum(n_unit[held][order])
    median = float(weight[order][np.searchsorted(up_to, up_to[-1] / 2)]) if held.any() else 1.0
    return median / trim, median * trim


def _worst(table: _Table, population: Floats) -> float:
    reached = np.bincount(table.at, population, len(table.wanted))
    return float((np.abs(reached - table.wanted) / np.maximum(table.wanted, 1.0)).max())


def _gaps(tables: list[_Table], population: Floats) -> tuple[Gap, ...]:
    found = []
    for table in tables:
        reached = np.bincount(table.at, population, len(table.wanted))
        found += [
            Gap(table.variable, name, float(wanted), float(got))
            for name, wanted, got in zip(table.names, table.wanted, reached, strict=True)
        ]
    return tuple(
        sorted(found, key=lambda gap: -abs(gap.reached - gap.wanted) / max(gap.wanted, 1.0))
    )
