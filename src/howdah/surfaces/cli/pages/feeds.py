"""What `howdah feeds` answers: what each feed brings, its terms, and the reach of all."""

from pathlib import Path

from howdah.core.extent import percent_text
from howdah.market import Market
from howdah.market.pages import FeedReport, FeedsReport, basis_text
from howdah.surfaces.cli.answer import write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import counted, day_text


def run(folder: Path | None, as_of: str | None, *, as_json: bool) -> None:
    """Answer with the state of the feeds."""
    with opened(folder, "reading the market") as (market, _):
        page = market.feeds(as_of)
    if as_json:
        data = {
            "feeds": page.feeds,
            "n_found": page.n_found,
            "n_tracked": page.n_tracked,
            "n_unmeasured": page.n_unmeasured,
        }
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_feeds(screen, market, page)
    screen.write()


def draw_feeds(screen: Screen, market: Market, page: FeedsReport) -> None:
    """The feeds as text: what they bring, then their terms."""
    screen.heading(f"{market.config.title}: feeds")
    rows = [
        [
            report.feed,
            _state(report),
            f"{report.n_rows:,}",
            f"{report.n_rows_read:,}" if report.n_rows_read != report.n_rows else "",
            f"{report.n_quarantined:,}",
            f"{report.n_mended:,}" if report.n_mended else "",
            day_text(report.last_published_at),
            percent_text(report.coverage),
        ]
        for report in page.feeds
    ]
    columns = [
        Column("Feed"),
        Column("State"),
        Column("Rows", is_number=True),
        Column("Of all pulls", is_number=True),
        Column("Quarantined", is_number=True),
        Column("Mended", is_number=True),
        Column("Published", is_whole=True),
        Column("Reaches", is_number=True),
    ]
    screen.table(columns, rows)
    screen.text("Reaches: share of the watched entities that the feed speaks of.", style="dim")
    screen.heading("Terms")
    rows = [
        [
            report.feed,
            report.licence,
            "yes" if report.may_export else "no",
            _cost(report),
            day_text(report.renews_on),
            day_text(report.last_success),
        ]
        for report in page.feeds
    ]
    columns = [
        Column("Feed"),
        Column("Licence"),
        Column("Export", is_whole=True),
        Column("A year", is_number=True),
        Column("Renews", is_whole=True),
        Column("Last pull", is_whole=True),
    ]
    screen.table(columns, rows)
    for report in page.feeds:
        if report.error:
            screen.blank()
            screen.text(f"{report.feed}: {report.error}", hang=2)
    screen.heading("Reach of all feeds together")
    found = counted(page.n_found, "entity", "entities")
    screen.fields(
        [
            ("Found", f"{found} that a feed or the catalogue names"),
            ("Watched", f"{page.n_tracked:,} of them in segments or followed"),
            ("Unmeasured", f"{page.n_unmeasured:,} of the watched have no number yet"),
        ]
    )
    screen.blank()
    screen.text(basis_text(page.basis), style="dim")


def _state(report: FeedReport) -> str:
    if report.state == "late":
        return f"late by {counted(report.days_late or 0, 'day')}"
    if report.state == "later":
        return "starts later"
    return report.state


def _cost(report: FeedReport) -> str:
    return f"{report.cost_currency} {report.cost:,.0f}" if report.cost else "free"
