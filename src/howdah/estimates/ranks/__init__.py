"""Rank to level: what a place in a chart says of the level, through those whose level is known."""

from howdah.estimates.ranks.charted import CHART, observe_charts
from howdah.estimates.ranks.levels import METHOD, MIN_KNOWN, RankLevels, levels_from_ranks
from howdah.estimates.ranks.observed import OBSERVED_SCHEMA, levels_from_observations

__all__ = [
    "CHART",
    "METHOD",
    "MIN_KNOWN",
    "OBSERVED_SCHEMA",
    "RankLevels",
    "levels_from_observations",
    "levels_from_ranks",
    "observe_charts",
]
