"""A small market of vendors drawn from the model, with truth."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

import duckdb
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from howdah.engines import connect
from howdah.estimates.fusion import Claims

N_SERIES = 60
N_PERIOD = 40
FIRST = dt.date(2024, 1, 1)
BIASES = (0.3, -0.2, 0.1, 0.0, -0.1)
NOISES = (0.05, 0.1, 0.15, 0.1, 0.2)


class Drawn(NamedTuple):
    """Claims, truth of some series, and the true levels of all."""

    claims: pl.DataFrame
    truth: pl.DataFrame
    levels: NDArray[np.float64]  # (n_series, N_PERIOD) logs


def draw(n_series: int = 300, *, seed: int = 0, share: float = 0.3) -> Drawn:
    draws = np.random.default_rng(seed)
    start = draws.normal(10, 2, (n_series, 1))
    levels = start + np.cumsum(draws.normal(0, 0.04, (n_series, N_PERIOD)), axis=1)
    house = np.array(BIASES) + 0.2 * draws.normal(size=(n_series, len(BIASES)))
    shared = 0.05 * draws.normal(size=(n_series, N_PERIOD))
    noise = np.array(NOISES) * draws.normal(size=(n_series, N_PERIOD, len(BIASES)))
    logs = levels[:, :, None] + house[:, None] + shared[:, :, None] + noise
    i, t, s = np.nonzero(draws.random(logs.shape) < 0.6)
    claims = claims_frame(
        [f"s{n:04}" for n in i],
        [f"vendor-{n}" for n in s],
        [FIRST + dt.timedelta(weeks=int(n)) for n in t],
        np.exp(logs[i, t, s]).tolist(),
        [f"segment-{n % 2}" for n in i],
    )
    known = np.flatnonzero(draws.random(n_series) < share)
    weeks = np.arange(3, N_PERIOD, 8)
    truth = pl.DataFrame(
        {
            "series": [f"s{n:04}" for n in known for _ in weeks],
            "period": [FIRST + dt.timedelta(weeks=int(n)) for _ in known for n in weeks],
            "value": np.exp(levels[np.ix_(known, weeks)]).ravel(),
        },
        schema={"series": pl.String, "period": pl.Date, "value": pl.Float64},
    )
    return Drawn(claims, truth, levels)


def claims_frame(
    series: list[str],
    source: list[str],
    period: list[dt.date],
    value: list[float | None],
    segment: list[str] | None = None,
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "series": series,
            "source": source,
            "period": period,
            "value": value,
            "segment": segment or [""] * len(series),
        },
        schema_overrides={"value": pl.Float64, "period": pl.Date},
    ).with_columns(
        value_low=pl.lit(None, pl.Float64),
        value_high=pl.lit(None, pl.Float64),
        listed=pl.lit(None, pl.Boolean),
        cutoff=pl.lit(None, pl.Float64),
    )


@pytest.fixture(scope="session")
def drawn() -> Drawn:
    return draw()


@pytest.fixture
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = connect()
    yield connection
    connection.close()


def claims_of(engine: duckdb.DuckDBPyConnection, order: list[str]) -> Claims:
    """Claims and truth as of a file whose rows are in some order."""
    drawn = draw(N_SERIES, seed=2)
    rows = drawn.claims.sort(order, maintain_order=True).with_row_index("row", 1)
    engine.register("said", rows.with_columns(published_at=None).to_arrow())
    truth = drawn.truth.with_row_index("row", 1).with_columns(published_at=None)
    engine.register("known", truth.to_arrow())
    return Claims.of_tables(
        engine, "FROM said", "FROM known", as_of=None, has_periods=True, has_rows=True
    )
