"""Use cases on the example market and on small ones: trails, exports, as-of, review."""

import csv
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import howdah
from howdah.core.entity import Judgement
from howdah.core.errors import (
    ExistsError,
    InputError,
    LicenceError,
    NotAMarketError,
    StoreBusyError,
    UnknownNameError,
)
from howdah.market import Market

SPEC = """\
title = "Users of a few apps"
source = "Acme"
path = "data/users.csv"
[licence]
name = "contract"
may_export = {may_export}
[claim]
subject = {{ column = "app" }}
metric = "dau"
value = {{ column = "users" }}
period = {{ column = "month" }}
published_at = "pulled"
"""


def small_market(folder: Path, rows: str, *, may_export: bool = True) -> Market:
    howdah.init(folder)
    (folder / "data").mkdir()
    (folder / "data" / "users.csv").write_text("app,month,users\n" + rows, encoding="utf-8")
    (folder / "feeds" / "users.toml").write_text(
        SPEC.format(may_export=str(may_export).lower()), encoding="utf-8"
    )
    return howdah.open(folder)


@pytest.fixture(scope="module")
def market(example_market: Path) -> Market:
    return howdah.open(example_market)


def test_every_finding_leads_to_raw_records(market: Market) -> None:
    for finding in market.radar().findings:
        trail = market.trail(finding.finding_id)
        assert trail.finding is not None
        assert {c.statement.claim_id for c in trail.claims} <= set(finding.claim_ids)
        for claim in trail.claims:
            assert json.loads(claim.raw_text)
            assert claim.row > 0


def test_pages_of_findings_make_the_whole_of_which_the_radar_is_a_choice(market: Market) -> None:
    chosen = market.radar()
    whole = market.findings(limit=10_000)
    pages = [market.findings(start=n, limit=100) for n in range(0, whole.n_matching, 100)]
    ids = [f.finding_id for page in pages for f in page.findings]
    assert len(pages) > 1
    assert ids == [f.finding_id for f in whole.findings]
    assert len(set(ids)) == whole.n_matching == chosen.n_found
    priorities = [f.priority for f in whole.findings]
    assert priorities == sorted(priorities, reverse=True)
    assert {f.finding_id for f in chosen.findings} <= set(ids)


def test_findings_of_a_segment_and_kind_are_counted_by_kind(market: Market) -> None:
    of_segment = market.findings(segment="open-source-ai", limit=10_000)
    assert {f.segment for f in of_segment.findings} == {"open-source-ai"}
    for kind, n in of_segment.kinds.items():
        page = market.findings(segment="open-source-ai", kind=kind, limit=1)
        assert (page.n_matching, page.kinds) == (n, of_segment.kinds)
        assert page.findings[0].kind == kind
    with pytest.raises(UnknownNameError, match="growth"):
        market.findings(kind="grwth")


def test_an_estimate_of_any_period_and_date_leads_to_its_claims(market: Market) -> None:
    # Neither the period nor the date is one that the update has kept.
    estimate = market.show("Doubao", "2024-12-01").estimate("dau", period="2023-11")
    trail = market.trail(estimate.estimate_id, "2024-12-01")
    assert trail.estimates[0].claim_ids == estimate.claim_ids
    raw = json.loads(trail.claims[0].raw_text)
    assert (raw["subject"], raw["value_high"]) == ("Doubao", "1300000")


def test_an_id_of_another_date_is_not_found_and_says_why(market: Market) -> None:
    estimate = market.show("Doubao", "2024-12-01").estimate("dau", period="2023-11")
    with pytest.raises(InputError, match="--as-of"):
        market.trail(estimate.estimate_id)


def test_a_claim_is_found_by_a_part_of_its_id(market: Market) -> None:
    claim_id = market.show("Kimi").series[0].statements[0].claim_id
    assert market.trail(claim_id[:12]).claims[0].statement.claim_id == claim_id
    with pytest.raises(InputError, match="no id"):
        market.trail("xyz")


def test_a_league_table_bands_what_cannot_be_told_apart(market: Market) -> None:
    wide = market.rank("dau", segment="assistants", period="2024-09")
    assert [row.estimate.entity for row in wide.places] == ["doubao", "kimi"]
    assert [row.band for row in wide.places] == [(1, 1), (2, 2)]
    sharp = market.rank("downloads", segment="open-source-ai")
    values = [row.estimate.value for row in sharp.places]
    assert values == sorted(values, reverse=True)
    for row in sharp.places:
        assert row.band[0] <= row.place <= row.band[1]
    close = market.rank("retention_d30")
    assert any(row.band[0] != row.band[1] for row in close.places)


def test_unknown_names_are_answered_with_near_ones(market: Market) -> None:
    with pytest.raises(UnknownNameError, match="Doubao"):
        market.show("Duobao")
    with pytest.raises(UnknownNameError, match="downloads"):
        market.rank("donloads")
    with pytest.raises(UnknownNameError, match="assistants"):
        market.rank("dau", segment="asistants")
    with pytest.raises(UnknownNameError, match="pypi-downloads"):
        market.update(["pypi-download"])


def test_a_date_before_anything_was_known_is_an_answer_not_a_crash(market: Market) -> None:
    assert market.radar("2015-01-01").findings == ()
    assert market.show("Doubao", "2015-01-01").estimates() == ()
    with pytest.raises(InputError, match="2015-01-01"):
        market.rank("downloads", as_of="2015-01-01")


def test_what_is_recorded_later_changes_no_earlier_page(tmp_path: Path) -> None:
    market = small_market(tmp_path / "m", "alpha,2024-01,100\nbeta,2024-01,50\n")
    market.update()
    today = market.as_of()
    before = market.show("alpha").rows()
    data = market.folder / "data" / "users.csv"
    data.write_text("app,month,users\nalpha,2024-01,900\nalpha,2024-02,1000\n", encoding="utf-8")
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
    revised = Market(market.folder, now=lambda: later)
    revised.update()
    assert howdah.open(market.folder).show("alpha", today).rows() == before
    assert revised.show("alpha").estimate("dau", period="2024-01").value == pytest.approx(900)


def test_updating_twice_adds_nothing(tmp_path: Path) -> None:
    market = small_market(tmp_path / "m", "alpha,2024-01,100\nalpha,2024-01,100\n,2024-01,7\n")
    first = market.update()[0]
    assert (first.appended.n_new, first.appended.n_repeated) == (1, 1)
    assert [fault.reason for fault in first.faults] == ["the subject is empty"]
    second = market.update()[0]
    assert (second.unchanged, second.appended.n_new) == (1, 0)
    assert len(market.quarantine()) == 1
    assert "7" in market.quarantine("users")[0]["text"]


def test_rows_of_a_glob_in_quarantine_name_their_file(tmp_path: Path) -> None:
    market = small_market(tmp_path / "m", "alpha,2024-01,100\n")
    spec = market.folder / "feeds" / "users.toml"
    spec.write_text(spec.read_text().replace("data/users.csv", "data/*.csv"))
    for name, row in (("a", "beta,2024-01,7"), ("b", ",2024-01,7"), ("c", ",2024-02,7")):
        (market.folder / "data" / f"{name}.csv").write_text(f"app,month,users\n{row}\n")
    market = howdah.open(market.folder)
    market.update()
    found = {row["place"]: row["text"] for row in market.quarantine()}
    assert found.keys() == {"data/b.csv", "data/c.csv"}
    assert "2024-02" in found["data/c.csv"]


def test_a_feed_that_fails_leaves_the_others_alone(tmp_path: Path) -> None:
    market = small_market(tmp_path / "m", "alpha,2024-01,100\n")
    broken = SPEC.format(may_export="true").replace('column = "app"', 'column = "ap"')
    (market.folder / "feeds" / "broken.toml").write_text(broken, encoding="utf-8")
    outcomes = {u.feed: u for u in howdah.open(market.folder).update()}
    assert "'app'" in outcomes["broken"].error
    assert outcomes["users"].appended.n_new == 1
    states = {f.feed: f.state for f in howdah.open(market.folder).feeds().feeds}
    assert states["broken"] == "failing"


def test_exports_neutralise_formulas_in_every_form(tmp_path: Path) -> None:
    market = small_market(tmp_path / "m", "\"=cmd|' /C calc'!A0\",2024-01,100\n@sum,2024-01,5\n")
    market.update()
    market.export(tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        names = {row["name"] for row in csv.DictReader(file)}
    assert names == {"'=cmd|' /C calc'!A0", "'@sum"}
    market.export(tmp_path / "x.xlsx")
    sheet = pl.read_excel(tmp_path / "x.xlsx")
    assert set(sheet["name"].to_list()) == {"=cmd|' /C calc'!A0", "@sum"}
    with pytest.raises(ExistsError):
        market.export(tmp_path / "x.csv")
    assert market.export(tmp_path / "x.parquet", what="claims") == 2
    assert pl.read_parquet(tmp_path / "x.parquet")["licence"].unique().to_list() == ["contract"]


def test_an_export_that_the_licence_forbids_writes_nothing(tmp_path: Path) -> None:
    market = small_market(tmp_path / "m", "alpha,2024-01,100\n", may_export=False)
    market.update()
    with pytest.raises(LicenceError, match="contract"):
        market.export(tmp_path / "x.csv")
    assert list(tmp_path.glob("*x.csv*")) == []
    with pytest.raises(InputError, match="Nothing to export"):
        market.export(tmp_path / "x.csv", without=["users"])


def test_two_updates_at_once_leave_one_and_tell_the_other(tmp_path: Path) -> None:
    market = small_market(tmp_path / "m", "alpha,2024-01,100\n")
    market.update()
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            (
                "import sys, time, pathlib\nfrom howdah.claims.lock import write_lock\n"
                "with write_lock(pathlib.Path(sys.argv[1])):\n"
                "    print('held', flush=True)\n    sys.stdin.read()"
            ),
            str(market.folder / "lake"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    try:
        assert holder.stdout.readline().strip() == "held"
        with pytest.raises(StoreBusyError, match=str(holder.pid)) as caught:
            market.update()
        assert caught.value.exit_code == 4
        # Readers need no lock.
        assert market.show("alpha").estimates()
    finally:
        holder.kill()
        holder.wait()
        holder.stdin.close()
        holder.stdout.close()
    market.update()


def test_an_update_that_was_cut_off_is_told_and_the_next_one_makes_up_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = small_market(tmp_path / "m", "Alpha,2024-01,100\n")
    market.update()
    with (market.folder / "data" / "users.csv").open("a", encoding="utf-8") as file:
        file.write("Beta,2024-01,50\n")

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("howdah.market.update.extend_register", cut_off)
        with pytest.raises(KeyboardInterrupt):
            market.update()
    resolver = howdah.open(market.folder)._ws.resolver
    with pytest.raises(UnknownNameError, match="run `howdah update`, which makes up for it"):
        resolver.entity("name:Beta")
    # Nothing is new to it, and still it notes whom the claims name.
    (again,) = market.update()
    assert again.appended.n_new == 0
    assert market.show("Beta").estimates("dau")
    assert not (market.folder / "lake" / ".unfinished").exists()


def test_judging_a_pair_the_same_joins_their_pages_and_can_be_taken_back(tmp_path: Path) -> None:
    market = small_market(tmp_path / "m", "Alpha,2024-01,100\nAlpha Pro Max,2024-02,50\n")
    market.update()
    assert len(market.show("Alpha").estimates("dau")) == 1
    market.judge("Alpha", "Alpha Pro Max", Judgement.SAME, by="analyst")
    assert len(market.show("Alpha").estimates("dau")) == 2
    assert len(howdah.open(market.folder).show("Alpha Pro Max").estimates("dau")) == 2


def test_compaction_changes_no_page(tmp_path: Path) -> None:
    market = small_market(tmp_path / "m", "alpha,2024-01,100\nbeta,2024-01,50\nalpha,2024-02,110\n")
    market.update()
    data = market.folder / "data" / "users.csv"
    data.write_text("app,month,users\ngamma,2024-02,70\nbeta,2024-02,55\n", encoding="utf-8")
    market.update()
    before = [market.show(name).rows() for name in ("alpha", "beta", "gamma")]
    n_before, n_after = market.compact()
    assert n_before >= n_after >= 1
    again = howdah.open(market.folder)
    assert [again.show(name).rows() for name in ("alpha", "beta", "gamma")] == before
    assert all(u.appended.n_new == 0 for u in again.update())


def test_a_folder_that_is_no_market_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotAMarketError, match="howdah init"):
        howdah.open(tmp_path)
    (tmp_path / "something").write_text("x", encoding="utf-8")
    with pytest.raises(ExistsError):
        howdah.init(tmp_path)


def test_the_queue_opens_with_what_is_followed_then_the_surest(market: Market) -> None:
    pairs = market.review()
    leads = [pair.is_followed and pair.score.match_probability >= 0.8 for pair in pairs]
    assert any(leads)
    assert leads == sorted(leads, reverse=True)
    rest = [p.score.match_weight for p, is_first in zip(pairs, leads, strict=True) if not is_first]
    assert rest == sorted(rest, reverse=True)
