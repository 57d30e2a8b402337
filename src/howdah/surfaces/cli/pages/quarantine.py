"""What `howdah quarantine` answers: rows that could not become claims."""

from pathlib import Path

from howdah.surfaces.cli.answer import write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import counted, day_text, record_text

#: Columns of a table of faults.
FAULT_COLUMNS = (
    Column("Row", is_number=True),
    Column("Column"),
    Column("Reason"),
    Column("Record"),
)


def run(
    feed: str | None,
    folder: Path | None,
    *,
    limit: int | None,
    with_mended: bool,
    as_json: bool,
) -> None:
    """Answer with the last `limit` rows, of one feed when it is named."""
    with opened(folder, "reading the market") as (market, _):
        rows = market.quarantine(feed)
    n_mended = sum(row["mended_at"] is not None for row in rows)
    n_open = len(rows) - n_mended
    listed = [row for row in rows if with_mended or row["mended_at"] is None]
    shown = listed[:limit]
    if as_json:
        data = {"n_rows": n_open, "n_mended": n_mended, "rows": shown}
        write_json(data, market=market.folder)
        return
    screen = Screen()
    title = f"{counted(n_open, 'row')} in quarantine" if n_open else "No row is in quarantine"
    screen.heading(f"{title}, {n_mended:,} mended" if n_mended else title)
    table = [
        [
            r["feed"],
            r["place"],
            f"{r['row']:,}",
            r["column"],
            r["reason"],
            f"mended {day_text(r['mended_at'])}" if r["mended_at"] else "",
            record_text(r["text"]),
        ]
        for r in shown
    ]
    if table:
        columns = [
            Column("Feed"),
            Column("File"),
            *FAULT_COLUMNS[:-1],
            Column("State"),
            FAULT_COLUMNS[-1],
        ]
        screen.table(columns, table)
    if len(listed) > len(shown):
        screen.text(f"and {counted(len(listed) - len(shown), 'other row')}; --limit 0 shows all")
    if n_mended and not with_mended:
        screen.text("--all shows the mended rows as well.", style="dim")
    screen.write()
