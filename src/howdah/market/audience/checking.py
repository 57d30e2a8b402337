"""Trying a panel feed on a file: its log, roster and strata are read, and nothing is counted."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from howdah.claims import Fault
from howdah.core.errors import InputError
from howdah.engines import connect, text_literal
from howdah.market.audience.asides import SetAside, faults_of
from howdah.market.audience.intake import panel_files
from howdah.market.workspace import Workspace
from howdah.panels.asides import Asides
from howdah.panels.door import LogColumns, pass_log, pass_roster
from howdah.panels.population import PanelFiles
from howdah.panels.roster import read_panel
from howdah.sources import FeedSpec

_UNIX = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class PanelCheck:
    """What a spec reads of a log, and of the panel that it is of.

    Attributes
    ----------
    n_rows, n_units, n_products
        Of the log, as far as it can be read.
    first_day, last_day
        None where no row can be read.
    n_panel
        Units of the panel; None in a census.
    n_strange
        Rows of the log whose unit the panel does not have: an update sets them aside.
    faults, panel_faults
        Rows of the log and of the roster that cannot be read; ids of units are left out.
    """

    n_rows: int
    n_units: int
    n_products: int
    first_day: dt.date | None
    last_day: dt.date | None
    n_panel: int | None
    n_strata: int | None
    population: float | None
    n_strange: int
    faults: tuple[Fault, ...]
    panel_faults: tuple[Fault, ...]

    @property
    def n_faults(self) -> int:
        """Rows that an update would set aside."""
        return len(self.faults) + len(self.panel_faults) + self.n_strange


def check_panel(ws: Workspace, spec: FeedSpec, path: Path) -> PanelCheck:
    """What a panel feed reads of a log, its roster and its strata, without storing anything.

    Raises
    ------
    InputError
        A file cannot be used at all, or the panel does not fit its strata.
    """
    panel = spec.panel
    if panel is None:
        raise InputError(f"Feed {spec.id!r} has no [panel]: its rows become claims one by one.")
    own = panel_files(ws, spec)
    columns = LogColumns(
        panel.unit, panel.product, "" if panel.ts else panel.day, panel.ts, panel.time_zone
    )
    with connect() as engine, TemporaryDirectory(prefix="howdah-") as temporary:
        log, roster = (Path(temporary) / name for name in ("log.parquet", "roster.parquet"))
        through = pass_log(engine, path, columns, "", log)
        rows = f"read_parquet({text_literal(str(log))})"
        n_units, n_products, first, last = engine.sql(
            f"SELECT count(DISTINCT unit), count(DISTINCT product), min(day), max(day) FROM {rows}"
        ).fetchall()[0]
        n_panel = n_strata = population = None
        n_strange, asides = 0, SetAside()
        if own is not None:
            found = read_panel(engine, PanelFiles(*own), Asides(asides.add), is_number=False)
            if first is not None:
                found.members.check((first - _UNIX).days, (last - first).days + 1)
            n_panel, n_strata = found.members.n_unit, len(found.members.strata)
            population = float(found.members.population.sum())
            pass_roster(engine, own[0], "", roster)
            n_strange = engine.sql(
                f"SELECT count(*) FROM {rows} ANTI JOIN "
                f"read_parquet({text_literal(str(roster))}) USING (unit)"
            ).fetchall()[0][0]
    return PanelCheck(
        n_rows=through.n_rows,
        n_units=n_units,
        n_products=n_products,
        first_day=first,
        last_day=last,
        n_panel=n_panel,
        n_strata=n_strata,
        population=population,
        n_strange=n_strange,
        faults=tuple(faults_of(through.quarantine)),
        panel_faults=tuple(
            Fault(f.row, f.column, "" if f.column == "unit" else f.text, f.reason)
            for f in asides.of(None)
        ),
    )
