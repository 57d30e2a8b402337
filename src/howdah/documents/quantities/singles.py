"""Words that are a number by themselves: doubled, 翻番, 过半, threefold, double-digit."""

from howdah.documents.quantities.leads import read_lead
from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.numeral import Numeral
from howdah.documents.quantities.reading import Found
from howdah.documents.quantities.tails import comparator_at
from howdah.documents.quantities.units import Unit, read_unit


def read_single(text: str, lower: str, start: int, floor: int) -> Found | None:
    """The word at a place that is a number by itself, None without one.

    Examples
    --------
    >>> found = read_single("more than doubled", "more than doubled", 10, 0)
    >>> found.numeral.low, found.comparator, found.is_growth
    (2.0, 'over', True)
    """
    for read in (_read_half, _read_digit_count, _read_fold, _read_multiple):
        found = read(text, lower, start)
        if found is not None:
            found.floor = floor
            return found
    return None


def _read_half(text: str, lower: str, start: int) -> Found | None:
    half = LEXICON.halves.at(lower, start)
    if half is None:
        return None
    end = half[0]
    lead = read_lead(lower, start)
    worded = LEXICON.half_comparators.get(text[start:end])
    numeral = Numeral(start, end, 0.5, 0.5, kind="fraction")
    comparator = worded or lead.comparator or comparator_at(lower, end)
    return Found(start, end, numeral, Unit(end, end, "percent"), lead, comparator)


def _read_digit_count(text: str, lower: str, start: int) -> Found | None:
    """A "double-digit" is 10 to 99 per cent."""
    count = LEXICON.digit_counts.at(lower, start)
    if count is None:
        return None
    end, digits = count
    low = 10.0 ** (digits - 1)
    numeral = Numeral(start, end, low, 10 * low - 1, blur="several")
    behind = read_unit(text, lower, end, "")
    unit = Unit(behind.end if behind.name == "percent" else end, end, "percent")
    return Found(start, end, numeral, unit, read_lead(lower, start))


def _read_fold(_text: str, lower: str, start: int) -> Found | None:
    fold = LEXICON.folds.at(lower, start)
    if fold is None:
        return None
    end, value = fold[0], float(fold[1])
    lead = read_lead(lower, start)
    numeral = Numeral(start, end, value, value)
    return Found(start, end, numeral, Unit(end, end, "times"), lead, lead.comparator)


def _read_multiple(_text: str, lower: str, start: int) -> Found | None:
    """A verb that says how many times something is what it was."""
    multiple = LEXICON.multiples.at(lower, start)
    if multiple is None or lower.startswith(LEXICON.multiples_not, multiple[0]):
        return None
    end, value = multiple[0], float(multiple[1])
    lead = read_lead(lower, start)
    lead.is_level = False
    numeral, comparator = Numeral(start, end, value, value), lead.comparator
    if lower.startswith(("有余", "还多"), end):
        end, comparator = end + 2, "over"
    unit = Unit(end, end, "times")
    return Found(start, end, numeral, unit, lead, comparator, is_growth=True)
