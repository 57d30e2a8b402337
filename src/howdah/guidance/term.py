"""A term: one number that a segment is judged by, or why it cannot be told."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from howdah.core.plain import Unbounded

TermName = Literal["growth", "size", "retention", "pressure", "cost"]

#: Every term, and whether more of it is better.
TERMS: Mapping[TermName, bool] = {
    "growth": True,
    "size": True,
    "retention": True,
    "pressure": False,
    "cost": False,
}

#: Why a term cannot be told. no_figures: none of its metric is recent. few: fewer products than
#: `LEAST_MEMBERS` have one. few_both: so few have one at both ends of the year. measurement: the
#: feed's method changed, and it counts too little to tell the market's change from it.
#: not_additive: levels of the metric do not add up. no_giants: the market declares none.
TermMissing = Literal[
    "", "no_figures", "few", "few_both", "measurement", "not_additive", "no_giants"
]


@dataclass(frozen=True, slots=True)
class Term:
    """One term of one segment.

    Attributes
    ----------
    key
        What it is counted by: metric, definition, unit, currency, length of periods, and
        ``relative`` of a growth relative to the market. Terms with different keys are never
        compared.
    at
        Last day of the newest period behind it.
    mean, sd
        On the scale on which its error is symmetric.
    n
        Products behind it.
    """

    name: TermName
    missing: TermMissing
    key: tuple[str, ...] = ()
    value: Unbounded = float("nan")
    lower: Unbounded = float("nan")
    upper: Unbounded = float("nan")
    prob: Unbounded = float("nan")
    at: dt.date | None = None
    mean: Unbounded = float("nan")
    sd: Unbounded = float("nan")
    n: int = 0
    claim_ids: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    method: str = ""
    detail: str = ""

    @property
    def is_told(self) -> bool:
        """Whether it has a value."""
        return not self.missing


#: Terms of one segment.
Terms = Mapping[TermName, Term]
