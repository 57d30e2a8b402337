"""What changed between two knowledge dates: findings new and gone, estimates that moved."""

import datetime as dt
from collections.abc import Iterable

import polars as pl

from howdah.core.errors import InputError
from howdah.core.estimate import Estimate
from howdah.core.finding import Finding
from howdah.core.progress import Progress, silent
from howdah.estimates import CELL, SERIES, to_records
from howdah.market.basis import basis_of
from howdah.market.derived import find_now
from howdah.market.levels import levels_at
from howdah.market.observing import observations_at
from howdah.market.pages.changes import Changes, Moved
from howdah.market.workspace import Workspace

#: Findings of each kind, and estimates, that are told.
_MOST_FINDINGS = 100
_MOST_MOVED = 200


def changes(ws: Workspace, since: dt.date, as_of: dt.date, progress: Progress = silent) -> Changes:
    """What changed from an earlier knowledge date to a later one.

    Raises
    ------
    InputError
        The dates are not in order.
    """
    if since >= as_of:
        raise InputError(
            f"since={since} is not before as_of={as_of}. Give an earlier date to compare with."
        )
    before, after = ({_key(f): f for f in find_now(ws, day, progress)} for day in (since, as_of))
    n_compared, moved = _moved(ws, since, as_of)
    return Changes(
        basis=basis_of(ws, as_of),
        since=since,
        appeared=_first(f for key, f in after.items() if key not in before),
        gone=_first(f for key, f in before.items() if key not in after),
        moved=moved,
        n_compared=n_compared,
    )


def _key(f: Finding) -> tuple[object, ...]:
    """What a finding is about, whenever it is found."""
    return f.kind, f.entity, f.metric, f.definition, f.period, f.params.get("loser")


def _first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The most important ones."""
    ranked = sorted(findings, key=lambda f: (-f.priority, f.finding_id))
    return tuple(ranked[:_MOST_FINDINGS])


def _moved(ws: Workspace, since: dt.date, as_of: dt.date) -> tuple[int, tuple[Moved, ...]]:
    """How many estimates both dates have, and those that left their interval."""
    members = dict.fromkeys(
        id_ for segment in ws.config.follow.segments for id_ in ws.members(ws.find_segment(segment))
    )
    subjects = [i for id_ in members for i in ws.resolver.entity(id_).referents]
    known = observations_at(ws, since, subjects=subjects)
    if not known.height:
        return 0, ()
    last = known.filter(pl.col("valid_to") == pl.col("valid_to").max().over(SERIES))
    cells = last.select(CELL).unique()
    before, after = (
        {_cell(e): e for e in to_records(levels_at(ws, day, cells), ws.metrics)}
        for day in (since, as_of)
    )
    both = [Moved(before[cell], after[cell]) for cell in before if cell in after]
    moved = [one for one in both if _has_left(one)]
    moved.sort(key=lambda one: (-_distance(one), one.after.estimate_id))
    return len(both), tuple(moved[:_MOST_MOVED])


def _cell(e: Estimate) -> tuple[object, ...]:
    return e.entity, e.metric, e.definition, e.unit, e.currency, e.period


def _has_left(one: Moved) -> bool:
    """Whether the later value lies outside the earlier interval."""
    value = one.after.value
    if value is None or one.before.value is None:
        return one.before.status != one.after.status
    low, high = one.before.lower, one.before.upper
    return (low is not None and value < low) or (high is not None and value > high)


def _distance(one: Moved) -> float:
    """How far the value went, in widths of the earlier interval."""
    before, after = one.before, one.after.value
    if before.value is None or after is None:
        return 0.0
    width = (before.upper or before.value) - (before.lower or before.value)
    return abs(after - before.value) / (width or abs(before.value) or 1.0)
