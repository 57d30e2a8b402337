"""Cells to SQL expressions: text, numbers, dates and periods out of a column of ``input``.

Each builder returns DuckDB SQL. Every expression is null where the cell is empty; whether a
filled cell could not be read is for the caller to see, by comparing with the text.
"""

from howdah.core.wording import CELL_COMPARATORS, CELL_FACTORS
from howdah.engines import quoted, quoted_list, text_literal
from howdah.sources.reading import Input
from howdah.sources.spec import ColumnRef, DateRef, NumberRef

_NUMERIC = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT")
_NUMERIC_TYPES = (*_NUMERIC, "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL")


def is_numeric(kind: str) -> bool:
    """Whether a DuckDB type holds numbers."""
    return kind.split("(", 1)[0] in _NUMERIC_TYPES


def cell(source: Input, column: str) -> str:
    """The raw cell of a column, of its own type."""
    if source.is_json:
        path = "$" + "".join(f".{quoted(part)}" for part in column.split("."))
        return f"json_extract_string(_json, {text_literal(path)})"
    return quoted(column)


def text(source: Input, ref: ColumnRef | str | float) -> str:
    """A text field: trimmed, null when empty or one of the texts that mean no value."""
    if not isinstance(ref, ColumnRef):
        return text_literal(str(ref)) if str(ref) else "NULL::VARCHAR"
    if ref.column is not None:
        raw = cell(source, ref.column)
        is_text = source.columns.get(ref.column, "VARCHAR") == "VARCHAR"
        found = f"nullif(trim({raw if is_text else f'{raw}::VARCHAR'}), '')"
    else:
        assert ref.template is not None
        found = _template(source, ref.template)
    if ref.missing:
        found = f"CASE WHEN list_contains({quoted_list(ref.missing)}, {found}) THEN NULL ELSE {found} END"
    if ref.map:
        branches = " ".join(
            f"WHEN {text_literal(key)} THEN {text_literal(value)}" for key, value in ref.map.items()
        )
        found = f"CASE {found} {branches} ELSE {found if ref.default is None else 'NULL'} END"
    if ref.default is not None:
        found = f"coalesce({found}, {text_literal(ref.default)})"
    return found


def _template(source: Input, template: str) -> str:
    import string  # noqa: PLC0415 - templates are rare

    parts: list[str] = []
    for literal, name, _, _ in string.Formatter().parse(template):
        if literal:
            parts.append(text_literal(literal))
        if name:
            parts.append(f"{cell(source, name)}::VARCHAR")
    return "(" + " || ".join(parts) + ")"


def number(source: Input, ref: NumberRef | float) -> str:
    """A number field in base units; null when the cell is empty or cannot be read."""
    if not isinstance(ref, NumberRef):
        return f"{float(ref)!r}::DOUBLE"
    factor = "" if ref.multiplier == 1.0 else f" * {ref.multiplier!r}"
    kind = source.columns.get(ref.column or "", "VARCHAR")
    if ref.column is not None and is_numeric(kind) and not source.is_json:
        found = f"{quoted(ref.column)}::DOUBLE"
        if ref.missing:
            as_text = f"{quoted(ref.column)}::VARCHAR"
            found = (
                f"CASE WHEN list_contains({quoted_list(ref.missing)}, {as_text}) "
                f"THEN NULL ELSE {found} END"
            )
        return f"({found}{factor})"
    found = text(source, ref)
    if ref.decimal == ",":
        plain = f"replace(replace({found}, '.', ''), ',', '.')"
        return f"(try_cast({plain} AS DOUBLE){factor})"
    if ref.worded:
        return f"({_worded_number(found)}{factor})"
    # Thousands separators only where they group by three: '1,5' is not 15.
    grouped = rf"regexp_full_match({found}, '[-+]?\d{{1,3}}(,\d{{3}})+(\.\d+)?%?')"
    cleaned = (
        f"CASE WHEN {grouped} THEN replace(rtrim({found}, '%'), ',', '') "
        f"ELSE rtrim({found}, '%') END"
    )
    return f"(coalesce(try_cast({found} AS DOUBLE), try_cast({cleaned} AS DOUBLE)){factor})"


def _worded_core(found: str) -> str:
    words = "|".join(_escaped(sign) for sign, _ in CELL_COMPARATORS)
    return f"regexp_replace(lower({found}), '^({words})\\s*', '')"


def _worded_number(found: str) -> str:
    core = f"regexp_replace({_worded_core(found)}, '[\\s,+多余餘%¥$￥]|人$|次$|元$', '', 'g')"
    branches = " ".join(
        f"WHEN ends_with({core}, {text_literal(suffix)}) "
        f"THEN try_cast(left({core}, -{len(suffix)}) AS DOUBLE) * {factor!r}"
        for suffix, factor in CELL_FACTORS
    )
    return f"coalesce(try_cast({core} AS DOUBLE), CASE {branches} END)"


def worded_comparator(source: Input, ref: NumberRef) -> str:
    """The comparator that a worded cell starts or ends with ('100多万' is over), else 'eq'."""
    found = f"lower({text(source, ref)})"
    branches = " ".join(
        f"WHEN starts_with({found}, {text_literal(sign)}) THEN {text_literal(meaning)}"
        for sign, meaning in CELL_COMPARATORS
    )
    return (
        f"CASE {branches} WHEN regexp_matches({found}, '[+多余餘]') THEN 'over' "
        f"WHEN {found} IS NOT NULL THEN 'eq' END"
    )


def _escaped(sign: str) -> str:
    return sign.replace(".", "\\.").replace("+", "\\+").replace("'", "''")


def date(source: Input, ref: DateRef | str, pulled: str) -> str:
    """A date field; the constant 'pulled' is the day of the pull."""
    if not isinstance(ref, DateRef):
        return text_literal(pulled) + "::DATE" if ref == "pulled" else f"DATE {text_literal(ref)}"
    shift = f" + {ref.offset_days}" if ref.offset_days else ""
    kind = source.columns.get(ref.column or "", "VARCHAR")
    if ref.column is not None and not source.is_json:
        if kind == "DATE":
            return f"({quoted(ref.column)}{shift})"
        if kind.startswith("TIMESTAMP"):
            return f"(({quoted(ref.column)})::DATE{shift})"
    found = text(source, ref)
    if ref.format is not None:
        return f"(try_strptime({found}, {text_literal(ref.format)})::DATE{shift})"
    # The time of day of '2024-09-30 08:00:00' is dropped; a bare year is not a day.
    return f"(try_cast(left({found}, 10) AS DATE){shift})"


def period(source: Input, ref: DateRef | str, pulled: str) -> tuple[str, str, str]:
    """(first day, last day, precision) of a period named in a column or as a constant."""
    if isinstance(ref, DateRef) and (
        ref.format is not None or source.columns.get(ref.column or "", "") in {"DATE"}
    ):
        day = date(source, ref, pulled)
        return day, day, f"CASE WHEN {day} IS NOT NULL THEN 'day' END"
    found = text_literal(ref) if isinstance(ref, str) else text(source, ref)
    named = f"period_text({found})"
    return f"period_start({named})", f"period_end({named})", f"period_kind({named})"
