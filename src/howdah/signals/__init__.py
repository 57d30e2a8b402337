"""What changed, how sure, and how often each kind of finding was right."""

from howdah.estimates.health import market_index
from howdah.signals.radar import MAX_SHOWN, METHODS, choose, find_all, ranked
from howdah.signals.scene import Scene, SegmentView

__all__ = [
    "MAX_SHOWN",
    "METHODS",
    "Scene",
    "SegmentView",
    "choose",
    "find_all",
    "market_index",
    "ranked",
]
