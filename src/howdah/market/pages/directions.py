"""Segments ranked for what to build."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from howdah.guidance.ranking import Place
from howdah.guidance.record import Record, SegmentYear
from howdah.guidance.stability import WithoutSource
from howdah.guidance.term import Terms
from howdah.market.pages.basis import Basis
from howdah.market.pages.decisions import DecidedDirection
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True)
class Directions:
    """A ranking of segments that may stand beside each other.

    Attributes
    ----------
    table
        Terms of every segment, told or not.
    groups
        Places, in each group of segments that can be compared.
    without
        The same without each source in turn.
    """

    table: Mapping[str, Terms]
    groups: tuple[tuple[Place, ...], ...]
    without: tuple[WithoutSource, ...]

    @property
    def unplaced(self) -> tuple[str, ...]:
        """Segments that can be compared with no other."""
        placed = {place.segment for group in self.groups for place in group}
        return tuple(segment for segment in self.table if segment not in placed)


@dataclass(frozen=True)
class DirectionsPage(Tabular):
    """What to build: real segments, and simulated ones apart.

    Attributes
    ----------
    titles
        Of every segment, by id.
    """

    basis: Basis
    titles: Mapping[str, str]
    real: Directions
    simulated: Directions

    def rows(self) -> list[dict[str, Any]]:
        """One row a term of a segment."""
        return [
            {
                "segment": segment,
                "simulated": part is self.simulated,
                "place": places.get(segment),
                "term": term.name,
                "value": term.value if term.is_told else None,
                "lower": term.lower if term.is_told else None,
                "upper": term.upper if term.is_told else None,
                "prob": term.prob if term.is_told else None,
                "n": term.n,
                "counted_by": list(term.key),
                "at": term.at,
                "missing": term.missing,
                "claims": list(term.claim_ids),
            }
            for part in (self.real, self.simulated)
            for places in [{p.segment: p.place for group in part.groups for p in group}]
            for segment, terms in part.table.items()
            for term in terms.values()
        ]


@dataclass(frozen=True)
class RecordPage(Tabular):
    """How the ranking did on earlier dates.

    Attributes
    ----------
    years
        Every segment that was ranked and whose next year is known.
    decided
        Directions on which a decision stands, and how they did.
    """

    basis: Basis
    record: Record
    years: tuple[SegmentYear, ...]
    decided: tuple[DecidedDirection, ...] = ()

    def rows(self) -> list[dict[str, Any]]:
        """One row a segment-year."""
        return [
            {
                "segment": year.segment,
                "as_of": year.as_of,
                "block": year.block,
                **{str(way): value for way, value in year.values.items()},
                "after": year.after,
            }
            for year in self.years
        ]
