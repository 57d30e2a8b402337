"""Bad input: a row at fault is kept with its text, a bad file stores nothing."""

import datetime as dt
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from howdah.core.errors import FileFormatError

Map = Callable[..., Any]
Market = Any

FULL = """
subject = { column = "app" }
metric = { column = "m" }
value = { column = "v" }
valid_from = { column = "from" }
valid_to = { column = "to" }
published_at = { column = "at" }
modality = { column = "how" }
unit = { column = "u" }
"""
HEADER = "app,m,v,from,to,at,how,u\n"
GOOD = "a{n},dau,{n},2024-09-01,2024-09-30,2024-10-05,asserted,\n"


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("b,dau,x7,,,2024-10-05,asserted,", "v", "cannot read 'x7' as a number"),
        ("b,dau,inf,,,2024-10-05,asserted,", "v", "the number is not finite"),
        ("b,dau,nan,,,2024-10-05,asserted,", "v", "the number is not finite"),
        ("b,dau,-5,,,2024-10-05,asserted,", "v", "negative, and dau cannot be"),
        ("b,dau,5,09/2024,,2024-10-05,asserted,", "from", "cannot read '09/2024' as a date or"),
        ("b,dau,5,,2024-02-30,2024-10-05,asserted,", "to", "cannot read '2024-02-30' as a date"),
        ("b,dau,5,,epoch,2024-10-05,asserted,", "to", "cannot read 'epoch' as a date or period"),
        ("b,dau,5,,10000-01-01,2024-10-05,asserted,", "to", "cannot read '10000-01-01'"),
        ("b,dau,5,2024-09-30,2024-09-01,2024-10-05,asserted,", "from", "ends before it starts"),
        ("b,dau,5,,,soon,asserted,", "at", "cannot read 'soon' as a date or period"),
        ("b,dauu,5,,,2024-10-05,asserted,", "m", "unknown metric 'dauu'"),
        ("b,,5,,,2024-10-05,asserted,", "m", "unknown metric ''"),
        ("b,dau,5,,,2024-10-05,sworn,", "how", "unknown modality 'sworn'"),
        ("b,dau,5,,,2024-10-05,,", "how", "unknown modality ''"),
        ("b,dau,5,,,2024-10-05,asserted,star", "u", "unit 'star' is not a unit of dau"),
        (" ,dau,5,,,2024-10-05,asserted,", "app", "the subject is empty"),
        ("b,revenue,5,,,2024-10-05,asserted,", "", "an amount of money without a currency"),
    ],
)
def test_a_row_at_fault_among_good_ones(map_file: Map, row: str, column: str, reason: str) -> None:
    text = HEADER + GOOD.format(n=1) + row + "\n" + GOOD.format(n=3)
    found = map_file(text, FULL)
    assert found.column("subject") == ["a1", "a3"]
    [(number, faulty_column, said)] = found.faults
    assert (number, faulty_column) == (2, column)
    assert reason in said
    # The text is that of the whole row, cells as they stood.
    cells = dict(zip(HEADER.strip().split(","), row.split(","), strict=True))
    for cell in filter(None, cells.values()):
        assert f'"{cell}"' in found.texts[2]


def test_dates_out_of_range_in_typed_columns(map_file: Map, tmp_path: Path) -> None:
    path = tmp_path / "far.parquet"
    days = pa.array([20_000, 3_000_000], pa.int32()).cast(pa.date32())
    pq.write_table(pa.table({"app": ["a", "b"], "v": [1.0, 2.0], "d": days}), path)
    claim = 'subject = { column = "app" }\nmetric = "dau"\nvalue = { column = "v" }\n'
    found = map_file(path, claim + 'valid_to = { column = "d" }')
    assert found.column("subject") == ["a"]
    [(row, column, reason)] = found.faults
    assert (row, column) == (2, "d")
    assert reason.endswith("is out of range")


def test_typed_numbers_that_are_not_finite(map_file: Map, tmp_path: Path) -> None:
    path = tmp_path / "odd.parquet"
    values = [1.0, float("nan"), float("inf"), float("-inf"), None]
    pq.write_table(pa.table({"app": list("abcde"), "v": values}), path)
    found = map_file(path)
    assert found.column("subject") == ["a"]
    assert [(row, reason) for row, _, reason in found.faults] == [
        (n, "the number is not finite") for n in (2, 3, 4)
    ]
    assert found.n_empty == 1


def test_undated_rows_stay_out_of_a_replay(map_file: Map) -> None:
    claim = """subject = { column = "app" }
    metric = "dau"
    value = { column = "v" }
    published_at = { column = "at" }"""
    found = map_file("app,v,at\na,1,2024-10-05\nb,2,\n", claim, keys="replay = true")
    assert found.column("subject") == ["a"]
    assert found.faults == [(2, "at", "no publication date, and undated rows stay out of a replay")]


def test_blank_lines_are_empty_and_not_at_fault(map_file: Map) -> None:
    found = map_file("app,v\na,1\n,\n\nb,2\n,\n")
    assert found.column("subject") == ["a", "b"]
    assert found.n_empty == 2
    assert not found.faults
    assert not found.broken


def test_ragged_lines_are_kept_as_they_stand(map_file: Map) -> None:
    text = 'app,v\na,1\nb\nc,3,4\nd,"5\ne,6\nf,"7"x\ng,8\n'
    found = map_file(text)
    assert found.column("subject") == ["a", "e", "g"]
    assert [(line.row, line.text) for line in found.broken] == [
        (2, "b"),
        (3, "c,3,4"),
        (4, 'd,"5'),
        (6, 'f,"7"x'),
    ]
    assert "Expected Number of Columns: 2 Found: 1" in found.broken[0].reason
    assert "quotation mark" in found.broken[2].reason


def test_broken_documents_among_good_ones(map_file: Map) -> None:
    lines = ['{"app": "a", "v": 1}', '{"app": "b", "v": ', "5", '["c"]', '{"app": "d", "v": 4}']
    found = map_file("\n".join(lines), name="data.jsonl")
    assert found.column("subject") == ["a", "d"]
    assert [(line.row, line.text, line.reason) for line in found.broken] == [
        (2, '{"app": "b", "v":', "the line is not JSON"),
        (3, "5", "the record is not a JSON object"),
        (4, '["c"]', "the record is not a JSON object"),
    ]


def test_a_document_without_the_records_that_the_spec_names(map_file: Map) -> None:
    text = '{"meta": {}, "results": [{"app": "a", "v": 1}]}'
    with pytest.raises(FileFormatError) as caught:
        map_file(text, keys='records = "result"', name="data.json")
    assert "no list of records at 'result'; its keys are meta, results" in str(caught.value)
    assert "Did you mean records = 'results'?" in str(caught.value)
    assert map_file(text, keys='records = "results"', name="data.json").column("value") == [1.0]
    with pytest.raises(FileFormatError, match="no list of records"):
        map_file(text, keys="""records = "o'clock" """, name="data.json")


def truncated_parquet() -> bytes:
    out = pa.BufferOutputStream()
    pq.write_table(pa.table({"app": ["a"] * 1000, "v": list(range(1000))}), out)
    return bytes(out.getvalue().to_pybytes()[:-100])


def not_a_workbook() -> bytes:
    return b"PK\x03\x04 nothing of the kind"


def empty_zip(tmp_path: Path) -> bytes:
    path = tmp_path / "empty.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("data.csv", b"", r"is empty \(0 bytes\)"),
        ("data.parquet", b"", r"is empty \(0 bytes\)"),
        ("data.csv", b"\n\n", "has no header"),
        ("data.csv", b",,\n1,2,3\n", "has no header"),
        ("data.parquet", truncated_parquet(), "cannot be read as parquet"),
        ("data.parquet", b"app,v\na,1\n", "cannot be read as parquet"),
        ("data.xlsx", b"app,v\na,1\n", "is not an XLSX workbook"),
        ("data.xlsx", not_a_workbook(), "is not an XLSX workbook"),
        ("data.json", b"app,v\na,1\n", r"starts with neither \{ nor \["),
        ("data.json", b'{"app": "a", "v": ', "cannot be read as json"),
    ],
)
def test_a_file_that_is_not_what_it_should_be(
    map_file: Map, name: str, content: bytes, said: str
) -> None:
    with pytest.raises(FileFormatError, match=said) as caught:
        map_file(content, name=name)
    assert name in str(caught.value)


def test_a_zip_that_is_no_workbook(map_file: Map, tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="cannot be read as a workbook"):
        map_file(empty_zip(tmp_path), name="data.xlsx")


def test_a_sheet_that_is_not_there(map_file: Map, tmp_path: Path) -> None:
    path = tmp_path / "data.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Apps").write_row(0, 0, ["app", "v"])
    with pytest.raises(FileFormatError, match=r"cannot be read as a workbook .*Check `sheet`"):
        map_file(path, keys='sheet = "Games"')
    assert map_file(path, keys='sheet = "Apps"').claims == []


@pytest.mark.parametrize("is_merged", [True, False])
def test_header_cells_of_a_workbook_that_are_empty_or_merged(
    map_file: Map, tmp_path: Path, is_merged: bool
) -> None:
    path = tmp_path / "data.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["app", "users"] if is_merged else ["app", "users", ""])
        if is_merged:
            sheet.merge_range(0, 1, 0, 2, "users")
        sheet.write_row(1, 0, ["a", 1, 2])
    with pytest.raises(FileFormatError, match=r"header cells C1 are empty or merged\. Unmerge"):
        map_file(path)


@pytest.mark.parametrize("name", ["data.csv", "data.jsonl"])
def test_a_file_with_no_records_makes_no_claims(map_file: Map, name: str) -> None:
    found = map_file("app,v\n" if name.endswith("csv") else "\n\n", name=name)
    assert (found.claims, found.faults, found.broken, found.n_empty) == ([], [], [], 0)


def test_a_bad_file_stores_nothing_and_leaves_the_others_alone(market: Market) -> None:
    market.feed("good")
    market.feed("bad")
    market.put("good.csv", "app,v\na,1\n")
    market.put("bad.parquet", truncated_parquet())
    done = market.update()
    assert "cannot be read as parquet" in done["bad"].error
    assert not done["good"].error
    assert [row["feed"] for row in market.rows("claims")] == ["good"]
    assert [row["feed"] for row in market.rows("pulls")] == ["good"]


def test_a_bad_file_leaves_the_others_of_its_feed_alone(market: Market) -> None:
    market.feed("feed", keys='path = "inbox/*.csv"')
    market.put("1.csv", "app,v\na,1\n")
    market.put("2.csv", "app,users\nb,2\n")
    market.put("3.csv", b"")
    market.put("4.csv", "app,v\nd,4\n")
    done = market.update()["feed"]
    assert "2.csv: no column 'v'" in done.error
    assert (done.files, done.appended.n_new) == (4, 2)
    assert sorted(row["subject"] for row in market.rows("claims")) == ["a", "d"]
    assert market.open().state.feed("feed").last_success is None
    market.put("2.csv", "app,v\nb,2\n")
    market.put("3.csv", "app,v\nc,3\n")
    done = market.update()["feed"]
    assert (done.error, done.unchanged, done.appended.n_new) == ("", 2, 2)


def test_what_a_killed_update_had_spilled_is_cleared(market: Market) -> None:
    market.feed("feed")
    market.put("feed.csv", "app,v\na,1\n")
    spill = market.folder / "lake" / ".spill"
    spill.mkdir(parents=True)
    (spill / "duckdb_temp_storage.tmp").write_bytes(b"x")
    market.update()
    assert list(spill.iterdir()) == []


def test_a_file_that_breaks_off_inside_stores_nothing(market: Market) -> None:
    rng = random.Random(5)
    n = 150_000
    table = pa.table({"app": [f"a{rng.random()}" for _ in range(n)], "v": list(range(n))})
    out = pa.BufferOutputStream()
    pq.write_table(table, out, row_group_size=10_000, compression="snappy")
    content = bytearray(out.getvalue().to_pybytes())
    # The footer is whole, a page in the middle is not.
    middle = len(content) // 2
    content[middle : middle + 4000] = b"\xff" * 4000
    market.feed("bad")
    market.feed("zood")
    market.put("bad.parquet", bytes(content))
    market.put("zood.csv", "app,v\na,1\n")
    done = market.update()
    assert "cannot be read as parquet" in done["bad"].error
    assert [row["feed"] for row in market.rows("claims")] == ["zood"]
    assert not list((market.folder / "lake" / "claims").glob("*.partial"))


def test_quarantine_keeps_row_text_and_reason(market: Market) -> None:
    market.feed("feed", FULL)
    good = "".join(GOOD.format(n=n) for n in range(1, 50))
    market.put("feed.csv", HEADER + good + "b,dau,x7,,,,asserted,\nc,dau\n")
    done = market.update()["feed"].appended
    assert (done.n_new, done.n_quarantined, done.n_empty) == (49, 2, 0)
    by_reason = {row["reason"]: row for row in market.rows("quarantine")}
    unread = by_reason["cannot read 'x7' as a number"]
    assert (unread["feed"], unread["row"], unread["column"]) == ("feed", 50, "v")
    assert '"v":"x7"' in unread["text"]
    assert "_howdah" not in unread["text"]
    assert unread["recorded_at"] == market.now
    [ragged] = [row for row in by_reason.values() if row["text"] == "c,dau"]
    assert (ragged["row"], ragged["raw"]) == (51, unread["raw"])
    # The bytes are in the archive, and reading them again changes nothing.
    assert market.open().store.archive.path(unread["raw"]).is_file()
    before = market.tables()
    assert market.update()["feed"].unchanged == 1
    assert market.tables() == before


def test_a_grown_file_quarantines_its_old_rows_once(market: Market) -> None:
    market.feed("feed")
    market.put("feed.csv", "app,v\na,1\nb,x\n")
    market.update()
    market.now += dt.timedelta(days=1)
    market.put("feed.csv", "app,v\nnew,5\na,1\nb,x\nc,y\n")
    done = market.update()["feed"].appended
    assert (done.n_new, done.n_quarantined) == (1, 2)
    assert sorted(row["text"] for row in market.rows("quarantine")) == [
        '{"app":"b","v":"x"}',
        '{"app":"c","v":"y"}',
    ]


def test_a_spec_that_changed_reads_the_file_again(market: Market) -> None:
    market.feed("feed")
    market.put("feed.csv", "app,v\na,1,\nb,2\n")
    market.update()
    market.feed("feed", keys="header_row = 1\ncadence = 'daily'")
    assert market.update()["feed"].appended.n_new == 0
    assert len(market.rows("pulls")) == 2
    assert len(market.rows("claims")) == 2
