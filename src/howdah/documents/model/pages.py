"""Pages: parts of a document that a model is asked about at once, sentence by sentence.

A page holds no more than a small model on one's own machine reads well, and the sentences that lead
to it, for whom "the company" stands for.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from howdah.documents.passages import Marked

#: Characters and numbers of a page, and characters that lead to it.
MOST_CHARACTERS = 3000
MOST_NUMBERS = 16
LEAD_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class Page:
    """Some sentences of a document.

    Attributes
    ----------
    lead
        Number of the first passage that is shown.
    first, last
        Numbers of the passages that are asked about; `last` is not one of them.
    """

    marked: Marked
    lead: int
    first: int
    last: int

    @property
    def start(self) -> int:
        """Where what is asked about begins in the document."""
        return self.marked.passages[self.first].sentence.start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.marked.passages[self.last - 1].sentence.end

    def text(self) -> str:
        """What is sent of the document: its day, publication, title, heading and sentences."""
        document = self.marked.document
        heading = self.marked.heading(self.marked.passages[self.first].block)
        shown = {
            f"s{at}": self.marked.passages[at].sentence.surface
            for at in range(self.lead, self.last)
        }
        told = {
            "published": None if document.published_at is None else str(document.published_at),
            "publication": document.publication,
            "title": document.title,
            "heading": "" if heading is None else heading.surface,
            "sentences": shown,
        }
        return json.dumps(told, ensure_ascii=False)


def pages_of(marked: Marked) -> Iterator[Page]:
    """The pages of a document, in order; a sentence that is longer than a page is left out."""
    first, n_characters, n_numbers = 0, 0, 0
    for at, passage in enumerate(marked.passages):
        length, numbers = len(passage.sentence.surface), len(passage.quantities)
        is_full = n_characters + length > MOST_CHARACTERS or n_numbers + numbers > MOST_NUMBERS
        if is_full and at > first:
            yield _page(marked, first, at)
            first, n_characters, n_numbers = at, 0, 0
        if length > MOST_CHARACTERS:
            first, n_characters, n_numbers = at + 1, 0, 0
            continue
        n_characters += length
        n_numbers += numbers
    if first < len(marked.passages):
        yield _page(marked, first, len(marked.passages))


def _page(marked: Marked, first: int, last: int) -> Page:
    lead, left = first, LEAD_CHARACTERS
    while lead and len(marked.passages[lead - 1].sentence.surface) <= left:
        lead -= 1
        left -= len(marked.passages[lead].sentence.surface)
    return Page(marked, lead, first, last)
