"""A number in its passage: what candidates of it are measured against."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from howdah.documents.passages import Marked, Passage
from howdah.documents.spans import Block, Cell, Quantity, Span

#: Upper ends of distances in tokens, and how many characters a token has in each language.
_DISTANCES = (0, 1, 3, 6, 12)
#: Unit of what stands for an event among the numbers.
EVENT = "event"

_TOKEN = {"zh": 2.0, "en": 5.5}


@dataclass(frozen=True, slots=True)
class Measure:
    """What a number measures: a metric, or "unclassified", and what kind of thing that is."""

    metric: str
    family: str


#: What stands for the measure of an event.
EVENT_MEASURE = Measure(EVENT, EVENT)


@dataclass(frozen=True, slots=True)
class Before:
    """What the number before was bound to: a paragraph goes on as it began.

    Attributes
    ----------
    at
        Number of its passage, -1 for the first number.
    place
        Where it ends in the text.
    unit
        Its class of units.
    """

    metric: str = ""
    subject: str = ""
    period: tuple[date | None, date | None, str] | None = None
    source: str = ""
    modality: str = ""
    at: int = -1
    place: int = 0
    unit: str = ""

    def between(self, number: "Number", spans: Iterable[Span]) -> int:
        """How many spans stand between that number and another, at most 2."""
        start = number.quantity.start
        return min(sum(self.place <= s.start < start for s in spans), 2)

    def distance(self, number: "Number") -> str:
        """How far that number stands from another: same, next or far, in sentences."""
        steps = number.at - self.at
        return "same" if steps == 0 else "next" if steps == 1 else "far"


def unit_class(quantity: Quantity) -> str:
    """Kind of number: the change that it is, or its unit."""
    return quantity.change or quantity.unit or "bare"


@dataclass(frozen=True, slots=True)
class Number:
    """A quantity, and the passage that it stands in.

    Attributes
    ----------
    at
        Number of the passage.
    place
        Which of the passage's quantities it is.
    passage, quantity, block
        Its sentence, the number itself, and the block that holds both.
    cell
        Of a table, None elsewhere.
    clause
        Which clause of the sentence it stands in.
    """

    marked: Marked
    at: int
    place: int
    passage: Passage = field(init=False)
    quantity: Quantity = field(init=False)
    block: Block = field(init=False)
    cell: Cell | None = field(init=False)
    clause: int = field(init=False)

    def __post_init__(self) -> None:
        """Look up once what every feature asks for."""
        passage = self.marked.passages[self.at]
        quantity = passage.quantities[self.place]
        block = self.marked.document.blocks[passage.block]
        cells = (c for c in block.cells if c.start <= quantity.start < c.end)
        object.__setattr__(self, "passage", passage)
        object.__setattr__(self, "quantity", quantity)
        object.__setattr__(self, "block", block)
        object.__setattr__(self, "cell", next(cells, None))
        object.__setattr__(self, "clause", passage.sentence.clause_at(quantity.start))

    def clauses_to(self, span: Span) -> int:
        """Clauses between a span and the number; 0 in the same."""
        return abs(self.passage.sentence.clause_at(span.start) - self.clause)

    def side(self, span: Span) -> str:
        """Whether a span stands before the number, behind it or around it."""
        if span.end <= self.quantity.start:
            return "before"
        return "behind" if span.start >= self.quantity.end else "within"

    def distance(self, span: Span) -> int:
        """Distance of a span from the number, in classes of tokens."""
        gap = max(self.quantity.start - span.end, span.start - self.quantity.end, 0)
        tokens = gap / _TOKEN[self.marked.document.lang]
        return next((n for n, most in enumerate(_DISTANCES) if tokens <= most), len(_DISTANCES))

    def between(self, span: Span, others: Sequence[Span]) -> int:
        """How many of some other spans stand between a span and the number."""
        first, last = sorted(((span.start, span.end), (self.quantity.start, self.quantity.end)))
        return sum(first[1] <= o.start and o.end <= last[0] for o in others)

    def gap_text(self, span: Span) -> str:
        """The folded text between a span and the number."""
        if span.end <= self.quantity.start:
            return self.marked.lower[span.end : self.quantity.start]
        return self.marked.lower[self.quantity.end : span.start]

    def before_text(self, place: int, length: int = 14) -> str:
        """The folded text right before a place of the sentence."""
        return self.marked.lower[max(place - length, self.passage.sentence.start) : place]

    def after_text(self, place: int, length: int = 14) -> str:
        """The folded text right behind a place of the sentence."""
        return self.marked.lower[place : min(place + length, self.passage.sentence.end)]
