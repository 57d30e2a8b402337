"""What changed, how sure: growth, overtakings, crossings, contradictions, faults, events."""

from howdah.estimates.health import market_index
from howdah.signals.radar import MAX_SHOWN, choose, find_all
from howdah.signals.scene import Scene, SegmentView

__all__ = ["MAX_SHOWN", "Scene", "SegmentView", "choose", "find_all", "market_index"]
