"""Findings: those chosen, and all."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from howdah.core.finding import Finding, FindingKind
from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True)
class Radar(Tabular):
    """The findings worth a reader's minute, best first.

    Attributes
    ----------
    n_panel_alone
        Entities of which the market's own panels alone state numbers: growth of these is not
        looked for.
    """

    basis: Basis
    findings: tuple[Finding, ...]
    n_found: int
    followed: tuple[str, ...]
    holds_claims: bool
    n_panel_alone: int = 0

    def rows(self) -> list[dict[str, Any]]:
        """One row a finding."""
        return [finding_row(finding) for finding in self.findings]


@dataclass(frozen=True)
class Findings(Tabular):
    """A page of everything that was found, best first.

    Attributes
    ----------
    start, n_matching
        Findings before the page, and of all pages.
    kinds
        How many there are of each kind, of whatever kind was asked for; the most first.
    """

    basis: Basis
    findings: tuple[Finding, ...]
    start: int
    n_matching: int
    kinds: dict[FindingKind, int]

    def rows(self) -> list[dict[str, Any]]:
        """One row a finding."""
        return [finding_row(finding) for finding in self.findings]


def finding_row(finding: Finding) -> dict[str, Any]:
    """A finding as one row of plain values."""
    fields = dataclasses.asdict(finding)
    period = fields.pop("period")
    return {
        "finding_id": finding.finding_id,
        **fields,
        "period": finding.period.label,
        "valid_from": period["start"],
        "valid_to": period["end"],
    }
