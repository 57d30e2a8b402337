"""Claim ids: pinned, equal for equal content in any format, different for different content."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from howdah.core.claim import IDENTITY_COLUMNS
from howdah.core.metrics import builtin_metrics
from howdah.engines import connect
from howdah.sources import FeedSpec, Pull, compile_query, open_input
from howdah.sources.spec import ClaimMapping

Map = Callable[..., Any]

PINNED = """
subject = { column = "app" }
metric = { column = "m" }
value = { column = "v", worded = true }
value_low = { column = "low" }
period = { column = "d" }
published_at = { column = "d" }
object = { column = "o" }
"""


def test_ids_are_pinned(map_file: Map) -> None:
    # An upgrade of the engine, or of this code, must not change the ids of claims that are
    # stored: the next pull of an old file would add every row again.
    text = (
        "app,m,v,low,d,o\n"
        "豆包,dau,1200000,,2024-09-30,\n"
        "Kimi,dau,0.1,,2024-09-30,\n"
        "Kimi,dau,>100万,,2024-09-30,\n"
        "Kimi,dau,,7.5,2024-09-30,\n"
        "Kimi,release,,,2024-09-30,v1\n"
        "Kimi,dau,1e22,,,\n"
    )
    found = map_file(text, PINNED)
    assert found.column("claim_id") == [
        "846a468a5ac8f390ba82bfb140563adb",
        "860363389a8fc93c24be6ad5be628675",
        "99b93b9848adcb2e93a2bd57f4d2ed1a",
        "ea2d1c0d4cdde6fbb4176f2c08418fc4",
        "f61e37ce0799de2b0ba6213aed70882c",
        "4209a147fa45ee68296f3fcbce4c4483",
    ]


def test_plain_ids_are_pinned(map_file: Map) -> None:
    text = "app,v\n豆包,1200000\nKimi,0.1\nKimi,-0\n"
    assert map_file(text).column("claim_id") == [
        "1d43bd59304a9dbede8caa4a5b174c4e",
        "fda680e7a9e8bb8c0c07d9d617bcdac0",
        "58721035f5e80decd133990d9ba2a943",
    ]
    lists = map_file(text, tables="[list]").claims[3:]
    assert [(row["metric"], row["claim_id"]) for row in lists] == [
        ("list_length", "76d2fe2d0ba7d906fc668ccd3314f344"),
        ("list_cutoff", "788d0ea79638892cc9f60b5071ac5ad5"),
    ]


def reference_id(claim: dict[str, Any]) -> str:
    """The id as a program without the engine would make it."""

    def text(name: str) -> str:
        cell = claim[name]
        if cell is None:
            return ""
        if name == "published_at":
            return str(cell.date())
        if name in {"value", "stderr"}:
            return str(int(cell)) if cell == int(cell) and abs(cell) < 1e15 else f"{cell:.17g}"
        return str(cell)

    apart = {"value_low", "value_high", "stderr"}
    names = [name for name in IDENTITY_COLUMNS if name not in apart]
    # A claim without a standard error has the id that it had before claims could have one.
    names += ["stderr"] if claim["stderr"] is not None else []
    return hashlib.md5("\x1f".join(text(name) for name in names).encode()).hexdigest()


def test_ids_can_be_made_without_the_engine(map_file: Map) -> None:
    text = "app,v,d\n豆包,1200000,2024-09-30\nKimi,0.1,\nx,1e-7,2024\ny,123456789.125,\nz,1e15,\n"
    claim = """subject = { column = "app" }
    metric = "rating"
    value = { column = "v" }
    period = { column = "d" }
    published_at = "2024-10-01"
    """
    for found in (map_file(text, claim), map_file(text, claim, tables="[list]")):
        assert [row["claim_id"] for row in found.claims] == [
            reference_id(row) for row in found.claims
        ]


def test_a_standard_error_is_part_of_the_id_and_a_bad_one_a_fault(map_file: Map) -> None:
    text = "app,v,e\na,0.5,\na,0.5,0.25\na,0.5,0\nb,1,-2\nb,1,inf\nb,1,x\n"
    claim = """subject = { column = "app" }
    metric = "rating"
    value = { column = "v" }
    stderr = { column = "e" }
    period = "2024-09-30"
    """
    found = map_file(text, claim)
    assert found.column("stderr") == [None, 0.25, 0.0]
    assert found.column("claim_id") == [reference_id(row) for row in found.claims]
    assert len(set(found.column("claim_id"))) == 3
    assert found.faults == [
        (4, "e", "the standard error is not a number from 0 on"),
        (5, "e", "the standard error is not a number from 0 on"),
        (6, "e", "cannot read 'x' as a number"),
    ]


NAMES = st.text("aZé豆🐘 ,\"'|.-0", min_size=1, max_size=8)
#: A workbook as written here keeps 16 digits, all others 17.
VALUES = (
    st.integers(-(10**12), 10**12).map(float)
    | st.floats(-1e300, 1e300).map(lambda value: float(f"{value:.15g}"))
    | st.none()
)
DAYS = st.dates().map(lambda day: day.isoformat())
ROWS = st.lists(st.tuples(NAMES, VALUES, DAYS | st.just("")), min_size=5, max_size=40)

SPEC = FeedSpec(
    id="feed",
    title="T",
    source="S",
    path="x",
    licence={"name": "L"},  # type: ignore[arg-type]
    claim=(
        ClaimMapping(
            subject={"template": "{app}!"},  # type: ignore[arg-type]
            object={"column": "app"},  # type: ignore[arg-type]
            metric="rating",
            value={"column": "v"},  # type: ignore[arg-type]
            period={"column": "d"},  # type: ignore[arg-type]
        ),
    ),
)


def write_all(folder: Path, rows: list[tuple[str, float | None, str]]) -> list[Path]:
    frame = pl.DataFrame(rows, schema={"app": str, "v": float, "d": str}, orient="row")
    frame.write_csv(folder / "data.csv")
    frame.write_csv(folder / "data.tsv", separator="\t", quote_style="always")
    frame.write_parquet(folder / "data.parquet")
    frame.with_columns(pl.col("d").str.to_date(strict=False)).write_parquet(
        folder / "typed.parquet"
    )
    (folder / "data.json").write_text(json.dumps(frame.to_dicts()), encoding="utf-8")
    (folder / "data.jsonl").write_text(
        "\n".join(json.dumps(row, ensure_ascii=False) for row in frame.to_dicts()),
        encoding="utf-8",
    )
    with xlsxwriter.Workbook(str(folder / "data.xlsx"), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["app", "v", "d"])
        for n, (app, value, day) in enumerate(rows, start=1):
            sheet.write_string(n, 0, app)
            if value is not None:
                sheet.write_number(n, 1, value)
            sheet.write_string(n, 2, day)
    return sorted(folder.iterdir())


def mapped(engine: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[Any, ...]]:
    now = dt.datetime(2025, 1, 31, tzinfo=dt.UTC)
    with open_input(engine, SPEC, path) as source:
        query = compile_query(source, Pull(SPEC, "raw", now), builtin_metrics())
        return engine.sql(
            f"SELECT claim_id, value, valid_to, reason FROM ({query}) ORDER BY row"
        ).fetchall()


@settings(max_examples=6)
@given(ROWS)
def test_equal_content_has_equal_ids_in_every_format(
    rows: list[tuple[str, float | None, str]],
) -> None:
    rows = [(app, value, day) for app, value, day in rows if app.strip()]
    if not rows:
        return
    with TemporaryDirectory() as folder, connect() as engine:
        paths = write_all(Path(folder), rows)
        expected = mapped(engine, paths[0])
        for path in paths[1:]:
            assert mapped(engine, path) == expected, path.name


IDENTITY = {
    "subject": ("a", "b"),
    "name": ("a", "b"),
    "kind": ("metric", "funding"),
    "definition": ("", "x"),
    "publication": ("", "x"),
    "object": ("", "x"),
    "source": ("S", "T"),
    "source_type": ("x", "y"),
    "scheme": ("name", "github"),
    "modality": ("asserted", "planned"),
    "sensitivity": ("public", "leak"),
    "unit": ("people", "device"),
    "currency": ("", "USD"),
    "metric": ("dau", "wau"),
    "value": (1.0, 2.0),
    "value_low": (0.5, 0.25),
    "value_high": (8.0, 9.0),
    "comparator": ("over", "about"),
    "valid_to": ("2024-09-30", "2024-10-01"),
    "published_at": ("2024-09-30", "2024-10-01"),
    "precision": ("day", "as_of_publication"),
}


@pytest.mark.parametrize("is_constant", [True, False])
@pytest.mark.parametrize("key", IDENTITY)
def test_a_different_field_gives_a_different_id(map_file: Map, key: str, is_constant: bool) -> None:
    fields: dict[str, object] = {"subject": "a", "metric": "dau", "value": 1.0, key: None}
    seen = []
    for choice in IDENTITY[key]:
        fields[key] = choice
        if is_constant:
            lines = [f"{name} = {json.dumps(value)}" for name, value in fields.items()]
            seen.append(map_file("x\n1\n", "\n".join(lines)))
        else:
            lines = [f'{name} = {{ column = "{name}" }}' for name in fields]
            frame = pl.DataFrame({name: [str(value)] for name, value in fields.items()})
            seen.append(map_file(frame.write_csv(), "\n".join(lines)))
    assert [found.faults for found in seen] == [[], []]
    first, second = (found.column("claim_id") for found in seen)
    assert len(first) == len(second) == 1
    assert first != second


def test_the_place_and_the_pull_are_no_part_of_the_id(map_file: Map) -> None:
    one = map_file("app,v\na,1\nb,2\n", name="one.csv").column("claim_id")
    two = map_file("v,other,app\n2,x,b\n1,y,a\n", name="two.csv").column("claim_id")
    assert one == two[::-1]


def test_neighbouring_fields_do_not_run_together(map_file: Map) -> None:
    claim = 'subject = { column = "a" }\nname = { column = "b" }\nmetric = "dau"\nvalue = 1'
    found = map_file("a,b\nxy,z\nx,yz\nx\x1fy,z\n", claim)
    assert len(set(found.column("claim_id"))) == 3
    assert found.column("subject")[2] == "x y"
