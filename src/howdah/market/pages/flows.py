"""Who goes from which product to which, as panels count it."""

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from howdah.market.pages.audience import Measure
from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True, slots=True)
class Flow:
    """Units that left one product and joined another in a month.

    Attributes
    ----------
    source, target
        Canonical ids; '' for no product at all.
    """

    source: str
    source_name: str
    target: str
    target_name: str
    measure: Measure


@dataclass(frozen=True, slots=True)
class PanelFlows:
    """The flows that one panel counted in its last month known on a date."""

    feed: str
    title: str
    source: str
    is_simulated: bool
    unit: str
    month: dt.date
    prob: float
    flows: tuple[Flow, ...]
    n_hidden: int


@dataclass(frozen=True)
class Flows(Tabular):
    """Flows of every panel of a market."""

    basis: Basis
    panels: tuple[PanelFlows, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row a flow."""
        return [
            {
                "feed": panel.feed,
                "is_simulated": panel.is_simulated,
                "unit": panel.unit,
                "month": panel.month,
                "prob": panel.prob,
                "source": flow.source,
                "source_name": flow.source_name,
                "target": flow.target,
                "target_name": flow.target_name,
                **dataclasses.asdict(flow.measure),
            }
            for panel in self.panels
            for flow in panel.flows
        ]
