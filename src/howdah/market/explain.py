"""Why an estimate is this number: what each claim contributed, and what changed since a date."""

import datetime as dt
import math
from dataclasses import replace

import polars as pl

from howdah.claims import read_claims
from howdah.core.calendar import end_of_day
from howdah.core.entity import Entity
from howdah.core.errors import InputError
from howdah.core.estimate import Estimate
from howdah.core.metrics import Scale
from howdah.core.progress import Progress, silent
from howdah.estimates import flag_suspects
from howdah.estimates.explaining import (
    Break,
    Cell,
    Change,
    Contributions,
    Shifts,
    State,
    claims_replaced,
    explain_change,
    explain_level,
    shifts_since,
)
from howdah.estimates.fusion import REASONS
from howdah.market.basis import basis_of
from howdah.market.derived import Derived
from howdah.market.documents.showing import passages_behind
from howdah.market.observing import without_simulated
from howdah.market.pages import (
    ChangePart,
    ExplainedClaim,
    Explanation,
    OtherSeries,
    Statement,
)
from howdah.market.pages.explanation import Measure, NoLevel
from howdah.market.series import SeriesView, estimate_by_id, estimate_by_name, view_of
from howdah.market.show import statement_of
from howdah.market.workspace import Workspace

_MEASURES: dict[Scale, Measure] = {
    "log": "factor",
    "logit": "odds",
    "linear": "amount",
    "rank": "amount",
    "none": "amount",
}


def explain(
    ws: Workspace,
    target: str,
    as_of: dt.date,
    *,
    metric: str | None = None,
    period: str | None = None,
    definition: str | None = None,
    since: dt.date | None = None,
    progress: Progress = silent,
) -> Explanation:
    """What each claim contributed to an estimate, and what changed since a date and why.

    The levels are those of the series alone, as on the page of its entity.

    Parameters
    ----------
    target
        ``e...`` of an estimate, or with `metric` any name of an entity.
    as_of
        Knowledge date; an id that was kept has its own.
    period, definition
        Which estimate of the metric: else the last period's.
    since
        The date to compare with; None takes the one that values were kept for before, else the
        one on which the vintage before the last was known.

    Raises
    ------
    UnknownNameError
        Nothing goes by the name, metric, period or definition.
    InputError
        The id is none or nothing has it, no metric is given with a name, or `since` is not
        before the date.
    """
    progress("reading the claims", 0, 3)
    others: tuple[OtherSeries, ...] = ()
    target = target.strip()
    if metric is None:
        wanted = estimate_by_id(ws, target, as_of, progress)
        as_of = wanted.as_of
    else:
        wanted, others = estimate_by_name(ws, target, as_of, metric, period, definition)
    if since is not None and since >= as_of:
        raise InputError(
            f"What changed since {since} cannot be said as of {as_of}: give --since a date before "
            "that of --as-of."
        )
    entity = ws.resolver.entity(wanted.entity)
    view = view_of(ws, entity, wanted, as_of)
    estimate = view.find(wanted)
    if estimate is None:
        raise InputError(
            f"No claim of {wanted.metric} of {wanted.name} is known as of {as_of} any more. "
            "Give the name and the metric instead of the id."
        )
    progress("what each claim contributed", 1, 3)
    no_level = _no_level(ws, estimate)
    cell = Cell.of(estimate, view.observations)
    found = None if no_level else explain_level(view.observations, view.models, cell)
    if found is None and not no_level:
        no_level = "zero"
    scale = ws.metrics[estimate.metric].scale
    progress("what changed", 2, 3)
    since = since or _previous(ws, entity, estimate, as_of)
    before = None if since is None else view_of(ws, entity, wanted, since)
    earlier = None if before is None else before.find(wanted)
    change, shifts = None, Shifts((), {})
    if before is not None and found is not None and earlier is not None:
        shifts = _shifts(ws, before, view)
        change = explain_change(
            State(before.observations, before.models),
            State(view.observations, view.models),
            cell,
            shifts.by_claim,
        )
        if _no_level(ws, earlier):
            change = None
    statements = _statements(pl.concat([v.observations for v in (before, view) if v is not None]))
    replaced = {} if before is None else claims_replaced(before.observations, view.observations)
    came = (
        ()
        if before is None
        else tuple(
            statements[claim_id]
            for claim_id in view.observations["claim_id"].to_list()
            if claim_id not in set(before.observations["claim_id"].to_list())
        )
    )
    progress("done", 3, 3)
    return Explanation(
        basis=basis_of(ws, as_of, view.observations),
        estimate=estimate,
        measure=_MEASURES[scale],
        no_level=no_level,
        prior_weight=None if found is None else found.prior_weight,
        trend=None if found is None else _effect(found.trend, scale),
        claims=_with_passages(ws, _claims_of(found, view, cell, statements), as_of),
        since=since,
        before=earlier,
        effect=None if change is None else _effect(change.after - change.before, scale),
        parts=_parts_of(change, scale, statements, replaced, shifts.breaks),
        came=came,
        others=others,
    )


def _no_level(ws: Workspace, estimate: Estimate) -> NoLevel:
    """Why an estimate is no level that could be taken apart."""
    if estimate.status == "bound":
        return "bound"
    if estimate.status == "contested":
        return "contested"
    metric = ws.metrics[estimate.metric]
    if metric.scale == "rank":
        return "rank"
    return "tally" if metric.count == "tally" else ""


def _previous(ws: Workspace, entity: Entity, estimate: Estimate, as_of: dt.date) -> dt.date | None:
    """The date to compare with when none is given."""
    kept = pl.DataFrame(Derived(ws).derivations.read())["as_of"]
    earlier = kept.filter(kept < as_of)
    if len(earlier):
        found: dt.date = earlier.max()  # type: ignore[assignment]
        return found
    prints = pl.DataFrame(
        read_claims(
            ws.engine,
            ws.store,
            as_of=end_of_day(as_of),
            subjects=list(entity.referents),
            metrics=[estimate.metric],
            prints="all",
            columns=("definition", "unit", "currency", "recorded_at"),
        ).read_all()
    ).filter(*(pl.col(n) == getattr(estimate, n) for n in ("definition", "unit", "currency")))
    days = prints["recorded_at"].dt.date().unique().sort().to_list()
    return days[-2] if len(days) > 1 else None


def _shifts(ws: Workspace, before: SeriesView, view: SeriesView) -> Shifts:
    """What breaks of their feeds' measurement added to the claims that are new."""
    fresh = view.observations.join(before.observations, on="claim_id", how="anti")
    fresh = fresh.filter(pl.col("scale") == "log")
    if not fresh.height:
        return Shifts((), {})
    metric = fresh["metric"][0]
    market = flag_suspects(
        without_simulated(ws.observations(view.as_of, metrics=[metric, "list_length"]))
    )
    return shifts_since(market, fresh, end_of_day(before.as_of))


def _effect(size: float, scale: Scale) -> float:
    return size if _MEASURES[scale] == "amount" else math.exp(size)


def _statements(observations: pl.DataFrame) -> dict[str, Statement]:
    rows = observations.unique("claim_id", keep="last", maintain_order=True)
    return {row["claim_id"]: statement_of(row) for row in rows.iter_rows(named=True)}


def _claims_of(
    found: Contributions | None, view: SeriesView, cell: Cell, statements: dict[str, Statement]
) -> tuple[ExplainedClaim, ...]:
    """Claims with what they contributed; where no level was formed, those of the cell."""
    feeds = dict(view.observations.select("claim_id", "feed").iter_rows())
    if found is None:
        own = view.observations.filter(cell.is_own()).sort("published_at", "claim_id")
        return tuple(
            ExplainedClaim(
                statements[i], feeds[i], True, 0.0, None, None, None, None, None, "", None
            )
            for i in own["claim_id"].to_list()
        )

    def effect(size: float | None) -> float | None:
        return None if size is None else _effect(size, found.scale)

    return tuple(
        ExplainedClaim(
            statement=_doubted(statements[row["claim_id"]], row["reason"], row["factor"]),
            feed=feeds[row["claim_id"]],
            is_of_cell=row["is_of_cell"],
            weight=row["weight"],
            robust=row["robust"],
            bias=effect(row["bias"]),
            removed=None if row["bias"] is None else effect(row["bias"] + row["house"]),
            residual=effect(row["residual"]),
            residual_sds=row["residual_sds"],
            reason=row["reason"],
            factor=row["factor"],
        )
        for row in found.claims.iter_rows(named=True)
    )


def _with_passages(
    ws: Workspace, claims: tuple[ExplainedClaim, ...], as_of: dt.date
) -> tuple[ExplainedClaim, ...]:
    """The same with the sentences that some were read from."""
    read = passages_behind(ws, [c.statement.claim_id for c in claims], as_of)
    if not read:
        return claims
    return tuple(replace(c, passages=read.get(c.statement.claim_id, ())) for c in claims)


def _doubted(statement: Statement, reason: str, factor: float | None) -> Statement:
    """A statement with why it is held to be wrong, in the words of `Statement`."""
    said = {"own_neighbours": "outlier"}.get(reason, reason)
    if said not in REASONS[1:]:
        return statement
    return replace(statement, suspect=said != "undecided", reason=said, factor=factor)


def _parts_of(
    change: Change | None,
    scale: Scale,
    statements: dict[str, Statement],
    replaced: dict[str, tuple[str, ...]],
    breaks: tuple[Break, ...],
) -> tuple[ChangePart, ...]:
    return tuple(
        ChangePart(
            kind=part.kind,
            effect=_effect(part.size, scale),
            claims=tuple(statements[i] for i in part.claim_ids),
            replaced=tuple(
                statements[old]
                for i in (part.claim_ids if part.kind == "revision" else ())
                for old in replaced.get(i, ())
            ),
            breaks=tuple(
                (b.feed, b.period, b.reason.replace("_", " "))
                for b in (breaks if part.kind == "break" else ())
            ),
        )
        for part in (() if change is None else change.parts)
    )
