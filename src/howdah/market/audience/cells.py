"""The cells of audience tables as trails name them: by an id, down to the logs behind them.

A cell is the last row of a trail: below it are the rows of people and devices, which are hashed at
the door and shown to nobody.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from howdah.core.calendar import end_of_day
from howdah.core.errors import InputError
from howdah.engines import parquet, text_literal
from howdah.market.audience.lake import KINDS, AudienceLake
from howdah.market.pages.trail import PanelCell
from howdah.market.workspace import Workspace

_DIGITS = 12

#: Tables whose cells pages show, those with the fewest rows first.
_SHOWN = ("migration", "overlap", "l28", "months", "daily")

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

#: Units that are no units of the panel, by the table or metric.
_SHARES = ("overlap", "months", "stickiness28")


def cell_id(table: str, row: Mapping[str, Any]) -> str:
    """Id of a print of a cell: a digest of its feed, table and key, and of when it was learnt.

    Parameters
    ----------
    row
        A row of `AudienceLake.read`.
    """
    learnt = (row["recorded_at"] - _EPOCH) // dt.timedelta(microseconds=1)
    parts = (row["feed"], table, *(row[key] for key in KINDS[table].keys), learnt)
    return "p" + hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:_DIGITS]


def panel_cell(ws: Workspace, id_: str, as_of: dt.date) -> PanelCell:
    """The cell that has an id, as known on a date.

    Raises
    ------
    InputError
        None has it.
    """
    lake = AudienceLake(ws.folder / "lake", ws.engine)
    for table in _SHOWN:
        row = _row_with(ws, lake, table, id_, as_of)
        if row is not None:
            return _cell(ws, lake, table, row)
    raise InputError(
        f"No figure of a panel has the id {id_} as of {as_of}. Give the date that it was printed "
        "with."
    )


def _row_with(
    ws: Workspace, lake: AudienceLake, table: str, id_: str, as_of: dt.date
) -> dict[str, Any] | None:
    files = lake.tables[table].files()
    if not files:
        return None
    moment = end_of_day(as_of).astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00")
    keys = ", ".join(f"{key}::VARCHAR" for key in KINDS[table].keys)
    parts = f"feed, '{table}', {keys}, epoch_us(recorded_at)"
    found = ws.engine.sql(
        f"SELECT * FROM {parquet(files)} WHERE NOT withdrawn "
        f"AND recorded_at <= TIMESTAMPTZ '{moment}' "
        f"AND 'p' || left(sha256(concat_ws(chr(31), {parts})), {_DIGITS}) = {text_literal(id_)} "
        "LIMIT 1"
    ).to_arrow_table()
    return next(iter(found.to_pylist()), None)


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
