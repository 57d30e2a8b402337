"""The market as a whole: what it is, its radar, its sources."""

from collections.abc import Callable

from howdah.core.plain import named
from howdah.market.market import Market
from howdah.surfaces.http.answers.asked import lang_of, named_without_basis, without_basis
from howdah.surfaces.http.answers.findings import finding_json, odds_json, record_json
from howdah.surfaces.http.formats import Answer
from howdah.surfaces.http.questions import Question


def overview(market: Market, question: Question) -> Answer:
    """What the market is, and between which dates it can be seen."""
    page = market.overview(question.as_of)
    return Answer(without_basis(page), page.basis, page.rows, lang=lang_of(question))


def radar(market: Market, question: Question) -> Answer:
    """The findings chosen for a reader, each with its sentences."""
    page = market.radar(question.as_of)
    lang = lang_of(question)
    data = {
        "n_found": page.n_found,
        "followed": page.followed,
        "n_panel_alone": page.n_panel_alone,
        "findings": [finding_json(market, finding, lang) for finding in page.findings],
    }
    return Answer(data, page.basis, page.rows, lang=lang)


def hits(market: Market, question: Question) -> Answer:
    """Who is next, list by list, with the record of such odds."""
    page = market.hits(question.as_of, segment=question.value("segment"))
    lang = lang_of(question)
    data = {
        "findings": [
            {
                **finding_json(market, finding, lang),
                "odds": odds_json(page.odds_of(finding), lang),
            }
            for finding in page.findings
        ],
        "record": record_json(page.record, lang),
    }
    return Answer(data, page.basis, page.rows, lang=lang)


def records(market: Market, question: Question) -> Answer:
    """How past findings did, class by class."""
    page = market.records(question.as_of)
    lang = lang_of(question)
    data = {
        "origins": page.origins,
        "classes": [
            {"kind": one.kind, "record": record_json(one.record, lang)} for one in page.classes
        ],
    }
    return Answer(data, page.basis, page.rows, lang=lang)


def changes(market: Market, question: Question) -> Answer:
    """What changed between two knowledge dates."""
    page = market.changes(question.text("since"), question.as_of)
    lang = lang_of(question)
    data = without_basis(page)
    for name, findings in (("appeared", page.appeared), ("gone", page.gone)):
        data[name] = [finding_json(market, finding, lang) for finding in findings]
    return Answer(data, page.basis, page.rows, lang=lang)


def sources(market: Market, question: Question) -> Answer:
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
    data = {"cards": cards, "silent_charts": charts}
    return Answer(data, page.basis, lambda: cards, lang=lang_of(question))


def revisions(market: Market, question: Question) -> Answer:
    """How far figures of each age still move, and what restatements turned round."""
    page = market.revisions(question.as_of)
    data = without_basis(page)
    return Answer(data, page.basis, page.rows, lang=lang_of(question))


def trail(market: Market, question: Question) -> Answer:
    """From an id to the claims behind it and their raw records."""
    page = market.trail(question.text("id"), question.as_of)
    lang = lang_of(question)
    data = without_basis(page)
    if page.finding is not None:
        data["finding"] = finding_json(market, page.finding, lang)
    return Answer(data, page.basis, page.rows, lang=lang)


def explain(market: Market, question: Question) -> Answer:
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


def directions(market: Market, question: Question) -> Answer:
    """Segments ranked for what to build."""
    page = market.directions(question.as_of)
    data = {
        "titles": page.titles,
        **{
            part: {**named(found), "unplaced": found.unplaced}
            for part, found in (("real", page.real), ("simulated", page.simulated))
        },
    }
    return Answer(data, page.basis, page.rows, lang=lang_of(question))


def directions_record(market: Market, question: Question) -> Answer:
    """How directions would have done, asked on earlier dates."""
    page = market.directions_record(question.as_of)
    return Answer(named_without_basis(page), page.basis, page.rows, lang=lang_of(question))


def entry(market: Market, question: Question) -> Answer:
    """What happened when giants entered a segment, and which giant is where."""
    page = market.entry(question.text("segment"), question.as_of)
    return Answer(named_without_basis(page), page.basis, page.rows, lang=lang_of(question))


ANSWERS: dict[str, Callable[[Market, Question], Answer]] = {
    "market": overview,
    "changes": changes,
    "radar": radar,
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
