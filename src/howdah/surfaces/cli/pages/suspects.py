"""What `howdah review --suspects` and `howdah judge CLAIM` answer: what is held to be wrong."""

import datetime as dt
import re
from pathlib import Path

from howdah.claims import Verdict
from howdah.core.errors import UnknownNameError
from howdah.core.metrics import MetricRegistry
from howdah.core.phrases import interval_text, metric_title
from howdah.market import Market
from howdah.market.pages import SuspectClaim, Suspects, basis_text, said_text
from howdah.surfaces.cli.answer import write_json
from howdah.surfaces.cli.answering import opened
from howdah.surfaces.cli.screen import Screen
from howdah.surfaces.cli.words import counted, day_text, doubt_text, id_text, period_text

#: Ids of groups of copies; those of claims have no g.
_GROUP = re.compile(r"g[0-9a-f]{6,12}", re.IGNORECASE)


def run(folder: Path | None, as_of: str | None, *, limit: int | None, as_json: bool) -> None:
    """Answer with the first `limit` suspect claims."""
    with opened(folder, "looking for suspects") as (market, _):
        page = market.suspects(as_of, limit=limit)
    if as_json:
        data = {
            "n_entries": page.n_entries,
            "n_suspects": page.n_suspects,
            "n_followed": page.n_followed,
            "n_judged": page.n_judged,
            "suspects": page.rows(),
        }
        write_json(data, market=market.folder, basis=page.basis)
        return
    screen = Screen()
    draw_suspects(screen, market, page)
    screen.write()


def draw_suspects(screen: Screen, market: Market, page: Suspects) -> None:
    """The queue as text."""
    screen.heading(_title(page))
    for n, suspect in enumerate(page.suspects, start=1):
        said = suspect.statement
        screen.blank()
        if suspect.group:
            _draw_group(screen, market, suspect, n)
            continue
        head = f"{suspect.name}, {metric_title(market.metrics, said.metric)}"
        screen.text(f"{head}, {period_text(said.period)}", indent=4, first=f"{n}.", style="bold")
        screen.fields(
            [
                ("Said", f"{said_text(said)} by {said.source}, {day_text(said.published_at)}"),
                ("Because", doubt_text(said)),
                ("Original", suspect.original),
                ("Level", _level_text(suspect, market.metrics)),
                ("Followed", "yes" if suspect.is_followed else ""),
                ("Claim", id_text(said.claim_id)),
            ],
            indent=4,
        )
    if page.suspects:
        screen.blank()
        if len(page.suspects) < page.n_entries:
            more = page.n_entries - len(page.suspects)
            screen.text(f"{counted(more, 'entry', 'entries')} not shown; --limit 0 shows all")
        first = page.suspects[0]
        id_ = first.group or id_text(first.statement.claim_id)
        screen.text(f"Decide with: howdah judge {id_} keep, or drop", hang=2)
        screen.text(
            "What is kept counts whatever the rules say, what is dropped does not. No claim is "
            "rewritten, and a later judgement takes it back.",
            style="dim",
        )
    screen.blank()
    screen.text(basis_text(page.basis), style="dim")


def _draw_group(screen: Screen, market: Market, suspect: SuspectClaim, n: int) -> None:
    """All copies of one metric that a source makes of another, as one entry."""
    said = suspect.statement
    head = f"{said.source} repeats {suspect.original}, {metric_title(market.metrics, said.metric)}"
    example = f"{said_text(said)} of {suspect.name}, {period_text(said.period)}"
    first, last = period_text(suspect.first_period), period_text(suspect.last_period)
    screen.text(head, indent=4, first=f"{n}.", style="bold")
    screen.fields(
        [
            ("Claims", f"{suspect.n_claims:,}, {first if first == last else f'{first} to {last}'}"),
            ("Because", doubt_text(said)),
            ("Such as", f"{example} ({id_text(said.claim_id)})"),
            ("Followed", "some" if suspect.is_followed else ""),
            ("Group", suspect.group),
        ],
        indent=4,
    )


def _title(page: Suspects) -> str:
    judged = f"; {counted(page.n_judged, 'claim')} judged already" if page.n_judged else ""
    if not page.n_suspects:
        return f"No claim is suspect{judged}"
    touching = f", {page.n_followed:,} of them about what you follow" if page.n_followed else ""
    entries = f" in {counted(page.n_entries, 'entry', 'entries')}"
    grouped = entries if page.n_entries < page.n_suspects else ""
    return f"{counted(page.n_suspects, 'suspect claim')}{grouped} to judge{touching}{judged}"


def _level_text(suspect: SuspectClaim, metrics: MetricRegistry) -> str:
    if suspect.level is None or suspect.statement.metric not in metrics:
        return ""
    said = suspect.statement
    ends = suspect.lower, suspect.upper
    return f"{interval_text(suspect.level, *ends, said.unit, said.currency)} without it"


def judge(
    claim: str, verdict: str, by: str, note: str, folder: Path | None, *, as_json: bool
) -> None:
    """Record a verdict on a claim and say so."""
    known = [str(known) for known in Verdict]
    if verdict not in known:
        raise UnknownNameError(
            "judgement of a claim",
            verdict,
            known,
            hint="Give keep or drop; same, different and unsure are of two entities.",
        )
    if _GROUP.fullmatch(claim.strip()):
        _judge_group(claim.strip(), Verdict(verdict), by, note, folder, as_json=as_json)
        return
    with opened(folder, "recording the judgement") as (market, _):
        said = market.judge_claim(claim, Verdict(verdict), by=by, note=note)
        answered = market.as_of()
    is_seen = said.recorded_at.date() <= answered
    if as_json:
        data = {
            "verdict_id": said.verdict_id,
            "claim_id": said.claim_id,
            "verdict": verdict,
            "judged_by": by,
            "note": note,
            "recorded_at": said.recorded_at,
            "is_seen": is_seen,
        }
        write_json(data, market=market.folder)
        return
    screen = Screen()
    done = {"keep": "is kept", "drop": "is dropped"}[verdict]
    screen.text(f"Recorded {said.verdict_id}: claim {id_text(said.claim_id)} {done}, by {by}.")
    _draw_effect(screen, answered, is_seen=is_seen)
    screen.write()


def _judge_group(
    group: str, verdict: Verdict, by: str, note: str, folder: Path | None, *, as_json: bool
) -> None:
    """Record a verdict on every claim of a group and say so."""
    with opened(folder, "recording the judgements") as (market, _):
        said = market.judge_group(group, verdict, by=by, note=note)
        answered = market.as_of()
    recorded_at = said[0].recorded_at
    is_seen = recorded_at.date() <= answered
    if as_json:
        data = {
            "group": group,
            "claim_ids": [one.claim_id for one in said],
            "verdict": str(verdict),
            "judged_by": by,
            "note": note,
            "recorded_at": recorded_at,
            "is_seen": is_seen,
        }
        write_json(data, market=market.folder)
        return
    screen = Screen()
    done = {"keep": "kept", "drop": "dropped"}[verdict.value]
    screen.text(f"Recorded: {counted(len(said), 'claim')} of group {group} {done}, by {by}.")
    _draw_effect(screen, answered, is_seen=is_seen)
    screen.write()


def _draw_effect(screen: Screen, answered: dt.date, *, is_seen: bool) -> None:
    if is_seen:
        screen.text("Findings and estimates follow it from the next read on.")
    else:
        screen.text(
            f"The market answers as of {answered}, before this judgement. To see it: "
            "--as-of today.",
            hang=2,
        )
