"""Who passed whom: in a segment's headline metric, from levels, ranks and stated leads.

At each period each pair has a probability that one stands above the other. Levels of one
definition give it through their intervals; a rank in one list or a stated lead gives the order,
and no probability. An overtaking lies between the last period in which the one was surely ahead
and the first in which the other was: what is known is an interval of time, not a date.

Assumed: a rank of one means above every member of the segment, that is, all members are in the
scope of the list that gives the rank. What it cannot tell: two that are close flicker, and of a
hundred looks some are wrong, so a change that later readings do not repeat is weak; and the order
in one period of two figures with different definitions.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from howdah.core.calendar import Period
from howdah.core.finding import Cause, Finding, Reason
from howdah.core.metrics import Scale
from howdah.core.phrases import reason
from howdah.estimates import is_immature_note, to_scale
from howdah.estimates.health import MarketIndex
from howdah.signals.scene import FAULTY_WEIGHT, NEWS_DAYS, Row, Scene, SegmentView

Floats = NDArray[np.float64]

METHOD = "overtaking.2"

#: How sure one must be that one stands above the other at a period.
SURE = 0.9

#: Readings of leaders come once a quarter or less, so a change of leader sinks slowly.
_HALF_LIFE_DAYS = 180

_INSTRUMENT = ("definition", "unit", "currency", "note")
_PERIOD = ("valid_to", "valid_from", "precision")

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """Evidence, at one period, that one of two entities stands above the other.

    Attributes
    ----------
    probability
        None for a source's word.
    rivals
        Against whom the evidence holds; None for every member of the segment.
    """

    start: dt.date
    end: dt.date
    leader: str
    probability: float | None
    definition: str
    claim_ids: tuple[str, ...]
    sources: tuple[str, ...]
    how: str
    rivals: frozenset[str] | None


def find_overtakings(scene: Scene, index: MarketIndex) -> list[Finding]:
    """Overtakings among the members of each segment, in its headline metric.

    Of each pair the last change of leader is given, if it is news: its end lies within
    `NEWS_DAYS`, or no farther back than the interval of time in which it happened is long.
    """
    found: dict[tuple[str, str, str], Finding] = {}
    # Followed segments first: a pair that stands in two segments is shown under that one.
    for segment in sorted(scene.segments, key=lambda s: not s.is_followed):
        for finding in _in_segment(scene, index, segment):
            key = (finding.entity, str(finding.params["loser_entity"]), finding.metric)
            found.setdefault(key, finding)
    return list(found.values())


def _in_segment(scene: Scene, index: MarketIndex, segment: SegmentView) -> Iterator[Finding]:
    metric = scene.metrics[segment.headline]
    comparing = [m.id for m in scene.metrics.metrics.values() if m.relates == metric.id]
    rows = scene.estimates.filter(
        pl.col("entity").is_in(segment.members)
        & pl.col("metric").is_in([metric.id, *comparing])
        & ~is_immature_note()
        & (pl.col("valid_to") <= scene.as_of)
    )
    levels = rows.filter((pl.col("metric") == metric.id) & (pl.col("status") == "point"))
    instruments = [
        _Instrument(group, metric.scale, scene.prob, better=metric.better)
        for group in levels.partition_by(_INSTRUMENT, maintain_order=True)
    ]
    words = list(_in_words(scene, rows, comparing))
    speakers = {standing.leader for standing in words}
    # Only a pair whose order of levels ever changed, or of which something is said, can have an
    # overtaking.
    pairs = {pair for instrument in instruments for pair in instrument.pairs_that_changed()}
    pairs |= {
        pair
        for pair in combinations(sorted(rows["entity"].unique().to_list()), 2)
        if speakers.intersection(pair)
    }
    positions = _positions(levels, better=metric.better)
    for pair in sorted(pairs):
        standings = [s for instrument in instruments for s in instrument.standings(pair)]
        standings += [s for s in words if s.leader in pair and _applies(s, pair)]
        change = _last_change(standings)
        if change is not None and _is_news(scene, *change):
            yield _finding(scene, index, segment, pair, standings, change, positions)


class _Instrument:
    """Levels of one definition, by period and entity.

    Attributes
    ----------
    level, sd, own_sd
        (n_period, n_entity) on the scale where errors add, higher is better; NaN where silent.
    """

    def __init__(self, rows: pl.DataFrame, scale: Scale, prob: float, *, better: str) -> None:
        rows = rows.sort(*_PERIOD, "entity")
        self._records = rows.select(
            "valid_from", "valid_to", "definition", "claim_ids", "sources"
        ).to_dicts()
        self.entities: list[str] = rows["entity"].unique().sort().to_list()
        self._column = {entity: n for n, entity in enumerate(self.entities)}
        period = rows.select(pl.struct(_PERIOD).rle_id().cast(pl.Int64)).to_series().to_numpy()
        column = rows["entity"].replace_strict(self._column, return_dtype=pl.Int64).to_numpy()
        shape = (int(period.max()) + 1, len(self.entities))
        ends = (rows[name].to_numpy() for name in ("value", "lower", "upper"))
        middle, lower, upper = (to_scale(values, scale) for values in ends)
        reach = 2 * float(ndtri(0.5 + prob / 2))
        self.level, self.sd = np.full(shape, np.nan), np.full(shape, np.nan)
        self.level[period, column] = middle if better == "high" else -middle
        self.sd[period, column] = (upper - lower) / reach
        self.own_sd = np.full(shape, np.nan)
        self.own_sd[period, column] = rows["own_sd"].to_numpy()
        self._row = np.full(shape, -1, np.int64)
        self._row[period, column] = np.arange(rows.height)
        sources = rows.select(pl.col("sources").list.join("\x1f").rank("dense")).to_series()
        self._source = np.zeros(shape, np.int64)
        self._source[period, column] = sources.to_numpy()

    def pairs_that_changed(self) -> Iterator[Pair]:
        """Pairs of which each was above the other in some period."""
        n = len(self.entities)
        above = np.zeros((n, n), np.bool_)
        for level in self.level:
            above |= level[:, None] > level[None, :]
        for i, j in np.argwhere(np.triu(above & above.T, 1)):
            yield self.entities[i], self.entities[j]

    def standings(self, pair: Pair) -> Iterator[Standing]:
        """Periods in which one of a pair is surely ahead."""
        if not all(entity in self._column for entity in pair):
            return
        i, j = (self._column[entity] for entity in pair)
        alike = self._source[:, i] == self._source[:, j]
        # Two that rest on the same sources are better known beside each other than alone.
        sds = np.where(alike[:, None], self.own_sd[:, [i, j]], self.sd[:, [i, j]])
        spread = np.hypot(sds[:, 0], sds[:, 1])
        with np.errstate(divide="ignore", invalid="ignore"):
            ahead = ndtr((self.level[:, i] - self.level[:, j]) / spread)
        for n in np.flatnonzero(np.maximum(ahead, 1 - ahead) >= SURE):
            left, right = (self._records[self._row[n, k]] for k in (i, j))
            is_left = ahead[n] >= SURE
            yield Standing(
                start=left["valid_from"],
                end=left["valid_to"],
                leader=pair[0] if is_left else pair[1],
                probability=float(ahead[n] if is_left else 1 - ahead[n]),
                definition=left["definition"],
                claim_ids=(*left["claim_ids"], *right["claim_ids"]),
                sources=tuple(sorted({*left["sources"], *right["sources"]})),
                how="level",
                rivals=frozenset(pair),
            )


def _applies(standing: Standing, pair: Pair) -> bool:
    other = pair[0] if pair[1] == standing.leader else pair[1]
    return standing.rivals is None or other in standing.rivals


def _in_words(scene: Scene, rows: pl.DataFrame, comparing: list[str]) -> Iterator[Standing]:
    """Standings from ranks and stated leads."""
    objects = dict(
        scene.observations.filter(
            pl.col("metric").is_in(comparing) & pl.col("object_entity").is_not_null()
        )
        .select("claim_id", "object_entity")
        .iter_rows()
    )
    stated = rows.filter(pl.col("metric").is_in(comparing)).sort("entity", "note")
    for cell in stated.partition_by("metric", *_INSTRUMENT[:3], *_PERIOD, maintain_order=True):
        relation = scene.metrics[cell["metric"][0]].relation
        sides = list(cell.iter_rows(named=True))
        for row in sides:
            if relation == "rank":
                rivals, how = _below(row, sides)
            else:
                # A lead is a difference above none, or a ratio above one.
                least = 0.0 if relation == "difference" else 1.0
                is_lead = row["status"] != "contested" and (row["stated_low"] or 0.0) > least
                named = (objects[i] for i in row["claim_ids"] if i in objects)
                rivals, how = frozenset(named if is_lead else ()), "stated lead"
            if rivals is None or rivals:
                yield Standing(
                    start=row["valid_from"],
                    end=row["valid_to"],
                    leader=row["entity"],
                    probability=None,
                    definition=row["definition"],
                    claim_ids=tuple(row["claim_ids"]),
                    sources=tuple(row["sources"]),
                    how=how,
                    rivals=rivals,
                )


def _below(row: Row, sides: Iterable[Row]) -> tuple[frozenset[str] | None, str]:
    """Who stands below a rank in its list: None, everybody, for the first."""
    if row["value"] is None:
        return frozenset(), "rank"
    if row["value"] == 1:
        return None, "first in rank"
    below = (r["entity"] for r in sides if r["value"] is not None and r["value"] > row["value"])
    return frozenset(below), "rank"


def _positions(levels: pl.DataFrame, *, better: str) -> dict[str, int]:
    """Place of each entity by its last level, best first."""
    last = levels.sort("valid_to").group_by("entity").agg(pl.col("value").last())
    ordered = last.sort("value", "entity", descending=[better == "high", False])
    return {entity: n + 1 for n, entity in enumerate(ordered["entity"].to_list())}


def _last_change(standings: list[Standing]) -> tuple[Standing, Standing] | None:
    """The last standing of the one that was passed and the first of the other after it.

    Standings that contradict each other about one period say nothing of it.
    """
    leaders: dict[tuple[dt.date, dt.date], set[str]] = {}
    for s in standings:
        leaders.setdefault((s.start, s.end), set()).add(s.leader)
    agreed = [s for s in standings if len(leaders[s.start, s.end]) == 1]
    agreed.sort(key=lambda s: (s.end, s.start, s.claim_ids))
    if len({s.leader for s in agreed}) < 2:  # noqa: PLR2004 - no change
        return None
    winner = agreed[-1].leader
    n_before = max(n for n, s in enumerate(agreed) if s.leader != winner)
    before, first = agreed[n_before], agreed[n_before + 1]
    # A month within a quarter is no later than the quarter.
    return (before, first) if first.end > before.end else None


def _is_news(scene: Scene, before: Standing, first: Standing) -> bool:
    return scene.age_days(first.end) <= max(NEWS_DAYS, (first.end - before.start).days)


def _finding(
    scene: Scene,
    index: MarketIndex,
    segment: SegmentView,
    pair: Pair,
    standings: list[Standing],
    change: tuple[Standing, Standing],
    positions: dict[str, int],
) -> Finding:
    before, first = change
    winner = first.leader
    loser = pair[0] if pair[1] == winner else pair[1]
    same = [
        s
        for s in standings
        if (s.start, s.end, s.leader) in {(x.start, x.end, x.leader) for x in change}
    ]
    claim_ids = tuple(dict.fromkeys(i for s in same for i in s.claim_ids))
    cause, why = _cause(index, segment.headline, before, first)
    in_words = before.probability is None or first.probability is None
    return Finding(
        kind="overtaking",
        entity=winner,
        name=scene.name(winner),
        metric=segment.headline,
        definition="",
        segment=segment.id,
        # Within the period of the last lead it may already have happened.
        period=Period(before.start, first.end, "range"),
        value=None,
        lower=None,
        upper=None,
        prob=scene.prob,
        measure="interval of time",
        # The least it can be, whatever the errors of the two periods have in common.
        probability=None if in_words else (before.probability or 0) + (first.probability or 0) - 1,
        n=len(claim_ids),
        cause=cause,
        cause_reason=why,
        as_of=scene.as_of,
        method=METHOD,
        claim_ids=claim_ids,
        params={
            "loser": scene.name(loser),
            "loser_entity": loser,
            "after": before.start.isoformat(),
            "by": first.end.isoformat(),
            "evidence_before": before.how,
            "evidence_after": first.how,
            "age_days": scene.age_days(first.end),
        },
        # A change at the top matters most.
        priority=(0.9 * FAULTY_WEIGHT if cause == "measurement" else 0.9)
        * scene.recency(first.end, _HALF_LIFE_DAYS)
        / float(np.sqrt(positions.get(winner, 1))),
    )


def _cause(
    index: MarketIndex, metric: str, before: Standing, first: Standing
) -> tuple[Cause, Reason]:
    for definition in sorted({before.definition, first.definition}):
        faults = index.faults(metric, definition, before.end, first.end)
        if faults:
            period, feed, fault = faults[-1]
            return "measurement", reason("had_fault", feed=feed, fault=fault, period=period)
    if before.sources == first.sources and len(first.sources) == 1:
        return "market", reason("alike", source=first.sources[0])
    spoken = ", ".join(sorted({*before.sources, *first.sources}))
    return "cannot tell", reason("different_sources", sources=spoken)
