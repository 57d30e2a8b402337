"""What `howdah hits` answers: who is next in the market's ranked lists."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from howdah.core.extent import percent_text
from howdah.core.finding import Finding
from howdah.core.leads import odds_text, reasons_of
from howdah.core.phrases import finding_text, metric_title
from howdah.core.record import Odds
from howdah.core.track import analogue_text, record_parts, record_text
from howdah.market import Market
from howdah.market.pages import HitsPage, basis_text
from howdah.surfaces.cli.answer import plain, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Column, Screen

#: Candidates that are told with reasons and past cases, each of another list first.
_MOST_TOLD = 3


def run(folder: Path | None, as_of: str | None, *, segment: str | None, as_json: bool) -> None:
    """Answer with the candidates of a date."""
    with opened(folder, "looking out") as (market, progress):
        page = market.hits(as_of, segment=segment, progress=progress)
    if as_json:
        rows = [
            {
                **plain(f),
                "text": finding_text(f, market.metrics),
                "odds": plain(page.odds_of(f)),
                "odds_text": odds_text(page.odds_of(f)),
                "reasons": [lead._asdict() for lead in reasons_of(str(f.params["reasons"] or ""))],
            }
            for f in page.findings
        ]
        data = {
            "findings": rows,
            "record": {**plain(page.record), "text": record_text(page.record)},
            "without": list(page.without),
        }
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_hits(screen, market, page)
    screen.write()


def draw_hits(screen: Screen, market: Market, page: HitsPage) -> None:
    """The board as text: segments in the market's order, then everybody else by list."""
    found = page.findings
    screen.heading(f"{market.config.title}: who is next")
    if not found:
        screen.text(
            "Cannot tell: no list tells one candidate from another. Needed is a list of a headline "
            "metric that is read until now, of at least 300, for three years, in which at least "
            "ten have come in."
        )
    titles = {s.id: s.title for s in market.config.segment}
    for name in (*titles, ""):
        own = [f for f in found if f.segment == name]
        for metric in dict.fromkeys(f.metric for f in own):
            _draw_list(screen, market, page, titles.get(name, ""), metric, own)
    if found and page.without:
        names = ", ".join(titles[name] for name in page.without)
        screen.blank()
        screen.text(f"No candidate in what you follow: {names}.", hang=2)
    for f in found[:_MOST_TOLD]:
        screen.blank()
        screen.text(finding_text(f, market.metrics), hang=2, style="bold")
        screen.fields(
            [
                ("Such odds", odds_text(page.odds_of(f))),
                ("For it", _reasons(f, "for")),
                ("Against it", _reasons(f, "against")),
                ("Beware", str(f.params["caveats"] or "")),
                ("Alike", "\n".join(map(analogue_text, f.analogues))),
                ("Trail", f"howdah trail {f.finding_id}"),
            ],
            indent=2,
        )
    screen.blank()
    screen.fields(
        [
            ("Record", record_text(page.record)),
            ("", "; ".join(record_parts(page.record))),
        ]
    )
    screen.blank()
    screen.text(basis_text(page.basis), style="dim")


def _draw_list(
    screen: Screen,
    market: Market,
    page: HitsPage,
    title: str,
    metric: str,
    own: Sequence[Finding],
) -> None:
    found = [f for f in own if f.metric == metric]
    first = found[0].params
    asked = (
        f"{metric_title(market.metrics, metric)}: the first {first['n_top']:,} of "
        f"{first['n_listed']:,} within {first['months']} months"
    )
    screen.blank()
    screen.text(f"{title}. {asked}" if title else f"In no segment. {asked}", style="bold")
    columns = [
        Column("candidate"),
        Column("probability", is_number=True),
        Column("interval", is_number=True),
        Column("such odds came", is_number=True),
        Column("place", is_number=True),
        Column("if, in months", is_number=True),
    ]
    rows = []
    for f in found:
        low = percent_text(f.lower).removesuffix(" %")
        lead = f.params["lead_months"]
        rows.append(
            [
                f.name,
                percent_text(f.probability),
                f"{low} to {percent_text(f.upper)}",
                _came_text(page.odds_of(f)),
                f"{f.params['rank']:,}",
                "" if lead is None else f"{float(lead):.0f}",
            ]
        )
    screen.table(columns, rows, indent=2)


def _reasons(finding: Finding, speaks: Literal["for", "against"]) -> str:
    leads = reasons_of(str(finding.params["reasons"] or ""))
    return "; ".join(lead.text for lead in leads if lead.speaks == speaks)


def _came_text(odds: Odds | None) -> str:
    return "" if odds is None else f"{odds.record.n_right:,} of {odds.record.n:,}"
