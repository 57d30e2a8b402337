"""The local engine: in memory, offline, in UTC, with safe quoting."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.engines import connect, parquet, quoted, quoted_list, text_literal

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


def setting(name: str, spill: Path | None = None) -> str:
    with connect(spill) as engine:
        return str(engine.sql(f"SELECT current_setting('{name}')").fetchall()[0][0])


def test_the_engine_works_in_utc_and_fetches_nothing() -> None:
    assert setting("TimeZone") == "UTC"
    assert setting("autoinstall_known_extensions") == "False"
    assert setting("autoload_known_extensions") == "False"


def test_the_engine_spills_to_the_temporary_folder() -> None:
    assert setting("temp_directory") == tempfile.gettempdir()


def test_settings_reach_the_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOWDAH_THREADS", "1")
    monkeypatch.setenv("HOWDAH_MEMORY_GB", "0.5")
    folder = tmp_path / "it's here"
    assert setting("threads", folder) == "1"
    assert setting("memory_limit", folder).startswith("476")
    assert setting("temp_directory", folder) == str(folder)


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        yield connection


@given(TEXTS)
def test_quoting_is_safe(engine: duckdb.DuckDBPyConnection, text: str) -> None:
    found = engine.sql(
        f"SELECT {text_literal(text)} AS {quoted(text)}, {quoted_list([text, text])} AS list"
    )
    assert found.columns[0] == text
    assert found.fetchall() == [(text, [text, text])]


def test_folders_called_like_columns_make_none(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "year=2024"
    folder.mkdir()
    pq.write_table(pa.table({"app": ["a"]}), folder / "a.parquet")
    found = engine.sql(f"FROM {parquet([str(folder / 'a.parquet')])}")
    assert found.columns == ["app"]
