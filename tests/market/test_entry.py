"""Entries of giants: dated by what tells absence, and outcomes against the raw figures."""

import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tools_market import (
    ENTERED,
    INCUMBENTS,
    LOST,
    MONTHS,
    figures,
    open_tools,
    products,
)

import howdah
from howdah.core.errors import InputError, UnknownNameError
from howdah.guidance import Outcome
from howdah.market import Market


@pytest.fixture(scope="module")
def tools(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Market:
    return howdah.open(made_once("tools", open_tools))


@pytest.fixture(scope="module")
def outcomes(tools: Market) -> dict[str, Outcome]:
    page = tools.entry("tools")
    return {page.names[o.entry.giant]: o for o in page.outcomes}


def test_entries_are_dated_by_the_first_list_they_are_on(outcomes: dict[str, Outcome]) -> None:
    assert {giant: o.entry.evidence.last for giant, o in outcomes.items()} == {
        giant: MONTHS[n] for giant, n in ENTERED.items()
    }
    assert all(o.entry.evidence.is_dated for o in outcomes.values())


def test_who_was_there_before_and_for_how_long(outcomes: dict[str, Outcome]) -> None:
    first = outcomes["Giant 0"]
    assert [i.evidence.entity for i in first.incumbents] == ["old-0", "old-1", "old-2", "old-3"]
    # Of those on the first list nobody knows since when they were there: at least so long.
    assert not any(i.evidence.is_dated for i in first.incumbents)
    days = (MONTHS[ENTERED["Giant 0"]] - MONTHS[0]).days
    assert first.incumbents[0].lead_months == pytest.approx(days / 30.4375)
    later = outcomes["Giant 1"].incumbents
    assert [i.evidence.entity for i in later if i.evidence.is_dated] == ["new-0"]


@pytest.mark.parametrize("giant", ENTERED)
def test_what_they_kept_is_the_sum_of_the_raw_figures(
    outcomes: dict[str, Outcome], giant: str
) -> None:
    truth, start = figures(), ENTERED[giant]
    there = [n for n in (*INCUMBENTS, *products()) if (n, start - 1) in truth]
    after = {
        n: truth[n, start + 12] for n in (*INCUMBENTS, *products()) if (n, start + 12) in truth
    }
    kept = 100 * sum(after.get(n, 0.0) for n in there) / sum(after.values())
    held = 100 * after[f"new {giant[-1]}"] / sum(after.values())
    outcome = outcomes[giant]
    assert (outcome.n_before, outcome.n_after) == (len(there), len(after))
    assert outcome.kept is not None
    assert outcome.held is not None
    assert outcome.kept.value == pytest.approx(kept, rel=0.01)
    assert outcome.held.value == pytest.approx(held, rel=0.02)
    assert outcome.kept.lower <= kept <= outcome.kept.upper
    for incumbent in outcome.incumbents:
        name = incumbent.evidence.entity.replace("-", " ")
        if incumbent.change is None:
            assert name == LOST
            continue
        change = 100 * (after[name] / truth[name, start - 1] - 1)
        assert incumbent.change.value == pytest.approx(change, abs=0.5)
        assert incumbent.share_after is not None
        share = 100 * after[name] / sum(after.values())
        assert incumbent.share_after.value == pytest.approx(share, rel=0.02)


def test_fates_follow_the_truth(outcomes: dict[str, Outcome]) -> None:
    fates = {
        giant: {i.evidence.entity: i.fate for i in o.incumbents} for giant, o in outcomes.items()
    }
    assert fates["Giant 1"]["old-3"] == "silent"
    # Gone before the third entry, so nothing is asked of it.
    assert fates["Giant 2"]["old-3"] == "cannot tell"
    assert fates["Giant 4"]["new-3"] == "growing"
    assert fates["Giant 0"]["old-0"] == "shrinking"


def test_five_known_outcomes_are_answered_and_four_are_not(
    tools: Market, outcomes: dict[str, Outcome]
) -> None:
    found = tools.entry("tools").answer
    kept = sorted(o.kept.value for o in outcomes.values() if o.kept)
    assert found.n == len(ENTERED)
    assert found.kept is not None
    assert found.kept.value == pytest.approx(np.median(kept))
    assert (found.kept.lower, found.kept.upper) == pytest.approx((kept[0], kept[-1]))
    assert found.kept.prob == pytest.approx(1 - 2 / 2**5)
    # Half a year after the last entry its year is not over.
    start = MONTHS[ENTERED["Giant 4"]]
    page = tools.entry("tools", start + dt.timedelta(180))
    last = page.outcomes[-1]
    assert (last.missing, page.answer.n, page.answer.kept) == ("horizon", 4, None)


def test_an_earlier_date_knows_nothing_of_later_entries(tools: Market) -> None:
    before = MONTHS[ENTERED["Giant 2"]] - dt.timedelta(1)
    page = tools.entry("tools", before)
    assert [page.names[o.entry.giant] for o in page.outcomes] == ["Giant 0", "Giant 1"]
    assert {e.entity for o in page.outcomes for e in (o.entry.evidence,)} == {"new-0", "new-1"}


def test_every_line_leads_to_its_raw_record(tools: Market) -> None:
    page = tools.entry("tools")
    claims = {claim for o in page.outcomes for claim in o.claim_ids}
    for claim in sorted(claims)[:4]:
        raw = json.loads(tools.trail(claim).claims[0].raw_text)
        assert raw["app"].startswith(("old", "new"))
    rows = page.to_polars()
    assert rows.filter(pl.col("giant") == "giant-0")["incumbent"].to_list() == [
        "old-0", "old-1", "old-2", "old-3",
    ]  # fmt: skip


def test_a_segment_without_giants_tells_nothing(tools: Market) -> None:
    page = tools.entry("pair")
    assert (page.outcomes, page.answer.n) == ((), 0)
    with pytest.raises(UnknownNameError, match="tools"):
        tools.entry("tool")


def test_a_date_to_come_is_refused(tools: Market) -> None:
    with pytest.raises(InputError, match="to come"):
        tools.entry("tools", "2100-01-01")


def test_a_market_without_giants_says_how_to_name_them(tmp_path: Path) -> None:
    howdah.init(tmp_path / "m")
    config = tmp_path / "m" / "market.toml"
    config.write_text(config.read_text() + '[[segment]]\nid = "a"\ntitle = "A"\nheadline = "dau"\n')
    with pytest.raises(InputError, match=r"\[giants\]"):
        howdah.open(tmp_path / "m").entry("a")


def test_the_example_market_cannot_tell_and_says_what_is_missing(example_market: Path) -> None:
    page = howdah.open(example_market).entry("open-source-ai")
    assert page.answer.kept is None
    found = {page.names[o.entry.giant]: o for o in page.outcomes}
    # On the first list; known since the list was made longer; a level shift in between.
    assert found["Google"].entry.evidence.undated == "first_snapshot"
    assert found["Microsoft"].entry.evidence.undated == "recut"
    assert found["Baidu"].missing == "measurement"
    assert found["Alibaba"].kept is not None
    assert dataclasses.asdict(found["Alibaba"])["table"][0] == "pypi:downloads_30d"
