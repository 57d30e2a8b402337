"""Answers in bytes, kept while there is room: the one used longest ago goes first."""

from collections import OrderedDict
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """What tells how many bytes it takes."""

    @property
    def size(self) -> int:
        """Bytes that it takes."""


Held = TypeVar("Held", bound=Sized)

#: Bytes that an entry takes besides the answer's own: its tag, places in tables, and objects.
_OVERHEAD = 900


class AnswerCache(Generic[Held]):
    """A cache bounded by the bytes it holds.

    Parameters
    ----------
    limit
        Bytes. An answer of more than a quarter of it is not kept: it would drive out too many.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: OrderedDict[str, Held] = OrderedDict()
        self.size = 0
        self.n_hits = 0
        self.n_misses = 0

    def __len__(self) -> int:
        return len(self._held)

    def get(self, tag: str) -> Held | None:
        """The answer of a tag, None when it is not held."""
        found = self._held.get(tag)
        if found is None:
            self.n_misses += 1
            return None
        self.n_hits += 1
        self._held.move_to_end(tag)
        return found

    def put(self, tag: str, answer: Held) -> None:
        """Keep an answer, and drop others until all fit."""
        if tag in self._held or answer.size + _OVERHEAD > self._limit // 4:
            return
        self._held[tag] = answer
        self.size += answer.size + _OVERHEAD
        while self.size > self._limit:
            _, dropped = self._held.popitem(last=False)
            self.size -= dropped.size + _OVERHEAD

    def clear(self) -> None:
        """Drop everything."""
        self._held.clear()
        self.size = 0
