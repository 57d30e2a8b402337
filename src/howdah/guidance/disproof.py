"""Disproof: which later figure of a term would speak against going into a segment.

For each term that is told, the bad end of its present interval: less growth, size or retention than
its lower end, more held by giants or more cost than its upper end. Growth that may be none is
wrong as soon as it is below zero. What is not told is an assumption that nothing tests yet.
"""

from dataclasses import dataclass
from typing import Literal

from howdah.guidance.term import TERMS, Term, TermName, Terms


@dataclass(frozen=True, slots=True)
class Disproof:
    """A figure of a term that would speak against a direction.

    Attributes
    ----------
    side
        On which side of `limit` all of a later interval has to lie.
    """

    term: TermName
    side: Literal["below", "above"]
    limit: float


def find_disproofs(terms: Terms) -> tuple[tuple[Disproof, ...], tuple[Term, ...]]:
    """What would speak against a segment, and the terms that nothing tests.

    Examples
    --------
    >>> find_disproofs({"growth": Term("growth", "few", detail="2 products with dau")})[0]
    ()
    """
    found: list[Disproof] = []
    untested: list[Term] = []
    for name, is_more_better in TERMS.items():
        term = terms.get(name)
        if term is None:
            continue
        if not term.is_told:
            untested.append(term)
            continue
        limit = term.lower if is_more_better else term.upper
        if name == "growth":
            limit = min(limit, 0.0)
        found.append(Disproof(name, "below" if is_more_better else "above", limit))
    return tuple(found), tuple(untested)
