"""The marks of a page: tags, text and what is neither, each with its place in the file.

Parsers that are faster do not tell places, and those that do are far slower. This one knows where
marks begin and end, and leaves to its caller what they mean. It never looks twice at a character,
whatever the page: broken marks cost no more than whole ones.
"""

import html
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

#: Elements whose content is no text of the page, or is shown to nobody who can read it.
_OPAQUE = (
    "script|style|noscript|template|iframe|svg|math|textarea|select|datalist|object|"
    "audio|video|canvas|noframes|noembed|xmp|button"
)

_ATTRIBUTES = (
    r"(?:[\s/]++|=?[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)?+)?+)*+"
)

# A mark that does not end, or an element that is not closed, takes the rest of the file, as in a
# browser: the rest is not searched again.
_MARK = re.compile(
    rf"<(?:(?P<opaque>{_OPAQUE})(?=[\s/>])(?P<given>{_ATTRIBUTES})"
    r"(?:(?<=/)>|(?:>|\Z)(?P<inside>(?s:.)*?)(?:</(?P=opaque)(?=[\s/>])[^>]*+(?:>|\Z)|\Z))"
    rf"|(?P<open>[a-z][^\s/>]*+)(?P<attributes>{_ATTRIBUTES})(?:>|\Z)"
    r"|/(?P<close>[a-z][^\s/>]*+)[^>]*+(?:>|\Z)"
    r"|!--(?:-?>|(?s:.)*?(?:--!?>|\Z))"
    r"|!\[cdata\[(?P<cdata>(?s:.)*?)(?:\]\]>|\Z)"
    r"|[!?/][^>]*+(?:>|\Z))",
    re.IGNORECASE,
)

_ATTRIBUTE = re.compile(
    r"([^\s/>=][^\s/>=]*+)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"'][^\s>]*+))?+)?+"
)

Kind = Literal["text", "open", "close", "script", "style"]


class Mark(NamedTuple):
    """A tag, or a stretch of text.

    Attributes
    ----------
    name
        Of a tag, in lower case.
    attributes
        Of an opening tag, as written.
    """

    kind: Kind
    start: int
    end: int
    name: str = ""
    attributes: str = ""


def read_marks(text: str) -> Iterator[Mark]:
    """Tags and texts of a page in order, without comments and what no reader sees.

    Scripts and styles come as one mark with the place of their content; the other opaque elements
    are left out with all that is in them.

    Examples
    --------
    >>> [(m.kind, m.name or "a<p>b"[m.start:m.end]) for m in read_marks("a<p>b")]
    [('text', 'a'), ('open', 'p'), ('text', 'b')]
    """
    at = 0
    for match in _MARK.finditer(text):
        start = match.start()
        if start > at:
            yield Mark("text", at, start)
        at = match.end()
        kind = match.lastgroup
        if kind == "attributes":
            yield Mark("open", start, at, match["open"].lower(), match["attributes"])
        elif kind == "close":
            yield Mark("close", start, at, match["close"].lower())
        elif kind == "inside":
            name = match["opaque"].lower()
            if name == "script":
                yield Mark("script", *match.span("inside"), name, match["given"])
            elif name == "style":
                yield Mark("style", *match.span("inside"), name)
        elif kind == "cdata":
            yield Mark("text", *match.span("cdata"))
    if at < len(text):
        yield Mark("text", at, len(text))


def read_attributes(written: str) -> dict[str, str]:
    """Attributes of a tag by their names in lower case; of two of one name the first.

    Examples
    --------
    >>> read_attributes(' ID=a class="b &amp; c" hidden')
    {'id': 'a', 'class': 'b & c', 'hidden': ''}
    """
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(written):
        value = match[2] or match[3] or match[4] or ""
        found.setdefault(match[1].lower(), html.unescape(value) if "&" in value else value)
    return found
