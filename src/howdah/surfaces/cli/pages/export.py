"""What `howdah export` answers: how many rows went where."""

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from howdah.core.errors import UnknownNameError
from howdah.market.export import What
from howdah.surfaces.cli.answer import write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Screen
from howdah.surfaces.cli.words import counted


def run(
    target: Path,
    what: str,
    entities: Sequence[str],
    metrics: Sequence[str],
    segment: str | None,
    without: Sequence[str],
    folder: Path | None,
    as_of: str | None,
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Write the rows and say how many."""
    kinds: dict[str, What] = {kind: kind for kind in get_args(What)}
    if what not in kinds:
        raise UnknownNameError("kind of rows", what, kinds, hint=f"Give {' or '.join(kinds)}.")
    with opened(folder, "collecting the rows") as (market, _):
        day = market.as_of(as_of)
        n_rows = market.export(
            target,
            what=kinds[what],
            entities=entities,
            metrics=metrics,
            segment=segment,
            without=without,
            force=force,
            as_of=day,
        )
    if as_json:
        data = {"file": target.resolve(), "what": what, "n_rows": n_rows}
        write_json(data, market=market.folder, as_of=day)
        return

    screen = Screen()
    rows = counted(n_rows, "row")
    screen.text(f"Wrote {rows} of {what} to {target}, each with its licence. As of {day}.")
    screen.write()
