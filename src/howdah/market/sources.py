"""The sources of a market, each with its report card: kept by the last update or made anew."""

import datetime as dt

from howdah.estimates import flag_suspects
from howdah.market.basis import basis_of
from howdah.market.cards import make_cards
from howdah.market.derived import Derived
from howdah.market.pages import SourceCards
from howdah.market.prints import models_of
from howdah.market.workspace import Workspace


def sources(ws: Workspace, as_of: dt.date) -> SourceCards:
    """The report card of every source, as known on a date."""
    table = Derived(ws).stored_cards(as_of)
    if table is None:
        observations = flag_suspects(ws.observations(as_of))
        models = models_of(ws, observations, as_of)
        table = make_cards(ws, observations, models, as_of)
    ordered = table.sort("source", "metric")
    return SourceCards(basis_of(ws, as_of), tuple(ordered.iter_rows(named=True)))
