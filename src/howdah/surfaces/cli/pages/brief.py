"""What `howdah brief` answers: a direction on one page."""

from importlib import import_module
from pathlib import Path

from howdah.core.phrases import finding_text
from howdah.guidance.disproof import Disproof
from howdah.market import Market
from howdah.market.pages import basis_text
from howdah.market.pages.brief import BriefPage
from howdah.surfaces.cli.answer import named, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.pages.decisions import draw_decisions
from howdah.surfaces.cli.pages.directions import TITLES, amount_text, draw_terms, stability_text
from howdah.surfaces.cli.pages.entry import draw_answer, entered_text
from howdah.surfaces.cli.pages.features import draw_gaps, draw_overview
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import counted, estimate_text, id_text

#: The surface that writes pages; surfaces do not know each other, so it is loaded when asked for.
_WRITER = "howdah.surfaces.reports.briefs"


def run(
    segment: str,
    folder: Path | None,
    as_of: str | None,
    *,
    out: Path | None,
    lang: str,
    as_json: bool,
) -> None:
    """Answer with the brief, or write it as a page."""
    with opened(folder, "reading the market") as (market, progress):
        if out is not None:
            written = import_module(_WRITER).write_brief(
                market, segment, out, as_of=as_of, lang=lang, progress=progress
            )
        else:
            page = market.brief(segment, as_of=as_of, progress=progress)
    if out is not None:
        if as_json:
            write_json({"file": written}, market=market.folder, as_of=market.as_of(as_of))
            return
        screen = Screen()
        screen.text(str(written))
        screen.write()
        return
    if as_json:
        data = {key: value for key, value in named(page).items() if key != "basis"}
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_brief(screen, market, page)
    screen.write()


def draw_brief(screen: Screen, market: Market, page: BriefPage) -> None:
    """The brief as text."""
    screen.heading(f"Brief: {page.title}")
    if page.is_simulated:
        screen.text("Simulated: nothing here is real.")
    screen.text(_place_text(page))
    draw_terms(screen, page.terms)
    screen.heading("Who is there")
    _draw_members(screen, page)
    screen.heading("Features, and what ours lack")
    draw_overview(screen, page.features)
    if page.features.features:
        draw_gaps(screen, page.features)
    screen.heading("What giants did there")
    _draw_giants(screen, page)
    screen.heading("What would prove it wrong")
    _draw_disproofs(screen, page)
    screen.heading("What to watch")
    _draw_watch(screen, market, page)
    screen.heading("Decisions on it")
    draw_decisions(screen, page.decisions, market.metrics)
    screen.blank()
    screen.text(basis_text(page.basis), style="dim")


def _place_text(page: BriefPage) -> str:
    place = page.place
    if place is None:
        return "It cannot be ranked: no other segment has a term under the same definition."
    band = " to ".join(str(end) for end in dict.fromkeys(place.band))
    return (
        f"Place {place.place} of {page.n_ranked} (may be {band}), first with probability "
        f"{place.p_first:.2f}, compared by {', '.join(place.terms)}."
    )


def _draw_members(screen: Screen, page: BriefPage) -> None:
    whose = counted(page.n_members, "member")
    if not page.members:
        screen.text(
            f"No place can be told by {page.headline} among its {whose}: "
            f"howdah rank {page.headline} --segment {page.segment}"
        )
        return
    rows = []
    for row in page.members:
        e = row.estimate
        growth = page.features.growths.get(e.entity)
        grown = "–"
        if growth is not None and growth.is_told:
            grown = amount_text("growth", growth.value, (growth.lower, growth.upper))
        rows.append(
            [
                str(row.place),
                e.name,
                estimate_text(e),
                e.period.label,
                grown,
                f"howdah trail {id_text(e.claim_ids[0])}",
            ]
        )
    columns = [
        Column("Place", is_number=True),
        Column("Name"),
        Column(page.headline),
        Column("Period", is_whole=True),
        Column("Growth in a year"),
        Column("Trail", is_whole=True),
    ]
    screen.table(columns, rows)
    left = page.n_members - len(rows)
    if left > 0:
        screen.text(f"and {counted(left, 'other member')}, with a lower figure or none there.")


def _draw_giants(screen: Screen, page: BriefPage) -> None:
    entry = page.entry
    if entry is None:
        screen.text("Cannot tell: market.toml declares no [giants].")
        return
    draw_answer(screen, entry, f"What each lacks: howdah entry {page.segment}")
    here = [e for e in entry.entries if e.segment == page.segment]
    rows = [
        [
            entry.names[e.giant],
            entered_text(e.evidence),
            ", ".join(entry.names.get(p, p) for p in e.products),
            f"howdah trail {id_text(e.evidence.claim_ids[0])}" if e.evidence.claim_ids else "–",
        ]
        for e in here
    ]
    if rows:
        columns = [Column("Giant"), Column("Since", is_whole=True), Column("Products")]
        screen.table([*columns, Column("Trail", is_whole=True)], rows)


def _draw_disproofs(screen: Screen, page: BriefPage) -> None:
    for disproof in page.disproofs:
        screen.text(f"- {_disproof_text(disproof)}")
    if page.without:
        screen.text(f"- Its place: {stability_text(page.without, page.segment)}")
    if page.untested:
        names = ", ".join(TITLES[term.name].lower() for term in page.untested)
        screen.text(f"Untested, since nothing tells them: {names}.")


def _disproof_text(disproof: Disproof) -> str:
    limit = amount_text(disproof.term, disproof.limit)
    return f"{TITLES[disproof.term]}: a later interval wholly {disproof.side} {limit}"


def _draw_watch(screen: Screen, market: Market, page: BriefPage) -> None:
    for finding in page.findings:
        text = finding_text(finding, market.metrics)
        screen.text(f"- {text} (howdah trail {finding.finding_id})")
    if not page.findings:
        screen.text("No finding of the radar is of this segment.")
