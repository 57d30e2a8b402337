"""Deciding on findings and directions, and reading back what came of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from howdah.claims import write_lock
from howdah.core.calendar import end_of_day, parse_date
from howdah.core.errors import InputError, UnknownNameError, given_as
from howdah.core.estimate import Estimate
from howdah.core.progress import Progress, silent
from howdah.estimates import CELL, to_records
from howdah.guidance.decisions import Decision, DecisionTable, Kind, Withdrawal
from howdah.guidance.expectations import Expectation, parse_expectation, read_back
from howdah.market.basis import basis_of
from howdah.market.giants import check_not_ahead, subjects_of
from howdah.market.levels import levels_at
from howdah.market.observing import observations_at
from howdah.market.pages.decisions import DecisionLine, DecisionsPage, Standing
from howdah.market.trail import find_finding
from howdah.market.workspace import Workspace

#: What is due leads; what is over follows what is open.
_ORDER: tuple[Standing, ...] = ("due", "open", "cannot tell", "not met", "met", "withdrawn")


def decide(
    ws: Workspace,
    about: str,
    *,
    what: str,
    owner: str,
    expect: str,
    review: str | dt.date,
    by: str,
    as_of: dt.date,
    definition: str | None = None,
    note: str = "",
    progress: Progress = silent,
) -> Decision:
    """Record a decision on a finding or on a direction.

    Parameters
    ----------
    about
        Id of a finding (``f...``) as printed at `as_of`, or of a segment.
    expect
        As `parse_expectation` reads it.
    definition
        Whose figure is expected; needed where there are several.

    Raises
    ------
    InputError
        Nothing has the id, a text is empty, a day is over, or the figure has several definitions.
    UnknownNameError
        An unknown metric or entity, or a definition by which nobody counts the figure.
    """
    for name, text in (("what", what), ("owner", owner), ("by", by)):
        with given_as(name):
            if not text.strip():
                raise InputError(
                    f"{name} is empty. Say it in words; people are named by their role."
                )
    today = ws.now().date()
    with given_as("review"):
        day = review if isinstance(review, dt.date) else parse_date(review, today=today)
        if day <= today:
            raise InputError(f"The review is on {day}, which is over: today is {today}.")
    with given_as("expect"):
        expected = _resolved(ws, parse_expectation(expect, today=today), definition, today)
    with given_as("about"):
        kind, id_, segment = _subject(ws, about, as_of, progress)
    made = Decision(
        kind=kind,
        about=id_,
        segment=segment,
        what=what.strip(),
        owner=owner.strip(),
        expected=expected,
        review=day,
        known_by=as_of,
        decided_by=by.strip(),
        recorded_at=ws.now(),
        note=note,
    )
    lake = ws.folder / "lake"
    with write_lock(lake):
        _table(ws).append(made)
    return made


def withdraw(ws: Workspace, id_: str, *, by: str, note: str = "") -> Decision:
    """Record that a decision holds no more; earlier dates show it as it was.

    Raises
    ------
    InputError
        No decision has the id, or it was withdrawn before.
    """
    every = _table(ws).read()
    found = [d for d in every if d.decision_id == id_.strip().lower()]
    with given_as("withdraw"):
        if not found:
            raise InputError(f"No decision has the id {id_!r}. `howdah decisions` lists them.")
        if found[0].withdrawal is not None:
            day = found[0].withdrawal.recorded_at.date()
            raise InputError(f"The decision {id_} was withdrawn on {day} already.")
    ended = Withdrawal(by, note, ws.now())
    with write_lock(ws.folder / "lake"):
        _table(ws).withdraw(found[0], ended)
    return replace(found[0], withdrawal=ended)


def decisions(ws: Workspace, as_of: dt.date, segment: str | None = None) -> DecisionsPage:
    """Decisions that were recorded by a date, with what came of them by then.

    Raises
    ------
    UnknownNameError
        No such segment.
    InputError
        The date is to come.
    """
    check_not_ahead(ws, as_of)
    wanted = None if segment is None else ws.find_segment(segment).id
    known = _of_segment(_table(ws).read(end_of_day(as_of)), wanted)
    every = _of_segment(_table(ws).read(), wanted)
    lines = lines_of(ws, known, as_of)
    names = {s.id: s.title for s in ws.config.segment}
    names |= {d.expected.entity: ws.resolver.entity(d.expected.entity).name for d in known}
    later = [d.day for d in every if d.day > as_of]
    return DecisionsPage(basis_of(ws, as_of), lines, names, len(later), max(later, default=None))


def lines_of(ws: Workspace, some: Sequence[Decision], as_of: dt.date) -> tuple[DecisionLine, ...]:
    """Decisions with what came of them by a date, the due ones first."""
    figures = _figures(ws, [d.expected for d in some], as_of)
    lines = []
    for decision in some:
        expected = decision.expected
        of_it = figures[expected.entity, expected.metric]
        outcome = read_back(expected, of_it, decision.day, as_of)
        standing: Standing = outcome.verdict
        if decision.withdrawal is not None:
            standing = "withdrawn"
        elif decision.is_due(as_of):
            standing = "due"
        lines.append(DecisionLine(decision.decision_id, decision, standing, outcome))
    lines.sort(key=lambda line: (_ORDER.index(line.standing), line.decision.review))
    return tuple(lines)


def known_decisions(ws: Workspace, as_of: dt.date) -> tuple[Decision, ...]:
    """Decisions that were recorded by a date."""
    return _table(ws).read(end_of_day(as_of))


def _table(ws: Workspace) -> DecisionTable:
    return DecisionTable(ws.folder / "lake" / "decisions")


def _of_segment(every: Sequence[Decision], segment: str | None) -> list[Decision]:
    return [d for d in every if segment is None or d.segment == segment]


def _subject(
    ws: Workspace, about: str, as_of: dt.date, progress: Progress
) -> tuple[Kind, str, str]:
    """What is decided on: its kind, its id and its segment."""
    segment = ws.config.find_segment(about)
    if segment is not None:
        return "direction", segment.id, segment.id
    try:
        finding = find_finding(ws, about.strip().lower(), as_of, progress)
    except InputError:
        ids = ", ".join(s.id for s in ws.config.segment)
        raise InputError(
            f"{about!r} is no finding of {as_of} and no segment. `howdah radar` lists ids of "
            f"findings (f...), which belong to its date; segments: {ids}."
        ) from None
    return "finding", finding.finding_id, finding.segment


def _resolved(
    ws: Workspace, expected: Expectation, definition: str | None, today: dt.date
) -> Expectation:
    """The expectation of a known metric and entity, under one definition."""
    metric = ws.metrics[expected.metric].id
    entity = ws.resolve(expected.entity).canonical_id
    known = _figures(ws, [replace(expected, metric=metric, entity=entity)], today)
    kinds = {(e.definition, e.unit, e.currency) for e in known[entity, metric]}
    told = ", ".join(sorted(repr(" ".join(filter(None, kind))) for kind in kinds))
    if definition is not None:
        # Of what nobody counts yet, any definition may be the one to come.
        wanted = {kind for kind in kinds or {(definition, "", "")} if kind[0] == definition}
        if not wanted:
            with given_as("definition"):
                raise UnknownNameError(
                    "definition", definition, {kind[0] for kind in kinds},
                    hint=f"{metric} of {expected.entity} is counted in these ways: {told}.",
                )  # fmt: skip
        kinds = wanted
    if len(kinds) > 1:
        with given_as("definition"):
            raise InputError(
                f"{metric} of {expected.entity} is counted in {len(kinds)} ways: {told}. Say which "
                "is expected: its definition (--definition)."
            )
    found = next(iter(kinds), ("", "", ""))
    return replace(
        expected, metric=metric, entity=entity, definition=found[0], unit=found[1],
        currency=found[2],
    )  # fmt: skip


def _figures(
    ws: Workspace, some: Sequence[Expectation], as_of: dt.date
) -> dict[tuple[str, str], list[Estimate]]:
    """Estimates of what is expected, by entity and metric, as they are known at a date."""
    found: dict[tuple[str, str], list[Estimate]] = {(e.entity, e.metric): [] for e in some}
    if not found:
        return found
    entities, metrics = ({key[n] for key in found} for n in (0, 1))
    seen = observations_at(
        ws, as_of, subjects=subjects_of(ws, sorted(entities)), metrics=sorted(metrics)
    )
    if seen.height:
        for estimate in to_records(levels_at(ws, as_of, seen.select(CELL)), ws.metrics):
            if (estimate.entity, estimate.metric) in found:
                found[estimate.entity, estimate.metric].append(estimate)
    return found
