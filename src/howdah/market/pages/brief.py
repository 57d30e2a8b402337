"""A direction on one page: the case, who is there, what they lack, what would prove it wrong."""

from dataclasses import dataclass
from typing import Any

from howdah.core.finding import Finding
from howdah.guidance.disproof import Disproof
from howdah.guidance.ranking import Place
from howdah.guidance.stability import WithoutSource
from howdah.guidance.term import Term, Terms
from howdah.market.pages.basis import Basis
from howdah.market.pages.decisions import DecisionsPage
from howdah.market.pages.entry import EntryPage
from howdah.market.pages.features import FeaturesPage
from howdah.market.pages.league import LeagueRow
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True)
class BriefPage(Tabular):
    """Everything that speaks for or against going into a segment.

    Attributes
    ----------
    terms
        The numbers of the case, told or not.
    place, n_ranked
        Among the segments that it can be compared with; None where there are none.
    without
        The ranking without each source; none where it has no place.
    members
        First places of its league by the headline.
    n_members
        All members that the market knows.
    features
        The matrix of its members.
    entry
        What giants did there; None where market.toml declares none.
    disproofs, untested
        What would speak against it, and the terms that nothing tests yet.
    findings
        Of the radar, those of the segment: what to watch.
    decisions
        Taken on it and on its findings.
    """

    basis: Basis
    segment: str
    title: str
    title_zh: str
    headline: str
    is_simulated: bool
    terms: Terms
    place: Place | None
    n_ranked: int
    without: tuple[WithoutSource, ...]
    members: tuple[LeagueRow, ...]
    n_members: int
    features: FeaturesPage
    entry: EntryPage | None
    disproofs: tuple[Disproof, ...]
    untested: tuple[Term, ...]
    findings: tuple[Finding, ...]
    decisions: DecisionsPage

    def rows(self) -> list[dict[str, Any]]:
        """One row a term of the case."""
        return [
            {
                "segment": self.segment,
                "place": None if self.place is None else self.place.place,
                "term": term.name,
                "value": term.value if term.is_told else None,
                "lower": term.lower if term.is_told else None,
                "upper": term.upper if term.is_told else None,
                "n": term.n,
                "missing": term.missing,
                "claims": list(term.claim_ids),
            }
            for term in self.terms.values()
        ]
