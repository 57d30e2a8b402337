"""The cells of audience tables as trails name them: by an id, down to the logs behind them.

A cell is the last row of a trail: below it are the rows of people and devices, which are hashed at
the door and shown to nobody.
"""

import datetime as dt
from typing import Any

from howdah.core.errors import InputError
from howdah.market.audience.lake import KINDS, AudienceLake
from howdah.market.pages.trail import PanelCell
from howdah.market.workspace import Workspace

#: Tables whose cells pages show, those with the fewest rows first.
_SHOWN = ("migration", "overlap", "l28", "months", "daily")

#: Units that are no units of the panel, by the table or metric.
_SHARES = ("overlap", "months", "stickiness28")


def panel_cell(ws: Workspace, id_: str, as_of: dt.date) -> PanelCell:
    """The cell that has an id, as known on a date.

    Raises
    ------
    InputError
        None has it.
    """
    lake = AudienceLake(ws.folder / "lake", ws.engine)
    for table in _SHOWN:
        row = lake.with_id(table, id_, as_of)
        if row is not None:
            return _cell(ws, lake, table, row)
    raise InputError(
        f"No figure of a panel has the id {id_} as of {as_of}. Give the date that it was printed "
        "with."
    )


def _cell(ws: Workspace, lake: AudienceLake, table: str, row: dict[str, Any]) -> PanelCell:
    kind, spec = KINDS[table], ws.specs.get(row["feed"])
    run = lake.run(row["run"])
    assert run is not None, "a run is kept before its tables"
    logs: list[dict[str, str]] = run["logs"]  # type: ignore[assignment]
    is_share = table in _SHARES or row.get("metric") in _SHARES
    counts = "" if spec is None or spec.panel is None else spec.panel.counts
    return PanelCell(
        feed=row["feed"],
        title=spec.title if spec else "",
        source=spec.source if spec else "",
        licence=spec.licence.name if spec else "feed removed",
        attribution=spec.licence.attribution if spec else "",
        table=table,
        key={name: str(row[name]) for name in kind.keys},
        unit="share" if is_share else counts,
        counts=counts,
        value=row["value"],
        stderr=row["stderr"],
        n_raw=row["n_raw"],
        known_on=row["known_on"],
        recorded_at=row["recorded_at"],
        replayed=row["replayed"],
        run=row["run"],
        n_units=run["n_units"],  # type: ignore[arg-type]
        n_rows=run["n_rows"],  # type: ignore[arg-type]
        is_census=bool(run["is_census"]),
        logs=tuple((log["place"], log["sha256"]) for log in logs),
    )
