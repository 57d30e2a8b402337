"""What `howdah feed check` answers: the claims and faults that a spec makes of a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from howdah.claims import Fault
from howdah.core import Period
from howdah.core.phrases import definition_text
from howdah.core.wording import stated_text
from howdah.market.audience.checking import PanelCheck
from howdah.sources import FeedSpec, read_spec
from howdah.surfaces.cli.answer import QUARANTINED, plain, write_json
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
    if read_spec(spec).panel is not None:
        _run_panel(spec, file, folder, strict=strict, as_json=as_json)
        return
    read: dict[str, Any] = {}
    with opened(folder, "reading the file") as (market, _):
        if read_spec(spec).documents is None:
            frame, faults = market.check_feed(spec, file)
        else:
            found = market.check_documents(spec, file)
            frame, faults = found.claims, found.faults
            read = {name: getattr(found, name) for name in ("n_documents", "outcomes", "names")}
    claims = frame.head(_MAX_CLAIMS).to_dicts()
    if as_json:
        data = {
            "n_claims": frame.height,
            "n_faults": len(faults),
            "claims": claims,
            "faults": faults,
        }
        write_json({**data, **read}, market=market.folder)
    else:
        _print_check(claims, frame.height, faults, read)
    if strict and faults:
        raise typer.Exit(QUARANTINED)


def _run_panel(spec: Path, file: Path, folder: Path | None, *, strict: bool, as_json: bool) -> None:
    with opened(folder, "reading the panel") as (market, _):
        found = market.check_panel(spec, file)
    if as_json:
        write_json({**plain(found), "n_faults": found.n_faults}, market=market.folder)
    else:
        _print_panel(read_spec(spec), found)
    if strict and found.n_faults:
        raise typer.Exit(QUARANTINED)


def _print_panel(spec: FeedSpec, found: PanelCheck) -> None:
    assert spec.panel is not None
    screen = Screen()
    screen.heading(
        f"{counted(found.n_rows - found.n_strange, 'row')} of the log can be counted, "
        f"{counted(found.n_faults, 'row')} cannot"
    )
    units = f"{counted(found.n_units, 'unit')} and {counted(found.n_products, 'product')}"
    panel = "none, a census: every unit stands for itself"
    if found.n_panel is not None:
        strata = counted(found.n_strata or 0, "stratum", "strata")
        panel = f"{counted(found.n_panel, 'unit')} in {strata} stand for {found.population:,.0f}"
    screen.fields(
        [
            ("Log", f"{units}, {day_text(found.first_day)} to {day_text(found.last_day)}"),
            ("Panel", panel),
            ("Claims", ", ".join(f"{c.metric} every {c.every}" for c in spec.panel.claims)),
        ]
    )
    if found.n_strange:
        rows = counted(found.n_strange, "row")
        screen.text(f"{rows} of the log: no such unit in {spec.panel.roster}")
    for title, faults in (
        ("Rows of the log that cannot be counted", found.faults),
        (f"Rows of {spec.panel.roster} that cannot be used", found.panel_faults),
    ):
        _draw_faults(screen, title, faults)
    screen.write()


def _print_check(
    claims: Sequence[dict[str, Any]], n_claims: int, faults: Sequence[Any], read: dict[str, Any]
) -> None:
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
    faulty = counted(len(faults), "document" if read else "row")
    cannot = "that cannot be read" if read else "that cannot become one"
    screen.heading(f"{counted(n_claims, 'claim')}, {faulty} {cannot}")
    if read:
        _draw_read(screen, read)
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
    title = "Documents that cannot be read" if read else "Rows that cannot become claims"
    _draw_faults(screen, title, faults)
    screen.write()


def _draw_read(screen: Screen, read: dict[str, Any]) -> None:
    """What becomes of the numbers and events of texts, and whom they name that nobody knows."""
    outcomes = read["outcomes"]
    said = counted(sum(outcomes.values()), "number or event", "numbers and events")
    screen.text(f"{counted(read['n_documents'], 'document')} read, with {said}.")
    screen.fields([(f"{n:,}", why) for why, n in outcomes.items()], indent=2)
    if read["names"]:
        names = ", ".join(read["names"])
        screen.text(f"Names that carry claims and that the market does not know: {names}", hang=2)


def _draw_faults(screen: Screen, title: str, faults: Sequence[Fault]) -> None:
    if not faults:
        return
    screen.heading(title)
    rows = [[f"{f.row:,}", f.column, f.reason, record_text(f.text)] for f in faults[:_MAX_FAULTS]]
    screen.table(FAULT_COLUMNS, rows, indent=2)
    if len(faults) > _MAX_FAULTS:
        screen.text(
            f"and {counted(len(faults) - _MAX_FAULTS, 'other row')} (--json shows all)", indent=2
        )
