"""A page as drafts of blocks: its elements walked once, without a tree and without recursion.

What a browser mends is mended as far as the text needs it: paragraphs, items, rows and cells that
are not closed, marks closed in the wrong order, ends without a beginning.
"""

import html
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from howdah.documents.origins import WHITE
from howdah.documents.reading.drafts import Draft
from howdah.documents.reading.elements import (
    BLOCKS,
    INLINE,
    LEFT_OUT,
    STRUCK,
    VOID,
    Nature,
    Natures,
)
from howdah.documents.reading.markup import Mark, read_attributes, read_marks
from howdah.documents.reading.tables import Grid
from howdah.documents.spans import BlockKind

#: Inline marks looked through for the beginning of one that ends.
_MOST_INLINE = 64
#: Times of a page that are kept: the first tells the publication.
_MOST_TIMES = 20
#: Tables in one another that are read as such; deeper ones lay out a page, or are meant to exhaust.
_MOST_TABLES = 8

_CELLS = frozenset({"td", "th", "caption"})
_SECTIONS = frozenset({"thead", "tbody", "tfoot"})
_ROWS = _SECTIONS | {"tr", "colgroup"}
_ITEMS = {"li": frozenset({"li"}), "dt": frozenset({"dt", "dd"}), "dd": frozenset({"dt", "dd"})}
_LISTS = frozenset({"ul", "ol", "dl", "menu"})
_FRESH = frozenset({"section", "article", "main", "body", "blockquote", *_CELLS})
_PLAIN = Nature()
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


@dataclass(frozen=True, slots=True)
class Element:
    """A block element that may hold the content.

    Attributes
    ----------
    parent
        Number of the element that it is in; its own for the page.
    """

    name: str
    parent: int
    is_beside: bool = False
    is_region: bool = False


@dataclass(slots=True)
class Page:
    """What was found in a page.

    Attributes
    ----------
    drafts
        Blocks in order, without what is hidden.
    elements
        Elements that drafts name as their parents; an element comes after its parent.
    metas
        Contents of meta elements by their name or property in lower case, the first of each.
    scripts
        Places of scripts of linked data.
    times
        Dates that time elements give for machines.
    n_struck, n_hidden
        Elements left out because they are struck out, or hidden.
    """

    source: str
    drafts: list[Draft] = field(default_factory=list)
    elements: list[Element] = field(default_factory=lambda: [Element("", 0)])
    metas: dict[str, str] = field(default_factory=dict)
    title: str = ""
    lang: str = ""
    scripts: list[tuple[int, int]] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    n_struck: int = 0
    n_hidden: int = 0


class _Open(NamedTuple):
    """An element that is open."""

    name: str
    is_block: bool
    is_out: bool
    kind: BlockKind
    level: int
    number: int


class _Level(NamedTuple):
    """A part of the page that marks do not reach out of: a cell, a table, the page."""

    name: str
    depth: int
    n_open: Counter[str]
    sink: list[Draft]


def read_page(source: str, *, with_furniture: bool = False) -> Page:
    r"""Read a page, or a piece of one.

    Parameters
    ----------
    with_furniture
        Read menus, footers and the like too, which are left out otherwise.

    Examples
    --------
    >>> [draft.text for draft in read_page("<p>7.6&nbsp;million<p>a  <b>day</b>").drafts]
    ['7.6\xa0million', 'a day']
    """
    reader = _Reader(source, with_furniture=with_furniture)
    for mark in read_marks(source):
        reader.take(mark)
    return reader.finish()


class _Reader:
    def __init__(self, source: str, *, with_furniture: bool) -> None:
        self.page = Page(source)
        self._with_furniture = with_furniture
        self._natures = Natures()
        self._stack = [_Open("", True, False, "paragraph", 0, 0)]
        self._levels = [_Level("", 1, Counter(), self.page.drafts)]
        self._grids: list[Grid] = []
        self._draft: Draft | None = None
        self._n_out = self._n_links = self._n_pre = self._n_lists = 0
        self._raised: list[str] = []
        self._title: list[str] = []
        self._is_in_title = False

    def take(self, mark: Mark) -> None:
        """Take the next mark of the page."""
        if mark.kind == "text":
            self._text(mark.start, mark.end)
        elif mark.kind == "open":
            self._opening(mark)
        elif mark.kind == "close":
            self._closing(mark)
        elif mark.kind == "style":
            self._natures.add_style(self.page.source[mark.start : mark.end])
        elif "ld+json" in mark.attributes.lower():
            self.page.scripts.append((mark.start, mark.end))

    def finish(self) -> Page:
        """The page, with what is still open closed."""
        self._pop_to(1)
        self._flush()
        self.page.title = " ".join(html.unescape("".join(self._title)).split())
        return self.page

    def _text(self, start: int, end: int) -> None:
        source = self.page.source
        if self._is_in_title:
            self._title.append(source[start:end])
            return
        if self._n_out:
            return
        draft = self._draft
        if draft is None:
            if not source[start:end].strip(WHITE):
                return
            top = self._stack[-1]
            draft = self._draft = Draft(top.kind, top.level, parent=top.number)
        elif (
            draft.parts
            and draft.parts[-1][0] == "\n"
            and source[start:end].lstrip(WHITE)[:1] in {"\u3000", "\u2003"}
        ):
            # A line that is indented begins a paragraph.
            self._flush()
            self._text(start, end)
            return
        if self._n_pre and "\n" in source[start:end]:
            self._lines(draft, start, end)
            return
        raised = self._raised[-1] if self._raised else ""
        n_added = draft.add_markup(source, start, end, raised=raised)
        if self._n_links:
            draft.n_linked += n_added

    def _lines(self, draft: Draft, start: int, end: int) -> None:
        source = self.page.source
        while start < end:
            stop = source.find("\n", start, end)
            stop = end if stop < 0 else stop
            if stop > start:
                draft.add_markup(source, start, stop)
            if stop < end:
                draft.add_break(stop, stop + 1)
            start = stop + 1

    def _opening(self, mark: Mark) -> None:
        name = mark.name
        if name in VOID:
            self._void(mark)
            return
        if name == "html":
            self.page.lang = self.page.lang or read_attributes(mark.attributes).get("lang", "")
            return
        if name == "head":
            return
        if name == "time" and len(self.page.times) < _MOST_TIMES and not self._n_out:
            self.page.times.append(read_attributes(mark.attributes).get("datetime", ""))
        is_block = name in BLOCKS or (name not in INLINE and "-" in name)
        if is_block:
            self._flush()
            self._close_implied(name)
        elif name == "a" and self._n_links:
            self._close_inline("a")
        self._push(mark, is_block=is_block)

    def _push(self, mark: Mark, *, is_block: bool) -> None:
        name, top, level = mark.name, self._stack[-1], self._levels[-1]
        # What is in something left out need not be known.
        nature = _PLAIN if self._n_out else self._natures.of(name, mark.attributes)
        is_out = nature.is_hidden or name in LEFT_OUT
        is_out = is_out or (nature.is_furniture and not self._with_furniture)
        if is_out and not self._n_out:
            self.page.n_struck += name in STRUCK
            self.page.n_hidden += nature.is_hidden
        self._n_out += is_out
        kind, depth, number = top.kind, top.level, top.number
        if is_block:
            if not self._n_out:
                number = len(self.page.elements)
                self.page.elements.append(
                    Element(name, top.number, nature.is_beside, nature.is_region)
                )
            self._n_lists += name in _LISTS
            self._n_pre += name == "pre"
            kind, depth = self._kind(name) or (kind, depth)
        else:
            self._n_links += name == "a"
            if name in {"sup", "sub"}:
                self._raised.append(name)
        if name == "title":
            self._is_in_title = not self._title
        level.n_open[name] += 1
        self._stack.append(_Open(name, is_block, is_out, kind, depth, number))
        if name == "table" and len(self._grids) < _MOST_TABLES:
            self._grids.append(Grid(number))
            self._levels.append(_Level(name, len(self._stack), Counter(), level.sink))
        elif level.name == "table":
            self._open_part(mark)

    def _kind(self, name: str) -> tuple[BlockKind, int] | None:
        """Kind and level of the blocks in an element; None: those of what it is in."""
        if name in _HEADINGS:
            return "heading", _HEADINGS[name]
        if name in _ITEMS:
            return "item", max(self._n_lists, 1)
        return ("paragraph", 0) if name in _FRESH else None

    def _open_part(self, mark: Mark) -> None:
        """Open a row or a cell of the table."""
        grid, name = self._grids[-1], mark.name
        if name in _CELLS:
            sink: list[Draft] = []
            if name == "caption":
                grid.captions.append(sink)
            elif not self._n_out:
                grid.add_cell(name, read_attributes(mark.attributes), sink)
            self._levels.append(_Level(name, len(self._stack), Counter(), sink))
        elif name == "tr" and not self._n_out:
            grid.add_row()
        elif name in _SECTIONS:
            grid.section = name

    def _void(self, mark: Mark) -> None:
        if mark.name == "br":
            self._break(mark)
        elif mark.name == "hr":
            self._flush()
        elif mark.name == "meta":
            given = read_attributes(mark.attributes)
            key = given.get("property") or given.get("name") or given.get("itemprop") or ""
            if key and given.get("content"):
                self.page.metas.setdefault(key.lower(), given["content"].strip())

    def _break(self, mark: Mark) -> None:
        draft = self._draft
        if draft is None or self._n_out:
            return
        if draft.parts and draft.parts[-1][0] == "\n":
            # Two breaks end a paragraph.
            self._flush()
        else:
            draft.add_break(mark.start, mark.end)

    def _closing(self, mark: Mark) -> None:
        name = mark.name
        if name == "br":
            self._break(mark)
        elif name in _CELLS or name in _ROWS or name == "table":
            self._flush()
            self._close_part(name)
        elif name in BLOCKS or (name not in INLINE and "-" in name):
            self._flush()
            self._close_block(name)
        else:
            self._close_inline(name)

    def _close_part(self, name: str) -> None:
        level = self._levels[-1]
        if level.name in _CELLS and (name not in _CELLS or name == level.name):
            self._pop_to(level.depth - 1)
            level = self._levels[-1]
        if name == "table" and level.name == "table":
            self._pop_to(level.depth - 1)
        elif name in _ROWS:
            self._close_block(name)

    def _close_block(self, name: str) -> None:
        if self._levels[-1].n_open[name]:
            depth = len(self._stack) - 1
            while self._stack[depth].name != name:
                depth -= 1
            self._pop_to(depth)

    def _close_inline(self, name: str) -> None:
        depth = len(self._stack) - 1
        for at in range(depth, max(depth - _MOST_INLINE, self._levels[-1].depth - 1), -1):
            if self._stack[at].name == name:
                self._pop_to(at)
                return
            if self._stack[at].is_block:
                return

    def _close_implied(self, name: str) -> None:
        """Close what the beginning of a block ends."""
        level = self._levels[-1]
        if name in _CELLS or name in _ROWS:
            if level.name in _CELLS:
                self._pop_to(level.depth - 1)
            if self._levels[-1].name == "table" and name not in {"td", "th"}:
                self._pop_to(self._levels[-1].depth)
            return
        self._close_block("p")
        closed = _ITEMS.get(name)
        if closed and any(level.n_open[one] for one in closed):
            depth = len(self._stack) - 1
            for at in range(depth, max(depth - _MOST_INLINE, level.depth - 1), -1):
                if self._stack[at].name in closed:
                    self._pop_to(at)
                    return
                if self._stack[at].name in _LISTS:
                    return

    def _pop_to(self, depth: int) -> None:
        """Close the elements above a depth of the stack, the innermost first."""
        while len(self._stack) > depth:
            level = self._levels[-1]
            if len(self._stack) == level.depth and len(self._levels) > 1:
                self._flush()
                self._levels.pop()
                if level.name == "table":
                    # What is in a table moves out with it, once for each that it is in.
                    self._levels[-1].sink.extend(self._grids.pop().drafts())
            one = self._stack.pop()
            self._levels[-1].n_open[one.name] -= 1
            self._n_out -= one.is_out
            if one.is_block:
                self._n_lists -= one.name in _LISTS
                self._n_pre -= one.name == "pre"
                if one.name in _SECTIONS and self._grids:
                    self._grids[-1].section = ""
            elif one.name == "a":
                self._n_links -= 1
            elif one.name in {"sup", "sub"}:
                self._raised.pop()
            if one.name == "title":
                self._is_in_title = False

    def _flush(self) -> None:
        draft, self._draft = self._draft, None
        if draft is not None:
            draft.trim_end()
            if draft.parts:
                self._levels[-1].sink.append(draft)
