"""Entities side by side, definitions kept apart."""

import datetime as dt
from collections.abc import Sequence

from howdah.core.errors import InputError
from howdah.core.estimate import Estimate, party_of
from howdah.market.pages import Comparison, ComparisonLine, EntityPage, basis_union
from howdah.market.show import show
from howdah.market.workspace import Workspace

#: Fewer are no comparison, more columns cannot be read side by side.
MIN_COMPARED, MAX_COMPARED = 2, 6


def compare(ws: Workspace, names: Sequence[str], as_of: dt.date) -> Comparison:
    """Two to six entities, a line for each metric, definition and period that any has.

    Of a metric counted in every period only the last period is shown; of one that is stated now
    and then, every period.

    Raises
    ------
    InputError
        Fewer than two or more than six entities.
    UnknownNameError
        No entity has one of the names.
    """
    if not MIN_COMPARED <= len(names) <= MAX_COMPARED:
        raise InputError(f"Compare {MIN_COMPARED} to {MAX_COMPARED} entities; got {len(names)}.")
    pages = [show(ws, name, as_of, related=False) for name in names]
    ids = [page.entity.canonical_id for page in pages]
    if len(set(ids)) < len(ids):
        raise InputError(f"Compare different entities; {', '.join(names)} are not all different.")
    cells: dict[tuple[str, ...], list[Estimate | None]] = {}
    for n, page in enumerate(pages):
        for estimate in _shown(page):
            key = (
                estimate.metric,
                estimate.definition,
                estimate.unit,
                estimate.currency,
                estimate.period.label,
                party_of(estimate.note),
            )
            cells.setdefault(key, [None] * len(pages))[n] = estimate
    order = {metric: n for n, metric in enumerate(ws.metrics.metrics)}
    ordered = sorted(cells.items(), key=lambda c: (order.get(c[0][0], len(order)), c[0]))
    lines = tuple(
        ComparisonLine(
            metric=key[0],
            definition=key[1],
            unit=key[2],
            currency=key[3],
            period=key[4],
            object=key[5],
            cells=tuple(row),
        )
        for key, row in ordered
    )
    missing = tuple((page.entity.name, metric) for page in pages for metric in page.not_stated)
    return Comparison(
        basis_union([page.basis for page in pages]),
        tuple(page.entity for page in pages),
        lines,
        missing,
    )


def _shown(page: EntityPage) -> list[Estimate]:
    #: A series with more periods than this is counted, not stated.
    max_stated = 6
    shown: list[Estimate] = list(page.implied)
    for series in page.series:
        counted = len(series.estimates) > max_stated
        shown.extend(series.estimates[-1:] if counted else series.estimates)
    return shown
