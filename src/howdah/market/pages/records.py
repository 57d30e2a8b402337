"""The record of every class of findings."""

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from howdah.core.finding import Finding, FindingKind
from howdah.core.record import Odds, Record
from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular
from howdah.signals.records import odds_like


@dataclass(frozen=True, slots=True)
class ClassRecord:
    """The record of one class."""

    kind: FindingKind
    record: Record


@dataclass(frozen=True)
class HitsPage(Tabular):
    """Who is next in the market's ranked lists.

    Attributes
    ----------
    findings
        Of kind ``breakout``, the best first.
    record
        Of such odds in this market.
    odds
        The same by metric and band of probability.
    without
        Ids of the followed segments, of those asked for, in which nobody is a candidate.
    """

    basis: Basis
    findings: tuple[Finding, ...]
    record: Record
    odds: tuple[Odds, ...]
    without: tuple[str, ...]

    def odds_of(self, finding: Finding) -> Odds | None:
        """What became of past candidates of its metric that were told such a probability."""
        return odds_like(self.odds, finding.metric, finding.probability)

    def rows(self) -> list[dict[str, Any]]:
        """One row a candidate."""
        return [
            {
                "entity": f.entity,
                "name": f.name,
                "metric": f.metric,
                "segment": f.segment,
                "probability": f.probability,
                "lower": f.lower,
                "upper": f.upper,
                **_counts(self.odds_of(f)),
                **f.params,
            }
            for f in self.findings
        ]


def _counts(odds: Odds | None) -> dict[str, int]:
    return {
        "n_like": 0 if odds is None else odds.record.n,
        "n_like_came": 0 if odds is None else odds.record.n_right,
    }


@dataclass(frozen=True)
class RecordsPage(Tabular):
    """How past findings did, class by class.

    Attributes
    ----------
    origins
        Past dates on which the detectors were run; empty where no record was kept.
    """

    basis: Basis
    classes: tuple[ClassRecord, ...]
    origins: tuple[dt.date, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row a class."""
        return [{"kind": c.kind, **dataclasses.asdict(c.record)} for c in self.classes]
