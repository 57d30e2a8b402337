"""What pages, reports and checks say of a panel: a small one whose second product is given up."""

import dataclasses
import datetime as dt
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import howdah
from howdah.market import Market
from howdah.market.pages.audience import Survived
from howdah.surfaces.cli import app
from howdah.surfaces.reports.audiences import Audiences
from howdah.surfaces.reports.axes import axis_of
from howdah.surfaces.reports.curves import survival_spec
from howdah.surfaces.reports.words import Words

FIRST = dt.date(2024, 1, 1)
N_DAY = 100
AXIS = axis_of([0.0, 50.0, 95.0], "logit", "percent", "en")

#: Day from which on nobody uses the second product.
GIVEN_UP = 70

_SPEC = """\
title = "A panel"
source = "Panel"
path = "data/log.csv"
replay = true
[licence]
name = "own"
may_export = true
[panel]
roster = "data/panel.csv"
strata = "data/strata.csv"
unit = "who"
min_n = 5
burn_in = 20
"""

_SEGMENT = """
[[segment]]
id = "apps"
title = "Apps"
headline = "dau"
members = ["Alpha", "Beta"]
"""


@dataclass
class Built:
    folder: Path

    def run(self, *args: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, [*args, "--market", str(self.folder)])
        assert result.exit_code == code, result.output
        return " ".join(result.output.split())

    @property
    def market(self) -> Market:
        return Market(self.folder, now=lambda: dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC))


def a_log() -> pl.DataFrame:
    rng = np.random.default_rng(11)
    rows = []
    for unit in range(50):
        for app_name, last in (("Alpha", N_DAY), ("Beta", GIVEN_UP)):
            start = max(int(rng.integers(-30, N_DAY)), 0)
            days = [d for d in range(start, last) if d == start or rng.random() < 0.5]
            rows += [(f"u{unit:02}", app_name, FIRST + dt.timedelta(days=d)) for d in days]
    return pl.DataFrame(rows, schema=["who", "product", "day"], orient="row").sort("day", "who")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("pages") / "m"
    howdah.init(folder)
    with (folder / "market.toml").open("a") as file:
        file.write(_SEGMENT)
    (folder / "data").mkdir()
    a_log().write_csv(folder / "data" / "log.csv")
    units = pl.DataFrame({"unit": [f"u{n:02}" for n in range(50)]})
    units.with_columns(pl.lit("all").alias("stratum")).write_csv(folder / "data" / "panel.csv")
    (folder / "data" / "strata.csv").write_text(
        "stratum,population,units_per_person\nall,10000,2\n"
    )
    (folder / "feeds" / "panel.toml").write_text(_SPEC)
    made = Built(folder)
    update = made.market.update()[0]
    assert not update.error, update.error
    return made


def test_the_last_level_of_a_product_says_that_later_ones_are_suppressed(built: Built) -> None:
    series = {s.metric: s for s in built.market.show("Beta").series}
    dau = series["dau"]
    assert dau.last.period.end is not None
    assert dau.last.period.end < FIRST + dt.timedelta(days=GIVEN_UP)
    assert dau.later is not None
    # The last whole week of the log, in which nobody used it.
    assert dau.later.until == dt.date(2024, 4, 7)
    assert (dau.later.every, dau.later.min_n) == ("week", 5)
    # A month that is not over is no later month.
    assert series["mau_month"].last.period.label == "2024-03"
    assert series["mau_month"].later is None
    retention = built.market.show("Alpha").series
    assert [s.metric for s in retention if s.later and not s.metric.startswith("retention")] == []
    said = built.run("show", "Beta")
    assert re.search(
        r"2024-W\d\d; later weeks, to 2024-04-07, are suppressed: fewer than 5 units", said
    )
    assert "later weeks" not in built.run("show", "Alpha")


@pytest.fixture(scope="module")
def reports(built: Built, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The market's report by language."""
    folder = tmp_path_factory.mktemp("reports")
    built.run("report", "--out", str(folder))
    found = {lang: next(folder.glob(f"*{lang}*.html")) for lang in ("en", "zh")}
    return {lang: path.read_text(encoding="utf-8") for lang, path in found.items()}


def test_a_report_says_that_a_last_level_is_old(reports: dict[str, str]) -> None:
    for lang, label, note in (
        ("en", r"Beta · 2024-W\d\d †", "later weeks, to 2024-04-07"),
        ("zh", r"Beta · 2024-W\d\d †", "其后各周（至2024-04-07）"),
    ):
        html = reports[lang]
        assert re.search(label, html)
        assert note in html
        assert not re.search(label.replace("Beta", "Alpha"), html)


def test_days_active_are_those_of_the_last_day_there_is(
    built: Built, reports: dict[str, str]
) -> None:
    # They are counted on the 28th day of the log, every seventh after it, and month ends.
    audience = built.market.audience("Alpha").audiences[0]
    day = audience.power_on
    assert audience.last_day == FIRST + dt.timedelta(days=N_DAY - 1)
    assert day == FIRST + dt.timedelta(days=27 + 70)
    days = a_log().filter(
        (pl.col("product") == "Alpha") & pl.col("day").is_between(day - dt.timedelta(days=27), day)
    )
    n = days.group_by("who").len()["len"]
    share = round(100 * n.is_between(1, 3).sum() / len(n))
    # Counts of fewer than five units are suppressed, one by one.
    hidden = any(0 <= (n == k).sum() < 5 for k in (1, 2, 3))
    said = built.run("show", "Alpha")
    found = re.search(rf"Days active of 28 to {day}: 1 to 3: (at least )?(suppressed|\d+ %)", said)
    assert found
    if hidden:
        assert found[1] or found[2] == "suppressed"
    else:
        assert found[2] == f"{share} %"
    assert f"of the 28 days to {day}" in reports["en"]
    # Of a product that fewer than five use, all of them are suppressed.
    assert re.search(r"Days active of 28 to 2024-\d\d-\d\d: suppressed", built.run("show", "Beta"))


def test_units_and_what_they_stand_for_are_told_apart(
    built: Built, reports: dict[str, str]
) -> None:
    # Two devices a person: 10,000 devices are 5,000 people.
    said = "50 units (device) of the panel stand for 5,000 people"
    assert said in built.run("show", "Alpha")
    assert said.replace("device", "devices") in reports["en"]
    assert "代表5,000人" in reports["zh"]
    strata = built.folder / "data" / "strata.csv"
    text = strata.read_text()
    try:
        # Whether these are persons, the file that was counted told.
        strata.write_text("stratum,population\nall,5000\n")
        assert "stand for 5,000;" in built.run("show", "Alpha")
    finally:
        strata.write_text(text)


def test_what_each_of_two_intervals_holds_is_said(built: Built, reports: dict[str, str]) -> None:
    also = "also hold the bias and noise that any single source may have"
    assert f"at 90 %; those of estimates, at the same, {also}" in built.run("show", "Alpha")
    assert f"Intervals here hold sampling alone; those of estimates {also}." in reports["en"]
    # It is so: of one day, that of the estimate is the wider one.
    page = built.market.show("Alpha")
    point = page.audiences[0].levels["mau_month"]
    estimate = page.estimate("mau_month")
    assert estimate.period.end == point.day
    ends = (estimate.lower, estimate.upper, point.measure.lower, point.measure.upper)
    lower, upper, sampling_lower, sampling_upper = (float(end or 0) for end in ends)
    assert lower < sampling_lower < sampling_upper < upper


def test_survival_has_a_chart_of_its_own(built: Built) -> None:
    # This log is too short for a law, so one is put in its place.
    told = built.market.audience("Alpha").audiences[0]
    law = tuple(
        Survived(n, 0.9 - n / 500, 0.8 - n / 500, 0.95 - n / 500, is_extrapolated=n > 60)
        for n in (1, 30, 60, 90, 120)
    )
    for survival, keys in ((law, ["retention", "survival"]), (law[:3], ["retention"])):
        audience = dataclasses.replace(told, survival=survival, verdict="fits")
        view = Audiences(Words(built.market.metrics, "en"), built.market.metrics).view(
            "Alpha", audience
        )
        charts = {chart.uid.rpartition("-")[2]: chart for chart in view.charts}
        assert [key for key in charts if key in {"retention", "survival"}] == keys
        # Retention and survival are two quantities: no dashed piece floats above retention.
        assert "stroke-dasharray" not in charts["retention"].svg
    spec = survival_spec(dataclasses.replace(told, survival=law), AXIS, "percent", "days")
    lines = [layer for layer in spec["layer"] if layer["mark"]["type"] == "line"]
    days = [[row["n"] for row in layer["data"]["values"]] for layer in lines]
    assert days == [[1, 30, 60], [60, 90, 120]]
    assert ["strokeDash" in layer["mark"] for layer in lines] == [False, True]


def test_the_radar_says_who_has_figures_of_panels_alone(built: Built, tmp_path: Path) -> None:
    said = built.run("radar")
    assert "2 entities have figures of panels alone. Growth is looked for in figures of" in said
    assert json.loads(built.run("radar", "--json"))["data"]["n_panel_alone"] == 2
    # Before the log begins nothing is known of them.
    assert "of panels alone" not in built.run("radar", "--as-of", "2023-12-31")
    # A counter of one of them leaves the other.
    folder = tmp_path / "m"
    shutil.copytree(built.folder, folder)
    (folder / "data" / "stars.csv").write_text("app,day,v\nBeta,2024-03-01,10\n")
    (folder / "feeds" / "stars.toml").write_text(
        'title = "S"\nsource = "S"\nnature = "counter"\npath = "data/stars.csv"\n'
        '[licence]\nname = "own"\n[[claim]]\nsubject = { column = "app" }\nmetric = "stars"\n'
        'value = { column = "v" }\nperiod = { column = "day" }\n'
    )
    more = Built(folder)
    more.market.update(["stars"])
    assert "1 entity has figures of panels alone." in more.run("radar", "--as-of", "2026-12-31")


def test_a_check_reads_the_log_roster_and_strata_of_a_panel(built: Built, tmp_path: Path) -> None:
    spec, log = built.folder / "feeds" / "panel.toml", built.folder / "data" / "log.csv"
    files = sorted(path for path in built.folder.rglob("*") if path.is_file())
    said = built.run("feed", "check", str(spec), str(log))
    rows = a_log()
    assert f"{rows.height:,} rows of the log can be counted, 0 rows cannot" in said
    assert f"{rows['who'].n_unique()} units and 2 products, 2024-01-01 to 2024-04-09" in said
    assert "50 units in 1 stratum stand for 5,000" in said
    assert "dau every week" in said
    # Nothing is stored.
    assert sorted(path for path in built.folder.rglob("*") if path.is_file()) == files
    bad = tmp_path / "log.csv"
    bad.write_text(log.read_text() + "u01,Alpha,soon\nstranger,Alpha,2024-02-01\n")
    said = built.run("feed", "check", str(spec), str(bad), "--strict", code=3)
    assert f"{rows.height:,} rows of the log can be counted, 2 rows cannot" in said
    assert "1 row of the log: no such unit in data/panel.csv" in said
    assert "soon" in said
    assert "stranger" not in said
    found = json.loads(built.run("feed", "check", str(spec), str(bad), "--json"))["data"]
    assert (found["n_rows"], found["n_strange"], found["n_panel"]) == (rows.height + 1, 1, 50)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("strata.csv", "stratum,population\nall,20\n", "has a population of 20, and 50 units"),
        ("strata.csv", "stratum,population\nother,9000\n", "units of a stratum that"),
        ("panel.csv", "unit,group\nu01,all\n", "no column 'stratum'"),
        ("panel.csv", None, "no such file"),
    ],
)
def test_a_check_says_what_is_wrong_with_a_panel(
    built: Built, tmp_path: Path, name: str, text: str | None, said: str
) -> None:
    folder = tmp_path / "m"
    shutil.copytree(built.folder, folder, ignore=shutil.ignore_patterns("lake"))
    path = folder / "data" / name
    if text is None:
        path.unlink()
    else:
        path.write_text(text)
    other = Built(folder)
    log = str(folder / "data" / "log.csv")
    spec = str(folder / "feeds" / "panel.toml")
    result = CliRunner().invoke(app, ["feed", "check", spec, log, "--market", str(other.folder)])
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
    assert name in result.output or "population" in said


def test_a_check_of_a_census_needs_no_panel(built: Built, tmp_path: Path) -> None:
    spec = tmp_path / "census.toml"
    kept = [li for li in _SPEC.splitlines() if not li.startswith(("roster", "strata"))]
    spec.write_text("\n".join(kept))
    said = built.run("feed", "check", str(spec), str(built.folder / "data" / "log.csv"))
    assert "a census: every unit stands for itself" in said
