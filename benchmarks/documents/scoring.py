"""Scores of claims against labels: by depth, by field, by trap and by language.

A claim and a label of a number belong together when their numbers overlap; of several pairs the
one that agrees in more fields is taken, and each claim and each label is used once. Events belong
together when their metric and subject agree.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from articles import Article, Label
from speakers import is_same_source

from howdah.core.wording import ACHIEVED
from howdah.documents.claims import DocumentClaim

#: Depths of a number's claim: each asks for all fields of the one before and its own.
DEPTHS = ("value+unit", "with metric", "with subject", "strict")

#: Fields that "strict" asks for beside the value, unit, metric and subject.
_OTHERS = ("period", "modality", "source", "source_type", "object")
FIELDS = ("value", "unit", "currency", "metric", "subject", *_OTHERS)

#: First day, last day and precision; a day is None where open.
Period = tuple[date | None, date | None, str]

_TOLERANCE = 1e-3
_LEAST_OVERLAP = 2


@dataclass(slots=True)
class Score:
    """Counts of one group of articles."""

    n_labels: int = 0
    n_claims: int = 0
    n_pairs: int = 0
    right: Counter = field(default_factory=Counter)  # type: ignore[type-arg]
    n_events: int = 0
    n_told_events: int = 0
    right_events: int = 0
    n_events_not_achieved: int = 0
    n_events_as_asserted: int = 0
    n_not_achieved: int = 0
    n_as_asserted: int = 0
    n_unreal: int = 0
    n_accepted: int = 0
    n_stored_as_asserted: int = 0

    def add(self, other: "Score") -> None:
        """Add the counts of another group."""
        for name in ("n_labels", "n_claims", "n_pairs", "n_events", "n_told_events",
                     "right_events", "n_events_not_achieved", "n_events_as_asserted",
                     "n_not_achieved", "n_as_asserted", "n_unreal", "n_accepted",
                     "n_stored_as_asserted"):  # fmt: skip
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.right.update(other.right)

    def row(self) -> dict[str, object]:
        """Precision and recall by depth, and the share of pairs right in each field."""
        row: dict[str, object] = {"labels": self.n_labels, "claims": self.n_claims}
        for depth in DEPTHS:
            row[f"{depth} P"] = _share(self.right[depth], self.n_claims)
            row[f"{depth} R"] = _share(self.right[depth], self.n_labels)
        row["events P"] = _share(self.right_events, self.n_told_events)
        row["events R"] = _share(self.right_events, self.n_events)
        row["events not achieved as asserted"] = _share(
            self.n_events_as_asserted, self.n_events_not_achieved
        )
        row["not achieved as asserted"] = _share(self.n_as_asserted, self.n_not_achieved)
        row["stored as asserted"] = _share(self.n_stored_as_asserted, self.n_unreal)
        row["of accepted not achieved"] = _share(self.n_stored_as_asserted, self.n_accepted)
        return row

    def fields(self) -> dict[str, object]:
        """Share of pairs right in each field."""
        return {name: _share(self.right[name], self.n_pairs) for name in FIELDS}


def score(article: Article, claims: Iterable[DocumentClaim]) -> Score:
    """Score of the claims of one article that were not rejected."""
    kept = [c for c in claims if c.status != "rejected"]
    numbers = [c for c in kept if c.value_start is not None]
    labels = [label for label in article.labels if label.start is not None]
    found = Score(n_labels=len(labels), n_claims=len(numbers))
    found.n_unreal = sum(label.modality not in ACHIEVED for label in labels)
    found.n_accepted = sum(c.status == "accepted" for c in numbers)
    for claim, label in pairs(numbers, labels):
        found.n_pairs += 1
        agreed = agreement(claim, label)
        found.right.update(agreed)
        found.right.update(depths(agreed))
        if label.modality not in ACHIEVED:
            found.n_not_achieved += 1
            is_told = claim.modality in ACHIEVED
            found.n_as_asserted += is_told
            found.n_stored_as_asserted += is_told and claim.status == "accepted"
    _score_events(found, article, [c for c in kept if c.value_start is None])
    return found


def pairs(
    claims: Sequence[DocumentClaim], labels: Sequence[Label]
) -> list[tuple[DocumentClaim, Label]]:
    """Claims and labels of one number, those that agree most first."""
    scored = [
        (len(agreement(c, label)), -n, -m)
        for n, c in enumerate(claims)
        for m, label in enumerate(labels)
        if c.value_start is not None and c.value_end is not None
        and label.start is not None and label.end is not None
        and c.value_start < label.end and label.start < c.value_end
    ]  # fmt: skip
    taken_claims, taken_labels, found = set(), set(), []
    for _, n, m in sorted(scored, reverse=True):
        if n not in taken_claims and m not in taken_labels:
            taken_claims.add(n)
            taken_labels.add(m)
            found.append((claims[-n], labels[-m]))
    return found


def agreement(claim: DocumentClaim, label: Label) -> set[str]:
    """Fields in which a claim agrees with a label."""
    tests = {
        "value": _is_value(claim, label),
        "unit": claim.unit == label.unit,
        "currency": claim.currency == label.currency,
        "metric": claim.metric in {label.metric, label.also or label.metric},
        "subject": claim.subject == label.subject,
        "period": is_period(
            (claim.period_start, claim.period_end, claim.period_precision), label.period
        ),
        "modality": claim.modality == label.modality,
        "source": is_same_source(claim.source, claim.source_type, label),
        "source_type": claim.source_type == label.source_type,
        "object": _is_object(claim, label),
    }
    return {name for name, agrees in tests.items() if agrees}


def depths(agreed: set[str]) -> list[str]:
    """Depths that agreed fields reach."""
    needed = (("value", "unit", "currency"), ("metric",), ("subject",), _OTHERS)
    reached = []
    for depth, names in zip(DEPTHS, needed, strict=True):
        if not agreed.issuperset(names):
            break
        reached.append(depth)
    return reached


def is_period(told: Period, labelled: Period) -> bool:
    """Whether two periods mean one.

    A stock at a date is labelled in Chinese with an open start and in English with that day twice.
    So where a start is open the ends decide, and the other period must be open too or a day: the
    flow of a year is no stock at its end.
    """
    if None not in (told[0], labelled[0]):
        return told == labelled
    return told[1] == labelled[1] and all(
        first in {None, last} for first, last, _ in (told, labelled)
    )


def _is_value(claim: DocumentClaim, label: Label) -> bool:
    if claim.comparator != label.comparator:
        return False
    low, high = claim.value_low, claim.value_high
    if claim.value is not None and low is None and high is None:
        low = high = claim.value
    return all(
        a is b or (a is not None and b is not None and math.isclose(a, b, rel_tol=_TOLERANCE))
        for a, b in ((low, label.low), (high, label.high))
    )


def _is_object(claim: DocumentClaim, label: Label) -> bool:
    """Equal, or of an unclassified number with words in common."""
    if not label.metric.startswith("unclassified"):
        return claim.object == label.object
    one, other = claim.object.lower(), label.object.lower()
    if one == other or not other:
        return True
    pieces = {other[n : n + _LEAST_OVERLAP] for n in range(len(other) - 1)}
    words = {word for word in other.replace(";", " ").split() if len(word) > 3}
    shared = words if other.isascii() else {p for p in pieces if p.strip() == p}
    return any(piece in one for piece in shared)


def _score_events(found: Score, article: Article, events: list[DocumentClaim]) -> None:
    labels = [label for label in article.labels if label.start is None]
    found.n_events = len(labels)
    found.n_told_events = len(events)
    found.n_events_not_achieved = sum(label.modality not in ACHIEVED for label in labels)
    left = list(labels)
    wrong = []
    for claim in events:
        match = next((label for label in left if _is_event(claim, label)), None)
        if match is not None:
            left.remove(match)
            found.right_events += 1
        elif claim.modality in ACHIEVED:
            wrong.append(claim)
    found.n_events_as_asserted = sum(
        label.modality not in ACHIEVED and any(_is_of(claim, label) for claim in wrong)
        for label in left
    )


def _is_event(claim: DocumentClaim, label: Label) -> bool:
    return claim.modality == label.modality and _is_of(claim, label)


def _is_of(claim: DocumentClaim, label: Label) -> bool:
    """Whether a claim tells of a label's event, however it is meant."""
    if claim.metric != label.metric or claim.subject != label.subject:
        return False
    one, other = claim.object.lower(), label.object.lower()
    return one == other or bool(one and other and (one in other or other in one))


def _share(part: int, whole: int) -> float | None:
    return None if not whole else part / whole
