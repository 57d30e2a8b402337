"""Feeds that fell silent: what is allowed, by cadence or by their own gaps, and when they ended."""

import datetime as dt
from typing import TYPE_CHECKING

import pytest

import howdah
from howdah.market import Market
from howdah.market.pages import basis_text

if TYPE_CHECKING:
    from pathlib import Path

_SPEC = """\
title = "Users of a few apps"
source = "Acme"
path = "data/{name}.csv"
cadence = "{cadence}"
replay = true
[licence]
name = "Own"
[claim]
subject = {{ column = "app" }}
metric = "dau"
value = {{ column = "users" }}
period = {{ column = "day" }}
published_at = {{ column = "day" }}
"""

_FIRST = dt.date(2024, 1, 1)

#: Days of publication, counted from the first.
_PUBLISHED = {
    "irregular": (0, 10, 40, 45),
    "once": (0,),
    "lone": (0,),
    "weekly": (0, 7, 14, 28),
}


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Market:
    folder: Path = tmp_path_factory.mktemp("silence") / "tea"
    howdah.init(folder)
    (folder / "data").mkdir()
    for name, days in _PUBLISHED.items():
        cadence = "irregular" if name == "lone" else name
        (folder / "feeds" / f"{name}.toml").write_text(_SPEC.format(name=name, cadence=cadence))
        rows = [f"Oolong,{_FIRST + dt.timedelta(days=day)},{100 + day}" for day in days]
        (folder / "data" / f"{name}.csv").write_text("app,day,users\n" + "\n".join(rows) + "\n")
    made = howdah.open(folder)
    made.update()
    return made


def states(market: Market, days: int) -> dict[str, tuple[str, int | None]]:
    page = market.feeds(_FIRST + dt.timedelta(days=days))
    return {feed.feed: (feed.state, feed.days_late) for feed in page.feeds}


@pytest.mark.parametrize(
    ("days", "irregular", "weekly"),
    [
        # Twice the longest gap, of thirty days, may pass; of a weekly one fourteen days.
        (45 + 60, ("healthy", 0), ("late", 105 - 28 - 14)),
        (45 + 61, ("late", 1), ("late", 106 - 28 - 14)),
        # Four times as long, but not yet a year.
        (45 + 365, ("late", 365 - 60), ("ended", 410 - 28 - 14)),
        (45 + 366, ("ended", 366 - 60), ("ended", 411 - 28 - 14)),
        # Known on an earlier date: the longest gap was ten days then.
        (10 + 21, ("late", 1), ("healthy", 0)),
    ],
)
def test_a_feed_is_late_by_its_cadence_or_its_own_gaps(
    market: Market, days: int, irregular: tuple[str, int], weekly: tuple[str, int]
) -> None:
    found = states(market, days)
    assert (found["irregular"], found["weekly"]) == (irregular, weekly)


def test_what_came_once_tells_nothing_of_more_to_come(market: Market) -> None:
    found = states(market, 4000)
    assert found["once"] == found["lone"] == ("healthy", None)


def test_late_feeds_of_an_answer_are_those_of_the_page(market: Market) -> None:
    day = _FIRST + dt.timedelta(days=45 + 61)
    late = {feed: n for feed, _, n in market.feeds(day).basis.stale}
    assert late == {feed: n for feed, (_, n) in states(market, 45 + 61).items() if n}
    assert set(late) == {"irregular", "weekly"}


def test_a_feed_that_has_ended_is_never_late_besides(market: Market) -> None:
    page = market.feeds(_FIRST + dt.timedelta(days=4000))
    ended = {feed.feed for feed in page.feeds if feed.state == "ended"}
    assert ended == {feed for feed, _ in page.basis.ended} == {"irregular", "weekly"}
    assert page.basis.stale == ()
    text = basis_text(page.basis)
    assert "Ended feeds: irregular (last " in text
    assert "Late feeds" not in text
