"""Bearings: who else tells what a passage tells, what contradicts it, and what does not add up.

Nothing is averaged and nobody is believed here: these are links for a reader.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from howdah.documents.accounting import discrepancies
from howdah.documents.claims import DocumentClaim
from howdah.documents.stories import contradictions, stories
from howdah.market.documents.tables import CLAIM_FIELDS
from howdah.market.pages.passage import Against

#: Passage and reading.
Key = tuple[str, str]


class Bearings:
    """How passages bear on each other.

    Parameters
    ----------
    rows
        Passages that were not turned down, with their documents.
    waiting
        Those of them that wait for a reviewer: what they say is held against no other.
    """

    def __init__(self, rows: Iterable[dict[str, Any]], waiting: set[Key]) -> None:
        self._waiting = waiting
        self._keys: dict[DocumentClaim, Key] = {}
        self._days: dict[str, str] = {}
        self._told: dict[Key, dict[str, None]] = defaultdict(dict)
        self._against: dict[Key, dict[Against, None]] = defaultdict(dict)
        figures: dict[tuple[object, ...], list[DocumentClaim]] = defaultdict(list)
        events: dict[tuple[str, str], list[DocumentClaim]] = defaultdict(list)
        texts: dict[str, list[DocumentClaim]] = defaultdict(list)
        for row in rows:
            claim = self._claim(row)
            texts[claim.doc].append(claim)
            if claim.value_start is None:
                events[claim.subject, claim.metric].append(claim)
            else:
                # Only figures of one thing and period can be the same, or contradict.
                figures[
                    claim.subject, claim.metric, claim.object, claim.unit, claim.currency,
                    claim.period_start, claim.period_end,
                ].append(claim)  # fmt: skip
        for group in figures.values():
            self._compare(group)
        for group in events.values():
            for story in stories(group):
                self._tell(story.claims)
            self._contradict(group)
        for text in texts.values():
            self._account(text)

    def told_by(self, key: Key) -> tuple[str, ...]:
        """Who else tells the same, with the day."""
        return tuple(self._told.get(key, ()))

    def against(self, key: Key) -> tuple[Against, ...]:
        """What speaks against it."""
        return tuple(self._against.get(key, ()))

    def _claim(self, row: dict[str, Any]) -> DocumentClaim:
        fields = {name: row[name] for name in CLAIM_FIELDS.names}
        source = row["source"] or row["publication"]
        claim = DocumentClaim(doc=row["place"], **(fields | {"source": source}))
        self._keys[claim] = (row["passage_id"], row["reading_id"])
        self._days[claim.doc] = str(row["published_at"])
        return claim

    def _compare(self, claims: Sequence[DocumentClaim]) -> None:
        same: dict[tuple[float | None, float | None], list[DocumentClaim]] = defaultdict(list)
        for claim in claims:
            same[claim.value_low, claim.value_high].append(claim)
        for group in same.values():
            self._tell(group)
        self._contradict(claims)

    def _tell(self, claims: Sequence[DocumentClaim]) -> None:
        for claim in claims:
            for other in claims:
                if other.doc != claim.doc and self._counts(claim, other):
                    self._told[self._keys[claim]][self._who(other)] = None

    def _contradict(self, claims: Sequence[DocumentClaim]) -> None:
        for found in contradictions(claims):
            for one, other in ((found.one, found.other), (found.other, found.one)):
                if self._counts(one, other):
                    is_denial = found.kind == "denial"
                    said = Against(
                        "figure" if not is_denial else "denied" if other is found.other else "told",
                        self._who(other),
                        other.quote,
                    )
                    self._against[self._keys[one]][said] = None

    def _account(self, claims: Sequence[DocumentClaim]) -> None:
        for found in discrepancies(claims):
            low, high = (end if math.isfinite(end) else None for end in found.expected)
            figures = "; ".join(claim.value_surface for claim in found.claims)
            said = Against("sum", rule=found.rule, figures=figures, low=low, high=high)
            for claim in found.claims:
                if all(self._counts(claim, other) for other in found.claims):
                    self._against[self._keys[claim]][said] = None

    def _counts(self, claim: DocumentClaim, other: DocumentClaim) -> bool:
        waits = self._keys[claim] in self._waiting
        return waits or self._keys[other] not in self._waiting

    def _who(self, claim: DocumentClaim) -> str:
        return f"{claim.source} ({self._days[claim.doc]})"
