"""Briefs: a direction as one printable page in one language."""

import datetime as dt
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from howdah.core.phrases import Lang, finding_text
from howdah.core.progress import Progress, silent
from howdah.guidance.term import Term
from howdah.market import Market
from howdah.market.pages.brief import BriefPage
from howdah.surfaces.reports.building import gaps_text
from howdah.surfaces.reports.directing import Directing
from howdah.surfaces.reports.featuring import Featuring
from howdah.surfaces.reports.grids import Cell, Grid, Heading, grid_of
from howdah.surfaces.reports.render import environment
from howdah.surfaces.reports.report import check_target, write_page
from howdah.surfaces.reports.words import Words


@dataclass(frozen=True, slots=True)
class BriefView:
    """What the template of a brief is given."""

    title: str
    placed: str
    terms: Grid
    there: str
    members: Grid
    matrix: Grid
    matrix_note: str
    gaps: Grid
    no_gaps: str
    answer: str
    outcomes: tuple[str, ...]
    wrong: tuple[str, ...]
    untested: str
    watch: tuple[tuple[str, str], ...]
    decisions: Grid


def write_brief(
    market: Market,
    segment: str,
    target: Path,
    *,
    as_of: dt.date | str | None = None,
    lang: Lang = "en",
    progress: Progress = silent,
) -> Path:
    """Write the brief of a segment as one page; returns the file.

    Raises
    ------
    ExistsError
        The target is a file that is no page of howdah's.
    UnknownNameError
        No such segment.
    """
    check_target(target)
    withheld = [feed.feed for feed in market.feeds(as_of).feeds if not feed.may_export]
    page = market.brief(segment, as_of, without=withheld, progress=progress)
    write_page(target, render_brief(market, page, lang))
    return target


def render_brief(market: Market, page: BriefPage, lang: Lang) -> str:
    """The page in one language."""
    words = Words(market.metrics, lang, market.names(lang))
    return (
        environment()
        .get_template("brief.html.j2")
        .render(
            w=words,
            t=words.t,
            version=version("howdah"),
            as_of=page.basis.as_of.isoformat(),
            page=page,
            brief=_view(market, page, words),
        )
    )


def _view(market: Market, page: BriefPage, words: Words) -> BriefView:
    t = words.t
    directing = Directing(words, market.config)
    featuring = Featuring(words, directing)
    titles = {s.id: words.title(s) for s in market.config.segment}
    metric = words.metric(page.headline)
    entry = page.entry
    there = t("brief.there_none", metric=metric, n=page.n_members)
    if page.members:
        shown, period = len(page.members), page.members[0].estimate.period.label
        there = t(
            "brief.there_of",
            shown=shown,
            n=page.n_members,
            metric=metric,
            period=words.period(period),
        )
    answer = t("build.no_giants")
    if entry is not None:
        answer = directing.answer(entry) if entry.outcomes else t("brief.no_entries")
    return BriefView(
        title=(page.title_zh or page.title) if words.lang == "zh" else page.title,
        placed=_placed(page, words),
        terms=_terms(page, directing, words),
        there=there,
        members=_members(page, directing, words),
        matrix=featuring.matrix(page.features),
        matrix_note=featuring.note(page.features),
        gaps=featuring.gaps(page.features),
        no_gaps=gaps_text(page.features, words),
        answer=answer,
        outcomes=() if entry is None else directing.outcomes(entry),
        wrong=_wrong(page, directing, words),
        untested=_untested(page.untested, words),
        watch=tuple(
            (finding_text(f, market.metrics, words.lang, words.names), f.finding_id)
            for f in page.findings
        ),
        decisions=featuring.decisions(page.decisions.lines, {**page.decisions.names, **titles}),
    )


def _placed(page: BriefPage, words: Words) -> str:
    place = page.place
    if place is None:
        return words.t("brief.unplaced")
    return words.t(
        "brief.placed",
        place=place.place,
        total=page.n_ranked,
        band="–".join(str(end) for end in dict.fromkeys(place.band)),
        first=words.share(place.p_first),
    )


def _terms(page: BriefPage, directing: Directing, words: Words) -> Grid:
    t = words.t
    headings = [
        Heading(t("brief.term")),
        Heading(t("brief.value"), "long"),
        Heading(t("brief.counted_by"), "long"),
        Heading(t("brief.evidence")),
    ]
    rows = []
    for term in page.terms.values():
        name = t.name("term", term.name)
        if not term.is_told:
            reason = t("build.cannot_tell", reason=directing.missing(term))
            rows.append([Cell(name), Cell(reason), Cell(), Cell()])
            continue
        products, counted = list(directing.behind(term))[:2]
        trail = Cell(directing.trail(term.claim_ids)) if term.claim_ids else Cell()
        rows.append([Cell(name), Cell(directing.value(term), (products,)), Cell(counted), trail])
    return grid_of(t("brief.case"), headings, rows)


def _members(page: BriefPage, directing: Directing, words: Words) -> Grid:
    t = words.t
    headings = [
        Heading(t("brief.name")),
        Heading(t("build.place"), "number"),
        Heading(t("brief.level")),
        Heading(t.name("term", "growth")),
        Heading(t("brief.evidence")),
    ]
    rows = []
    for row in page.members:
        growth = page.features.growths.get(row.estimate.entity)
        is_told = growth is not None and growth.is_told
        rows.append(
            [
                Cell(words.called(row.estimate.name)),
                Cell(str(row.place)),
                Cell(words.estimate(row.estimate)),
                Cell(directing.value(growth)) if growth is not None and is_told else Cell(),
                Cell(directing.trail(row.estimate.claim_ids)),
            ]
        )
    return grid_of(t("brief.there"), headings, rows)


def _wrong(page: BriefPage, directing: Directing, words: Words) -> tuple[str, ...]:
    t = words.t
    said = []
    for disproof in page.disproofs:
        values = {
            "term": t.name("term", disproof.term),
            "limit": directing.amount(disproof.term, disproof.limit),
        }
        is_below = disproof.side == "below"
        said.append(
            t("brief.wrong_below", **values) if is_below else t("brief.wrong_above", **values)
        )
    if page.without:
        stability = directing.stability(page.without, page.segment)
        said.append(t("page.colon", label=t("build.without"), text=stability))
    return tuple(said)


def _untested(terms: tuple[Term, ...], words: Words) -> str:
    if not terms:
        return ""
    return words.t(
        "brief.untested", terms=words.joined(words.t.name("term", term.name) for term in terms)
    )
