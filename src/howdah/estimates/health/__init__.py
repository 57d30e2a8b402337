"""Feed health: when a movement is the measurement's and not the market's."""

from howdah.estimates.health.events import EVENT_SCHEMA
from howdah.estimates.health.feed import FeedHealth, check_feed
from howdah.estimates.health.index import MarketIndex, market_index
from howdah.estimates.health.steps import MIN_COMMON

__all__ = [
    "EVENT_SCHEMA",
    "MIN_COMMON",
    "FeedHealth",
    "MarketIndex",
    "check_feed",
    "market_index",
]
