"""Fusing chunk by chunk: whatever the size of chunks and the order of rows, the same comes out."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from howdah.engines import connect
from howdah.estimates.fusion import Options, stage
from howdah.estimates.fusion.stage import Claims, FusedTable

from .conftest import draw

N_SERIES = 60


@pytest.fixture(autouse=True)
def _small_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is scattered is put in order as that of a million series would be."""
    monkeypatch.setattr(stage, "MOST_READS", 3.0)


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
    engine.register("known", drawn.truth.with_row_index("row", 1).to_arrow())
    return Claims.of_tables(
        engine, "FROM said", "FROM known", as_of=None, has_periods=True, has_rows=True
    )


def fused(claims: Claims) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
    """Estimates and suspects, and what was read for each chunk."""
    table = FusedTable(claims, Options(), lambda *_: None)
    folders: list[str] = []
    between = table._numbering.between

    def noted(first: int, last: int) -> stage.Numbered:
        folders.append(str(table._numbering._folder))
        return between(first, last)

    table._numbering.between = noted  # type: ignore[method-assign]
    estimates = pl.DataFrame(table.estimates().read_all())
    return estimates, pl.DataFrame(table.suspects().read_all()), folders


@pytest.mark.parametrize("order", [["series", "period"], ["period", "series"]])
def test_chunks_give_what_one_chunk_gives(
    engine: duckdb.DuckDBPyConnection, order: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, suspects, _ = fused(claims_of(engine, ["series", "period"]))
    monkeypatch.setattr(stage, "CHUNK_SERIES", 7)
    parts, suspects_of_parts, folders = fused(claims_of(engine, order))
    assert len(folders) > N_SERIES // 7
    # A table that has the claims of a chunk scattered is cut into chunks once.
    assert {folder == "None" for folder in folders} == {order[0] == "series"}
    assert parts.equals(whole)
    columns = ["series", "source", "period", "reason"]
    assert (
        suspects_of_parts.select(columns)
        .sort(columns)
        .equals(suspects.select(columns).sort(columns))
    )


def test_what_was_put_in_order_is_removed(
    engine: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "CHUNK_SERIES", 7)
    _, _, folders = fused(claims_of(engine, ["period", "series"]))
    assert all(folder != "None" and not Path(folder).exists() for folder in folders)


def test_a_run_that_is_given_up_leaves_nothing_behind(
    engine: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "CHUNK_SERIES", 7)
    table = FusedTable(claims_of(engine, ["period", "series"]), Options(), lambda *_: None)
    batches = table._batches()
    next(batches)
    folder = table._numbering._folder
    assert folder is not None
    assert folder.exists()
    batches.close()
    assert not folder.exists()
