"""Stories: the same event told by several texts is one, with all who told it.

Nothing is averaged and nobody is believed: a story keeps every claim, says how each is meant, and
contradictions are links between claims. A report and its denial are two claims of one story.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Literal

from howdah.core.wording import ACHIEVED, Modality
from howdah.documents.accounting import interval
from howdah.documents.claims import DocumentClaim
from howdah.documents.folding import fold

#: How far a story has come by its claims, the furthest first.
STANDINGS: tuple[Modality, ...] = (
    "asserted", "reported", "planned", "rumoured", "speculated", "hypothetical", "denied",
    "negated",
)  # fmt: skip
AGAINST: tuple[Modality, ...] = ("denied", "negated")

ContradictionKind = Literal["denial", "amount"]


@dataclass(frozen=True, slots=True)
class Story:
    """One event, or one figure, and the claims that tell of it in the order of their telling.

    Attributes
    ----------
    sources
        Who told it, once each: a source that three texts quote is one; a text without a named
        source is its own.
    modality
        The furthest that a claim goes: a plan that somebody asserts as done is asserted.
    is_disputed
        Some deny what others tell.
    """

    metric: str
    subject: str
    object: str
    claims: tuple[DocumentClaim, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Those who told it."""
        return tuple(dict.fromkeys(c.source or c.doc for c in self.claims))

    @property
    def modality(self) -> Modality:
        """How far it has come."""
        return min((c.modality for c in self.claims), key=STANDINGS.index)

    @property
    def is_disputed(self) -> bool:
        """Whether it is told and denied."""
        return {c.modality in AGAINST for c in self.claims} == {True, False}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two claims that cannot both hold.

    Attributes
    ----------
    kind
        denial (one tells what the other denies) or amount (two figures for one thing, further
        apart than their wording and rounding allow).
    """

    kind: ContradictionKind
    one: DocumentClaim
    other: DocumentClaim


def stories(claims: Iterable[DocumentClaim]) -> tuple[Story, ...]:
    """Events of any number of texts, each once, in the order of their first claims.

    Events are the same when relation and subject agree, objects agree or one contains the other,
    and no known periods lie apart. Claims of numbers and rejected ones are left out.
    """
    found: list[list[DocumentClaim]] = []
    for claim in claims:
        if claim.value_start is not None or claim.status == "rejected":
            continue
        same = next((told for told in found if all(is_same(claim, other) for other in told)), None)
        if same is None:
            found.append([claim])
        else:
            same.append(claim)
    return tuple(
        Story(told[0].metric, told[0].subject, max((c.object for c in told), key=len), tuple(told))
        for told in found
    )


def is_same(one: DocumentClaim, other: DocumentClaim) -> bool:
    """Whether two claims tell of one event."""
    if (one.metric, one.subject) != (other.metric, other.subject):
        return False
    a, b = fold(one.object).lower, fold(other.object).lower
    # A round's letters are no words: B is not B+.
    is_named = a == b if one.metric == "round" else a in b or b in a
    return is_named and is_joint(one, other)


def is_joint(one: DocumentClaim, other: DocumentClaim) -> bool:
    """Whether the periods of two claims have a day in common, as far as they are known."""
    first = max(one.period_start or date.min, other.period_start or date.min)
    return first <= min(one.period_end or date.max, other.period_end or date.max)


def contradictions(claims: Sequence[DocumentClaim]) -> tuple[Contradiction, ...]:
    """Denials of what others tell, and different figures for one thing."""
    kept = [c for c in claims if c.status != "rejected"]
    denials = [
        Contradiction("denial", one, other)
        for story in stories(kept)
        for one in story.claims
        for other in story.claims
        if one.modality not in AGAINST and other.modality in AGAINST
    ]
    figures = [c for c in kept if c.value_start is not None]
    denials += [
        Contradiction("denial", *sorted((one, other), key=lambda c: c.modality in AGAINST))
        for one, other in combinations(figures, 2)
        if _is_denied(one, other)
    ]
    amounts = [
        Contradiction("amount", one, other)
        for one, other in combinations(figures, 2)
        if _is_of_one(one, other) and _are_apart(one, other)
    ]
    return (*denials, *amounts)


def _is_of_one(one: DocumentClaim, other: DocumentClaim) -> bool:
    """Whether two figures are of one thing: of one day of a stock or one period of a flow.

    Figures without a period may be of any, but for the price of a company, which is bought once.
    """
    is_achieved = one.modality in ACHIEVED and other.modality in ACHIEVED
    is_dated = one.period_end is not None or one.metric == "acquisition_price"
    is_known = one.subject != "" and one.metric != "unclassified" and is_dated
    return is_achieved and is_known and _is_alike(one, other)


def _is_denied(one: DocumentClaim, other: DocumentClaim) -> bool:
    """Whether one tells a figure that the other denies."""
    is_told = (one.modality in AGAINST) != (other.modality in AGAINST)
    return is_told and one.subject != "" and _is_alike(one, other) and not _are_apart(one, other)


def _is_alike(one: DocumentClaim, other: DocumentClaim) -> bool:
    key = ("metric", "subject", "object", "unit", "currency", "period_start", "period_end")
    return all(getattr(one, k) == getattr(other, k) for k in key)


def _are_apart(one: DocumentClaim, other: DocumentClaim) -> bool:
    (a, b), (c, d) = interval(one), interval(other)
    return b < c or d < a
