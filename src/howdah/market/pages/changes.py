"""What changed between two knowledge dates."""

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from howdah.core.estimate import Estimate
from howdah.core.finding import Finding
from howdah.estimates import to_rows
from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True, slots=True)
class Moved:
    """One estimate as known on the earlier date and as known on the later one."""

    before: Estimate
    after: Estimate


@dataclass(frozen=True)
class Changes(Tabular):
    """What became known, or was unsaid, from one date to another.

    Attributes
    ----------
    since
        The earlier date; the later one is that of the basis.
    appeared, gone
        Findings of the later date that the earlier one had not, and the other way round.
    moved
        Estimates of what is in followed segments whose value of the later date lies outside the
        interval of the earlier one, the farthest first.
    n_compared
        Estimates that both dates have.
    """

    basis: Basis
    since: dt.date
    appeared: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    moved: tuple[Moved, ...]
    n_compared: int

    def rows(self) -> list[dict[str, Any]]:
        """One row an estimate that moved."""
        found = []
        for one in self.moved:
            (after,) = to_rows([one.after])
            before = dataclasses.asdict(one.before)
            found.append({**after, **{f"{k}_before": before[k] for k in _BEFORE}})
        return found


_BEFORE = ("value", "lower", "upper", "status", "as_of")
