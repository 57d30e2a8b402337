"""Entries: the first dated evidence of a giant's own product in a segment, and who was there.

An entry is as well dated as its evidence. A launch is dated by who reports it. A first figure or a
first place on a list dates an entry only where absence was told before: by a list that says how
long it is and was not recut, or by an earlier snapshot of a list. All else says "no later than".
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from howdah.core.wording import ACHIEVED

#: Events that are a product's entry, and that are its exit.
RELEASES = ("model_release", "product_release")
LISTING = "listed"
EXITS = ("abandoned", "company_dissolved")

#: What says that a product is there.
EvidenceKind = Literal["launch", "listing", "figure"]

#: Why evidence says "no later than": the day is not stated; it is of the first snapshot; the list
#: was recut on that day; the feed does not say whom it covers.
Undated = Literal["", "open", "first_snapshot", "recut", "coverage"]

_DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Evidence:
    """The first evidence of a product in a market.

    Attributes
    ----------
    first, last
        Days between which it is dated; `first` is None where it is no later than `last`.
    undated
        Why it is only no later than `last`; '' where it is dated.
    """

    entity: str
    kind: EvidenceKind
    first: dt.date | None
    last: dt.date
    undated: Undated
    source: str
    claim_ids: tuple[str, ...]

    @property
    def is_dated(self) -> bool:
        """Whether the product was not there before `first`, as far as the source tells."""
        return not self.undated

    def is_before(self, other: "Evidence") -> bool:
        """Whether this product was surely there before another came."""
        return self.last < (other.first or other.last)

    def months_before(self, other: "Evidence") -> float:
        """Months by which the last possible days lie apart."""
        return (other.last - self.last).days / _DAYS_A_MONTH


@dataclass(frozen=True, slots=True)
class Members:
    """A segment with its members resolved, and whose each of them is.

    Attributes
    ----------
    owned
        The giant that each member belongs to, of those that belong to one.
    is_tally
        Whether the headline is what reports count: what nobody reported is in no sum of it.
    """

    id: str
    title: str
    headline: str
    members: tuple[str, ...]
    owned: Mapping[str, str]
    is_simulated: bool = False
    is_tally: bool = False


@dataclass(frozen=True, slots=True)
class Exit:
    """The end of a product of a giant, as somebody states it."""

    entity: str
    day: dt.date
    source: str
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A giant in a segment.

    Attributes
    ----------
    evidence
        Of its first product there.
    products
        All its products there of which anything is dated, the first one first.
    exits
        Of its products there.
    """

    giant: str
    segment: str
    evidence: Evidence
    products: tuple[str, ...]
    exits: tuple[Exit, ...] = ()


def first_evidence(
    segments: Sequence[Members],
    events: pl.DataFrame,
    observations: pl.DataFrame,
    lengths: pl.DataFrame,
) -> dict[str, dict[str, Evidence]]:
    """First evidence of each member in each segment; of two of one day the one that is dated.

    A member of several segments, such as a company that makes models and bids for tenders, is in
    each of them since its first figure of what that segment is ranked by; its launches and
    listings speak of the segment that the market names first.

    Parameters
    ----------
    segments
        In the order of the market.
    events
        Claims with ``entity``, of releases and listings; those that are planned, denied, rumours
        or leaks are passed over.
    observations
        From `observe`, all that is known of the members.
    lengths
        ``feed, period, length``: lengths of the lists that end at a cut-off.

    Returns
    -------
    dict
        By segment, then by entity.
    """
    happened = _happened(events)
    starts = _starts(happened, observations)
    cuts = {
        str(feed): own.sort("period")
        for (feed,), own in lengths.partition_by("feed", as_dict=True).items()
    }
    home: dict[str, str] = {}
    count: dict[str, int] = {}
    for segment in segments:
        for entity in segment.members:
            home.setdefault(entity, segment.id)
            count[entity] = count.get(entity, 0) + 1
    found: dict[str, dict[str, Evidence]] = {}
    for segment in segments:
        at_home = [e for e in segment.members if home[e] == segment.id]
        alone = [e for e in segment.members if count[e] == 1]
        own: dict[str, Evidence] = {}
        counted = pl.col("entity").is_in(alone) | (
            pl.col("entity").is_in(list(segment.members)) & (pl.col("metric") == segment.headline)
        )
        rows = _earliest(
            happened.filter(pl.col("entity").is_in(at_home)), observations.filter(counted)
        )
        for row in rows:
            evidence = _evidence(row, starts, cuts)
            known = own.get(evidence.entity)
            if known is None or _order(evidence) < _order(known):
                own[evidence.entity] = evidence
        found[segment.id] = own
    return found


def find_entries(
    segments: Iterable[Members],
    evidence: Mapping[str, Mapping[str, Evidence]],
    events: pl.DataFrame,
) -> list[Entry]:
    """Every entry of every giant, by segment and then by date; ties by the giant's id."""
    exits = _exits(events)
    found: list[Entry] = []
    for segment in segments:
        own: dict[str, list[Evidence]] = {}
        for entity, giant in segment.owned.items():
            if entity in evidence[segment.id]:
                own.setdefault(giant, []).append(evidence[segment.id][entity])
        entries = []
        for giant, every in own.items():
            every.sort(key=_order)
            products = tuple(e.entity for e in every)
            theirs = (e for e in segment.members if segment.owned.get(e) == giant)
            gone = tuple(exits[e] for e in theirs if e in exits)
            entries.append(Entry(giant, segment.id, every[0], products, gone))
        found += sorted(entries, key=lambda entry: (_order(entry.evidence)[:2], entry.giant))
    return found


def find_incumbents(
    entry: Entry, segment: Members, evidence: Mapping[str, Mapping[str, Evidence]]
) -> list[Evidence]:
    """Members of a segment that were there before an entry, the giant's own left out."""
    others = (e for e in segment.members if segment.owned.get(e) != entry.giant)
    there = evidence[segment.id]
    known = [there[e] for e in others if e in there]
    return sorted((e for e in known if e.is_before(entry.evidence)), key=_order)


def _order(evidence: Evidence) -> tuple[dt.date, bool, str]:
    return evidence.last, not evidence.is_dated, evidence.entity


def _happened(events: pl.DataFrame) -> pl.DataFrame:
    return events.filter(
        pl.col("modality").is_in(ACHIEVED) & ~pl.col("sensitivity").is_in(["rumour", "leak"])
    )


def _stated() -> pl.Expr:
    return pl.coalesce("published_at", "recorded_at").dt.date()


def _earliest(events: pl.DataFrame, observations: pl.DataFrame) -> list[dict[str, Any]]:
    """The earliest row of each entity and feed: of launches, of listings, of figures."""
    columns = ("entity", "feed", "source", "claim_id", "first", "last", "kind", "nature")
    launches = events.filter(pl.col("metric").is_in(RELEASES)).select(
        "entity", "feed", "source", "claim_id",
        pl.when(pl.col("valid_to").is_not_null()).then("valid_from").alias("first"),
        pl.coalesce("valid_to", _stated()).alias("last"),
        pl.lit("launch").alias("kind"), pl.lit("").alias("nature"),
    )  # fmt: skip
    listings = events.filter(pl.col("metric") == LISTING).select(
        "entity", "feed", "source", "claim_id",
        pl.coalesce("valid_from", "valid_to", _stated()).alias("first"),
        pl.coalesce("valid_to", _stated()).alias("last"),
        pl.lit("listing").alias("kind"), pl.lit("list").alias("nature"),
    )  # fmt: skip
    figures = observations.filter(~pl.col("suspect") & (pl.col("scheme") != "list")).select(
        "entity", "feed", "source", "claim_id",
        pl.col("valid_to").alias("first"), pl.col("valid_to").alias("last"),
        pl.lit("figure").alias("kind"), "nature",
    )  # fmt: skip
    every = pl.concat([launches, listings, figures]).filter(pl.col("last").is_not_null())
    chosen = every.sort("last", "claim_id").unique(["entity", "feed", "kind"], keep="first")
    return chosen.select(columns).sort("entity", "last", "kind", "feed").to_dicts()


def _starts(events: pl.DataFrame, observations: pl.DataFrame) -> dict[str, dt.date]:
    """The first day of each feed, as far as the members of all segments tell."""
    listed = events.filter(pl.col("metric") == LISTING).select(
        "feed", pl.coalesce("valid_to", _stated()).alias("day")
    )
    counted = observations.select("feed", pl.col("valid_to").alias("day"))
    days = pl.concat([listed, counted]).group_by("feed").agg(pl.col("day").min())
    return dict(days.iter_rows())


def _evidence(
    row: Mapping[str, Any], starts: Mapping[str, dt.date], cuts: Mapping[str, pl.DataFrame]
) -> Evidence:
    undated = _undated(row, starts, cuts)
    first = row["first"] if not undated else None
    return Evidence(
        row["entity"], row["kind"], first, row["last"], undated, row["source"], (row["claim_id"],)
    )


def _undated(
    row: Mapping[str, Any], starts: Mapping[str, dt.date], cuts: Mapping[str, pl.DataFrame]
) -> Undated:
    if row["kind"] == "launch":
        return "" if row["first"] is not None else "open"
    lengths = cuts.get(row["feed"])
    if lengths is not None:
        earlier = lengths.filter(pl.col("period") < row["last"])
        if not earlier.height:
            return "first_snapshot"
        now = lengths.filter(pl.col("period") <= row["last"])
        return "" if now["length"][-1] <= earlier["length"][-1] else "recut"
    if row["nature"] == "list":
        return "" if starts[row["feed"]] < row["last"] else "first_snapshot"
    return "coverage"


def _exits(events: pl.DataFrame) -> dict[str, Exit]:
    """The first stated end of each entity that has one."""
    ends = _happened(events).filter(pl.col("metric").is_in(EXITS))
    rows = ends.with_columns(pl.coalesce("valid_to", _stated()).alias("day")).filter(
        pl.col("day").is_not_null()
    )
    first = rows.sort("day", "claim_id").unique("entity", keep="first", maintain_order=True)
    return {
        row["entity"]: Exit(row["entity"], row["day"], row["source"], (row["claim_id"],))
        for row in first.iter_rows(named=True)
    }


def event_metrics() -> Collection[str]:
    """Metrics of the claims that `first_evidence` and `find_entries` read as events."""
    return (*RELEASES, LISTING, *EXITS)
