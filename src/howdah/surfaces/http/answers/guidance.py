"""Growth and guidance: what was bought, who has which feature, briefs, decisions."""

from collections.abc import Callable
from typing import Any

from howdah.core.plain import named, plain
from howdah.market.market import Market
from howdah.market.pages.decisions import (
    DecisionsPage,
    expected_text,
    reading_text,
    unread_text,
)
from howdah.market.pages.features import FeaturesPage
from howdah.market.pages.verdict import verdict_text
from howdah.surfaces.http.answers.asked import lang_of, named_without_basis, without_basis
from howdah.surfaces.http.answers.findings import finding_json
from howdah.surfaces.http.formats import Answer
from howdah.surfaces.http.questions import Question


def split(market: Market, question: Question) -> Answer:
    """What an entity bought and what it earned, the verdict first."""
    page = market.split(
        question.text("id"), outcome=question.value("outcome"), as_of=question.as_of
    )
    lang = lang_of(question)
    data = {
        **named_without_basis(page),
        "text": verdict_text(page, market.metrics, lang),
        "verdicts": page.verdicts,
    }
    return Answer(data, page.basis, page.rows, lang=lang)


def features(market: Market, question: Question) -> Answer:
    """Which product has which feature, and what ours lack."""
    page = market.features(
        *question.several("target"), ours=question.several("ours"), as_of=question.as_of
    )
    return Answer(_features_json(page), page.basis, page.rows, lang=lang_of(question))


def _features_json(page: FeaturesPage) -> dict[str, Any]:
    """The matrix of the products of which anything is known: all others are unknown throughout."""
    known = set(page.known)
    told = [cell for row in page.matrix.values() for cell in row.values()]
    shown = known | set(page.ours) | {s.about for cell in told for s in cell.sightings}
    return {
        "segments": page.segments,
        "n_products": len(page.products),
        "products": page.known,
        "names": {id_: name for id_, name in page.names.items() if id_ in shown},
        "features": page.features,
        "vocabulary": [
            {"id": f.id, "title": f.title, "title_zh": f.title_zh} for f in page.vocabulary
        ],
        "ours": page.ours,
        "cells": [
            {**named(cell), "sources": cell.sources, "claim_ids": cell.claim_ids}
            for product in page.known
            for cell in page.matrix[product].values()
            if cell.sightings
        ],
        "spreads": [{**named(spread), "is_row": spread.is_row} for spread in page.spreads.values()],
        "growths": {id_: term for id_, term in page.growths.items() if id_ in known},
        "gaps": [{**named(gap), "sure": gap.sure, "n_risers": gap.n_risers} for gap in page.gaps],
        "gaps_missing": page.gaps_missing,
        "unnamed": named(page.unnamed),
        "stale_days": page.stale_days,
    }


def brief(market: Market, question: Question) -> Answer:
    """A direction on one page."""
    page = market.brief(question.text("segment"), question.as_of)
    lang = lang_of(question)
    data = without_basis(page)
    data["features"] = _features_json(page.features)
    data["entry"] = None if page.entry is None else named_without_basis(page.entry)
    data["decisions"] = _decisions_json(market, page.decisions, question)
    data["findings"] = [finding_json(market, finding, lang) for finding in page.findings]
    return Answer(data, page.basis, page.rows, lang=lang)


def decisions(market: Market, question: Question) -> Answer:
    """Decisions that were taken, with what became of them."""
    page = market.decisions(segment=question.value("segment"), as_of=question.as_of)
    data = _decisions_json(market, page, question)
    return Answer(data, page.basis, page.rows, lang=lang_of(question))


def _decisions_json(market: Market, page: DecisionsPage, question: Question) -> dict[str, Any]:
    lang = lang_of(question)
    return {
        "decisions": [
            {
                **plain(line),
                "day": line.decision.day,
                "expected_text": expected_text(
                    line.decision.expected, page.names, market.metrics, lang
                ),
                "reading_text": reading_text(line.outcome, lang),
                "unread_text": unread_text(line.outcome, lang),
            }
            for line in page.lines
        ],
        "names": page.names,
        "n_later": page.n_later,
        "last_later": page.last_later,
    }


ANSWERS: dict[str, Callable[[Market, Question], Answer]] = {
    "split": split,
    "features": features,
    "brief": brief,
    "decisions": decisions,
}
