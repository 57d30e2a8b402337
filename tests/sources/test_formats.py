"""Every format yields the same claims; tables may be wide, packed, or start late."""

import datetime as dt
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

Map = Callable[..., Any]

CLAIM = """
subject = { column = "app" }
metric = "dau"
value = { column = "v" }
period = { column = "month" }
"""
ROWS = [("豆包", 1200.5, "2024-09"), ("Kimi", 30, "2024-10")]
TEXT = "app,v,month\n豆包,1200.5,2024-09\nKimi,30,2024-10\n"


def write_workbook(path: Path, rows: list[list[object]], *, sheet: str = "Sheet1") -> Path:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet(sheet)
    for n, row in enumerate(rows):
        page.write_row(n, 0, ["" if cell is None else cell for cell in row])
    book.close()
    return path


def zstd(text: str) -> bytes:
    return bytes(pa.compress(text.encode(), codec="zstd", asbytes=True))


def write(folder: Path, kind: str) -> tuple[Path, str]:  # noqa: C901 - one case a format
    """A file of ROWS and the keys its spec needs."""
    records = [dict(zip(("app", "v", "month"), row, strict=True)) for row in ROWS]
    path = folder / f"data.{kind}"
    keys = ""
    match kind:
        case "csv":
            path.write_text(TEXT, encoding="utf-8")
        case "csv.gz":
            path.write_bytes(gzip.compress(TEXT.encode()))
        case "CSV.GZ":
            path.write_bytes(gzip.compress(TEXT.encode()))
        case "csv.zst":
            path.write_bytes(zstd(TEXT))
        case "tsv":
            path.write_text(TEXT.replace(",", "\t"), encoding="utf-8")
        case "txt":
            path.write_text(TEXT.replace(",", ";"), encoding="utf-8")
            keys = 'format = "csv"\ndelimiter = ";"'
        case "xlsx":
            write_workbook(path, [["app", "v", "month"], *(list(row) for row in ROWS)])
        case "parquet":
            pl.DataFrame(records).write_parquet(path)
        case "json":
            path.write_text(json.dumps({"meta": 1, "data": {"rows": records}}), encoding="utf-8")
            keys = 'records = "data.rows"'
        case "json.gz":
            path.write_bytes(gzip.compress(json.dumps(records).encode()))
        case "jsonl" | "ndjson":
            path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
        case "jsonl.zst":
            path.write_bytes(zstd("\r\n\r\n".join(json.dumps(record) for record in records)))
    return path, keys


KINDS = ["csv", "csv.gz", "CSV.GZ", "csv.zst", "tsv", "txt", "xlsx", "parquet", "json", "json.gz",
         "jsonl", "ndjson", "jsonl.zst"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_gives_the_same_claims(map_file: Map, tmp_path: Path, kind: str) -> None:
    expected = map_file(TEXT, CLAIM, name="reference.csv")
    path, keys = write(tmp_path, kind)
    found = map_file(path, CLAIM, keys=keys)
    assert found.claims == expected.claims
    assert found.column("subject") == ["豆包", "Kimi"]
    assert found.column("value") == [1200.5, 30.0]
    assert found.column("row") == [1, 2]
    assert found.column("valid_to") == [dt.date(2024, 9, 30), dt.date(2024, 10, 31)]
    assert not found.faults
    assert not found.broken


def test_an_ending_that_tells_nothing_asks_for_the_format(map_file: Map) -> None:
    with pytest.raises(ValueError, match=r"the ending '.dat' names no format\. Set `format`"):
        map_file(TEXT, CLAIM, name="data.dat")


def test_a_workbook_keeps_dates_numbers_and_sheets(map_file: Map, tmp_path: Path) -> None:
    day = dt.datetime(2024, 9, 30)  # noqa: DTZ001 - workbooks know no time zones
    rows: list[list[object]] = [["app", "v", "month"], ["a", 12345678901, day], ["b", 0.1, day]]
    path = write_workbook(tmp_path / "book.xlsx", rows, sheet="Apps")
    found = map_file(path, CLAIM, keys='sheet = "Apps"')
    assert found.column("value") == [12345678901.0, 0.1]
    assert set(found.column("valid_from")) == {dt.date(2024, 9, 30)}
    assert set(found.column("precision")) == {"day"}


@pytest.mark.parametrize("name", ["data.csv", "data.xlsx"])
def test_the_header_may_stand_lower(map_file: Map, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("xlsx"):
        write_workbook(path, [['Report, "2024"'], ["x"], ["app", "v"], ["a", 5]])
    else:
        path.write_text('Report, "2024\n\napp,v\na,5\n', encoding="utf-8")
    found = map_file(path, keys="header_row = 3")
    assert found.column("subject") == ["a"]
    assert found.column("value") == [5.0]
    assert found.column("row") == [1]


def test_blank_and_repeated_header_names(map_file: Map) -> None:
    text = ",app, v ,v,V\n1,a,5,6,7\n"
    claims = [f'subject = {{ column = "app" }}\nmetric = "dau"\nvalue = {{ column = "{name}" }}'
              for name in ("v", "v_1", "V_2", "column1")]  # fmt: skip
    assert map_file(text, *claims).column("value") == [5.0, 6.0, 7.0, 1.0]


@pytest.mark.parametrize(
    "text",
    [
        'app,v\n"a\nb",1\nc,2\n',
        'app,v\r\n"a\nb",1\r\nc,2\r\n',
        'app,v\n"a\nb",1\r\nc,2\n',
        'app,v\r"a\nb",1\rc,2',
    ],
)
def test_line_ends_of_every_kind_and_inside_quotes(map_file: Map, text: str) -> None:
    found = map_file(text)
    assert found.column("subject") == ["a\nb", "c"]
    assert found.column("value") == [1.0, 2.0]
    assert not found.broken


def test_quotes_inside_values(map_file: Map) -> None:
    found = map_file('app,v\n"say ""hi"", you",1\n5" screen,2\n "spaced" ,3\n')
    assert found.column("subject") == ['say "hi", you', '5" screen', "spaced"]


def test_one_column_is_enough(map_file: Map) -> None:
    claim = 'subject = { column = "app" }\nmetric = "release"'
    assert map_file("app\na\nb\n", claim).column("subject") == ["a", "b"]


def test_what_looks_like_a_comment_is_a_row(map_file: Map) -> None:
    assert map_file("app,v\n#1 app,5\n").column("subject") == ["#1 app"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_a_wide_table_is_made_long(map_file: Map, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"wide.{kind}"
    header = ["app", "2024-09", "2024-10", "2024-11"]
    rows: list[list[object]] = [["a", 1, 2.5, None], ["b", 3, None, 4]]
    if kind == "csv":
        lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
        path.write_text("\n".join([",".join(header), *lines]), encoding="utf-8")
    elif kind == "xlsx":
        write_workbook(path, [header, *rows])
    else:
        # One month holds whole numbers and one fractions.
        columns = dict(zip(header, zip(*rows, strict=True), strict=True))
        pq.write_table(pa.table({name: list(cells) for name, cells in columns.items()}), path)
    claim = """
    subject = { column = "app" }
    metric = "dau"
    value = { column = "users" }
    period = { column = "month" }
    """
    tables = """[unpivot]
    columns = '\\d{4}-\\d{2}'
    name = "month"
    value = "users"
    """
    found = map_file(path, claim, tables=tables)
    got = [(c["subject"], c["valid_from"].month, c["value"], c["row"]) for c in found.claims]
    assert got == [("a", 9, 1.0, 1), ("a", 10, 2.5, 1), ("b", 9, 3.0, 2), ("b", 11, 4.0, 2)]
    assert found.n_empty == 2


def test_wide_columns_of_numbers_and_text_are_read_as_text(map_file: Map, tmp_path: Path) -> None:
    path = tmp_path / "wide.parquet"
    pq.write_table(pa.table({"app": ["a"], "m1": [5], "m2": ["1,200"]}), path)
    claim = 'subject = { column = "app" }\nmetric = "dau"\nvalue = { column = "value" }'
    tables = "[unpivot]\ncolumns = 'm\\d'"
    assert map_file(path, claim, tables=tables).column("value") == [5.0, 1200.0]


@pytest.mark.parametrize(
    ("text", "tables", "said"),
    [
        ("app,x\na,1\n", "columns = 'm\\d'", r"no column matches .* it has app, x"),
        ("app,m1,value\na,1,2\n", "columns = 'm\\d'", "it has a column 'value' already"),
    ],
)
def test_a_wide_table_that_does_not_fit(map_file: Map, text: str, tables: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        map_file(text, tables=f"[unpivot]\n{tables}")


def test_a_wide_document_is_refused(map_file: Map) -> None:
    with pytest.raises(ValueError, match=r"is JSON, and \[unpivot\] works on tables"):
        map_file('{"a": 1}', tables="[unpivot]\ncolumns = 'm'", name="data.jsonl")


def test_typed_columns_keep_their_types(map_file: Map, tmp_path: Path) -> None:
    path = tmp_path / "typed.parquet"
    instant = dt.datetime(2024, 9, 30, 23, 30, tzinfo=dt.UTC)
    table = {
        "app": pa.array([7, 8], pa.int32()),
        "v": pa.array(["1.50", "2.25"]).cast(pa.decimal128(8, 2)),
        "day": pa.array([dt.date(2024, 9, 30), None]),
        "at": pa.array([instant, instant], pa.timestamp("us", "UTC")),
        "year": pa.array([2023, 2024]),
    }
    pq.write_table(pa.table(table), path)
    claim = CLAIM.replace('period = { column = "month" }', 'published_at = { column = "at" }')
    by_day = claim + 'period = { column = "day" }'
    by_year = claim + 'period = { column = "year" }'
    by_instant = claim + 'period = { column = "at" }'
    found = map_file(path, by_day, by_year, by_instant)
    assert found.column("subject") == ["7", "8"] * 3
    assert found.column("value") == [1.5, 2.25] * 3
    assert found.column("precision") == ["day", "", "year", "year", "day", "day"]
    assert found.column("valid_to")[1:] == [
        None, dt.date(2023, 12, 31), dt.date(2024, 12, 31), instant.date(), instant.date(),
    ]  # fmt: skip
    assert set(found.column("published_at")) == {dt.datetime(2024, 9, 30, tzinfo=dt.UTC)}


def test_nested_documents(map_file: Map) -> None:
    records = [
        {"app": {"id": "a.b"}, "stats": {"dau": 5}},
        {"app": {"id": "c"}, "stats": {"dau": "1,200"}, "late": "key"},
    ]
    claim = """
    subject = { column = "app.id" }
    metric = "dau"
    value = { column = "stats.dau" }
    object = { column = "late" }
    """
    found = map_file(json.dumps(records), claim, name="data.json")
    assert found.column("subject") == ["a.b", "c"]
    assert found.column("value") == [5.0, 1200.0]
    assert found.column("object") == ["", "key"]


def test_one_document_may_be_the_record(map_file: Map) -> None:
    found = map_file('\ufeff {"app": "a", "v": 5}', name="data.json")
    assert found.column("value") == [5.0]
