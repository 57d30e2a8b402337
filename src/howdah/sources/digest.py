"""The claim's id as SQL: MD5 over the identity columns, in a text form of our own.

The text must not depend on the engine's way of printing numbers, on the file's format or on the
place in it: a new engine would make new ids of old claims, and a file that grew would repeat its
rows. Tests pin ids.
"""

from howdah.core.claim import IDENTITY_COLUMNS
from howdah.engines import text_literal
from howdah.sources.fields import ERROR, SEPARATOR, Fields, is_plain

#: The ends stand in the text of the value; the feed comes first, from the spec, and a standard
#: error last: a claim that states none has the text that it has without the column.
_APART = {"feed", "value_low", "value_high", ERROR}
_DIGESTED = [n for n in IDENTITY_COLUMNS if n not in _APART]

#: Fields that later steps of the query replace, so their first constant is not the last word.
_REPLACED = {"unit", "currency", "precision", "comparator"}

_DATES = {"valid_from", "valid_to", "published_at"}


def claim_id(fields: Fields, feed: str) -> str:
    """SQL of the id of a mapped row, its constants joined beforehand."""
    plain = is_plain(fields)
    parts: list[str] = []
    constant = [feed]
    for name in _DIGESTED:
        found = fields[name].constant
        if found is not None and name not in _REPLACED and (name != "value" or plain):
            constant.append(found)
            continue
        if constant:
            parts.append(text_literal(SEPARATOR.join(constant)))
            constant = []
        parts.append(_digested(name, plain=plain))
    if constant:
        parts.append(text_literal(SEPARATOR.join(constant)))
    if fields[ERROR].constant is None:
        parts.append(_number(ERROR))
    return f"md5(concat_ws(chr(31), {', '.join(parts)}))"


def list_id(feed: str) -> str:
    """SQL of the id of a claim about a list, whose value is exact."""
    parts = ", ".join(_digested(name, plain=True) for name in _DIGESTED)
    return f"md5(concat_ws(chr(31), {text_literal(feed)}, {parts}))"


def _digested(name: str, *, plain: bool) -> str:
    if name == "value":
        if plain:
            return f"coalesce({_number('value')}, '')"
        ends = f"{_number('value_low')}, ',', {_number('value_high')}"
        return (
            f"CASE WHEN value_low = value AND value_high = value THEN {_number('value')} "
            f"ELSE concat({_number('value')}, '[', {ends}, ']') END"
        )
    if name in _DATES:
        return f"coalesce({name}::DATE::VARCHAR, '')"
    return name


def _number(name: str) -> str:
    """Whole numbers without a point, others with the 17 digits that tell any two apart."""
    return (
        f"CASE WHEN {name} = trunc({name}) AND abs({name}) < 1e15 THEN {name}::BIGINT::VARCHAR "
        f"ELSE format('{{:.17g}}', {name}) END"
    )
