"""The page of one entity."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from howdah.core.entity import Entity
from howdah.core.errors import UnknownNameError
from howdah.core.estimate import Estimate
from howdah.core.phrases import Lang, phrase
from howdah.estimates import IdentityCheck, to_rows
from howdah.estimates.assembly import LEAST_FOLLOWED
from howdah.estimates.growth import SPANS, Growth, is_about
from howdah.market.naming import Naming
from howdah.market.pages.audience import Audience
from howdah.market.pages.basis import Basis
from howdah.market.pages.passage import Passage
from howdah.market.pages.statement import Statement
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True, slots=True)
class Restatement:
    """A figure that its source printed again with another value: what it was and what it is."""

    source: str
    period: str
    first: float
    final: float
    first_published: dt.date
    last_published: dt.date


@dataclass(frozen=True, slots=True)
class Later:
    """Periods after the last figure of a series that its panel suppresses: the figure is old.

    Attributes
    ----------
    every
        What they are: day, week or month.
    until
        Last day of the last of them.
    min_n
        Units below which the panel suppresses.
    """

    every: str
    until: dt.date
    min_n: int


def later_text(later: Later, lang: Lang = "en") -> str:
    """What is suppressed after a figure: "later weeks, to 2024-07-28, are suppressed: ..."."""
    return phrase("later", later.every, lang, until=later.until, least=f"{later.min_n:,}")


@dataclass(frozen=True, slots=True)
class Series:
    """One series of an entity: its estimates in order of time, who said what, how fast it grows.

    Attributes
    ----------
    object
        The other party of all its figures, such as the channel that was paid; '' without one.
        Figures with two parties are two series.
    growth
        Over about a month, a quarter and a year to the last period that is over, of a series
        that is followed in time.
    later
        What its panel suppresses after the last period; None where the last is the last.
    """

    metric: str
    definition: str
    unit: str
    currency: str
    estimates: tuple[Estimate, ...]
    statements: tuple[Statement, ...]
    growth: tuple[Growth, ...] = ()
    revised: tuple[Restatement, ...] = ()
    later: Later | None = None
    object: str = ""

    @property
    def last(self) -> Estimate:
        """The estimate of the last period."""
        return self.estimates[-1]

    @property
    def contested_end(self) -> str | None:
        """Label of a contested last period, up to which growth would be told otherwise."""
        is_open = self.last.status == "contested" and len(self.estimates) >= LEAST_FOLLOWED
        return self.last.period.label if is_open else None

    @property
    def contested_starts(self) -> tuple[tuple[int, str], ...]:
        """Spans in days without growth, whose start is a contested period, and its label."""
        if not self.growth:
            return ()
        end = self.growth[-1].end
        missing = {span for span in SPANS if not any(is_about(g.days, span) for g in self.growth)}
        dated = [(e, (end - e.period.end).days) for e in self.estimates if e.period.end is not None]
        found = []
        for span in sorted(missing):
            nearest = min(dated, key=lambda one: abs(one[1] - span))
            if nearest[0].status == "contested" and is_about(nearest[1], span):
                found.append((span, nearest[0].period.label))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Together:
    """What the figures with several parties add up to in the last period: all channels' spend.

    Attributes
    ----------
    parties
        Whose figures were added up: those that have one of that period.
    """

    metric: str
    definition: str
    unit: str
    currency: str
    period: str
    parties: tuple[str, ...]
    value: float | None
    lower: float | None
    upper: float | None
    prob: float


@dataclass(frozen=True, slots=True)
class RelatedSeries:
    """The series of something that the entity makes, owns, includes or publishes."""

    entity: Entity
    path: tuple[str, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True)
class EntityPage(Tabular):
    """All that is known of one entity on a date; `owner` is the name of its parent.

    Attributes
    ----------
    together
        Of series that differ in the other party alone, what they add up to; of what is counted
        over a period, since levels with several parties do not add up.
    naming
        How to declare it, when a feed names it and the catalogue does not.
    audiences
        What panels and censuses say of its users.
    passages
        What documents say of it, sentence by sentence, the newest first.
    n_waiting
        Sentences that were read as about it and wait for a reviewer: they are not shown.
    """

    entity: Entity
    basis: Basis
    series: tuple[Series, ...]
    implied: tuple[Estimate, ...]
    apart: tuple[Statement, ...]
    events: tuple[Statement, ...]
    checks: tuple[IdentityCheck, ...]
    related: tuple[RelatedSeries, ...]
    not_stated: tuple[str, ...]
    others: tuple[Entity, ...] = ()
    n_related: int = 0
    owner: str = ""
    naming: Naming | None = None
    audiences: tuple[Audience, ...] = ()
    passages: tuple[Passage, ...] = ()
    n_waiting: int = 0
    together: tuple[Together, ...] = ()

    def estimates(self, metric: str | None = None) -> tuple[Estimate, ...]:
        """Every estimate of the entity, oldest first; of one metric when it is named."""
        return tuple(
            estimate
            for series in self.series
            if metric is None or series.metric == metric
            for estimate in series.estimates
        ) + tuple(e for e in self.implied if metric is None or e.metric == metric)

    def estimate(
        self, metric: str, *, period: str | None = None, definition: str | None = None
    ) -> Estimate:
        """One estimate: the last period's, or that of a named period.

        Of several definitions the one with the latest period is taken; name one to choose.

        Raises
        ------
        UnknownNameError
            Nothing is known of that metric, period or definition.
        """
        return choose_estimate(
            self.estimates(), self.entity.name, metric, period=period, definition=definition
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row an estimate."""
        return to_rows(self.estimates())


def choose_estimate(
    estimates: Sequence[Estimate],
    name: str,
    metric: str,
    *,
    period: str | None,
    definition: str | None,
) -> Estimate:
    """One of an entity's estimates, as `EntityPage.estimate` says."""
    of_metric = [e for e in estimates if e.metric == metric]
    if not of_metric:
        known = sorted({estimate.metric for estimate in estimates})
        raise UnknownNameError(f"metric of {name}", metric, known)
    chosen = [
        e
        for e in of_metric
        if (period is None or e.period.label == period)
        and (definition is None or e.definition == definition)
    ]
    if not chosen:
        known = sorted({f"{e.period.label} {e.definition}".strip() for e in of_metric})
        wanted = " ".join(part for part in (period, definition) if part)
        raise UnknownNameError(f"{metric} of {name}", wanted, known)
    return max(chosen, key=lambda e: (e.period.end or dt.date.min, e.n_claims))
