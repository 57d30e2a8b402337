"""Claims that are held to be wrong, for a reviewer."""

from dataclasses import dataclass
from typing import Any

from howdah.market.pages.basis import Basis
from howdah.market.pages.statement import Statement
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True, slots=True)
class SuspectClaim:
    """A claim that is held to be wrong, beside the level without it.

    Attributes
    ----------
    name
        Name of the entity.
    level, lower, upper
        Level of the claim's period, or of the nearest one that has one; None where none has.
    is_followed
        Whether the entity is followed, by itself or in a segment.
    """

    entity: str
    name: str
    statement: Statement
    level: float | None
    lower: float | None
    upper: float | None
    is_followed: bool


@dataclass(frozen=True)
class Suspects(Tabular):
    """The queue of suspect claims.

    Attributes
    ----------
    suspects
        The first of them, or all.
    n_suspects, n_followed
        All of them, and those about what is followed.
    n_judged
        Claims that a reviewer has kept or dropped.
    """

    basis: Basis
    suspects: tuple[SuspectClaim, ...]
    n_suspects: int
    n_followed: int
    n_judged: int

    def rows(self) -> list[dict[str, Any]]:
        """One row a claim."""
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
            }
            for s in self.suspects
        ]
