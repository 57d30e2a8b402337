"""Relations: who owns, makes, publishes and includes what, on which day."""

import datetime as dt
from collections import deque
from collections.abc import Iterable

from howdah.core import Relation
from howdah.entities.links import DESCENDING

_NONE: frozenset[str] = frozenset()


class RelationGraph:
    """Relations between canonical ids, to be walked in both directions.

    Parameters
    ----------
    relations
        With canonical ids at both ends; one from an entity to itself is left out, as are
        repeated ones.
    """

    def __init__(self, relations: Iterable[Relation]) -> None:
        self._touching: dict[str, list[Relation]] = {}
        for relation in dict.fromkeys(relations):
            if relation.source != relation.target:
                self._touching.setdefault(relation.source, []).append(relation)
                self._touching.setdefault(relation.target, []).append(relation)

    def touching(self, id_: str, day: dt.date | None) -> tuple[Relation, ...]:
        """Relations from or to an entity that hold on a day; every one when `day` is None."""
        return tuple(relation for relation in self._touching.get(id_, ()) if holds(relation, day))

    def parents(self, id_: str, day: dt.date | None) -> tuple[str, ...]:
        """Owners and makers of an entity, in the order of the files."""
        return tuple(
            relation.source
            for relation in self.touching(id_, day)
            if relation.target == id_ and relation.relation in DESCENDING
        )

    def ancestors(self, id_: str) -> frozenset[str]:
        """Owners and makers of an entity at any time, and theirs."""
        if id_ not in self._touching:
            return _NONE
        found: set[str] = set()
        waiting = [id_]
        while waiting:
            for parent in self.parents(waiting.pop(), None):
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return frozenset(found - {id_})

    def descendants(self, id_: str, day: dt.date | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Walk down what an entity owns, makes, publishes or includes, nearest first.

        Each appears once, by its shortest path, even where the relations run in a circle.

        Returns
        -------
        tuple
            Canonical id and the names of the relations that lead to it.
        """
        seen = {id_}
        found: list[tuple[str, tuple[str, ...]]] = []
        waiting: deque[tuple[str, tuple[str, ...]]] = deque([(id_, ())])
        while waiting:
            node, path = waiting.popleft()
            for relation in self.touching(node, day):
                if (
                    relation.source == node
                    and relation.relation in DESCENDING
                    and relation.target not in seen
                ):
                    seen.add(relation.target)
                    step = relation.target, (*path, relation.relation)
                    found.append(step)
                    waiting.append(step)
        return tuple(found)


def holds(relation: Relation, day: dt.date | None) -> bool:
    """Whether a relation holds on a day; one without dates always does.

    Examples
    --------
    >>> owned = Relation("meituan", "owns", "light-years-beyond", dt.date(2023, 6, 29))
    >>> holds(owned, dt.date(2023, 1, 1)), holds(owned, dt.date(2024, 1, 1)), holds(owned, None)
    (False, True, True)
    """
    if day is None:
        return True
    return (relation.valid_from is None or relation.valid_from <= day) and (
        relation.valid_to is None or day <= relation.valid_to
    )
