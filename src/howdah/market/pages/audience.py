"""What a panel or a census says of a product's audience, as pages show it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from howdah.core.entity import Entity
from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with the interval that its standard error gives.

    Attributes
    ----------
    lower, upper
        None where a standard error cannot be told: one unit alone shows no spread.
    n_raw
        Units behind it; None where suppressed.
    suppressed
        Too few units are behind it to show it: `value` is None.
    cell_id
        By which its trail goes; '' of what is pooled of several cells.
    """

    value: float | None
    lower: float | None
    upper: float | None
    n_raw: int | None
    suppressed: bool = False
    cell_id: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A measure of a day."""

    day: dt.date
    measure: Measure


@dataclass(frozen=True, slots=True)
class Returned:
    """Share of those who entered that are active on day `n_day`, over `n_months` months."""

    n_day: int
    measure: Measure
    n_months: int


@dataclass(frozen=True, slots=True)
class Month:
    """Retention of the units that entered in a month, by day; days not over yet are absent."""

    month: dt.date
    days: tuple[tuple[int, Measure], ...]


@dataclass(frozen=True, slots=True)
class Survived:
    """Share still there on day `n_day` by the fitted law, with its interval."""

    n_day: int
    value: float
    lower: float | None
    upper: float | None
    is_extrapolated: bool


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth accounting of 28 days that end on a day, against the 28 before them."""

    day: dt.date
    new: Measure
    retained: Measure
    resurrected: Measure
    churned: Measure


@dataclass(frozen=True, slots=True)
class Linked:
    """Another product: one that the users share, or that users come from or go to."""

    product: str
    measure: Measure
    lift: float | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """What one panel or census says of one product.

    Attributes
    ----------
    unit
        What a unit of the panel is.
    population, population_unit
        What the units stand for, and what it is counted in: people where the strata say how many
        units a person has; '' where the file of the strata is no longer the one that was counted.
    levels
        Last value of each daily metric, by metric.
    users
        Daily users, day by day.
    first_seen
        First day of the log; what needs a history begins later.
    entries_from
        First month of entry that can be told.
    verdict
        Of the law of survival: fits, does not fit, cannot tell; '' before any run.
    power_on
        Last day on which days active of 28 were counted: every seventh of a log, and month ends.
    power_of
        Users of these 28 days, of whom `power` tells how many were active on 1, 2, ... of them.
    overlap_on, flows_on
        Last day of the window, and first of the month, of overlaps and flows.
    n_hidden_flows
        Flows too small to be shown.
    """

    feed: str
    title: str
    source: str
    product: str
    unit: str
    is_simulated: bool
    is_census: bool
    prob: float
    min_n: int
    burn_in: int
    n_units: int
    population: float
    population_unit: str
    first_seen: dt.date
    last_day: dt.date
    levels: dict[str, Point]
    users: tuple[Point, ...]
    retention: tuple[Returned, ...]
    months: tuple[Month, ...]
    survival: tuple[Survived, ...]
    verdict: str
    growth: tuple[Growth, ...]
    power_on: dt.date | None
    power_of: Measure | None
    power: tuple[Measure, ...]
    overlap_on: dt.date | None
    overlaps: tuple[Linked, ...]
    flows_on: dt.date | None
    left_to: tuple[Linked, ...]
    came_from: tuple[Linked, ...]
    n_hidden_flows: int

    def rows(self) -> list[dict[str, Any]]:
        """One row a day of daily users."""
        return [
            {
                "feed": self.feed, "product": self.product, "day": point.day,
                "value": point.measure.value, "lower": point.measure.lower,
                "upper": point.measure.upper, "n_raw": point.measure.n_raw,
                "suppressed": point.measure.suppressed,
            }
            for point in self.users
        ]  # fmt: skip


@dataclass(frozen=True)
class AudiencePage(Tabular):
    """What the panels of a market say of an entity on a date."""

    entity: Entity
    basis: Basis
    audiences: tuple[Audience, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row a panel and day of daily users."""
        return [row for audience in self.audiences for row in audience.rows()]
