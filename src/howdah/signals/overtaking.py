"""Who passed whom: in a segment's headline metric, from levels, ranks and stated leads.

At each period each pair has a probability that one stands above the other. Levels of one
definition give it through their intervals, a rank in one list gives it outright (first means
above all others), a stated lead too. An overtaking lies between the last period in which the
one was surely ahead and the first in which the other was: what is known is an interval of time,
not a date.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from scipy import stats

from howdah.core.calendar import Period
from howdah.core.finding import Cause, Finding
from howdah.estimates import to_scale
from howdah.signals.scene import Scene, SegmentView

METHOD = "overtaking.1"

#: How sure one must be that one stands above the other at a period.
SURE = 0.9

#: Share of a level's variance that two entities measured by one source have in common; their
#: ratio is better known than either. A prior, until anchors say more.
_COMMON_VARIANCE = 0.8

#: Overtakings older than this, and than the interval they are known to, are history, not news.
_NEWS_DAYS = 120

_CELL = ["metric", "definition", "unit", "currency", "valid_from", "valid_to"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Evidence, at one period, that one of two entities stands above the other."""

    start: dt.date
    end: dt.date
    leader: str
    probability: float
    claim_ids: tuple[str, ...]
    sources: tuple[str, ...]
    how: str


def find_overtakings(scene: Scene) -> list[Finding]:
    """Overtakings among the members of each segment, in its headline metric."""
    found: dict[tuple[str, str, str], Finding] = {}
    # Followed segments first: a pair that stands in two segments is shown under that one.
    for segment in sorted(scene.segments, key=lambda s: not s.is_followed):
        for finding in _in_segment(scene, segment):
            key = (finding.entity, str(finding.params["loser_entity"]), finding.metric)
            found.setdefault(key, finding)
    return list(found.values())


def _in_segment(scene: Scene, segment: SegmentView) -> Iterator[Finding]:
    metric = segment.headline
    comparing = [m.id for m in scene.metrics.metrics.values() if m.relates == metric]
    rows = scene.estimates.filter(
        pl.col("entity").is_in(segment.members) & pl.col("metric").is_in([metric, *comparing])
    )
    levels = rows.filter((pl.col("metric") == metric) & (pl.col("status") == "point"))
    words = list(_in_words(scene, rows, comparing))
    pairs = combinations(sorted(rows["entity"].unique().to_list()), 2)
    if words:
        candidates = list(pairs)
    else:
        # Only pairs whose order of levels ever changed can have an overtaking.
        candidates = sorted(_pairs_that_changed(levels))
    by_pair = {
        key: group
        for key, group in levels.group_by(["definition", "unit", "currency"], maintain_order=True)
    }
    positions = _positions(levels)
    for pair in candidates:
        standings = [s for group in by_pair.values() for s in _by_level(scene, group, pair)]
        standings += [s for s, rivals in words if s.leader in pair and _applies(s, pair, rivals)]
        standings.sort(key=lambda s: (s.end, s.start))
        finding = _last_change(scene, segment, metric, pair, standings, positions)
        if finding is not None:
            yield finding


def _applies(standing: Standing, pair: tuple[str, str], rivals: frozenset[str] | None) -> bool:
    other = pair[0] if pair[1] == standing.leader else pair[1]
    return rivals is None or other in rivals


def _pairs_that_changed(levels: pl.DataFrame) -> set[tuple[str, str]]:
    """Pairs whose order differs between two periods, by all levels of one definition at once."""
    changed: set[tuple[str, str]] = set()
    for _, group in levels.group_by(["definition", "unit", "currency"]):
        wide = group.pivot(
            on="entity", index="valid_to", values="value", aggregate_function="first"
        ).sort("valid_to")
        entities = wide.columns[1:]
        matrix = wide.select(entities).to_numpy()
        # (n_period, n_entity, n_entity): +1 where the row's entity is above the column's.
        sign = np.sign(matrix[:, :, None] - matrix[:, None, :])
        above, below = (sign > 0).any(axis=0), (sign < 0).any(axis=0)
        for i, j in np.argwhere(np.triu(above & below, 1)):
            first, second = sorted((entities[i], entities[j]))
            changed.add((first, second))
    return changed


def _by_level(scene: Scene, group: pl.DataFrame, pair: tuple[str, str]) -> Iterator[Standing]:
    left, right = (group.filter(pl.col("entity") == entity) for entity in pair)
    both = left.join(right, on=_CELL, suffix="_right").sort("valid_to")
    if both.height == 0:
        return
    scale = scene.metrics[both["metric"][0]].scale
    reach = 2 * float(stats.norm.ppf(0.5 + scene.prob / 2))
    level, sd = {}, {}
    for side in ("", "_right"):
        ends = (both[f"{name}{side}"].to_numpy() for name in ("value", "lower", "upper"))
        middle, lower, upper = (to_scale(values, scale) for values in ends)
        level[side], sd[side] = middle, (upper - lower) / reach
    same_sources = (both["sources"] == both["sources_right"]).to_numpy()
    own = np.where(same_sources, 1 - _COMMON_VARIANCE, 1.0)
    spread = np.sqrt(own * (sd[""] ** 2 + sd["_right"] ** 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        ahead = stats.norm.cdf((level[""] - level["_right"]) / spread)
    for n in np.flatnonzero(np.maximum(ahead, 1 - ahead) >= SURE):
        row = both.row(int(n), named=True)
        is_left = ahead[n] >= SURE
        yield Standing(
            row["valid_from"],
            row["valid_to"],
            pair[0] if is_left else pair[1],
            float(ahead[n] if is_left else 1 - ahead[n]),
            (*row["claim_ids"], *row["claim_ids_right"]),
            tuple(sorted({*row["sources"], *row["sources_right"]})),
            "level",
        )


def _in_words(
    scene: Scene, rows: pl.DataFrame, comparing: list[str]
) -> Iterator[tuple[Standing, frozenset[str] | None]]:
    """Standings from ranks and stated leads, each with the rivals it holds against (None: all)."""
    objects = {
        row["claim_id"]: row["object_entity"]
        for row in scene.observations.filter(
            pl.col("metric").is_in(comparing) & pl.col("object_entity").is_not_null()
        )
        .select("claim_id", "object_entity")
        .iter_rows(named=True)
    }
    stated = rows.filter(pl.col("metric").is_in(comparing))
    for _, cell in stated.group_by(_CELL, maintain_order=True):
        relation = scene.metrics[cell["metric"][0]].relation
        sides = sorted(cell.iter_rows(named=True), key=lambda r: r["value"] or np.inf)
        for n, row in enumerate(sides):
            if relation == "rank" and row["value"] is not None:
                below = frozenset(r["entity"] for r in sides[n + 1 :])
                rivals = None if row["value"] == 1 else below
                how = "first in rank" if rivals is None else "rank"
            elif relation == "difference" and (row["stated_low"] or 0) > 0:
                rivals = frozenset(objects[i] for i in row["claim_ids"] if i in objects)
                how = "stated lead"
            else:
                continue
            if rivals is None or rivals:
                yield (
                    Standing(
                        row["valid_from"],
                        row["valid_to"],
                        row["entity"],
                        1.0,
                        tuple(row["claim_ids"]),
                        tuple(row["sources"]),
                        how,
                    ),
                    rivals,
                )


def _positions(levels: pl.DataFrame) -> dict[str, int]:
    """Place of each entity by its last level, best first."""
    last = levels.sort("valid_to").group_by("entity").agg(pl.col("value").last())
    ordered = last.sort("value", descending=True)["entity"].to_list()
    return {entity: n + 1 for n, entity in enumerate(ordered)}


def _last_change(
    scene: Scene,
    segment: SegmentView,
    metric: str,
    pair: tuple[str, str],
    standings: list[Standing],
    positions: dict[str, int],
) -> Finding | None:
    """The last change of leader; None when the evidence names only one, or it is history."""
    if len({standing.leader for standing in standings}) < 2:  # noqa: PLR2004 - no change
        return None
    winner = standings[-1].leader
    n_before = max(n for n, s in enumerate(standings) if s.leader != winner)
    before, first = standings[n_before], standings[n_before + 1]
    age_days = (scene.as_of - first.end).days
    if age_days > max(_NEWS_DAYS, (first.end - before.start).days):
        return None
    loser = pair[0] if pair[1] == winner else pair[1]
    same = [s for s in standings if s.end in {before.end, first.end}]
    claim_ids = tuple(dict.fromkeys(i for s in same for i in s.claim_ids))
    cause, reason = _cause(before, first)
    return Finding(
        kind="overtaking",
        entity=winner,
        name=scene.name(winner),
        metric=metric,
        definition="",
        segment=segment.id,
        # Within the period of the last lead it may already have happened.
        period=Period(before.start, first.end, "range"),
        value=None,
        lower=None,
        upper=None,
        prob=scene.prob,
        measure="interval of time",
        probability=min(before.probability, first.probability),
        n=len(claim_ids),
        cause=cause,
        cause_reason=reason,
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
        },
        # A change at the top matters most, and less the longer ago it is: half after a year.
        priority=0.9 * 0.5 ** (age_days / 365) / float(np.sqrt(positions.get(winner, 1))),
    )


def _cause(before: Standing, first: Standing) -> tuple[Cause, str]:
    if before.sources == first.sources and len(first.sources) == 1:
        return "market", f"{first.sources[0]} counts both alike, so a fault would move both"
    spoken = ", ".join(sorted({*before.sources, *first.sources}))
    return "cannot tell", f"the readings come from different sources: {spoken}"
