"""Accounting checks: figures of one deal that should agree, and whether they do.

pre-money + amount = post-money, and amount / post-money = stake. Each side is an interval as
worded; the check fails when the intervals do not meet.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from howdah.core.calendar import Period
from howdah.core.wording import ACHIEVED

Interval = tuple[float | None, float | None]


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
        Whether they meet.
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


def check_identities(claims: pl.DataFrame) -> list[IdentityCheck]:
    """Check every deal whose figures are all stated.

    Parameters
    ----------
    claims
        Claims with entities, rumours and plans included: ``entity, entity_name, metric,
        currency, value_low, value_high, valid_from, valid_to, precision, modality, object,
        claim_id``.
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
    groups = figures.drop_nulls("standing").group_by(["entity", "standing"], maintain_order=True)
    for (_, standing), group in groups:
        amounts = list(group.filter(pl.col("metric") == "amount_raised").iter_rows(named=True))
        for amount in amounts:
            checks.extend(_checks_of(amount, group, is_planned=standing == "planned"))
    return checks


def _checks_of(
    amount: dict[str, object], group: pl.DataFrame, *, is_planned: bool
) -> Iterator[IdentityCheck]:
    posts = list(_partners(amount, group, "valuation_post_money"))
    for post in posts:
        for stake in _partners(amount, group, "stake"):
            yield _check(
                "stake", is_planned, (amount, post, stake), _ratio(_ends(amount), _ends(post))
            )
        for pre in _partners(amount, group, "valuation_pre_money"):
            yield _check("post_money", is_planned, (amount, pre, post), _sum(amount, pre))


def _partners(
    amount: dict[str, object], group: pl.DataFrame, metric: str
) -> Iterator[dict[str, object]]:
    """Figures of the same deal: periods that meet, no two different counterparties."""
    for row in group.filter(pl.col("metric") == metric).iter_rows(named=True):
        same_money = not row["currency"] or row["currency"] == amount["currency"]
        parties = {row["object"], amount["object"]} - {""}
        starts = max(str(row["valid_from"] or ""), str(amount["valid_from"] or ""))
        ends = min(str(row["valid_to"] or "9999"), str(amount["valid_to"] or "9999"))
        if same_money and len(parties) <= 1 and starts <= ends:
            yield row


def _check(
    identity: str,
    is_planned: bool,  # noqa: FBT001 - private, named at each call by its group
    parts: tuple[dict[str, object], ...],
    computed: Interval,
) -> IdentityCheck:
    amount, stated = parts[0], parts[-1]
    ends = _ends(stated)
    low = max(x for x in (computed[0], ends[0], float("-inf")) if x is not None)
    high = min(x for x in (computed[1], ends[1], float("inf")) if x is not None)
    return IdentityCheck(
        entity=str(amount["entity"]),
        name=str(amount["entity_name"]),
        identity=identity,
        counterparty=next((str(p["object"]) for p in parts if p["object"]), ""),
        is_planned=is_planned,
        currency=str(amount["currency"]),
        period=Period(amount["valid_from"], amount["valid_to"], amount["precision"]),  # type: ignore[arg-type]
        computed=computed,
        stated=ends,
        agrees=low <= high,
        claim_ids=tuple(sorted(str(part["claim_id"]) for part in parts)),
    )


def _ends(row: dict[str, object]) -> Interval:
    low, high = row["value_low"], row["value_high"]
    return (
        float(low) if isinstance(low, (int, float)) else None,
        float(high) if isinstance(high, (int, float)) else None,
    )


def _ratio(part: Interval, whole: Interval) -> Interval:
    """Percent that `part` is of `whole`."""
    low = 100 * part[0] / whole[1] if part[0] is not None and whole[1] else None
    high = 100 * part[1] / whole[0] if part[1] is not None and whole[0] else None
    return low, high


def _sum(left: dict[str, object], right: dict[str, object]) -> Interval:
    ends = zip(_ends(left), _ends(right), strict=True)
    low, high = ((a + b if a is not None and b is not None else None) for a, b in ends)
    return low, high
