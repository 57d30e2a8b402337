"""Sentences and clauses: where a statement begins and ends, in Chinese and English.

Punctuation of either script ends a sentence of either language, since texts mix them. What stands
in brackets is part of the sentence around it and a clause of its own; so is what a dash or a colon
sets off. A decimal point, the comma of a number, an abbreviation and an initial end nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from howdah.documents.spans import Span

#: Quotation marks may hold several sentences, brackets are part of one.
_BRACKETS = "([{（【〔《"
_OPEN, _CLOSED = "([{（【〔《「『", ")]}）】〕》」』"
_PAIRS = dict(zip(_CLOSED, _OPEN, strict=True))

#: Brackets that are not closed within so many characters are a slip of the pen.
_BRACKET_REACH = 160

#: What may follow a full stop and still belongs to its sentence.
_TAIL = "\"'”’」』)）】》〉]"
#: From here on characters are Chinese, or punctuation of Chinese.
_FIRST_HAN = "\u2e80"
_ENDS = "。！？!?．…"

#: Abbreviations after which a sentence may go on, and those after which it hardly ends.
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|vs|approx|est|no|fig|inc|corp|co|ltd|dept|gov|gen|sen|rep"
    r"|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|e\.g|i\.e|cf|u\.s|u\.k|e\.u|p\.m|a\.m"
    r"|resp|ca|avg|min|max|incl|excl)|(?<![a-z0-9])[a-z])$",
    re.IGNORECASE,
)
_LAST_WORD_REACH = 12

_CLAUSE = re.compile(
    r"[，,；;：:—–。！？!?()（）\[\]【】\n]|\.(?=\s|$)|(?<=\s)-{1,2}(?=\s)"
    r"|\s(?=(?:while|whereas|although|though|but|and then)\s)|(?=(?:但|而)(?!且|是|言|后))",
    re.IGNORECASE,
)
_NUMBER_MARK = re.compile(r"\d[,，:：.]\d")


@dataclass(frozen=True, slots=True)
class Sentence(Span):
    """A sentence and its clauses, in order.

    Attributes
    ----------
    clauses
        They cover the sentence but for the marks between them.
    """

    clauses: tuple[Span, ...] = ()

    def clause_at(self, place: int) -> int:
        """Number of the clause that holds a place of the text, or of the next one."""
        for number, clause in enumerate(self.clauses):
            if place < clause.end:
                return number
        return max(len(self.clauses) - 1, 0)


def split_sentences(text: str, start: int = 0, end: int | None = None) -> tuple[Sentence, ...]:
    """Sentences of a part of a text.

    Parameters
    ----------
    text
        The whole text; offsets count its characters.
    start, end
        The part: a block. Nothing outside of it is looked at.

    Examples
    --------
    >>> [s.surface for s in split_sentences("It has $1.5 bn. Mr. Li left! 他说：“好。”走了。")]
    ['It has $1.5 bn.', 'Mr. Li left!', '他说：“好。”', '走了。']
    """
    end = len(text) if end is None else end
    found = []
    first = start
    for stop in (*_stops(text, start, end), end):
        begin, finish = _trimmed(text, first, stop)
        if begin < finish:
            clauses = tuple(_clauses(text, begin, finish))
            found.append(Sentence(begin, finish, text[begin:finish], clauses))
        first = stop
    return tuple(found)


def _stops(text: str, start: int, end: int) -> Iterator[int]:
    """Places right behind the marks that end sentences."""
    opened: list[int] = []
    place = start
    while place < end:
        char = text[place]
        if char in _OPEN:
            opened.append(place)
        elif char in _PAIRS:
            if opened and text[opened[-1]] == _PAIRS[char]:
                opened.pop()
        elif _is_end(text, place, end):
            while opened and place - opened[0] > _BRACKET_REACH:
                opened.pop(0)
            if not any(text[at] in _BRACKETS for at in opened):
                place = _tail_end(text, place + 1, end)
                opened.clear()
                yield place
                continue
        place += 1


def _tail_end(text: str, place: int, end: int) -> int:
    while place < end and (text[place] in _TAIL or text[place] in _ENDS):
        place += 1
    return place


def _is_end(text: str, place: int, end: int) -> bool:
    """Whether the mark at a place ends a sentence."""
    char = text[place]
    if char in "。！？":
        return True
    if char == "\n":
        return "\n" in (text[place - 1 : place] or "\n", text[place + 1 : place + 2])
    if char not in ".!?…．":
        return False
    behind = text[place + 1] if place + 1 < end else " "
    is_apart = behind.isspace() or behind in _TAIL or behind >= _FIRST_HAN
    return is_apart and (char in "!?…" or place + 1 >= end or _is_full_stop(text, place))


def _is_full_stop(text: str, place: int) -> bool:
    """Whether a stop ends a sentence and no abbreviation: a capital or a figure follows."""
    ahead = text[place + 1 : place + 8].lstrip(" \n\t" + _TAIL)
    before = text[max(place - _LAST_WORD_REACH, 0) : place]
    return not ahead[:1].islower() and _ABBREVIATION.search(before) is None


def _clauses(text: str, start: int, end: int) -> Iterator[Span]:
    first = start
    for mark in _CLAUSE.finditer(text, start, end):
        at = mark.start()
        if _NUMBER_MARK.fullmatch(text, max(at - 1, start), min(at + 2, end)):
            continue
        if text[at : at + 1] == "." and not _is_end(text, at, end):
            continue
        begin, finish = _trimmed(text, first, at)
        if begin < finish:
            yield Span(begin, finish, text[begin:finish])
        first = mark.end()
    begin, finish = _trimmed(text, first, end)
    if begin < finish:
        yield Span(begin, finish, text[begin:finish])


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
