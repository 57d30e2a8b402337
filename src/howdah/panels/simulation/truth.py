"""What is true of a simulated population, counted as its days go by."""

import datetime as dt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.kernels.activity.behaviour import count_recent
from howdah.panels.simulation.population import Population

#: Days of trailing windows, by metric.
_WINDOWS = {"dau": 1, "wau": 7, "mau28": 28, "mau30": 30}

#: Before any window.
_NEVER = -(10**6)


class Truth:
    """Counts over the whole population: `watch` each day, then take the tables.

    Cohorts are of units that truly take up a product on a day, so those that came before the log
    are in none.

    Examples
    --------
    >>> from howdah.panels.simulation import assistants, populate
    >>> population = populate(assistants(), n_unit=200, seed=1)
    >>> truth = Truth(population, (1, 7))
    >>> for day, active in enumerate(population.days()):
    ...     truth.watch(day, active)
    >>> truth.daily().columns
    ['product', 'day', 'metric', 'value']
    """

    def __init__(self, population: Population, n_days: tuple[int, ...] = (1, 3, 7, 14, 30)) -> None:
        self._population, self._n_days = population, n_days
        n_product, n_day = len(population.market.products), population.market.n_day
        self._last = np.full(len(population.relations.unit), _NEVER, np.int32)
        self._active = np.zeros((len(_WINDOWS), n_product, n_day), np.int64)
        self._entered = np.zeros((n_product, n_day), np.int64)
        self._back = np.zeros((len(n_days), n_product, n_day), np.int64)

    def watch(self, day: int, active: NDArray[np.int64]) -> None:
        """Count a day: the places of the relations that are active."""
        relations = self._population.relations
        n_product = self._entered.shape[0]
        self._last[active] = day
        windows = np.array(tuple(_WINDOWS.values()))
        self._active[:, :, day] = count_recent(
            relations.product, self._last, day, windows, n_product
        )
        start = relations.start[active]
        new = active[start == day]
        self._entered[:, day] = np.bincount(relations.product[new], minlength=n_product)
        for n, after in enumerate(self._n_days):
            if day >= after:
                back = relations.product[active[start == day - after]]
                self._back[n, :, day - after] = np.bincount(back, minlength=n_product)

    def daily(self) -> pl.DataFrame:
        """``product, day, metric, value``: units active in windows that are full, and new units."""
        frames = [
            self._table(self._active[w], window - 1, pl.lit(metric).alias("metric"))
            for w, (metric, window) in enumerate(_WINDOWS.items())
        ]
        frames.append(self._table(self._entered, 0, pl.lit("new_1d").alias("metric")))
        return pl.concat(frames).select("product", "day", "metric", "value")

    def retention(self) -> pl.DataFrame:
        """``product, cohort_day, n_day, cohort_value, value``: shares active on day n."""
        size = self._table(self._entered, 0).rename({"value": "cohort_value"})
        frames = [
            self._table(self._back[n], 0, pl.lit(after).alias("n_day"))
            .filter(pl.col("day") <= self._day(self._entered.shape[1] - 1 - after))
            .join(size, on=["product", "day"], how="left", maintain_order="left")
            for n, after in enumerate(self._n_days)
        ]
        return (
            pl.concat(frames)
            .filter(pl.col("cohort_value") > 0)
            .with_columns(pl.col("value") / pl.col("cohort_value"))
            .rename({"day": "cohort_day"})
            .select("product", "cohort_day", "n_day", "cohort_value", "value")
        )

    def _day(self, number: int) -> dt.date:
        return self._population.market.first_day + dt.timedelta(days=number)

    def _table(self, counts: NDArray[np.int64], first: int, *more: pl.Expr) -> pl.DataFrame:
        names = pl.Series([product.name for product in self._population.market.products])
        n_product, n_day = counts.shape
        days = pl.date_range(self._day(0), self._day(n_day - 1), eager=True)
        return pl.DataFrame(
            {
                "product": names.gather(np.repeat(np.arange(n_product), n_day - first)),
                "day": days.gather(np.tile(np.arange(first, n_day), n_product)),
                "value": counts[:, first:].ravel(),
            }
        ).with_columns(*more)
