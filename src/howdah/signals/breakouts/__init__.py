"""Breakouts: who may enter a top or outgrow the market as of a day, with odds and reasons."""

from howdah.signals.breakouts.companions import link_table
from howdah.signals.breakouts.feed import Feed, code_feed
from howdah.signals.breakouts.labels import Labels, are_known, candidates, label
from howdah.signals.breakouts.outlook import Outlook, Question, Sources, look_out
from howdah.signals.breakouts.panel import Panel, PanelBuilder, build_panel
from howdah.signals.breakouts.table import SCHEMA, breakout_table
from howdah.signals.breakouts.target import Target, parse_target
from howdah.signals.breakouts.training import breaks_of

__all__ = [
    "SCHEMA",
    "Feed",
    "Labels",
    "Outlook",
    "Panel",
    "PanelBuilder",
    "Question",
    "Sources",
    "Target",
    "are_known",
    "breakout_table",
    "breaks_of",
    "build_panel",
    "candidates",
    "code_feed",
    "label",
    "link_table",
    "look_out",
    "parse_target",
]
