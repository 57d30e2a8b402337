"""Figures with several other parties: each channel's own, and what they add up to."""

import re
from pathlib import Path

import pytest

import howdah
from howdah.core.errors import UnknownNameError
from howdah.core.estimate import party_of
from howdah.market import Market
from howdah.surfaces.cli.pages.entity import draw_page
from howdah.surfaces.cli.pages.explain import draw_explanation
from howdah.surfaces.cli.screen import Screen

NAME = "Simulated advertiser J"
SEARCH, VIDEO = "Simulated search ads", "Simulated video network"


@pytest.fixture(scope="module")
def market(example_market: Path) -> Market:
    return howdah.open(example_market)


def test_each_channel_is_a_series_with_growth_of_its_own(market: Market) -> None:
    page = market.show(NAME)
    spend = {s.object: s for s in page.series if s.metric == "ad_spend"}
    assert set(spend) == {SEARCH, VIDEO}
    for channel, series in spend.items():
        periods = [e.period.label for e in series.estimates]
        assert len(set(periods)) == len(periods)
        assert {s.object for s in series.statements} == {channel}
        assert {g.object for g in series.growth} == {channel}
        assert len({g.start for g in series.growth}) == len(series.growth)


def test_what_is_counted_over_a_period_adds_up_over_channels(market: Market) -> None:
    page = market.show(NAME)
    (total,) = [one for one in page.together if one.metric == "ad_spend"]
    own = [s.last for s in page.series if s.metric == "ad_spend"]
    assert total.parties == (SEARCH, VIDEO)
    assert total.value == pytest.approx(sum(e.value or 0.0 for e in own), rel=0.01)
    assert total.lower is not None
    assert total.upper is not None
    assert sum(e.lower or 0.0 for e in own) <= total.lower < total.upper
    # What nobody reported is in no sum.
    assert not [one for one in page.together if one.metric == "ad_impressions"]


def test_a_channel_in_which_nothing_ran_adds_nothing(market: Market) -> None:
    page = market.show(NAME, as_of="2024-12-09")
    own = {s.object: s.last for s in page.series if s.metric == "ad_spend"}
    assert own[SEARCH].value == 0
    (total,) = [one for one in page.together if one.metric == "ad_spend"]
    assert total.parties == (SEARCH, VIDEO)
    video = own[VIDEO]
    assert (total.value, total.lower, total.upper) == (video.value, video.lower, video.upper)


def test_an_explanation_says_of_which_channel_it_is(
    market: Market, capsys: pytest.CaptureFixture[str]
) -> None:
    # Which of them was taken is told also where a definition, which both have, was asked for.
    page = market.explain(NAME, "ad_spend", definition="simulated-ads:ad_spend")
    (other,) = page.others
    assert {other.object, party_of(page.estimate.note)} == {SEARCH, VIDEO}
    screen = Screen()
    draw_explanation(screen, market, page)
    screen.write()
    lines = capsys.readouterr().out.splitlines()
    mine, others = party_of(page.estimate.note), other.object
    assert lines[1].startswith(f"  {mine}: USD")
    assert any(f"2 series are known, and that of {mine} was taken" in line for line in lines)
    assert any(
        line.startswith(f"    {others}: ") and line.endswith(f"howdah explain {other.estimate_id}")
        for line in lines
    )
    assert market.explain(other.estimate_id).estimate.estimate_id == other.estimate_id


def test_one_channel_is_asked_for_by_name(market: Market) -> None:
    course = market.course(NAME, "ad_spend", party=VIDEO)
    assert course.series.object == VIDEO
    assert [other.object for other in course.others] == [SEARCH]
    with pytest.raises(UnknownNameError, match="Radio"):
        market.course(NAME, "ad_spend", party="Radio")


def test_tables_say_which_channel(market: Market) -> None:
    compared = market.compare(NAME, "Simulated advertiser M")
    lines = [line for line in compared.lines if line.metric == "ad_spend"]
    assert {line.object for line in lines} == {SEARCH, VIDEO}
    places = market.places("ad_spend", segment="simulated-advertisers", with_sparks=True)
    own = [row for row in places.places if row.estimate.name == NAME]
    assert {row.object for row in own} == {SEARCH, VIDEO}
    sparks = {row.object: places.sparks[row.estimate.entity, row.object] for row in own}
    assert sparks[SEARCH] != sparks[VIDEO]


def test_the_page_as_text_names_the_channels(
    market: Market, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = Screen()
    draw_page(screen, market, market.show(NAME))
    screen.write()
    text = capsys.readouterr().out
    assert f"{SEARCH}: USD" in text
    assert f"{VIDEO}: USD" in text
    assert "Together: USD" in text
    # The figure names its channel; neither its note nor what was said repeats it.
    assert "other party" not in text
    assert f"({SEARCH})" not in text
    # What is counted exactly grew by one figure.
    assert re.search(r"Growth [-+]\d+ % in \d+ days", text)
    assert not re.search(r"([-+]?\d+(?:\.\d)?) % \(\1 to \1\)", text)
