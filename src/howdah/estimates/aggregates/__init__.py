"""Growth, sums, shares, ratios and places, from levels joined with all that they share."""

from howdah.estimates.aggregates.changes import GrowthTable
from howdah.estimates.aggregates.joint import Joint, Levels
from howdah.estimates.aggregates.measures import (
    Interval,
    growth,
    ratio,
    share,
    shares,
    total,
    total_growth,
)
from howdah.estimates.aggregates.places import ranks
from howdah.estimates.aggregates.trust import NO_TRUST, Trust, learn_trust

__all__ = [
    "NO_TRUST",
    "GrowthTable",
    "Interval",
    "Joint",
    "Levels",
    "Trust",
    "growth",
    "learn_trust",
    "ranks",
    "ratio",
    "share",
    "shares",
    "total",
    "total_growth",
]
