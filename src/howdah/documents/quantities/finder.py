"""Finding the quantities of a folded text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from howdah.documents.folding import Folded
from howdah.documents.quantities.countability import is_bare_scale, is_quantity, is_up_to
from howdah.documents.quantities.leads import Lead, read_lead
from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.listings import complete, share_units
from howdah.documents.quantities.lookalikes import find_lookalikes, name_end, span_over
from howdah.documents.quantities.numeral import Numeral
from howdah.documents.quantities.numerals import read_numeral
from howdah.documents.quantities.ranges import NotANumberError, read_range
from howdah.documents.quantities.ranks import read_rank
from howdah.documents.quantities.reading import Found, settle
from howdah.documents.quantities.shares import read_share
from howdah.documents.quantities.singles import read_single
from howdah.documents.quantities.tails import comparator_at, comparator_behind, read_odd, read_tail
from howdah.documents.quantities.units import Unit, read_sign, read_unit
from howdah.documents.spans import Quantity, Span
from howdah.documents.words import starts_pattern

#: These are numbers before a scale or a part only: "a million", "a third".
_ARTICLES = ("a", "an")
_BEHIND_ARTICLES = "|".join((*LEXICON.scales_by_word, *LEXICON.fractions, "half"))

_START = re.compile(
    f"[0-9½¼¾⅓⅔⅛{LEXICON.han_digits}{LEXICON.han_scales}{LEXICON.severals_han}]|"
    + starts_pattern(
        (word for word in LEXICON.starts if not word.isascii()),
        (word for word in LEXICON.starts if word.isascii() and word not in _ARTICLES),
    )
    + rf"|\b(?:{'|'.join(_ARTICLES)})[ -](?=(?:{_BEHIND_ARTICLES})(?![a-z]))"
)

_A_POINT = " a percentage point"

#: Of these, "over" is how long something took.
_LENGTHS = ("months", "days", "hours", "minutes")


def find_quantities(
    folded: Folded,
    lang_hint: str = "",
    *,
    names: Iterable[Span] = (),
    periods: Iterable[Span] = (),
    cells: Iterable[Span] = (),
) -> list[Quantity]:
    """The quantities of a text in order, each as the interval that it words.

    Parameters
    ----------
    lang_hint
        "zh-hant" keeps the currency of a bare 元 open, "zh-hans" makes it CNY; without, the
        text's own characters say which it is.
    names
        Mentions whose digits belong to a name ("88 Lanterns"), in offsets of the text as received.
    periods
        Periods, whose numbers are dates and lengths of time ("the past 12 months").
    cells
        Cells of tables: a bare number that fills one is a quantity, and in brackets negative.

    Examples
    --------
    >>> from howdah.documents.folding import fold
    >>> for found in find_quantities(fold("日活约760万，同比增长超三成，融资3至5亿美元。")):
    ...     print(found.surface, found.low, found.high, found.comparator)
    760万 6840000.0 8360000.0 about
    三成 30.0 None over
    3至5亿 300000000.0 500000000.0 eq
    """
    home = (
        ""
        if (lang_hint == "zh-hant" or (folded.is_traditional and lang_hint != "zh-hans"))
        else "CNY"
    )
    reader = _Reader(folded, home, find_lookalikes(folded, names, periods), _filled(folded, cells))
    found = list(reader.read())
    share_units(found, folded.lower)
    complete(found, folded.lower)
    return [
        settle(one, folded)
        for one in found
        if is_quantity(one, folded.text, folded.lower, reader.cells)
    ]


def _filled(folded: Folded, cells: Iterable[Span]) -> dict[int, int]:
    """First and last place of each cell's text, without brackets and spaces around it."""
    places = {}
    for cell in cells:
        start, end = folded.folded_span(cell.start, cell.end)
        while start < end and folded.text[start] in " (\n\t":
            start += 1
        while start < end and folded.text[end - 1] in " )\n\t":
            end -= 1
        places[start] = end
    return places


@dataclass(slots=True)
class _Reader:
    """Reads numbers in order.

    Attributes
    ----------
    home
        Currency of a bare 元.
    blocked
        Where digits are no quantity.
    cells
        Starts and ends of cells.
    floor
        End of the last change: words before it tell nothing of the next.
    """

    folded: Folded
    home: str
    blocked: list[tuple[int, int]]
    cells: dict[int, int]
    floor: int = 0

    def read(self) -> Iterator[Found]:
        """Numbers in order, with what stands around them."""
        lower, at = self.folded.lower, 0
        while (match := _START.search(lower, at)) is not None:
            start = match.start()
            block = span_over(self.blocked, start)
            if block is not None and not self._fills_cell(start, block[1]):
                at = block[1]
                continue
            found, at = self._read_at(start, match.end())
            at = max(at, start + 1)
            if found is not None:
                self._read_brackets(found)
                yield found
                if found.unit.name in ("percent", "points", "times"):
                    self.floor = found.unit.end

    def _fills_cell(self, start: int, block_end: int) -> bool:
        """Whether a cell is nothing but digits, which therefore are no date or mark."""
        end = self.cells.get(start, -1)
        text = self.folded.text
        return (
            start < end
            and not text[max(start, block_end - 1) : end].strip("0123456789.,%)]")
            and not any(char.isalpha() for char in text[start:block_end])
        )

    def _read_brackets(self, found: Found) -> None:
        """A number in brackets that fills a cell is below zero."""
        text, start, end = self.folded.text, found.start, found.end
        if start in self.cells and text[start - 1 : start] == "(" and text[end : end + 1] == ")":
            found.start, found.end, found.is_negative = start - 1, end + 1, True

    def _read_at(self, start: int, word_end: int) -> tuple[Found | None, int]:
        """The number at a place, None without one, and where to go on."""
        text, lower = self.folded.text, self.folded.lower
        is_digit = "0" <= text[start] <= "9"
        single = None if is_digit else read_single(text, lower, start, self.floor)
        if single is not None:
            return single, single.end
        rank = read_rank(text, lower, start)
        if rank is not None:
            numeral = Numeral(rank.start, rank.end, rank.place, rank.place)
            unit = Unit(rank.end, rank.end, "rank")
            comparator = None if rank.comparator == "eq" else rank.comparator
            return Found(start, rank.end, numeral, unit, Lead(start), comparator), rank.end
        sign = read_sign(lower, start)
        if sign is None and is_digit and (end := name_end(text, start)) is not None:
            return None, end
        read = read_numeral(text, lower, start)
        return (None, word_end) if read is None else self._read_number(read, sign)

    def _read_number(
        self, numeral: Numeral, sign: tuple[int, str] | None
    ) -> tuple[Found | None, int]:
        """A numeral with its range, unit, comparators and tail."""
        text, lower = self.folded.text, self.folded.lower
        start = numeral.start if sign is None else sign[0]
        share = read_share(text, lower, numeral, self.home, self.blocked)
        try:
            numeral = share or read_range(text, lower, numeral, start, self.home, self.blocked)
        except NotANumberError:
            return None, numeral.end
        odd = None if numeral.blur else read_odd(lower, numeral.end)
        numeral = numeral if odd is None else numeral.odd(odd)
        end, comparator = numeral.end, None
        behind = comparator_behind(lower, end)
        if behind is not None and LEXICON.units.at(lower, end) is None:
            end, comparator = behind
        lead = read_lead(lower, start)
        numeral, unit = self._with_unit(numeral, end, moves=lead.direction != 0)
        cell_end = self.cells.get(numeral.start)
        if cell_end is not None and unit.end > cell_end:
            unit = Unit(end, end, is_clear=False)
        core_end = unit.core_end if unit.core_end > end else numeral.end
        if numeral.kind != "fraction" and not numeral.blur:
            numeral, unit, core_end = read_tail(lower, numeral, unit, core_end)
        comparator = comparator or comparator_at(lower, unit.core_end, unit.end)
        if unit.name in _LENGTHS and lower.startswith("over", lead.start):
            lead.comparator = None
        if sign is None and is_bare_scale(numeral, text) and is_up_to(text, numeral.start):
            lead.comparator = lead.comparator or "over"
        currency = "" if sign is None else sign[1] or self.home
        told = lead.comparator or comparator
        found = Found(start, core_end, numeral, unit, lead, told, currency, self.floor)
        return found, max(numeral.end, core_end)

    def _with_unit(self, numeral: Numeral, end: int, *, moves: bool) -> tuple[Numeral, Unit]:
        """The numeral and its unit; a share without one is of a hundred."""
        text, lower = self.folded.text, self.folded.lower
        is_share = numeral.kind == "fraction"
        if is_share and lower.startswith(_A_POINT, end):
            last = end + len(_A_POINT)
            return replace(numeral, kind="words"), Unit(last, last, "points")
        unit = read_unit(text, lower, end, self.home, is_fraction=is_share, moves=moves)
        if is_share and unit.name != "percent":
            unit = Unit(end, end, "percent")
        return numeral, unit
