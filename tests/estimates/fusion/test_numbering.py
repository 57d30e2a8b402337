"""Names as numbers, and chunks that hold what the table holds."""

import duckdb
import polars as pl
import pytest

from howdah.estimates.fusion import numbering
from howdah.estimates.fusion.numbering import Numbering

from .conftest import N_SERIES, claims_of


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is scattered is put in order as that of a million series would be."""
    monkeypatch.setattr(numbering, "MOST_READS", 3.0)
    monkeypatch.setattr(numbering, "CHUNK_SERIES", 7)


def test_chunks_cover_all_series_once_and_in_order(engine: duckdb.DuckDBPyConnection) -> None:
    chunks = Numbering(claims_of(engine, ["series"]), "log", uses_age=False).chunks()
    assert [n for a, b in chunks for n in range(a, b + 1)] == list(range(N_SERIES))
    assert max(b - a for a, b in chunks) < 8


@pytest.mark.parametrize("order", [["series", "period"], ["period", "series"]])
def test_chunks_hold_the_rows_of_the_table(
    engine: duckdb.DuckDBPyConnection, order: list[str]
) -> None:
    claims = claims_of(engine, order)
    numbers = Numbering(claims, "log", uses_age=False)
    read = []
    with numbers.arranged():
        for first, last in numbers.chunks():
            found = numbers.between(first, last)
            read.append(
                found.claims.with_columns(
                    found.series.gather(found.claims["series"]).alias("series"),
                    pl.Series("source", numbers.names.sources).gather(found.claims["source"]),
                )
            )
    columns = ["series", "source", "period", "value"]
    whole = claims.frame(claims.claims)
    assert pl.concat(read).select(columns).sort(columns).equals(whole.select(columns).sort(columns))


def test_what_was_put_in_order_is_removed(engine: duckdb.DuckDBPyConnection) -> None:
    numbers = Numbering(claims_of(engine, ["period", "series"]), "log", uses_age=False)
    with numbers.arranged():
        folder = numbers._folder
        assert folder is not None
        assert any(folder.iterdir())
    assert not folder.exists()
    assert numbers._folder is None


def test_a_table_without_rows_has_no_chunk(engine: duckdb.DuckDBPyConnection) -> None:
    claims = claims_of(engine, ["series"])
    claims.claims = f"SELECT * FROM ({claims.claims}) LIMIT 0"
    numbers = Numbering(claims, "log", uses_age=False)
    assert numbers.chunks() == []
    assert numbers.names.sources == ()
