"""The loop in a market: decided then, read back later, on the record."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from tools_market import open_tools

import howdah
from howdah.core.errors import InputError, UnknownNameError
from howdah.market import Market

THEN = dt.datetime(2023, 1, 15, 9, tzinfo=dt.UTC)
BY = "2024-01-10"


def at(folder: Path, moment: dt.datetime) -> Market:
    """The market as it is opened at a moment."""
    return Market(folder, now=lambda: moment)


def decided(folder: Path) -> None:
    """The market of tools with decisions of a day whose outcome its figures tell."""
    open_tools(folder)
    market = at(folder, THEN)
    for what, expect in (
        ("Grow", f"downloads of new 4 at least 1k by {BY}"),
        ("Grow more", f"downloads of new 4 at least 1B by {BY}"),
        ("Cap", f"downloads of old 0 at most 1B by {BY}"),
        ("Watch", "downloads of new 4 at least 1k by 2030-01-01"),
        ("Hope", f"dau of new 4 at least 1k by {BY}"),
    ):
        market.decide(
            "tools", what=what, owner="head of product", expect=expect, review="2023-07-01",
            by="head of R&D", as_of=THEN.date(),
        )  # fmt: skip


@pytest.fixture(scope="module")
def folder(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    return made_once("tools-decided", decided)


def standings(market: Market, as_of: str) -> dict[str, str]:
    page = market.decisions(as_of=as_of)
    return {line.decision.what: line.standing for line in page.lines}


def test_outcomes_are_read_back_from_later_estimates(folder: Path) -> None:
    market = howdah.open(folder)
    page = market.decisions(as_of="2024-03-01")
    assert {line.decision.what: line.standing for line in page.lines} == {
        "Grow": "met",
        "Grow more": "not met",
        "Cap": "met",
        "Watch": "due",
        "Hope": "cannot tell",
    }
    # What is due leads.
    assert page.lines[0].decision.what == "Watch"
    line = next(line for line in page.lines if line.decision.what == "Grow")
    assert line.outcome.estimate is not None
    assert line.outcome.estimate.period.end == dt.date(2024, 1, 1)
    assert line.decision.expected.definition == "registry:downloads"
    assert market.trail(line.outcome.estimate.claim_ids[0]).claims
    assert page.to_polars().height == 5


def test_an_earlier_date_reads_as_it_did(folder: Path) -> None:
    market = howdah.open(folder)
    assert set(standings(market, "2023-03-01").values()) == {"open"}
    assert set(standings(market, "2023-07-01").values()) == {"due"}
    before = market.decisions(as_of="2023-01-14")
    assert (before.lines, before.n_later) == ((), 5)
    assert market.decisions(segment="pair", as_of="2024-03-01").lines == ()


def test_a_decision_is_taken_back_with_a_new_row(tmp_path: Path) -> None:
    decided(tmp_path / "m")
    later = at(tmp_path / "m", THEN + dt.timedelta(days=100))
    (watch,) = [
        line.decision_id
        for line in later.decisions(as_of="2023-04-20").lines
        if line.decision.what == "Watch"
    ]
    later.withdraw_decision(watch, by="head of R&D", note="no budget")
    assert standings(later, "2023-04-25")["Watch"] == "withdrawn"
    assert standings(later, "2023-04-24")["Watch"] == "open"
    with pytest.raises(InputError, match="already"):
        later.withdraw_decision(watch, by="head of R&D")
    with pytest.raises(InputError, match="howdah decisions"):
        later.withdraw_decision("d000000000000", by="head of R&D")


def test_decided_directions_are_scored_by_the_year_after(folder: Path) -> None:
    found = howdah.open(folder).directions_record("2024-12-31").decided
    assert [one.line.decision.what for one in found]
    one = found[0]
    assert one.growth is not None
    assert one.growth.lower < one.growth.value < one.growth.upper
    # The pair is too small, and the third segment is counted by what nobody reports.
    assert (one.others, one.place) == ((), None)
    early = howdah.open(folder).directions_record("2023-12-01").decided
    assert {one.growth for one in early} == {None}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"about": "tols"}, "segments: tools, pair, nobody"),
        ({"about": "f000000000000"}, "howdah radar"),
        ({"what": " "}, "what is empty"),
        ({"owner": ""}, "owner is empty"),
        ({"review": "2023-01-15"}, "which is over"),
        ({"expect": "downloads of new 4 at least 1k by 2023-01-01"}, "which is over"),
        ({"expect": "downlods of new 4 at least 1k by 2024-01-01"}, "downloads"),
        ({"expect": "downloads of nobody at least 1k by 2024-01-01"}, "nobody"),
    ],
)
def test_what_cannot_be_decided_says_why(folder: Path, change: dict[str, str], said: str) -> None:
    given = {
        "about": "tools",
        "what": "Grow",
        "owner": "head of product",
        "expect": f"downloads of new 4 at least 1k by {BY}",
        "review": "2023-07-01",
        "by": "head of R&D",
        **change,
    }
    with pytest.raises((InputError, UnknownNameError)) as caught:
        at(folder, THEN).decide(given.pop("about"), as_of=THEN.date(), **given)
    assert said in str(caught.value)
    assert len(howdah.open(folder).decisions(as_of="2024-03-01").lines) == 5
