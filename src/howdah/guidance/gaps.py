"""Gaps: features that others of a segment have and ours are not known to have.

A *riser* is a product whose growth over a year lies above zero with all of its interval. That a
feature is seen at risers does not say that it made them rise.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from howdah.guidance.features import Cell, Matrix
from howdah.guidance.term import Term

#: Days within which those who bring a feature out one after another are a row of copies.
ROW_DAYS = 365

#: Fewest in a row that are no chance meeting of two.
LEAST_IN_ROW = 3


#: How sure a gap is, the surest first.
Sure = Literal["stated", "one source", "stale", "not stated"]


@dataclass(frozen=True, slots=True)
class Spread:
    """How a feature spread.

    Attributes
    ----------
    n
        Products that have it.
    n_dated
        Those of which a first day is known, not only one no later than which they had it.
    row
        The most of those that brought it out within `ROW_DAYS` of each other, in order.
    first, last
        First and last day of the row.
    """

    feature: str
    n: int
    n_dated: int
    row: tuple[str, ...] = ()
    first: dt.date | None = None
    last: dt.date | None = None

    @property
    def is_row(self) -> bool:
        """Whether it appeared in several places in a row."""
        return len(self.row) >= LEAST_IN_ROW


@dataclass(frozen=True, slots=True)
class Holder:
    """A product that has a feature which ours lacks.

    Attributes
    ----------
    growth
        Over a year; None where it has no term.
    """

    cell: Cell
    growth: Term | None

    @property
    def is_riser(self) -> bool:
        """Whether it surely grew."""
        return self.growth is not None and is_riser(self.growth)


@dataclass(frozen=True, slots=True)
class Gap:
    """A feature that others have and one of ours is not known to have.

    Attributes
    ----------
    own
        What is known of ours.
    holders
        Risers first, then who has it longest.
    n_known
        Products of which anything firm is known about the feature, ours left out.
    sources
        Who says that the holders have it.
    """

    own: Cell
    holders: tuple[Holder, ...]
    spread: Spread
    n_known: int
    sources: tuple[str, ...]

    @property
    def n_risers(self) -> int:
        """Holders that surely grew."""
        return sum(holder.is_riser for holder in self.holders)

    @property
    def sure(self) -> Sure:
        """How sure the gap is: by the weakest thing that it rests on.

        not stated: nobody says that ours lacks it. stale: nobody confirmed lately that others
        have it, or that ours lacks it. one source: all rests on one voice.
        """
        if self.own.state in {"unknown", "announced"}:
            return "not stated"
        if self.own.is_stale or all(holder.cell.is_stale for holder in self.holders):
            return "stale"
        return "one source" if len({*self.sources, *self.own.sources}) == 1 else "stated"


def is_riser(growth: Term) -> bool:
    """Whether a growth lies above zero with all of its interval."""
    return growth.is_told and growth.lower > 0


def find_spreads(matrix: Matrix, features: Iterable[str]) -> dict[str, Spread]:
    """How each feature spread over the products of a matrix."""
    return {feature: _spread(feature, matrix) for feature in features}


def find_gaps(
    matrix: Matrix,
    ours: Collection[str],
    features: Sequence[str],
    growths: Mapping[str, Term],
) -> tuple[Gap, ...]:
    """Gaps of ours against all others, those that most risers have first.

    Parameters
    ----------
    growths
        Of the products that have one, by id.
    """
    spreads = find_spreads(matrix, features)
    found: list[Gap] = []
    for product in ours:
        for feature in features:
            own = matrix[product][feature]
            others = [row[feature] for name, row in matrix.items() if name not in ours]
            having = [cell for cell in others if cell.state == "has"]
            if own.state == "has" or not having:
                continue
            holders = [Holder(cell, growths.get(cell.product)) for cell in having]
            holders.sort(key=lambda h: (not h.is_riser, *_order(h.cell)))
            found.append(
                Gap(
                    own=own,
                    holders=tuple(holders),
                    spread=spreads[feature],
                    n_known=sum(cell.state not in {"unknown", "announced"} for cell in others),
                    sources=tuple(sorted({s for cell in having for s in cell.sources})),
                )
            )
    return tuple(sorted(found, key=lambda g: (-g.n_risers, -len(g.holders))))


def _order(cell: Cell) -> tuple[dt.date, str]:
    assert cell.since is not None
    return cell.since.last, cell.product


def _spread(feature: str, matrix: Matrix) -> Spread:
    having = [row[feature] for row in matrix.values() if row[feature].state == "has"]
    dated = sorted((c for c in having if c.since is not None and c.since.is_dated), key=_order)
    best: Sequence[Cell] = ()
    for n in range(len(dated)):
        row = [c for c in dated[n:] if (_order(c)[0] - _order(dated[n])[0]).days <= ROW_DAYS]
        if len(row) > len(best):
            best = row
    ends = (_order(best[0])[0], _order(best[-1])[0]) if best else (None, None)
    return Spread(feature, len(having), len(dated), tuple(c.product for c in best), *ends)
