"""Every revision of what sources said."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from howdah.claims import read_claims
from howdah.core.calendar import Period, end_of_day
from howdah.core.entity import Identifier
from howdah.estimates import CLAIM_INPUT, SERIES, restated, with_entities
from howdah.market.pages import Restatement
from howdah.market.workspace import Workspace


def read_prints(
    ws: Workspace,
    as_of: dt.date,
    *,
    subjects: Sequence[Identifier] | None = None,
    metrics: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Observations of every revision known on a date, of what was printed more than once."""
    revised = read_claims(
        ws.engine,
        ws.store,
        as_of=end_of_day(as_of),
        subjects=subjects,
        metrics=metrics,
        prints="revised",
        columns=CLAIM_INPUT,
    )
    return ws.observed(with_entities(revised, ws.mapping), as_of)


def restatements(
    ws: Workspace, as_of: dt.date, subjects: Sequence[Identifier]
) -> dict[tuple[str, ...], tuple[Restatement, ...]]:
    """Exact figures of some subjects that were restated by a date, by series and other party."""
    found: dict[tuple[str, ...], list[Restatement]] = {}
    for row in restated(read_prints(ws, as_of, subjects=subjects)).iter_rows(named=True):
        series = tuple(str(row[name]) for name in (*SERIES, "object"))
        found.setdefault(series, []).append(
            Restatement(
                source=row["source"],
                period=Period(row["valid_from"], row["valid_to"], row["precision"]).label,
                first=row["first"],
                final=row["final"],
                first_published=row["first_published_at"].date(),
                last_published=row["last_published_at"].date(),
            )
        )
    return {series: tuple(rows) for series, rows in found.items()}
