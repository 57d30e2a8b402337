"""The queues of what waits for a reviewer."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from howdah.market.market import Market
from howdah.market.pages import PassagesToReview, Suspects
from howdah.market.review import PairToJudge
from howdah.surfaces.http.answers.asked import Written, lang_of, without_basis
from howdah.surfaces.http.formats import Answer
from howdah.surfaces.http.questions import Question


class PairsData(TypedDict):
    """Pairs of entities that may be the same, and how many there are in all."""

    pairs: Sequence[PairToJudge]
    n_pairs: int


def pairs(market: Market, question: Question) -> Answer[PairsData]:
    """Pairs of entities that may be the same."""
    every = market.review()
    limit = question.number("limit") or 50
    data: PairsData = {"pairs": every[:limit], "n_pairs": len(every)}
    return Answer(data, None, lambda: [dataclasses.asdict(pair) for pair in every])


def claims(market: Market, question: Question) -> Answer[Written[Suspects]]:
    """Claims that are held to be wrong."""
    page = market.suspects(question.as_of, limit=question.number("limit") or 50)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def passages(market: Market, question: Question) -> Answer[Written[PassagesToReview]]:
    """Sentences of documents that wait, and names that wait to be known."""
    page = market.passages(question.as_of, limit=question.number("limit") or 50)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


ANSWERS: dict[str, Callable[[Market, Question], Answer[Any]]] = {
    "review_pairs": pairs,
    "review_claims": claims,
    "review_passages": passages,
}
