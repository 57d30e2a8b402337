"""Looking for many words at once in folded text, Latin words whole."""

from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick, MatchKind

T = TypeVar("T")


class Hit(NamedTuple, Generic[T]):
    """A word that stands at [start, end), and what it was listed for."""

    start: int
    end: int
    word: str
    meanings: tuple[T, ...]


class WordFinder(Generic[T]):
    """Finds the words of a list, each with what it means; the longest at a place.

    Parameters
    ----------
    words
        Words in folded lower case and their meanings. A word that begins or ends with a Latin
        letter or digit does not begin or end inside of another.
    """

    def __init__(self, words: Iterable[tuple[str, T]]) -> None:
        meanings: dict[str, list[T]] = {}
        for word, meaning in words:
            meanings.setdefault(word, []).append(meaning)
        self._words = tuple(meanings)
        self._meanings = tuple(tuple(dict.fromkeys(found)) for found in meanings.values())
        # One word is too few for the automaton of an empty list.
        self._automaton = AhoCorasick(self._words or ("\0",), matchkind=MatchKind.Standard)

    def find(self, lower: str, *, nested: bool = False) -> Iterator[Hit[T]]:
        """Words in a text, by their start.

        Parameters
        ----------
        lower
            Folded lower case.
        nested
            Also those that stand inside of a longer one.
        """
        hits = [
            (start, end, number)
            for number, start, end in self._automaton.find_matches_as_indexes(
                lower, overlapping=True
            )
            if number < len(self._words) and _is_whole(lower, start, end)
        ]
        hits.sort(key=lambda hit: (hit[0], -hit[1]))
        reach = 0
        for start, end, number in hits:
            if nested or end > reach:
                reach = max(reach, end)
                yield Hit(start, end, self._words[number], self._meanings[number])


def _is_whole(lower: str, start: int, end: int) -> bool:
    return not (
        (start and _is_joined(lower[start - 1], lower[start]))
        or (end < len(lower) and _is_joined(lower[end - 1], lower[end]))
    )


def _is_joined(one: str, other: str) -> bool:
    """Whether two characters belong to one word; a number may be glued to a word: ARPU58."""
    both = _is_latin(one) and _is_latin(other)
    return both and not (one.isalpha() and other.isdigit())


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
