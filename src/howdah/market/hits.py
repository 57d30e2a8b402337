"""Who is next: candidates of the market's ranked lists, kept with the record of such odds.

A list is asked about as `howdah signals` asks about a file, from what was known on the date; the
record is that of `howdah backtest`: the same outlook at past origins, judged when its year is over.
Both take seconds a list and origin, so they are kept when `howdah radar --record` or an update of a
market that keeps a record makes them; `howdah hits` makes an outlook that is not kept.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from howdah.claims import AppendOnlyTable, read_claims
from howdah.core.calendar import add_months, end_of_day
from howdah.core.claim import TIMESTAMP
from howdah.core.finding import Finding
from howdah.core.progress import Progress, silent
from howdah.estimates import CLAIM_INPUT, with_entities
from howdah.market.kept_findings import finding_document, finding_from
from howdah.market.record_tables import BROUGHT, RecordTables
from howdah.market.workspace import Workspace
from howdah.signals.breakouts.boards import HORIZON_MONTHS, Board, board_feed, find_boards
from howdah.signals.breakouts.findings import (
    METHOD,
    TELLING,
    SegmentOf,
    find_breakouts,
    judge_breakouts,
)
from howdah.signals.records import Base, Case, Judged, origin_pairs

HIT_SCHEMA = pa.schema(
    [
        ("document", pa.string()),
        ("as_of", pa.date32()),
        ("inputs", pa.string()),
        ("asked", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)

#: Past outlooks that a record of breakouts rests on: a year and a half of quarters.
_MOST_ORIGINS = 6

#: Day of the month on which past outlooks are made: every month has it.
_DAY = 28


class Lists(NamedTuple):
    """The lists of a market on a date, with every print of them."""

    observations: pl.DataFrame
    boards: tuple[Board, ...]


def hits_asked(asked: str) -> str:
    """Digest of what is asked of lists, from that of what is asked of a market."""
    return f"{asked} {METHOD}"


def outlook_asked(asked: str) -> str:
    """Digest of what an outlook is kept for: what is asked of lists, and how it is told.

    The record of past outlooks rests on their odds alone, so new words do not void it.
    """
    return f"{hits_asked(asked)} {TELLING}"


def read_lists(ws: Workspace, as_of: dt.date) -> Lists:
    """Observations of every print of the headline metrics, and the lists among them."""
    metrics = sorted({segment.headline for segment in ws.config.segment if not segment.simulated})
    prints = read_claims(
        ws.engine,
        ws.store,
        as_of=end_of_day(as_of),
        metrics=metrics,
        feeds=[spec.id for spec in ws.specs.values() if not spec.simulated],
        prints="all",
        columns=CLAIM_INPUT,
    )
    observations = ws.observed(with_entities(prints, ws.mapping), as_of)
    return Lists(observations, find_boards(observations, metrics, as_of))


def find_hits(ws: Workspace, as_of: dt.date, progress: Progress = silent) -> list[Finding]:
    """Candidates of every list on a date, the best first."""
    lists = read_lists(ws, as_of)
    found: list[Finding] = []
    for n, board in enumerate(lists.boards):
        progress(f"{board.feed}: {board.metric}", n, len(lists.boards))
        found += find_breakouts(
            lists.observations,
            board,
            as_of,
            segment_of=_segments(ws),
            names=_names(ws),
            prob=ws.prob,
        )
    progress("done", 1, 1)
    return sorted(found, key=lambda f: (-f.priority, f.finding_id))


def _segments(ws: Workspace) -> SegmentOf:
    followed = set(ws.config.follow.segments)
    found: dict[str, str] = {}
    for segment in sorted(ws.config.segment, key=lambda s: s.id not in followed):
        for entity in () if segment.simulated else ws.members(segment):
            found.setdefault(entity, segment.id)
    return lambda entity: found.get(entity, "")


def _names(ws: Workspace) -> Mapping[str, str]:
    mapping = ws.mapping
    names = dict(
        zip(mapping["entity"].to_pylist(), mapping["entity_name"].to_pylist(), strict=True)
    )
    names.update({e.canonical_id: e.name for e in ws.catalogue.entities.values()})
    return names


class Hits:
    """The kept outlooks of one market."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self.table = AppendOnlyTable(ws.folder / "lake" / "hits", HIT_SCHEMA)

    def read(self, as_of: dt.date, inputs: str, asked: str) -> list[Finding] | None:
        """The outlook kept for a date, None when none is or it rests on other claims."""
        rows = pl.DataFrame(self.table.read()).filter(
            (pl.col("as_of") == as_of) & (pl.col("inputs") == inputs) & (pl.col("asked") == asked)
        )
        if rows.is_empty():
            return None
        newest = rows.filter(pl.col("recorded_at") == pl.col("recorded_at").max())
        return [finding_from(text) for text in newest["document"].to_list() if text]

    def has(self, as_of: dt.date) -> bool:
        """Whether anything was kept for a date."""
        return (pl.DataFrame(self.table.read())["as_of"] == as_of).any()

    def take_brought(self, as_of: dt.date, inputs: str, asked: str) -> None:
        """Take in an outlook that lies in the market's folder, if it is of its claims."""
        path = self._ws.folder / BROUGHT / "hits.parquet"
        if self.has(as_of) or not path.is_file():
            return
        same = (
            (pl.col("as_of") == as_of) & (pl.col("inputs") == inputs) & (pl.col("asked") == asked)
        )
        rows = pl.DataFrame(pq.read_table(path)).filter(same)
        if rows.height:
            stamped = rows.with_columns(pl.lit(self._ws.now()).alias("recorded_at"))
            self.table.append(stamped.to_arrow().select(HIT_SCHEMA.names).cast(HIT_SCHEMA))

    def bring_out(self, as_of: dt.date, inputs: str, asked: str, folder: Path) -> None:
        """Write the outlook of a date as a file that another copy of the market can take in."""
        documents = [finding_document(f) for f in self.read(as_of, inputs, asked) or ()]
        stamp = {"as_of": as_of, "inputs": inputs, "asked": asked, "recorded_at": None}
        table = pa.Table.from_pylist([{"document": d, **stamp} for d in documents], HIT_SCHEMA)
        pq.write_table(table, folder / "hits.parquet", compression="zstd", compression_level=19)

    def keep(self, findings: Sequence[Finding], as_of: dt.date, inputs: str, asked: str) -> None:
        """Append an outlook; one without a candidate is kept as such."""
        stamp = {
            "as_of": as_of, "inputs": inputs, "asked": asked, "recorded_at": self._ws.now(),
        }  # fmt: skip
        documents = [finding_document(f) for f in findings] or [""]
        rows = [{"document": text, **stamp} for text in documents]
        self.table.append(pa.Table.from_pylist(rows, schema=HIT_SCHEMA))


def past_origins(as_of: dt.date, first: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Past outlooks and the dates on which their year is over, oldest first."""
    days = [then.replace(day=_DAY) for then, _ in origin_pairs(first, as_of, 1_000)]
    pairs = [(day, add_months(day, HORIZON_MONTHS)) for day in days]
    return [pair for pair in pairs if pair[1] <= as_of][-_MOST_ORIGINS:]


def judge_hits(
    ws: Workspace, as_of: dt.date, pairs: Sequence[tuple[dt.date, dt.date]], progress: Progress
) -> list[Judged]:
    """What became of the outlooks of past dates, an answer each date that any list has one for."""
    lists = read_lists(ws, as_of)
    cases: dict[dt.date, list[Case]] = {}
    bases: dict[dt.date, list[Base]] = {}
    for n, board in enumerate(lists.boards):
        progress(f"{board.feed}: past outlooks", n, len(lists.boards))
        judged = judge_breakouts(
            board_feed(lists.observations, board),
            board,
            [then for then, _ in pairs],
            segment_of=_segments(ws),
            names=_names(ws),
            prob=ws.prob,
        )
        for origin, one in judged:
            cases.setdefault(origin, []).extend(one.cases)
            bases.setdefault(origin, []).extend(one.bases)
    ends = dict(pairs)
    return [
        Judged(
            tuple(cases.get(origin, ())),
            (
                Base(
                    "breakout",
                    origin,
                    ends[origin],
                    sum(base.n for base in bases.get(origin, ())),
                    sum(base.n_right for base in bases.get(origin, ())),
                ),
            ),
        )
        for origin in ends
    ]


def refresh_hits(
    ws: Workspace,
    as_of: dt.date,
    asked: str,
    inputs: Mapping[dt.date, str],
    pairs: Sequence[tuple[dt.date, dt.date]],
    progress: Progress = silent,
) -> None:
    """Keep the outlook of a date, and judge the past ones that are missing.

    Parameters
    ----------
    inputs
        Digests of the claims known on `as_of` and on the dates of judgement.
    """
    of_hits, of_outlook = hits_asked(asked), outlook_asked(asked)
    tables, kept = RecordTables(ws.folder), Hits(ws)
    known = dict(tables.standing(of_hits).select("as_of", "inputs").unique().iter_rows())
    void = [day for day, on in pairs if day in known and known[day] != inputs[on]]
    tables.void(void, of_hits, ws.now())
    missing = [pair for pair in pairs if pair[0] not in known or pair[0] in void]
    if missing:
        for judged in judge_hits(ws, as_of, missing, progress):
            on = judged.bases[0].judged_on
            tables.keep(judged, inputs[on], of_hits, ws.now())
    if kept.read(as_of, inputs[as_of], of_outlook) is None:
        kept.keep(find_hits(ws, as_of, progress), as_of, inputs[as_of], of_outlook)
