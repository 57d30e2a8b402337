"""The way from a number down to raw records."""

import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from howdah.core.estimate import Estimate
from howdah.core.finding import Finding
from howdah.market.pages.basis import Basis
from howdah.market.pages.passage import Passage
from howdah.market.pages.statement import Statement
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True, slots=True)
class TrailClaim:
    """A claim on a trail, down to the record it was read from.

    Attributes
    ----------
    logs
        Of a figure that a panel's log was counted to: places and digests of the log's files.
    passages
        Of a claim that was read in texts: the sentences, each in its paragraph.
    withdrawn_at
        When its text did not make it any more; None while it does.
    """

    statement: Statement
    entity: str
    feed: str
    licence: str
    attribution: str
    recorded_at: dt.datetime
    replayed: bool
    raw: str
    row: int
    raw_text: str
    place: str
    revisions: tuple[Statement, ...] = ()
    logs: tuple[tuple[str, str], ...] = ()
    passages: tuple[Passage, ...] = ()
    withdrawn_at: dt.datetime | None = None


@dataclass(frozen=True)
class Trail(Tabular):
    """From a number to the claims behind it and on to the raw rows.

    Attributes
    ----------
    passages
        Of the id of a sentence that makes no claim: the sentence.
    """

    basis: Basis
    id: str
    kind: str
    finding: Finding | None
    estimates: tuple[Estimate, ...]
    claims: tuple[TrailClaim, ...]
    n_claims: int = 0
    passages: tuple[Passage, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def rows(self) -> list[dict[str, Any]]:
        """One row a claim."""
        return [
            {
                **dataclasses.asdict(claim.statement),
                **{
                    name: getattr(claim, name)
                    for name in (
                        "entity",
                        "feed",
                        "licence",
                        "recorded_at",
                        "raw",
                        "row",
                        "raw_text",
                    )
                },
            }
            for claim in self.claims
        ]
