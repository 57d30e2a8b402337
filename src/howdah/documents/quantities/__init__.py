"""Numbers of a text: what they count, how exactly they are worded, and what changes they tell."""

from howdah.documents.quantities.finder import find_quantities
from howdah.documents.quantities.headers import HeaderUnit, read_header

__all__ = ["HeaderUnit", "find_quantities", "read_header"]
