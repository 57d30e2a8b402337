"""Panels in a market: claims with standard errors, what was known when, and simulations apart."""

import dataclasses
import datetime as dt
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import howdah
from howdah.core.errors import InputError, SpecError
from howdah.market import Market
from howdah.market.pages.audience import Audience, Measure

FIRST = dt.date(2024, 1, 1)
N_DAY = 150
NOW = dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)

FEED = """\
title = "A panel"
source = "Panel"
path = "data/log/*.csv"
replay = {replay}
{keys}
[licence]
name = "own"
[panel]
roster = "data/panel.csv"
strata = "data/strata.csv"
unit = "who"
min_n = 5
burn_in = 20
{panel}
"""


def a_log(seed: int = 3, n_unit: int = 60) -> pl.DataFrame:
    """Rows of units that take up two apps on some day and then use them now and then."""
    rng = np.random.default_rng(seed)
    rows = []
    for unit in range(n_unit):
        for app in ("alpha", "beta"):
            start = int(rng.integers(-40, N_DAY))
            days = np.arange(max(start, 0), N_DAY)
            active = days[(days == start) | (rng.random(len(days)) < 0.3)]
            rows += [(f"person-{unit:03}", app, FIRST + dt.timedelta(days=int(d))) for d in active]
    return pl.DataFrame(rows, schema=["who", "product", "day"], orient="row").sort("day", "who")


def a_market(folder: Path, *, replay: bool = True, keys: str = "", panel: str = "") -> Path:
    howdah.init(folder)
    (folder / "data" / "log").mkdir(parents=True)
    units = pl.DataFrame({"unit": [f"person-{n:03}" for n in range(60)]})
    units.with_columns(
        pl.when(pl.col("unit") < "person-020").then(pl.lit("young")).otherwise(pl.lit("old"))
        .alias("stratum")
    ).write_csv(folder / "data" / "panel.csv")  # fmt: skip
    (folder / "data" / "strata.csv").write_text("stratum,population\nyoung,1000\nold,5000\n")
    (folder / "feeds" / "panel.toml").write_text(
        FEED.format(replay=str(replay).lower(), keys=keys, panel=panel)
    )
    return folder


def put(folder: Path, name: str, rows: pl.DataFrame) -> None:
    rows.write_csv(folder / "data" / "log" / f"{name}.csv")


def opened(folder: Path, now: dt.datetime = NOW) -> Market:
    return Market(folder, now=lambda: now)


def split(log: pl.DataFrame, day: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    is_early = pl.col("day") < FIRST + dt.timedelta(days=day)
    return log.filter(is_early), log.filter(~is_early)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[object]]:
    folder = a_market(tmp_path_factory.mktemp("panel") / "m")
    put(folder, "all", a_log())
    return folder, list(opened(folder).update())


def test_claims_carry_standard_errors_and_lead_to_the_logs(
    built: tuple[Path, list[object]],
) -> None:
    folder, updates = built
    assert not updates[0].error, updates  # type: ignore[attr-defined]
    market = opened(folder)
    series = next(s for s in market.show("alpha").series if s.metric == "dau")
    statement = series.statements[-1]
    assert statement.definition == "panel:dau"
    assert statement.stderr is not None
    assert statement.stderr > 0
    claim = market.trail(statement.claim_id).claims[0]
    record = json.loads(claim.raw_text)
    assert record["product"] == "alpha"
    assert record["audience_table"] == "daily"
    assert record["value"] == pytest.approx(statement.value)
    sha256 = dict(claim.logs)["data/log/all.csv"]
    assert sha256 == _sha256(folder / "data" / "log" / "all.csv")


def test_every_figure_of_an_audience_leads_to_its_own_count(
    built: tuple[Path, list[object]],
) -> None:
    folder, _ = built
    market = opened(folder)
    (audience,) = market.audience("alpha").audiences
    (panel,) = market.flows().panels
    flow = panel.flows[0]
    measures = [
        ("daily", audience.levels["mau28"].measure),
        ("daily", audience.growth[-1].new),
        ("l28", next(m for m in audience.power if m.value is not None)),
        ("months", next(m for _, m in audience.months[0].days if m.value is not None)),
        ("overlap", audience.overlaps[0].measure),
        ("migration", flow.measure),
    ]
    for table, measure in measures:
        trail = market.trail(measure.cell_id)
        (cell,) = trail.cells
        assert (cell.table, cell.value, cell.n_raw) == (table, measure.value, measure.n_raw)
        assert dict(cell.logs) == {"data/log/all.csv": _sha256(folder / "data" / "log" / "all.csv")}
    assert len({measure.cell_id for _, measure in measures}) == len(measures)
    left, joined = (side.removeprefix("name:") or "(none)" for side in (flow.source, flow.target))
    assert {cell.key["product"], cell.key["other"]} >= {left, joined} - {"(none)"}
    with pytest.raises(InputError, match="No figure of a panel has the id"):
        market.trail("p000000000000")


def test_a_late_print_has_an_id_of_its_own_and_the_first_is_still_found(tmp_path: Path) -> None:
    log = a_log()
    is_late = (pl.col("day") == FIRST + dt.timedelta(days=100)) & (pl.col("who") < "person-030")
    folder = a_market(tmp_path / "m")
    put(folder, "first", log.filter(~is_late))
    opened(folder).update()
    day = FIRST + dt.timedelta(days=100)

    def of_day(market: Market) -> Measure:
        users = market.audience("alpha").audiences[0].users
        return next(p.measure for p in users if p.day == day)

    before = of_day(opened(folder))
    put(folder, "late", log.filter(is_late))
    market = opened(folder, NOW + dt.timedelta(days=1))
    market.update()
    after = of_day(market)
    assert before.cell_id != after.cell_id
    values = [market.trail(m.cell_id).cells[0].value for m in (before, after)]
    assert values == [before.value, after.value]


def _sha256(path: Path) -> str:
    import hashlib  # noqa: PLC0415 - here alone

    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_weekly_users_are_those_of_the_log(built: tuple[Path, list[object]]) -> None:
    folder, _ = built
    log = a_log()
    series = next(s for s in opened(folder).show("alpha").series if s.metric == "wau")
    weights = {"young": 1000 / 20, "old": 5000 / 40}
    checked = 0
    for statement in series.statements:
        year, week = statement.period.split("-W")
        monday = dt.date.fromisocalendar(int(year), int(week), 1)
        own = log.filter(
            (pl.col("product") == "alpha")
            & pl.col("day").is_between(monday, monday + dt.timedelta(days=6))
        )["who"].unique()
        expected = sum(weights["young" if who < "person-020" else "old"] for who in own)
        assert statement.value == pytest.approx(expected)
        checked += 1
    assert checked > 15


def test_users_of_a_month_are_those_of_the_log_under_the_month_s_own_label(
    built: tuple[Path, list[object]],
) -> None:
    folder, _ = built
    log = a_log().filter(pl.col("product") == "alpha")
    series = next(s for s in opened(folder).show("alpha").series if s.metric == "mau_month")
    weights = {True: 1000 / 20, False: 5000 / 40}
    # The log ends on the 29th of May, so May is not told.
    assert [s.period for s in series.statements] == ["2024-01", "2024-02", "2024-03", "2024-04"]
    for statement in series.statements:
        is_in = pl.col("day").dt.strftime("%Y-%m") == statement.period
        own = log.filter(is_in)["who"].unique()
        assert statement.value == pytest.approx(sum(weights[who < "person-020"] for who in own))
        assert statement.stderr


def test_retention_of_a_month_is_that_of_its_entries(built: tuple[Path, list[object]]) -> None:
    folder, _ = built
    log = a_log().filter(pl.col("product") == "alpha")
    entry = dict(log.group_by("who").agg(pl.col("day").min()).iter_rows())
    active = set(log.select("who", "day").iter_rows())
    weights = {True: 1000 / 20, False: 5000 / 40}
    months = opened(folder).audience("alpha").audiences[0].months
    assert len(months) >= 3
    for month in months:
        own = [w for w, day in entry.items() if day.replace(day=1) == month.month]
        for n, measure in month.days:
            back = [w for w in own if (w, entry[w] + dt.timedelta(days=n)) in active]
            size = sum(weights[w < "person-020"] for w in own)
            if measure.value is None:
                assert len(own) < 5
                continue
            assert measure.n_raw == len(own)
            share = sum(weights[w < "person-020"] for w in back) / size
            assert measure.value == pytest.approx(share)
            # Of a handful the share itself tells little, even where none or all of them return.
            assert measure.lower is not None
            assert measure.upper is not None
            assert 0 <= measure.lower <= share <= measure.upper <= 1
            assert measure.upper - measure.lower > 1 / len(own)


def test_no_id_of_a_unit_is_kept(built: tuple[Path, list[object]]) -> None:
    folder, _ = built
    kept = [path for path in (folder / "lake").rglob("*") if path.is_file()]
    assert len(kept) > 10
    for path in kept:
        assert b"person-0" not in path.read_bytes(), path
    tables = list((folder / "lake" / "panels").rglob("*.parquet"))
    assert tables
    for path in tables:
        frame = pl.read_parquet(path)
        for name in ("unit", "who"):
            if name in frame.columns:
                assert frame.schema[name].is_integer()


@pytest.mark.parametrize("replay", [True, False])
def test_later_days_change_nothing_of_an_earlier_date(tmp_path: Path, replay: bool) -> None:
    early, late = split(a_log(), 110)
    folder = a_market(tmp_path / "m", replay=replay)
    put(folder, "early", early)
    # A replay takes a day's rows to have come on the day after; else they came with the update.
    then = FIRST + dt.timedelta(days=110 if replay else 115)
    market = opened(folder, dt.datetime.combine(then, dt.time(12), dt.UTC))
    assert not market.update()[0].error
    before, page = market.audience("alpha", then), market.show("alpha", then)
    assert before.audiences[0].last_day == early["day"].max()
    put(folder, "late", late)
    market = opened(folder)
    assert not market.update()[0].error
    again, page_again = market.audience("alpha", then), market.show("alpha", then)
    assert again.audiences[0].users == before.audiences[0].users
    assert again.audiences[0].months == before.audiences[0].months
    assert again.audiences[0].levels == before.audiences[0].levels
    assert [s.statements for s in page_again.series] == [s.statements for s in page.series]
    now = market.audience("alpha").audiences[0]
    assert now.last_day == late["day"].max()
    # What was added to the words is what one log of all would have given.
    whole = a_market(tmp_path / "whole", replay=replay)
    put(whole, "all", a_log())
    other = opened(whole)
    assert not other.update()[0].error
    assert _counted(now) == _counted(other.audience("alpha").audiences[0])


def _counted(audience: Audience) -> list[Measure]:
    """Daily users without their ids, which tell when each was learnt."""
    return [dataclasses.replace(point.measure, cell_id="") for point in audience.users]


def test_late_rows_are_another_print_from_when_they_came(tmp_path: Path) -> None:
    log = a_log()
    is_late = (pl.col("day") == FIRST + dt.timedelta(days=100)) & (pl.col("who") < "person-030")
    folder = a_market(tmp_path / "m")
    put(folder, "first", log.filter(~is_late))
    opened(folder).update()
    before = opened(folder).audience("alpha", "2024-06-15").audiences[0]
    put(folder, "late", log.filter(is_late))
    later = NOW + dt.timedelta(days=1)
    opened(folder, later).update()
    market = opened(folder, later)
    assert market.audience("alpha", "2024-06-15").audiences[0].users == before.users
    day = FIRST + dt.timedelta(days=100)
    old, new = (
        next(p.measure.value for p in a.users if p.day == day)
        for a in (before, market.audience("alpha").audiences[0])
    )
    assert old is not None
    assert new is not None
    assert new > old


def test_an_update_without_new_logs_appends_nothing(built: tuple[Path, list[object]]) -> None:
    folder, _ = built
    again = opened(folder, NOW + dt.timedelta(days=3)).update()[0]
    assert (again.unchanged, again.appended.n_new, again.error) == (1, 0, "")


def test_compaction_leaves_one_file_a_table_and_changes_no_page(tmp_path: Path) -> None:
    folder = a_market(tmp_path / "m")
    for n, rows in enumerate(split(a_log(), 110)):
        put(folder, f"log-{n}", rows)
        opened(folder, NOW + dt.timedelta(days=n)).update()
    market = opened(folder, NOW + dt.timedelta(days=2))
    then = FIRST + dt.timedelta(days=109)
    before = [market.audience("alpha", day) for day in (None, then)]
    tables = folder / "lake" / "audience"
    n_before, n_after = market.compact()
    assert n_before - n_after >= len(list(tables.iterdir()))
    market = opened(folder, NOW + dt.timedelta(days=2))
    assert [market.audience("alpha", day) for day in (None, then)] == before
    assert market.compact() == (n_after, n_after)
    # What is counted anew is found to be held.
    assert market.update()[0].appended.n_new == 0


def test_a_changed_roster_counts_all_logs_anew(tmp_path: Path) -> None:
    folder = a_market(tmp_path / "m")
    put(folder, "all", a_log())
    opened(folder).update()
    before = opened(folder).audience("alpha").audiences[0]
    (folder / "data" / "strata.csv").write_text("stratum,population\nyoung,2000\nold,10000\n")
    later = NOW + dt.timedelta(days=1)
    assert opened(folder, later).update()[0].appended.n_new > 0
    after = opened(folder, later).audience("alpha").audiences[0]
    for old, new in zip(before.users, after.users, strict=True):
        if old.measure.value is not None:
            assert new.measure.value == pytest.approx(2 * old.measure.value)


def test_strata_corrected_on_the_same_day_take_the_place_of_the_wrong_ones(tmp_path: Path) -> None:
    def users(now: dt.datetime) -> dict[str, list[float | None]]:
        found = next(s for s in opened(folder, now).show("alpha").series if s.metric == "dau")
        told: dict[str, list[float | None]] = {}
        for statement in found.statements:
            told.setdefault(statement.period, []).append(statement.value)
        return told

    folder = a_market(tmp_path / "m", replay=False)
    put(folder, "all", a_log())
    opened(folder).update()
    before = users(NOW)
    (folder / "data" / "strata.csv").write_text("stratum,population\nyoung,2000\nold,10000\n")
    later = NOW + dt.timedelta(hours=1)
    assert opened(folder, later).update()[0].appended.n_new > 0
    after = users(later)
    assert before.keys() == after.keys()
    for period, values in after.items():
        # Twice as many stand behind each unit; the wrong figure no longer counts.
        assert values == pytest.approx([2 * (before[period][0] or np.nan)])


def test_rows_that_cannot_be_read_are_set_aside_without_ids(tmp_path: Path) -> None:
    folder = a_market(tmp_path / "m")
    put(folder, "all", a_log())
    with (folder / "data" / "log" / "all.csv").open("a") as file:
        file.write("person-001,alpha,soon\nstranger,alpha,2024-02-01\n")
    update = opened(folder).update()[0]
    assert {(f.column, f.text != "person-001") for f in update.faults} >= {("day", True)}
    assert any("no such unit" in f.reason for f in update.faults)
    assert all("stranger" not in f.text for f in update.faults)
    assert update.appended.n_quarantined == 2


@pytest.mark.parametrize(
    ("keys", "panel", "said"),
    [
        ("simulated = true", "", "scheme"),
        ("", 'scheme = "simulated"', "scheme"),
        ("", 'time_zone = "Mars"', "time zone"),
        ("anchor = true", "", "anchor"),
        ("", '[[panel.claim]]\nmetric = "retention_d7"\nevery = "week"', "month"),
        ("", '[[panel.claim]]\nmetric = "mau_month"\nevery = "week"', "month"),
        ("", '[[panel.claim]]\nmetric = "downloads"', "metric"),
        ("", 'counts = "phones"', "device"),
    ],
)
def test_a_wrong_panel_table_says_what_is_wrong(
    tmp_path: Path, keys: str, panel: str, said: str
) -> None:
    folder = a_market(tmp_path / "m", keys=keys, panel=panel)
    with pytest.raises(SpecError, match=said):
        opened(folder).update()


def test_a_stated_error_decides_how_much_a_claim_weighs(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    howdah.init(folder)
    (folder / "data").mkdir()
    for name, value, stderr in (("sure", 1000, 10), ("unsure", 2000, 900)):
        (folder / "data" / f"{name}.csv").write_text(f"app,v,e\nalpha,{value},{stderr}\n")
        (folder / "feeds" / f"{name}.toml").write_text(
            f'title = "{name}"\nsource = "{name}"\nnature = "panel"\npath = "data/{name}.csv"\n'
            '[licence]\nname = "own"\n[[claim]]\nsubject = { column = "app" }\nmetric = "dau"\n'
            'value = { column = "v" }\nstderr = { column = "e" }\nperiod = "2024-05"\n'
        )
    market = opened(folder)
    market.update()
    told = market.show("alpha").estimate("dau").value
    assert told is not None
    for name, value in (("sure", 1000), ("unsure", 2000)):
        (folder / "data" / f"{name}.csv").write_text(f"app,v,e\nbeta,{value},\n")
    market = opened(folder, NOW + dt.timedelta(days=1))
    market.update()
    alike = market.show("beta").estimate("dau").value
    assert alike is not None
    assert told < 1200
    assert 1350 < alike < 1450


def test_what_figures_cannot_show_is_said(tmp_path: Path) -> None:
    folder = a_market(tmp_path / "m")
    put(folder, "all", a_log().filter(pl.col("day") != FIRST + dt.timedelta(days=70)))
    strata = folder / "data" / "strata.csv"
    strata.write_text(strata.read_text() + "lone,40\n")
    with (folder / "data" / "panel.csv").open("a") as panel:
        panel.write("person-999,lone\n")
    (updated,) = opened(folder).update()
    assert not updated.error
    gap, lone = updated.notes
    assert gap.startswith("no row on 1 of 150 days: 2024-03-11;")
    assert lone.startswith("no standard error: one unit alone stands for stratum 'lone'")
    (again,) = opened(folder).update()
    assert again.notes == ()
