"""What `howdah feed check` answers: the claims and faults that a spec makes of a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from howdah.core import Period
from howdah.core.phrases import definition_text
from howdah.core.wording import stated_text
from howdah.surfaces.cli.answer import QUARANTINED, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.pages.quarantine import FAULT_COLUMNS
from howdah.surfaces.cli.screen import Screen
from howdah.surfaces.cli.words import counted, day_text, period_text, record_text, unit_text

#: Claims that are shown of what a file would make.
_MAX_CLAIMS = 5

#: Faults that a screen shows.
_MAX_FAULTS = 20


def run(spec: Path, file: Path, folder: Path | None, *, strict: bool, as_json: bool) -> None:
    """Try a spec on a file and say what it makes."""
    with opened(folder, "reading the file") as (market, _):
        frame, faults = market.check_feed(spec, file)
    claims = frame.head(_MAX_CLAIMS).to_dicts()
    if as_json:
        data = {
            "n_claims": frame.height,
            "n_faults": len(faults),
            "claims": claims,
            "faults": faults,
        }
        write_json(data, market=market.folder)
    else:
        _print_check(claims, frame.height, faults)
    if strict and faults:
        raise typer.Exit(QUARANTINED)


def _print_check(claims: Sequence[dict[str, Any]], n_claims: int, faults: Sequence[Any]) -> None:
    def size(claim: dict[str, Any]) -> str:
        said = stated_text(
            claim["value"],
            claim["value_low"],
            claim["value_high"],
            claim["comparator"],
            claim["unit"],
            claim["currency"],
        )
        return said or str(claim["object"])

    screen = Screen()
    faulty = counted(len(faults), "row")
    screen.heading(f"{counted(n_claims, 'claim')}, {faulty} that cannot become one")
    if claims:
        screen.heading("The first claims" if n_claims > len(claims) else "The claims")
    for claim in claims:
        period = period_text(
            Period(claim["valid_from"], claim["valid_to"], claim["precision"]).label
        )
        screen.text(
            f"{claim['source']}: {claim['scheme']}:{claim['subject']}, {claim['metric']}, "
            f"{size(claim)}",
            indent=2,
            hang=2,
            style="bold",
        )
        details = (
            period,
            definition_text(claim["definition"]),
            unit_text(claim["unit"], claim["currency"]),
            claim["modality"],
            f"published {day_text(claim['published_at'])}",
            f"record {claim['row']:,}",
        )
        screen.text("; ".join(details), indent=4)
    if faults:
        screen.heading("Rows that cannot become claims")
        rows = [
            [f"{f.row:,}", f.column, f.reason, record_text(f.text)] for f in faults[:_MAX_FAULTS]
        ]
        screen.table(FAULT_COLUMNS, rows, indent=2)
        if len(faults) > _MAX_FAULTS:
            screen.text(f"and {len(faults) - _MAX_FAULTS:,} more (--json shows all)", indent=2)
    screen.write()
