"""What `howdah radar --record` answers: how past findings did, class by class."""

from pathlib import Path

from howdah.core.extent import percent_text
from howdah.core.phrases import phrase
from howdah.core.record import Record
from howdah.core.track import record_parts, record_text, standing_of, standing_text
from howdah.market.pages import RecordsPage, basis_text
from howdah.surfaces.cli.answer import plain, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Column, Screen


def run(folder: Path | None, as_of: str | None, *, as_json: bool) -> None:
    """Keep the record, and answer with it."""
    with opened(folder, "looking back") as (market, progress):
        page = market.keep_records(as_of, progress=progress)
    if as_json:
        classes = [
            {"kind": c.kind, **plain(c.record), "text": record_text(c.record)} for c in page.classes
        ]
        data = {"origins": plain(page.origins), "classes": classes}
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_records(screen, page, title=market.config.title)
    screen.write()


def draw_records(screen: Screen, page: RecordsPage, *, title: str) -> None:
    """The record as text."""
    screen.heading(f"{title}: how past findings did")
    asked = max((c.record for c in page.classes), key=lambda r: len(r.origins))
    if not asked.origins:
        screen.text(
            "No past date can be judged yet: one is judged when a quarter has gone by since. "
            "The market's first claims are younger than that."
        )
        screen.blank()
        screen.text(basis_text(page.basis), style="dim")
        return
    screen.text(record_parts(asked)[0].capitalize() + ".")
    screen.blank()
    columns = [
        Column("kind", is_whole=True),
        Column("right", is_number=True),
        Column("interval", is_number=True),
        Column("others", is_number=True),
        Column("judged", is_number=True),
        Column("alone", is_number=True),
        Column("wrong a month", is_number=True),
    ]
    told = [c for c in page.classes if c.record.state == "scored"]
    screen.table(columns, [_row(_title(c.kind), c.record) for c in told])
    for c in page.classes:
        if c.record.state != "scored":
            screen.blank()
            screen.text(f"{_title(c.kind)}: {record_text(c.record)}", hang=2)
    screen.blank()
    for c in told:
        screen.text(f"{_title(c.kind)}: right is that they {phrase('test', c.record.test)}", hang=2)
        if standing := standing_text(c.record):
            screen.text(
                standing, indent=2, style="" if standing_of(c.record) == "better" else "bold"
            )
        when, _, *rest = record_parts(c.record)
        # What was asked on other dates than most says so.
        rest = rest if c.record.origins == asked.origins else [when, *rest]
        if rest:
            screen.text("; ".join(rest), indent=2)
    screen.blank()
    screen.text(
        "Others: the same of comparable ones that were no findings. Alone: as many independent "
        "cases tell as much, since those of one date share their market.",
        style="dim",
    )
    screen.text(basis_text(page.basis), style="dim")


def _title(kind: str) -> str:
    return kind.replace("_", " ")


def _row(title: str, record: Record) -> list[str]:
    low = percent_text(record.lower).removesuffix(" %")
    return [
        title,
        percent_text(record.rate),
        f"{low} to {percent_text(record.upper)}",
        percent_text(record.base_rate),
        f"{record.n:,}",
        f"{record.n_cases:,}",
        f"{record.false_alarms or 0:.2g}",
    ]
