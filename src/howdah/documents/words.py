"""Words looked up at a place of a folded text, forwards or backwards, the longest first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

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

    __slots__ = ("_by_first", "_by_last")

    def __init__(self, entries: Mapping[str, T] | Iterable[tuple[str, T]]) -> None:
        by_first: dict[str, list[tuple[str, T]]] = defaultdict(list)
        by_last: dict[str, list[tuple[str, T]]] = defaultdict(list)
        for word, meaning in sorted(dict(entries).items(), key=lambda entry: -len(entry[0])):
            by_first[word[0]].append((word, meaning))
            by_last[word[-1]].append((word, meaning))
        self._by_first = dict(by_first)
        self._by_last = dict(by_last)

    def at(self, text: str, start: int) -> tuple[int, T] | None:
        """End and meaning of the longest word that starts there."""
        for word, meaning in self._by_first.get(text[start : start + 1], ()):
            if text.startswith(word, start):
                end = start + len(word)
                if not (is_latin(word[-1]) and end < len(text) and is_latin(text[end])) and not (
                    start and is_latin(word[0]) and is_latin(text[start - 1])
                ):
                    return end, meaning
        return None

    def before(self, text: str, end: int) -> tuple[int, T] | None:
        """Start and meaning of the longest word that ends there."""
        if not end:
            return None
        for word, meaning in self._by_last.get(text[end - 1], ()):
            start = end - len(word)
            if start >= 0 and text.startswith(word, start):
                if is_latin(word[0]) and start and is_latin(text[start - 1]):
                    continue
                if is_latin(word[-1]) and end < len(text) and is_latin(text[end]):
                    continue
                return start, meaning
        return None


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
