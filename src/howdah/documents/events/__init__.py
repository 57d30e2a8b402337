"""Events: what happened to somebody, as claims without a number."""

from howdah.documents.events.finder import Event, find_events
from howdah.documents.events.patterns import event_metrics

from howdah.documents.events.stating import claims_of_events

__all__ = ["Event", "claims_of_events", "event_metrics", "find_events"]
