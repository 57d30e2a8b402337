"""Which answers are made before anybody asks, when a date is prepared."""

import datetime as dt
from collections.abc import Iterator

from howdah.market.market import Market
from howdah.surfaces.http.questions import Question, Value

#: Products whose pages are made ahead: those that are followed by name, then of segments.
_MOST_PAGES = 10

#: Rows of a league's first page, as the address gives it unasked.
_ROWS = 100

_LANGS = ("en", "zh")


def questions_of(market: Market, as_of: dt.date, version: str) -> Iterator[Question]:
    """The questions that a reader of a date asks first, as addresses put them.

    Parameters
    ----------
    version
        The market's version, which pages of leagues are sealed with.
    """
    for lang in _LANGS:
        given: dict[str, Value] = {} if lang == "en" else {"lang": lang}
        for use in ("market", "radar", "leagues", "flows", "sources", "revisions"):
            yield _question(use, as_of, given)
        # The radar shows the first of them, and an answer made then keeps all others waiting.
        if as_of == market.as_of():
            yield _question("directions", as_of, given)
        for segment in market.config.segment:
            values = given | {"metric": segment.headline, "segment": segment.id}
            seal = _question("league", as_of, values).tag(version)
            more: dict[str, Value] = {"limit": _ROWS, "start": 0, "seal": seal}
            yield _question("league", as_of, values | more)
        for entity in _followed(market):
            yield _question("entity", as_of, given | {"id": entity})


def _followed(market: Market) -> list[str]:
    page = market.overview()
    ids = [market.page(name).entity.canonical_id for name in page.ours]
    for segment in page.segments:
        if segment.is_followed:
            ids += market.members(segment.id)
    return list(dict.fromkeys(ids))[:_MOST_PAGES]


def _question(use: str, as_of: dt.date, values: dict[str, Value]) -> Question:
    return Question(use, as_of, tuple(sorted(values.items())))
