"""Accounting checks: figures of one deal that should agree, and whether they do.

pre-money + amount = post-money, and amount / post-money = stake. Each side is an interval as
worded; the check fails when the intervals do not meet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from howdah.core.calendar import Period
from howdah.core.wording import ACHIEVED

Interval = tuple[float | None, float | None]

#: A row of claims. Any: its columns are of many types, checked where the claim was made.
Row = dict[str, Any]

#: Figures in words are rounded to two digits or so: sides that miss each other by less than this
#: share of them still agree.
ROUNDING = 0.02


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """One identity, computed from two figures and held against a third.

    Attributes
    ----------
    identity
        ``stake`` (amount / post-money) or ``post_money`` (pre-money + amount).
    is_planned
        Whether the figures are planned terms; planned and done are never checked together.
    computed, stated
        Intervals: percent for a stake, `currency` for money.
    agrees
        Whether they meet, or miss each other by no more than rounding.
    is_public
        Whether all three figures are public. A check that rests on a rumour or a leak may be
        shown beside it, and never feeds a finding.
    """

    entity: str
    name: str
    identity: str
    counterparty: str
    is_planned: bool
    currency: str
    period: Period
    computed: Interval
    stated: Interval
    agrees: bool
    claim_ids: tuple[str, ...]
    is_public: bool = True


def check_identities(claims: pl.DataFrame) -> list[IdentityCheck]:
    """Check every deal whose figures are all stated.

    Figures are of one deal when they are of one entity and one currency, their periods meet, and
    no two of them name different counterparties. A denied, rumoured or hypothetical figure is
    checked against nothing.

    Parameters
    ----------
    claims
        Claims with entities: ``entity, entity_name, metric, currency, value_low, value_high,
        valid_from, valid_to, precision, modality, object, sensitivity, claim_id``.
    """
    names = ("amount_raised", "valuation_pre_money", "valuation_post_money", "stake")
    figures = claims.filter(pl.col("metric").is_in(names)).with_columns(
        pl.when(pl.col("modality").is_in(ACHIEVED))
        .then(pl.lit("done"))
        .when(pl.col("modality") == "planned")
        .then(pl.lit("planned"))
        .alias("standing")
    )
    checks: list[IdentityCheck] = []
    ordered = figures.drop_nulls("standing").sort("entity", "standing", "claim_id")
    for (_, standing), group in ordered.group_by(["entity", "standing"], maintain_order=True):
        rows = list(group.iter_rows(named=True))
        for amount in (row for row in rows if row["metric"] == "amount_raised"):
            checks.extend(_checks_of(amount, rows, is_planned=standing == "planned"))
    return checks


def _checks_of(amount: Row, rows: list[Row], *, is_planned: bool) -> Iterator[IdentityCheck]:
    of = {
        metric: [row for row in rows if row["metric"] == metric]
        for metric in ("valuation_pre_money", "valuation_post_money", "stake")
    }
    for post in of["valuation_post_money"]:
        for stake in of["stake"]:
            if _same_deal(amount, post, stake):
                computed = _ratio(_ends(amount), _ends(post))
                yield _check("stake", (amount, post, stake), computed, is_planned=is_planned)
        for pre in of["valuation_pre_money"]:
            if _same_deal(amount, pre, post):
                computed = _sum(_ends(amount), _ends(pre))
                yield _check("post_money", (amount, pre, post), computed, is_planned=is_planned)


def _same_deal(*rows: Row) -> bool:
    money = {row["currency"] for row in rows if row["metric"] != "stake"}
    parties = {row["object"] for row in rows} - {""}
    starts = [row["valid_from"] for row in rows if row["valid_from"] is not None]
    ends = [row["valid_to"] for row in rows if row["valid_to"] is not None]
    meet = not starts or not ends or max(starts) <= min(ends)
    return len(money) == 1 and len(parties) <= 1 and meet


def _check(
    identity: str, parts: tuple[Row, ...], computed: Interval, *, is_planned: bool
) -> IdentityCheck:
    amount, stated = parts[0], _ends(parts[-1])
    low = max((x for x in (computed[0], stated[0]) if x is not None), default=float("-inf"))
    high = min((x for x in (computed[1], stated[1]) if x is not None), default=float("inf"))
    return IdentityCheck(
        entity=amount["entity"],
        name=amount["entity_name"],
        identity=identity,
        counterparty=next((p["object"] for p in parts if p["object"]), ""),
        is_planned=is_planned,
        currency=amount["currency"],
        period=Period(amount["valid_from"], amount["valid_to"], amount["precision"]),
        computed=computed,
        stated=stated,
        agrees=low <= high * (1 + ROUNDING),
        claim_ids=tuple(sorted(part["claim_id"] for part in parts)),
        is_public=all(part["sensitivity"] == "public" for part in parts),
    )


def _ends(row: Row) -> Interval:
    return row["value_low"], row["value_high"]


def _ratio(part: Interval, whole: Interval) -> Interval:
    """Percent that `part` is of `whole`."""
    low = 100 * part[0] / whole[1] if part[0] is not None and whole[1] else None
    high = 100 * part[1] / whole[0] if part[1] is not None and whole[0] else None
    return low, high


def _sum(left: Interval, right: Interval) -> Interval:
    ends = zip(left, right, strict=True)
    low, high = ((a + b if a is not None and b is not None else None) for a, b in ends)
    return low, high
