"""`howdah fuse --state`: updates day by day, what they refuse, and what a crash leaves."""

import datetime as dt
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from howdah.estimates.fusion import state_update

#: Runs a command; `conftest` says how.
Run = Callable[..., Any]

WEEKS = 24
FIRST = dt.date(2024, 1, 1)
CUT = FIRST + dt.timedelta(weeks=20)


def claim_rows(n_series: int = 40) -> pl.DataFrame:
    draws = np.random.default_rng(3)
    level = draws.normal(10, 1, (n_series, 1))
    level = level + np.cumsum(draws.normal(0, 0.05, (n_series, WEEKS)), axis=1)
    value = level[:, :, None] + 0.2 * np.arange(3) + draws.normal(0, 0.1, (n_series, WEEKS, 3))
    i, t, s = np.nonzero(draws.random(value.shape) < 0.8)
    return pl.DataFrame(
        {
            "series": [f"app {n:02}" for n in i],
            "source": [f"vendor {n}" for n in s],
            "period": [FIRST + dt.timedelta(weeks=int(n)) for n in t],
            "value": np.exp(value[i, t, s]),
            "true": np.exp(level[i, t]),
        }
    )


class Folder:
    """A state made of the weeks before `CUT`, and runs that go on from it."""

    def __init__(self, run: Run, path: Path) -> None:
        self._run, self.path, self.rows = run, path, claim_rows()
        self._n = 0

    def fuse(
        self, rows: pl.DataFrame, *options: str, truth: pl.DataFrame | None = None, state: str = "s"
    ) -> Any:  # noqa: ANN401 - the fixture's own
        self._n += 1
        name = self.path / f"claims-{self._n}.csv"
        rows.drop("true", strict=False).write_csv(name)
        anchors = []
        if truth is not None:
            truth.write_csv(self.path / "truth.csv")
            anchors = ["--anchors", str(self.path / "truth.csv")]
        return self._run(
            "fuse", str(name), "--out", str(self.out), "--state", str(self.path / state),
            "--force", *anchors, *options,
        )  # fmt: skip

    @property
    def out(self) -> Path:
        return self.path / "out"

    def begin(self, *options: str) -> None:
        early = self.rows.filter(pl.col("period") < CUT)
        ran = self.fuse(early, *options, truth=truth_of(early))
        assert ran.code == 0, ran.err

    def estimates(self) -> pl.DataFrame:
        return pl.read_parquet(self.out / "estimates.parquet")

    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.out / "summary.json").read_text("utf-8"))
        return found

    def state(self) -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in (self.path / "s").iterdir()}

    def week(self, n: int) -> pl.DataFrame:
        return self.rows.filter(pl.col("period") == FIRST + dt.timedelta(weeks=n))


def truth_of(rows: pl.DataFrame) -> pl.DataFrame:
    known = rows.filter(pl.col("series") < "app 30").unique(["series", "period"])
    chosen = known.filter(pl.col("period").dt.day() <= 7).sort("series", "period")
    return chosen.select("series", "period", value="true")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("begun")


@pytest.fixture
def kept(run: Run, tmp_path: Path, begun: Path) -> Folder:
    """A state of the early weeks: made once, and copied for each test."""
    if not (begun / "out").exists():
        Folder(run, begun).begin()
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    return Folder(run, tmp_path)


def test_bounds_that_a_state_has_forgotten_make_no_value_either(kept: Folder) -> None:
    def week(n: int, *, low: float | None, value: float | None = None) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "series": ["only bounds"], "source": ["vendor 1"], "value": [value],
                "period": [FIRST + dt.timedelta(weeks=n)], "value_low": [low],
            },
            schema_overrides={"value": pl.Float64, "value_low": pl.Float64},
        )  # fmt: skip

    for n in (1, 15, 23):  # further apart than the window is long
        assert kept.fuse(week(20 + n, low=1000.0 * n)).code == 0
        own = kept.estimates().filter(pl.col("series") == "only bounds")
        assert own["value"].null_count() == own.height
        assert own["lower"][-1] == pytest.approx(1000.0 * n)
    assert kept.fuse(week(44, low=None, value=25_000.0)).code == 0
    own = kept.estimates().filter(pl.col("series") == "only bounds")
    assert own["value"].null_count() == 0


def test_an_update_touches_only_the_series_of_its_claims(kept: Folder) -> None:
    new = kept.week(20).filter(pl.col("series").is_in(["app 03", "app 35"]))
    ran = kept.fuse(new)
    assert ran.code == 0, ran.err
    estimates = kept.estimates()
    assert set(estimates["series"]) == {"app 03", "app 35"}
    assert estimates["period"].max() == CUT
    assert estimates["period"].n_unique() == 9
    summary = kept.summary()
    assert summary["state"]["n_updates"] == 1
    assert summary["update"]["n_new_series"] == 0
    # What the state kept of the two series counts as evidence, and not as new.
    assert summary["update"]["n_new_claims"] == new.height < summary["n_claims"]
    assert f"{new.height} new claims taken in; 2 series solved again from" in ran.err
    assert "intervals were tested" not in ran.err
    assert summary["refit_due"] == []
    # The others wait in the state for their own claims.
    assert kept.fuse(kept.week(21)).code == 0
    assert set(kept.estimates()["series"]) == set(kept.week(21)["series"])


def test_updates_end_near_a_full_run(kept: Folder) -> None:
    for n in range(20, WEEKS):
        assert kept.fuse(kept.week(n), truth=truth_of(kept.week(n))).code == 0
    updated = kept.estimates()
    assert kept.fuse(kept.rows, truth=truth_of(kept.rows), state="other").code == 0
    both = updated.join(kept.estimates(), on=["series", "period"], suffix="_full")
    assert both.height == updated.height > 0
    half = (pl.col("upper_full") / pl.col("lower_full")).log() / 2
    off = both.select(((pl.col("value") / pl.col("value_full")).log() / half).abs()).to_series()
    assert off.quantile(0.9) < 0.25  # type: ignore[operator]
    assert both["anchored"].equals(both["anchored_full"])


def test_one_update_of_two_weeks_is_two_updates(kept: Folder, run: Run) -> None:
    twice = Folder(run, kept.path / "twice")
    twice.path.mkdir()
    twice.begin()
    assert kept.fuse(pl.concat([kept.week(20), kept.week(21)])).code == 0
    assert twice.fuse(twice.week(20)).code == 0
    assert twice.fuse(twice.week(21)).code == 0
    both = kept.estimates().join(twice.estimates(), on=["series", "period"], suffix="_twice")
    assert both.height == twice.estimates().height
    half = (pl.col("upper") / pl.col("lower")).log() / 2
    off = both.select(((pl.col("value") / pl.col("value_twice")).log() / half).abs()).to_series()
    assert off.max() < 0.02  # type: ignore[operator]
    # The next week, they are as near.
    for folder in (kept, twice):
        assert folder.fuse(folder.week(22)).code == 0
    both = kept.estimates().join(twice.estimates(), on=["series", "period"], suffix="_twice")
    off = both.select(((pl.col("value") / pl.col("value_twice")).log() / half).abs()).to_series()
    assert off.max() < 0.05  # type: ignore[operator]


def test_a_late_claim_in_the_window_is_taken_in_and_an_older_one_set_aside(kept: Folder) -> None:
    late = kept.week(15).head(1).with_columns(pl.col("value") * 1.1)
    old = kept.week(2).head(1)
    ran = kept.fuse(pl.concat([old, late]))
    assert ran.code == 0, ran.err
    assert "1 of 2 rows was set aside" in ran.err
    row = pl.read_parquet(kept.out / "quarantine.parquet").row(0, named=True)
    assert (row["row"], row["column"], row["text"]) == (1, "period", "2024-01-15")
    assert "older than the window" in row["reason"]
    assert kept.summary()["update"]["n_too_old"] == 1
    at = kept.estimates().filter(pl.col("period") == late["period"][0])
    # The revision takes the place of the claim that it revises.
    n_before = kept.week(15).filter(pl.col("series") == late["series"][0]).height
    assert at["n_claims"].to_list() == [n_before]
    assert kept.summary()["n_gave_way"] == 1
    assert "1 claim came too late and was not used" in ran.err


def test_new_series_and_sources_and_segments_are_taken_in_and_a_refit_is_due(
    kept: Folder,
) -> None:
    new = kept.week(20).with_columns(segment=pl.lit(None, pl.String))
    joined = new.head(6).with_columns(source=pl.lit("newcomer"))
    series = new.head(2).with_columns(series=pl.lit("app 05b"), segment=pl.lit("games"))
    ran = kept.fuse(pl.concat([new, joined, series]))
    assert ran.code == 0, ran.err
    assert "time to learn anew" in ran.err
    assert "'newcomer'" in ran.err
    estimates = kept.estimates()
    assert set(estimates["series"]) == {*new["series"], "app 05b"}
    assert estimates["series"].is_sorted()
    methods = dict(estimates.select("series", "method").unique().rows())
    assert methods["app 05b"] == "fusion.1 uncalibrated here"
    assert methods[joined["series"][0]] == "fusion.1 uncalibrated here"
    assert methods["app 39"] == "fusion.1"
    assert kept.summary()["state"]["new_sources"] == ["newcomer"]
    assert kept.summary()["update"]["n_new_series"] == 1
    # They are known from then on.
    later = kept.week(21).head(3).with_columns(source=pl.lit("newcomer"))
    assert kept.fuse(later).code == 0
    assert kept.summary()["state"]["new_sources"] == ["newcomer"]
    assert kept.summary()["update"]["n_new_series"] == 0


def test_new_anchors_are_truth_and_test_the_intervals(kept: Folder) -> None:
    week = kept.week(20)
    truth = week.unique("series").sort("series").select("series", "period", value="true").head(25)
    ran = kept.fuse(week, truth=truth)
    assert ran.code == 0
    assert "25 new figures of truth tested the intervals of before" in ran.err
    at = kept.estimates().join(truth, on=["series", "period"], suffix="_true")
    assert (at["value"] / at["value_true"] - 1).abs().max() < 0.05  # type: ignore[operator]
    assert at["anchored"].all()
    found = kept.summary()["update"]["new_anchors"]
    assert found["n"] == found["n_series"] == 25
    assert found["coverage"] > 0.6


def test_truth_that_is_printed_again_counts_by_its_newest_print_as_in_a_full_run(
    kept: Folder,
) -> None:
    week = kept.week(20)

    def printed(rows: pl.DataFrame, factor: float, day: dt.date) -> pl.DataFrame:
        known = rows.unique("series").sort("series").head(25)
        value = pl.col("true") * factor
        when = pl.lit(day).cast(pl.Datetime("us"))
        return known.select("series", "period", value=value, published_at=when)

    first, again = (printed(week, f, CUT + dt.timedelta(days=n)) for f, n in ((1.4, 9), (1, 30)))
    assert kept.fuse(week, truth=first).code == 0
    between = kept.fuse(kept.week(21).head(1), truth=again)
    assert between.code == 0
    assert "25 new figures of truth" in between.err
    found = kept.estimates().join(again, on=["series", "period"], suffix="_true")
    assert found.height == 25
    assert (found["value"] / found["value_true"] - 1).abs().max() < 0.01  # type: ignore[operator]
    # An older print that comes later is no news, and tests no interval.
    late = kept.fuse(kept.week(22).head(1), truth=first)
    assert late.code == 0
    assert kept.summary()["update"]["new_anchors"]["n"] == 0
    assert kept.fuse(kept.week(23), truth=again.with_columns(value=pl.col("value") * 2)).code == 0
    # The full run reads both prints at once.
    early = kept.rows.filter(pl.col("period") <= CUT)
    truth = truth_of(kept.rows.filter(pl.col("period") < CUT)).with_columns(
        published_at=pl.lit(None, pl.Datetime("us"))
    )
    assert kept.fuse(early, truth=pl.concat([truth, first, again]), state="other").code == 0
    full = kept.estimates().join(again, on=["series", "period"], suffix="_true")
    both = found.join(full, on=["series", "period"], suffix="_full")
    assert (both["value"] / both["value_full"] - 1).abs().max() < 1e-3  # type: ignore[operator]


def test_rows_that_the_state_has_are_not_taken_in_again(kept: Folder) -> None:
    week = kept.week(20)
    assert kept.fuse(week).code == 0
    once = kept.estimates()
    ran = kept.fuse(pl.concat([week, week.head(5)]))
    assert ran.code == 0
    assert "0 new claims taken in" in ran.err
    assert kept.summary()["n_repeats"] == week.height + 5
    assert f"{week.height + 5} rows repeat another word for word" in ran.err
    both = kept.estimates().join(once, on=["series", "period"], suffix="_once")
    assert both.height == kept.estimates().height > 0
    assert both["n_claims"].equals(both["n_claims_once"])
    # What the state keeps is rounded.
    assert (both["value"] / both["value_once"] - 1).abs().max() < 1e-3  # type: ignore[operator]
    assert kept.fuse(pl.concat([week, kept.week(21).head(1)])).code == 0
    assert kept.summary()["update"]["n_new_claims"] == 1


@pytest.mark.parametrize("has_days", [True, False])
def test_a_figure_of_the_window_gives_way_to_a_newer_print(kept: Folder, has_days: bool) -> None:
    def printed(rows: pl.DataFrame, factor: float, days: int) -> pl.DataFrame:
        restated = rows.with_columns(pl.col("value") * factor)
        if has_days:
            return restated.with_columns(published_at=pl.col("period") + dt.timedelta(days=days))
        return restated

    week = kept.week(20).filter(pl.col("series") == "app 01")
    assert kept.fuse(printed(week, 1.0, 3)).code == 0
    once = kept.estimates()
    ran = kept.fuse(printed(week, 1.3, 10))
    assert ran.code == 0
    assert f"{week.height} earlier prints gave way to newer ones" in ran.err
    summary = kept.summary()
    assert (summary["n_gave_way"], summary["update"]["n_new_claims"]) == (week.height,) * 2
    both = kept.estimates().join(once, on=["series", "period"], suffix="_once")
    assert both["n_claims"].equals(both["n_claims_once"])
    assert both["value"][-1] > 1.05 * both["value_once"][-1]
    # Back again: as if nothing had been restated. The same file would be refused.
    assert kept.fuse(printed(week, 1.0 if has_days else 1.0005, 17)).code == 0
    again = kept.estimates().join(once, on=["series", "period"], suffix="_once")
    assert (again["value"] / again["value_once"] - 1).abs().max() < 2e-3  # type: ignore[operator]
    if has_days:
        # An older print that comes late counts no more.
        assert kept.fuse(printed(week, 0.5, 1)).code == 0
        assert kept.summary()["update"]["n_new_claims"] == 0
        late = kept.estimates().join(once, on=["series", "period"], suffix="_once")
        assert (late["value"] / late["value_once"] - 1).abs().max() < 1e-3  # type: ignore[operator]


def test_prints_of_a_full_run_give_way_to_those_of_an_update(run: Run, tmp_path: Path) -> None:
    folder = Folder(run, tmp_path)
    week = pl.col("period") == FIRST + dt.timedelta(weeks=19)
    rows = folder.rows.with_columns(published_at=pl.col("period") + dt.timedelta(days=3))
    early = rows.filter(pl.col("period") < CUT)
    assert folder.fuse(early).code == 0
    later = rows.filter(week & (pl.col("series") < "app 10")).with_columns(
        pl.col("value") * 1.2, pl.col("published_at") + dt.timedelta(days=7)
    )
    assert folder.fuse(later).code == 0
    assert folder.summary()["n_gave_way"] == later.height
    updated = folder.estimates().filter(week)
    assert folder.fuse(pl.concat([early, later]), state="t").code == 0
    assert folder.summary()["n_gave_way"] == later.height
    both = updated.join(folder.estimates(), on=["series", "period"], suffix="_full")
    assert both.height == 10
    assert both["n_claims"].equals(both["n_claims_full"])
    assert (both["value"] / both["value_full"] - 1).abs().median() < 0.02  # type: ignore[operator]


def test_anchors_that_intervals_do_not_hold_make_a_refit_due(kept: Folder) -> None:
    week = kept.week(20)
    off = week.unique("series").sort("series").select("series", "period", value=pl.col("true") * 3)
    ran = kept.fuse(week, truth=off)
    assert ran.code == 0
    assert "held the new truth of" in kept.summary()["refit_due"][0]


def test_a_verdict_stays_with_the_claims_of_the_window(kept: Folder) -> None:
    new, after, last = (kept.week(n).filter(pl.col("series") == "app 00") for n in range(20, 23))
    assert min(new.height, after.height, last.height) > 1
    verdicts = new.head(1).select("series", "source", "period", verdict=pl.lit("drop"))
    verdicts.write_csv(kept.path / "verdicts.csv")
    ran = kept.fuse(new, "--keep", str(kept.path / "verdicts.csv"))
    assert ran.code == 0, ran.err
    assert "verdicts read: 1; about no claim: 0" in ran.err
    # The next run reads no verdicts, and weighs the claims of its window anew.
    assert kept.fuse(after).code == 0
    suspects = pl.read_parquet(kept.out / "suspects.parquet")
    assert suspects["reason"].to_list() == ["reviewed"]
    assert "verdict" not in suspects.columns
    assert suspects["source"].to_list() == verdicts["source"].to_list()
    at = kept.estimates().filter(pl.col("period") == CUT)
    assert at["n_claims"].to_list() == [new.height - 1]
    # A new verdict goes before it.
    kept_again = verdicts.with_columns(verdict=pl.lit("keep"))
    kept_again.write_csv(kept.path / "verdicts.csv")
    assert kept.fuse(last, "--keep", str(kept.path / "verdicts.csv")).code == 0
    assert pl.read_parquet(kept.out / "suspects.parquet").height == 0


def test_a_slip_in_an_update_is_left_out_and_forgotten_by_the_state(kept: Folder) -> None:
    week = kept.week(20)
    series = week.group_by("series").len().filter(pl.col("len") == 3)["series"].min()
    is_slip = (pl.col("series") == series) & (pl.col("source") == "vendor 1")
    slipped = pl.when(is_slip).then(pl.col("value") * 1000).otherwise(pl.col("value"))
    assert kept.fuse(week.with_columns(slipped)).code == 0
    suspects = pl.read_parquet(kept.out / "suspects.parquet").filter(pl.col("series") == series)
    assert suspects.select("source", "reason").rows() == [("vendor 1", "unit_slip")]
    true = week.filter(is_slip)["true"][0]
    at = kept.estimates().filter((pl.col("series") == series) & (pl.col("period") == CUT))
    assert at["value"][0] == pytest.approx(true, rel=0.25)


def test_no_claims_leave_the_series_as_they_are(kept: Folder) -> None:
    ran = kept.fuse(kept.rows.head(0))
    assert ran.code == 0, ran.err
    assert kept.estimates().height == 0
    assert kept.fuse(kept.week(20)).code == 0
    assert set(kept.estimates()["series"]) == set(kept.week(20)["series"])


def test_the_same_claims_are_not_taken_in_twice(kept: Folder) -> None:
    assert kept.fuse(kept.week(20)).code == 0
    before = kept.state()
    ran = kept.fuse(kept.week(20))
    assert ran.code == 2
    assert "in the state already" in ran.err
    assert kept.state() == before


@pytest.mark.parametrize(
    ("option", "value"), [("--prob", "0.8"), ("--scale", "linear"), ("--loss", "squared")]
)
def test_other_options_than_those_of_the_state_are_an_error(
    kept: Folder, option: str, value: str
) -> None:
    before = kept.state()
    ran = kept.fuse(kept.week(20), option, value)
    assert ran.code == 2
    assert option in ran.err
    assert value in ran.err
    assert kept.state() == before


def test_another_date_than_that_of_the_state_is_an_error(kept: Folder) -> None:
    ran = kept.fuse(kept.week(20), "--as-of", "2024-07-01")
    assert ran.code == 2
    assert "--as-of" in ran.err


@pytest.mark.parametrize("damage", ["version", "json", "series", "residuals", "other", "absent"])
def test_a_state_that_cannot_be_read_is_an_error_and_stays(kept: Folder, damage: str) -> None:
    folder = kept.path / "s"
    table = next(folder.glob("series-*.parquet"))
    match damage:
        case "version":
            text = (folder / "state.json").read_text("utf-8")
            newer = re.sub(r'"format": \d+', '"format": 99', text)
            (folder / "state.json").write_text(newer, "utf-8")
        case "json":
            (folder / "state.json").write_bytes(b'{"format": 1, "meth')
        case "series":
            table.write_bytes(table.read_bytes()[:-100])
        case "residuals":
            (folder / "residuals.parquet").unlink()
        case "other":
            pl.DataFrame({"a": [1]}).write_parquet(table)
        case "absent":
            (folder / "state.json").unlink()
    before = kept.state()
    ran = kept.fuse(kept.week(20))
    assert ran.code == 2
    assert "state" in ran.err
    assert kept.state() == before


def test_a_state_with_static_or_in_the_place_of_the_output_is_an_error(
    run: Run, tmp_path: Path
) -> None:
    folder = Folder(run, tmp_path)
    ran = folder.fuse(folder.rows, "--static")
    assert ran.code == 2
    assert "--static" in ran.err
    assert folder.fuse(folder.rows, state="out").code == 2
    assert not (tmp_path / "out").exists()


def test_a_run_that_fails_leaves_no_state(run: Run, tmp_path: Path) -> None:
    folder = Folder(run, tmp_path)
    assert folder.fuse(folder.rows.drop("value")).code == 2
    assert not (tmp_path / "s").exists()
    assert not list(tmp_path.glob(".s*"))


def test_a_second_run_at_the_same_time_is_turned_away(kept: Folder) -> None:
    with state_update(kept.path / "s"):
        assert kept.fuse(kept.week(20)).code == 4


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.5, 0.8, 0.9, 0.95, 1.0])
def test_a_kill_leaves_the_old_state_or_the_new_one(kept: Folder, share: float) -> None:
    claims = kept.path / "killed.csv"
    kept.week(20).drop("true").write_csv(claims)
    before = kept.state()
    shutil.copytree(kept.path / "s", kept.path / "rehearsed")

    def command(state: str) -> list[str]:
        out = ["--out", str(kept.path / f"out of {state}"), "--state", str(kept.path / state)]
        return [sys.executable, "-m", "howdah", "fuse", str(claims), *out]

    started = time.monotonic()
    subprocess.run(command("rehearsed"), check=True, capture_output=True, timeout=300)
    took = time.monotonic() - started
    process = subprocess.Popen(command("s"), stderr=subprocess.DEVNULL)
    time.sleep(share * took)
    process.kill()
    process.wait()
    found = json.loads((kept.path / "s" / "state.json").read_text("utf-8"))
    table = kept.path / "s" / found["table"]
    if found["history"]["n_updates"] == 0:
        assert table.read_bytes() == before[table.name]
    assert pl.read_parquet(table)["series"].n_unique() == 40
    # Either way the next update goes on from there, and clears what was left.
    assert kept.fuse(kept.week(21)).code == 0
    assert len(list((kept.path / "s").iterdir())) == 3
