"""What `howdah radar` answers; the sentences are those of `core.phrases`."""

from collections.abc import Sequence
from pathlib import Path

from howdah.core.extent import based_on_text, size_text, sure_text, when_text
from howdah.core.finding import Finding
from howdah.core.phrases import (
    consequence_text,
    finding_text,
    next_step_text,
    phrase,
    reason_text,
)
from howdah.core.track import analogue_text, record_text
from howdah.market import Market
from howdah.market.pages import Radar, basis_text
from howdah.surfaces.cli.answer import plain, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Screen
from howdah.surfaces.cli.words import counted


def run(folder: Path | None, as_of: str | None, *, as_json: bool) -> None:
    """Answer with the findings of a date."""
    with opened(folder, "reading the market") as (market, progress):
        page = market.radar(as_of, progress=progress)
    if as_json:
        write_radar(market, page)
        return
    screen = Screen()
    draw_radar(screen, market, page)
    screen.write()


def write_radar(market: Market, page: Radar) -> None:
    """The radar as JSON, each finding with its sentences."""
    titles = followed_titles(market)
    findings = [
        {
            **plain(finding),
            "cause_reason": reason_text(finding.cause_reason),
            "text": finding_text(finding, market.metrics),
            "consequence": consequence_text(finding, titles.get(finding.segment, "")),
            "next_step": next_step_text(finding),
            "record_text": record_text(finding.record),
        }
        for finding in page.findings
    ]
    data = {
        "n_found": page.n_found,
        "followed": page.followed,
        "n_panel_alone": page.n_panel_alone,
        "findings": findings,
    }
    write_json(data, market=market.folder, basis=page.basis)


def draw_radar(screen: Screen, market: Market, page: Radar) -> None:
    """The radar as text."""
    if page.findings:
        shown = counted(len(page.findings), "finding")
        screen.heading(f"{market.config.title}: {shown}, chosen from {page.n_found:,}")
    else:
        screen.heading(f"{market.config.title}: nothing found")
        screen.text(_why_empty(page))
    titles = followed_titles(market)
    for n, finding in enumerate(page.findings, start=1):
        screen.blank()
        title = titles.get(finding.segment, "")
        trail = f"howdah trail {finding.finding_id}"
        more = [] if trail in next_step_text(finding) else [("Trail", trail)]
        draw_finding(screen, market, finding, title, number=f"{n}.", more=more)
    if page.n_panel_alone:
        screen.blank()
        screen.text(panel_alone_text(page.n_panel_alone))
    screen.blank()
    screen.text(basis_text(page.basis), style="dim")


def panel_alone_text(n: int) -> str:
    """That growth is not looked for where panels alone state numbers."""
    have = "has figures" if n == 1 else "have figures"
    return (
        f"{counted(n, 'entity', 'entities')} {have} of panels alone. Growth is looked for in "
        "figures of counters only; see growth accounting with: howdah show NAME"
    )


def draw_finding(
    screen: Screen,
    market: Market,
    finding: Finding,
    segment_title: str,
    *,
    number: str = "",
    more: Sequence[tuple[str, str]] = (),
) -> None:
    """One finding: its sentence and what stands behind it, `more` below."""
    indent = 4 if number else 0
    screen.text(finding_text(finding, market.metrics), indent=indent, first=number, style="bold")
    cause = phrase("cause", finding.cause)
    screen.fields(
        [
            ("Size", size_text(finding)),
            ("When", when_text(finding)),
            ("How sure", f"{sure_text(finding)}, {based_on_text(finding)}"),
            ("Cause", f"{cause}: {reason_text(finding.cause_reason)}"),
            ("Record", record_text(finding.record)),
            ("Alike", "\n".join(map(analogue_text, finding.analogues))),
            ("Means", consequence_text(finding, segment_title)),
            ("Next", next_step_text(finding)),
            *more,
        ],
        indent=indent,
    )


def followed_titles(market: Market) -> dict[str, str]:
    """Titles of the followed segments, by id."""
    config = market.config
    return {s.id: s.title for s in config.segment if s.id in config.follow.segments}


def _why_empty(page: Radar) -> str:
    basis = page.basis
    if not page.holds_claims:
        return "The market holds no claims yet. Take its feeds in with: howdah update"
    if not basis.vintages and basis.later_feeds:
        first = min(day for _, day in basis.later_feeds)
        return (
            f"Nothing was recorded by {basis.as_of} that could change; feeds begin {first}. "
            "Move --as-of later."
        )
    return "No change stands out from what was known. `howdah feeds` shows what is watched."
