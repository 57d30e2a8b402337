"""What charts draw: the estimate's band, what each source said, and a look for each source."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from howdah.core.estimate import Estimate, Status
from howdah.market.pages import Statement

SQUARE = "M-0.8,-0.8L0.8,-0.8L0.8,0.8L-0.8,0.8Z"

#: Symbols as SVG paths in a box of side 2, told apart without colour.
SHAPES: tuple[str, ...] = (
    "M0.9,0A0.9,0.9,0,1,1,-0.9,0A0.9,0.9,0,1,1,0.9,0Z",
    SQUARE,
    "M0,-1.05L1.05,0L0,1.05L-1.05,0Z",
    "M0,-0.95L1,0.8L-1,0.8Z",
    "M-.3,-.95L.3,-.95L.3,-.3L.95,-.3L.95,.3L.3,.3L.3,.95L-.3,.95L-.3,.3L-.95,.3L-.95,-.3L-.3,-.3Z",
    "M-1,-0.8L1,-0.8L0,0.95Z",
)

#: Colours are CSS variables ``--s1`` to ``--s7``, so that they suit light and dark.
N_COLOURS = 7


@dataclass(frozen=True, slots=True)
class Look:
    """How one source is drawn everywhere in a report, or one part of stacked bars."""

    source: str
    colour: str
    shape: str


class Looks:
    """A look for each source, given out in order of appearance."""

    def __init__(self) -> None:
        self._looks: dict[str, Look] = {}

    def of(self, source: str) -> Look:
        """The look of a source."""
        if source not in self._looks:
            # Numbers of colours and shapes share no factor, so that pairs repeat late.
            n = len(self._looks)
            shape = SHAPES[n % len(SHAPES)]
            self._looks[source] = Look(source, f"var(--s{n % N_COLOURS + 1})", shape)
        return self._looks[source]


@dataclass(frozen=True, slots=True)
class Band:
    """An estimate as drawn."""

    value: float | None
    lower: float | None
    upper: float | None
    status: Status
    is_implied: bool = False

    @classmethod
    def of(cls, estimate: Estimate, *, is_implied: bool = False) -> "Band":
        """The band of an estimate."""
        return cls(estimate.value, estimate.lower, estimate.upper, estimate.status, is_implied)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one source said, as drawn; an open end is None."""

    source: str
    value: float | None
    low: float | None
    high: float | None
    day: dt.date | None = None
    is_suspect: bool = False

    @classmethod
    def of(cls, statement: Statement) -> "Reading":
        """The reading of a statement."""
        return cls(
            statement.source,
            statement.value,
            statement.low,
            statement.high,
            is_suspect=statement.suspect,
        )


@dataclass(frozen=True, slots=True)
class StripRow:
    """One line of a strip: an entity in a period."""

    label: str
    text: str
    band: Band
    readings: tuple[Reading, ...]


def numbers_of(bands: Iterable[Band], readings: Iterable[Reading]) -> list[float]:
    """Every number that a chart must have room for."""
    ends = [end for band in bands for end in (band.value, band.lower, band.upper)]
    ends += [end for r in readings for end in (r.value, r.low, r.high)]
    return [end for end in ends if end is not None]
