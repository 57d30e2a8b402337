"""What writes: judgements and decisions, each appended and reversible."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from howdah.claims import Verdict
from howdah.claims.verdicts import ClaimVerdict
from howdah.core.entity import Judgement
from howdah.core.errors import given_as
from howdah.guidance.decisions import Decision
from howdah.market.market import Market
from howdah.surfaces.http.answers.asked import With, Written, extended, without_basis

if TYPE_CHECKING:
    from howdah.market.documents.judging import PassageJudged

Values = Mapping[str, Any]


class PairJudged(TypedDict):
    """A judgement of a pair that was recorded."""

    judgement_id: str


class VerdictId(TypedDict):
    """A verdict on a claim that was recorded."""

    verdict_id: str


class ClaimsJudged(TypedDict):
    """Verdicts that were recorded: one, or one for each claim of a group."""

    verdicts: list[With[Written[ClaimVerdict], VerdictId]]


class DecisionId(TypedDict):
    """A decision that was recorded, or taken back.

    Attributes
    ----------
    day
        On which that was, in UTC.
    """

    decision_id: str
    day: dt.date


def judge_pair(market: Market, values: Values) -> PairJudged:
    """Decide whether two entities are the same."""
    judgement = Judgement(values["judgement"])
    id_ = market.judge(
        values["left"], values["right"], judgement, by=values["by"], note=values["note"]
    )
    return {"judgement_id": id_}


def judge_claim(market: Market, values: Values) -> ClaimsJudged:
    """Keep or drop a claim, or all of a group of copies."""
    verdict = Verdict(values["verdict"])
    by, note = values["by"], values["note"]
    if "claim" in values:
        with given_as("claim"):
            said = [market.judge_claim(values["claim"], verdict, by=by, note=note)]
    else:
        with given_as("group"):
            said = list(market.judge_group(values["group"], verdict, by=by, note=note))
    return {
        "verdicts": [
            extended(without_basis(one), VerdictId(verdict_id=one.verdict_id)) for one in said
        ]
    }


def judge_passage(market: Market, values: Values) -> "Written[PassageJudged]":
    """Accept, correct or reject what a sentence was read as."""
    # What reads texts is loaded only where it is used.
    from howdah.market.documents.judging import PassageJudgement  # noqa: PLC0415

    word = values["word"]
    judged = market.judge_passage(
        values["passage"],
        PassageJudgement(values["judgement"]),
        by=values["by"],
        note=values["note"],
        fields=values["fields"] or None,
        word=None if word is None else (word["field"], word["text"]),
    )
    return without_basis(judged)


def decide(market: Market, values: Values) -> With[Written[Decision], DecisionId]:
    """Record a decision on a finding or a direction, or take one back."""
    if "withdraw" in values:
        made = market.withdraw_decision(values["withdraw"], by=values["by"], note=values["note"])
    else:
        made = market.decide(**values)
    day = made.day if made.withdrawal is None else made.withdrawal.recorded_at.date()
    return extended(without_basis(made), DecisionId(decision_id=made.decision_id, day=day))


WRITES: dict[str, Callable[[Market, Values], Mapping[str, Any]]] = {
    "judge_pair": judge_pair,
    "judge_claim": judge_claim,
    "judge_passage": judge_passage,
    "decide": decide,
}
