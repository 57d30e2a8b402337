"""What became of overtakings and crossings: whether the order, or the level, still held.

The reading that tells is the last one that is known a quarter later, of a period that ended after
the origin, under the same definition.
"""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import polars as pl

from howdah.core.finding import Finding
from howdah.estimates import is_immature_note
from howdah.estimates.health import MarketIndex
from howdah.signals.crossings import THRESHOLDS
from howdah.signals.records.cases import Base, Case, Judged, make_case
from howdah.signals.scene import Row, Scene

if TYPE_CHECKING:
    from howdah.core.record import Outcome

_INSTRUMENT = ("metric", "definition", "unit", "currency", "note", "precision")
_PERIOD = ("valid_from", "valid_to")

#: Levels that are this near beyond a threshold are comparable with one that has just crossed it.
_NEAR = 1.25


def judge_overtakings(
    found: Sequence[Finding], then: Scene, now: Scene, _index: MarketIndex, index: MarketIndex
) -> Judged:
    """Overtakings, by who was ahead later."""
    before, after = _points(then), _points(now).filter(pl.col("valid_to") > then.as_of)
    orders = _Orders(after, now)
    cases = []
    for f in found:
        pair = (f.entity, str(f.params["loser_entity"]))
        day, ratio = orders.last(f.metric, *pair)
        outcome: Outcome = "open" if ratio is None else "right" if ratio > 1 else "wrong"
        faulty = day is not None and _is_faulty(index, f, day)
        cases.append(make_case(f, now.as_of, outcome, after=ratio, is_contaminated=faulty))
    pairs = {frozenset((f.entity, str(f.params["loser_entity"]))) for f in found}
    held = []
    for metric, leader, other in _neighbours(then, before):
        if frozenset((leader, other)) not in pairs:
            _, ratio = orders.last(metric, leader, other)
            held += [] if ratio is None else [ratio > 1]
    base = Base("overtaking", then.as_of, now.as_of, len(held), sum(held))
    return Judged(tuple(cases), (base,))


def _points(scene: Scene) -> pl.DataFrame:
    return scene.estimates.filter(
        (pl.col("status") == "point")
        & ~is_immature_note()
        & (pl.col("valid_to") <= scene.as_of)
        & pl.col("value").is_finite()
    )


class _Orders:
    """Who stands above whom at the last reading that two have in common."""

    def __init__(self, points: pl.DataFrame, scene: Scene) -> None:
        self._scene = scene
        self._levels: dict[tuple[str, str], dict[tuple[object, ...], float]] = {}
        columns = ("metric", "entity", *_PERIOD[::-1], *_INSTRUMENT[1:], "value")
        for metric, entity, *key, value in points.select(columns).sort(columns).iter_rows():
            self._levels.setdefault((metric, entity), {})[tuple(key)] = value

    def last(self, metric: str, first: str, second: str) -> tuple[dt.date | None, float | None]:
        """Last day of it and the ratio of the two, above 1 where the first one is ahead."""
        ours, theirs = (self._levels.get((metric, entity), {}) for entity in (first, second))
        common = [key for key in ours if key in theirs]
        if not common:
            return None, None
        key = max(common, key=lambda k: tuple(map(str, k)))
        day = key[0] if isinstance(key[0], dt.date) else None
        return day, _ratio(self._scene, metric, ours[key], theirs[key])


def _ratio(scene: Scene, metric: str, ours: float, theirs: float) -> float:
    """How far one is ahead of the other: a ratio of levels, of ratings one of odds."""
    known = scene.metrics[metric]
    if known.better == "low":
        ours, theirs = theirs, ours
    if known.scale == "log" and theirs > 0:
        return ours / theirs
    # What has no zero has no ratio: the difference, in a thousandth.
    return 1 + (ours - theirs) / 1000


def _neighbours(scene: Scene, points: pl.DataFrame) -> Iterator[tuple[str, str, str]]:
    """(metric, leader, next one) by the last reading of each instrument of a segment's headline."""
    seen: set[frozenset[str]] = set()
    for segment in scene.segments:
        own = points.filter(
            (pl.col("metric") == segment.headline) & pl.col("entity").is_in(segment.members)
        )
        is_high = scene.metrics[segment.headline].better == "high"
        for rows in own.partition_by(_INSTRUMENT, maintain_order=True):
            last = rows.filter(pl.col("valid_to") == pl.col("valid_to").max())
            names = last.sort("value", "entity", descending=[is_high, False])["entity"].to_list()
            for leader, other in itertools.pairwise(names):
                pair = frozenset((leader, other))
                if len(pair) > 1 and pair not in seen:
                    seen.add(pair)
                    yield segment.headline, leader, other


def _is_faulty(index: MarketIndex, finding: Finding, day: dt.date) -> bool:
    start = finding.period.end or finding.as_of
    return index.has_fault(finding.metric, start, day)


def judge_crossings(
    found: Sequence[Finding], then: Scene, now: Scene, _index: MarketIndex, index: MarketIndex
) -> Judged:
    """Crossings, by where the level was later."""
    later = {
        (row["entity"], *(row[name] for name in _INSTRUMENT)): row
        for row in _points(now)
        .filter(pl.col("valid_to") > then.as_of)
        .sort("valid_to", "valid_from")
        .iter_rows(named=True)
    }
    of_entity: dict[tuple[str, str, str], Row] = {
        (row["entity"], row["metric"], row["definition"]): row for row in later.values()
    }
    cases: list[Case] = []
    for f in found:
        reading = of_entity.get((f.entity, f.metric, f.definition))
        if reading is None:
            cases.append(make_case(f, now.as_of, "open"))
            continue
        value = float(reading["value"])
        is_beyond = (value >= float(f.params["threshold"] or 0)) == (f.params["direction"] == "up")
        cases.append(
            make_case(
                f,
                now.as_of,
                "right" if is_beyond else "wrong",
                after=value,
                is_contaminated=_is_faulty(index, f, reading["valid_to"]),
            )
        )
    told = {(f.entity, f.metric, f.definition) for f in found}
    held = []
    own = _points(then).filter(pl.col("entity").is_in(list(then.followed)))
    for rows in own.partition_by("entity", *_INSTRUMENT, maintain_order=True):
        last = rows.sort("valid_to", "valid_from").row(-1, named=True)
        key = (last["entity"], last["metric"], last["definition"])
        near = [t for t in THRESHOLDS if t <= last["value"] <= t * _NEAR]
        after = later.get((last["entity"], *(last[name] for name in _INSTRUMENT)))
        if key not in told and near and after is not None:
            held.append(after["value"] >= near[-1])
    base = Base("crossing", then.as_of, now.as_of, len(held), sum(held))
    return Judged(tuple(cases), (base,))
