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
_OWN_DATE = ("hits", "records", "decisions", "directions", "directions_record")

#: Those that hold sentences: the app asks for them in its language, for the others in none.
_SPOKEN = frozenset({"radar", "hits", "records", "decisions", "brief"})


def questions_of(market: Market, as_of: dt.date, version: str) -> Iterator[Question]:
    """The questions that a reader of a date asks first, as addresses put them.

    Parameters
    ----------
    version
        The market's version, which pages of leagues are sealed with.
    """
    is_own = as_of == market.as_of()
    for use in (*_EVERYWHERE, *(_OWN_DATE if is_own else ())):
        yield from _asked(use, as_of, {})
    for segment in market.config.segment:
        values: dict[str, Value] = {"metric": segment.headline, "segment": segment.id}
        seal = _question("league", as_of, values).tag(version)
        yield _question("league", as_of, {**values, "limit": _ROWS, "start": 0, "seal": seal})
        if is_own and not segment.simulated:
            yield from _asked("entry", as_of, {"segment": segment.id})
            yield from _asked("features", as_of, {"target": (segment.id,)})
            yield from _asked("brief", as_of, {"segment": segment.id})
    for entity in _followed(market):
        yield from _asked("entity", as_of, {"id": entity})


def _asked(use: str, as_of: dt.date, values: dict[str, Value]) -> Iterator[Question]:
    """A question as the app puts it, in both languages where that changes the answer."""
    yield _question(use, as_of, values)
    if use in _SPOKEN:
        yield _question(use, as_of, {**values, "lang": "zh"})


def _followed(market: Market) -> list[str]:
    page = market.overview()
    ids = [market.page(name).entity.canonical_id for name in page.ours]
    for segment in page.segments:
        if segment.is_followed:
            ids += market.members(segment.id)
    return list(dict.fromkeys(ids))[:_MOST_PAGES]


def _question(use: str, as_of: dt.date, values: dict[str, Value]) -> Question:
    return Question(use, as_of, tuple(sorted(values.items())))
