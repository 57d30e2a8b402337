"""Entities: the page of one and its parts, several side by side."""

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from howdah.core.entity import Entity
from howdah.core.plain import plain
from howdah.market.market import Market
from howdah.market.pages import AudiencePage, Comparison, EntityPage, Passage
from howdah.market.pages.course import Course, Neighbours, Restated
from howdah.market.pages.flows import Flows
from howdah.market.pages.found import Found
from howdah.surfaces.http.answers.asked import With, Written, extended, lang_of, without_basis
from howdah.surfaces.http.answers.findings import FindingData, finding_json
from howdah.surfaces.http.formats import Answer
from howdah.surfaces.http.questions import Question


class CourseFaults(TypedDict):
    """One series of an entity, to be drawn."""

    faults: list[FindingData]


class Documents(TypedDict):
    """What documents say of an entity, the newest first.

    Attributes
    ----------
    n_waiting
        Sentences that were read as about it and wait for a reviewer: they are not shown.
    """

    entity: Entity
    passages: Sequence[Passage]
    n_waiting: int


def find(market: Market, question: Question) -> Answer[Written[Found]]:
    """Entities that a text may mean."""
    page = market.find(question.text("q"), limit=question.number("limit") or 20)
    return Answer(without_basis(page), None, page.rows)


def entity(market: Market, question: Question) -> Answer[Written[EntityPage]]:
    """Everything known of one entity."""
    page = market.page(question.text("id"), question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def course(market: Market, question: Question) -> Answer[With[Written[Course], CourseFaults]]:
    """One series of an entity over time."""
    page = market.course(
        question.text("id"),
        question.text("metric"),
        definition=question.value("definition"),
        unit=question.value("unit"),
        party=question.value("party"),
        as_of=question.as_of,
    )
    lang = lang_of(question)
    faults = [finding_json(market, fault, lang) for fault in page.faults]
    data = extended(without_basis(page), CourseFaults(faults=faults))
    return Answer(data, page.basis, page.rows, lang=lang)


def restated(market: Market, question: Question) -> Answer[Written[Restated]]:
    """Every figure of an entity that was restated."""
    page = market.restated(question.text("id"), question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def audience(market: Market, question: Question) -> Answer[Written[AudiencePage]]:
    """What panels and censuses say of an entity's users."""
    page = market.audience(question.text("id"), question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def neighbours(market: Market, question: Question) -> Answer[Written[Neighbours]]:
    """An entity and what is related to it."""
    page = market.neighbours(question.text("id"), question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def documents(market: Market, question: Question) -> Answer[Documents]:
    """What documents say of an entity, sentence by sentence."""
    page = market.page(question.text("id"), question.as_of)
    data: Documents = {
        "entity": page.entity,
        "passages": page.passages,
        "n_waiting": page.n_waiting,
    }
    rows = [plain(passage) for passage in page.passages]
    return Answer(data, page.basis, lambda: rows, lang=lang_of(question))


def compare(market: Market, question: Question) -> Answer[Written[Comparison]]:
    """Two to six entities side by side."""
    page = market.compare(*question.several("entity"), as_of=question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def flows(market: Market, question: Question) -> Answer[Written[Flows]]:
    """Who goes from which product to which."""
    page = market.flows(question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


ANSWERS: dict[str, Callable[[Market, Question], Answer[Any]]] = {
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
