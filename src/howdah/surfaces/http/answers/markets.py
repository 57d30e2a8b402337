"""The market as a whole: what it is, its radar, its sources."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict

from howdah.core.finding import FindingKind
from howdah.market.market import Market
from howdah.market.pages import Explanation, SourceRevisions, Trail
from howdah.market.pages.changes import Changes
from howdah.market.pages.directions import Directions, RecordPage
from howdah.market.pages.entry import EntryPage
from howdah.market.pages.names import ChineseNames
from howdah.market.pages.overview import Overview
from howdah.market.pages.sources import Card, SilentChart
from howdah.surfaces.http import paging
from howdah.surfaces.http.answers.asked import (
    Named,
    With,
    Written,
    extended,
    lang_of,
    named_without_basis,
    without_basis,
)
from howdah.surfaces.http.answers.findings import (
    FindingData,
    HitData,
    HitSaid,
    RecordData,
    finding_json,
    odds_json,
    record_json,
)
from howdah.surfaces.http.formats import Answer
from howdah.surfaces.http.questions import Question


class RadarData(TypedDict):
    """The findings worth a reader's minute, best first.

    Attributes
    ----------
    n_found
        All that were found, chosen or not.
    followed
        Names of what the market follows.
    n_panel_alone
        Entities of which the market's own panels alone state numbers: growth of these is not
        looked for.
    """

    n_found: int
    followed: Sequence[str]
    n_panel_alone: int
    findings: list[FindingData]


class FindingsData(TypedDict):
    """A page of everything that was found, best first.

    Attributes
    ----------
    start, n_matching
        Findings before the page, and of all pages.
    kinds
        How many there are of each kind, of whatever kind was asked for; the most first.
    """

    start: int
    n_matching: int
    kinds: Mapping[FindingKind, int]
    findings: list[FindingData]


class HitsData(TypedDict):
    """Who is next in the market's ranked lists.

    Attributes
    ----------
    record
        Of such odds in this market.
    without
        Ids of the followed segments, of those asked for, in which nobody is a candidate.
    """

    findings: list[HitData]
    record: RecordData
    without: Sequence[str]


class ClassData(TypedDict):
    """The record of one class of findings."""

    kind: FindingKind
    record: RecordData


class RecordsData(TypedDict):
    """How past findings did, class by class.

    Attributes
    ----------
    origins
        Past dates on which the detectors were run; empty where no record was kept.
    """

    origins: Sequence[dt.date]
    classes: list[ClassData]


class ChangedFindings(TypedDict):
    """What became known, or was unsaid, from one date to another."""

    appeared: list[FindingData]
    gone: list[FindingData]


class SourcesData(TypedDict):
    """The report cards of the sources, and the charts that tell no level."""

    cards: Sequence[Card]
    silent_charts: Sequence[SilentChart]


class TrailFinding(TypedDict):
    """From a number to the claims behind it and on to the raw rows."""

    finding: FindingData | None


class Unplaced(TypedDict):
    """A ranking of segments that may stand beside each other.

    Attributes
    ----------
    unplaced
        Segments that can be compared with no other.
    """

    unplaced: Sequence[str]


class DirectionsData(TypedDict):
    """What to build: real segments, and simulated ones apart.

    Attributes
    ----------
    titles
        Of every segment, by id.
    """

    titles: Mapping[str, str]
    real: With[Named[Directions], Unplaced]
    simulated: With[Named[Directions], Unplaced]


def overview(market: Market, question: Question) -> Answer[Written[Overview]]:
    """What the market is, and between which dates it can be seen."""
    page = market.overview(question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def names(market: Market, question: Question) -> Answer[Written[ChineseNames]]:
    """What readers of Chinese call those whom answers name otherwise."""
    page = market.chinese_names()
    return Answer(without_basis(page), None, page.rows, lang=lang_of(question))


def radar(market: Market, question: Question) -> Answer[RadarData]:
    """The findings chosen for a reader, each with its sentences."""
    page = market.radar(question.as_of)
    lang = lang_of(question)
    data: RadarData = {
        "n_found": page.n_found,
        "followed": page.followed,
        "n_panel_alone": page.n_panel_alone,
        "findings": [finding_json(market, finding, lang) for finding in page.findings],
    }
    return Answer(data, page.basis, page.rows, lang=lang)


def findings(market: Market, question: Question) -> Answer[FindingsData]:
    """A page of all findings, each with its sentences."""
    page = market.findings(
        question.as_of,
        segment=question.value("segment"),
        kind=question.value("kind"),
        start=question.number("start") or 0,
        limit=question.number("limit") or 100,
    )
    lang = lang_of(question)
    data: FindingsData = {
        "start": page.start,
        "n_matching": page.n_matching,
        "kinds": page.kinds,
        "findings": [finding_json(market, finding, lang) for finding in page.findings],
    }
    end = page.start + len(page.findings)
    following = paging.encode(end, question.text("seal")) if end < page.n_matching else None
    return Answer(data, page.basis, page.rows, {"next": following}, lang)


def hits(market: Market, question: Question) -> Answer[HitsData]:
    """Who is next, list by list, with the record of such odds."""
    page = market.hits(question.as_of, segment=question.value("segment"))
    lang = lang_of(question)
    data: HitsData = {
        "findings": [
            extended(
                finding_json(market, finding, lang),
                HitSaid(odds=odds_json(page.odds_of(finding), lang)),
            )
            for finding in page.findings
        ],
        "record": record_json(page.record, lang),
        "without": page.without,
    }
    return Answer(data, page.basis, page.rows, lang=lang)


def records(market: Market, question: Question) -> Answer[RecordsData]:
    """How past findings did, class by class."""
    page = market.records(question.as_of)
    lang = lang_of(question)
    data: RecordsData = {
        "origins": page.origins,
        "classes": [
            {"kind": one.kind, "record": record_json(one.record, lang)} for one in page.classes
        ],
    }
    return Answer(data, page.basis, page.rows, lang=lang)


def changes(market: Market, question: Question) -> Answer[With[Written[Changes], ChangedFindings]]:
    """What changed between two knowledge dates."""
    page = market.changes(question.text("since"), question.as_of)
    lang = lang_of(question)
    found: ChangedFindings = {
        "appeared": [finding_json(market, finding, lang) for finding in page.appeared],
        "gone": [finding_json(market, finding, lang) for finding in page.gone],
    }
    data = extended(without_basis(page), found)
    return Answer(data, page.basis, page.rows, lang=lang)


def sources(market: Market, question: Question) -> Answer[SourcesData]:
    """The report cards of the sources."""
    page = market.sources(question.as_of)
    wanted = question.value("metric")
    if wanted is not None:
        wanted = market.metrics[wanted].id
    group = question.value("by") or "all"
    cards = [
        card
        for card in page.cards
        if card["group"] == group and (wanted is None or card["metric"] == wanted)
    ]
    charts = page.silent_charts_of(wanted, market.metrics)
    data: SourcesData = {"cards": cards, "silent_charts": charts}
    return Answer(data, page.basis, lambda: [dict(card) for card in cards], lang=lang_of(question))


def revisions(market: Market, question: Question) -> Answer[Written[SourceRevisions]]:
    """How far figures of each age still move, and what restatements turned round."""
    page = market.revisions(question.as_of)
    data = without_basis(page)
    return Answer(data, page.basis, page.rows, lang=lang_of(question))


def trail(market: Market, question: Question) -> Answer[With[Written[Trail], TrailFinding]]:
    """From an id to the claims behind it and their raw records."""
    page = market.trail(question.text("id"), question.as_of)
    lang = lang_of(question)
    finding = None if page.finding is None else finding_json(market, page.finding, lang)
    data = extended(without_basis(page), TrailFinding(finding=finding))
    return Answer(data, page.basis, page.rows, lang=lang)


def explain(market: Market, question: Question) -> Answer[Written[Explanation]]:
    """What each claim contributed to an estimate, and what changed since a date."""
    page = market.explain(
        question.text("id"),
        question.value("metric"),
        period=question.value("period"),
        definition=question.value("definition"),
        since=question.value("since"),
        as_of=question.as_of,
    )
    data = without_basis(page)
    return Answer(data, page.basis, page.rows, lang=lang_of(question))


def directions(market: Market, question: Question) -> Answer[DirectionsData]:
    """Segments ranked for what to build."""
    page = market.directions(question.as_of)
    real, simulated = (
        extended(named_without_basis(part), Unplaced(unplaced=part.unplaced))
        for part in (page.real, page.simulated)
    )
    data: DirectionsData = {"titles": page.titles, "real": real, "simulated": simulated}
    return Answer(data, page.basis, page.rows, lang=lang_of(question))


def directions_record(market: Market, question: Question) -> Answer[Named[RecordPage]]:
    """How directions would have done, asked on earlier dates."""
    page = market.directions_record(question.as_of)
    return Answer(named_without_basis(page), page.basis, page.rows, lang=lang_of(question))


def entry(market: Market, question: Question) -> Answer[Named[EntryPage]]:
    """What happened when giants entered a segment, and which giant is where."""
    page = market.entry(question.text("segment"), question.as_of)
    return Answer(named_without_basis(page), page.basis, page.rows, lang=lang_of(question))


ANSWERS: dict[str, Callable[[Market, Question], Answer[Any]]] = {
    "market": overview,
    "names": names,
    "changes": changes,
    "radar": radar,
    "findings": findings,
    "hits": hits,
    "records": records,
    "sources": sources,
    "revisions": revisions,
    "trail": trail,
    "explain": explain,
    "directions": directions,
    "directions_record": directions_record,
    "entry": entry,
}
