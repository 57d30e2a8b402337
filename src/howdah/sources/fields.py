"""The fields of one claim mapping as SQL, each with its constant or the text of its cell."""

from dataclasses import dataclass

from howdah.core.errors import UnknownNameError
from howdah.core.metrics import MetricRegistry
from howdah.engines import quoted_list, text_literal
from howdah.sources import expressions as sql
from howdah.sources.columns import PULLED, ColumnRef, DateRef, NumberRef
from howdah.sources.inputs import Input
from howdah.sources.spec import ClaimMapping, FeedSpec

#: Separates identity columns in the digested text; replaced in every text that is read.
SEPARATOR = "\x1f"

#: Of what a row states one at least makes a claim; `ERROR` says how sure the source is of it.
NUMBERS = ("value", "value_low", "value_high")
ERROR = "stderr"

#: Signs that a cell may carry when its currency is this one.
_CURRENCY_SIGNS = {"USD": "$", "CNY": "¥￥元", "JPY": "¥￥", "EUR": "€", "GBP": "£", "KRW": "₩"}
_ALL_SIGNS = "%" + "".join(dict.fromkeys("".join(_CURRENCY_SIGNS.values())))

_TEXTS = (
    "publication", "scheme", "subject", "name", "kind", "metric", "definition", "unit",
    "currency", "precision", "comparator", "modality", "object", "sensitivity",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the mapping as SQL, its constant if it has one, and its cell's text.

    Attributes
    ----------
    expression
        SQL of the value.
    constant
        The text it has in every row, None when it depends on the row.
    cell
        SQL of the cell as text, known to later steps as the field's name with ``_cell``: what
        the value is read from, and what is shown when it cannot be.
    column
        Name of the column or template it comes from.
    step
        Step of the query that computes it: 0 reads the row, each later one the step before.
    """

    expression: str
    constant: str | None = None
    cell: str | None = None
    column: str = ""
    step: int = 0


Fields = dict[str, Field]


def compile_fields(
    source: Input, spec: FeedSpec, mapping: ClaimMapping, metrics: MetricRegistry, pulled: str
) -> Fields:
    """Every field of a mapping.

    Parameters
    ----------
    pulled
        ISO day of the pull.

    Raises
    ------
    UnknownNameError
        The spec's metric is not in the registry.
    """
    if isinstance(mapping.metric, str) and mapping.metric not in metrics:
        raise UnknownNameError(
            f"metric in the spec of feed {spec.id!r}", mapping.metric, metrics.metrics
        )
    fields = _text_fields(source, spec, mapping)
    fields |= _number_fields(source, mapping, _signs(fields, metrics))
    return fields | _date_fields(source, mapping, pulled)


def is_plain(fields: Fields) -> bool:
    """Whether every value is exact: no comparator and no stated ends."""
    return (
        fields["comparator"].constant in {"", "eq"}
        and fields["value_low"].constant == ""
        and fields["value_high"].constant == ""
        and "worded_comparator" not in fields
    )


def _text_fields(source: Input, spec: FeedSpec, mapping: ClaimMapping) -> Fields:
    refs: dict[str, ColumnRef | str] = {
        "source": mapping.source if mapping.source is not None else spec.source,
        "source_type": (
            mapping.source_type if mapping.source_type is not None else spec.source_type
        ),
        **{key: getattr(mapping, key) for key in _TEXTS},
    }
    fields = {}
    for key, ref in refs.items():
        if isinstance(ref, ColumnRef):
            expression = f"coalesce(replace({sql.text(source, ref)}, chr(31), ' '), '')"
            fields[key] = Field(expression, None, None, _column_name(ref))
        else:
            constant = ref.strip().replace(SEPARATOR, " ")
            fields[key] = Field(text_literal(constant), constant)
    return fields


def _column_name(ref: object) -> str:
    return (ref.column or ref.template or "") if isinstance(ref, ColumnRef) else ""


def _signs(fields: Fields, metrics: MetricRegistry) -> str:
    """Signs of a unit that the cells of this mapping's numbers may carry."""
    metric, unit, currency = (fields[name].constant for name in ("metric", "unit", "currency"))
    if metric is None or unit is None or currency is None:
        # The row itself says what it counts; whatever sign it shows belongs to that.
        return _ALL_SIGNS
    unit = unit or metrics[metric].units[0]
    percent = "%" if unit == "percent" else ""
    return percent + next(
        (signs for code, signs in _CURRENCY_SIGNS.items() if code in {currency, unit[:3]}), ""
    )


def _number_fields(source: Input, mapping: ClaimMapping, signs: str) -> Fields:
    fields = {}
    for key in (*NUMBERS, ERROR):
        ref = getattr(mapping, key)
        if ref is None:
            fields[key] = Field("NULL::DOUBLE", "")
        elif not isinstance(ref, NumberRef):
            fields[key] = Field(f"{float(ref)!r}::DOUBLE")
        elif (typed := sql.typed_number(source, ref)) is not None and not ref.worded:
            fields[key] = Field(typed, column=_column_name(ref))
        else:
            expression = sql.number(f"{key}_cell", ref, signs)
            fields[key] = Field(expression, None, sql.text(source, ref), _column_name(ref), 1)
    if isinstance(mapping.value, NumberRef) and mapping.value.worded:
        comparator = sql.worded_comparator("value_cell")
        bound = sql.worded_bound("value_cell", mapping.value, signs)
        fields["worded_comparator"] = Field(comparator, step=1)
        fields["worded_bound"] = Field(bound, step=1)
    return fields


def _date_fields(source: Input, mapping: ClaimMapping, pulled: str) -> Fields:
    fields = {"published_at": _date_field(source, "published_at", mapping.published_at, pulled)}
    if mapping.period is not None:
        return fields | _period_fields(source, mapping.period, pulled)
    starts = _date_field(source, "valid_from", mapping.valid_from, pulled)
    ends = _date_field(source, "valid_to", mapping.valid_to, pulled)
    precision = "''"
    if mapping.window_days is not None:
        first = f"(valid_to - {mapping.window_days - 1})"
        starts = Field(first, None, None, ends.column, ends.step + 1)
        precision = "'range'"
    elif mapping.valid_from is None and mapping.valid_to is not None:
        # A stock at a date: the period is that day.
        starts = Field("valid_to", None, None, ends.column, ends.step + 1)
        precision = "'day'"
    fields |= {"valid_from": starts, "valid_to": ends}
    return fields | {"period_precision": Field(precision)}


def _period_fields(source: Input, ref: DateRef | str, pulled: str) -> Fields:
    is_day = ref == PULLED or (
        isinstance(ref, DateRef)
        and (ref.format is not None or sql.typed_date(source, ref) is not None)
    )
    if is_day:
        starts = _date_field(source, "valid_from", ref, pulled)
        precision = "CASE WHEN valid_from IS NULL THEN '' ELSE 'day' END"
        return {
            "valid_from": starts,
            "valid_to": Field("valid_from", None, None, starts.column, starts.step + 1),
            "period_precision": Field(precision, step=starts.step + 1),
        }
    column = _column_name(ref)
    if isinstance(ref, DateRef):
        cell, name = sql.text(source, ref), "period_text(valid_from_cell)"
    else:
        cell, name = None, f"period_text({text_literal(ref)})"
    return {
        "period_name": Field(name, step=1),
        "period_kind": Field("period_kind(period_name)", step=2),
        "valid_from": Field("period_start(period_name, period_kind)", None, cell, column, 3),
        "valid_to": Field("period_end(period_name, period_kind)", None, None, column, 3),
        "period_precision": Field("coalesce(period_kind, '')", step=3),
    }


def _date_field(source: Input, key: str, ref: DateRef | str | None, pulled: str) -> Field:
    if ref is None:
        return Field("NULL::DATE", "")
    if not isinstance(ref, DateRef):
        return Field(sql.constant_date(ref, pulled))
    if ref.format is None and (typed := sql.typed_date(source, ref)) is not None:
        return Field(typed, column=_column_name(ref))
    cell = sql.text(source, ref)
    return Field(sql.date(f"{key}_cell", ref), None, cell, _column_name(ref), 1)


def compile_units(fields: Fields, spec: FeedSpec, metrics: MetricRegistry) -> tuple[str, str, str]:
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
