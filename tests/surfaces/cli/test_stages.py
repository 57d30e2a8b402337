"""Stage commands: files in, files out, whole or not at all."""

import datetime as dt
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

#: Runs a command; `conftest` says how.
Run = Callable[..., Any]

PARTS = ["adjusted.parquet", "events.parquet", "market_index.parquet"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def feed_rows() -> pl.DataFrame:
    """Forty apps over two years, thrice as large from 2021 on."""
    rng = np.random.default_rng(5)
    level = 9 + rng.normal(0, 1, 40) + np.cumsum(rng.normal(0.01, 0.05, (24, 40)), axis=0)
    level[12:] += np.log(3)
    days = [dt.date(2020 + n // 12, n % 12 + 1, 1) for n in range(24)]
    return pl.DataFrame(
        [
            {"day": str(day), "period": day, "entity": f"app {i}", "value": float(np.exp(x))}
            for day, at in zip(days, level, strict=True)
            for i, x in enumerate(at)
        ]
    )


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed.csv"
    feed_rows().write_csv(path)
    return path


def test_a_year_of_no_time_makes_no_event(run: Run, feed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with feed.open("a", encoding="utf-8") as file:
        file.write("9999-01-01,9999-01-01,app 1,5\n")
    assert run("health", str(feed), "--out", str(out)).code == 0
    assert "check the year" in pl.read_parquet(out / "quarantine.parquet")["reason"][0]
    assert pl.read_parquet(out / "events.parquet")["kind"].to_list() == ["level_shift"]


def test_health_writes_its_three_tables(run: Run, feed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = run("health", str(feed), "--out", str(out))
    assert (ran.code, ran.out) == (0, "")
    assert str(out) in ran.err
    assert "  2021-01-01 level_shift: all that is counted moved by" in ran.err
    assert names(out) == PARTS
    events = pl.read_parquet(out / "events.parquet")
    assert events.columns == [
        "period", "kind", "size", "lower", "upper", "confidence", "evidence"
    ]  # fmt: skip
    assert events.select("period", "kind").rows() == [(dt.date(2021, 1, 1), "level_shift")]
    index = pl.read_parquet(out / "market_index.parquet")
    assert index.columns == [
        "period", "index", "step", "iqr", "n_common", "list_length", "is_measurement"
    ]  # fmt: skip
    adjusted = pl.read_parquet(out / "adjusted.parquet")
    assert adjusted.columns == [
        "period", "entity", "value", "day", "value_adjusted", "value_relative"
    ]  # fmt: skip
    assert names(tmp_path) == ["feed.csv", "out"]


def test_forms_give_the_same_bytes(run: Run, feed: Path, tmp_path: Path) -> None:
    parquet = tmp_path / "feed.parquet"
    feed_rows().write_parquet(parquet)
    for path, name in ((feed, "a"), (feed, "b"), (parquet, "c")):
        assert run("health", str(path), "--out", str(tmp_path / name)).code == 0
    for part in PARTS:
        first, *others = [(tmp_path / name / part).read_bytes() for name in "abc"]
        assert all(other == first for other in others), part


def test_the_summary_is_one_json_object(run: Run, feed: Path, tmp_path: Path) -> None:
    ran = run("health", str(feed), "--out", str(tmp_path / "out"), "--json")
    data = ran.answer["data"]
    assert data["events"] == {"level_shift": 1}
    assert (data["n_rows"], data["n_entities"], data["n_snapshots"]) == (960, 40, 24)
    assert (data["n_quarantined"], data["cannot_tell"]) == (0, [])


def test_as_of_hides_what_came_later(run: Run, feed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = run("health", str(feed), "--out", str(out), "--as-of", "2020-12-31", "--json")
    assert (ran.answer["data"]["last"], ran.answer["data"]["events"]) == ("2020-12-01", {})
    assert pl.read_parquet(out / "adjusted.parquet").height == 480


def test_rows_that_cannot_be_read_are_set_aside(run: Run, feed: Path, tmp_path: Path) -> None:
    text = feed.read_text().splitlines()
    text[7] = "2020-01-01,yesterday,app 6,5"
    text[9] = "2020-01-01,2020-01-01,app 8,many"
    feed.write_text("\n".join(text) + "\n")
    out = tmp_path / "out"
    ran = run("health", str(feed), "--out", str(out))
    assert ran.code == 0
    assert "2 of 960 rows were set aside, to" in ran.err
    assert "1 row: column 'period', not a date such as 2024-01-31 (row 7 has 'yester" in ran.err
    assert "1 row: column 'value', not a number (row 9 has 'many': a number is digits" in ran.err
    assert "WARNING" not in ran.err
    quarantine = pl.read_parquet(out / "quarantine.parquet")
    plain = "a number is digits, with a point before a fraction, such as 1234.5"
    assert quarantine.rows() == [
        (7, "period", "yesterday", "not a date such as 2024-01-31"),
        (9, "value", "many", f"not a number ({plain})"),
    ]
    assert pl.read_parquet(out / "adjusted.parquet").height == 958
    strict = run("health", str(feed), "--out", str(out), "--force", "--strict")
    assert strict.code == 3
    assert names(out) == [*PARTS, "quarantine.parquet"]


def test_what_exists_stays_without_force(run: Run, feed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("health", str(feed), "--out", str(out)).code == 0
    before = (out / "events.parquet").stat().st_mtime_ns
    refused = run("health", str(feed), "--out", str(out))
    assert refused.code == 2
    assert "--force" in refused.err
    assert (out / "events.parquet").stat().st_mtime_ns == before
    assert run("health", str(feed), "--out", str(out), "--force").code == 0


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "period,entity\n2024-01-31,a\n", "'value'"),
        ("a.csv", "entity,value\na,1\n", "'period'"),
        ("a.csv", "period,entity,value\n2024-01-31,a,much\n", "'much'"),
        ("a.csv", "period,entity,value\n2024-01,a,1\n", "2024-01-31"),
        ("a.csv", "period,entity,value\n", "nothing to check"),
        ("a.jsonl", "", "nothing to check"),
        ("a.csv", "", "empty"),
        ("a.xlsx", "", "no form"),
        ("b.csv", None, "no such file"),
    ],
)
def test_a_wrong_file_is_an_error_and_leaves_nothing(
    run: Run, tmp_path: Path, name: str, content: str | None, told: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    ran = run("health", str(tmp_path / name), "--out", str(tmp_path / "out"), "--json")
    assert (ran.code, ran.out) == (2, "")
    message = json.loads(ran.err)["error"]["message"]
    assert name in message
    assert told in message
    assert names(tmp_path) == ([name] if content is not None else [])


@pytest.mark.parametrize("rows", ["2024-01-31,a,1\n", "2024-01-31,a,0\n2024-01-31,a,-1\n"])
def test_next_to_nothing_is_said_to_be_that(run: Run, tmp_path: Path, rows: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("period,entity,value\n" + rows)
    ran = run("health", str(path), "--out", str(tmp_path / "out"), "--json")
    assert ran.code == 0
    assert "nothing is said of levels" in ran.answer["data"]["cannot_tell"][0]


def test_a_feed_that_begins_later_is_said_to_have_no_snapshot(
    run: Run, feed: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ran = run("health", str(feed), "--out", str(out), "--as-of", "2019-12-31", "--json")
    assert ran.code == 0
    assert "no snapshot" in ran.answer["data"]["cannot_tell"][0]


_SLOW = """
import sys, time
import howdah.surfaces.cli.pages.health as page
def check_feed(rows, *, prob):
    print("checking", flush=True)
    # As a real check, a step at a time: a signal that comes between two calls is seen after one.
    for _ in range(1200):
        time.sleep(0.05)
page.check_feed = check_feed
from howdah.surfaces.cli import app
app(sys.argv[1:], prog_name="howdah")
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_ended_half_way_leaves_nothing(feed: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-c", _SLOW, "health", str(feed), "--out", str(feed.parent / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"checking\n"
        assert any(name.startswith(".out.") for name in names(feed.parent))
        process.send_signal(how)
        process.communicate(timeout=30)
    assert process.returncode != 0
    assert names(feed.parent) == ["feed.csv"]
