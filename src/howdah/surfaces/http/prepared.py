"""Which answers are made before anybody asks, when a date is prepared."""

import datetime as dt
from collections.abc import Iterator

from howdah.market.market import Market
from howdah.surfaces.http.questions import Question, Value

#: Products whose pages are made ahead: those that are followed by name, then of segments.
_MOST_PAGES = 10

#: Rows of a league's first page, as the address gives it unasked.
_ROWS = 100

#: Pages that are made ahead for every date, and those that take seconds each for the market's own.
_EVERYWHERE = ("market", "radar", "leagues", "flows", "sources", "revisions")
_OWN_DATE = ("hits", "records", "directions", "directions_record", "features", "decisions")

#: How a question says its language: English is said by saying nothing.
_SPOKEN: tuple[dict[str, Value], ...] = ({}, {"lang": "zh"})


def questions_of(market: Market, as_of: dt.date, version: str) -> Iterator[Question]:
    """The questions that a reader of a date asks first, as addresses put them.

    Parameters
    ----------
    version
        The market's version, which pages of leagues are sealed with.
    """
    is_own = as_of == market.as_of()
    # Both languages of an answer follow each other: what they have in common is still at hand.
    for use in (*_EVERYWHERE, *(_OWN_DATE if is_own else ())):
        yield from _in_both(use, as_of, {})
    for segment in market.config.segment:
        if is_own and not segment.simulated:
            yield from _in_both("entry", as_of, {"segment": segment.id})
            yield from _in_both("brief", as_of, {"segment": segment.id})
        for given in _SPOKEN:
            values = given | {"metric": segment.headline, "segment": segment.id}
            seal = _question("league", as_of, values).tag(version)
            more: dict[str, Value] = {"limit": _ROWS, "start": 0, "seal": seal}
            yield _question("league", as_of, values | more)
    for entity in _followed(market):
        yield from _in_both("entity", as_of, {"id": entity})


def _in_both(use: str, as_of: dt.date, values: dict[str, Value]) -> Iterator[Question]:
    for given in _SPOKEN:
        yield _question(use, as_of, given | values)


def _followed(market: Market) -> list[str]:
    page = market.overview()
    ids = [market.page(name).entity.canonical_id for name in page.ours]
    for segment in page.segments:
        if segment.is_followed:
            ids += market.members(segment.id)
    return list(dict.fromkeys(ids))[:_MOST_PAGES]


def _question(use: str, as_of: dt.date, values: dict[str, Value]) -> Question:
    return Question(use, as_of, tuple(sorted(values.items())))
