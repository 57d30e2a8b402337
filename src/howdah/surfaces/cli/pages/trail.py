"""What `howdah trail` answers: each step under the one it supports."""

from pathlib import Path

from howdah.core.estimate import party_of
from howdah.core.phrases import metric_title, number_text
from howdah.market import Market
from howdah.market.pages import PanelCell, Trail, TrailClaim, basis_text, said_text
from howdah.surfaces.cli.answer import plain, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.pages.passages import passage_fields
from howdah.surfaces.cli.pages.radar import draw_finding, followed_titles
from howdah.surfaces.cli.screen import Screen
from howdah.surfaces.cli.words import (
    counted,
    day_text,
    definition_cell,
    estimate_text,
    id_text,
    party_text,
    period_text,
    record_text,
    standing_text,
    support_text,
)


def run(id_: str, folder: Path | None, as_of: str | None, *, as_json: bool) -> None:
    """Answer with the trail of an id."""
    with opened(folder, "reading the market") as (market, progress):
        page = market.trail(id_, as_of, progress=progress)
    if as_json:
        data = {key: value for key, value in plain(page).items() if key != "basis"}
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_trail(screen, market, page)
    screen.write()


def draw_trail(screen: Screen, market: Market, page: Trail) -> None:
    """The trail as text: each step under the one it supports."""
    screen.heading(f"Trail of {page.kind} {page.id}")
    if page.finding is not None:
        title = followed_titles(market).get(page.finding.segment, "")
        screen.heading("Finding")
        more = [("Method", page.finding.method), ("As of", str(page.finding.as_of))]
        draw_finding(screen, market, page.finding, title, more=more)
    if page.estimates:
        screen.heading(counted(len(page.estimates), "estimate"))
    for e in page.estimates:
        screen.text(
            f"{party_text(e.name, party_of(e.note))}, "
            f"{metric_title(market.metrics, e.metric)}: {estimate_text(e)}, "
            f"{period_text(e.period.label)}",
            style="bold",
        )
        screen.fields(
            [
                ("Definition", definition_cell(e.definition)),
                ("Rests on", support_text(e)),
                ("Method", e.method),
                ("As of", str(e.as_of)),
            ]
        )
    for passage in page.passages:
        screen.blank()
        screen.fields(passage_fields(passage))
    for cell in page.cells:
        _draw_cell(screen, cell)
    if not page.cells:
        _draw_claims(screen, market, page)
    for note in page.notes:
        screen.blank()
        screen.text(note)
    screen.blank()
    screen.text(basis_text(page.basis), style="dim")


def _draw_claims(screen: Screen, market: Market, page: Trail) -> None:
    n_claims = max(page.n_claims, len(page.claims))
    followed_down = "" if n_claims == len(page.claims) else f", {len(page.claims)} of them followed"
    screen.heading(counted(n_claims, "claim") + followed_down)
    for n, claim in enumerate(page.claims, start=1):
        if n > 1:
            screen.blank()
        _draw_claim(screen, market, claim, f"{n}.")


def _draw_cell(screen: Screen, cell: PanelCell) -> None:
    is_share = cell.unit == "share"
    value, stderr = (
        number_text(x if x is None or not is_share else 100 * x, "percent" if is_share else "")
        for x in (cell.value, cell.stderr)
    )
    key = ", ".join(f"{name} {value}" for name, value in cell.key.items())
    screen.heading(f"Row of the audience table {cell.table!r}")
    screen.text(f"{key}: {value} ± {stderr}" if cell.stderr else f"{key}: {value}", style="bold")
    recorded = f"{day_text(cell.recorded_at)}{' (replayed)' if cell.replayed else ''}"
    screen.fields(
        [
            ("Unit", cell.unit.replace("_", " ")),
            ("Weighing", "none: a census" if cell.is_census else "to whom the panel stands for"),
            ("Units behind it", "too few to show" if cell.n_raw is None else f"{cell.n_raw:,}"),
            ("Recorded", recorded),
            ("Feed", f"{cell.feed}, {cell.title}"),
            ("Licence", ". ".join(p for p in (cell.licence, cell.attribution) if p)),
            ("Counted from", f"{cell.n_rows:,} rows of {cell.n_units:,} units, run {cell.run}"),
            *(("Log", f"{place}, SHA-256 {digest[:16]}") for place, digest in cell.logs),
        ]
    )
    screen.text("Below it are rows of single devices or people, which are shown to nobody.")


def _draw_claim(screen: Screen, market: Market, claim: TrailClaim, number: str) -> None:
    s = claim.statement
    said = said_text(s) or "no number"
    screen.text(
        f"{s.source}: {claim.entity}, {metric_title(market.metrics, s.metric)}, {said}",
        indent=4,
        first=number,
        style="bold",
    )
    recorded = f"{day_text(claim.recorded_at)}{' (replayed)' if claim.replayed else ''}"
    publication = f" in {s.publication}" if s.publication else ""
    withdrawn = (
        f"{day_text(claim.withdrawn_at)}: no document makes it any more"
        if claim.withdrawn_at
        else ""
    )
    file = claim.place or "place not kept"
    screen.fields(
        [
            ("Claim", s.claim_id),
            ("Period", period_text(s.period)),
            ("Definition", definition_cell(s.definition)),
            ("Standing", standing_text(s) or "asserted"),
            ("Published", f"{day_text(s.published_at)}{publication}"),
            ("Recorded", recorded),
            ("Withdrawn", withdrawn),
            ("Feed", claim.feed),
            ("Licence", ". ".join(p for p in (claim.licence, claim.attribution) if p)),
            ("File", f"{file}, record {claim.row:,}"),
            ("Bytes", f"archived as {claim.raw[:16]}"),
            ("Record", record_text(claim.raw_text)),
            *(("Log", f"{place}, SHA-256 {digest[:16]}") for place, digest in claim.logs),
        ],
        indent=4,
    )
    for n, passage in enumerate(claim.passages):
        if n:
            screen.blank()
        screen.fields(passage_fields(passage), indent=4)
    for revision in claim.revisions:
        published = day_text(revision.published_at)
        text = f"{said_text(revision)}, published {published}, claim {id_text(revision.claim_id)}"
        screen.fields([("Revision", text)], indent=4)
