"""The record of a market's findings: kept origin by origin, joined to findings when they are read.

An origin is a past date. What the detectors find on it is found exactly as the radar of that date
finds it, from what was known then, and is held against what was known a quarter later. Judging one
costs as much as a derivation, so it is done once and kept: by `keep_records`, and by a server, one
origin after another, when nothing else is to be done.

What it cannot tell: the catalogue and the market's settings are those of today, at every origin.
"""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from howdah.claims import claims_query
from howdah.core.calendar import end_of_day
from howdah.core.finding import Finding, FindingKind
from howdah.core.progress import Progress, silent
from howdah.core.record import NOT_ASKED, Odds, Record
from howdah.estimates import METHOD as ESTIMATES
from howdah.market.basis import basis_of
from howdah.market.hits import Hits, hits_asked, outlook_asked, past_origins, refresh_hits
from howdah.market.pages.records import ClassRecord, RecordsPage
from howdah.market.record_tables import Kept, RecordTables
from howdah.market.scene import build_scene
from howdah.market.workspace import Workspace
from howdah.signals import METHODS, Scene, find_all
from howdah.signals.records import (
    LATE_TESTS,
    TESTS,
    UNSCORABLE,
    Case,
    closest,
    judge_origin,
    order_weight,
    origin_pairs,
    tally,
    tally_odds,
)

#: Origins that a record goes back: three years.
MOST_ORIGINS = 12

#: Form of what is kept: it changes when a judgement does.
_METHOD = "record.1"

#: No past outlook is made before this day.
FIRST = dt.date(1990, 1, 1)

_TESTS: Mapping[FindingKind, str] = {**LATE_TESTS, **TESTS}

Pair = tuple[dt.date, dt.date]


def asked_of(ws: Workspace) -> str:
    """Digest of what is asked at every origin: detectors, judgements, segments, names.

    The rest that a finding depends on is of claims, verdicts and withdrawals; see `inputs_of`.
    """
    digest = hashlib.sha256(" ".join([_METHOD, ESTIMATES, *METHODS, str(ws.prob)]).encode())
    for segment in ws.config.segment:
        # What is simulated is in no finding.
        if not segment.simulated:
            digest.update(segment.model_dump_json().encode())
    digest.update(ws.config.follow.model_dump_json().encode())
    for path in sorted((ws.folder / "entities").glob("*.csv")):
        digest.update(path.read_bytes())
    own = ws.folder / "metrics.toml"
    digest.update(own.read_bytes() if own.is_file() else b"")
    digest.update(str(ws.judgements.read().num_rows).encode())
    return digest.hexdigest()[:16]


def inputs_of(ws: Workspace, days: Sequence[dt.date]) -> dict[dt.date, str]:
    """Digest of the claims, verdicts and withdrawals known on each of some days."""
    # As above.
    feeds = [spec.id for spec in ws.specs.values() if not spec.simulated]
    query = claims_query(ws.store, feeds=feeds, prints="all", withdrawn=True)
    if query is None:
        return {}
    # An id is a digest of what is claimed, so that the sum of ids tells of all of them.
    sums = (
        ws.engine.sql(
            "SELECT recorded_at::DATE AS day, count(*) AS n, "
            "bit_xor(('0x' || left(claim_id, 15))::BIGINT) AS ids "
            f"FROM ({query}) GROUP BY day ORDER BY day"
        )
        .to_arrow_table()
        .to_pylist()
    )
    found = {}
    for day in days:
        n, ids = 0, 0
        for row in sums:
            if row["day"] <= day:
                n, ids = n + row["n"], ids ^ row["ids"]
        instant = end_of_day(day)
        parts = [str(n), str(ids), *ws.store.withdrawals.standing(instant)]
        parts += ws.verdicts.read(instant)["verdict_id"].to_list()
        found[day] = hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]
    return found


def pairs_of(ws: Workspace, as_of: dt.date) -> tuple[Pair, ...]:
    """Origins of a record as of a date, with the dates they are judged on."""
    query = claims_query(ws.store, prints="all")
    if query is None:
        return ()
    found = ws.engine.sql(f"SELECT min(recorded_at)::DATE AS first FROM ({query})")
    first = found.to_arrow_table()["first"][0].as_py()
    return () if first is None else origin_pairs(first, as_of, MOST_ORIGINS)


def refresh_records(
    ws: Workspace,
    as_of: dt.date,
    progress: Progress = silent,
    *,
    most: int | None = None,
    inputs: Mapping[dt.date, str] | None = None,
) -> int:
    """Judge the origins that are missing, and void those whose claims have changed.

    The caller holds the write lock.

    Parameters
    ----------
    most
        Origins to judge, the latest; None for all that are missing.
    inputs
        As of `inputs_of` for the dates of judgement, where they are at hand.

    Returns
    -------
    int
        Origins judged.
    """
    pairs = pairs_of(ws, as_of)
    if not pairs:
        return 0
    tables, asked = RecordTables(ws.folder), asked_of(ws)
    if inputs is None:
        inputs = inputs_of(ws, [judged_on for _, judged_on in pairs])
    tables.take_brought(inputs, asked, ws.now())
    known = dict(tables.standing(asked).select("as_of", "inputs").unique().iter_rows())
    void = [day for day, on in pairs if day in known and known[day] != inputs[on]]
    tables.void(void, asked, ws.now())
    missing = [pair for pair in pairs if pair[0] not in known or pair[0] in void]
    if most is not None:
        missing = missing[max(len(missing) - most, 0) :]
    for n, (then, now) in enumerate(_scenes(ws, missing, progress)):
        progress("judging", n, len(missing))
        judged = judge_origin(find_all(then), then, now)
        tables.keep(judged, inputs[now.as_of], asked, ws.now())
    progress("done", len(missing), len(missing))
    return len(missing)


def settle_records(ws: Workspace, as_of: dt.date, progress: Progress = silent) -> None:
    """What an update does for the record: void what no longer stands, take in what was brought.

    Nobody who adds a figure is made to wait for an origin to be judged.
    """
    due = pairs_of(ws, as_of)
    if not due:
        return
    of_hits, outlooks = hits_asked(asked_of(ws)), past_origins(as_of, FIRST)
    inputs = inputs_of(ws, [as_of, *(on for _, on in (*due, *outlooks))])
    refresh_records(ws, as_of, progress, most=0, inputs=inputs)
    RecordTables(ws.folder).take_brought(inputs, of_hits, ws.now())
    Hits(ws).take_brought(as_of, inputs[as_of], outlook_asked(asked_of(ws)))


def judge_last(ws: Workspace, as_of: dt.date, progress: Progress = silent) -> int:
    """Judge the last origin that is missing, where a record is kept: its number, 1 or 0."""
    if not RecordTables(ws.folder).standing(asked_of(ws)).height:
        return 0
    return refresh_records(ws, as_of, progress, most=1)


def refresh_outlooks(ws: Workspace, as_of: dt.date, progress: Progress = silent) -> None:
    """Keep who is next as of a date, and judge the past outlooks that are missing."""
    pairs = past_outlooks(ws, as_of)
    inputs = inputs_of(ws, [as_of, *(on for _, on in pairs)])
    if inputs:
        refresh_hits(ws, as_of, asked_of(ws), inputs, pairs, progress)


def past_outlooks(ws: Workspace, as_of: dt.date) -> tuple[Pair, ...]:
    """Past outlooks of a record as of a date, with the dates on which their year is over."""
    pairs = pairs_of(ws, as_of)
    return tuple(past_origins(as_of, FIRST)) if pairs else ()


def bring_out(ws: Workspace, as_of: dt.date, folder: Path) -> None:
    """Write the record for other copies of a market to take in, as far as it is kept."""
    asked = asked_of(ws)
    RecordTables(ws.folder).bring_out([asked, hits_asked(asked)], folder)
    inputs = inputs_of(ws, [as_of]).get(as_of, "")
    Hits(ws).bring_out(as_of, inputs, outlook_asked(asked), folder)


def kept_hits(ws: Workspace, as_of: dt.date) -> list[Finding] | None:
    """The outlook kept for a date; None where there is none."""
    kept = Hits(ws)
    if not kept.has(as_of):
        return None
    return kept.read(as_of, inputs_of(ws, [as_of]).get(as_of, ""), outlook_asked(asked_of(ws)))


def _scenes(
    ws: Workspace, pairs: Sequence[Pair], progress: Progress
) -> Iterator[tuple[Scene, Scene]]:
    """The scenes of pairs of dates, oldest first; each is built once."""
    last: Scene | None = None
    for n, (then, now) in enumerate(pairs):
        progress(f"as of {then}", n, len(pairs))
        before = last if last is not None and last.as_of == then else build_scene(ws, then).scene
        last = build_scene(ws, now).scene
        yield before, last


def with_records(ws: Workspace, findings: Sequence[Finding], as_of: dt.date) -> list[Finding]:
    """Findings with the record of their class, the closest past cases, and their place by both."""
    kept = _kept(ws, as_of)
    records = _records(kept, ws.prob)
    by_kind: dict[FindingKind, list[Case]] = {}
    for case in kept.cases:
        by_kind.setdefault(case.kind, []).append(case)
    return [
        dataclasses.replace(
            f,
            record=records.get(f.kind, NOT_ASKED),
            analogues=closest(f, by_kind.get(f.kind, []), _TESTS.get(f.kind, "")),
            priority=f.priority * order_weight(records.get(f.kind, NOT_ASKED), f.kind),
        )
        for f in findings
    ]


def records_page(ws: Workspace, as_of: dt.date) -> RecordsPage:
    """The record of every class as of a date."""
    kept = _kept(ws, as_of)
    classes = tuple(ClassRecord(kind, made) for kind, made in _records(kept, ws.prob).items())
    origins = tuple(sorted({base.as_of for base in kept.bases if base.kind in TESTS}))
    return RecordsPage(basis_of(ws, as_of), classes, origins)


def past_odds(ws: Workspace, as_of: dt.date) -> tuple[Odds, ...]:
    """What became of those that were said to be next, by metric and probability."""
    kept = _kept(ws, as_of)
    return tally_odds(
        [case for case in kept.cases if case.kind == "breakout"],
        [base for base in kept.bases if base.kind == "breakout"],
        _TESTS["breakout"],
        prob=ws.prob,
    )


def _kept(ws: Workspace, as_of: dt.date) -> Kept:
    tables, asked = RecordTables(ws.folder), asked_of(ws)
    own, of_hits = (tables.read(one, as_of) for one in (asked, hits_asked(asked)))
    # A past date of which no list could tell its outlook was not asked.
    answered = {case.as_of for case in of_hits.cases}
    bases = tuple(base for base in of_hits.bases if base.as_of in answered)
    return Kept(own.cases + of_hits.cases, own.bases + bases)


def _records(kept: Kept, prob: float) -> dict[FindingKind, Record]:
    records = {
        kind: tally(
            [case for case in kept.cases if case.kind == kind],
            [base for base in kept.bases if base.kind == kind],
            test,
            prob=prob,
        )
        for kind, test in _TESTS.items()
    }
    return records | {kind: Record("not scorable", why) for kind, why in UNSCORABLE.items()}
