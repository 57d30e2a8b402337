"""Feeds: their state, and the rows that could not become claims."""

from collections.abc import Callable

from howdah.core.plain import plain
from howdah.market.market import Market
from howdah.surfaces.http.answers.asked import lang_of, without_basis
from howdah.surfaces.http.formats import Answer
from howdah.surfaces.http.questions import Question


def feeds(market: Market, question: Question) -> Answer:
    """State of every feed, and how much of the market they reach."""
    page = market.feeds(question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def quarantine(market: Market, question: Question) -> Answer:
    """Rows that could not become claims, with their raw text, place and reason."""
    every = market.quarantine(question.value("feed"))
    rows = every if question.flag("mended") else [r for r in every if r["mended_at"] is None]
    limit = question.number("limit") or 100
    data = {"rows": plain(rows[:limit]), "n_rows": len(rows), "n_mended": len(every) - len(rows)}
    return Answer(data, None, lambda: rows)


ANSWERS: dict[str, Callable[[Market, Question], Answer]] = {
    "feeds": feeds,
    "quarantine": quarantine,
}
