"""Export: estimates, claims or readings to CSV, Parquet or XLSX, with licence terms enforced.

A text that a spreadsheet would run as a formula is neutralised by a leading apostrophe in CSV,
and written as a plain text cell in XLSX. Nothing is written until the export is complete.
"""

import datetime as dt
import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Literal

import polars as pl
import xlsxwriter

from howdah.core.entity import Entity
from howdah.core.errors import ExistsError, InputError, LicenceError, UnknownNameError
from howdah.estimates import estimate_levels, to_records, to_rows
from howdah.market.charts import chart_levels, feeds_behind
from howdah.market.documents.showing import reading_rows
from howdah.market.levels import models_for
from howdah.market.observing import judged, without_simulated
from howdah.market.show import PAGE_COLUMNS
from howdah.market.workspace import Workspace

What = Literal["estimates", "claims", "readings"]

#: First characters that spreadsheets take for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

#: Rows of one sheet of a workbook, the header aside.
_MAX_SHEET_ROWS = 1_048_575


def export(
    ws: Workspace,
    target: Path,
    as_of: dt.date,
    *,
    what: What = "estimates",
    entities: Sequence[str] = (),
    metrics: Sequence[str] = (),
    segment: str | None = None,
    without: Sequence[str] = (),
    force: bool = False,
) -> int:
    """Write estimates or claims known on a date; returns the number of rows.

    Readings are what texts were read as, with what a reviewer held to be right: from them the
    reader's confidence can be learnt.

    Parameters
    ----------
    target
        File; its ending tells the form: .csv, .parquet or .xlsx.
    entities, metrics, segment
        Only these; nothing given exports everything that is real.
    without
        Feeds to leave out.

    Raises
    ------
    LicenceError
        A feed behind the rows may not be exported.
    ExistsError
        The file exists and `force` is not set.
    InputError
        The ending is none of the three, or nothing is left to export.
    """
    writers = {".csv": _write_csv, ".parquet": _write_parquet, ".xlsx": _write_workbook}
    writer = writers.get(target.suffix.lower())
    if writer is None:
        raise InputError(
            f"{target.name}: the ending tells the form of an export. Give {', '.join(writers)}."
        )
    if target.exists() and not force:
        raise ExistsError(target, "Give another name, or --force to replace it.")
    frame = _rows(ws, as_of, what, entities, metrics, segment, without)
    if frame.height == 0:
        raise InputError(f"Nothing to export as of {as_of}. Widen the selection, or move --as-of.")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        writer(frame, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return frame.height


def require_exportable(ws: Workspace) -> None:
    """Refuse where any feed of the market may not be exported.

    Raises
    ------
    LicenceError
        A feed's terms forbid it.
    """
    _enforce_licences(ws, sorted(ws.specs))


def _rows(
    ws: Workspace,
    as_of: dt.date,
    what: What,
    entities: Sequence[str],
    metrics: Sequence[str],
    segment: str | None,
    without: Sequence[str],
) -> pl.DataFrame:
    wanted, ids = _chosen(ws, entities, metrics, segment, without)
    if what == "readings":
        return _readings(ws, as_of, ids, metrics, without)
    subjects = [i for entity in wanted for i in entity.referents] if ids and not segment else None
    claims = ws.claims(
        as_of, subjects=subjects, metrics=list(metrics) or None, columns=PAGE_COLUMNS
    ).filter(~pl.col("feed").is_in(list(without)))
    if ids:
        claims = claims.filter(pl.col("entity").is_in(sorted(ids)))
    else:
        # What is simulated goes out when it is named, and stands beside nothing that is real.
        claims = without_simulated(claims)
    _enforce_licences(ws, claims["feed"].unique().sort().to_list())
    if what == "claims":
        return claims.with_columns(_terms(ws))
    charted = chart_levels(ws, as_of, without)
    if ids:
        charted = charted.filter(pl.col("entity").is_in(sorted(ids)))
    if metrics:
        charted = charted.filter(pl.col("metric").is_in(list(metrics)))
    if charted.height:
        # A level from a place rests on the places and levels of others, so on their terms.
        behind = feeds_behind(ws, as_of, charted["metric"].unique().to_list())
        _enforce_licences(ws, [feed for feed in behind if feed not in without])
    observed = judged(ws.observed([claims], as_of), charted)
    levels = estimate_levels(observed, models_for(ws, as_of, observed), as_of=as_of)
    rows = pl.DataFrame(to_rows(to_records(levels.estimates, ws.metrics)), infer_schema_length=None)
    # Terms travel with what is derived from a row, too.
    names = claims.select(_terms(ws))["licence"].unique().sort().to_list()
    return rows.with_columns(pl.lit("; ".join(names)).alias("licence"))


def _chosen(
    ws: Workspace,
    entities: Sequence[str],
    metrics: Sequence[str],
    segment: str | None,
    without: Sequence[str],
) -> tuple[list[Entity], set[str]]:
    """The entities named, and the ids of all that are wanted: none where nothing is chosen."""
    for feed in without:
        ws.find_spec(feed)
    for metric in metrics:
        if metric not in ws.metrics:
            raise UnknownNameError("metric", metric, ws.metrics.metrics)
    wanted = [ws.resolve(name) for name in entities]
    ids = {entity.canonical_id for entity in wanted}
    if segment is not None:
        ids |= set(ws.members(ws.find_segment(segment)))
    return wanted, ids


def _readings(
    ws: Workspace,
    as_of: dt.date,
    entities: Collection[str],
    metrics: Sequence[str],
    without: Sequence[str],
) -> pl.DataFrame:
    rows = reading_rows(ws, as_of).filter(~pl.col("feed").is_in(list(without)))
    if entities:
        rows = rows.filter(pl.col("subject").is_in(sorted(entities)))
    if metrics:
        rows = rows.filter(pl.col("metric").is_in(list(metrics)))
    _enforce_licences(ws, rows["feed"].unique().sort().to_list())
    return rows.with_columns(_terms(ws))


def _enforce_licences(ws: Workspace, feeds: Sequence[str]) -> None:
    for feed in feeds:
        spec = ws.specs.get(feed)
        if spec is None:
            raise LicenceError(feed, "export", "its spec and so its terms are gone")
        if not spec.licence.may_export:
            raise LicenceError(feed, "export", spec.licence.name)


def _terms(ws: Workspace) -> pl.Expr:
    names = {feed: spec.licence.name for feed, spec in ws.specs.items()}
    return pl.col("feed").replace_strict(names, default="").alias("licence")


def _neutralised(frame: pl.DataFrame) -> pl.DataFrame:
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    return frame.with_columns(
        pl.when(pl.col(name).str.slice(0, 1).is_in(list(_FORMULA_STARTS)))
        .then(pl.lit("'") + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in texts
    )


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as texts, for forms that hold none."""
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    return frame.with_columns(pl.col(name).list.join("; ") for name in lists)


def _write_csv(frame: pl.DataFrame, path: Path) -> None:
    # The mark tells spreadsheets that the text is UTF-8; without it Chinese names break.
    _neutralised(_flat(frame)).write_csv(path, include_bom=True)


def _write_parquet(frame: pl.DataFrame, path: Path) -> None:
    frame.write_parquet(path)


#: Fitting column widths looks at every cell; past this it takes longer than the writing.
_MAX_FITTED_ROWS = 50_000


def _write_workbook(frame: pl.DataFrame, path: Path) -> None:
    if frame.height > _MAX_SHEET_ROWS:
        raise InputError(
            f"{frame.height:,} rows do not fit a sheet of {_MAX_SHEET_ROWS:,}. "
            "Export .csv or .parquet, or fewer entities."
        )
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        _flat(frame).write_excel(
            workbook, worksheet="howdah", autofit=frame.height < _MAX_FITTED_ROWS
        )
