"""Simulated markets with a name; none of their products or figures is real."""

import datetime as dt

import numpy as np

from howdah.panels.simulation.market import Burst, Market, Product, Stratum

#: Shares of the products of a crowd that are launched, closed and advertised during the log.
_LAUNCHED, _CLOSED, _ADVERTISED = 0.2, 0.1, 1 / 3


#: First day of the assistants' log, unless another is asked for.
FIRST_DAY = dt.date(2025, 1, 1)


def assistants(first_day: dt.date = FIRST_DAY, *, sampling: float = 1.0) -> Market:
    """A market of eight simulated assistants over 400 days, with a story to find.

    A and B were there first. C lives on ads, whose users do not stay. D is launched on day 60 and
    keeps its users. E is used at work, F at weekends. G fades and is closed on day 300. H is a
    giant's: it enters on day 220 with ads, and draws users away from all others.

    Parameters
    ----------
    sampling
        Multiple of the strata's sampling rates: a small population needs larger ones.

    Examples
    --------
    >>> [product.name for product in assistants().products if product.pull]
    ['Simulated assistant H']
    """
    products = (
        Product(
            name="Simulated assistant A", appeal=10.0, intensity=0.35, growth=0.001, churn=0.012
        ),
        Product(name="Simulated assistant B", appeal=6.0, intensity=0.25, growth=-0.001),
        Product(
            name="Simulated assistant C",
            appeal=4.0,
            intensity=0.2,
            churn=0.03,
            bought_churn=0.2,
            bursts=(Burst(first=90, last=110, lift=8.0), Burst(first=180, last=195, lift=10.0)),
        ),
        Product(name="Simulated assistant D", appeal=5.0, intensity=0.4, launch=60, churn=0.008),
        Product(name="Simulated assistant E", appeal=3.0, intensity=0.4, weekend=0.35),
        Product(name="Simulated assistant F", appeal=2.5, intensity=0.2, weekend=1.8),
        Product(
            name="Simulated assistant G",
            appeal=2.0,
            intensity=0.2,
            death=300,
            growth=-0.012,
            churn=0.04,
        ),
        Product(
            name="Simulated assistant H",
            appeal=9.0,
            intensity=0.4,
            launch=220,
            churn=0.01,
            bought_churn=0.06,
            bursts=(Burst(first=220, last=260, lift=4.0),),
            pull=0.6,
        ),
    )
    strata = (
        Stratum(name="large cities, under 30", share=18, zeal=1.4, sampling=0.03 * sampling),
        Stratum(name="large cities, 30 and over", share=22, zeal=1.0, sampling=0.015 * sampling),
        Stratum(name="other places, under 30", share=24, zeal=1.1, sampling=0.02 * sampling),
        Stratum(name="other places, 30 and over", share=36, zeal=0.7, sampling=0.01 * sampling),
    )
    return Market(
        first_day=first_day,
        n_day=400,
        products=products,
        strata=strata,
        products_per_unit=2.0,
    )


def crowd(n_product: int, n_stratum: int, n_day: int, seed: int) -> Market:
    """A market of many products that differ in all that products can differ in.

    Appeal falls as one over the rank; the third largest product that is launched is a giant's.
    """
    draws = np.random.default_rng([seed, 3])
    launched = draws.random(n_product) < _LAUNCHED
    # The youngest are still seen for a month.
    launches = draws.integers(1, max(n_day - 30, 2), n_product)
    closed = (draws.random(n_product) < _CLOSED) & ~launched
    giants = np.flatnonzero(launched)[2:3]
    products = []
    for n in range(n_product):
        first = int(launches[n]) if launched[n] else int(draws.integers(0, n_day))
        last = min(first + int(draws.integers(7, 40)), n_day - 1)
        burst = Burst(first=first, last=last, lift=float(draws.uniform(2.0, 10.0)))
        products.append(
            Product(
                name=f"Simulated product {n}",
                appeal=1.0 / (n + 1),
                intensity=float(draws.beta(1.2, 3.0)),
                weekend=float(draws.lognormal(0.0, 0.4)),
                launch=first if launched[n] else None,
                death=int(draws.integers(n_day // 3, n_day)) if closed[n] else None,
                growth=float(draws.normal(0.0, 0.002)),
                churn=float(np.clip(draws.lognormal(-4.0, 0.6), 0.002, 0.2)),
                bought_churn=float(np.clip(draws.lognormal(-2.3, 0.4), 0.02, 0.4)),
                bursts=(burst,) if draws.random() < _ADVERTISED else (),
                pull=0.3 if n in giants else 0.0,
            )
        )
    strata = tuple(
        Stratum(
            name=f"stratum {h:02}",
            share=float(draws.gamma(3.0)),
            zeal=float(draws.lognormal(0.0, 0.3)),
            sampling=float(1 / draws.uniform(20, 200)),
        )
        for h in range(n_stratum)
    )
    return Market(
        first_day=dt.date(2025, 1, 1),
        n_day=n_day,
        products=tuple(products),
        strata=strata,
        products_per_unit=8.0,
    )
