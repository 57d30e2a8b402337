"""A brief says what the other use cases say of one segment, and nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from test_features import open_features

import howdah
from howdah.core.errors import UnknownNameError
from howdah.guidance.disproof import find_disproofs
from howdah.guidance.term import Term
from howdah.market import Market


@pytest.fixture(scope="module")
def market(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Market:
    return howdah.open(made_once("tools-features", open_features))


def test_a_brief_holds_what_the_parts_say(market: Market) -> None:
    page = market.brief("tools")
    whole = market.directions()
    assert page.terms == whole.real.table["tools"]
    assert page.features.gaps == market.features("tools").gaps
    assert page.entry is not None
    assert page.entry.answer == market.entry("tools").answer
    league = market.rank("downloads", segment="tools")
    assert page.members == league.places[: len(page.members)]
    assert page.n_members == 9
    assert (page.place, page.without) == (None, ())
    assert page.decisions.lines == ()
    told = {d.term for d in page.disproofs}
    assert told | {t.name for t in page.untested} == set(page.terms)
    assert page.to_polars().height == len(page.terms)


def test_a_feed_that_may_not_leave_says_nothing_of_features(market: Market) -> None:
    assert market.brief("tools", without=["features"]).features.features == ()


def test_a_segment_without_figures_has_a_brief_that_says_so(market: Market) -> None:
    page = market.brief("nobody")
    assert (page.members, page.disproofs) == ((), ())
    assert len(page.untested) == len(page.terms)
    with pytest.raises(UnknownNameError, match="tools"):
        market.brief("tol")


def test_the_bad_end_of_an_interval_would_speak_against_it() -> None:
    terms = {
        "growth": Term("growth", "", value=20.0, lower=10.0, upper=30.0),
        "size": Term("size", "", value=5.0, lower=4.0, upper=6.0),
        "pressure": Term("pressure", "", value=50.0, lower=40.0, upper=60.0),
        "retention": Term("retention", "no_figures"),
    }
    found, untested = find_disproofs(terms)  # type: ignore[arg-type]
    assert [(d.term, d.side, d.limit) for d in found] == [
        # To grow less is no disproof as long as it grows.
        ("growth", "below", 0.0),
        ("size", "below", 4.0),
        ("pressure", "above", 60.0),
    ]
    assert [t.name for t in untested] == ["retention"]
    falling = {"growth": Term("growth", "", value=-20.0, lower=-30.0, upper=-10.0)}
    assert find_disproofs(falling)[0][0].limit == -30.0  # type: ignore[arg-type]
