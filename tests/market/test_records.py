"""A market keeps a record of its findings: once an origin, and only of the claims it has."""

import datetime as dt
import shutil
from pathlib import Path

import numpy as np
import pytest

import howdah
from howdah.market import Market
from howdah.market.derived import find_now
from howdah.market.record_tables import BROUGHT, RecordTables
from howdah.market.records import asked_of, judge_last, pairs_of, refresh_records

_MARKET = """\
title = "Tools"
as_of = 2024-11-30

[follow]
segments = ["tools"]

[[segment]]
id = "tools"
title = "Tools"
headline = "stars"
members = ["t0", "t1", "t2"]
"""

_FEED = """\
title = "Stars"
source = "Counter"
nature = "counter"
path = "data/stars.csv"
replay = true
[licence]
name = "contract"
[[claim]]
scheme = "name"
subject = { column = "name" }
metric = "stars"
definition = "counter:stars"
unit = "star"
value = { column = "stars" }
valid_to = { column = "day" }
published_at = { column = "day" }
"""

N, WEEKS, FIRST = 40, 70, dt.date(2023, 7, 3)


def rows() -> list[tuple[str, int, dt.date]]:
    rng = np.random.default_rng(5)
    level = rng.normal(10, 0.5, (N, 1)) + np.cumsum(rng.normal(0.004, 0.004, (N, WEEKS)), axis=1)
    level[0, 40:] += np.log(3)
    level[1, 40:48] += np.log(3)
    return [
        (f"t{i}", round(float(np.exp(level[i, t]))), FIRST + dt.timedelta(weeks=t))
        for t in range(WEEKS)
        for i in range(N)
    ]


def write(folder: Path, until: dt.date) -> None:
    lines = [f"{name},{value},{day}" for name, value, day in rows() if day <= until]
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "stars.csv").write_text("\n".join(["name,stars,day", *lines]) + "\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records") / "m"
    howdah.init(folder)
    catalogue = ["canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin"]
    catalogue += [f"t{i},product,,,," for i in range(N)]
    (folder / "entities" / "catalogue.csv").write_text("\n".join(catalogue) + "\n")
    (folder / "market.toml").write_text(_MARKET)
    (folder / "feeds" / "stars.toml").write_text(_FEED)
    write(folder, dt.date(2024, 12, 31))
    market = howdah.open(folder)
    market.update()
    market.keep_records()
    return folder


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "m"))


def origins(folder: Path) -> list[dt.date]:
    market = howdah.open(folder)
    return list(market.records().origins)


def test_every_class_has_its_record(folder: Path) -> None:
    page = howdah.open(folder).records()
    records = {c.kind: c.record for c in page.classes}
    assert page.origins[-1] == dt.date(2024, 7, 31)
    assert records["growth"].n_open + records["growth"].n > 0
    assert records["event"].state == "not scorable"
    assert records["contradiction"].state == "too few"
    assert {row["kind"] for row in page.rows()} == set(records)


def test_past_findings_are_those_of_the_radar_of_that_date(folder: Path) -> None:
    market = howdah.open(folder)
    ws = market._ws
    kept = RecordTables(folder).read(asked_of(ws), dt.date(2024, 11, 30)).cases
    for day in {case.as_of for case in kept}:
        found = {f.finding_id for f in find_now(ws, day)}
        assert {case.finding_id for case in kept if case.as_of == day} == found


def test_findings_carry_record_and_analogues(folder: Path) -> None:
    market = howdah.open(folder)
    page = market.radar("2024-07-31")
    assert page.findings
    assert all(f.record.state != "not asked" for f in page.findings if f.kind != "event")
    trail = market.trail(page.findings[0].finding_id, "2024-07-31")
    assert trail.finding is not None
    assert trail.finding.record == page.findings[0].record


def test_a_date_knows_only_what_was_judged_by_then(folder: Path) -> None:
    market = howdah.open(folder)
    early = market.records("2024-08-01")
    late = market.records("2024-11-30")
    assert early.origins == late.origins[: len(early.origins)]
    assert early.origins[-1] == dt.date(2024, 4, 30)
    for page in (early, late):
        assert all(case.judged_on <= page.basis.as_of for case in _cases(market, page.basis.as_of))


def _cases(market: Market, day: dt.date):  # noqa: ANN202 - cases
    return RecordTables(market.folder).read(asked_of(market._ws), day).cases


def test_an_origin_is_judged_once(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    before = _cases(howdah.open(copied), dt.date(2024, 11, 30))
    monkeypatch.setattr("howdah.market.records.find_all", never)
    howdah.open(copied).keep_records()
    assert _cases(howdah.open(copied), dt.date(2024, 11, 30)) == before


def test_other_claims_void_what_rests_on_them(copied: Path) -> None:
    path = copied / "data" / "stars.csv"
    path.write_text(path.read_text() + "late,500,2024-06-03\n")
    known = origins(copied)
    howdah.open(copied).update()
    left = origins(copied)
    # What was judged on 2024-07-31 and later knew of that day.
    assert [day for day in known if day not in left] == known[-2:]
    assert howdah.open(copied).keep_last_record() == 1
    assert origins(copied) == [*known[:-2], known[-1]]
    howdah.open(copied).keep_records()
    assert origins(copied) == known


def test_other_segments_ask_anew(copied: Path) -> None:
    path = copied / "market.toml"
    path.write_text(path.read_text().replace('"t0", ', ""))
    assert origins(copied) == []
    assert howdah.open(copied).radar("2024-07-31").findings[0].record.state == "not asked"


def test_the_last_origin_that_is_missing_is_judged_where_a_record_is_kept(copied: Path) -> None:
    ws = howdah.open(copied)._ws
    asked = asked_of(ws)
    shutil.rmtree(copied / "lake" / "origins")
    assert judge_last(ws, dt.date(2024, 11, 30)) == 0
    assert origins(copied) == []
    refresh_records(ws, dt.date(2024, 8, 1))
    assert RecordTables(copied).standing(asked)["as_of"].max() == dt.date(2024, 4, 30)
    assert judge_last(ws, dt.date(2024, 11, 30)) == 1
    assert RecordTables(copied).standing(asked)["as_of"].max() == dt.date(2024, 7, 31)
    assert judge_last(ws, dt.date(2024, 11, 30)) == 0


def test_a_record_can_be_brought(copied: Path, tmp_path: Path) -> None:
    market = howdah.open(copied)
    expected = market.records().classes
    out = tmp_path / "out"
    market.keep_records(bring_out=out)
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    market.keep_records(bring_out=out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
    for name in ("cases", "origins"):
        shutil.rmtree(copied / "lake" / name)
    assert howdah.open(copied).records().origins == ()
    shutil.copytree(out, copied / BROUGHT)
    howdah.open(copied).update()
    assert howdah.open(copied).records().classes == expected


def test_a_brought_record_of_other_claims_is_not_taken_in(copied: Path) -> None:
    howdah.open(copied).keep_records(bring_out=copied / BROUGHT)
    for name in ("cases", "origins"):
        shutil.rmtree(copied / "lake" / name)
    path = copied / "data" / "stars.csv"
    path.write_text(path.read_text() + "late,500,2023-07-10\n")
    howdah.open(copied).update()
    assert origins(copied) == []


def test_a_young_market_has_no_origin(tmp_path: Path) -> None:
    folder = tmp_path / "young"
    howdah.init(folder)
    market = howdah.open(folder)
    assert pairs_of(market._ws, dt.date(2024, 11, 30)) == ()
    page = market.keep_records()
    assert page.origins == ()
    assert all(c.record.state in {"not asked", "not scorable"} for c in page.classes)
