"""A vendor that restates: young figures brought forward, kept curves, as-of reads, silence."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import howdah
from howdah.core.estimate import Estimate
from howdah.estimates import IMMATURE
from howdah.market import Market
from howdah.market.derived import Derived
from howdah.market.fusing import models_of
from howdah.market.workspace import Workspace

#: The market's own date: December is printed once, ten days after its end.
TODAY = dt.date(2025, 1, 12)

Built = tuple[Path, dict[str, int]]


def workspace(folder: Path) -> Workspace:
    return Workspace(folder, lambda: dt.datetime(2025, 4, 1, tzinfo=dt.UTC))


def newest(market: Market, as_of: dt.date = TODAY) -> Estimate:
    return market.show("alpha", as_of).estimate("dau")


def test_a_young_figure_is_brought_to_where_restatements_end(restating_market: Built) -> None:
    folder, truth = restating_market
    estimate = newest(howdah.open(folder))
    assert estimate.period.label == "2024-12"
    assert estimate.value is not None
    assert estimate.lower is not None
    assert estimate.upper is not None
    assert estimate.stated_low is not None
    final = truth["2024-12"]
    # What was said is shown as it was said, and is far below what it became.
    assert estimate.stated_low == estimate.stated_high
    assert estimate.stated_low / final == pytest.approx(0.92, abs=0.04)
    assert abs(estimate.value / final - 1) < abs(estimate.stated_low / final - 1) / 2
    assert estimate.lower < final < estimate.upper
    assert estimate.stated_low < estimate.lower
    assert estimate.note == "nowcast: this source's figures of this age usually end x1.09"


def test_older_figures_say_how_far_they_are(restating_market: Built) -> None:
    series = howdah.open(restating_market[0]).show("alpha", TODAY).series[0]
    notes = {e.period.label: e.note for e in series.estimates}
    assert notes["2024-11"] == "nowcast: this source's figures of this age usually end x1.03"
    assert notes["2024-10"] == notes["2022-06"] == ""
    width = {e.period.label: (e.upper or 0) / (e.lower or 1) for e in series.estimates}
    assert width["2024-12"] > width["2024-10"]


def test_later_prints_are_not_seen_at_an_earlier_date(
    restating_market: Built, tmp_path: Path, write_restating: Callable[..., Any]
) -> None:
    folder = tmp_path / "then"
    write_restating(folder, n_months=36, until=TODAY)
    then = howdah.open(folder)
    then.update()
    now = howdah.open(restating_market[0])
    for day in (TODAY, dt.date(2024, 12, 20)):
        assert then.show("alpha", day).series == now.show("alpha", day).series
        assert then.revisions(day).revisions == now.revisions(day).revisions
    # The page of a later date does see them.
    later = newest(now, dt.date(2025, 4, 1))
    assert later.note == "nowcast: this source's figures of this age usually end x1.03"
    assert later.stated_low != newest(now).stated_low


def test_without_history_nothing_changes(
    tmp_path: Path, write_restating: Callable[..., Any]
) -> None:
    folder = tmp_path / "young"
    write_restating(folder, n_months=3, until=TODAY)
    market = howdah.open(folder)
    market.update()
    estimate = newest(market)
    assert estimate.note == ""
    assert estimate.value == pytest.approx(estimate.stated_low)
    assert market.revisions().revisions == ()
    assert workspace(folder).store.claims.files()
    assert Derived(workspace(folder)).stored_revisions(TODAY) is not None


def test_what_is_kept_is_what_was_learnt(restating_market: Built) -> None:
    ws = workspace(restating_market[0])
    kept = Derived(ws).stored_models(TODAY)
    assert kept is not None
    fresh = models_of(ws, ws.observations(TODAY).with_columns(suspect=pl.lit(value=False)), TODAY)
    assert list(kept.curves) == list(fresh.curves) == ["dau"]
    assert kept.curves["dau"].frame.equals(fresh.curves["dau"].frame)
    rows = howdah.open(restating_market[0]).revisions()
    assert [row["age_from"] for row in rows.revisions] == [10, 40]
    first = rows.revisions[0]
    assert (first["source"], first["nature"]) == ("Vendor", "counter")
    assert first["final_after_days"] == 70
    assert first["bias_lower"] < 1 / 0.92 < first["bias_upper"]
    assert rows.to_polars().height == 2


def test_an_id_of_a_nowcast_is_followed_at_any_date(restating_market: Built) -> None:
    market = howdah.open(restating_market[0])
    day = dt.date(2024, 12, 20)
    estimate = newest(market, day)
    assert estimate.note.startswith("nowcast: ")
    trail = market.trail(estimate.estimate_id, day)
    assert trail.estimates[0].claim_ids == estimate.claim_ids


def test_young_figures_raise_no_alarm(restating_market: Built) -> None:
    ws = workspace(restating_market[0])
    kept = Derived(ws).stored_levels(TODAY)
    assert kept is not None
    assert not kept["note"].str.contains(IMMATURE).any()
    kinds = {f.kind for f in howdah.open(restating_market[0]).radar().findings}
    assert not kinds & {"crossing", "overtaking"}


def test_a_page_says_what_was_restated(restating_market: Built) -> None:
    market = howdah.open(restating_market[0])
    revised = market.show("alpha", TODAY).series[0].revised
    one = {r.period: r for r in revised}["2024-09"]
    assert (one.first_published, one.last_published) == (
        dt.date(2024, 10, 10), dt.date(2025, 1, 8),
    )  # fmt: skip
    assert one.final == restating_market[1]["2024-09"]
    assert one.first < one.final
    assert "2024-12" not in {r.period for r in revised}
