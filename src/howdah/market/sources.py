"""The sources of a market, each with its report card: kept by the last update or made anew."""

import datetime as dt
from typing import TYPE_CHECKING, cast

from howdah.market.basis import basis_of
from howdah.market.cards import make_cards
from howdah.market.charts import silent_charts
from howdah.market.derived import Derived
from howdah.market.fusing import fuse
from howdah.market.observing import observations_at, without_simulated
from howdah.market.pages import SourceCards
from howdah.market.workspace import Workspace

if TYPE_CHECKING:
    from howdah.market.pages.sources import Card


def sources(ws: Workspace, as_of: dt.date) -> SourceCards:
    """The report card of every source, as known on a date."""
    table = Derived(ws).stored_cards(as_of)
    if table is None:
        observations = observations_at(ws, as_of)
        fused = fuse(ws, observations, as_of)
        table = make_cards(
            ws, without_simulated(observations), fused.models, fused.levels.suspects, as_of
        )
    ordered = table.sort("source", "metric")
    cards = cast("tuple[Card, ...]", tuple(ordered.iter_rows(named=True)))
    return SourceCards(basis_of(ws, as_of), cards, silent_charts(ws, as_of))
