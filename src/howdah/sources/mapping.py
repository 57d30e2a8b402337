"""Rows to claims: a feed spec compiled to one SQL statement of named steps.

``fields`` computes every field of one claim mapping, ``worded`` turns wording into intervals,
``checked`` gives each row a fault when it cannot become a claim. One pass over the file yields
claims and faults together; they differ in ``reason``. The statement can be printed and run step
by step.
"""

import datetime as dt
from dataclasses import dataclass
from string import Formatter

from howdah.core.claim import CLAIM_COLUMNS, IDENTITY_COLUMNS
from howdah.core.errors import MissingColumnError, UnknownNameError
from howdah.core.metrics import MetricRegistry
from howdah.core.wording import COMPARATORS, MODALITIES, SENSITIVITIES
from howdah.engines import quoted_list, text_literal
from howdah.sources import expressions as sql
from howdah.sources.reading import ROW, Input
from howdah.sources.spec import ClaimMapping, ColumnRef, DateRef, FeedSpec, NumberRef

#: The reason of a row that holds no claim for a mapping, and is no fault: a blank cell.
EMPTY = "empty"

#: Separates identity columns in the digested text; replaced in every text that is read.
_SEPARATOR = "\x1f"

_NUMBERS = ("value", "value_low", "value_high")
_CHOICES = {
    "comparator": COMPARATORS,
    "modality": MODALITIES,
    "sensitivity": SENSITIVITIES,
}


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull of one feed's bytes: what all of its rows have in common."""

    spec: FeedSpec
    raw: str
    recorded_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the mapping as SQL, its constant if it has one, and its cell's text."""

    expression: str
    constant: str | None = None
    #: SQL of the cell as text, to see whether a filled cell could not be read.
    cell: str | None = None
    column: str = ""


def compile_query(source: Input, pull: Pull, metrics: MetricRegistry) -> str:
    """SQL that yields the claim columns, then ``reason`` and ``fault_column``.

    A row with a null reason is a claim; one with the reason ``empty`` is neither claim nor
    fault; any other reason says why the row cannot become a claim.

    Raises
    ------
    MissingColumnError
        The spec names columns that the file does not have.
    UnknownNameError
        A constant of the spec is not among the allowed ones.
    """
    _check_columns(source, pull.spec)
    queries = [_mapping_query(source, pull, mapping, metrics) for mapping in pull.spec.claim]
    return "\nUNION ALL\n".join(f"({query})" for query in queries)


def compile_lists(query: str, pull: Pull) -> str:
    """SQL that yields a claim for the length and the cut-off of each list in a list feed.

    What is absent from a list lies below its cut-off, and a change of its length is a fault of
    measurement, so both are kept as claims about the list itself (scheme ``list``).
    """
    assert pull.spec.list is not None
    aggregates = [("list_length", "count(DISTINCT subject)", "'count'", "true")]
    if pull.spec.list.cutoff:
        aggregates.append(
            ("list_cutoff", "min(value)", "unit", "value IS NOT NULL AND metric <> 'rank'")
        )
    parts = [
        f"""SELECT * REPLACE (
    {_list_digest(pull)} AS claim_id
  ) FROM (SELECT '' AS claim_id, feed, source, source_type, publication, 'list' AS scheme,
    CASE definition WHEN '' THEN feed ELSE definition END AS subject, '' AS name,
    'metric' AS kind, '{metric}' AS metric, definition, {unit} AS unit, '' AS currency,
    valid_from, valid_to, precision, ({value})::DOUBLE AS value, ({value})::DOUBLE AS value_low,
    ({value})::DOUBLE AS value_high, 'eq' AS comparator, modality, '' AS object, sensitivity,
    published_at, recorded_at, replayed, raw, 0::BIGINT AS row,
    NULL::VARCHAR AS reason, NULL::VARCHAR AS fault_column
  FROM mapped WHERE reason IS NULL AND {condition}
  GROUP BY feed, source, source_type, publication, definition, unit, valid_from, valid_to,
    precision, modality, sensitivity, published_at, recorded_at, replayed, raw)"""
        for metric, value, unit, condition in aggregates
    ]
    return f"WITH mapped AS ({query})\n" + "\nUNION ALL\n".join(parts)


def _check_columns(source: Input, spec: FeedSpec) -> None:
    if source.is_json:
        return
    named = list(spec.list.by) if spec.list else []
    for mapping in spec.claim:
        named.extend(mapping.when)
        for key in type(mapping).model_fields:
            named.extend(_columns_of(getattr(mapping, key)))
    missing = [name for name in dict.fromkeys(named) if name not in source.columns]
    if missing:
        raise MissingColumnError(source.path, missing, list(source.columns))


def _columns_of(ref: object) -> list[str]:
    if not isinstance(ref, ColumnRef):
        return []
    if ref.column is not None:
        return [ref.column]
    return [name for _, name, _, _ in Formatter().parse(ref.template or "") if name]


def _mapping_query(
    source: Input, pull: Pull, mapping: ClaimMapping, metrics: MetricRegistry
) -> str:
    fields = _text_fields(source, pull, mapping, metrics)
    fields |= _number_fields(source, mapping)
    fields |= _date_fields(source, pull, mapping)
    unit, currency, factor = _unit_fields(fields, pull.spec, metrics)
    where = " AND ".join(
        f"list_contains({quoted_list(texts)}, {sql.cell(source, column)}::VARCHAR)"
        for column, texts in mapping.when.items()
    )
    selected = ",\n    ".join(
        [f"{field.expression} AS {name}" for name, field in fields.items()]
        + [
            f"CASE WHEN {field.cell} IS NOT NULL AND {field.expression} IS NULL "
            f"THEN {field.cell} END AS {name}_unread"
            for name, field in fields.items()
            if field.cell
        ]
    )
    worded = _worded(fields, mapping, factor)
    columns = ",\n  ".join(f"{_output(c.name, fields, pull)} AS {c.name}" for c in CLAIM_COLUMNS)
    return f"""WITH fields AS (
  SELECT {ROW} AS row_number,
    {selected}
  FROM input{f" WHERE {where}" if where else ""}
), worded AS (
  SELECT * REPLACE ({unit} AS unit, {currency} AS currency, {worded}) FROM fields
), checked AS (
  SELECT *, {_fault(fields, pull, metrics)} AS fault FROM worded
)
SELECT {columns},
  fault[2] AS reason, fault[1] AS fault_column
FROM checked"""


def _text_fields(
    source: Input, pull: Pull, mapping: ClaimMapping, metrics: MetricRegistry
) -> dict[str, Field]:
    refs: dict[str, ColumnRef | str | None] = {
        "source": mapping.source if mapping.source is not None else pull.spec.source,
        "source_type": (
            mapping.source_type if mapping.source_type is not None else pull.spec.source_type
        ),
        **{
            key: getattr(mapping, key)
            for key in (
                "publication", "scheme", "subject", "name", "kind", "metric", "definition",
                "unit", "currency", "precision", "comparator", "modality", "object",
                "sensitivity",
            )
        },
    }  # fmt: skip
    for key, allowed in {**_CHOICES, "metric": tuple(metrics.metrics)}.items():
        constant = refs[key]
        if isinstance(constant, str) and constant and constant not in allowed:
            raise UnknownNameError(f"{key} in the spec of feed {pull.spec.id}", constant, allowed)
    fields = {}
    for key, ref in refs.items():
        expression = sql.text(source, ref if ref is not None else "")
        constant = ref if isinstance(ref, str) else None
        if constant is None:
            expression = f"coalesce(replace({expression}, chr(31), ' '), '')"
        else:
            expression = text_literal(constant.replace(_SEPARATOR, " "))
        fields[key] = Field(expression, constant, None, _column_name(ref))
    return fields


def _column_name(ref: object) -> str:
    return (ref.column or ref.template or "") if isinstance(ref, ColumnRef) else ""


def _number_fields(source: Input, mapping: ClaimMapping) -> dict[str, Field]:
    fields = {}
    for key in _NUMBERS:
        ref = getattr(mapping, key)
        if ref is None:
            fields[key] = Field("NULL::DOUBLE", "")
            continue
        is_typed = isinstance(ref, NumberRef) and sql.is_numeric(
            source.columns.get(ref.column or "", "VARCHAR")
        )
        cell = sql.text(source, ref) if isinstance(ref, NumberRef) and not is_typed else None
        fields[key] = Field(sql.number(source, ref), None, cell, _column_name(ref))
    if isinstance(mapping.value, NumberRef) and mapping.value.worded:
        fields["worded_comparator"] = Field(sql.worded_comparator(source, mapping.value))
    return fields


def _date_fields(source: Input, pull: Pull, mapping: ClaimMapping) -> dict[str, Field]:
    pulled = pull.recorded_at.date().isoformat()
    precision = "''"
    if mapping.period is not None:
        start, end, precision = sql.period(source, mapping.period, pulled)
        cell = sql.text(source, mapping.period) if isinstance(mapping.period, DateRef) else None
        name = _column_name(mapping.period)
        starts, ends = Field(start, None, cell, name), Field(end, None, None, name)
    else:
        starts = _date_field(source, mapping.valid_from, pulled)
        ends = _date_field(source, mapping.valid_to, pulled)
        if mapping.window_days is not None:
            starts = Field(f"({ends.expression} - {mapping.window_days - 1})")
            precision = "'range'"
        elif mapping.valid_from is None and mapping.valid_to is not None:
            # A stock at a date: the period is that day.
            starts, precision = Field(ends.expression), "'day'"
    return {
        "valid_from": starts,
        "valid_to": ends,
        "published_at": _date_field(source, mapping.published_at, pulled),
        "period_precision": Field(f"coalesce({precision}, '')"),
    }


def _date_field(source: Input, ref: DateRef | str | None, pulled: str) -> Field:
    if ref is None:
        return Field("NULL::DATE", "")
    cell = sql.text(source, ref) if isinstance(ref, DateRef) else None
    return Field(sql.date(source, ref, pulled), None, cell, _column_name(ref))


def _unit_fields(
    fields: dict[str, Field], spec: FeedSpec, metrics: MetricRegistry
) -> tuple[str, str, str]:
    """SQL for unit, currency and the factor to the unit of the registry."""
    unit, currency, factor = "unit", "currency", ""
    if spec.units:
        by_text = spec.units.items()
        unit = _switch("unit", {text: rule.unit for text, rule in by_text}, "unit")
        money = {text: rule.currency for text, rule in by_text if rule.currency}
        currency = _switch("unit", money, "currency") if money else "currency"
        numbers = {text: rule.factor for text, rule in by_text if rule.factor != 1.0}
        if numbers:
            branches = " ".join(f"WHEN {text_literal(k)} THEN {v!r}" for k, v in numbers.items())
            factor = f" * CASE unit {branches} ELSE 1.0 END"
    if fields["unit"].constant:
        return unit, currency, factor
    metric = fields["metric"].constant
    if metric:
        default = text_literal(_default_unit(metrics, metric, fields["currency"].constant))
        if fields["currency"].constant is None and "currency" in metrics[metric].units:
            default = f"CASE WHEN {currency} <> '' THEN 'currency' ELSE {default} END"
    else:
        money_metrics = [m.id for m in metrics.metrics.values() if "currency" in m.units]
        first = {m.id: m.units[0] for m in metrics.metrics.values()}
        default = (
            f"CASE WHEN {currency} <> '' AND list_contains({quoted_list(money_metrics)}, metric) "
            f"THEN 'currency' ELSE {_switch('metric', first, repr(''))} END"
        )
    return f"CASE WHEN ({unit}) = '' THEN {default} ELSE {unit} END", currency, factor


def _default_unit(metrics: MetricRegistry, metric: str, currency: str | None) -> str:
    units = metrics[metric].units
    return "currency" if currency and "currency" in units else units[0]


def _switch(name: str, branches: dict[str, str], otherwise: str) -> str:
    cases = " ".join(
        f"WHEN {text_literal(key)} THEN {text_literal(value)}" for key, value in branches.items()
    )
    return f"CASE {name} {cases} ELSE {otherwise} END"


def _is_plain(fields: dict[str, Field]) -> bool:
    """Whether every value is exact: no comparator and no stated ends."""
    return (
        fields["comparator"].constant in {"", "eq"}
        and fields["value_low"].constant == ""
        and fields["value_high"].constant == ""
        and "worded_comparator" not in fields
    )


def _worded(fields: dict[str, Field], mapping: ClaimMapping, factor: str) -> str:
    """SQL that replaces value, its ends, the comparator and the precision."""
    precision = "CASE precision WHEN '' THEN period_precision ELSE precision END AS precision"
    value = f"(value{factor})"
    if _is_plain(fields):
        return (
            f"{value} AS value, {value} AS value_low, {value} AS value_high, "
            f"'eq' AS comparator, {precision}"
        )
    stated = "CASE comparator WHEN '' THEN {} ELSE comparator END".format(
        "coalesce(worded_comparator, 'eq')" if "worded_comparator" in fields else "'eq'"
    )
    # definitions: about X is [.9X, 1.1X], nearly X is [.9X, X), over X is [X, open).
    low = (
        f"CASE {stated} WHEN 'eq' THEN {value} WHEN 'over' THEN {value} "
        f"WHEN 'at_least' THEN {value} WHEN 'about' THEN least(0.9 * {value}, 1.1 * {value}) "
        f"WHEN 'nearly' THEN least(0.9 * {value}, {value}) END"
    )
    high = (
        f"CASE {stated} WHEN 'eq' THEN {value} WHEN 'under' THEN {value} "
        f"WHEN 'at_most' THEN {value} WHEN 'about' THEN greatest(0.9 * {value}, 1.1 * {value}) "
        f"WHEN 'nearly' THEN greatest(0.9 * {value}, {value}) END"
    )
    # Ends that the source states itself come before what the word alone says.
    has_ends = "(value_low IS NOT NULL OR value_high IS NOT NULL)"
    return (
        f"CASE WHEN {stated} = 'eq' THEN {value} END AS value, "
        f"CASE WHEN {has_ends} THEN value_low{factor} ELSE {low} END AS value_low, "
        f"CASE WHEN {has_ends} THEN value_high{factor} ELSE {high} END AS value_high, "
        f"CASE WHEN value IS NULL AND NOT {has_ends} THEN '' ELSE {stated} END AS comparator, "
        f"{precision}"
    )


def _fault(fields: dict[str, Field], pull: Pull, metrics: MetricRegistry) -> str:
    """SQL of [column, reason] for a row that cannot become a claim, else null."""
    faults: list[tuple[str, str, str]] = []
    for name, field in fields.items():
        if field.cell is not None:
            kind = "number" if name in _NUMBERS else "date or period"
            said = f"'cannot read ''' || {name}_unread || ''' as a {kind}'"
            faults.append((f"{name}_unread IS NOT NULL", field.column, said))
    if fields["subject"].constant is None:
        faults.append(("subject = ''", fields["subject"].column, "'the subject is empty'"))
    for name, allowed in {**_CHOICES, "metric": tuple(metrics.metrics)}.items():
        if fields[name].constant is None:
            faults.append((
                f"{name} <> '' AND NOT list_contains({quoted_list(allowed)}, {name})"
                if name != "metric"
                else f"NOT list_contains({quoted_list(allowed)}, {name})",
                fields[name].column,
                f"'unknown {name} ''' || {name} || ''''",
            ))  # fmt: skip
    faults.extend(_unit_faults(fields, metrics))
    faults.extend(_value_faults(fields, metrics))
    dated = [
        ("valid_from > valid_to", fields["valid_from"].column, "'the period ends before it starts'")
    ]
    if pull.spec.replay:
        undated = "'no publication date, and undated rows stay out of a replay'"
        dated.append(("published_at IS NULL", fields["published_at"].column, undated))
    faults.extend(dated)
    cases = "\n    ".join(
        f"WHEN {condition} THEN [{text_literal(column)}, {reason}]"
        for condition, column, reason in faults
    )
    return f"CASE {cases} END"


def _unit_faults(fields: dict[str, Field], metrics: MetricRegistry) -> list[tuple[str, str, str]]:
    metric, unit = fields["metric"].constant, fields["unit"].constant
    said = "'unit ''' || unit || ''' is not a unit of ' || metric"
    if metric is None:
        pairs = [f"{m.id} {u}" for m in metrics.metrics.values() for u in m.units]
        allowed = f"list_contains({quoted_list(pairs)}, metric || ' ' || unit)"
        return [(f"NOT {allowed}", fields["unit"].column, said)]
    units = metrics[metric].units
    if unit and unit in units:
        return []
    return [(f"NOT list_contains({quoted_list(units)}, unit)", fields["unit"].column, said)]


def _value_faults(fields: dict[str, Field], metrics: MetricRegistry) -> list[tuple[str, str, str]]:
    column = fields["value"].column or fields["value_low"].column
    events = [m.id for m in metrics.metrics.values() if m.shape == "event"]
    logs = [m.id for m in metrics.metrics.values() if m.scale == "log"]
    metric = fields["metric"].constant

    def among(ids: list[str]) -> str:
        if metric is not None:
            return "true" if metric in ids else "false"
        return f"list_contains({quoted_list(ids)}, metric)"

    # A denial may name its metric and no number; its object says what is denied.
    blank = "value IS NULL AND value_low IS NULL AND value_high IS NULL AND object = ''"
    faults = [(f"{blank} AND NOT {among(events)}", column, text_literal(EMPTY))]
    faults.append((
        "isinf(value) OR isnan(value) OR isinf(value_low) OR isinf(value_high)",
        column, "'the number is not finite'",
    ))  # fmt: skip
    if metric is None or metric in logs:
        lowest = "coalesce(value, value_low, value_high) < 0"
        faults.append((
            f"{lowest} AND {among(logs)}", column, "'negative, and ' || metric || ' cannot be'",
        ))  # fmt: skip
    if not _is_plain(fields):
        faults.append(("value_low > value_high", column, "'the interval ends below its start'"))
    return faults


def _output(name: str, fields: dict[str, Field], pull: Pull) -> str:
    """SQL of one column of the claims table."""
    published = "published_at::TIMESTAMP AT TIME ZONE 'UTC'"
    recorded = f"TIMESTAMPTZ '{pull.recorded_at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f}+00'"
    match name:
        case "claim_id":
            return _digest(fields, pull)
        case "feed":
            return text_literal(pull.spec.id)
        case "published_at":
            return published
        case "recorded_at":
            return published if pull.spec.replay else recorded
        case "replayed":
            return "true" if pull.spec.replay else "false"
        case "raw":
            return text_literal(pull.raw)
        case "row":
            return "row_number"
        case _:
            return name


def _digest(fields: dict[str, Field], pull: Pull) -> str:
    """SQL of the claim's id: MD5 over the identity columns, constants joined beforehand.

    The text must not depend on the engine's own way of printing numbers, or a new version of
    it would make new ids of old claims.
    """
    parts: list[str] = []
    constant = [pull.spec.id]

    def flush() -> None:
        if constant:
            parts.append(text_literal(_SEPARATOR.join(constant)))
            constant.clear()

    for name in IDENTITY_COLUMNS:
        if name in {"feed", "value_low", "value_high"}:
            continue
        field = fields[name]
        if (
            name not in {"unit", "currency", "precision", "comparator"}
            and field.constant is not None
        ):
            constant.append(field.constant.replace(_SEPARATOR, " "))
            continue
        flush()
        parts.append(_digested(name, is_plain=_is_plain(fields)))
    flush()
    return f"md5(concat_ws(chr(31), {', '.join(parts)}))"


def _digested(name: str, *, is_plain: bool) -> str:
    if name == "value":
        if is_plain:
            return f"coalesce({_number_text('value')}, '')"
        ends = f"{_number_text('value_low')}, ',', {_number_text('value_high')}"
        return (
            f"CASE WHEN value_low = value AND value_high = value THEN {_number_text('value')} "
            f"ELSE concat({_number_text('value')}, '[', {ends}, ']') END"
        )
    if name in {"valid_from", "valid_to", "published_at"}:
        return f"coalesce({name}::VARCHAR, '')"
    return name


def _number_text(name: str) -> str:
    return (
        f"CASE WHEN {name} = trunc({name}) AND abs({name}) < 1e15 THEN {name}::BIGINT::VARCHAR "
        f"ELSE format('{{:.17g}}', {name}) END"
    )


def _list_digest(pull: Pull) -> str:
    names = [n for n in IDENTITY_COLUMNS if n not in {"feed", "value_low", "value_high"}]
    parts = ", ".join(
        f"coalesce({_number_text(name)}, '')"
        if name == "value"
        else f"coalesce({name}::DATE::VARCHAR, '')"
        if name == "published_at"
        else f"coalesce({name}::VARCHAR, '')"
        for name in names
    )
    return f"md5(concat_ws(chr(31), {text_literal(pull.spec.id)}, {parts}))"
