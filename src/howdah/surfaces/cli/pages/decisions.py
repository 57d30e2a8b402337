"""What `howdah decide` and `howdah decisions` answer: what was decided and what came of it."""

from collections.abc import Mapping
from pathlib import Path

from howdah.core.metrics import MetricRegistry
from howdah.guidance.expectations import Outcome
from howdah.market.pages import basis_text
from howdah.market.pages.decisions import (
    DecidedDirection,
    DecisionLine,
    DecisionsPage,
    expected_text,
    reading_text,
    unread_text,
)
from howdah.surfaces.cli.answer import named, write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Column, Screen
from howdah.surfaces.cli.words import counted, day_text, id_text


def run(segment: str | None, folder: Path | None, as_of: str | None, *, as_json: bool) -> None:
    """Answer with the decisions."""
    with opened(folder, "reading the market") as (market, _):
        page = market.decisions(segment=segment, as_of=as_of)
    if as_json:
        data = {key: value for key, value in named(page).items() if key != "basis"}
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    screen.heading("Decisions")
    draw_decisions(screen, page, market.metrics)
    screen.blank()
    screen.text(basis_text(page.basis), style="dim")
    screen.write()


def run_decide(
    about: str,
    folder: Path | None,
    as_of: str | None,
    *,
    what: str,
    owner: str,
    expect: str,
    review: str,
    definition: str | None,
    by: str,
    note: str,
    as_json: bool,
) -> None:
    """Record a decision and say how to see it."""
    with opened(folder, "reading the market") as (market, progress):
        made = market.decide(
            about,
            what=what,
            owner=owner,
            expect=expect,
            review=review,
            by=by,
            definition=definition,
            note=note,
            as_of=as_of,
            progress=progress,
        )
        default = market.as_of()
    if as_json:
        data = {"decision_id": made.decision_id, **named(made)}
        write_json(data, market=market.folder, as_of=made.known_by)
        return
    screen = Screen()
    whose = f" ({made.expected.definition})" if made.expected.definition else ""
    screen.text(
        f"Recorded as {made.decision_id}: {made.what}. Expected: {expect}{whose}; review on "
        f"{made.review}."
    )
    see = "" if made.day <= default else f" --as-of {made.day}"
    screen.text(
        f"It counts from {made.day}, the day on which it was decided. See it and what came of it: "
        f"howdah decisions{see}"
    )
    screen.write()


def run_withdraw(id_: str, folder: Path | None, *, by: str, note: str, as_json: bool) -> None:
    """Record that a decision holds no more."""
    with opened(folder, "reading the market") as (market, _):
        ended = market.withdraw_decision(id_, by=by, note=note)
    if as_json:
        write_json({"decision_id": ended.decision_id, **named(ended)}, market=market.folder)
        return
    screen = Screen()
    screen.text(f"Withdrawn: {ended.what} ({ended.decision_id}). Earlier dates still show it.")
    screen.write()


def draw_decisions(screen: Screen, page: DecisionsPage, metrics: MetricRegistry) -> None:
    """Each decision and what came of it; what was recorded later is counted."""
    if not page.lines:
        screen.text(
            f"None by {page.basis.as_of}, the date that is shown; what is decided counts from the "
            "day on which it is, and --as-of today shows that. Record one: howdah decide ID --what "
            'TEXT --owner ROLE --expect "METRIC of NAME at least NUMBER by DATE" --review DATE'
        )
    for line in page.lines:
        _draw_line(screen, page.names, metrics, line)
    if page.n_later:
        screen.blank()
        later = counted(page.n_later, "decision")
        screen.text(
            f"{later} after {page.basis.as_of}, the last on {page.last_later}: --as-of "
            f"{page.last_later} shows them."
        )


def _draw_line(
    screen: Screen, names: Mapping[str, str], metrics: MetricRegistry, line: DecisionLine
) -> None:
    made = line.decision
    screen.heading(f"{line.standing.capitalize()}: {made.what}")
    about = f"finding {made.about}" if made.kind == "finding" else "direction"
    where = f", {names.get(made.segment, made.segment)}" if made.segment else ""
    withdrawn = ""
    if made.withdrawal is not None:
        why = f": {made.withdrawal.note}" if made.withdrawal.note else ""
        withdrawn = f"{day_text(made.withdrawal.recorded_at)} by {made.withdrawal.by}{why}"
    whose = f" ({made.expected.definition})" if made.expected.definition else ""
    estimate = line.outcome.estimate
    screen.fields(
        [
            ("On", about + where),
            ("Decided", f"{made.day} by {made.decided_by}, on what was known by {made.known_by}"),
            ("Why", made.note),
            ("Owner", made.owner),
            ("Expected", expected_text(made.expected, names, metrics) + whose),
            ("Review", str(made.review)),
            ("Withdrawn", withdrawn),
            (
                "So far" if line.outcome.verdict == "open" else "Outcome",
                _outcome_text(line.outcome),
            ),
            ("Trail", f"howdah trail {id_text(estimate.claim_ids[0])}" if estimate else ""),
            ("Id", line.decision_id),
        ],
        indent=2,
    )


def _outcome_text(outcome: Outcome) -> str:
    """What came of it, with the figure and its interval."""
    figure, reason = reading_text(outcome), unread_text(outcome)
    if outcome.verdict == "open":
        return figure or reason or "no figure yet"
    said = f"{outcome.verdict}: {reason}" if reason else outcome.verdict
    return ", ".join(part for part in (said, figure) if part)


def draw_decided(
    screen: Screen, decided: tuple[DecidedDirection, ...], names: Mapping[str, str]
) -> None:
    """How directions did that were decided on."""
    screen.heading("Directions that were decided on")
    if not decided:
        screen.text("None by this date, so there is no record of what was acted on.")
        return
    rows = []
    for one in decided:
        growth, place = one.growth, one.place
        rows.append(
            [
                names.get(one.line.decision.segment, one.line.decision.segment),
                str(one.line.decision.day),
                one.line.decision.what,
                one.line.standing,
                "cannot tell: the year is not over, or not counted at both ends"
                if growth is None
                else f"{growth.value:+.1f} % ({growth.lower:+.1f} to {growth.upper:+.1f})",
                "–" if place is None else f"{100 * place:.0f} % of {len(one.others)}",
            ]
        )
    columns = [
        Column("Segment"),
        Column("Decided", is_whole=True),
        Column("What"),
        Column("Expected effect"),
        Column("Growth of the year after"),
        Column("More than", is_number=True),
    ]
    screen.table(columns, rows)
    screen.text(
        "More than: the share of the other segments under the same definition that grew less in "
        "that year. Of few decisions it says nothing about how well is decided.",
        style="dim",
    )
