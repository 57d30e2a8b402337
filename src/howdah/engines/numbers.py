"""Numbers as people write them: what to write instead where a stage expects a plain one."""

import re
from decimal import Decimal

#: Digits in threes with one sign between them, and what may be a fraction.
_GROUPED = re.compile(
    r"(?P<whole>[+-]?\d{1,3}(?:(?P<sign>[,.' \u2019\u00a0\u202f_])\d{3})(?:(?P=sign)\d{3})*)"
    r"(?:(?P<point>[.,])(?P<fraction>\d+))?"
)
_COMMA = re.compile(r"[+-]?\d+,\d+")

#: Words and letters behind a number that say how many of what; a small m is as often a thousand.
_MANY = {
    "k": 3, "thousand": 3, "M": 6, "mn": 6, "mio": 6, "million": 6, "B": 9, "bn": 9, "billion": 9,
    "万": 4, "萬": 4, "亿": 8, "億": 8,
}  # fmt: skip
_SCALED = re.compile(r"(?P<number>[+-]?\d{1,20}(?:\.\d{1,20})?)\s*(?P<unit>[^\d\s.,]+)")
_PERCENT = {"%", "％", "percent", "pct"}

#: What is told where nothing better is.
_PLAIN = "a number is digits, with a point before a fraction, such as 1234.5"

#: Two last fields of a record that are one number, if its comma separates thousands.
_CUT = re.compile(r"(?:^|,)(?P<number>[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?)(?=,|$)")


def number_remedy(text: str) -> str:
    """What to write instead of a text that is no plain number.

    A comma may be a thousands separator here and a decimal sign there, so nothing is guessed; nor
    is whether a column holds 12 or 0.12 for twelve percent.

    Examples
    --------
    >>> number_remedy("1 234 567")
    'write 1234567, without thousands separators'
    >>> number_remedy("1,234")
    'write 1234 if the comma separates thousands, 1.234 if it is a decimal sign'
    >>> number_remedy("0,25")
    'write 0.25, with a point'
    >>> number_remedy("1.2M")
    'write 1200000, without a unit'
    >>> number_remedy("12%")
    'write 12, or 0.12 if the others are shares of one; without the sign'
    >>> number_remedy("many")
    'a number is digits, with a point before a fraction, such as 1234.5'
    """
    text = text.strip()
    found = _GROUPED.fullmatch(text)
    if found is not None and found["point"] != found["sign"]:
        sign, fraction = found["sign"], found["fraction"]
        plain = found["whole"].replace(sign, "")
        if sign == "," and fraction is None and text.count(",") == 1:
            either = f"{plain} if the comma separates thousands, {text.replace(',', '.')} if it is"
            return f"write {either} a decimal sign"
        plain += "" if fraction is None else f".{fraction}"
        return f"write {plain}, without thousands separators"
    if _COMMA.fullmatch(text):
        return f"write {text.replace(',', '.')}, with a point"
    return _scaled_remedy(text) or _PLAIN


def whole_remedy(text: str) -> str:
    """What to write instead of a text that is no whole number; '' where nothing is told.

    Examples
    --------
    >>> whole_remedy("1,234,567"), whole_remedy("1.5")
    ('write 1234567, without thousands separators', '')
    """
    told = number_remedy(text)
    return "" if told == _PLAIN else told


def _scaled_remedy(text: str) -> str:
    """What to write instead of a number with a unit; '' where it is none that is known."""
    found = _SCALED.fullmatch(text)
    if found is None:
        return ""
    number, unit = Decimal(found["number"]), found["unit"]
    if unit.casefold() in _PERCENT:
        either = f"{_digits(number)}, or {_digits(number.scaleb(-2))} if the others are shares of"
        return f"write {either} one; without the sign"
    power = _MANY.get(unit, _MANY.get(unit.casefold()))
    return "" if power is None else f"write {_digits(number.scaleb(power))}, without a unit"


def _digits(number: Decimal) -> str:
    """All digits of a number, and no zeros behind its fraction.

    Examples
    --------
    >>> _digits(Decimal("1.20E+6")), _digits(Decimal("0.1200"))
    ('1200000', '0.12')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def cut_remedy(line: str) -> str:
    """What to write in a record of CSV that has too many fields; '' where nothing is told.

    Examples
    --------
    >>> cut_remedy("a,b,2024-01-31,1,234")
    'if 1,234 is one number, write 1234'
    >>> cut_remedy("a,b,2024-01-31,1,2")
    ''
    """
    found = _CUT.search(line.strip())
    if found is None:
        return ""
    return f"if {found['number']} is one number, write {found['number'].replace(',', '')}"
