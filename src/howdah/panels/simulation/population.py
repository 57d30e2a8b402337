"""The units of a simulated market, and their days one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.behaviour import ACTIVE, Pace, Relations, begin, live_a_day, take_up
from howdah.panels.simulation.market import Market

#: Spread of the number of products of a unit, and of units' zeal, on the log scale.
_SPREAD, _ZEAL = 0.75, 0.8


@dataclass(frozen=True, slots=True)
class Population:
    """Units and their relations to products.

    Attributes
    ----------
    stratum
        (n_unit,) place of each unit's stratum.
    relations
        In an order of their own, which is that of a day's rows: a unit uses a product at about
        the same hour each day.
    """

    market: Market
    stratum: NDArray[np.int64]
    relations: Relations
    seed: int

    def days(self) -> Iterator[NDArray[np.int64]]:
        """Places of the relations that are active, day after day.

        Examples
        --------
        >>> from howdah.panels.simulation import assistants, populate
        >>> population = populate(assistants(), n_unit=100, seed=1)
        >>> len(list(population.days())) == population.market.n_day
        True
        """
        market = self.market
        pace = Pace(market.persistence, market.revival)
        state = begin(self.relations, self.seed)
        for day in range(market.n_day):
            live_a_day(self.relations, pace, market.week(day), day, self.seed, state)
            yield np.flatnonzero(state == ACTIVE)


def populate(market: Market, n_unit: int, seed: int) -> Population:
    """Draw the units of a market.

    A unit takes a log-normal number of products, at least one, and its zeal is log-normal about
    that of its stratum, so that few units make much of the activity.
    """
    draws = np.random.default_rng(seed)
    share = np.array([stratum.share for stratum in market.strata])
    stratum = draws.choice(len(share), n_unit, p=share / share.sum())
    number = draws.lognormal(np.log(market.products_per_unit), _SPREAD, n_unit)
    first = np.zeros(n_unit + 1, np.int64)
    np.cumsum(np.clip(number, 1, len(market.products)).astype(np.int64), out=first[1:])
    own = draws.lognormal(-(_ZEAL**2) / 2, _ZEAL, n_unit)
    zeal = np.array([stratum.zeal for stratum in market.strata])[stratum] * own
    relations = take_up(first, stratum, zeal, market.habits(seed), seed)
    order = draws.permutation(first[-1])
    return Population(market, stratum, relations.in_order(order), seed)
