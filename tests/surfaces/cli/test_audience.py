"""`howdah audience`: files and columns, exit codes, states, and what a crash leaves."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from howdah.panels import state as states
from howdah.panels.audience import TABLES

#: Runs a command; `conftest` says how.
Run = Callable[..., Any]

START = dt.date(2024, 1, 1)
N_DAY = 90


def log_rows() -> pl.DataFrame:
    rng = np.random.default_rng(11)
    unit, product, day = np.nonzero(rng.random((60, 3, N_DAY)) < 0.2)
    return pl.DataFrame(
        {
            "unit": unit,
            "product": np.array(["tea", "coffee", "milk"])[product],
            "day": [START + dt.timedelta(days=int(d)) for d in day],
        }
    )


@pytest.fixture(name="run")
def with_texts(run: Run) -> Run:
    """The fixture of that name, for paths too."""
    return lambda *args: run(*map(str, args))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    log_rows().write_parquet(tmp_path / "log.parquet")
    strata = ["young" if unit % 3 else "old" for unit in range(60)]
    pl.DataFrame({"unit": range(60), "stratum": strata}).write_csv(tmp_path / "panel.csv")
    (tmp_path / "strata.csv").write_text("stratum,population\nyoung,5000\nold,900\n")
    return tmp_path


def panel_of(folder: Path) -> list[str]:
    return ["--panel", str(folder / "panel.csv"), "--strata", str(folder / "strata.csv")]


def tables_of(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.glob("*.parquet")}


def test_the_contract_s_files_and_columns(run: Run, folder: Path) -> None:
    out = folder / "out"
    result = run("audience", folder / "log.parquet", *panel_of(folder), "--out", out, "--json")
    assert result.code == 0
    assert {path.name for path in out.iterdir()} == {
        *(f"{name}.parquet" for name in TABLES),
        "retention_curve.parquet",
        "survival_laws.parquet",
        "summary.json",
    }
    daily = pl.read_parquet(out / "daily.parquet")
    assert daily.columns == [
        "product", "day", "metric", "value", "stderr", "n_raw", "mature", "suppressed"
    ]  # fmt: skip
    hidden = daily.filter("suppressed")
    assert hidden.height
    assert hidden["value"].is_null().all()
    assert hidden["n_raw"].is_null().all()
    young = daily.filter(~pl.col("mature"))
    assert young["value"].is_null().all()
    assert not young["suppressed"].any()
    l28 = pl.read_parquet(out / "l28.parquet")
    assert l28.columns == ["product", "day", "days_active", "value", "stderr", "n_raw"]
    summary = json.loads((out / "summary.json").read_text())
    assert summary["population"] == 5900
    assert summary["n_rows"] == log_rows().height
    assert {f"{name}.parquet" for name in summary["tables"]} == set(tables_of(out))
    assert summary["notes"] == []


def test_what_the_log_is_too_short_for_is_said(run: Run, folder: Path) -> None:
    call = ["audience", folder / "log.parquet", "--metrics", "retention,overlap"]
    result = run(
        *call, "--out", folder / "out", "--retention-days", "7,500", "--overlap-window", "99"
    )
    assert result.code == 0
    notes = [
        "retention has no value of day 500 after entry: the log has 90 days",
        "overlap has no row: no month ends in the log that has the 99 days up to its end",
    ]
    assert json.loads((folder / "out" / "summary.json").read_text())["notes"] == notes
    assert all(note in result.err for note in notes)


def test_threads_and_memory_change_no_byte(run: Run, folder: Path) -> None:
    for name, more in (("a", ["--threads", "1"]), ("b", ["--threads", "3", "--memory", "1e-6"])):
        call = [folder / "log.parquet", *panel_of(folder), "--out", folder / name, "--min-n", "0"]
        assert run("audience", *call, *more).code == 0
    assert tables_of(folder / "a") == tables_of(folder / "b")
    spilled = json.loads((folder / "b" / "summary.json").read_text())["spilled_bytes"]
    assert spilled == 4 * log_rows().height


def test_rows_set_aside_are_kept_and_strict_tells(run: Run, folder: Path) -> None:
    (folder / "more.csv").write_text("unit,product,day\n999,tea,2024-01-05\n5,tea,yesterday\n")
    call = ["audience", folder / "log.parquet", folder / "more.csv", *panel_of(folder)]
    result = run(*call, "--out", folder / "out", "--strict")
    assert result.code == 3
    aside = pl.read_parquet(folder / "out" / "quarantine.parquet")
    assert aside.columns == ["row", "column", "text", "reason", "file"]
    assert sorted(aside["row"]) == [1, 2]
    assert set(aside["file"]) == {str(folder / "more.csv")}
    assert "2 rows could not be read" in result.err


@pytest.mark.parametrize("is_panel", [True, False])
def test_a_state_goes_on_to_what_one_run_gives(run: Run, folder: Path, is_panel: bool) -> None:
    who = panel_of(folder) if is_panel else []
    assert run("audience", folder / "log.parquet", *who, "--out", folder / "one").code == 0
    rows = log_rows()
    for n, cut in enumerate((60, 89, 90)):
        low = START + dt.timedelta(days=(0, 60, 89)[n])
        some = rows.filter(pl.col("day").is_between(low, START + dt.timedelta(days=cut - 1)))
        some.write_parquet(folder / "new.parquet")
        call = [folder / "new.parquet", *who, "--out", folder / "out", "--force"]
        assert run("audience", *call, "--state", folder / "state").code == 0
    assert tables_of(folder / "out") == tables_of(folder / "one")


def test_a_state_refuses_what_it_cannot_serve(run: Run, folder: Path) -> None:
    call = ["audience", folder / "log.parquet", "--out", folder / "out", "--force"]
    kept = ["--state", folder / "state"]
    assert run(*call, *panel_of(folder), *kept).code == 0
    before = {path.name: path.read_bytes() for path in (folder / "state").iterdir()}
    pl.DataFrame({"unit": ["a"], "product": [1], "day": [START]}).write_csv(folder / "text.csv")
    for args, said in (
        ([*call, *kept], "was made of a panel, and this log is of a census"),
        ([*call, *panel_of(folder), *kept, "--tz", "Asia/Tokyo"], "made with --tz UTC"),
        (
            ["audience", folder / "text.csv", *call[2:], *panel_of(folder), *kept],
            "this log is of texts as units",
        ),
        ([*call, *panel_of(folder), "--state", folder / "out"], "are both"),
        ([*call, "--state", folder], "holds no state of howdah audience"),
        ([*call, "--state", folder / "strata.csv"], "is a file"),
    ):
        result = run(*args)
        assert result.code == 2
        assert said in result.err
    more = pl.read_csv(folder / "panel.csv").vstack(
        pl.DataFrame({"unit": [77], "stratum": ["old"]})
    )
    more.write_csv(folder / "panel.csv")
    result = run(*call, *panel_of(folder), *kept)
    assert result.code == 2
    assert "The panel has other units or strata" in result.err
    assert "only joined, left and populations may change" in result.err
    assert "Run with all logs and a new --state; nothing was changed." in result.err
    assert {path.name: path.read_bytes() for path in (folder / "state").iterdir()} == before


def test_a_fault_at_the_last_step_leaves_the_state_and_its_lock(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = ["audience", folder / "log.parquet", "--out", folder / "out", "--force"]
    kept = ["--state", folder / "state"]
    assert run(*call, *kept).code == 0
    before = {path.name: path.read_bytes() for path in (folder / "state").iterdir()}
    first = tables_of(folder / "out")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(states, "_sync", fail)
        assert run(*call, *kept).code == 1
    after = {path.name: path.read_bytes() for path in (folder / "state").iterdir()}
    assert {name: after[name] for name in before} == before
    # The same call again ends as it would have: what was written twice counts once.
    assert run(*call, *kept).code == 0
    assert tables_of(folder / "out") == first
    # What was replaced is gone: one file of units, and one of each block.
    names = [path.name for path in (folder / "state").iterdir()]
    assert len(names) == len({name[: name.rindex("-")] for name in names if "-" in name}) + 1


def test_a_fault_half_way_leaves_the_state_as_it_was(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = ["audience", folder / "log.parquet", "--out", folder / "out", "--force"]
    kept = ["--state", folder / "state", "--metrics", "daily"]
    assert run(*call, *kept).code == 0
    before = {path.name: path.read_bytes() for path in (folder / "state").iterdir()}
    add, parts = states.StateWriter.add, []

    def fail(self: states.StateWriter, blocks: object, *, is_wide: bool) -> None:
        add(self, blocks, is_wide=is_wide)
        # Files of the next state are begun, and there they are left.
        parts.append(len(list((folder / "state").glob("block-*"))))
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(states.StateWriter, "add", fail)
        assert run(*call, *kept).code == 1
    assert parts[0] > sum(name.startswith("block-") for name in before)
    assert {path.name: path.read_bytes() for path in (folder / "state").iterdir()} == before
    assert run(*call, *kept).code == 0


def test_a_damaged_state_is_told(run: Run, folder: Path) -> None:
    call = ["audience", folder / "log.parquet", "--out", folder / "out", "--force"]
    kept = ["--state", folder / "state", "--metrics", "daily"]
    assert run(*call, *kept).code == 0
    log_rows().filter(pl.col("day") == START + dt.timedelta(days=89)).write_parquet(call[1])
    for kind in ("figures-*", "units-*", "block-*"):
        for path in (folder / "state").glob(kind):
            path.write_bytes(b"PAR1")
        result = run(*call, *kept)
        assert result.code == 2
        assert "is a damaged state" in result.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--metrics", "dayly"], "Did you mean 'daily'"),
        (["--metrics", ","], "--metrics names none"),
        (["--tz", "Mars/Base"], "no time zone 'Mars/Base'"),
        (["--burn-in", "-1"], "--burn-in is -1"),
        (["--memory", "0"], "--memory is 0"),
        (["--panel", "panel.csv"], "--panel is given without --strata"),
    ],
)
def test_wrong_options_are_told(run: Run, folder: Path, options: list[str], said: str) -> None:
    result = run("audience", folder / "log.parquet", "--out", folder / "out", *options)
    assert result.code == 2
    assert said in result.err
    assert not (folder / "out").exists()


def test_days_without_a_row_are_named(run: Run, folder: Path) -> None:
    missing = [START + dt.timedelta(days=day) for day in (10, 30, 31, 32)]
    log = log_rows().filter(~pl.col("day").is_in(missing))
    stray = log.head(1).with_columns(day=pl.lit(START + dt.timedelta(days=N_DAY + 4)))
    pl.concat([log, stray]).write_parquet(folder / "gaps.parquet")
    result = run("audience", folder / "gaps.parquet", "--out", folder / "out", "--metrics", "daily")
    assert result.code == 0
    told = (
        "no row on 8 of 95 days: 2024-01-11, 2024-01-31 to 2024-02-02 and 2024-03-31 to 2024-04-03"
    )
    assert told in " ".join(result.err.split())
    summary = json.loads((folder / "out" / "summary.json").read_text())
    assert summary["n_days_without_rows"] == 8
    assert any(told in note for note in summary["notes"])


def test_a_stratum_of_one_unit_is_named(run: Run, folder: Path) -> None:
    (folder / "strata.csv").write_text("stratum,population\nyoung,5000\nold,900\nlone,2\n")
    with (folder / "panel.csv").open("a") as panel:
        panel.write("77,lone\n")
    call = ["audience", folder / "log.parquet", *panel_of(folder), "--metrics", "daily"]
    result = run(*call, "--out", folder / "out", "--min-n", "0")
    assert result.code == 0
    assert pl.read_parquet(folder / "out" / "daily.parquet")["stderr"].is_null().all()
    (note,) = json.loads((folder / "out" / "summary.json").read_text())["notes"]
    assert note.startswith("no standard error: one unit alone stands for stratum 'lone'")
    # One that stands for itself alone has no spread to show.
    (folder / "strata.csv").write_text("stratum,population\nyoung,5000\nold,900\nlone,1\n")
    assert run(*call, "--out", folder / "out", "--force").code == 0
    assert json.loads((folder / "out" / "summary.json").read_text())["notes"] == []
