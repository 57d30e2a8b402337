"""What to build: what happens when a giant enters, and which segments to go into."""

from howdah.guidance.entries import (
    Entry,
    Evidence,
    Exit,
    Members,
    event_metrics,
    find_entries,
    find_incumbents,
    first_evidence,
)
from howdah.guidance.outcomes import Answer, Incumbent, Outcome, answer, find_outcome

__all__ = [
    "Answer",
    "Entry",
    "Evidence",
    "Exit",
    "Incumbent",
    "Members",
    "Outcome",
    "answer",
    "event_metrics",
    "find_entries",
    "find_incumbents",
    "find_outcome",
    "first_evidence",
]
