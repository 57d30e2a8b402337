"""Numbers as people write them: what to write instead where a stage expects a plain one."""

import re

#: Digits in threes with one sign between them, and what may be a fraction.
_GROUPED = re.compile(
    r"(?P<whole>[+-]?\d{1,3}(?:(?P<sign>[,.' \u2019\u00a0\u202f_])\d{3})(?:(?P=sign)\d{3})*)"
    r"(?:(?P<point>[.,])(?P<fraction>\d+))?"
)
_COMMA = re.compile(r"[+-]?\d+,\d+")

#: Two last fields of a record that are one number, if its comma separates thousands.
_CUT = re.compile(r"(?:^|,)(?P<number>[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?)(?=,|$)")


def number_remedy(text: str) -> str:
    """What to write instead of a text that is no plain number; '' where nothing is told.

    A comma may be a thousands separator here and a decimal sign there, so nothing is guessed.

    Examples
    --------
    >>> number_remedy("1 234 567")
    'write 1234567, without thousands separators'
    >>> number_remedy("1,234")
    'write 1234 if the comma separates thousands, 1.234 if it is a decimal sign'
    >>> number_remedy("0,25")
    'write 0.25, with a point'
    >>> number_remedy("many")
    ''
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
    return ""


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
