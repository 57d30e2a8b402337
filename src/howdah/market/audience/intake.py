"""Taking in a panel: new logs through the door, words extended, tables and claims appended.

The order makes a kill harmless: hashed logs, then audience tables, then claims, then the state,
and the pulls last. What was done of a run that ended early is found by the next one, which counts
the same and appends only what is missing. An update that finds no new log and the same panel
counts nothing.
"""

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pyarrow as pa

from howdah.claims import Appended, Fault
from howdah.claims.archive import digest_of
from howdah.core import settings
from howdah.core.errors import FileFormatError, InputError
from howdah.engines import connect
from howdah.market.audience.asides import SetAside, faults_of
from howdah.market.audience.claiming import append_figures
from howdah.market.audience.counting import count_tables
from howdah.market.audience.figures import make_figures
from howdah.market.audience.folder import PanelFolder
from howdah.market.audience.lake import RUN_SCHEMA, AudienceLake
from howdah.market.taking import Taken
from howdah.market.workspace import Workspace
from howdah.panels.audience import Audience, Options
from howdah.panels.door import LogColumns, pass_log, pass_roster
from howdah.panels.population import PanelFiles
from howdah.panels.reading import read_audience
from howdah.panels.shortfalls import gaps_of, lone_strata_of
from howdah.panels.state import opened_state
from howdah.sources import FeedSpec, PanelLog


class LogFile(NamedTuple):
    """A log as it lies in the market's folder."""

    path: Path
    place: str
    sha256: str


def take_panel(
    ws: Workspace, spec: FeedSpec, logs: list[tuple[Path, str]], spec_digest: str,
    now: dt.datetime, say: Callable[[str], None],
) -> Taken:  # fmt: skip
    """Take in the logs of a panel feed.

    Parameters
    ----------
    logs
        The feed's files and the places that they have in the market.
    spec_digest
        Of the spec: a changed one counts all logs again.
    say
        Told what is being done.

    Raises
    ------
    InputError
        A file cannot be read, or the panel does not fit its strata.
    """
    assert spec.panel is not None
    taken = Taken(files=len(logs))
    files = [LogFile(path, place, _digest(path)) for path, place in logs]
    folder = PanelFolder(ws.folder / "lake", spec.id)
    own = panel_files(ws, spec)
    basis = folder.basis(spec.panel, own)
    is_extended = folder.serves(basis)
    fresh = [f for f in files if not ws.store.has_pull(spec.id, f.sha256, spec_digest)]
    taken.unchanged = len(files) - len(fresh)
    if not fresh and is_extended:
        return taken
    spill = ws.folder / "lake" / ".spill"
    spill.mkdir(exist_ok=True)
    passed: dict[str, tuple[int, list[Fault]]] = {}
    with connect(spill) as engine, TemporaryDirectory(prefix="howdah-") as temporary:
        for file in fresh:
            say(file.place)
            passed[file.sha256] = _let_in(engine, spec.panel, file, folder)
        # A state that does not serve is made of all logs that ever came.
        counted = [folder.kept(f.sha256, spec.panel) for f in fresh]
        if not is_extended:
            folder.drop_state()
            suffix = folder.kept("", spec.panel).name
            counted = sorted(p for p in folder.log.glob(f"*{suffix}") if p.name != suffix)
        panel = None
        if own is not None:
            roster = Path(temporary) / "roster.parquet"
            through = pass_roster(engine, own[0], folder.key(), roster)
            taken.faults += faults_of(through.quarantine)
            panel = PanelFiles(roster, own[1])
        asides = SetAside()
        with opened_state(folder.state) as state:
            assert state is not None
            with read_audience(
                engine, counted, panel, _options(spec), set_aside=asides.add,
                folder=Path(temporary), progress=lambda label, *_: say(label), kept=state,
            ) as audience:  # fmt: skip
                taken.notes = (*gaps_of(audience), *lone_strata_of(audience.survey))
                run = _run_id(spec_digest, basis, fresh, now)
                _keep_run(ws, spec, audience, run, files, own, now)
                tables = count_tables(
                    audience, _first_open_day(spec, now), lambda label, *_: say(label)
                )
                say("keeping what is new")
                done = _append(ws, spec, tables, run, files, now)
            state.commit()
    folder.keep_basis(basis)
    for file in fresh:
        n_rows, faults = passed[file.sha256]
        kept = folder.kept(file.sha256, spec.panel)
        faults += asides.of(kept)
        n = ws.store.append_quarantine(spec.id, file.sha256, file.place, faults, now)
        ws.store.append_pull(
            spec.id, file.sha256, spec_digest, file.place,
            Appended(n_rows=n_rows, n_quarantined=n), now,
        )  # fmt: skip
        taken.faults += faults
        done.n_rows += n_rows
        done.n_quarantined += n
    taken.appended = done
    return taken


def _let_in(
    engine: duckdb.DuckDBPyConnection, panel: PanelLog, file: LogFile, folder: PanelFolder
) -> tuple[int, list[Fault]]:
    """Keep a log with hashed units; how many rows came through, and those that did not."""
    day = "" if panel.ts else panel.day
    columns = LogColumns(panel.unit, panel.product, day, panel.ts, panel.time_zone)
    key, kept = folder.key(), folder.kept(file.sha256, panel)
    through = pass_log(engine, file.path, columns, key, kept)
    return through.n_rows, faults_of(through.quarantine)


def _digest(path: Path) -> str:
    try:
        return digest_of(path)
    except OSError as error:
        raise FileFormatError(path, f"cannot be read ({error.strerror}).") from None


def panel_files(ws: Workspace, spec: FeedSpec) -> tuple[Path, Path] | None:
    """Roster and strata of a panel; None of a census.

    Raises
    ------
    InputError
        One of them is not there.
    """
    assert spec.panel is not None
    if spec.panel.is_census:
        return None
    roster, strata = (ws.folder / name for name in (spec.panel.roster, spec.panel.strata))
    for path in (roster, strata):
        if not path.is_file():
            raise InputError(
                f"{path}: no such file. The [panel] of feed {spec.id!r} names its roster and "
                "strata relative to the market's folder."
            )
    return roster, strata


def _options(spec: FeedSpec) -> Options:
    assert spec.panel is not None
    return Options(
        burn_in=spec.panel.burn_in,
        min_n=spec.panel.min_n,
        threads=int(settings.get_number("threads")) or os.cpu_count() or 1,
        memory_gb=settings.get_number("memory_gb"),
    )


def _run_id(
    spec_digest: str, basis: Mapping[str, object], fresh: list[LogFile], now: dt.datetime
) -> str:
    parts = (spec_digest, *map(str, basis.values()), *(f.sha256 for f in fresh), now.isoformat())
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def _first_open_day(spec: FeedSpec, now: dt.datetime) -> dt.date:
    """The first day that is not over where the panel lives: its figures are not whole."""
    assert spec.panel is not None
    return now.astimezone(ZoneInfo(spec.panel.time_zone)).date()


def _keep_run(
    ws: Workspace, spec: FeedSpec, audience: Audience, run: str, files: list[LogFile],
    own: tuple[Path, Path] | None, now: dt.datetime,
) -> None:  # fmt: skip
    survey = audience.survey
    row = {
        "feed": spec.id,
        "run": run,
        "logs": [{"place": f.place, "sha256": f.sha256} for f in files],
        "roster": "" if own is None else digest_of(own[0]),
        "strata": "" if own is None else digest_of(own[1]),
        "is_census": own is None,
        "n_rows": audience.n_rows,
        "n_units": audience.n_units,
        "population": float(survey.population.sum()),
        "first_day": survey.start,
        "last_day": survey.last,
        "burn_in": survey.burn_in,
        "min_n": survey.min_n,
        "version": version("howdah"),
        "recorded_at": now,
    }
    lake = AudienceLake(ws.folder / "lake", ws.engine)
    lake.runs.append(pa.Table.from_pylist([row], schema=RUN_SCHEMA))


def _append(
    ws: Workspace, spec: FeedSpec, tables: dict[str, pa.Table], run: str, files: list[LogFile],
    now: dt.datetime,
) -> Appended:  # fmt: skip
    lake = AudienceLake(ws.folder / "lake", ws.engine)

    def changes(name: str, table: pa.Table) -> pa.Table:
        return lake.changes(name, spec.id, table, run=run, now=now, replay=spec.replay)

    for name, table in tables.items():
        lake.append(name, changes(name, table))
    figures = make_figures(spec, pl.DataFrame(tables["daily"]), pl.DataFrame(tables["months"]))
    changed = changes("figures", figures.to_arrow())
    told = pl.DataFrame(changed).filter(~pl.col("withdrawn"))
    done = Appended()
    # Claims come before the figures: figures that are held are claims already, whatever ends here.
    for is_first in (True, False):
        rows = told.filter(pl.col("replayed") == is_first)
        if rows.height:
            append_figures(ws, spec, rows, replay=is_first, n_logs=len(files), now=now, done=done)
    lake.append("figures", changed)
    return done
