"""The feature matrix: which product has which feature, since when, and how sure that still is.

What nobody says is "unknown" and never "no". The latest day on which anybody says that a product
has a feature, had it, or has it not decides; of one day the most careful word holds.

What it cannot tell: whether a feature is any good, and whether what the vocabulary puts under one
name is one thing.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from howdah.guidance.sightings import Says, Sighting

State = Literal["has", "had", "announced", "denied", "unknown"]

#: What decides, the more careful later; an announcement decides only where nothing else does.
_CARE: Mapping[Says, int] = {"has": 0, "had": 1, "denied": 2}


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of one feature of one product.

    Attributes
    ----------
    since
        The first sighting of the product with the feature; None where there is none.
    confirmed
        Last day on which anybody says what `state` says; None when unknown.
    is_stale
        Whether that is longer ago than is allowed.
    is_disputed
        Whether another source said the opposite at about the same time.
    sightings
        All of them, in order of time, also those that decide nothing.
    """

    product: str
    feature: str
    state: State
    since: Sighting | None = None
    confirmed: dt.date | None = None
    is_stale: bool = False
    is_disputed: bool = False
    sightings: tuple[Sighting, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Who says what the state says."""
        return tuple(sorted({s.source for s in self.sightings if s.says == self.state}))

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """Claims behind it, what its state rests on first, and the newest of that first."""
        held = [s for s in reversed(self.sightings) if s.says == self.state]
        other = [s for s in reversed(self.sightings) if s.says != self.state]
        return tuple(dict.fromkeys(s.claim_id for s in (*held, *other)))


#: Cells by product and feature, each of both in the order asked for; unknown ones are there too.
Matrix = Mapping[str, Mapping[str, Cell]]


def make_matrix(
    sightings: Sequence[Sighting],
    products: Sequence[str],
    features: Sequence[str],
    as_of: dt.date,
    *,
    stale_days: int,
) -> Matrix:
    """The matrix of some products and features at a date.

    Parameters
    ----------
    sightings
        From `find_sightings`, none later than the date.
    stale_days
        Days without confirmation after which a cell is stale.

    Examples
    --------
    >>> matrix = make_matrix([], ["a"], ["video"], dt.date(2025, 1, 31), stale_days=180)
    >>> matrix["a"]["video"].state
    'unknown'
    """
    own: dict[tuple[str, str], list[Sighting]] = {}
    for sighting in sightings:
        own.setdefault((sighting.product, sighting.feature), []).append(sighting)
    return {
        product: {
            feature: _cell(product, feature, own.get((product, feature), []), as_of, stale_days)
            for feature in features
        }
        for product in products
    }


def known_features(matrix: Matrix) -> tuple[str, ...]:
    """Features of which anything is known of any product."""
    names = dict.fromkeys(feature for row in matrix.values() for feature in row)
    return tuple(f for f in names if any(row[f].sightings for row in matrix.values()))


def _cell(
    product: str, feature: str, own: Sequence[Sighting], as_of: dt.date, stale_days: int
) -> Cell:
    ordered = sorted(own, key=lambda s: (s.last, _CARE.get(s.says, -1), s.claim_id))
    firm = [s for s in ordered if s.says in _CARE]
    announced = [s for s in ordered if s.says == "announced"]
    deciding = firm[-1] if firm else None
    if announced and (
        deciding is None or (deciding.says != "has" and announced[-1].last > deciding.last)
    ):
        deciding = announced[-1]
    if deciding is None:
        return Cell(product, feature, "unknown", sightings=tuple(ordered))
    seen = [s for s in ordered if s.says == "has"]
    state: State = deciding.says if deciding.says != "rumoured" else "unknown"
    return Cell(
        product=product,
        feature=feature,
        state=state,
        since=seen[0] if seen else None,
        confirmed=deciding.last,
        is_stale=(as_of - deciding.last).days > stale_days,
        is_disputed=_is_disputed(deciding, firm, stale_days),
        sightings=tuple(ordered),
    )


def _is_disputed(deciding: Sighting, firm: Sequence[Sighting], days: int) -> bool:
    """Whether another source said the opposite within some days of what decides."""
    if deciding.says not in {"has", "denied"}:
        return False
    opposite = "denied" if deciding.says == "has" else "has"
    return any(
        s.says == opposite
        and s.source != deciding.source
        and abs((deciding.last - s.last).days) <= days
        for s in firm
    )
