"""Stability: the ranking again without each source in turn, and which source carries it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from howdah.guidance.ranking import Place, rank_segments
from howdah.guidance.term import Terms

#: Terms of a segment without what one source says: ``terms_without(segment, source)``.
TermsWithout = Callable[[str, str], Terms]


@dataclass(frozen=True, slots=True)
class WithoutSource:
    """The ranking without one source.

    Attributes
    ----------
    places
        (place with it, place without it) of each segment that has one with it; None where it has
        none without it.
    """

    source: str
    places: tuple[tuple[str, int, int | None], ...]

    @property
    def n_changed(self) -> int:
        """Segments whose place is another, or none."""
        return sum(before != after for _, before, after in self.places)

    @property
    def moved(self) -> int:
        """Places by which segments moved in all; one that lost its place counts as all places."""
        n = len(self.places)
        return sum(n if after is None else abs(after - before) for _, before, after in self.places)


def rank_without_each(
    table: Mapping[str, Terms],
    groups: Sequence[Sequence[Place]],
    terms_without: TermsWithout,
    *,
    prob: float,
) -> tuple[WithoutSource, ...]:
    """The ranking without each source behind a term of a ranked segment, what moves most first.

    Only terms that rest on the source are computed again. Levels are learnt from all sources
    throughout: what is left out is what the source says of the segments, not what it taught of
    the others.
    """
    ranked = {place.segment: place.place for group in groups for place in group}
    sources = sorted(
        {name for segment in ranked for t in table[segment].values() for name in t.sources}
    )
    found = []
    for source in sources:
        changed = dict(table)
        for segment, terms in table.items():
            if any(source in term.sources for term in terms.values()):
                changed[segment] = terms_without(segment, source)
        after = {
            place.segment: place.place
            for group in rank_segments(changed, prob=prob)
            for place in group
        }
        places = tuple((s, before, after.get(s)) for s, before in ranked.items())
        found.append(WithoutSource(source, places))
    return tuple(sorted(found, key=lambda w: (-w.moved, w.source)))
