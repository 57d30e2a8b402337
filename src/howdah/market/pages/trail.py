"""The way from a number down to raw records."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class PanelCell:
    """A figure that a panel's log was counted to, which is no claim: the end of a trail.

    What is below it are rows of people and devices, which nobody is shown.

    Attributes
    ----------
    table, key
        Which audience table, and what tells the cell apart in it, by column.
    unit
        Of `value` and `stderr`: what the panel counts, or ``share`` of 0 to 1.
    counts
        What a unit of the panel is.
    n_raw
        Units of the panel behind it; None where they are too few to be shown.
    known_on
        Last day that it looks at.
    run, n_units, n_rows, logs
        The count that it comes from: its id, units and rows of the logs, and places and digests of
        their files.
    is_census
        The log is of everybody: nothing was weighed.
    """

    feed: str
    title: str
    source: str
    licence: str
    attribution: str
    table: str
    key: Mapping[str, str]
    unit: str
    counts: str
    value: float | None
    stderr: float | None
    n_raw: int | None
    known_on: dt.date
    recorded_at: dt.datetime
    replayed: bool
    run: str
    n_units: int
    n_rows: int
    is_census: bool
    logs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Trail(Tabular):
    """From a number to the claims behind it and on to the raw rows.

    Attributes
    ----------
    passages
        Of the id of a sentence that makes no claim: the sentence.
    cells
        Of the id of a panel's figure that is no claim: the figure.
    """

    basis: Basis
    id: str
    kind: str
    finding: Finding | None
    estimates: tuple[Estimate, ...]
    claims: tuple[TrailClaim, ...]
    n_claims: int = 0
    passages: tuple[Passage, ...] = ()
    cells: tuple[PanelCell, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def rows(self) -> list[dict[str, Any]]:
        """One row a claim; a panel's figure is a row of its own."""
        if self.cells:
            return [
                {**dataclasses.asdict(cell), "logs": len(cell.logs), **cell.key}
                for cell in self.cells
            ]
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
