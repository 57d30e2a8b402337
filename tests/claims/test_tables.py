"""Tables that only grow: which files are read for a time."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from howdah.claims import AppendOnlyTable

_SCHEMA = pa.schema([("n", pa.int64()), ("recorded_at", pa.timestamp("us", tz="UTC"))])

_START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)


def _rows(*microseconds: int) -> pa.Table:
    times = [_START + dt.timedelta(microseconds=n) for n in microseconds]
    return pa.table({"n": list(microseconds), "recorded_at": times}, schema=_SCHEMA)


@settings(max_examples=20)
@given(st.lists(st.lists(st.integers(0, 4000), min_size=1, max_size=3), min_size=1, max_size=3))
def test_rows_of_a_time_are_those_among_all(
    tmp_path_factory: pytest.TempPathFactory, appends: list[list[int]]
) -> None:
    table = AppendOnlyTable(tmp_path_factory.mktemp("table") / "t", _SCHEMA)
    for times in appends:
        table.append(_rows(*times))
    every = sorted(table.read()["n"].to_pylist())
    assert every == sorted(n for times in appends for n in times)
    for n in {*every, every[0] + 1, 5000}:
        instant = _START + dt.timedelta(microseconds=n)
        found = table.read(at=("recorded_at", instant))["n"].to_pylist()
        assert found == [n] * every.count(n)
        files = table.files_until("recorded_at", instant)
        until = [m for file in files for m in pq.read_table(file)["n"].to_pylist() if m <= n]
        assert sorted(until) == [m for m in every if m <= n]


def test_files_without_a_row_of_the_time_are_not_read(tmp_path: Path) -> None:
    table = AppendOnlyTable(tmp_path / "t", _SCHEMA)
    table.append(_rows(1))
    first = Path(table.files()[0])
    table.append(_rows(5_000_000))
    first.write_bytes(b"not parquet")
    later = _START + dt.timedelta(seconds=5)
    assert table.read(at=("recorded_at", later))["n"].to_pylist() == [5_000_000]
    assert table.files_until("recorded_at", _START + dt.timedelta(seconds=1)) == [str(first)]


def test_another_process_s_commit_is_seen(tmp_path: Path) -> None:
    reader, writer = (AppendOnlyTable(tmp_path / "t", _SCHEMA) for _ in range(2))
    assert reader.files() == []
    assert not reader.exists()
    for n in range(12):
        writer.append(_rows(n))
        assert len(reader.files()) == n + 1
    assert reader.read().num_rows == 12


def test_a_table_that_was_rewritten_gives_the_same(tmp_path: Path) -> None:
    table = AppendOnlyTable(tmp_path / "t", _SCHEMA)
    for n in range(3):
        table.append(_rows(n))
    table.rewrite(table.read().to_reader())
    assert len(table.files()) == 1
    at = ("recorded_at", _START + dt.timedelta(microseconds=2))
    assert table.read(at=at)["n"].to_pylist() == [2]
    assert table.files_until(*at) == table.files()
