"""What a simulated market is made of: products with a story, and strata of units."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from howdah.core.errors import InputError
from howdah.kernels.activity.behaviour import QUANTILES, Habits

Floats = NDArray[np.float64]

#: Share of a product's users that it had before the log, when it is older than the log.
_INSTALLED = 0.5

#: A launch draws so many times the later adoptions a day, and that wears off in so many days.
_LAUNCH, _LAUNCH_DAYS = 5.0, 25.0

#: Spread of the strata's tastes for a product, on the log scale.
_TASTE = 0.6

_SATURDAY = 5

#: What 16 bits hold, with room for uses that are older than the log.
_MOST_DAYS, _MOST_PRODUCTS = 20_000, 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """Days of ads.

    Attributes
    ----------
    first, last
        Numbers of its days, both in it.
    lift
        Adoptions a day as a multiple of those without ads, above 1.
    """

    first: int
    last: int
    lift: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product and what happens to it.

    Attributes
    ----------
    name
        What logs call it.
    appeal
        Units that ever take it up, relative to other products.
    intensity
        Share of days that a middling user is active in it.
    weekend
        Activity on Saturday and Sunday as a multiple of that on other days.
    launch, death
        Number of its first day, and of the first day without it; None is beyond the log.
    growth
        Growth a day of its adoptions, on the log scale.
    churn, bought_churn
        Mean daily probability that a use ends, of users who come by themselves and through ads.
    bursts
        Its ads.
    pull
        Chance that taking it up ends a unit's use of another product: above 0 for a giant.
    """

    name: str
    appeal: float
    intensity: float = 0.3
    weekend: float = 1.0
    launch: int | None = None
    death: int | None = None
    growth: float = 0.0
    churn: float = 0.02
    bought_churn: float = 0.1
    bursts: tuple[Burst, ...] = ()
    pull: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """A part of the population.

    Attributes
    ----------
    name
        What the panel calls it.
    share
        Units in it, relative to other strata.
    zeal
        Activity of its units as a multiple of a middling one's.
    sampling
        Share of its units that are in the panel.
    """

    name: str
    share: float
    zeal: float
    sampling: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """A market over some days.

    Attributes
    ----------
    products_per_unit
        Median of the number of products that a unit ever uses.
    persistence
        Correlation of an active day with the next.
    revival
        Chance on a day that a unit comes back to a product that it left.
    """

    first_day: dt.date
    n_day: int
    products: tuple[Product, ...]
    strata: tuple[Stratum, ...]
    products_per_unit: float
    persistence: float = 0.35
    revival: float = 0.002

    def __post_init__(self) -> None:
        if not 0 < self.n_day <= _MOST_DAYS:
            raise InputError(f"A market of {self.n_day} days; it may have 1 to {_MOST_DAYS}.")
        if not self.strata or not 0 < len(self.products) <= _MOST_PRODUCTS:
            raise InputError(
                f"A market of {len(self.products)} products and {len(self.strata)} strata; it "
                f"needs one of each at least, and {_MOST_PRODUCTS} products at most."
            )
        for product in self.products:
            first = 0 if product.launch is None else product.launch
            last = self.n_day if product.death is None else product.death
            if not 0 <= first < min(last, self.n_day):
                raise InputError(
                    f"{product.name} lives from day {first} to day {last}: it needs a day within "
                    f"the {self.n_day} of its market, counted from 0."
                )

    def habits(self, seed: int) -> Habits:
        """What relations of units to products are drawn from; the seed is that of tastes."""
        weight = np.array([self._adoptions(product) for product in self.products])
        appeal = np.array([product.appeal for product in self.products]) * weight.sum(1)
        taste = np.random.default_rng(seed).normal(0.0, _TASTE, (len(self.strata), len(appeal)))
        death = [self.n_day if p.death is None else p.death for p in self.products]
        return Habits(
            choice=_cumulated(appeal * np.exp(taste)),
            adoption=_cumulated(weight),
            bought=np.array([1.0 - 1.0 / self._lift(product) for product in self.products]),
            hazard=np.stack(
                [
                    _hazards([p.churn for p in self.products]),
                    _hazards([p.bought_churn for p in self.products]),
                ]
            ),
            intensity=np.array([product.intensity for product in self.products]),
            death=np.array(death, np.int64),
            pull=np.array([product.pull for product in self.products]),
        )

    def week(self, day: int) -> Floats:
        """(n_product,) activity of a day as a multiple of a common one's."""
        weekend = np.array([product.weekend for product in self.products])
        is_weekend = (self.first_day + dt.timedelta(days=day)).weekday() >= _SATURDAY
        # Over a week the multiples are one on average.
        todays = weekend if is_weekend else np.ones_like(weekend)
        return np.asarray(7 * todays / (5 + 2 * weekend), np.float64)

    def _lift(self, product: Product) -> Floats:
        lift = np.ones(self.n_day)
        for burst in product.bursts:
            lift[burst.first : burst.last + 1] *= burst.lift
        return lift

    def _adoptions(self, product: Product) -> Floats:
        """Adoptions before the log, then by day, such that those without ads sum to one."""
        days = np.arange(self.n_day)
        own = np.exp(product.growth * days)
        if product.launch is not None:
            age = days - product.launch
            own *= np.where(
                age < 0, 0.0, 1.0 + _LAUNCH * np.exp(-np.maximum(age, 0) / _LAUNCH_DAYS)
            )
        if product.death is not None:
            own[product.death :] = 0.0
        installed = _INSTALLED if product.launch is None else 0.0
        own *= (1.0 - installed) / own.sum()
        return np.concatenate([[installed], own * self._lift(product)])


def _hazards(means: list[float]) -> Floats:
    """(n_product, QUANTILES) daily hazards of uses that end with these mean probabilities."""
    at = (np.arange(QUANTILES) + 0.5) / QUANTILES
    # Half a success and many failures: most hardly ever leave, and some at once.
    failures = 0.5 / np.array(means) - 0.5
    return np.asarray(betaincinv(0.5, failures[:, None], at), np.float64)


def _cumulated(weight: Floats) -> Floats:
    # The last is one exactly, and a draw is below one.
    cumulated = np.cumsum(weight, axis=1, dtype=np.float64)
    return np.asarray(cumulated / cumulated[:, -1:], np.float64)
