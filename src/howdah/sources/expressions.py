"""Cells to SQL expressions: text, numbers, dates and periods out of a column of ``input``.

Each builder returns DuckDB SQL. `cell` and `text` read a column; the others read what an earlier
step of the query called ``found``, so that the statement stays small enough to plan in no time.
Every expression is null where the cell is empty; whether a filled cell could not be read is for
the caller to see, by comparing with the text.
"""

import re
from string import Formatter

from howdah.core.wording import CELL_COMPARATORS, CELL_FACTORS
from howdah.engines import quoted, text_literal
from howdah.sources.columns import PULLED, ColumnRef, DateRef, NumberRef
from howdah.sources.inputs import Input

_NUMERIC_TYPES = frozenset({
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
    "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL",
})  # fmt: skip

#: Signs between groups of three digits, one kind a number.
_GROUPED = r"[-+]?[0-9]{1,3}((,[0-9]{3})+|([ \x{a0}\x{202f}][0-9]{3})+|([''’][0-9]{3})+)(\.[0-9]+)?"

#: Words at the end of a worded number that say the same as a sign.
_UNIT_WORDS = (("元", "元"), ("元", "人民币"), ("$", "美元"), ("$", "usd"))

#: Marks of "and some more" in a worded number: the next digit's place bounds it.
_ODD = "多|余|餘|-?odd"


def is_numeric(kind: str) -> bool:
    """Whether a DuckDB type holds numbers."""
    return kind.split("(", 1)[0] in _NUMERIC_TYPES


def cell(source: Input, column: str) -> str:
    """The raw cell of a column, of its own type."""
    if source.is_json:
        path = "$" + "".join(f".{quoted(part)}" for part in column.split("."))
        return f"json_extract_string(_json, {text_literal(path)})"
    return quoted(column)


def text(source: Input, ref: ColumnRef) -> str:
    """A text field: trimmed, null when empty or one of the texts that mean no value."""
    if ref.template is None:
        assert ref.column is not None
        found = _trimmed(source, ref.column)
    else:
        found = _template(source, ref.template)
    if ref.missing:
        found = f"CASE WHEN {found} IN ({_listed(ref.missing)}) THEN NULL ELSE {found} END"
    if ref.map:
        branches = " ".join(
            f"WHEN {text_literal(key)} THEN {text_literal(value)}" for key, value in ref.map.items()
        )
        found = f"CASE {found} {branches} ELSE {found if ref.default is None else 'NULL'} END"
    if ref.default is not None:
        found = f"coalesce({found}, {text_literal(ref.default)})"
    return found


def _trimmed(source: Input, column: str) -> str:
    raw = cell(source, column)
    is_text = source.columns.get(column, "VARCHAR") == "VARCHAR"
    return f"nullif(trim({raw if is_text else f'{raw}::VARCHAR'}), '')"


def _listed(texts: tuple[str, ...]) -> str:
    return ", ".join(text_literal(text) for text in texts)


def _template(source: Input, template: str) -> str:
    parts: list[str] = []
    for literal, name, _, _ in Formatter().parse(template):
        if literal:
            parts.append(text_literal(literal))
        if name:
            # One empty part makes the whole null, in every format alike.
            parts.append(_trimmed(source, name))
    return f"({' || '.join(parts)})"


def typed_number(source: Input, ref: NumberRef) -> str | None:
    """A number as it stands in a column of numbers; None when it must be read from text."""
    kind = source.columns.get(ref.column or "", "VARCHAR")
    if ref.column is None or not is_numeric(kind) or ref.map or ref.default is not None:
        return None
    found = f"{quoted(ref.column)}::DOUBLE"
    if ref.missing:
        texts = f"{quoted(ref.column)}::VARCHAR"
        found = f"CASE WHEN {texts} IN ({_listed(ref.missing)}) THEN NULL ELSE {found} END"
    return f"({found}{_factor(ref)})"


def number(found: str, ref: NumberRef, signs: str = "") -> str:
    """A number in base units; null when the text is null or cannot be read.

    Parameters
    ----------
    found
        SQL of the cell's text.
    signs
        Signs of a unit that the cell may carry, such as ``%``: those of another unit make it
        unreadable, so that a mixed column is quarantined and not misread.
    """
    if ref.worded:
        value, _ = _worded(found, ref, signs)
        return f"({value}{_factor(ref)})"
    pointed = _decimal_point(found, ref)
    # Thousands separators only where they group by three: '1,5' is not 15.
    bare = f"rtrim({pointed}, {text_literal(signs)})" if signs else pointed
    bare = f"ltrim({bare}, {text_literal(signs)})" if signs.strip("%") else bare
    cleaned = (
        f"CASE WHEN regexp_full_match({bare}, '{_GROUPED}') "
        f"THEN regexp_replace({bare}, '[, \\x{{a0}}\\x{{202f}}''’]', '', 'g') ELSE {bare} END"
    )
    read = f"coalesce(try_cast({pointed} AS DOUBLE), try_cast({cleaned} AS DOUBLE))"
    return f"({read}{_factor(ref)})"


def _factor(ref: NumberRef) -> str:
    return "" if ref.multiplier == 1.0 else f" * {ref.multiplier!r}"


def _decimal_point(found: str, ref: NumberRef) -> str:
    return f"translate({found}, '.,', ',.')" if ref.decimal == "," else found


def _worded(found: str, ref: NumberRef, signs: str) -> tuple[str, str]:
    """SQL of a worded cell's number, and of the upper end that '多' or '-odd' gives it."""
    lowered = f"lower({_decimal_point(found, ref)})"
    words = "|".join(re.escape(sign).replace("'", "''") for sign, _ in CELL_COMPARATORS)
    core = f"regexp_replace({lowered}, '^({words})\\s*', '')"
    core = f"regexp_replace({core}, ',([0-9]{{3}})', '\\1', 'g')"
    loose = "".join(f"\\x{{{ord(sign):x}}}" for sign in signs.lower() if sign != "元")
    core = f"regexp_replace({core}, '[\\s+{loose}]|{_ODD}', '', 'g')"
    units = "|".join(["人", "次", *(word for sign, word in _UNIT_WORDS if sign in signs)])
    core = f"regexp_replace({core}, '({units})$', '')"
    digits = f"regexp_extract({core}, '^([-+]?[0-9]*\\.?[0-9]+)(.*)$', 1)"
    suffix = f"regexp_extract({core}, '^([-+]?[0-9]*\\.?[0-9]+)(.*)$', 2)"
    branches = " ".join(
        f"WHEN {text_literal(suffix_text)} THEN {factor!r}" for suffix_text, factor in CELL_FACTORS
    )
    scale = f"CASE {suffix} {branches} END"
    value = f"coalesce(try_cast({core} AS DOUBLE), try_cast({digits} AS DOUBLE) * {scale})"
    # 130多万 is at least 130 and less than 140 times ten thousand, 1.3-odd at most 1.4.
    place = (
        f"CASE WHEN contains({digits}, '.') "
        f"THEN pow(10.0, -(length({digits}) - instr({digits}, '.'))) "
        f"ELSE pow(10.0, length({digits}) - length(rtrim({digits}, '0'))) END"
    )
    upper = (
        f"CASE WHEN regexp_matches({lowered}, '{_ODD}') THEN "
        f"round(try_cast({digits} AS DOUBLE) + {place}, 9) * coalesce({scale}, 1.0) END"
    )
    return value, upper


def worded_bound(found: str, ref: NumberRef, signs: str) -> str:
    """Upper end of a worded cell such as '130多万', null where its wording leaves it open."""
    return f"({_worded(found, ref, signs)[1]}{_factor(ref)})"


def worded_comparator(found: str) -> str:
    """The comparator that a worded cell starts or ends with ('100多万' is over), else 'eq'."""
    branches = " ".join(
        f"WHEN starts_with(lower({found}), {text_literal(sign)}) THEN {text_literal(meaning)}"
        for sign, meaning in CELL_COMPARATORS
    )
    return (
        f"CASE {branches} WHEN regexp_matches({found}, '[^<>=~ ][+]|{_ODD}') THEN 'over' "
        f"WHEN {found} IS NOT NULL THEN 'eq' END"
    )


def constant_date(text: str, pulled: str) -> str:
    """A date that is the same in every row; 'pulled' is the day of the pull."""
    return f"DATE {text_literal(pulled if text == PULLED else text)}"


def typed_date(source: Input, ref: DateRef) -> str | None:
    """A day as it stands in a column of dates; None when it must be read from text."""
    kind = source.columns.get(ref.column or "", "VARCHAR")
    if ref.column is None or ref.map or ref.default is not None or ref.missing:
        return None
    if kind == "DATE":
        return f"({quoted(ref.column)}{_shift(ref)})"
    if kind.startswith("TIMESTAMP"):
        return f"({quoted(ref.column)}::DATE{_shift(ref)})"
    return None


def date(found: str, ref: DateRef) -> str:
    """A day; null when the text is null or cannot be read."""
    if ref.format is not None:
        return f"(try_strptime({found}, {text_literal(ref.format)})::DATE{_shift(ref)})"
    # The time of day of '2024-09-30 08:00:00' is dropped; a bare year is not a day. The engine
    # would read the words 'epoch' and 'infinity' as dates.
    day = f"CASE WHEN {found} < 'a' THEN try_cast(left({found}, 10) AS DATE) END"
    return f"({day}{_shift(ref)})"


def _shift(ref: DateRef) -> str:
    return f" + {ref.offset_days}" if ref.offset_days else ""
