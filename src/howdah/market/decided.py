"""How the directions did on which something was decided: the record of what was acted on."""

import datetime as dt
from collections.abc import Iterator, Sequence

import polars as pl

from howdah.estimates import Models
from howdah.estimates.aggregates import Interval
from howdah.guidance import Members
from howdah.guidance.growing import YEAR_DAYS, choose_table, sum_growth
from howdah.guidance.outcomes import TABLE
from howdah.market.decisions import known_decisions, lines_of
from howdah.market.pages.decisions import DecidedDirection, DecisionLine
from howdah.market.workspace import Workspace


def decided_directions(
    ws: Workspace,
    segments: Sequence[Members],
    own: pl.DataFrame,
    models: Models,
    as_of: dt.date,
) -> tuple[DecidedDirection, ...]:
    """Directions on which a decision stands, with the growth of the year after it.

    Parameters
    ----------
    segments
        Those that are real.
    own
        Observations of their headlines, with ``suspect``, as they are known at the date.
    """
    standing = [
        d for d in known_decisions(ws, as_of) if d.kind == "direction" and d.withdrawal is None
    ]
    return tuple(_judged(lines_of(ws, standing, as_of), segments, own, models, as_of))


def _judged(
    lines: Sequence[DecisionLine],
    segments: Sequence[Members],
    own: pl.DataFrame,
    models: Models,
    as_of: dt.date,
) -> Iterator[DecidedDirection]:
    for line in lines:
        start = line.decision.day
        end = start + dt.timedelta(YEAR_DAYS)
        grown: dict[str, tuple[tuple[str, ...], Interval]] = {}
        if end <= as_of:
            grown = {s.id: g for s in segments if (g := _growth(s, own, models, start, end))}
        key, growth = grown.get(line.decision.segment, ((), None))
        others = tuple(
            found.value
            for segment, (other, found) in grown.items()
            if other == key and segment != line.decision.segment
        )
        yield DecidedDirection(line, growth, others)


def _growth(
    segment: Members, own: pl.DataFrame, models: Models, start: dt.date, end: dt.date
) -> tuple[tuple[str, ...], Interval] | None:
    """Growth of a segment between two days, and what it is counted by."""
    headline = own.filter(
        pl.col("entity").is_in(list(segment.members)),
        pl.col("metric") == segment.headline,
        pl.col("scheme") != "list",
    )
    if segment.is_tally or not headline.height or not (headline["scale"] == "log").all():
        return None
    chosen = choose_table(headline, end)
    found = None if chosen is None else sum_growth(chosen[1], models, start, end)
    if chosen is None or found is None:
        return None
    return (segment.headline, *(str(chosen[1][name][0]) for name in TABLE)), found[0]
