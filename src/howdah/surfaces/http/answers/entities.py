"""Entities: the page of one, its audience, several side by side."""

from collections.abc import Callable

from howdah.core.plain import plain
from howdah.market.market import Market
from howdah.surfaces.http.answers.asked import lang_of, without_basis
from howdah.surfaces.http.formats import Answer
from howdah.surfaces.http.questions import Question


def entity(market: Market, question: Question) -> Answer:
    """Everything known of one entity."""
    page = market.show(question.value("id") or "", question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def audience(market: Market, question: Question) -> Answer:
    """What panels and censuses say of an entity's users."""
    page = market.audience(question.value("id") or "", question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def compare(market: Market, question: Question) -> Answer:
    """Two to six entities side by side."""
    page = market.compare(*question.several("entity"), as_of=question.as_of)
    data = {
        "entities": plain(page.entities),
        "lines": plain(page.lines),
        "not_stated": plain(page.not_stated),
    }
    return Answer(data, page.basis, page.rows, lang=lang_of(question))


ANSWERS: dict[str, Callable[[Market, Question], Answer]] = {
    "entity": entity,
    "audience": audience,
    "compare": compare,
}
