"""Accounting: figures of one subject that ought to add up, and those that do not.

A figure as worded is an interval: as wide as its words say, and by half of its last written digit
on each side. Figures add up when some values inside of their intervals do, so nothing that rounding
explains is flagged. What is flagged is not corrected: one of the figures is wrong, read wrongly, or
of something else.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from howdah.core.wording import ACHIEVED
from howdah.documents.claims import DocumentClaim

Interval = tuple[float, float]

_DIGITS = re.compile(r"\d[\d,,]*(?:\.(\d+))?")
_PERCENT = 100.0
_ROUND = ("valuation_pre_money", "amount_raised", "valuation_post_money", "stake")


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Figures that do not add up.

    Attributes
    ----------
    rule
        pre_and_amount (pre-money and amount make post-money), amount_and_stake (the amount is that
        share of post-money), parts_and_total, or shares (they come to more than all).
    claims
        Figures that the rule takes, the one that they should come to last.
    expected
        Interval that the others allow it, in its own unit.
    found
        Interval that it states.
    """

    rule: str
    claims: tuple[DocumentClaim, ...]
    expected: Interval
    found: Interval


def discrepancies(claims: Iterable[DocumentClaim]) -> tuple[Discrepancy, ...]:
    """Everything that does not add up among claims of any number of texts.

    Only claims of what was achieved count, and those that the gate let pass.
    """
    told = [
        c for c in claims
        if c.modality in ACHIEVED and c.status != "rejected" and c.value_start is not None
    ]  # fmt: skip
    return (*_rounds(told), *_parts(told), *_shares(told))


def interval(claim: DocumentClaim) -> Interval:
    """Values that a claim's number may have: as worded and as rounded; open ends are infinite.

    Raises
    ------
    ValueError
        The claim has no number.

    Examples
    --------
    >>> interval(DocumentClaim(value=85e6, value_surface="€85 million"))
    (84500000.0, 85500000.0)
    >>> interval(DocumentClaim(value_low=1.3e6, value_high=1.4e6, value_surface="130多万"))
    (1300000.0, 1400000.0)
    """
    if claim.value is not None:
        half = rounding(claim.value, claim.value_surface)
        return claim.value - half, claim.value + half
    if claim.value_low is None and claim.value_high is None:
        raise ValueError(f"A claim of {claim.metric} has no number; events have no interval.")
    low = -math.inf if claim.value_low is None else claim.value_low
    return low, math.inf if claim.value_high is None else claim.value_high


def rounding(value: float, surface: str) -> float:
    """Half of the last digit that a number is written with.

    A whole number without a word of scale may end in zeros that are none of its digits: 4,000 is
    rounded to a thousand, 4 million to a million.

    Examples
    --------
    >>> rounding(1.9e9, "$1.9 billion"), rounding(4000, "4,000"), rounding(1124, "1124")
    (50000000.0, 500.0, 0.5)
    """
    found = _DIGITS.search(surface)
    written = float(re.sub(r"[^\d.]", "", found[0])) if found else 0.0
    if found is None or not written or not value:
        return _last_digit(value) / 2
    scale = abs(value) / written
    if found[1]:
        return scale * 10.0 ** -len(found[1]) / 2
    return (scale if scale > 1 else _last_digit(value)) / 2


def _last_digit(value: float) -> float:
    """Place of the last digit of a whole number that is not zero; 0 of other numbers."""
    whole = round(abs(value))
    if not whole or not math.isclose(whole, abs(value)):
        return 0.0
    digits = str(whole)
    return 10.0 ** (len(digits) - len(digits.rstrip("0")))


def check_total(
    parts: Sequence[DocumentClaim], total: DocumentClaim, *, is_whole: bool = True
) -> Discrepancy | None:
    """Whether parts make up a total; None when they may.

    Parameters
    ----------
    is_whole
        All parts are there. Otherwise they may come to less, and not to more.

    Raises
    ------
    ValueError
        There are no parts, or units or currencies differ.
    """
    if not parts:
        raise ValueError("There are no parts to add.")
    if {(c.unit, c.currency) for c in (*parts, total)} != {(total.unit, total.currency)}:
        raise ValueError(
            "Parts and total are in different units or currencies; convert them first."
        )
    ends = [interval(c) for c in parts]
    expected = sum(low for low, _ in ends), sum(high for _, high in ends)
    if not is_whole:
        expected = expected[0], math.inf
    return _compared("parts_and_total", (*parts, total), expected)


def _compared(
    rule: str, claims: tuple[DocumentClaim, ...], expected: Interval
) -> Discrepancy | None:
    found = interval(claims[-1])
    meets = expected[0] <= found[1] and found[0] <= expected[1]
    return None if meets else Discrepancy(rule, claims, expected, found)


def _rounds(claims: Sequence[DocumentClaim]) -> Iterator[Discrepancy]:
    """Rounds of a subject in one text and period; each figure must fit some of the others."""
    groups: dict[tuple[object, ...], dict[str, list[DocumentClaim]]] = {}
    for claim in claims:
        if claim.metric in _ROUND:
            key = (claim.doc, claim.subject, claim.period_start, claim.period_end)
            groups.setdefault(key, defaultdict(list))[claim.metric].append(claim)
    for told in groups.values():
        before, raised, after, stakes = (told[metric] for metric in _ROUND)
        for post in after:
            sums = [
                _compared("pre_and_amount", (pre, amount, post), _sum(pre, amount))
                for pre, amount in product(before, raised)
                if pre.currency == amount.currency == post.currency
            ]
            if sums and None not in sums:
                yield from (found for found in sums[:1] if found)
        for stake in stakes:
            shares = [
                _compared("amount_and_stake", (amount, post, stake), _share(amount, post))
                for amount, post in product(raised, after)
                if amount.currency == post.currency and _is_together(amount, stake)
            ]
            if shares and None not in shares:
                yield from (found for found in shares[:1] if found)


def _is_together(one: DocumentClaim, other: DocumentClaim) -> bool:
    """Whether two figures stand in one sentence: a stake may be bought with another amount."""
    return (one.start, one.end) == (other.start, other.end)


def _sum(one: DocumentClaim, other: DocumentClaim) -> Interval:
    (a, b), (c, d) = interval(one), interval(other)
    return a + c, b + d


def _share(part: DocumentClaim, whole: DocumentClaim) -> Interval:
    (a, b), (c, d) = interval(part), interval(whole)
    low = 0.0 if math.isinf(d) else a / d * _PERCENT
    return max(low, 0.0), b / c * _PERCENT if c > 0 else math.inf


def _parts(claims: Sequence[DocumentClaim]) -> Iterator[Discrepancy]:
    """Parts of a subject's total in one text, which may not come to more than it."""
    totals: dict[tuple[object, ...], DocumentClaim] = {}
    parts: dict[tuple[object, ...], dict[str, DocumentClaim]] = defaultdict(dict)
    for claim in claims:
        if claim.unit in {"percent", "points", "rank", "times"} or claim.metric == "unclassified":
            continue
        key: tuple[object, ...] = (
            claim.doc, claim.subject, claim.metric, claim.unit, claim.currency,
            claim.period_start, claim.period_end,
        )  # fmt: skip
        if claim.object:
            parts[key].setdefault(claim.object, claim)
        else:
            totals.setdefault(key, claim)
    for key, named in parts.items():
        if key in totals and len(named) > 1:
            found = check_total(tuple(named.values()), totals[key], is_whole=False)
            if found is not None:
                yield found


def _shares(claims: Sequence[DocumentClaim]) -> Iterator[Discrepancy]:
    """Shares of one market in one text and period, which may not come to more than all of it."""
    markets: dict[tuple[object, ...], dict[str, DocumentClaim]] = defaultdict(dict)
    for claim in claims:
        if claim.metric == "market_share" and claim.unit == "percent" and claim.subject:
            key = (claim.doc, claim.object, claim.period_start, claim.period_end, claim.start)
            markets[key].setdefault(claim.subject, claim)
    for named in markets.values():
        low = sum(interval(c)[0] for c in named.values())
        if low > _PERCENT and len(named) > 1:
            told = tuple(named.values())
            left = _PERCENT - (low - interval(told[-1])[0])
            yield Discrepancy("shares", told, (0.0, left), interval(told[-1]))
