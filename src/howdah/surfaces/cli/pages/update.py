"""What `howdah update` answers: what it did to each feed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from howdah.market import Market
from howdah.market.update import FeedUpdate
from howdah.surfaces.cli.answer import QUARANTINED, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import counted


def run(feeds: Sequence[str] | None, folder: Path | None, *, strict: bool, as_json: bool) -> None:
    """Pull the feeds and say what came; the exit code is 1 when one failed."""
    with opened(folder, "opening the market") as (market, progress):
        done = market.update(feeds, progress=progress)
    if as_json:
        rows = [_update_row(update) for update in done]
        write_json(rows, market=market.folder, as_of=market.as_of())
    else:
        _print_updates(market, done)
    if any(update.error for update in done):
        raise typer.Exit(1)
    if strict and any(update.appended.n_quarantined for update in done):
        raise typer.Exit(QUARANTINED)


def _update_row(update: FeedUpdate) -> dict[str, Any]:
    return {
        "feed": update.feed,
        "files": update.files,
        "files_unchanged": update.unchanged,
        "rows": update.appended.n_rows,
        "new_claims": update.appended.n_new,
        "repeated": update.appended.n_repeated,
        "empty": update.appended.n_empty,
        "quarantined": update.appended.n_quarantined,
        "unseen": update.n_unseen,
        "notes": list(update.notes),
        "error": update.error,
        "transient": update.transient,
    }


def _print_updates(market: Market, done: Sequence[FeedUpdate]) -> None:
    screen = Screen()
    if not done:
        screen.text(
            f"{market.folder} has no feeds. Describe one in {market.folder}/feeds/NAME.toml."
        )
    rows = [
        [
            u.feed,
            f"{u.appended.n_new:,}",
            f"{u.appended.n_repeated:,}",
            f"{u.appended.n_empty:,}",
            f"{u.appended.n_quarantined:,}",
            _outcome(u),
        ]
        for u in done
    ]
    columns = [
        Column("Feed"),
        Column("New claims", is_number=True),
        Column("Repeated", is_number=True),
        Column("Empty", is_number=True),
        Column("Quarantined", is_number=True),
        Column("Outcome"),
    ]
    if rows:
        screen.table(columns, rows)
    for failed in (u for u in done if u.error):
        screen.blank()
        again = " Another try may succeed." if failed.transient else ""
        screen.text(f"{failed.feed}: {failed.error}{again}", hang=2)
    for noted in (u for u in done if u.notes):
        screen.blank()
        for note in noted.notes:
            screen.text(f"{noted.feed}: {note}", hang=2)
    _print_unseen(screen, market, done)
    n_quarantined = sum(u.appended.n_quarantined for u in done)
    if n_quarantined:
        rows_text = counted(n_quarantined, "row")
        screen.blank()
        screen.text(f"{rows_text} could not become claims; see them with: howdah quarantine")
    screen.write()


def _print_unseen(screen: Screen, market: Market, done: Sequence[FeedUpdate]) -> None:
    """Say which claims came too late for the date that the market answers as of."""
    unseen = [u for u in done if u.n_unseen]
    if not unseen:
        return
    screen.blank()
    for u in unseen:
        claims = counted(u.n_unseen, "claim")
        screen.text(f"{u.feed}: {claims} recorded after {market.as_of()} and not seen yet", hang=2)
    screen.text(
        f"This market answers as of {market.as_of()}, the as_of in {market.folder}/market.toml. "
        "To see them, ask with --as-of today, or change or remove that line.",
    )


def _outcome(update: FeedUpdate) -> str:
    if update.error:
        return "failed"
    if not update.files:
        return "nothing new"
    # The same logs tell something new when the panel that they are weighed by has changed.
    if update.unchanged == update.files and not update.appended.n_new:
        return "unchanged"
    return "taken in"
