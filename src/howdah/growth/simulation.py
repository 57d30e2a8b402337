r"""Simulated products whose bought and organic parts are known: for tests, benchmarks and demos.

Nothing here has the forms of the model. The organic level is a random walk of the logarithm with a
season and rare leaps; noise is multiplicative with heavy tails; spend comes in flights, or goes on
with pauses; its effect rises before it fades (weights $k^{s} e^{-k/r}$ over the age $k$) and
saturates by a Hill curve. Spend may chase growth: it is multiplied by $e^{\kappa g}$ with $g$ the
log growth of the level over the last four periods, in units of its spread. A proxy of spend is a
count of creatives: overdispersed, around a power of spend below one.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_FIRST = dt.date(2021, 1, 4)
_WEEKS_A_YEAR = 52.18

#: Periods over which an effect fades.
_AGES = 16

#: Chance of a leap of the level in a period, and of spend that comes in flights.
_LEAPS, _IN_FLIGHTS = 0.005, 0.6


@dataclass(frozen=True, slots=True)
class Simulated:
    """Simulated products.

    Attributes
    ----------
    rows
        ``product, period, users, spend, creatives``, weekly: what an analyst has, or half of it.
    truth
        ``product, period, paid, organic``: what nobody has.
    """

    rows: pl.DataFrame
    truth: pl.DataFrame


def simulate_products(
    n_product: int, n_week: int = 130, *, chasing: float = 0.0, seed: int = 0
) -> Simulated:
    r"""Simulate products with one channel each.

    Parameters
    ----------
    chasing
        $\kappa$: 0 for spend that goes its own ways; at 1 it doubles after a good month.
    """
    products = [
        _product(np.random.default_rng([seed, n]), n_week, chasing) for n in range(n_product)
    ]
    weeks = pl.Series([_FIRST + dt.timedelta(weeks=n) for n in range(n_week)])
    keys = pl.DataFrame(
        {
            "product": pl.Series([f"product {n + 1:06}" for n in range(n_product)]).gather(
                np.repeat(np.arange(n_product), n_week)
            ),
            "period": weeks.gather(np.tile(np.arange(n_week), n_product)),
        }
    )
    users, spend, creatives, paid, organic = (
        np.concatenate([p[k] for p in products]) for k in range(5)
    )
    return Simulated(
        keys.with_columns(
            users=pl.Series(users), spend=pl.Series(spend),
            creatives=pl.Series(creatives.astype(np.int64)),
        ),
        keys.with_columns(paid=pl.Series(paid), organic=pl.Series(organic)),
    )  # fmt: skip


def _product(
    rng: np.random.Generator, n_week: int, chasing: float
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    week = np.arange(n_week)
    steps = rng.normal(rng.normal(0.001, 0.003), 0.02, n_week)
    steps[rng.random(n_week) < _LEAPS] += 0.15 * rng.standard_normal()
    season = rng.uniform(0.0, 0.2) * np.sin(2 * np.pi * week / _WEEKS_A_YEAR + rng.uniform(0, 6.3))
    organic = np.exp(rng.normal(9.0, 1.0) + np.cumsum(steps) + season)
    spend = flights(rng, n_week) if rng.random() < _IN_FLIGHTS else pauses(rng, n_week)
    if chasing:
        growth = np.zeros(n_week)
        growth[4:] = np.cumsum(steps)[4:] - np.cumsum(steps)[:-4]
        spend = spend * np.exp(chasing * 0.7 * growth / 0.04)
    rise, fade = rng.uniform(0.0, 1.0), rng.uniform(0.4, 3.0)
    effect = carried(spend, rise, fade)
    slope, half = rng.uniform(0.8, 1.6), rng.uniform(0.3, 2.0) * spend[spend > 0].mean()
    effect = effect**slope / (effect**slope + half**slope)
    share = rng.uniform(0.02, 0.6)
    paid = effect / effect.mean() * organic.mean() * share / (1 - share)
    noise = 0.05 * rng.standard_t(6, n_week)
    mean = 8.0 * (spend / spend.max()) ** rng.uniform(0.5, 0.9)
    creatives = rng.poisson(mean * rng.gamma(12.0, 1 / 12.0, n_week)).astype(np.float64)
    return (organic + paid) * np.exp(noise), spend * 1e4, creatives, paid, organic


def carried(spend: Floats, rise: float, fade: float) -> Floats:
    """Spend spread over the periods after it: it rises, then it fades."""
    age = np.arange(_AGES)
    weights = (age + 0.5) ** rise * np.exp(-age / fade)
    return np.convolve(spend, weights / weights.sum())[: len(spend)]


def flights(rng: np.random.Generator, n_week: int) -> Floats:
    """Campaigns of a month to half a year, with nothing between them."""
    spend = np.zeros(n_week)
    at = int(rng.integers(0, 16))
    while at < n_week:
        length = int(rng.integers(4, 26))
        spend[at : at + length] = rng.lognormal(0.0, 0.6)
        at += length + int(rng.integers(2, 22))
    spend *= np.exp(rng.normal(0.0, 0.25, n_week))
    return spend


def pauses(rng: np.random.Generator, n_week: int) -> Floats:
    """Spend that goes on, moved by a slow course of its own, with a few pauses."""
    course = np.cumsum(rng.normal(0.0, 0.15, n_week))
    spend = np.asarray(np.exp(0.6 * (course - course.mean()) / (course.std() + 1e-9)), np.float64)
    for _ in range(int(rng.integers(1, 5))):
        start = int(rng.integers(8, n_week - 8))
        spend[start : start + int(rng.integers(2, 7))] = 0.0
    spend *= np.exp(rng.normal(0.0, 0.25, n_week))
    return spend
