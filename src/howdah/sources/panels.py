"""The panel table of a feed spec: the log of a device panel or a census, and what it claims."""

import re
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from howdah.sources.columns import Strict

#: Identifier scheme of what is simulated.
SIMULATED = "simulated"

Every = Literal["day", "week", "month"]

PanelMetric = Literal[
    "dau", "wau", "mau28", "mau30", "mau_month", "stickiness28",
    "retention_d1", "retention_d7", "retention_d30",
]  # fmt: skip

#: Metrics that are told of a month alone: users of a calendar month, and shares of its cohorts.
MONTHLY: tuple[PanelMetric, ...] = (
    "mau_month", "retention_d1", "retention_d7", "retention_d30"
)  # fmt: skip

#: Metrics that are shares, and that cohorts of a calendar month have.
RATIOS: tuple[PanelMetric, ...] = ("stickiness28", "retention_d1", "retention_d7", "retention_d30")
COHORT_DAYS: dict[PanelMetric, int] = {"retention_d1": 1, "retention_d7": 7, "retention_d30": 30}


class PanelClaim(Strict):
    """A metric of the panel that becomes claims, one a product and period."""

    metric: PanelMetric = Field(
        description="Metric; retention is that of a month's cohorts, mau_month of its users."
    )
    every: Every = Field(
        "month",
        description="day, week or month: users of a day are the mean of its days.",
    )
    definition: str = Field(
        "", description="Whose definition; the feed's id and the metric if absent."
    )

    @model_validator(mode="after")
    def _months_are_monthly(self) -> Self:
        if self.metric in MONTHLY and self.every != "month":
            raise ValueError(f"{self.metric} is of a calendar month: every = 'month'")
        return self


#: What a panel claims unless its spec says.
_USUAL = (
    PanelClaim(metric="dau", every="week"),
    PanelClaim(metric="wau", every="week"),
    PanelClaim(metric="mau28"),
    PanelClaim(metric="mau_month"),
    PanelClaim(metric="stickiness28"),
    PanelClaim(metric="retention_d1"),
    PanelClaim(metric="retention_d7"),
    PanelClaim(metric="retention_d30"),
)


class PanelLog(Strict):
    """A log of which unit used which product when, with the panel that the units belong to."""

    roster: str = Field(
        "", description="File of the panel: unit, stratum, joined, left; without it, a census."
    )
    strata: str = Field("", description="File of the strata: stratum, population.")
    unit: str = Field("unit", description="Column of the unit; its ids are hashed at the door.")
    product: str = Field("product", description="Column of the product.")
    day: str = Field("day", description="Column of the day.")
    ts: str = Field("", description="Column of the time, instead of the day.")
    time_zone: str = Field("UTC", description="Time zone in which times are cut to days.")
    scheme: str = Field("name", description="Identifier scheme of the products.")
    counts: Literal["device", "login_account", "people"] = Field(
        "device", description="What a unit is: device, login_account, people."
    )
    burn_in: int = Field(55, ge=0, description="Days of look-back that tell what is new.")
    min_n: int = Field(30, ge=0, description="Cells of fewer units are suppressed.")
    claim: tuple[PanelClaim, ...] = Field(
        (),
        description="What becomes claims; if absent, users of a day and a week by week, and users "
        "of 28 days and of the calendar month, stickiness and retention by month.",
    )

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("no time zone; give one as UTC, Asia/Shanghai") from None
        return value

    @field_validator("scheme")
    @classmethod
    def _is_scheme(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_.-]*", value):
            raise ValueError("use small letters, digits, '-', '_' and '.'")
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if bool(self.roster) != bool(self.strata):
            raise ValueError("give both 'roster' and 'strata' for a panel, neither for a census")
        if len({(c.metric, c.every, c.definition) for c in self.claim}) < len(self.claim):
            raise ValueError("a [[panel.claim]] stands there twice")
        return self

    @property
    def claims(self) -> tuple[PanelClaim, ...]:
        """What becomes claims."""
        return self.claim or _USUAL

    @property
    def is_census(self) -> bool:
        """Whether every unit stands for itself."""
        return not self.roster
