"""Decisions that were taken, and what came of them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from howdah.core.metrics import MetricRegistry
from howdah.core.phrases import Lang, interval_text, metric_title, number_text, phrase
from howdah.estimates.aggregates import Interval
from howdah.guidance.decisions import Decision
from howdah.guidance.expectations import Expectation, Outcome
from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular

#: How a decision stands. due: its review has come, its expected day has not.
Standing = Literal["open", "due", "met", "not met", "cannot tell", "withdrawn"]


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision with what came of it by the date that was asked for."""

    decision_id: str
    decision: Decision
    standing: Standing
    outcome: Outcome


@dataclass(frozen=True)
class DecisionsPage(Tabular):
    """Every decision that was recorded by a date, the due ones first.

    Attributes
    ----------
    names
        For people, of entities and segments.
    n_later, last_later
        Decisions that were recorded after the date, and the last day of those.
    """

    basis: Basis
    lines: tuple[DecisionLine, ...]
    names: Mapping[str, str]
    n_later: int = 0
    last_later: dt.date | None = None

    def rows(self) -> list[dict[str, Any]]:
        """One row a decision."""
        return [
            {
                "decision": line.decision_id,
                "kind": line.decision.kind,
                "about": line.decision.about,
                "what": line.decision.what,
                "owner": line.decision.owner,
                "decided_by": line.decision.decided_by,
                "decided": line.decision.day,
                "review": line.decision.review,
                "metric": line.decision.expected.metric,
                "entity": line.decision.expected.entity,
                "bound": line.decision.expected.bound,
                "expected": line.decision.expected.value,
                "by": line.decision.expected.day,
                "standing": line.standing,
                "missing": line.outcome.missing,
                "value": e.value if e else None,
                "lower": e.lower if e else None,
                "upper": e.upper if e else None,
                "claims": list(e.claim_ids) if e else [],
            }
            for line in self.lines
            for e in [line.outcome.estimate]
        ]


@dataclass(frozen=True, slots=True)
class DecidedDirection:
    """How a direction did on which something was decided.

    Attributes
    ----------
    growth
        Of its segment in the year after the decision, as far as it is over and counted.
    others
        Growth of each other segment in that year under the same definition, in percent.
    """

    line: DecisionLine
    growth: Interval | None
    others: tuple[float, ...] = ()

    @property
    def place(self) -> float | None:
        """Share of the others that grew less; ties count half, None without any to compare."""
        if self.growth is None or not self.others:
            return None
        less = sum((x < self.growth.value) + 0.5 * (x == self.growth.value) for x in self.others)
        return less / len(self.others)


def expected_text(
    expected: Expectation, names: Mapping[str, str], metrics: MetricRegistry, lang: Lang = "en"
) -> str:
    """What is expected, in words."""
    return phrase(
        "decided",
        "expected",
        lang,
        metric=metric_title(metrics, expected.metric, lang),
        name=names.get(expected.entity, expected.entity),
        bound=phrase("bound", expected.bound, lang),
        value=number_text(expected.value, expected.unit, expected.currency, lang),
        day=expected.day,
    )


def reading_text(outcome: Outcome, lang: Lang = "en") -> str:
    """The estimate that a decision is read back from, with its period; '' without any."""
    e = outcome.estimate
    if e is None:
        return ""
    figure = interval_text(e.value, e.lower, e.upper, e.unit, e.currency, lang)
    return phrase("decided", "reading", lang, figure=figure, period=e.period.label)


def unread_text(outcome: Outcome, lang: Lang = "en") -> str:
    """Why it cannot be told what came of a decision; '' where it can."""
    return phrase("unread", outcome.missing, lang) if outcome.missing else ""
