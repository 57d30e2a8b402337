"""Words of lists in a folded text: looked up at a place of it, or found wherever they stand."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick, MatchKind

T = TypeVar("T")


class Words(Generic[T]):
    """Words and what each stands for.

    A word that begins or ends with a Latin letter stands there only when no Latin letter goes on
    beside it: "over" is not in "overseas". Chinese words have no such border.

    Parameters
    ----------
    entries
        Words, as folded and in lower case, with their meaning.

    Examples
    --------
    >>> words = Words({"超": "over", "超过": "at_least", "over": "over"})
    >>> words.at("超过3亿", 0), words.before("已超3亿", 2), words.at("overseas", 0)
    ((2, 'at_least'), (1, 'over'), None)
    """

    __slots__ = ("_lengths_by_first", "_lengths_by_last", "_meanings")

    def __init__(self, entries: Mapping[str, T] | Iterable[tuple[str, T]]) -> None:
        self._meanings = dict(entries)
        self._lengths_by_first = _lengths(self._meanings, 0)
        self._lengths_by_last = _lengths(self._meanings, -1)

    def at(self, text: str, start: int) -> tuple[int, T] | None:
        """End and meaning of the longest word that starts there."""
        lengths = self._lengths_by_first.get(text[start : start + 1])
        if lengths is None:
            return None
        if start and is_latin(text[start]) and is_latin(text[start - 1]):
            return None
        for length in lengths:
            word = text[start : start + length]
            if word in self._meanings and len(word) == length:
                end = start + length
                if not (end < len(text) and is_latin(word[-1]) and is_latin(text[end])):
                    return end, self._meanings[word]
        return None

    def before(self, text: str, end: int) -> tuple[int, T] | None:
        """Start and meaning of the longest word that ends there."""
        lengths = self._lengths_by_last.get(text[end - 1 : end])
        if lengths is None:
            return None
        if end < len(text) and is_latin(text[end - 1]) and is_latin(text[end]):
            return None
        for length in lengths:
            start = end - length
            word = text[max(0, start) : end]
            if start < 0 or word not in self._meanings:
                continue
            if not (start and is_latin(word[0]) and is_latin(text[start - 1])):
                return start, self._meanings[word]
        return None


def _lengths(words: Iterable[str], place: int) -> dict[str, tuple[int, ...]]:
    """Lengths of the words by their first or last character, the longest first."""
    found: dict[str, set[int]] = defaultdict(set)
    for word in words:
        found[word[place]].add(len(word))
    return {char: tuple(sorted(lengths, reverse=True)) for char, lengths in found.items()}


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
    both = one.isascii() and one.isalnum() and other.isascii() and other.isalnum()
    return both and not (one.isalpha() and other.isdigit())


def starts_pattern(han: Iterable[str], latin: Iterable[str]) -> str:
    """A pattern of words that something may start with, the longest first.

    The first characters are tried before the words: most places of a text have none of them.
    """
    chinese, english = (sorted(words, key=len, reverse=True) for words in (han, latin))
    firsts = "".join(sorted({word[0] for word in chinese}))
    letters = "".join(sorted({word[0] for word in english}))
    return (
        f"(?=[{re.escape(firsts)}])(?:{'|'.join(map(re.escape, chinese))})"
        rf"|(?=[{re.escape(letters)}])(?<![a-z])(?:{'|'.join(map(re.escape, english))})(?![a-z])"
    )


def is_latin(char: str) -> bool:
    """Whether a character is a letter of a script that parts words by spaces."""
    return char.isalpha() and char < "\u2e80"


def skip_spaces(text: str, start: int) -> int:
    """The first place from `start` on that is no space."""
    while start < len(text) and text[start] == " ":
        start += 1
    return start


def skip_spaces_back(text: str, end: int) -> int:
    """The last place up to `end` that has no space before it."""
    while end and text[end - 1] == " ":
        end -= 1
    return end
