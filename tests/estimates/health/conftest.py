"""A plain feed, to which a test does what it is about."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

Change = Callable[[np.ndarray], None]
MakeFeed = Callable[..., pl.DataFrame]


def months(n_months: int) -> list[dt.date]:
    return [dt.date(2018 + n // 12, n % 12 + 1, 1) for n in range(n_months)]


def as_rows(values: np.ndarray) -> pl.DataFrame:
    """Rows of a (snapshot, entity) table; NaN is no row."""
    n_months, n_entities = values.shape
    absent = pl.lit(None, pl.Float64)
    return (
        pl.DataFrame(
            {
                "period": [day for day in months(n_months) for _ in range(n_entities)],
                "entity": [f"e{n:03d}" for n in range(n_entities)] * n_months,
                "value": values.ravel(),
            }
        )
        .filter(pl.col("value").is_not_nan())
        .with_columns(absent.alias("rank"), absent.alias("window_days"))
    )


@pytest.fixture
def make_feed() -> MakeFeed:
    """Sixty entities over three years, 2% up a month; `change` is done to the table of values."""

    def build(
        change: Change | None = None, *, seed: int = 1, n_entities: int = 60, n_months: int = 36
    ) -> pl.DataFrame:
        rng = np.random.default_rng(seed)
        own = rng.normal(0, 0.08, (n_months, n_entities))
        market = rng.normal(0.02, 0.03, (n_months, 1))
        start = rng.normal(10, 1.5, n_entities)
        values = np.round(np.exp(start + np.cumsum(own + market, axis=0)))
        if change is not None:
            change(values)
        return as_rows(values)

    return build
