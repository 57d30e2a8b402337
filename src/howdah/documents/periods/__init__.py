"""Periods of a text: which days a wording means, against the publication and other periods."""

from howdah.documents.periods.finder import find_periods

__all__ = ["find_periods"]
