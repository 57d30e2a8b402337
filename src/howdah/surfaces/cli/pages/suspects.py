"""What `howdah review --suspects` and `howdah judge CLAIM` answer: what is held to be wrong."""

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


def run(folder: Path | None, as_of: str | None, *, limit: int | None, as_json: bool) -> None:
    """Answer with the first `limit` suspect claims."""
    with opened(folder, "looking for suspects") as (market, _):
        page = market.suspects(as_of, limit=limit)
    if as_json:
        data = {
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
        head = f"{suspect.name}, {metric_title(market.metrics, said.metric)}"
        screen.blank()
        screen.text(f"{head}, {period_text(said.period)}", indent=4, first=f"{n}.", style="bold")
        screen.fields(
            [
                ("Said", f"{said_text(said)} by {said.source}, {day_text(said.published_at)}"),
                ("Because", doubt_text(said)),
                ("Level", _level_text(suspect, market.metrics)),
                ("Followed", "yes" if suspect.is_followed else ""),
                ("Claim", id_text(said.claim_id)),
            ],
            indent=4,
        )
    if page.suspects:
        screen.blank()
        if len(page.suspects) < page.n_suspects:
            more = page.n_suspects - len(page.suspects)
            screen.text(f"and {more:,} more; --limit 0 shows all")
        first = id_text(page.suspects[0].statement.claim_id)
        screen.text(f"Decide with: howdah judge {first} keep, or drop", hang=2)
        screen.text(
            "What is kept counts whatever the rules say, what is dropped does not. No claim is "
            "rewritten, and a later judgement takes it back.",
            style="dim",
        )
    screen.blank()
    screen.text(basis_text(page.basis), style="dim")


def _title(page: Suspects) -> str:
    judged = f"; {counted(page.n_judged, 'claim')} judged already" if page.n_judged else ""
    if not page.n_suspects:
        return f"No claim is suspect{judged}"
    touching = f", {page.n_followed:,} of them about what you follow" if page.n_followed else ""
    return f"{counted(page.n_suspects, 'suspect claim')} to judge{touching}{judged}"


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
    if is_seen:
        screen.text("Findings and estimates follow it from the next read on.")
    else:
        screen.text(
            f"The market answers as of {answered}, before this judgement. To see it: "
            "--as-of today.",
            hang=2,
        )
    screen.write()
