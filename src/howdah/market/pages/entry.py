"""What happened when giants entered a segment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from howdah.guidance import Answer, Entry, Outcome
from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True)
class EntryPage(Tabular):
    """Past entries of giants into a segment, and the map of all.

    Attributes
    ----------
    outcomes
        Of each entry into the segment, in order of time.
    answer
        What they say together.
    giants, segments, entries
        The map: who is where since when, and what ended.
    names
        For people, of every entity that is in the page.
    """

    basis: Basis
    segment: str
    title: str
    headline: str
    n_members: int
    outcomes: tuple[Outcome, ...]
    answer: Answer
    giants: tuple[str, ...]
    segments: tuple[str, ...]
    entries: tuple[Entry, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> list[dict[str, Any]]:
        """One row an incumbent of an entry; entries without any have one row too."""
        found: list[dict[str, Any]] = []
        for outcome in self.outcomes:
            entry = outcome.entry
            common: dict[str, Any] = {
                "giant": entry.giant,
                "product": entry.evidence.entity,
                "entered": entry.evidence.last,
                "undated": entry.evidence.undated,
                "missing": outcome.missing,
                "kept": None if outcome.kept is None else outcome.kept.value,
                "entry_claims": list(entry.evidence.claim_ids),
            }
            found += [
                {
                    **common,
                    "incumbent": None if i is None else i.evidence.entity,
                    "lead_months": None if i is None else i.lead_months,
                    "fate": None if i is None else i.fate,
                    "change": None if i is None or i.change is None else i.change.value,
                    "claims": [] if i is None else [*i.evidence.claim_ids, *i.claim_ids],
                }
                for i in outcome.incumbents or (None,)
            ]
        return found
