"""What `howdah fuse` does: claims in; estimates, report of sources, suspects and summary out."""

import datetime as dt
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import duckdb
import polars as pl

from howdah.core.errors import InputError
from howdah.engines import Check, Column, OutputFolder, StageTable, output_folder, read_table
from howdah.estimates.fusion import (
    VERDICTS,
    Claims,
    FusedTable,
    Options,
    Reviews,
    StaticFusion,
    UpdatedTable,
)
from howdah.surfaces.cli.pages.fuse_state import opened_state
from howdah.surfaces.cli.staging import IN_TIME, finish, require_rows, stage_date, staged
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
    options: Options, state: Path | None,
    *, static: bool, force: bool, strict: bool, as_json: bool,
) -> None:  # fmt: skip
    """Read the claims, fuse them and write what came of it."""
    started = time.perf_counter()
    day = stage_date(as_of)
    _check_options(options, out, state, static=static)
    with staged("reading the claims") as (engine, progress), opened_state(state) as kept:
        if kept is not None:
            kept.require(options, day)
        # The outputs take their names before the state does: a run that ends in between can be
        # repeated.
        with output_folder(out, force=force) as into:
            read, said, n_anchors = _read(engine, claims, anchors, options, day, static=static)
            # A state may well be told that a day brought nothing, or truth alone.
            if kept is None or not kept.is_update:
                require_rows(read, "fuse")
            reviews = None if keep is None else _read_reviews(engine, keep, static=static)
            timings = {"reading_s": time.perf_counter() - started}
            quarantine = read.quarantine
            if static:
                summary = _fuse_static(said, options, into, reviews)
            else:
                fused: FusedTable | UpdatedTable
                if kept is None:
                    fused = FusedTable(said, options, progress, reviews)
                else:
                    fused = kept.table(read, said, reviews, progress)
                summary = _fuse_periods(fused, into)
                timings["solve_cpu_s"] = fused.run.solve_cpu_s
                timings["suspects_cpu_s"] = fused.run.suspects_cpu_s
                if kept is not None:
                    summary |= kept.summary()
                    quarantine = kept.set_aside(quarantine)
            summary |= {
                "n_quarantined": quarantine.num_rows,
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
    lines = _said(summary) + ([] if kept is None else kept.said())
    finish(
        out, summary, into.n_quarantined, said=lines,
        as_of=day, strict=strict, as_json=as_json,
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


def _said(summary: Mapping[str, object]) -> list[str]:
    said = [_counts(summary), _tested(summary)]
    if not _number(summary, "n_claims"):
        day = summary["as_of"]
        since = "" if day is None else f" or was published by {day}"
        said = [f"nothing was fused: no claim can be used{since}"]
    said += _open_copies(summary)
    if undecided := _number(summary, "n_undecided"):
        said.append(
            f"{counted(undecided, 'claim')} contradict one another by a unit, and nothing tells "
            "which is right: they stay in, with intervals that hold both"
        )
    if nothing := _number(summary, "n_without_value"):
        said.append(
            f"{counted(nothing, 'estimate')} of series of which bounds on one side are all that is "
            "said: no value, and the bounds as they are stated"
        )
    if gave_way := _number(summary, "n_gave_way"):
        said.append(
            f"{counted(gave_way, 'earlier print')} gave way to newer ones of the same figure"
        )
    if reviews := _number(summary, "n_reviews"):
        unmatched = _number(summary, "n_reviews_unmatched")
        said.append(f"verdicts read: {reviews:,}; about no claim: {unmatched:,}")
    return said


def _counts(summary: Mapping[str, object]) -> str:
    """What went into the run; of an update, what is new apart from what the state had."""
    n_claims, suspects = _number(summary, "n_claims"), _number(summary, "n_suspect")
    series = counted(_number(summary, "n_series"), "series", "series")
    taken = f"{series} from {counted(n_claims, 'claim')}"
    update = summary.get("update")
    if isinstance(update, dict):
        taken = (
            f"{counted(update['n_new_claims'], 'new claim')} taken in; {series} solved again from "
            f"{counted(n_claims, 'claim')}, those of the window that the state keeps among them"
        )
    return (
        f"{taken}; {counted(suspects, 'claim')} {'is' if suspects == 1 else 'are'} suspect and "
        f"{'was' if suspects == 1 else 'were'} left out"
    )


def _tested(summary: Mapping[str, object]) -> str:
    """Whether truth has tested the intervals, and in which run."""
    tested = "intervals were tested on truth that the fit did not see"
    untested = "no truth has tested the intervals (--anchors)"
    n_anchors = _number(summary, "n_anchors")
    if n_anchors and not summary["anchors_used"]:
        untested = (
            f"{counted(n_anchors, 'figure')} of truth (--anchors), none of a series that has "
            "claims: nothing was learnt from them"
        )
    elif summary["anchors_used"]:
        untested = (
            "there is too little truth to test the intervals: twenty series with some are needed"
        )
    update = summary.get("update")
    if isinstance(update, dict):
        if n := update["new_anchors"]["n"]:
            return f"{counted(n, 'new figure')} of truth tested the intervals of before"
        tested = (
            "this run tested nothing: the run that made the state tested its intervals on truth"
        )
    return tested if summary["is_calibrated"] else untested


def _open_copies(summary: Mapping[str, object]) -> list[str]:
    """Sources that repeat one another where nothing tells which of them copies."""
    copies = summary.get("copies", [])
    assert isinstance(copies, list)
    return [
        f"{link['source']} and {link['original']} say the same in {link['share']:.0%} of what both "
        "say, and nothing tells who copies: "
        + (
            f"they count as one, and what {link['source']} repeats is left out"
            if link["is_left_out"]
            else "these claims stay in, and count half each"
        )
        for link in copies
        if not link["is_decided"]
    ]


def _number(summary: Mapping[str, object], name: str) -> int:
    """A count of a summary; 0 where this kind of run has none such."""
    found = summary.get(name, 0)
    assert isinstance(found, int), f"{name} is no count"
    return found


def _fuse_periods(fused: FusedTable | UpdatedTable, into: OutputFolder) -> dict[str, object]:
    into.write("estimates", fused.estimates())
    into.write("sources", fused.run.sources().to_arrow())
    into.write("suspects", fused.suspects())
    if isinstance(fused, FusedTable) and (revisions := fused.revisions()).height:
        into.write("revisions", revisions.to_arrow())
    return {**fused.run.summary(), "n_gave_way": fused.n_gave_way}


def _fuse_static(
    claims: Claims, options: Options, into: OutputFolder, reviews: Reviews | None
) -> dict[str, object]:
    fused = StaticFusion(*claims.frames(), options, reviews)
    into.write("estimates", fused.estimates.to_arrow())
    into.write("sources", fused.sources.to_arrow())
    into.write("suspects", fused.suspects.to_arrow())
    return fused.summary()


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
