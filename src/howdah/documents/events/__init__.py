"""Events: what happened to somebody, as claims without a number."""

from howdah.documents.events.finder import find_events
from howdah.documents.events.participants import as_number
from howdah.documents.events.patterns import Patterns, event_metrics, parse_patterns
from howdah.documents.events.reading import Event
from howdah.documents.events.rechecking import recheck
from howdah.documents.events.stating import claims_of_events

__all__ = [
    "Event",
    "Patterns",
    "as_number",
    "claims_of_events",
    "event_metrics",
    "find_events",
    "parse_patterns",
    "recheck",
]
