"""Fusing chunk by chunk: whatever the size of chunks and the order of rows, the same comes out."""

import duckdb
import polars as pl
import pytest

from howdah.estimates.fusion import Claims, FusedTable, Options, numbering
from howdah.estimates.fusion.coding import Numbered

from .conftest import N_SERIES, claims_of


@pytest.fixture(autouse=True)
def _small_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is scattered is put in order as that of a million series would be."""
    monkeypatch.setattr(numbering, "MOST_READS", 3.0)


def fused(claims: Claims) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
    """Estimates and suspects, and what was read for each chunk."""
    table = FusedTable(claims, Options(), lambda *_: None)
    folders: list[str] = []
    between = table._numbering.between

    def noted(first: int, last: int) -> Numbered:
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
    monkeypatch.setattr(numbering, "CHUNK_SERIES", 7)
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


def test_a_run_that_is_given_up_leaves_nothing_behind(
    engine: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbering, "CHUNK_SERIES", 7)
    table = FusedTable(claims_of(engine, ["period", "series"]), Options(), lambda *_: None)
    batches = table._batches()
    next(batches)
    folder = table._numbering._folder
    assert folder is not None
    assert folder.exists()
    batches.close()
    assert not folder.exists()
