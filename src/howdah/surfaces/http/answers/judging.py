"""What writes: judgements and decisions, each appended and reversible."""

from collections.abc import Callable, Mapping
from typing import Any

from howdah.claims import Verdict
from howdah.core.entity import Judgement
from howdah.core.plain import plain
from howdah.market.market import Market

Values = Mapping[str, Any]


def judge_pair(market: Market, values: Values) -> dict[str, Any]:
    """Decide whether two entities are the same."""
    judgement = Judgement(values["judgement"])
    id_ = market.judge(
        values["left"], values["right"], judgement, by=values["by"], note=values["note"]
    )
    return {"judgement_id": id_}


def judge_claim(market: Market, values: Values) -> dict[str, Any]:
    """Keep or drop a claim, or all of a group of copies."""
    verdict = Verdict(values["verdict"])
    by, note = values["by"], values["note"]
    if "claim" in values:
        said = [market.judge_claim(values["claim"], verdict, by=by, note=note)]
    else:
        said = list(market.judge_group(values["group"], verdict, by=by, note=note))
    return {"verdicts": [{"verdict_id": one.verdict_id, **plain(one)} for one in said]}


def judge_passage(market: Market, values: Values) -> dict[str, Any]:
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
    found: dict[str, Any] = plain(judged)
    return found


def decide(market: Market, values: Values) -> dict[str, Any]:
    """Record a decision on a finding or a direction, or take one back."""
    if "withdraw" in values:
        made = market.withdraw_decision(values["withdraw"], by=values["by"], note=values["note"])
    else:
        made = market.decide(**values)
    day = made.day if made.withdrawal is None else made.withdrawal.recorded_at.date()
    return {"decision_id": made.decision_id, "day": day, **plain(made)}


WRITES: dict[str, Callable[[Market, Values], dict[str, Any]]] = {
    "judge_pair": judge_pair,
    "judge_claim": judge_claim,
    "judge_passage": judge_passage,
    "decide": decide,
}
