"""Simulated markets: units whose every day is known, and the panel that sees some of them."""

from howdah.panels.simulation.folder import write_assistants
from howdah.panels.simulation.logs import Faults, scattered, write_log
from howdah.panels.simulation.market import Burst, Market, Product, Stratum
from howdah.panels.simulation.membership import Membership, draw_members, everybody
from howdah.panels.simulation.population import Population, populate
from howdah.panels.simulation.scenarios import assistants, crowd
from howdah.panels.simulation.truth import Truth

__all__ = [
    "Burst",
    "Faults",
    "Market",
    "Membership",
    "Population",
    "Product",
    "Stratum",
    "Truth",
    "assistants",
    "crowd",
    "draw_members",
    "everybody",
    "populate",
    "scattered",
    "write_assistants",
    "write_log",
]
