"""Finding the quantities of a folded text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from howdah.core.wording import Comparator
from howdah.documents.folding import Folded
from howdah.documents.quantities.leads import Lead, read_lead
from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.lookalikes import find_lookalikes, name_end, span_over
from howdah.documents.quantities.numerals import Numeral, clean, read_numeral
from howdah.documents.quantities.ranges import NotANumberError, read_range
from howdah.documents.quantities.ranks import read_rank
from howdah.documents.quantities.reading import Found, settle
from howdah.documents.quantities.units import Unit, read_sign, read_unit
from howdah.documents.spans import Quantity, Span
from howdah.documents.words import skip_spaces_back, starts_pattern

#: These are numbers before a scale or a part only: "a million", "a third".
_ARTICLES = ("a", "an")

_START = re.compile(
    f"[0-9½¼¾⅓⅔⅛{LEXICON.han_digits}{LEXICON.han_scales}{LEXICON.severals_han}]|"
    + starts_pattern(
        (word for word in LEXICON.starts if not word.isascii()),
        (word for word in LEXICON.starts if word.isascii() and word not in _ARTICLES),
    )
    + rf"|\b(?:{'|'.join(_ARTICLES)})[ -](?=(?:{'|'.join((*LEXICON.scales_by_word, *LEXICON.fractions, 'half'))})(?![a-z]))"
)

_A_POINT = " a percentage point"

#: Between two numbers that tell one thing in two ways: "up 1.2 million, or 30%".
_OR = (", or ", " or ", ",即", ",或", " (", "(")

_MINUTES = re.compile(r"(?: and|,)? ?([0-9]{1,2}) ?(?:分钟|分|minutes|mins|min)")
_ONE_NOUN_IN = re.compile(r" (?:[a-z]+ )?in ")

_IN_TENS = re.compile(r" (?:in|out of) (?:every )?")

#: Largest whole of "one in twenty"; what is "in 2023" is no share.
_LARGEST_WHOLE = 1000.0


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
    >>> found = find_quantities(fold("日活约760万，同比增长超三成，融资3至5亿美元。"))
    >>> [(q.surface, q.low, q.high, q.comparator, q.unit) for q in found]
    [('760万', 6840000.0, 8360000.0, 'about', ''), ('三成', 30.0, None, 'over', 'percent'), ('3至5亿', 300000000.0, 500000000.0, 'eq', 'currency')]
    """
    home = (
        ""
        if (lang_hint == "zh-hant" or (folded.is_traditional and lang_hint != "zh-hans"))
        else "CNY"
    )
    reader = _Reader(folded, home, find_lookalikes(folded, names, periods), _filled(folded, cells))
    found = list(reader.read())
    _share_units(found, folded.lower)
    return [settle(one, folded) for one in found if reader.is_quantity(one)]


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
            if block is not None and start not in self.cells:
                at = block[1]
                continue
            found, at = self._read_at(start, match.end())
            at = max(at, start + 1)
            if found is not None:
                self._read_brackets(found)
                yield found
                if found.unit.name in ("percent", "points", "times"):
                    self.floor = found.unit.end

    def _read_brackets(self, found: Found) -> None:
        """A number in brackets that fills a cell is below zero."""
        text, start, end = self.folded.text, found.start, found.end
        if start in self.cells and text[start - 1 : start] == "(" and text[end : end + 1] == ")":
            found.start, found.end, found.is_negative = start - 1, end + 1, True

    def _read_at(self, start: int, word_end: int) -> tuple[Found | None, int]:
        text, lower = self.folded.text, self.folded.lower
        word = None if "0" <= text[start] <= "9" else self._read_word(start)
        if word is not None:
            return word, word.end
        rank = read_rank(text, lower, start)
        if rank is not None:
            numeral = Numeral(rank.start, rank.end, rank.place, rank.place)
            unit = Unit(rank.end, rank.end, "rank")
            comparator = None if rank.comparator == "eq" else rank.comparator
            return Found(
                start, rank.end, numeral, unit, Lead(start), comparator, floor=self.floor
            ), rank.end
        sign = read_sign(lower, start)
        if sign is None and start and "0" <= text[start] <= "9":
            end = name_end(text, start)
            if end is not None:
                return None, end
        numeral = read_numeral(text, lower, start)
        if numeral is None:
            return None, word_end
        return self._read_number(numeral, sign)

    def _read_word(self, start: int) -> Found | None:
        """A word that is a number by itself: doubled, 翻番, 过半, double-digit, threefold."""
        lower = self.folded.lower
        half = LEXICON.halves.at(lower, start)
        if half is not None:
            return self._read_half(start, half[0])
        count = LEXICON.digit_counts.at(lower, start)
        if count is not None:
            low = 10.0 ** (count[1] - 1)
            numeral = Numeral(start, count[0], low, 10 * low - 1, blur="several")
            end = read_unit(self.folded.text, lower, count[0], self.home)
            unit = Unit(max(count[0], end.end if end.name == "percent" else 0), count[0], "percent")
            return Found(start, count[0], numeral, unit, read_lead(lower, start), floor=self.floor)
        fold = LEXICON.folds.at(lower, start)
        if fold is not None:
            numeral = Numeral(start, fold[0], float(fold[1]), float(fold[1]))
            lead = read_lead(lower, start)
            return Found(
                start,
                fold[0],
                numeral,
                Unit(fold[0], fold[0], "times"),
                lead,
                lead.comparator,
                floor=self.floor,
            )
        multiple = LEXICON.multiples.at(lower, start)
        if multiple is None or lower.startswith(LEXICON.multiples_not, multiple[0]):
            return None
        lead = read_lead(lower, start)
        end, value = multiple[0], float(multiple[1])
        numeral = Numeral(start, end, value, value)
        comparator = lead.comparator
        if lower.startswith(("有余", "还多"), end):
            end, comparator = end + 2, "over"
        lead.is_level = False
        return Found(
            start,
            end,
            numeral,
            Unit(end, end, "times"),
            lead,
            comparator,
            floor=self.floor,
            is_growth=True,
        )

    def _read_half(self, start: int, end: int) -> Found:
        lower = self.folded.lower
        word = lower[start:end]
        lead = read_lead(lower, start)
        comparator = (
            LEXICON.half_comparators.get(word) or lead.comparator or _comparator_at(lower, end)
        )
        numeral = Numeral(start, end, 0.5, 0.5, kind="fraction")
        return Found(
            start, end, numeral, Unit(end, end, "percent"), lead, comparator, floor=self.floor
        )

    def _read_number(
        self, numeral: Numeral, sign: tuple[int, str] | None
    ) -> tuple[Found | None, int]:
        text, lower = self.folded.text, self.folded.lower
        sign_start = numeral.start if sign is None else sign[0]
        share = self._read_share(numeral)
        if share is not None:
            numeral = share
        else:
            try:
                numeral = read_range(text, lower, numeral, sign_start, self.home, self.blocked)
            except NotANumberError:
                return None, numeral.end
        end = numeral.end
        odd = LEXICON.odds.at(lower, end)
        if odd is not None and not numeral.blur and self._is_odd(end, odd[0]):
            numeral = numeral.odd(odd[0])
            end = odd[0]
        comparator = None
        behind = _comparator_behind(lower, end)
        if behind is not None and LEXICON.units.at(lower, end) is None:
            end, comparator = behind
        is_fraction = numeral.kind == "fraction"
        lead = read_lead(lower, sign_start)
        moves = lead.direction != 0
        unit = read_unit(text, lower, end, self.home, is_fraction=is_fraction, moves=moves)
        if is_fraction and lower.startswith(_A_POINT, end):
            last = end + len(_A_POINT)
            numeral, unit, is_fraction = (
                replace(numeral, kind="words"),
                Unit(last, last, "points"),
                False,
            )
        if is_fraction and unit.name != "percent":
            unit = Unit(end, end, "percent")
        core_end = unit.core_end if unit.core_end > end else numeral.end
        if not is_fraction and not numeral.blur:
            numeral, unit, core_end = self._with_rest(numeral, unit, core_end)
        if comparator is None:
            comparator = _comparator_at(lower, unit.core_end) or _comparator_at(lower, unit.end)
        if (
            lead.comparator == "over"
            and unit.name in ("months", "days", "hours", "minutes")
            and lower.startswith("over", lead.start)
        ):
            # "over six years" is how long it took.
            lead.comparator = None
        if (
            lead.comparator is None
            and sign is None
            and self._is_bare_scale(numeral)
            and _is_up_to(text, numeral.start)
        ):
            lead.comparator = "over"
        return (
            Found(
                sign_start,
                core_end,
                numeral,
                unit,
                lead,
                lead.comparator or comparator,
                sign[1] or self.home if sign else "",
                self.floor,
            ),
            max(numeral.end, core_end),
        )

    def _with_rest(self, numeral: Numeral, unit: Unit, core_end: int) -> tuple[Numeral, Unit, int]:
        """What goes on behind a unit: 三成五, 1小时38分, 一年半, 两倍多, 9块多."""
        text, lower, end = self.folded.text, self.folded.lower, unit.end
        after = lower[end : end + 1]
        worded = lower[max(0, end - 1) : end]
        if worded == "成" and after and (after in LEXICON.digit_values or after.isdigit()):
            if not lower[end + 1 : end + 2].isdigit() and LEXICON.units.at(lower, end + 1) is None:
                tenths = float(LEXICON.digit_values.get(after, after))
                value = clean(numeral.low + tenths / 10)
                rest = Unit(end + 1, end + 1, unit.name, unit.factor)
                return (
                    Numeral(numeral.start, end + 1, value, value, 0.1, kind=numeral.kind),
                    rest,
                    end + 1,
                )
        if worded == "块" and after.isdigit() and not lower[end + 1 : end + 2].isdigit():
            value = clean(numeral.low + float(after) / 10)
            rest = Unit(end + 1, end + 1, unit.name, unit.factor, unit.currency)
            return (
                Numeral(numeral.start, end + 1, value, value, 0.1, kind=numeral.kind),
                rest,
                end + 1,
            )
        if after == "半" and unit.name in ("months", "hours", "days", "minutes"):
            value = numeral.low + 0.5
            whole = Numeral(numeral.start, end + 1, value, value, 0.5, kind=numeral.kind)
            return whole, Unit(end + 1, end + 1, unit.name, unit.factor), end + 1
        if unit.name == "hours" and (minutes := self._minutes_behind(end)) is not None:
            count, last = minutes
            value = clean(60 * numeral.low + count)
            whole = Numeral(numeral.start, last, value, value, kind=numeral.kind)
            return whole, Unit(last, last, "minutes"), last
        odd = LEXICON.odds.at(lower, end)
        if odd is not None and unit.name in (
            "times",
            "percent",
            "months",
            "days",
            "hours",
            "currency",
        ):
            if self._is_odd(end, odd[0]):
                core_end = odd[0] if text.startswith("有余", end) else core_end
                return (
                    numeral.odd(numeral.end),
                    Unit(odd[0], core_end, unit.name, unit.factor, unit.currency),
                    core_end,
                )
        return numeral, unit, core_end

    def _minutes_behind(self, end: int) -> tuple[float, int] | None:
        """ "38分" or "38 minutes" behind hours, and where that ends."""
        match = _MINUTES.match(self.folded.lower, end)
        return None if match is None else (float(match[1]), match.end())

    def _is_odd(self, start: int, end: int) -> bool:
        """Whether 多 or 来 behind a number adds to it: not in 来自, 多于, 余额."""
        lower = self.folded.lower
        return not lower.startswith(("于", "额", "样", "数", "地", "年来", "次元", "元化"), end)

    def _read_share(self, numeral: Numeral) -> Numeral | None:
        """ "三分之一", "百分之三十五", "one in twenty": the numeral as a share of one."""
        text, lower = self.folded.text, self.folded.lower
        if text.startswith("分之", numeral.end):
            part = (
                read_numeral(text, lower, numeral.end + 2) if numeral.end + 2 < len(text) else None
            )
            if part is None:
                return None
            part = read_range(text, lower, part, part.start, self.home, self.blocked)
            return _share(numeral.start, part, numeral.low)
        match = _IN_TENS.match(lower, numeral.end)
        if match is None and lower[numeral.start : numeral.end] == "one":
            match = _ONE_NOUN_IN.match(lower, numeral.end)
        if match is None or match.end() >= len(text) or not text[match.end()].isalnum():
            return None
        whole = read_numeral(text, lower, match.end())
        if (
            whole is None
            or whole.blur
            or not numeral.low.is_integer()
            or not numeral.low < whole.low <= _LARGEST_WHOLE
            or numeral.scale != 1.0
        ):
            return None
        if whole.low % 5 and whole.low not in (3.0, 4.0, 6.0, 7.0, 8.0, 9.0):
            return None
        return _share(numeral.start, numeral, whole.low, whole.end)

    def is_quantity(self, found: Found) -> bool:
        """Whether a number counts or measures something by what stands around it."""
        numeral, unit, lower = found.numeral, found.unit, self.folded.lower
        if unit.name == "rank" or found.is_growth:
            return True
        if self.cells.get(numeral.start, -1) in (numeral.end, unit.core_end):
            return True
        if LEXICON.not_quantities.at(lower, unit.end) is not None:
            return False
        if self._is_measure_of_another(found) or _before(self.folded.text, numeral.start) in (
            "前",
            "首",
        ):
            return False
        is_told = (
            bool(found.currency)
            or found.comparator is not None
            or unit.name in ("percent", "points", "times")
        )
        if numeral.kind in ("words", "han"):
            return self._is_word_quantity(found, is_told=is_told)
        is_marked = (
            LEXICON.not_before.before(lower, skip_spaces_back(lower, numeral.start)) is not None
        )
        if is_marked and not is_told:
            return False
        if is_told or unit.is_clear or numeral.scale > 1.0 or numeral.kind == "fraction":
            return numeral.kind != "fraction" or self._is_share(found)
        if LEXICON.not_behind.at(lower, numeral.end) is not None:
            return False
        return self._is_bare_quantity(found)

    def _is_measure_of_another(self, found: Found) -> bool:
        """Whether the number is what a price or a rate is per: "per million tokens"."""
        if found.currency or found.numeral.low not in (1.0, 1e2, 1e3, 1e4, 1e6, 1e8):
            return False
        return (
            LEXICON.per.before(self.folded.lower, skip_spaces_back(self.folded.lower, found.start))
            is not None
        )

    def _is_bare_scale(self, numeral: Numeral) -> bool:
        """Whether a numeral is nothing but scales: 百万, 亿."""
        worded = self.folded.text[numeral.start : numeral.end]
        return (
            numeral.kind == "han"
            and not numeral.blur
            and all(char in LEXICON.scale_values for char in worded)
        )

    def _is_word_quantity(self, found: Found, *, is_told: bool) -> bool:
        numeral, unit, text = found.numeral, found.unit, self.folded.text
        worded = text[numeral.start : numeral.end]
        is_clear = unit.is_clear
        if numeral.low == numeral.high == 0.0:
            return False
        if (
            numeral.low == numeral.high == 1.0
            and not found.currency
            and unit.name not in ("percent", "times", "points")
        ):
            return False
        if numeral.kind == "words":
            return is_told or is_clear or numeral.scale > 1.0 or numeral.blur == "several"
        if self._is_bare_scale(numeral):
            return (
                is_clear
                if worded == "十"
                else found.comparator is not None or (is_clear and len(worded) > 1)
            )
        return is_told or is_clear or numeral.low >= LEXICON.section

    def _is_share(self, found: Found) -> bool:
        """Whether a fraction is of something: not the third of "a third party"."""
        lower = self.folded.lower
        worded = lower[found.numeral.start : found.numeral.end]
        if (
            not worded[0].isascii()
            or found.lead.direction
            or found.comparator is not None
            or " in " in worded
        ):
            return True
        if worded in ("half", "a quarter", "one quarter"):
            return lower.startswith(
                (" of ", " the ", " its ", " their ", " our ", " a percentage"), found.numeral.end
            )
        return not lower.startswith(
            (
                " party",
                "-party",
                " time",
                " quarter",
                " consecutive",
                " straight",
                " year",
                " round",
                " ",
            ),
            found.numeral.end,
        ) or lower.startswith(
            (
                " of",
                " as",
                " more",
                " less",
                " higher",
                " lower",
                " from",
                " to ",
                " in ",
                " the ",
                " on ",
                " and ",
            ),
            found.numeral.end,
        )

    def _is_bare_quantity(self, found: Found) -> bool:
        """Whether digits without a unit are a quantity: 8000, 4.8, but no year and no mark."""
        numeral, text, lower = found.numeral, self.folded.text, self.folded.lower
        start, end = numeral.start, numeral.end
        before = skip_spaces_back(text, start)
        if text[end : end + 1].isalpha() and text[end : end + 1] < "\u2e80":
            return False
        if LEXICON.not_before.before(lower, before) is not None or lower[start - 1 : start] in (
            "#",
            "/",
            "_",
            "№",
            "《",
            "“",
        ):
            return False
        worded = text[start:end]
        if numeral.blur == "range":
            return True
        if numeral.low.is_integer() and 1900 <= numeral.low <= 2099 and "," not in worded:
            return False
        if "," in worded or (
            (found.lead.direction or found.lead.is_level) and numeral.low >= LEXICON.ten
        ):
            return True
        if (
            before
            and text[before - 1].isalpha()
            and text[before - 1].isascii()
            and not _is_metric(text, before)
        ):
            return False
        is_first = not before or text[before - 1] == "\n"
        if is_first:
            return False
        if "." in worded or numeral.low >= 100:
            return True
        return found.lead.start < start and text[before - 1] > "\u2e80"


def _before(text: str, start: int) -> str:
    """The character before a place, "" without one."""
    return text[start - 1 : start]


def _is_metric(text: str, end: int) -> bool:
    """Whether the Latin word that ends there may be told with a bare number: DAU, of, was."""
    start = end
    while start and text[start - 1].isalpha() and text[start - 1].isascii():
        start -= 1
    word = text[start:end]
    return word.islower() or (word.isupper() and len(word) >= 3)


def _is_up_to(text: str, start: int) -> bool:
    """ "上百家", "过亿用户": a bare scale with 上 or 过 before it, which are no comparators elsewhere."""
    return text[start - 1 : start] in ("上", "过", "破") and not text.endswith(
        ("以上", "通过", "经过"), 0, start
    )


def _share(start: int, part: Numeral, whole: float, end: int | None = None) -> Numeral:
    return Numeral(
        start,
        part.end if end is None else end,
        clean(part.low / whole),
        clean(part.high / whole),
        part.step / whole,
        blur=part.blur,
        kind="fraction",
    )


def _comparator_behind(lower: str, end: int) -> tuple[int, Comparator] | None:
    """End and meaning of the comparator behind a number: not the 上下 of 上下文, nor the 来 of 来自."""
    found = LEXICON.comparators_after.at(lower, end)
    if found is None or LEXICON.comparators_not.at(lower, end) is not None:
        return None
    if lower[end] == "来" and LEXICON.units.at(lower, found[0]) is None:
        return None
    return found


def _comparator_at(lower: str, end: int) -> Comparator | None:
    found = _comparator_behind(lower, end)
    return None if found is None else found[1]


def _share_units(found: Sequence[Found], lower: str) -> None:
    """Give members of a list what only one of them says: "3 and 7 per cent", "增长3%和5%"."""
    for left, right in reversed(list(pairwise(found))):
        is_bare = not left.unit.name and not left.currency and left.numeral.scale == 1.0
        if (
            is_bare
            and right.unit.name
            and right.numeral.kind != "fraction"
            and _is_listed(left, right, lower)
        ):
            left.unit = Unit(
                left.numeral.end,
                left.numeral.end,
                right.unit.name,
                right.unit.factor,
                right.unit.currency,
                right.unit.counted,
            )
            left.currency = right.currency
    for left, right in pairwise(found):
        lead = right.lead
        is_same = left.unit.name == right.unit.name or lower[left.unit.end : right.start] in _OR
        if not lead.direction and not lead.is_level and is_same and _is_listed(left, right, lower):
            right.lead = Lead(
                right.start,
                lead.comparator,
                left.lead.direction,
                left.lead.word,
                left.lead.is_level,
            )


def _is_listed(left: Found, right: Found, lower: str) -> bool:
    end = max(left.end, left.unit.core_end)
    return lower[left.unit.end : right.start] in _OR or lower[end : right.start] in LEXICON.listings
