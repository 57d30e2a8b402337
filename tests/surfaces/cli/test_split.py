"""The command `howdah split`: files in, files out, and what it says."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

#: Runs a command; `conftest` says how.
Run = Callable[..., Any]

PARTS = [
    "checks.parquet", "contributions.parquet", "experiments.parquet",
    "sum_contributions.parquet", "summary.json", "sums.parquet", "survival.parquet",
    "totals.parquet",
]  # fmt: skip


def rows(n: int = 80) -> pl.DataFrame:
    rng = np.random.default_rng(2)
    spend = np.where(np.arange(n) % 14 < 7, rng.lognormal(0, 0.4, n), 0.0)
    users = 100 + 30 * np.tanh(spend) + rng.normal(0, 3, n)
    weeks = [dt.date(2022, 1, 3) + dt.timedelta(weeks=k) for k in range(n)]
    return pl.DataFrame({"week": weeks, "new users": users, "TV.spend": spend})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "weeks.csv"
    rows().write_csv(path)
    return path


def arguments(file: Path, out: Path, *more: str) -> list[str]:
    named = ["--outcome", "new users", "--channels", "TV.spend", "--period", "week"]
    return ["split", str(file), *named, "--out", str(out), *more]


def test_it_writes_its_tables(run: Run, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = run(*arguments(file, out))
    assert (ran.code, ran.out) == (0, "")
    assert "channels: 1 identified" in ran.err
    assert sorted(path.name for path in out.iterdir()) == PARTS
    assert pl.read_parquet(out / "contributions.parquet").columns == [
        "group", "period", "channel", "value", "lower", "upper"
    ]  # fmt: skip
    totals = pl.read_parquet(out / "totals.parquet")
    assert totals.columns[:10] == [
        "group", "channel", "total", "lower", "upper", "share", "share_lower", "share_upper",
        "verdict", "reason",
    ]  # fmt: skip
    assert totals["channel"].to_list() == ["TV.spend", "(base)"]
    assert pl.read_parquet(out / "survival.parquet").columns == [
        "group", "period", "value", "lower", "upper"
    ]  # fmt: skip
    summary = json.loads((out / "summary.json").read_text())
    assert summary["verdicts"] == {"identified": 1}
    assert summary["fits"][0]["rhythm"] == "week"


def test_channels_that_move_as_one_are_told_together(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    rows().with_columns(video=2 * pl.col("TV.spend")).write_csv(path)
    names = ["--outcome", "new users", "--channels", "TV.spend,video", "--period", "week"]
    ran = run("split", str(path), *names, "--out", str(tmp_path / "out"))
    assert ran.code == 0
    assert "TV.spend: cannot tell: moves together with 'video'" in ran.err
    assert "  together TV.spend + video: " in ran.err


def test_the_same_run_writes_the_same_bytes(run: Run, file: Path, tmp_path: Path) -> None:
    for name in "ab":
        assert run(*arguments(file, tmp_path / name)).code == 0
    for part in PARTS:
        assert (tmp_path / "a" / part).read_bytes() == (tmp_path / "b" / part).read_bytes(), part


def test_the_summary_is_one_json_object(run: Run, file: Path, tmp_path: Path) -> None:
    ran = run(*arguments(file, tmp_path / "out", "--json"))
    data = ran.answer["data"]
    assert (data["n_groups"], data["n_rows"], data["n_quarantined"]) == (1, 80, 0)
    assert 0 < data["earned_share_lower"] < data["earned_share"] < data["earned_share_upper"] < 1


def test_what_cannot_be_told_is_said_with_what_is_missing(
    run: Run, file: Path, tmp_path: Path
) -> None:
    rows().with_columns(pl.lit(2.0).alias("TV.spend")).write_csv(file)
    ran = run(*arguments(file, tmp_path / "out"))
    assert ran.code == 0
    assert "TV.spend: cannot tell: spend is the same in all periods; it has to change" in ran.err


def test_rows_at_fault_are_set_aside(run: Run, file: Path, tmp_path: Path) -> None:
    lines = file.read_text().splitlines()
    lines[3] = lines[3].rsplit(",", 1)[0] + ",-4"
    lines[5] = lines[5].rsplit(",", 1)[0] + ","
    lines[7] = lines[7].rsplit(",", 1)[0] + ",NaN"
    file.write_text("\n".join(lines) + "\n")
    out = tmp_path / "out"
    ran = run(*arguments(file, out))
    assert ran.code == 0
    assert "3 of 80 rows were set aside" in ran.err
    quarantine = pl.read_parquet(out / "quarantine.parquet")
    assert quarantine.select("row", "column", "reason").rows() == [
        (3, "TV.spend", "negative, and spend cannot be"),
        (5, "TV.spend", "empty"),
        (7, "TV.spend", "empty"),
    ]
    assert run(*arguments(file, out, "--force", "--strict")).code == 3


def test_a_doubled_period_is_an_error(run: Run, file: Path, tmp_path: Path) -> None:
    pl.concat([rows(), rows().tail(1)]).write_csv(file)
    ran = run(*arguments(file, tmp_path / "out"))
    assert ran.code == 2
    assert "--group" in ran.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--prob", "1.5"), "between 0 and 1"),
        (("--controls", "TV.spend"), "named for two things"),
        (("--channels", " , "), "names no column"),
        (("--stop-at", "1999-01-01"), "give a date among them"),
        (("--group", "shop"), "no column 'shop'"),
    ],
)
def test_wrong_options_are_errors(
    more: tuple[str, str], message: str, run: Run, file: Path, tmp_path: Path
) -> None:
    ran = run(*arguments(file, tmp_path / "out", *more))
    assert ran.code == 2
    assert message in " ".join(ran.err.split())


def test_what_exists_stays_without_force(run: Run, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(*arguments(file, out)).code == 0
    refused = run(*arguments(file, out))
    assert refused.code == 2
    assert "--force" in refused.err


def test_no_row_is_nothing_to_split(run: Run, file: Path, tmp_path: Path) -> None:
    rows().head(0).write_csv(file)
    ran = run(*arguments(file, tmp_path / "out"))
    assert ran.code == 2
    assert "nothing to split" in ran.err


@pytest.mark.parametrize("more", [["--out", "x"], []])
def test_a_file_without_channels_is_told_how(run: Run, file: Path, more: list[str]) -> None:
    ran = run("split", str(file), *more)
    assert ran.code == 2
    assert "--channels is missing" in ran.err


def test_a_file_needs_an_outcome_and_a_folder(run: Run, file: Path) -> None:
    ran = run("split", str(file), "--channels", "TV.spend", "--outcome", "new users")
    assert ran.code == 2
    assert "--out is missing" in ran.err


def test_a_product_of_the_market_has_its_verdict_first(run: Run, example_market: Path) -> None:
    where = ("--market", str(example_market))
    ran = run("split", "Simulated advertiser M", *where)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[1] == "SIMULATED, nothing of it is real."
    assert lines[2].startswith("Of the new users ")
    for heading in ("Over time", "If all ads stop", "From ads to users who stay"):
        assert heading in lines
    ran = run("split", "Simulated advertiser M", *where, "--json")
    data = json.loads(ran.out)["data"]
    assert {part["verdict"] for part in data["parts"]} == {"cannot_tell"}
    assert data["together"][0]["share"]["value"] > 0
    ran = run("split", "Doubao", *where)
    assert "Cannot tell: no source tells what was spent" in ran.out
