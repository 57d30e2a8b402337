"""Feeds: their state, and the rows that could not become claims."""

from collections.abc import Callable, Sequence
from typing import Any, TypedDict, cast

from howdah.market.market import Market
from howdah.market.pages import FeedsReport
from howdah.market.quarantine import QuarantinedRow
from howdah.surfaces.http.answers.asked import Written, lang_of, without_basis
from howdah.surfaces.http.formats import Answer
from howdah.surfaces.http.questions import Question


class QuarantineData(TypedDict):
    """Rows that could not become claims, the newest first.

    Attributes
    ----------
    n_rows, n_mended
        Rows in all, and those that were mended since and are not among them.
    """

    rows: Sequence[QuarantinedRow]
    n_rows: int
    n_mended: int


def feeds(market: Market, question: Question) -> Answer[Written[FeedsReport]]:
    """State of every feed, and how much of the market they reach."""
    page = market.feeds(question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def quarantine(market: Market, question: Question) -> Answer[QuarantineData]:
    """Rows that could not become claims, with their raw text, place and reason."""
    every = market.quarantine(question.value("feed"))
    rows = every if question.flag("mended") else [r for r in every if r["mended_at"] is None]
    limit = question.number("limit") or 100
    data: QuarantineData = {
        "rows": cast("Sequence[QuarantinedRow]", rows[:limit]),
        "n_rows": len(rows),
        "n_mended": len(every) - len(rows),
    }
    return Answer(data, None, lambda: rows)


ANSWERS: dict[str, Callable[[Market, Question], Answer[Any]]] = {
    "feeds": feeds,
    "quarantine": quarantine,
}
