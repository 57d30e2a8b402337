"""Grounding: where the words of a proposal stand in the text, or that they do not.

Words are looked for as they are, then folded (script, width, case), white space as one kind of
space; never by likeness.
"""

import re

from howdah.documents.passages import Marked, Passage
from howdah.documents.spans import Mention, Period, Span

_SPACE = re.compile(r"\s")


class UngroundedError(ValueError):
    """Words of a proposal do not stand where they have to; the text says which."""


class Ground:
    """The text of a document, to find words in.

    Parameters
    ----------
    marked
        The document with what was found in it.
    """

    def __init__(self, marked: Marked) -> None:
        self.marked = marked
        self._raw = _SPACE.sub(" ", marked.document.text)
        self._folded = _SPACE.sub(" ", marked.lower)

    def first(self, words: str, start: int, end: int) -> Span | None:
        """Where words stand first in a part of the text, None where they do not."""
        return self._found(words, start, end, is_last=False)

    def nearest(self, words: str, passage: Passage) -> Span | None:
        """Where words stand in a sentence, or else last before it."""
        begin, end = passage.sentence.start, passage.sentence.end
        return self.first(words, begin, end) or self._found(words, 0, begin, is_last=True)

    def name(self, words: str, passage: Passage) -> Mention | Span:
        """The name of the catalogue that words are, or the words themselves.

        A name may stand before the sentence, as what "the company" stands for does.

        Raises
        ------
        UngroundedError
            They stand nowhere, or are such a word themselves.
        """
        known = self._known(words, passage)
        if known is not None:
            return known
        place = self.nearest(words, passage)
        if place is None:
            raise UngroundedError("the subject does not stand in the text")
        for mention in self.marked.mentions:
            if mention.start <= place.start and place.end <= mention.end:
                return mention
        if any(a.start < place.end and place.start < a.end for a in passage.anaphors):
            raise UngroundedError("the subject is a word that stands for a name")
        return place

    def period(self, words: str, passage: Passage) -> Period:
        """The period that words name, in a sentence or else last before it.

        Raises
        ------
        UngroundedError
            No period of the text is named so.
        """
        wanted = self._plain(words)
        for period in passage.periods:
            if wanted and wanted in self._plain(period.surface):
                return period
        place = self.nearest(words, passage)
        for other in reversed(self.marked.passages):
            for period in other.periods if place is not None else ():
                if place is not None and period.start < place.end and place.start < period.end:
                    return period
        raise UngroundedError("the words of the period name none in the text")

    def _known(self, words: str, passage: Passage) -> Mention | None:
        """The mention of just these words, in a sentence or else last before it."""
        wanted = self._plain(words)
        spelt = [m for m in self.marked.mentions if self._plain(m.surface) == wanted]
        begin, end = passage.sentence.start, passage.sentence.end
        inside = [m for m in spelt if begin <= m.start < end]
        before = [m for m in spelt if m.start < begin]
        return next(iter(inside[:1] or before[-1:]), None)

    def _plain(self, words: str) -> str:
        return _SPACE.sub(" ", self.marked.folded(words.strip()))

    def _found(self, words: str, start: int, end: int, *, is_last: bool) -> Span | None:
        bare = _SPACE.sub(" ", words.strip())
        if not bare:
            return None
        for text, wanted in ((self._raw, bare), (self._folded, self._plain(bare))):
            at = text.rfind(wanted, start, end) if is_last else text.find(wanted, start, end)
            if at >= 0:
                last = at + len(wanted)
                return Span(at, last, self.marked.document.text[at:last])
        return None
