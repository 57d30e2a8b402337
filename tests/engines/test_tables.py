"""Input files of a stage: every form gives the same rows, and what cannot be read is kept apart."""

import datetime as dt
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from howdah.core.errors import ColumnTypeError, FileFormatError, MissingColumnError
from howdah.engines import Column, StageTable, connect, read_table

COLUMNS = (
    Column("period", "date"),
    Column("entity", "text"),
    Column("value", "float", is_nullable=True),
    Column("rank", "int", is_required=False, is_nullable=True),
)

CSV = """\
entity,period,value,note,rank
Alpha,2024-01-31,1.5,first,1
"Beta, Inc.",2024-01-31,,"two
lines",2
"""

ROWS = [
    {"period": dt.date(2024, 1, 31), "entity": "Alpha", "value": 1.5, "rank": 1},
    {"period": dt.date(2024, 1, 31), "entity": "Beta, Inc.", "value": None, "rank": 2},
]


@pytest.fixture
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        yield connection


def write(path: Path, text: str) -> Path:
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    elif path.suffix == ".zst":
        with pa.output_stream(str(path), compression="zstd") as stream:
            stream.write(text.encode())
    else:
        path.write_text(text, encoding="utf-8")
    return path


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, default=str) + "\n" for row in rows)


def faults(read: StageTable) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in read.quarantine.to_pylist()]


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.csv.zst", "a.jsonl", "a.jsonl.gz"])
def test_forms_of_text_give_the_same_rows(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path, name: str
) -> None:
    read = read_table(
        engine, write(tmp_path / name, CSV if ".csv" in name else lines(ROWS)), COLUMNS
    )
    assert read.table().to_pylist() == ROWS
    assert read.reader().read_all().to_pylist() == ROWS
    assert (read.n_rows, faults(read)) == (2, [])


def test_parquet_gives_the_same_rows(engine: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame(ROWS).write_parquet(path)
    assert read_table(engine, path, COLUMNS).table().to_pylist() == ROWS


#: What is told of a text that is nothing like a number.
NO_NUMBER = "not a number (a number is digits, with a point before a fraction, such as 1234.5)"


def test_types_of_parquet_are_read_by_kind(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "a.parquet"
    times = pa.array([dt.date(2024, 1, 31), dt.date(2024, 2, 29)]).cast(pa.timestamp("us"))
    table = pa.table(
        {"period": times, "entity": pa.array([7, 8], pa.int32()), "value": ["1.5", "x"]}
    )
    pq.write_table(table, path)
    read = read_table(engine, path, COLUMNS)
    assert read.table().to_pylist() == [{**ROWS[0], "entity": "7", "rank": None}]
    assert faults(read) == [(2, "value", "x", NO_NUMBER)]


def test_extra_columns_are_kept_when_asked(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", CSV)
    read = read_table(engine, path, COLUMNS[:3], keep_extra=True)
    assert read.columns == ("period", "entity", "value", "note", "rank")
    assert read.table()["note"].to_pylist() == ["first", "two\nlines"]


def test_what_cannot_be_read_is_set_aside_with_its_place(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    text = (
        "period,entity,value,rank\n"
        "2024-01-31,a,1,1\n"
        "2024-02-30,b,x,2\n"
        "2024-01-31,c,3,4,5\n"
        "2024-01-31,,4,1\n"
        "2024-01-31,e,inf,1.5\n"
        "infinity,f,nan,\n"
        "2024-01-31,g\n"
        "2024-01-31,h,8,8.0\n"
        "2024-01-31,i,1e999,9\n"
    )
    read = read_table(engine, write(tmp_path / "a.csv", text), COLUMNS)
    assert read.table()["entity"].to_pylist() == ["a", "h"]
    assert read.table()["rank"].to_pylist() == [1, 8]
    assert faults(read) == [
        (2, "period", "2024-02-30", "not a date such as 2024-01-31"),
        (2, "value", "x", NO_NUMBER),
        (3, "", "2024-01-31,c,3,4,5", "too many columns"),
        (4, "entity", "", "empty"),
        (5, "rank", "1.5", "not a whole number"),
        (5, "value", "inf", "not finite"),
        (6, "period", "infinity", "not finite"),
        (7, "", "2024-01-31,g", "missing columns"),
        (9, "value", "1e999", "not finite"),
    ]


def test_a_broken_line_of_json_is_set_aside(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    text = lines(ROWS[:1]) + '{"period":\n\n[1]\n' + lines(ROWS[1:]) + '{"value": 3}\n'
    read = read_table(engine, write(tmp_path / "a.jsonl", text), COLUMNS)
    assert read.table().to_pylist() == ROWS
    assert faults(read) == [
        (2, "", '{"period":', "not a JSON object"),
        (4, "", "[1]", "not a JSON object"),
        (6, "entity", "", "empty"),
        (6, "period", "", "empty"),
    ]


def test_a_missing_column_names_file_column_and_what_is_expected(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", "perod,entity,value\n2024-01-31,a,1\n")
    with pytest.raises(MissingColumnError) as caught:
        read_table(engine, path, COLUMNS)
    assert str(path) in str(caught.value)
    assert "'period' may be 'perod'" in str(caught.value)
    assert "Expected: 'period' (a date such as 2024-01-31)." in str(caught.value)
    assert caught.value.missing == ("period",)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_column_of_another_kind_is_an_error(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"a.{form}"
    rows = [{"period": "January", "entity": "a", "value": 1.0}] * 2
    if form == "parquet":
        frame = pl.DataFrame(rows).with_columns(period=pl.lit(True))
        frame.write_parquet(path)
    else:
        write(path, lines(rows) if form == "jsonl" else pl.DataFrame(rows).write_csv())
    with pytest.raises(ColumnTypeError) as caught:
        read_table(engine, path, COLUMNS)
    assert (caught.value.column, caught.value.expected) == ("period", "a date such as 2024-01-31")
    assert ("true and false" if form == "parquet" else "January") in caught.value.found


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.xlsx", b"", "no form"),
        ("a.parquet.gz", b"", "no form"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"period,entity,period\n", "twice"),
        ("a.csv", "период\n".encode("cp1251"), "no text in UTF-8, as line 1 has the byte 0xef"),
        ("a.csv", "period,e\na,é\n".encode("cp1252"), r"line 2 has the byte 0xe9 \(at byte 12"),
        ("a.jsonl", b'{"a": 1}\n\0\n', "line 2 has a zero byte"),
        ("a.csv", b"PK\x03\x04\x14\0", "looks like a workbook"),
        ("a.jsonl", b"PAR1\x15", "looks like a Parquet file"),
        ("a.csv", "period\n".encode("utf-16"), "UTF-16: save it in UTF-8"),
        # Without a time: the bytes name the test, and every process must name it alike.
        ("a.csv.gz", gzip.compress(b"\x89PNG\r\n", mtime=0), "looks like a picture"),
        ("a.csv.gz", b"period,entity\n", "not what its ending says"),
        ("a.parquet", b"period,entity\n", "not begin as a Parquet file does. If it is text, let"),
        ("a.parquet", b"PAR1....", "the end of the Parquet file is missing: it was cut short\\.$"),
        ("a.parquet", b"PAR1\xff\xff\xff\x7fPAR1", "ending says: Footer length .*[^.]\\.$"),
    ],
)
def test_a_file_that_is_no_table_is_an_error(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=problem):
        read_table(engine, path, COLUMNS)


def test_a_file_that_is_not_there_is_an_error(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    with pytest.raises(FileFormatError, match="no such file"):
        read_table(engine, tmp_path / "a.csv", COLUMNS)


@pytest.mark.parametrize(("name", "text"), [("a.csv", "entity,period,value\n"), ("a.jsonl", "")])
def test_a_table_without_rows_is_a_table(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path, name: str, text: str
) -> None:
    read = read_table(engine, write(tmp_path / name, text), COLUMNS)
    assert (read.n_rows, read.table().num_rows) == (0, 0)
    assert read.table().schema.names == ["period", "entity", "value", "rank"]


def test_odd_names_and_texts_are_safe(engine: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    name = 'it\'s "a/b~c"'
    rows = [{name: "'; DROP TABLE x; --", "row": "7"}]
    path = write(tmp_path / "it's.jsonl", lines(rows))
    columns = (Column(name, "text"),)
    read = read_table(engine, path, columns, keep_extra=True)
    assert read.table().to_pylist() == rows
    frame = pl.DataFrame(rows)
    csv = write(tmp_path / "it's.csv", frame.write_csv())
    assert read_table(engine, csv, columns, keep_extra=True).table().to_pylist() == rows


def test_times_are_in_utc(engine: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "at,ok\n2024-01-31T10:00:00+08:00,yes\n2024-01-31,0\n")
    read = read_table(engine, path, (Column("at", "timestamp"), Column("ok", "bool")))
    assert [(f"{row['at']}", row["ok"]) for row in read.table().to_pylist()] == [
        ("2024-01-31 02:00:00", True),
        ("2024-01-31 00:00:00", False),
    ]


def test_a_name_of_a_period_is_answered_with_the_date_to_write(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    cells = ["2024-02-29", "2024-02", "20240301", "soon"]
    text = "entity,period,value\n" + "".join(f"a,{cell},1\n" for cell in cells)
    read = read_table(engine, write(tmp_path / "a.csv", text), COLUMNS)
    month, day, neither = (reason for *_, reason in faults(read))
    assert month.startswith("not a date such as 2024-01-31 (a month: give one of its days")
    assert month.endswith("such as the last, 2024-02-29)")
    assert day == "not a date such as 2024-01-31 (write 2024-03-01)"
    assert neither == "not a date such as 2024-01-31"


def test_a_character_at_the_end_of_the_head_is_text(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    note = "é" * 6000
    rows = f"entity,period,value,note\na,2024-01-31,1,{note}\n"
    # The head ends within one of the characters, with one more letter before them or without.
    for text in (rows, rows.replace("a,2024", "aa,2024")):
        read = read_table(engine, write(tmp_path / "a.csv", text), COLUMNS)
        assert (read.n_rows, faults(read)) == (1, [])


def test_a_number_as_people_write_it_is_answered_with_the_one_to_write(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    text = (
        "entity,period,value,rank\n"
        "a,2024-01-31,1,1\n"
        'b,2024-01-31,"1,234",1\n'
        "c,2024-01-31,1 234,1\n"
        'd,2024-01-31,"0,25","1,234,567"\n'
        "e,2024-01-31,1,234,1\n"
        "f,2024-01-31,1'000.5,1\n"
        "g,2024-01-31,many,1\n"
        "h,2024-01-31,1.2M,1\n"
        "i,2024-01-31,12.5 %,1.5\n"
    )
    read = read_table(engine, write(tmp_path / "a.csv", text), COLUMNS)
    either = "write 1234 if the comma separates thousands, 1.234 if it is a decimal sign"
    assert [(row, reason) for row, _, _, reason in faults(read)] == [
        (2, f"not a number ({either})"),
        (3, "not a number (write 1234, without thousands separators)"),
        (4, "not a whole number (write 1234567, without thousands separators)"),
        (4, "not a number (write 0.25, with a point)"),
        (5, "too many columns (if 1,234 is one number, write 1234)"),
        (6, "not a number (write 1000.5, without thousands separators)"),
        (7, NO_NUMBER),
        (8, "not a number (write 1200000, without a unit)"),
        (9, "not a whole number"),
        (
            9,
            "not a number (write 12.5, or 0.125 if the others are shares of one; without the sign)",
        ),
    ]
    only = write(tmp_path / "b.csv", 'entity,period,value\na,2024-01-31,"1,234"\n')
    with pytest.raises(ColumnTypeError, match="write 1234 if the comma separates thousands"):
        read_table(engine, only, COLUMNS)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (pl.Series([1, 2]), "whole numbers"),
        (pl.Series([1.5, 2.0]), "decimal numbers"),
        (pl.Series([b"a", b"b"]), "bytes"),
        (pl.Series([[1], [2]]), r"values of the type BIGINT\[\]"),
    ],
)
def test_a_column_of_another_type_is_told_in_words(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path, values: pl.Series, said: str
) -> None:
    path = tmp_path / "a.parquet"
    frame = pl.DataFrame({"period": values, "entity": ["a", "b"], "value": [1.0, 2.0]})
    frame.write_parquet(path)
    with pytest.raises(ColumnTypeError, match=f"'period' holds {said}; expected is a date"):
        read_table(engine, path, COLUMNS)


@pytest.mark.parametrize(("sign", "spoken"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_another_separator_is_named_with_what_to_do(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path, sign: str, spoken: str
) -> None:
    text = "entity,period,value\na,2024-01-31,1\n".replace(",", sign)
    for lines in (text, text.replace("value", "value, in users")):
        with pytest.raises(FileFormatError, match=f"separated by {spoken}, .*Save it as"):
            read_table(engine, write(tmp_path / "a.csv", lines), COLUMNS)
    quoted = write(tmp_path / "b.csv", f'entity,period,"value{sign}s",value\na,2024-01-31,2,1\n')
    assert read_table(engine, quoted, COLUMNS).n_rows == 1
