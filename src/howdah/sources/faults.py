"""Why a row cannot become a claim, as SQL."""

from howdah.core.metrics import MetricRegistry
from howdah.core.wording import COMPARATORS, MODALITIES, SENSITIVITIES
from howdah.engines import quoted_list, text_literal
from howdah.sources.fields import ERROR, NUMBERS, Fields, is_plain
from howdah.sources.spec import FeedSpec

#: The reason of a row that holds no claim for a mapping, and is no fault: a blank cell.
EMPTY = "empty"

_CHOICES = {
    "comparator": COMPARATORS,
    "modality": MODALITIES,
    "sensitivity": SENSITIVITIES,
}

#: (condition, column, reason), all SQL but the column.
Rule = tuple[str, str, str]


def compile_fault(fields: Fields, spec: FeedSpec, metrics: MetricRegistry) -> str:
    """SQL of [column, reason] for a row that cannot become a claim, else null."""
    rules = [
        *_unread(fields),
        *_names(fields, metrics),
        *_units(fields, spec, metrics),
        *_values(fields, metrics),
        *_dates(fields, spec),
    ]
    cases = "\n    ".join(
        f"WHEN {condition} THEN [{text_literal(column)}, {reason}]"
        for condition, column, reason in rules
    )
    return f"CASE {cases} END"


def _unread(fields: Fields) -> list[Rule]:
    rules = []
    for name, field in fields.items():
        if field.cell is not None:
            kind = "number" if name in {*NUMBERS, ERROR} else "date or period"
            said = f"'cannot read ''' || {name}_unread || ''' as a {kind}'"
            rules.append((f"{name}_unread IS NOT NULL", field.column, said))
    return rules


def _names(fields: Fields, metrics: MetricRegistry) -> list[Rule]:
    rules: list[Rule] = []
    subject = fields["subject"]
    if subject.constant is None:
        # A row without subject and number is a blank line, as spreadsheets leave at their ends.
        blank = f"subject = '' AND {_blank(fields)}"
        rules.append((blank, subject.column, text_literal(EMPTY)))
        rules.append(("subject = ''", subject.column, "'the subject is empty'"))
    allowed = {**_CHOICES, "metric": tuple(metrics.metrics)}
    for name, known in allowed.items():
        if fields[name].constant is None:
            filled = f"{name} <> '' AND " if name == "comparator" else ""
            condition = f"{filled}NOT list_contains({quoted_list(known)}, {name})"
            said = f"'unknown {name} ''' || {name} || ''''"
            rules.append((condition, fields[name].column, said))
    return rules


def _units(fields: Fields, spec: FeedSpec, metrics: MetricRegistry) -> list[Rule]:
    metric, unit = fields["metric"].constant, fields["unit"].constant
    column = fields["unit"].column
    said = "'unit ''' || unit || ''' is not a unit of ' || metric"
    no_code = "'an amount of money without a currency'"
    has_number = "coalesce(value, value_low, value_high) IS NOT NULL"
    no_money = f"unit = 'currency' AND currency = '' AND {has_number}"
    money = (no_money, fields["currency"].column, no_code)
    if metric is None:
        pairs = [f"{m.id} {u}" for m in metrics.metrics.values() for u in m.units]
        known = f"list_contains({quoted_list(pairs)}, metric || ' ' || unit)"
        return [(f"NOT {known}", column, said), money]
    units = metrics[metric].units
    rules = [money] if "currency" in units and not fields["currency"].constant else []
    if unit and unit in units and not spec.units:
        return rules
    return [(f"NOT list_contains({quoted_list(units)}, unit)", column, said), *rules]


def _blank(fields: Fields) -> str:
    # A denial may name its metric and no number; its object says what is denied.
    return " AND ".join([*(f"{name} IS NULL" for name in _numbers(fields)), "object = ''"])


def _numbers(fields: Fields) -> list[str]:
    """The numbers that a row may hold; wording makes ends of a value."""
    if not is_plain(fields):
        return list(NUMBERS)
    return ["value"] if fields["value"].constant is None else []


def _values(fields: Fields, metrics: MetricRegistry) -> list[Rule]:
    column = fields["value"].column or fields["value_low"].column
    metric = fields["metric"].constant

    def among(ids: list[str]) -> str:
        if metric is not None:
            return "true" if metric in ids else "false"
        return f"list_contains({quoted_list(ids)}, metric)"

    events = [m.id for m in metrics.metrics.values() if m.shape == "event"]
    rules = [(f"{_blank(fields)} AND NOT {among(events)}", column, text_literal(EMPTY))]
    named = _numbers(fields)
    # Not a number compares as larger than any number.
    rules.extend(
        (f"abs({name}) >= 'inf'::DOUBLE", column, "'the number is not finite'") for name in named
    )
    logs = [m.id for m in metrics.metrics.values() if m.scale == "log"]
    if named and (metric is None or metric in logs):
        lowest = f"coalesce(value, value_low, value_high) < 0 AND {among(logs)}"
        rules.append((lowest, column, "'negative, and ' || metric || ' cannot be'"))
    if fields[ERROR].constant is None:
        # Not a number compares as larger than any number.
        broken = f"{ERROR} < 0 OR {ERROR} >= 'inf'::DOUBLE"
        said = text_literal("the standard error is not a number from 0 on")
        rules.append((broken, fields[ERROR].column or column, said))
    if not is_plain(fields):
        rules.append(("value_low > value_high", column, "'the interval ends below its start'"))
    return rules


def _dates(fields: Fields, spec: FeedSpec) -> list[Rule]:
    rules: list[Rule] = []
    dated = [n for n in ("valid_from", "valid_to", "published_at") if fields[n].constant is None]
    for name in dated:
        range_ = f"{name} NOT BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"
        said = f"'the date ' || {name}::VARCHAR || ' is out of range'"
        rules.append((range_, fields[name].column, said))
    backwards = "'the period ends before it starts'"
    rules.append(("valid_from > valid_to", fields["valid_from"].column, backwards))
    if spec.replay:
        undated = "'no publication date, and undated rows stay out of a replay'"
        rules.append(("published_at IS NULL", fields["published_at"].column, undated))
    return rules
