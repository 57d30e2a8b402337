"""What is found in a text: each thing with the place where it stands.

Offsets are half-open [start, end) in characters of `Document.text`. Folding a text (traditional
to simplified, full width to half) keeps a map to these offsets, so that whatever is found in the
folded text is cited from the text as it was received.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from howdah.core.wording import Comparator
from howdah.documents.origins import Origins

Lang = Literal["zh", "en"]
BlockKind = Literal["heading", "paragraph", "item", "row"]
Change = Literal["", "growth", "multiple", "points", "difference"]
Base = Literal["", "yoy", "qoq", "mom", "wow"]
Precision = Literal["day", "week", "month", "quarter", "half", "year", "range", "as_of_publication"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a document's text.

    Attributes
    ----------
    start, end
        Half-open, in characters of the document's text.
    surface
        The text there, as it was received.
    """

    start: int
    end: int
    surface: str


@dataclass(frozen=True, slots=True)
class Cell(Span):
    """One cell of a table's row.

    Attributes
    ----------
    column, row
        Texts of the headers that the cell stands under and beside, outermost first.
    """

    column: tuple[str, ...] = ()
    row: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block(Span):
    """A heading, a paragraph, an item of a list or a row of a table.

    Attributes
    ----------
    level
        Depth of a heading, 1 the outermost; depth of an item in its list; else 0.
    cells
        Of a row.
    caption
        Of the table that a row belongs to, "" without.
    """

    kind: BlockKind = "paragraph"
    level: int = 0
    cells: tuple[Cell, ...] = ()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A text that was received, and what is known of it.

    Attributes
    ----------
    text
        What is read; offsets of spans count its characters. Of plain text the decoded file itself;
        of a page, a PDF, a mail or an entry of a feed what a reader sees of it.
    blocks
        In reading order, without what is no content (scripts, menus, hidden text).
    published_at
        None unknown: relative periods cannot be told then.
    notes
        What a reader of the claims must know of how the text was read, a sentence each.
    origins
        Where the text stands in the decoded file; None: it is the decoded file.
    link
        Address that the document gives of itself: what stays when its text is corrected.
    """

    doc: str
    text: str
    blocks: tuple[Block, ...]
    lang: Lang = "en"
    title: str = ""
    publication: str = ""
    published_at: date | None = None
    notes: tuple[str, ...] = ()
    origins: Origins | None = None
    link: str = ""

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Where [start, end) of the text stands in the decoded file: what claims cite.

        Raises
        ------
        IndexError
            Nothing of the file stands there.
        """
        return (start, end) if self.origins is None else self.origins.span(start, end)


@dataclass(frozen=True, slots=True)
class Mention(Span):
    """A name from the catalogue.

    Attributes
    ----------
    entities
        Canonical names that it may stand for, the likeliest first; more than one is ambiguous.
    """

    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quantity(Span):
    """A number as worded: an interval, never an invented point.

    Attributes
    ----------
    value
        The number where one is stated exactly, None where only an interval is.
    low, high
        Ends of the interval, None open; in base units (7.6 million people is 7600000), percent
        in percent.
    unit
        people, currency, percent, points, times, rank, count, days, ... as in the metric
        registry; "" where the text names none.
    currency
        ISO code, "" unstated or no money.
    counted
        The noun or classifier that is counted, as written ("creatives", "款"), "" without.
    change
        "" of a level; growth (30 per cent more), multiple (three times), points (two points more)
        or difference (two million more) of a change.
    base
        What a change is measured from: the year, quarter, month or week before; "" unstated.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    comparator: Comparator = "eq"
    unit: str = ""
    currency: str = ""
    counted: str = ""
    change: Change = ""
    base: Base = ""


@dataclass(frozen=True, slots=True)
class Period(Span):
    """A period of time that the text names.

    Attributes
    ----------
    first, last
        Its first and last day; `first` is None for "by September" (cumulative), `last` for
        "since 2023".
    antecedent
        Where the period that a relative one ("the same month") leans on stands, None without.
    note
        Why its days are unknown or to be read with care, "" without: no_publication_date,
        no_antecedent, stale_year ("this year" for months that are still to come, in a text of
        January), fiscal_year (a year or quarter of accounts, taken as the calendar's).
    """

    first: date | None = None
    last: date | None = None
    precision: Precision = "day"
    antecedent: Span | None = field(default=None)
    note: str = ""
