"""Claims that are held to be wrong, for a reviewer: one by one, copies of a source together."""

from dataclasses import dataclass
from typing import Any

from howdah.market.pages.basis import Basis
from howdah.market.pages.statement import Statement
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True, slots=True)
class SuspectClaim:
    """A claim that is held to be wrong, beside the level without it; or all of one copier.

    Attributes
    ----------
    statement
        The claim; of a group the most consequential one.
    name
        Name of the entity.
    level, lower, upper
        Level of the claim's period, or of the nearest one that has one; None where none has.
    is_followed
        Whether the entity is followed, by itself or in a segment.
    original
        The source whose figure a copy repeats; "" for what is none.
    n_claims
        Claims of the group: all of one metric that a source repeats from another; 1 for others.
    group
        Id by which all of them are judged; "" for a claim by itself.
    first_period, last_period
        The earliest and the latest period of the group.
    """

    entity: str
    name: str
    statement: Statement
    level: float | None
    lower: float | None
    upper: float | None
    is_followed: bool
    original: str
    n_claims: int
    group: str
    first_period: str
    last_period: str


@dataclass(frozen=True)
class Suspects(Tabular):
    """The queue of suspect claims.

    Attributes
    ----------
    suspects
        The first entries, or all.
    n_entries
        All entries: claims, and groups of copies.
    n_suspects, n_followed
        All claims, and those about what is followed.
    n_judged
        Claims that a reviewer has kept or dropped.
    """

    basis: Basis
    suspects: tuple[SuspectClaim, ...]
    n_entries: int
    n_suspects: int
    n_followed: int
    n_judged: int

    def rows(self) -> list[dict[str, Any]]:
        """One row a claim, or a group of copies."""
        return [
            {
                "claim_id": s.statement.claim_id,
                "entity": s.entity,
                "name": s.name,
                "metric": s.statement.metric,
                "definition": s.statement.definition,
                "period": s.statement.period,
                "source": s.statement.source,
                "value": s.statement.value,
                "reason": s.statement.reason,
                "factor": s.statement.factor,
                "level": s.level,
                "lower": s.lower,
                "upper": s.upper,
                "is_followed": s.is_followed,
                "original": s.original,
                "n_claims": s.n_claims,
                "group": s.group,
                "first_period": s.first_period,
                "last_period": s.last_period,
            }
            for s in self.suspects
        ]
