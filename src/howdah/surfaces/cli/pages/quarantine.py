"""What `howdah quarantine` answers: rows that could not become claims."""

from pathlib import Path

from howdah.surfaces.cli.answer import write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import counted, record_text

#: Columns of a table of faults.
FAULT_COLUMNS = (
    Column("Row", is_number=True),
    Column("Column"),
    Column("Reason"),
    Column("Record"),
)


def run(feed: str | None, folder: Path | None, *, limit: int | None, as_json: bool) -> None:
    """Answer with the last `limit` rows, of one feed when it is named."""
    with opened(folder, "reading the market") as (market, _):
        rows = market.quarantine(feed)
    shown = rows[:limit]
    if as_json:
        write_json({"n_rows": len(rows), "rows": shown}, market=market.folder)
        return
    screen = Screen()
    title = f"{counted(len(rows), 'row')} in quarantine" if rows else "No row is in quarantine"
    screen.heading(title)
    table = [
        [r["feed"], f"{r['row']:,}", r["column"], r["reason"], record_text(r["text"])]
        for r in shown
    ]
    if table:
        screen.table([Column("Feed"), *FAULT_COLUMNS], table)
    if len(rows) > len(shown):
        screen.text(f"and {len(rows) - len(shown):,} more; --limit 0 shows all")
    screen.write()
