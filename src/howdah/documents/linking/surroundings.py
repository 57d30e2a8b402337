"""Words of metrics around a number's sentence: above it, before it, in the question it answers."""

import re
from collections.abc import Iterator
from functools import lru_cache

from howdah.documents.lexicon import Trigger
from howdah.documents.numbers import Number
from howdah.documents.passages import Marked
from howdah.documents.spans import Span

#: Sentences before that are within reach, in the same block.
_REACH = 2

#: Sentences that are looked at in all: a list of many short items is one context.
_FARTHEST = 8

#: Ends of a block that asks.
_ASKS = re.compile(r"[?？]\W*$")


def words_around(number: Number) -> Iterator[tuple[str, Trigger, Span | None]]:
    """Where each word stands, the word, and the same again where it stands in a sentence.

    Words that wait for one behind the number are left out, and weak ones of sentences before.
    """
    for origin, text in _texts_above(number):
        yield from ((origin, t, None) for t in _triggers_of(number.marked, text) if not t.behind)
    for origin, trigger in _words_before(number):
        if not trigger.behind and not trigger.is_weak:
            yield origin, trigger, trigger
    yield from (("question", trigger, trigger) for trigger in _asked(number) if not trigger.behind)


@lru_cache(maxsize=256)
def _triggers_of(marked: Marked, text: str) -> tuple[Trigger, ...]:
    lower = marked.folded(text)
    return marked.lexicon.find(lower, 0, len(lower))


def _texts_above(number: Number) -> Iterator[tuple[str, str]]:
    """Texts that a number stands under, and what each is."""
    block, cell = number.block, number.cell
    if cell is not None:
        yield from (("column", text) for text in cell.column)
        yield from (("row", text) for text in cell.row)
    if block.caption:
        yield "caption", block.caption
    heading = number.marked.heading(number.passage.block)
    if heading is not None:
        yield "heading", heading.surface
    title = number.marked.document.title
    if title and (heading is None or heading.surface != title):
        yield "title", title


def _words_before(number: Number) -> Iterator[tuple[str, Trigger]]:
    """Words of the sentences before in the block, else the last ones of the block before."""
    passages = number.marked.passages
    is_text = number.block.kind == "paragraph"
    if number.block.kind == "item":
        yield from (("list_lead", trigger) for trigger in _list_lead(number))
    for back, at in enumerate(range(number.at - 1, max(number.at - 1 - _FARTHEST, -1), -1), 1):
        passage = passages[at]
        if passage.block == number.passage.block:
            if back > _REACH:
                return
            yield from ((f"back{back}", trigger) for trigger in passage.triggers)
            continue
        if number.passage.block - passage.block > 1:
            return
        near = passage.triggers[-_REACH:] if is_text else passage.triggers
        yield from (("block_before", trigger) for trigger in near)
        if is_text:
            return


def _list_lead(number: Number) -> tuple[Trigger, ...]:
    """Words of the sentence that a list stands under."""
    blocks = number.marked.document.blocks
    for passage in reversed(number.marked.passages[: number.at]):
        if blocks[passage.block].kind != "item":
            return passage.triggers
    return ()


def _asked(number: Number) -> tuple[Trigger, ...]:
    """Words of the question that the number's block answers."""
    block = number.passage.block
    passages = number.marked.passages[max(number.at - _FARTHEST, 0) : number.at]
    before = [passage for passage in passages if passage.block == block - 1]
    if not before or _ASKS.search(number.marked.document.blocks[block - 1].surface) is None:
        return ()
    return before[-1].triggers
