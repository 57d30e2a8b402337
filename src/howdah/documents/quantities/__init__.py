"""Numbers of a text: what they count, how exactly they are worded, and what changes they tell."""

from howdah.documents.quantities.finder import find_quantities

__all__ = ["find_quantities"]
