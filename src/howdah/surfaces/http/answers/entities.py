"""Entities: the page of one and its parts, several side by side."""

from collections.abc import Callable

from howdah.core.plain import plain
from howdah.market.market import Market
from howdah.surfaces.http.answers.asked import lang_of, without_basis
from howdah.surfaces.http.answers.findings import finding_json
from howdah.surfaces.http.formats import Answer
from howdah.surfaces.http.questions import Question


def find(market: Market, question: Question) -> Answer:
    """Entities that a text may mean."""
    page = market.find(question.text("q"), limit=question.number("limit") or 20)
    return Answer(plain(page), None, page.rows)


def entity(market: Market, question: Question) -> Answer:
    """Everything known of one entity."""
    page = market.page(question.text("id"), question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def course(market: Market, question: Question) -> Answer:
    """One series of an entity over time."""
    page = market.course(
        question.text("id"),
        question.text("metric"),
        definition=question.value("definition"),
        unit=question.value("unit"),
        as_of=question.as_of,
    )
    lang = lang_of(question)
    data = without_basis(page)
    data["faults"] = [finding_json(market, fault, lang) for fault in page.faults]
    return Answer(data, page.basis, page.rows, lang=lang)


def restated(market: Market, question: Question) -> Answer:
    """Every figure of an entity that was restated."""
    page = market.restated(question.text("id"), question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def audience(market: Market, question: Question) -> Answer:
    """What panels and censuses say of an entity's users."""
    page = market.audience(question.text("id"), question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def neighbours(market: Market, question: Question) -> Answer:
    """An entity and what is related to it."""
    page = market.neighbours(question.text("id"), question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def documents(market: Market, question: Question) -> Answer:
    """What documents say of an entity, sentence by sentence."""
    page = market.page(question.text("id"), question.as_of)
    passages = [plain(passage) for passage in page.passages]
    data = {"entity": page.entity, "passages": passages, "n_waiting": page.n_waiting}
    return Answer(data, page.basis, lambda: passages, lang=lang_of(question))


def compare(market: Market, question: Question) -> Answer:
    """Two to six entities side by side."""
    page = market.compare(*question.several("entity"), as_of=question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def flows(market: Market, question: Question) -> Answer:
    """Who goes from which product to which."""
    page = market.flows(question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


ANSWERS: dict[str, Callable[[Market, Question], Answer]] = {
    "search": find,
    "entity": entity,
    "series": course,
    "restated": restated,
    "audience": audience,
    "neighbours": neighbours,
    "documents": documents,
    "compare": compare,
    "flows": flows,
}
