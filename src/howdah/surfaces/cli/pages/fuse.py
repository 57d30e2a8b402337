"""What `howdah fuse` does: claims in; estimates, report of sources, suspects and summary out."""

import datetime as dt
import time
from importlib.metadata import version
from pathlib import Path

import duckdb
import polars as pl

from howdah.core.errors import InputError
from howdah.core.progress import Progress
from howdah.engines import Check, Column, OutputFolder, StageTable, output_folder, read_table
from howdah.estimates.aggregates import GrowthTable
from howdah.estimates.fusion import (
    VERDICTS,
    YOUNG,
    Claims,
    FusedTable,
    Options,
    Reviews,
    StaticFusion,
    Tally,
    UpdatedTable,
)
from howdah.surfaces.cli.asides import Aside
from howdah.surfaces.cli.pages.fuse_account import AGES_UNUSED, NOTHING_PRINTED_AGAIN, account
from howdah.surfaces.cli.pages.fuse_state import opened_state
from howdah.surfaces.cli.staging import (
    IN_TIME,
    aside_of,
    finish,
    require_rows,
    stage_date,
    staged,
)
from howdah.surfaces.cli.words import counted

#: Claims columns besides ``period``, which a static run has not.
CLAIMS = (
    Column("series", "text"),
    Column("source", "text"),
    Column("value", "float", is_nullable=True),
    Column("value_low", "float", is_required=False, is_nullable=True),
    Column("value_high", "float", is_required=False, is_nullable=True),
    Column("segment", "text", is_required=False, is_nullable=True),
    Column("listed", "bool", is_required=False, is_nullable=True),
    Column("cutoff", "float", is_required=False, is_nullable=True),
    Column("published_at", "timestamp", is_required=False, is_nullable=True),
)
ANCHORS = (
    Column("series", "text"),
    Column("value", "float"),
    Column("published_at", "timestamp", is_required=False, is_nullable=True),
)
PERIOD = Column("period", "date")
REVIEWS = (
    Column("series", "text"),
    Column("source", "text"),
    Column("verdict", "text", is_nullable=True),
)
REVIEWED_PERIOD = Column("period", "date", is_required=False, is_nullable=True)

#: Verdicts about no claim that the screen names.
_MOST_UNMATCHED = 3

_SAYS_NOTHING = Check(
    "value",
    "{value} IS NULL AND {value_low} IS NULL AND {value_high} IS NULL "
    "AND ({listed} IS NOT FALSE OR {cutoff} IS NULL)",
    "says nothing: give a value, a bound, or listed = false with a cutoff",
)
_WRONG_WAY = Check(
    "value_low", "{value_low} > {value_high}", "above value_high: give the lower end first"
)
_BOTH = Check(
    "value",
    "{listed} IS FALSE AND {value} > {cutoff}",
    "above the cut-off of a list that it is said not to be on: leave out one of the two",
)
_NO_VERDICT = Check(
    "verdict",
    " AND ".join(f"{{verdict}} <> '{word}'" for word in VERDICTS),
    f"no verdict: say {' or '.join(VERDICTS)}, or leave it empty",
)
#: Figures of truth that are this near to each other, as a share, are of one thing.
_SAME_TRUTH = 0.1
#: Beyond these powers of ten nothing is counted, and squares leave the range of numbers.
_MOST, _LEAST = "1e30", "1e-30"
_VALUES = ("value", "value_low", "value_high", "cutoff")
_TOO_LARGE = f"beyond {_MOST}, which no quantity is: check the unit and the exponent"
_TOO_SMALL = f"below {_LEAST}, which no quantity is: check the unit and the exponent"

_SCALE_CHECKS = {
    "log": ("{} <= 0", "not positive, so it has no logarithm: use --scale linear, or a floor"),
    "logit": ("{} < 0 OR {} > 100", "not between 0 and 100 percent: use --scale linear or log"),
    "linear": (None, ""),
}


def run(
    claims: Path, out: Path, anchors: Path | None, keep: Path | None, as_of: str | None,
    options: Options, state: Path | None, growth: str | None,
    *, static: bool, force: bool, strict: bool, as_json: bool,
) -> None:  # fmt: skip
    """Read the claims, fuse them and write what came of it."""
    started = time.perf_counter()
    day = stage_date(as_of)
    _check_options(options, out, state, static=static)
    span = None if growth is None else _span(growth, is_alone=not static and state is None)
    with staged("reading the claims") as (engine, progress), opened_state(state) as kept:
        if kept is not None:
            kept.require(options, day)
        # The outputs take their names before the state does: a run that ends in between can be
        # repeated.
        with output_folder(out, force=force) as into:
            read, said, n_anchors = _read(engine, claims, anchors, options, day, static=static)
            # A state may well be told that a day brought nothing, or truth alone.
            if kept is None or not kept.is_update or read.quarantine.num_rows:
                require_rows(read, "fuse", out, into)
            reviews = None if keep is None else _read_reviews(engine, keep, static=static)
            timings = {"reading_s": time.perf_counter() - started}
            quarantine = read.quarantine
            if static:
                summary = _fuse_static(said, options, into, reviews)
                summary["periods_ignored"] = "period" in read.present
            else:
                fused: FusedTable | UpdatedTable
                if kept is None:
                    fused = FusedTable(said, options, progress, reviews)
                else:
                    fused = kept.table(read, said, reviews, progress)
                summary = _fuse_periods(
                    fused, into, has_prints=said.has_prints, is_kept=kept is not None
                )
                if span is not None and isinstance(fused, FusedTable):
                    summary["growth"] = _write_growth(fused, span, into, progress)
                timings["solve_cpu_s"] = fused.run.solve_cpu_s
                timings["suspects_cpu_s"] = fused.run.suspects_cpu_s
                if kept is not None:
                    summary |= kept.summary()
                    quarantine = kept.set_aside(quarantine)
            aside = Aside.of(quarantine, aside_of(read).n_rows)
            summary |= {
                "n_rows": aside.n_rows,
                "n_quarantined": aside.n,
                "set_aside": aside.plain(),
                "n_anchors": n_anchors,
                "as_of": None if day is None else day.isoformat(),
                "versions": {
                    name: version(name) for name in ("howdah", "numpy", "numba", "polars")
                },
            }
            into.quarantine(quarantine)
            timings["total_s"] = time.perf_counter() - started
            rounded = {name: round(seconds, 3) for name, seconds in timings.items()}
            into.write_json("summary", {**summary, "timings": rounded})
        if kept is not None:
            kept.commit()
    lines = account(summary) + ([] if kept is None else kept.said())
    finish(
        out, summary, into.n_quarantined, said=lines,
        as_of=day, strict=strict, as_json=as_json, aside=aside,
    )  # fmt: skip


def _read(
    engine: duckdb.DuckDBPyConnection, claims: Path, anchors: Path | None, options: Options,
    day: dt.date | None, *, static: bool,
) -> tuple[StageTable, Claims, int]:  # fmt: skip
    periods = () if static else (PERIOD,)
    read = read_table(
        engine, claims, (*CLAIMS, *periods),
        checks=[*_checks(options.scale), *([] if static else [IN_TIME])], keep_row=not static,
    )  # fmt: skip
    fixed = None
    if anchors is not None:
        fixed = read_table(
            engine, anchors, (*ANCHORS, *periods),
            checks=[*_value_checks(options.scale), *([] if static else [IN_TIME])],
            keep_row=not static,
        )  # fmt: skip
        _refuse(anchors, fixed, "anchor", "Anchors are trusted truth, so all of them have to")
        _refuse_contradictions(engine, anchors, fixed, has_periods=not static)
    said = Claims.of_tables(
        engine,
        read.query,
        None if fixed is None else fixed.query,
        as_of=day,
        has_periods=not static,
        has_rows=not static,
        has_prints=not static and "published_at" in read.present,
    )
    return read, said, 0 if fixed is None else fixed.n_rows


def _refuse_contradictions(
    engine: duckdb.DuckDBPyConnection, path: Path, fixed: StageTable, *, has_periods: bool
) -> None:
    """An error if truth of one time says two things of one figure.

    Raises
    ------
    InputError
        Naming the first such figure, and what is said of it.
    """
    cell = "series, period" if has_periods else "series"
    apart = f"max(value) - min(value) > {_SAME_TRUTH} * max(abs(value))"
    query = (
        f"SELECT {cell}, min(value) AS low, max(value) AS high FROM ({fixed.query}) "  # noqa: S608 - columns
        f"GROUP BY {cell}, published_at HAVING {apart} ORDER BY ALL LIMIT 1"
    )
    for row in engine.sql(query).to_arrow_table().to_pylist():
        when = f" in {row['period']}" if has_periods else ""
        raise InputError(
            f"{path}: truth of {row['series']!r}{when} is both {row['low']:,} and {row['high']:,}. "
            "Anchors are trusted truth: give one of them, or the later one a later published_at."
        )


def _read_reviews(engine: duckdb.DuckDBPyConnection, keep: Path, *, static: bool) -> Reviews:
    columns = REVIEWS if static else (*REVIEWS, REVIEWED_PERIOD)
    said = read_table(engine, keep, columns, checks=[_NO_VERDICT])
    _refuse(keep, said, "verdict", "A verdict overrules the rules, so all of them have to")
    return Reviews.of(pl.DataFrame(engine.sql(said.query).to_arrow_table()))


def _refuse(path: Path, table: StageTable, what: str, why: str) -> None:
    """An error if some rows of a table cannot be read.

    Raises
    ------
    InputError
        Naming the first of them.
    """
    if table.quarantine.num_rows:
        row = table.quarantine.to_pylist()[0]
        raise InputError(
            f"{path}: {counted(table.quarantine.num_rows, what)} cannot be used. Row {row['row']} "
            f"(the header not counted), column {row['column']!r}: {row['reason']} "
            f"({row['text']!r}). {why} be right."
        )


def _fuse_periods(
    fused: FusedTable | UpdatedTable, into: OutputFolder, *, has_prints: bool, is_kept: bool
) -> dict[str, object]:
    into.write("estimates", fused.estimates())
    sources = fused.sources()
    into.write("sources", sources.to_arrow())
    into.write("suspects", fused.suspects())
    if isinstance(fused, FusedTable) and (revisions := fused.revisions()).height:
        into.write("revisions", revisions.to_arrow())
    unmatched = _write_unmatched(fused.run.unmatched_reviews(), into)
    tally = fused.tally
    return {
        **fused.run.summary(),
        "reviews_unmatched": unmatched,
        "n_sources": sources["source"].n_unique(),
        "n_repeats": tally.n_repeats,
        "n_gave_way": tally.n_gave_way,
        "young": _young(tally, has_prints=has_prints, is_kept=is_kept),
    }


def _write_unmatched(reviews: pl.DataFrame, into: OutputFolder) -> list[dict[str, object]]:
    """Write the verdicts that are about no claim, where there are any; the first of them."""
    if reviews.height:
        into.write("reviews_unmatched", reviews.to_arrow())
    first = reviews.head(_MOST_UNMATCHED).with_columns(pl.col("^period$").cast(pl.String))
    return first.to_dicts()


def _span(text: str, *, is_alone: bool) -> tuple[dt.date, dt.date]:
    """The two periods of ``--growth``."""
    first, _, last = text.partition("..")
    try:
        span = dt.date.fromisoformat(first.strip()), dt.date.fromisoformat(last.strip())
    except ValueError:
        raise InputError(
            f"--growth is {text!r}; give two periods by the dates that the claims have, as "
            "2024-03-31..2024-06-30."
        ) from None
    if not is_alone:
        raise InputError(
            "--growth needs all claims of both periods: leave out --static and --state."
        )
    return span


def _write_growth(
    fused: FusedTable, span: tuple[dt.date, dt.date], into: OutputFolder, progress: Progress
) -> dict[str, object]:
    table = GrowthTable(fused, *span, progress)
    into.write("growth", table.read())
    return {
        "period_from": span[0].isoformat(),
        "period_to": span[1].isoformat(),
        "n_series": table.n_series,
        "n_outside": table.n_outside,
    }


def _young(tally: Tally, *, has_prints: bool, is_kept: bool) -> dict[str, object] | None:
    """Young figures by what is said of them, or why nothing is; None without any date."""
    if tally.young is not None:
        counts = tally.young.sum((0, 1)).tolist()
        return {**dict(zip(YOUNG, counts, strict=True)), "why_not": ""}
    if not has_prints:
        return None
    why = AGES_UNUSED if is_kept else NOTHING_PRINTED_AGAIN
    return {**dict.fromkeys(YOUNG), "why_not": why}


def _fuse_static(
    claims: Claims, options: Options, into: OutputFolder, reviews: Reviews | None
) -> dict[str, object]:
    fused = StaticFusion(*claims.frames(), options, reviews)
    into.write("estimates", fused.estimates.to_arrow())
    into.write("sources", fused.sources.to_arrow())
    into.write("suspects", fused.suspects.to_arrow())
    unmatched = _write_unmatched(fused.unmatched_reviews(), into)
    counts = {"n_sources": fused.sources.height}
    return {**fused.summary(), **counts, "reviews_unmatched": unmatched}


def _checks(scale: str) -> list[Check]:
    fault, reason = _SCALE_CHECKS[scale]
    # On the log scale a lower end that is not positive is none.
    columns = ("value", *(("value_low",) if scale == "logit" else ()), "value_high", "cutoff")
    named = [Check(c, fault.replace("{}", f"{{{c}}}"), reason) for c in columns] if fault else []
    sized = [check for column in _VALUES for check in _size_checks(column, scale)]
    return [_SAYS_NOTHING, _WRONG_WAY, _BOTH, *named, *sized]


def _value_checks(scale: str) -> list[Check]:
    fault, reason = _SCALE_CHECKS[scale]
    named = [Check("value", fault.replace("{}", "{value}"), reason)] if fault else []
    return [*named, *_size_checks("value", scale)]


def _size_checks(column: str, scale: str) -> list[Check]:
    """Refuse what no source can mean; a logit scale has bounds of its own."""
    if scale == "logit":
        return []
    checks = [Check(column, f"abs({{{column}}}) > {_MOST}", _TOO_LARGE)]
    if scale == "log":
        small = f"{{{column}}} > 0 AND {{{column}}} < {_LEAST}"
        checks.append(Check(column, small, _TOO_SMALL))
    return checks


def _check_options(options: Options, out: Path, state: Path | None, *, static: bool) -> None:
    if not 0.0 < options.prob < 1.0:
        raise InputError(f"--prob is {options.prob}; give a probability between 0 and 1, as 0.9.")
    if state is not None and static:
        raise InputError("--state is for claims over periods; with --static leave it out.")
    if state is not None and state.resolve() == out.resolve():
        raise InputError(f"--out and --state are both {out}; give each a folder of its own.")
