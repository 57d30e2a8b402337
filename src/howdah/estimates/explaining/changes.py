"""Why a level changed between two dates: parts that add up to the change, exactly.

The old state is turned into the new one step by step, and each part is what its step does to the
level on the additive scale:

1. *refit*: the old claims under the new models;
2. *revision*: claims that replaced earlier prints of the same thing;
3. *new_claim*: claims that were not known, with breaks of their feeds' measurement taken off;
4. *break*: the same claims as they were stated;
5. *suspect*: old claims that are now held to be wrong, or no longer are.

Up to the last step what was held of a claim on the old date is held of it: whether it was left out,
and how far it was widened; a claim that is new is held to be what the new date makes of it. A
sequential replacement depends on its order: where two causes act together, the one that comes first
takes what both do.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from howdah.core.claim import REVISION_KEY
from howdah.estimates.explaining.fitted import Cell, Fitted, find_cell
from howdah.estimates.fusion.solving import UNDECIDED
from howdah.estimates.models import Models
from howdah.kernels import fuse_panel

#: Parts in the order in which they are taken.
KINDS = ("refit", "revision", "new_claim", "break", "suspect")


class State(NamedTuple):
    """What was known of a series on a date: its observations, judged, and the models."""

    observations: pl.DataFrame
    models: Models


class Part(NamedTuple):
    """A part of a change, on the additive scale, and the claims behind it.

    Of *revision* and *new_claim* the claims that came (and earlier prints that are gone without
    another in their place); of *break* those that the break moved; of
    *suspect* those that are judged otherwise now. A refit has none.
    """

    kind: str
    size: float
    claim_ids: tuple[str, ...] = ()


class Change(NamedTuple):
    """A level before and after, and the parts between, in the order of `KINDS`."""

    before: float
    after: float
    parts: tuple[Part, ...]


class _Held(NamedTuple):
    """What is held of a claim: its value or range, in the metric's own unit, and its width."""

    value: float
    low: float
    high: float
    own_var: float


def explain_change(
    before: State, after: State, cell: Cell, shifts: Mapping[str, float] | None = None
) -> Change | None:
    """Split the change of a level into parts that add up to it.

    Parameters
    ----------
    before, after
        Observations of one series on two dates, and the models of these dates.
    shifts
        By claim that is new, what breaks of its feed's measurement added to it, on the additive
        scale.

    Returns
    -------
    Change or None
        None where one of the dates has no level of the cell. All parts are there, some of size
        zero and without claims.

    Notes
    -----
    Where a step leaves no level (old claims that exclude each other under the new models), its
    part falls to the next one.
    """
    shifts = shifts or {}
    old, new = find_cell(*before, cell), find_cell(*after, cell)
    if old is None or new is None:
        return None
    held_old, held_new = _held(old), _held(new)
    replaced = claims_replaced(before.observations, after.observations)
    came = _ids(after.observations) - _ids(before.observations)
    revised = {claim_id for claim_id in came if claim_id in replaced}
    fresh = came - revised
    gone = _ids(before.observations) - _ids(after.observations)
    withdrawn = gone.difference(*replaced.values())
    calm = {
        claim_id: _shifted(held, -shifts[claim_id])
        for claim_id, held in held_new.items()
        if claim_id in fresh and shifts.get(claim_id)
    }
    newly = {claim_id: held for claim_id, held in held_new.items() if claim_id in came}
    as_before = _judged_as(after.observations, before.observations)
    steps = [
        (before, held_old),
        (State(before.observations, after.models), held_old),
        (
            State(as_before.filter(~pl.col("claim_id").is_in(list(fresh))), after.models),
            held_old | newly,
        ),
        (State(as_before, after.models), held_old | newly | calm),
        (State(as_before, after.models), held_old | newly),
        (after, held_new),
    ]
    levels: list[float] = []
    for state, held in steps:
        level = _level(find_cell(*state, cell), held)
        levels.append(levels[-1] if level is None else level)
    both = _ids(before.observations) & _ids(after.observations)
    judged = both & (_left_out(before, old) ^ _left_out(after, new))
    behind: tuple[set[str], ...] = (set(), revised | withdrawn, fresh, set(calm), judged)
    sizes = np.diff(levels).tolist()
    parts = (
        Part(kind, size, tuple(sorted(ids)))
        for kind, size, ids in zip(KINDS, sizes, behind, strict=True)
    )
    return Change(levels[0], levels[-1], tuple(parts))


def claims_replaced(before: pl.DataFrame, after: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """By claim that replaced others, the earlier prints that it replaced.

    Of two dates' latest revisions: a print is replaced when it is gone and another with the same
    `REVISION_KEY` has come.
    """
    key = [name for name in REVISION_KEY if name in before.columns and name in after.columns]
    gone = before.join(after, on="claim_id", how="anti")
    gone = gone.select(*key, pl.col("claim_id").alias("old"))
    came = after.join(before, on="claim_id", how="anti").select(*key, "claim_id")
    pairs = came.join(gone, on=key, how="inner", nulls_equal=True)
    grouped = pairs.group_by("claim_id").agg(pl.col("old").sort())
    return {claim_id: tuple(old) for claim_id, old in grouped.iter_rows()}


def _held(fitted: Fitted) -> dict[str, _Held]:
    """What a fit held of each claim; anchors are what they state."""
    panel, unit = fitted.solved, fitted.unit
    return {
        ids[0]: _Held(
            float(panel.value[k]) * unit,
            float(panel.low[k]) * unit,
            float(panel.high[k]) * unit,
            float(panel.own_var[k]),
        )
        for k, ids in enumerate(fitted.claim_ids)
        if len(ids) == 1
    }


def _shifted(held: _Held, by: float) -> _Held:
    return _Held(held.value + by, held.low + by, held.high + by, held.own_var)


def _level(fitted: Fitted | None, held: Mapping[str, _Held]) -> float | None:
    """Level of a cell with what is held of each claim, in the metric's own unit."""
    if fitted is None:
        return None
    panel, unit = fitted.coded, fitted.unit
    numbers = np.stack([panel.value, panel.low, panel.high, panel.own_var])
    for k, ids in enumerate(fitted.claim_ids):
        own = held.get(ids[0]) if len(ids) == 1 else None
        if own is not None:
            numbers[:, k] = own.value / unit, own.low / unit, own.high / unit, own.own_var
    value, low, high, own_var = numbers
    held_panel = panel._replace(value=value, low=low, high=high, own_var=own_var)
    mean = fuse_panel(held_panel, fitted.model).mean
    return float(mean[fitted.period - panel.first[0]]) * unit


def _judged_as(observations: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Observations, suspect in their own series where they were before."""
    old = before.select("claim_id", pl.col("suspect").alias("before"))
    return (
        observations.join(old, on="claim_id", how="left", maintain_order="left")
        .with_columns(pl.coalesce("before", "suspect").alias("suspect"))
        .drop("before")
    )


def _left_out(state: State, fitted: Fitted) -> set[str]:
    """Claims that are held to be wrong: before the fit, or by it."""
    flagged = set(state.observations.filter("suspect")["claim_id"].to_list())
    reasons = zip(fitted.claim_ids, fitted.reason, strict=True)
    return flagged | {i for ids, reason in reasons for i in ids if reason not in {0, UNDECIDED}}


def _ids(observations: pl.DataFrame) -> set[str]:
    return set(observations["claim_id"].to_list())
