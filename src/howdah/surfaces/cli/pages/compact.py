"""What `howdah compact` answers: how many files became how many."""

from pathlib import Path

from howdah.surfaces.cli.answer import write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Screen
from howdah.surfaces.cli.words import counted


def run(folder: Path | None, *, as_json: bool) -> None:
    """Compact the tables and say so."""
    with opened(folder, "compacting") as (market, _):
        before, after = market.compact()
    if as_json:
        write_json({"files_before": before, "files_after": after}, market=market.folder)
        return
    screen = Screen()
    screen.text(f"Compacted {counted(before, 'file')} into {after:,}.")
    screen.write()
