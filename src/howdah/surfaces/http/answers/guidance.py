"""Growth and guidance: what was bought, who has which feature, briefs, decisions."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypedDict

from howdah.guidance.features import Cell
from howdah.guidance.gaps import Gap, Holder, Spread, Sure
from howdah.guidance.sightings import Unnamed
from howdah.guidance.term import Term
from howdah.market.market import Market
from howdah.market.pages.brief import BriefPage
from howdah.market.pages.decisions import (
    DecisionLine,
    DecisionsPage,
    expected_text,
    reading_text,
    unread_text,
)
from howdah.market.pages.entry import EntryPage
from howdah.market.pages.features import FeaturesPage, GapsMissing
from howdah.market.pages.split import SplitPage
from howdah.market.pages.verdict import verdict_text
from howdah.surfaces.http.answers.asked import (
    Named,
    With,
    Written,
    extended,
    lang_of,
    named_without_basis,
    without_basis,
)
from howdah.surfaces.http.answers.findings import FindingData, finding_json
from howdah.surfaces.http.formats import Answer
from howdah.surfaces.http.questions import Question


class SplitSaid(TypedDict):
    """What an entity bought and what it earned, with the verdict first.

    Attributes
    ----------
    text
        The verdict, or what is missing to tell, in the language asked for.
    verdicts
        How many channels have each verdict.
    """

    text: str
    verdicts: Mapping[str, int]


class CellClaims(TypedDict):
    """What is known of one feature of one product.

    Attributes
    ----------
    sources
        Who says what the state says.
    claim_ids
        Claims behind it, what its state rests on first, and the newest of that first.
    """

    sources: Sequence[str]
    claim_ids: Sequence[str]


CellData: TypeAlias = With[Written[Cell], CellClaims]


class HolderClaims(TypedDict):
    """A product that has a feature which ours lacks."""

    cell: CellData


class SpreadSeen(TypedDict):
    """How a feature spread.

    Attributes
    ----------
    is_row
        Whether it appeared in several places in a row.
    """

    is_row: bool


class GapSure(TypedDict):
    """A feature that others have and one of ours is not known to have.

    Attributes
    ----------
    sure
        How sure the gap is: by the weakest thing that it rests on.
    n_risers
        Holders that surely grew.
    """

    sure: Sure
    n_risers: int
    own: CellData
    holders: list[With[Written[Holder], HolderClaims]]


class FeatureTitle(TypedDict):
    """A feature as the market calls it."""

    id: str
    title: str
    title_zh: str


class FeaturesData(TypedDict):
    """Which product has which feature, and what ours lack.

    Attributes
    ----------
    segments
        Ids of those that were asked for.
    n_products
        All that were asked for; of those that are not among `products` nothing is known.
    products
        Of which anything is known, in order.
    names
        For people, of products in the answer.
    features
        Of which anything is known, in the order of the market.
    vocabulary
        Every feature that market.toml names.
    ours
        Ids of the products that are ours.
    cells
        Those of which anything is known; all others are unknown.
    growths
        Of each product over a year, of those that have one.
    gaps, gaps_missing
        Of ours; and why there are none to tell.
    unnamed
        Words of feature claims that name no feature of the vocabulary.
    stale_days
        Days without confirmation after which a cell is stale.
    """

    segments: Sequence[str]
    n_products: int
    products: Sequence[str]
    names: Mapping[str, str]
    features: Sequence[str]
    vocabulary: list[FeatureTitle]
    ours: Sequence[str]
    cells: list[CellData]
    spreads: list[With[Written[Spread], SpreadSeen]]
    growths: Mapping[str, Term]
    gaps: list[With[Written[Gap], GapSure]]
    gaps_missing: GapsMissing
    unnamed: Sequence[Unnamed]
    stale_days: int


class LineSaid(TypedDict):
    """A decision with what came of it by the date that was asked for.

    Attributes
    ----------
    day
        On which it was recorded, in UTC.
    expected_text, reading_text, unread_text
        What is expected, what was read, and why nobody can tell, in the language asked for; ''
        where there is none.
    """

    day: dt.date
    expected_text: str
    reading_text: str
    unread_text: str


class DecisionsData(TypedDict):
    """Every decision that was recorded by a date, the due ones first.

    Attributes
    ----------
    names
        For people, of entities and segments.
    n_later, last_later
        Decisions that were recorded after the date, and the last day of those.
    """

    decisions: list[With[Written[DecisionLine], LineSaid]]
    names: Mapping[str, str]
    n_later: int
    last_later: dt.date | None


class BriefSaid(TypedDict):
    """Everything that speaks for or against going into a segment."""

    features: FeaturesData
    entry: Named[EntryPage] | None
    decisions: DecisionsData
    findings: list[FindingData]


SplitData: TypeAlias = With[Named[SplitPage], SplitSaid]
BriefData: TypeAlias = With[Written[BriefPage], BriefSaid]


def split(market: Market, question: Question) -> Answer[SplitData]:
    """What an entity bought and what it earned, the verdict first."""
    page = market.split(
        question.text("id"), outcome=question.value("outcome"), as_of=question.as_of
    )
    lang = lang_of(question)
    said = SplitSaid(text=verdict_text(page, market.metrics, lang), verdicts=page.verdicts)
    data = extended(named_without_basis(page), said)
    return Answer(data, page.basis, page.rows, lang=lang)


def features(market: Market, question: Question) -> Answer[FeaturesData]:
    """Which product has which feature, and what ours lack."""
    page = market.features(
        *question.several("target"), ours=question.several("ours"), as_of=question.as_of
    )
    return Answer(_features_json(page), page.basis, page.rows, lang=lang_of(question))


def _features_json(page: FeaturesPage) -> FeaturesData:
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
            _cell_json(cell)
            for product in page.known
            for cell in page.matrix[product].values()
            if cell.sightings
        ],
        "spreads": [
            extended(without_basis(spread), SpreadSeen(is_row=spread.is_row))
            for spread in page.spreads.values()
        ],
        "growths": {id_: term for id_, term in page.growths.items() if id_ in known},
        "gaps": [_gap_json(gap) for gap in page.gaps],
        "gaps_missing": page.gaps_missing,
        "unnamed": page.unnamed,
        "stale_days": page.stale_days,
    }


def _cell_json(cell: Cell) -> CellData:
    claims = CellClaims(sources=cell.sources, claim_ids=cell.claim_ids)
    return extended(without_basis(cell), claims)


def _gap_json(gap: Gap) -> With[Written[Gap], GapSure]:
    said: GapSure = {
        "sure": gap.sure,
        "n_risers": gap.n_risers,
        "own": _cell_json(gap.own),
        "holders": [
            extended(without_basis(one), HolderClaims(cell=_cell_json(one.cell)))
            for one in gap.holders
        ],
    }
    return extended(without_basis(gap), said)


def brief(market: Market, question: Question) -> Answer[BriefData]:
    """A direction on one page."""
    page = market.brief(question.text("segment"), question.as_of)
    lang = lang_of(question)
    said: BriefSaid = {
        "features": _features_json(page.features),
        "entry": None if page.entry is None else named_without_basis(page.entry),
        "decisions": _decisions_json(market, page.decisions, question),
        "findings": [finding_json(market, finding, lang) for finding in page.findings],
    }
    return Answer(extended(without_basis(page), said), page.basis, page.rows, lang=lang)


def decisions(market: Market, question: Question) -> Answer[DecisionsData]:
    """Decisions that were taken, with what became of them."""
    page = market.decisions(segment=question.value("segment"), as_of=question.as_of)
    data = _decisions_json(market, page, question)
    return Answer(data, page.basis, page.rows, lang=lang_of(question))


def _decisions_json(market: Market, page: DecisionsPage, question: Question) -> DecisionsData:
    lang = lang_of(question)
    said = market.names(lang)
    called = {id_: said.get(name, name) for id_, name in page.names.items()}
    return {
        "decisions": [
            extended(
                without_basis(line),
                LineSaid(
                    day=line.decision.day,
                    expected_text=expected_text(
                        line.decision.expected, called, market.metrics, lang
                    ),
                    reading_text=reading_text(line.outcome, lang),
                    unread_text=unread_text(line.outcome, lang),
                ),
            )
            for line in page.lines
        ],
        "names": page.names,
        "n_later": page.n_later,
        "last_later": page.last_later,
    }


ANSWERS: dict[str, Callable[[Market, Question], Answer[Any]]] = {
    "split": split,
    "features": features,
    "brief": brief,
    "decisions": decisions,
}
