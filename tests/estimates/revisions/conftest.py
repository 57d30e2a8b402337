"""A vendor whose prints creep up to their final value, and its frames."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

LAGS = (5, 36, 66, 97)
#: Mean of final minus print at each lag, of the log.
BIAS = (0.12, 0.05, 0.0, 0.0)

Vendor = Callable[..., pl.DataFrame]


def month(n: int) -> dt.date:
    return dt.date(2018 + n // 12, n % 12 + 1, 1)


@pytest.fixture
def vendor() -> Vendor:
    """Prints of some series over some months; from the third print on they are final."""

    def make(
        seed: int = 0, *, n_series: int = 4, n_months: int = 40, scale: str = "log",
        early: bool = False, unit: float = 1.0,
    ) -> pl.DataFrame:  # fmt: skip
        rng = np.random.default_rng(seed)
        rows = []
        walk = 5.0 + np.arange(n_series)
        for m in range(n_months):
            end = month(m + 1) - dt.timedelta(days=1)
            shared = rng.normal()
            walk = walk + rng.normal(0.0, 0.05, n_series)
            for i in range(n_series):
                level = float(walk[i])
                own = rng.normal()
                for lag, bias in zip(LAGS, BIAS, strict=True):
                    off = -bias * (1 + 0.2 * shared + 0.3 * own)
                    value = np.exp(level + off) if scale == "log" else level + off
                    day = end + dt.timedelta(days=lag)
                    rows.append((f"p{i}", month(m), end, day, float(value * unit)))
                if early:
                    day = end - dt.timedelta(days=10)
                    gone = (day - month(m)).days / end.day
                    value = np.exp(level + rng.normal(0.0, 0.05)) * gone
                    rows.append((f"p{i}", month(m), end, day, float(value * unit)))
        schema = ["series", "valid_from", "valid_to", "published_at", "value"]
        return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
            source=pl.lit("vendor"), metric=pl.lit("downloads"), scale=pl.lit(scale)
        )

    return make
