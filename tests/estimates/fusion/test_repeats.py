"""Rows that are there again, against a plain search."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from howdah.estimates.fusion.repeats import without_repeats

_DAY = dt.date(2024, 1, 1)


def rows(n: int, seed: int) -> pl.DataFrame:
    draws = np.random.default_rng(seed)
    value = draws.integers(0, 3, n).astype(np.float64)
    value[draws.random(n) < 0.1] = np.nan
    return pl.DataFrame(
        {
            "series": draws.integers(0, 4, n),
            "source": draws.integers(0, 3, n),
            "period": [_DAY + dt.timedelta(days=int(d)) for d in draws.integers(0, 3, n)],
            "value": pl.Series(value),
            "value_low": pl.Series(draws.integers(0, 2, n)).replace({0: None}).cast(pl.Float64),
            "segment": draws.integers(0, 2, n),
        }
    )


@pytest.mark.parametrize("kind", [pl.Int32, pl.String])
@pytest.mark.parametrize("seed", range(3))
def test_the_first_of_equal_rows_stays(kind: type[pl.DataType], seed: int) -> None:
    claims = rows(120, seed).with_columns(pl.col("series", "source").cast(kind))
    seen, kept = set(), []
    for n, row in enumerate(claims.drop("segment").iter_rows()):
        if repr(row) not in seen:
            seen.add(repr(row))
            kept.append(n)
    assert 0 < len(kept) < claims.height
    assert without_repeats(claims).equals(claims[kept], null_equal=True)


@pytest.mark.parametrize("n", [0, 1])
def test_next_to_nothing_repeats_nothing(n: int) -> None:
    claims = rows(n, 0)
    assert without_repeats(claims).equals(claims)


def test_several_figures_of_one_cell_are_no_repeats() -> None:
    claims = rows(2, 0).with_columns(
        series=pl.lit(0), source=pl.lit(0), period=pl.lit(_DAY), value=pl.Series([1.0, 2.0])
    )
    assert without_repeats(claims).height == 2
    dated = claims.with_columns(value=1.0, value_low=None, published_at=pl.Series([_DAY, None]))
    assert without_repeats(dated).height == 2
    assert without_repeats(dated.drop("published_at")).height == 1
