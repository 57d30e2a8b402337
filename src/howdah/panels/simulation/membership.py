"""Who of a simulated population is in the panel, and when."""

import datetime as dt
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.panels.simulation.market import Market
from howdah.panels.simulation.population import Population

#: A unit that is not in the panel joins on a day that never comes.
_NEVER = np.iinfo(np.int32).max


class Membership(NamedTuple):
    """Days on which units are in the panel: ``joined <= day < left``, over all units."""

    market: Market
    stratum: NDArray[np.int64]  # (n_unit,)
    joined: NDArray[np.int32]  # (n_unit,) before the log: -1; beyond it: not in the panel
    left: NDArray[np.int32]  # (n_unit,)
    population: NDArray[np.int64]  # (n_stratum,) units that each stratum stands for

    @property
    def members(self) -> NDArray[np.int64]:
        """Units that are ever in the panel."""
        return np.flatnonzero(self.joined < _NEVER)

    def panel(self, ids: NDArray[np.int64]) -> pl.DataFrame:
        """``unit, stratum, joined, left`` as `howdah audience` reads them; open ends are null.

        Parameters
        ----------
        ids
            (n_unit,) what logs call each unit.
        """
        members = self.members
        names = pl.Series([stratum.name for stratum in self.market.strata])
        epoch = (self.market.first_day - dt.date(1970, 1, 1)).days
        days = {}
        for name, number in (("joined", self.joined), ("left", self.left)):
            inside = (number >= 0) & (number < self.market.n_day)
            shown = pl.Series(number[members] + epoch, dtype=pl.Int32).cast(pl.Date)
            days[name] = pl.select(pl.when(pl.Series(inside[members])).then(shown)).to_series()
        return pl.DataFrame(
            {"unit": ids[members], "stratum": names.gather(self.stratum[members]), **days}
        )

    def strata(self) -> pl.DataFrame:
        """``stratum, population`` as `howdah audience` reads them."""
        names = [stratum.name for stratum in self.market.strata]
        return pl.DataFrame({"stratum": names, "population": self.population})


def everybody(population: Population, *, stand_for_more: bool = False) -> Membership:
    """All units, all the time.

    Parameters
    ----------
    stand_for_more
        The units are the panel of a larger population that is not itself simulated: each stratum
        holds as many as its sampling rate says.
    """
    strata = population.market.strata
    size = np.bincount(population.stratum, minlength=len(strata))
    if stand_for_more:
        rate = np.array([stratum.sampling for stratum in strata])
        size = np.round(size / rate).astype(np.int64)
    n_unit = len(population.stratum)
    ever = np.full(n_unit, _NEVER, np.int32)
    return Membership(
        population.market, population.stratum, np.full(n_unit, -1, np.int32), ever, size
    )


def draw_members(
    population: Population, seed: int, *, moving: float = 0.0, at_least: int = 2
) -> Membership:
    """A simple random sample of each stratum, at its own rate.

    Parameters
    ----------
    moving
        Share of members that join during the log, and as large a share that leave; a member may
        do both.
    at_least
        Members of a stratum, when it holds so many.
    """
    draws = np.random.default_rng([seed, 1])
    market = population.market
    n_unit = len(population.stratum)
    joined, left = np.full(n_unit, _NEVER, np.int32), np.full(n_unit, _NEVER, np.int32)
    size = np.bincount(population.stratum, minlength=len(market.strata))
    for h, stratum in enumerate(market.strata):
        n = min(max(round(size[h] * stratum.sampling), at_least), size[h])
        chosen = draws.choice(np.flatnonzero(population.stratum == h), n, replace=False)
        joins, leaves = draws.random(n) < moving, draws.random(n) < moving
        joined[chosen] = np.where(joins, draws.integers(1, market.n_day, n), -1)
        stays = np.maximum(joined[chosen], 0) + draws.integers(1, market.n_day, n)
        left[chosen] = np.where(leaves, stays, _NEVER)
    return Membership(market, population.stratum, joined, left, size)
