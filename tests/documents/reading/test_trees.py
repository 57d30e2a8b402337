"""Random pages come back as they were made, and every place leads to what stands there."""

import html
import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from howdah.documents.reading.pages import read_page
from howdah.documents.reading.web import read_piece, read_web_page

#: Kinds and texts of the blocks that a page should give, and the page.
_Made = tuple[list[tuple[str, str]], str]

_WORDS = st.lists(
    st.text("ab3,.%&<>\"'£é万日活", min_size=1, max_size=6), min_size=1, max_size=6
).map(" ".join)
_BLANKS = st.sampled_from([" ", "\n", "  \n\t", "\n\n    "])
_HIDING = ["hidden", "style='display: none'", "aria-hidden=true", "class='x sr-only'"]


def _escape(text: str, style: str) -> str:
    if style == "named":
        return html.escape(text).replace("£", "&pound;").replace("é", "&eacute;")
    if style == "numbers":
        return "".join(c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in text)
    return html.escape(text, quote=False)


@st.composite
def _inline(draw: st.DrawFn) -> tuple[str, str]:
    """Text of a block, and the same with marks in it."""
    pieces = draw(st.lists(_WORDS, min_size=1, max_size=4))
    written = []
    for piece in pieces:
        marked = _escape(piece, draw(st.sampled_from(["named", "numbers", "plain"])))
        marked = marked.replace(" ", draw(_BLANKS))
        tag = draw(st.sampled_from(["", "b", "a", "span", "em"]))
        if tag:
            attributes = draw(st.sampled_from(["", " class=x", " id='y' data-z=\"<p>\""]))
            marked = f"<{tag}{attributes}>{marked}</{tag}>"
        written.append(marked)
    between = draw(st.sampled_from([" ", "<!-- no > text --> ", " <span hidden>no text</span>"]))
    return " ".join(pieces), between.join(written)


@st.composite
def _block(draw: st.DrawFn) -> tuple[list[tuple[str, str]], str]:
    kind = draw(st.sampled_from(["p", "h2", "li", "div", "hidden", "script", "blockquote"]))
    text, written = draw(_inline())
    if kind == "hidden":
        return [], f"<div {draw(st.sampled_from(_HIDING))}><p>{written}</p></div>"
    if kind == "script":
        return [], f"<script>if (a < b) '{text.replace('</', '')}'</script>"
    name = {"h2": "heading", "li": "item"}.get(kind, "paragraph")
    if kind == "li":
        return [(name, text)], f"<ul><li>{written}{draw(st.sampled_from(['', '</li>']))}</ul>"
    end = "" if kind == "p" and draw(st.booleans()) else f"</{kind}>"
    return [(name, text)], f"<{kind}>{written}{end}"


@st.composite
def _pages(draw: st.DrawFn) -> _Made:
    blocks = draw(st.lists(_block(), min_size=1, max_size=6))
    made = "\n".join(written for _, written in blocks)
    for tag in draw(st.lists(st.sampled_from(["div", "section", "article", "form"]), max_size=4)):
        made = f"<{tag} class='n'>{made}</{tag}>"
    return [one for expected, _ in blocks for one in expected], made


def _spaced(text: str) -> str:
    """Text with one space for many; a wrapped line of Chinese has none."""
    return re.sub(r"(?<=[\u2e80-\uffff]) (?=[\u2e80-\uffff])", "", " ".join(text.split()))


@given(_pages())
@settings(max_examples=50, deadline=None)
def test_a_page_comes_back_as_the_blocks_it_was_made_of(page: _Made) -> None:
    expected, made = page
    reading = read_piece(made)
    assert [(b.kind, _spaced(b.surface)) for b in reading.blocks] == [
        (kind, _spaced(text)) for kind, text in expected
    ]


@given(_pages())
@settings(max_examples=50, deadline=None)
def test_every_place_leads_to_what_stands_there(page: _Made) -> None:
    _, made = page
    reading = read_piece(made)
    assert reading.origins.is_spelled(reading.text)
    for block in reading.blocks:
        assert reading.text[block.start : block.end] == block.surface
        for at, char in enumerate(block.surface, block.start):
            start, end = reading.origins.span(at, at + 1)
            source = made[start:end]
            assert html.unescape(source) == char or (char == " " and not source.strip())


class _Independent(HTMLParser):
    """Visible text by the parser of the standard library, for pages without hidden elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = []

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is None:
            self.text.append(data)


@given(_pages().filter(lambda page: not re.search("hidden|display|sr-only", page[1])))
@settings(max_examples=40, deadline=None)
def test_the_text_is_that_of_another_parser(page: _Made) -> None:
    _, made = page
    other = _Independent()
    other.feed(made)
    other.close()
    assert "".join(read_piece(made).text.split()) == "".join("".join(other.text).split())


@given(st.text("<>/='\"-! abpdivscrtlh&;#3\n", max_size=120))
@settings(max_examples=100, deadline=None)
def test_broken_marks_are_read_without_a_fault(source: str) -> None:
    reading = read_web_page(source)
    assert reading.origins.is_spelled(reading.text)
    for block in reading.blocks:
        assert reading.text[block.start : block.end] == block.surface != ""
        start, end = reading.origins.span(block.start, block.end)
        assert 0 <= start < end <= len(source)


@given(st.lists(st.sampled_from(
    ["<table>", "</table>", "<tr>", "<td>", "</td>", "<th colspan=2>", "<td rowspan=3>", "a", "7",
     "<p>", "</div>", "<div>", "<caption>", "<ul><li>", "<li>", "<b>", "</b>", "<tbody>"]
), max_size=40))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_tables_in_any_disorder_lose_no_text(pieces: list[str]) -> None:
    source = " ".join(pieces)
    page = read_page(source)
    read = "".join(draft.text for draft in page.drafts)
    assert sum(char in "a7" for char in read) == sum(piece in "a7" for piece in pieces)
