"""Taking in a panel: new logs through the door, words extended, tables and claims appended.

The order makes a kill harmless: hashed logs, then audience tables, then claims, then the state,
and the pulls last. What was done of a run that ended early is found by the next one, which counts
the same and appends only what is missing. An update that finds no new log and the same panel
counts nothing.
"""

import datetime as dt
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow as pa

from howdah.claims import Appended, Fault
from howdah.claims.archive import digest_of
from howdah.core import settings
from howdah.core.errors import FileFormatError, InputError
from howdah.engines import connect
from howdah.market.audience.figures import make_figures
from howdah.market.audience.folder import PanelFolder
from howdah.market.audience.lake import KINDS, RUN_SCHEMA, AudienceLake
from howdah.market.workspace import Workspace
from howdah.panels.audience import Audience, Options, read_audience
from howdah.panels.daily import DailyTable
from howdah.panels.door import LogColumns, pass_log, pass_roster
from howdah.panels.entry_months import EntryMonths
from howdah.panels.l28 import L28Table
from howdah.panels.migration import Migration
from howdah.panels.overlap import Overlap
from howdah.panels.state import opened_state
from howdah.panels.survival import Survival
from howdah.sources import ClaimMapping, FeedSpec, Pull, compile_query, open_input
from howdah.sources.columns import ColumnRef, DateRef, NumberRef

#: Rows of one log that are kept in the quarantine one by one for one reason; more are counted.
_MOST_FAULTS = 1000

_BATCH_ROWS = 100_000

#: Where figures come from, as a trail says; their logs are named beside it.
_PLACE = "audience figures"


class LogFile(NamedTuple):
    """A log as it lies in the market's folder."""

    path: Path
    place: str
    sha256: str


@dataclass(slots=True)
class Taken:
    """What an intake did: files seen and unchanged, claims appended, rows set aside."""

    files: int = 0
    unchanged: int = 0
    appended: Appended = field(default_factory=Appended)
    faults: list[Fault] = field(default_factory=list)


def take_panel(
    ws: Workspace, spec: FeedSpec, logs: list[tuple[Path, str]], spec_digest: str, now: dt.datetime
) -> Taken:
    """Take in the logs of a panel feed.

    Parameters
    ----------
    logs
        The feed's files and the places that they have in the market.
    spec_digest
        Of the spec: a changed one counts all logs again.

    Raises
    ------
    InputError
        A file cannot be read, or the panel does not fit its strata.
    """
    assert spec.panel is not None
    taken = Taken(files=len(logs))
    files = [LogFile(path, place, _digest(path)) for path, place in logs]
    folder = PanelFolder(ws.folder / "lake", spec.id)
    own = _panel_files(ws, spec)
    basis = folder.basis(spec.panel, own)
    is_extended = folder.serves(basis)
    fresh = [f for f in files if not ws.store.has_pull(spec.id, f.sha256, spec_digest)]
    taken.unchanged = len(files) - len(fresh)
    if not fresh and is_extended:
        return taken
    key = folder.key()
    spill = ws.folder / "lake" / ".spill"
    spill.mkdir(exist_ok=True)
    passed: dict[str, tuple[int, list[Fault]]] = {}
    with connect(spill) as engine, TemporaryDirectory(prefix="howdah-") as temporary:
        columns = LogColumns(
            spec.panel.unit, spec.panel.product, "" if spec.panel.ts else spec.panel.day,
            spec.panel.ts, spec.panel.time_zone,
        )  # fmt: skip
        for file in fresh:
            through = pass_log(
                engine, file.path, columns, key, folder.kept(file.sha256, spec.panel)
            )
            passed[file.sha256] = through.n_rows, _faults(through.quarantine)
        # A state that does not serve is made of all logs that ever came.
        counted = [folder.kept(f.sha256, spec.panel) for f in fresh]
        if not is_extended:
            folder.drop_state()
            suffix = folder.kept("", spec.panel).name
            counted = sorted(p for p in folder.log.glob(f"*{suffix}") if p.name != suffix)
        panel = None
        if own is not None:
            roster = Path(temporary) / "roster.parquet"
            through = pass_roster(engine, own[0], key, roster)
            taken.faults += _faults(through.quarantine)
            panel = roster, own[1]
        asides: list[pa.Table] = []
        with opened_state(folder.state) as state:
            assert state is not None
            with read_audience(
                engine, counted, panel, _options(spec), set_aside=asides.append,
                folder=Path(temporary), progress=_silent, kept=state,
            ) as audience:  # fmt: skip
                run = _run_id(spec_digest, basis, fresh, now)
                _keep_run(ws, spec, audience, run, files, own, now)
                tables = _counted(audience, _first_open_day(spec, now))
                done = _append(ws, spec, tables, run, files, now)
            state.commit()
    folder.keep_basis(basis)
    for file in fresh:
        n_rows, faults = passed[file.sha256]
        kept = folder.kept(file.sha256, spec.panel)
        faults += [f for table in asides for f in _faults(table, kept)]
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


def _digest(path: Path) -> str:
    try:
        return digest_of(path)
    except OSError as error:
        raise FileFormatError(path, f"cannot be read ({error.strerror}).") from None


def _panel_files(ws: Workspace, spec: FeedSpec) -> tuple[Path, Path] | None:
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


def _silent(label: str, done: int, total: int) -> None:
    """Progress of the parts of one feed, which are too short to be shown."""


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


def _counted(audience: Audience, until: dt.date) -> dict[str, pa.Table]:
    """The audience tables as the lake keeps them: what can be told, of days that are over."""
    survey = audience.survey
    daily, l28, months = DailyTable(survey), L28Table(survey), EntryMonths(survey)
    overlap, migration, survival = Overlap(survey), Migration(survey), Survival(survey)
    for part in audience.words.parts(survey.threads):
        for table in (daily, l28, months, overlap, migration, survival):
            table.add(part)
    day, end = pl.col("day"), pl.col("day")
    frames = {
        "daily": _frame(daily.finish().read_all())
        .filter("mature")
        .with_columns(pl.col("metric").cast(pl.String), end.alias("known_on")),
        "l28": _frame(l28.finish().read_all()).with_columns(
            pl.col("value").is_null().alias("suppressed"), end.alias("known_on")
        ),
        "months": _frame(months.finish()),
        "overlap": _frame(overlap.finish())
        .rename({"product_a": "product", "product_b": "other", "period_end": "day"})
        .rename({"share_a": "value", "stderr_share_a": "stderr", "window": "window_days"})
        .with_columns(pl.lit(value=False).alias("suppressed"), day.alias("known_on")),
        "migration": _frame(migration.finish())
        .rename({"from_product": "product", "to_product": "other", "period": "month"})
        .with_columns(
            pl.col("value").is_null().alias("suppressed"),
            pl.col("month").dt.month_end().alias("known_on"),
        ),
        "survival": _survival(survival).with_columns(pl.lit(survey.last).alias("known_on")),
    }
    return {
        name: frame.filter(pl.col("known_on") < until)
        .select(*KINDS[name].keys, *KINDS[name].names, "known_on")
        .to_arrow()
        for name, frame in frames.items()
    }


def _frame(table: pa.Table) -> pl.DataFrame:
    """A table of the engine with products as text, whatever the log has."""
    frame = pl.DataFrame(table)
    names = [n for n in frame.columns if n in {"product", "product_a", "product_b"}]
    return frame.with_columns(pl.col(name).cast(pl.String) for name in names)


def _survival(survival: Survival) -> pl.DataFrame:
    values, laws = (_frame(table) for table in survival.finish())
    return values.join(laws.select("product", "verdict", "n_raw"), on="product")


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
            _claim(ws, spec, rows, replay=is_first, n_logs=len(files), now=now, done=done)
    lake.append("figures", changed)
    return done


def claims_spec(spec: FeedSpec, *, replay: bool) -> FeedSpec:
    """The spec by which a panel's figures become claims."""
    assert spec.panel is not None
    mapping = ClaimMapping(
        scheme=spec.panel.scheme,
        subject=ColumnRef(column="product"),
        metric=ColumnRef(column="metric"),
        definition=ColumnRef(column="definition"),
        unit=ColumnRef(column="unit"),
        value=NumberRef(column="value"),
        stderr=NumberRef(column="stderr"),
        valid_from=DateRef(column="valid_from"),
        valid_to=DateRef(column="valid_to"),
        precision=ColumnRef(column="precision"),
        published_at=DateRef(column="published_at"),
    )
    return spec.model_copy(
        update={"panel": None, "claim": (mapping,), "format": "parquet", "replay": replay}
    )


def _claim(
    ws: Workspace, spec: FeedSpec, rows: pl.DataFrame, *, replay: bool, n_logs: int,
    now: dt.datetime, done: Appended,
) -> None:  # fmt: skip
    """Append the claims of some figures, and archive the figures as what they came from."""
    told = rows.with_columns(
        pl.col("recorded_at").dt.date().alias("published_at"), pl.lit(n_logs).alias("n_logs")
    ).drop("withdrawn", "replayed", "recorded_at", "feed")
    with TemporaryDirectory(prefix="howdah-") as temporary:
        path = Path(temporary) / "figures.parquet"
        told.write_parquet(path)
        raw = ws.store.archive.put(path)
        with (
            connect() as engine,
            open_input(engine, claims_spec(spec, replay=replay), path) as source,
        ):
            pull = Pull(claims_spec(spec, replay=replay), raw, now)
            query = compile_query(source, pull, ws.metrics)
            found, places = ws.store.append_claims(
                spec.id, engine.sql(query).to_arrow_reader(_BATCH_ROWS)
            )
    assert not places, "the figures of a panel are claims"
    ws.store.append_pull(spec.id, raw, "", _PLACE, Appended(n_new=found.n_new), now)
    done.n_claims += found.n_claims
    done.n_new += found.n_new
    last = [d for d in (done.last_published_at, found.last_published_at) if d is not None]
    done.last_published_at = max(last, default=None)


def _faults(table: pa.Table, path: Path | None = None) -> list[Fault]:
    """Rows set aside as faults; of many for one reason the first, and how many more there are."""
    frame = pl.DataFrame(table)
    if path is not None:
        frame = frame.filter(pl.col("file") == str(path))
    found = []
    for (column, reason), group in frame.group_by(["column", "reason"], maintain_order=True):
        shown = group.head(_MOST_FAULTS)
        found += [
            Fault(row["row"], str(column), row["text"], str(reason))
            for row in shown.iter_rows(named=True)
        ]
        if group.height > shown.height:
            more = group["row"][shown.height]
            n = group.height - shown.height
            found.append(Fault(more, str(column), "", f"{reason} (this and {n:,} rows in all)"))
    return found
