"""Rows to claims: a feed spec compiled to one SQL statement of named steps.

``fields`` and its sequels compute every field of one claim mapping, ``worded`` turns wording
into intervals, ``checked`` gives each row a fault when it cannot become a claim. One pass over
the file yields claims and faults together; they differ in ``reason``. The statement can be
printed and run step by step.
"""

import datetime as dt
from dataclasses import dataclass

from howdah.core.claim import CLAIM_COLUMNS
from howdah.core.errors import MissingColumnError
from howdah.core.metrics import MetricRegistry
from howdah.engines import quoted_list, text_literal
from howdah.sources import expressions as sql
from howdah.sources.columns import ColumnRef
from howdah.sources.digest import claim_id
from howdah.sources.faults import compile_fault
from howdah.sources.fields import Fields, compile_fields, compile_units, is_plain
from howdah.sources.inputs import ROW, Input
from howdah.sources.lists import compile_lists
from howdah.sources.spec import ClaimMapping, FeedSpec


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull of one feed's bytes: what all of its rows have in common."""

    spec: FeedSpec
    raw: str
    recorded_at: dt.datetime


def compile_query(source: Input, pull: Pull, metrics: MetricRegistry) -> str:
    """SQL that yields the claim columns, then ``reason`` and ``fault_column``.

    A row with a null reason is a claim; one with the reason ``empty`` is neither claim nor
    fault; any other reason says why the row cannot become a claim. Claims about the lists of a
    list feed follow those of its rows.

    Raises
    ------
    MissingColumnError
        The spec names columns that the file does not have.
    UnknownNameError
        The spec names a metric that the market does not know.
    """
    missing = source.missing_columns(_named_columns(pull.spec))
    if missing:
        raise MissingColumnError(source.path, missing, list(source.columns))
    mappings = [_mapping_query(source, pull, mapping, metrics) for mapping in pull.spec.claim]
    query = "\nUNION ALL\n".join(f"({mapping})" for mapping in mappings)
    if pull.spec.list is None:
        return query
    return f"{query}\nUNION ALL\n({compile_lists(query, pull.spec)})"


def _named_columns(spec: FeedSpec) -> list[str]:
    named = list(spec.list.by) if spec.list else []
    for mapping in spec.claim:
        named.extend(mapping.when)
        for key in type(mapping).model_fields:
            ref = getattr(mapping, key)
            named.extend(ref.columns if isinstance(ref, ColumnRef) else ())
    return list(dict.fromkeys(named))


def _mapping_query(
    source: Input, pull: Pull, mapping: ClaimMapping, metrics: MetricRegistry
) -> str:
    pulled = pull.recorded_at.date().isoformat()
    fields = compile_fields(source, pull.spec, mapping, metrics, pulled)
    unit, currency, factor = compile_units(fields, pull.spec, metrics)
    where = " AND ".join(
        f"list_contains({quoted_list(texts)}, {sql.cell(source, column)}::VARCHAR)"
        for column, texts in mapping.when.items()
    )
    cells = {name: field.cell for name, field in fields.items() if field.cell}
    read = [f"{cell} AS {name}_cell" for name, cell in cells.items()]
    steps = [f"fields AS (SELECT {ROW}, {_selected(fields, 0, read)} FROM input"]
    steps[0] += f" WHERE {where})" if where else ")"
    last = "fields"
    for step in sorted({field.step for field in fields.values()} - {0}):
        steps.append(f"fields_{step} AS (SELECT *, {_selected(fields, step)} FROM {last})")
        last = f"fields_{step}"
    replaced = f"{unit} AS unit, {currency} AS currency, {_worded(fields, factor)}"
    unread = "".join(
        f", CASE WHEN {name} IS NULL THEN {name}_cell END AS {name}_unread" for name in cells
    )
    steps.append(f"worded AS (SELECT * REPLACE ({replaced}){unread} FROM {last})")
    fault = compile_fault(fields, pull.spec, metrics)
    steps.append(f"checked AS (SELECT *, {fault} AS fault FROM worded)")
    columns = ", ".join(f"{_output(c.name, fields, pull)} AS {c.name}" for c in CLAIM_COLUMNS)
    return (
        f"WITH {f',{chr(10)}'.join(steps)}\n"
        f"SELECT {columns}, fault[2] AS reason, fault[1] AS fault_column FROM checked"
    )


def _selected(fields: Fields, step: int, others: list[str] | None = None) -> str:
    own = [f"{field.expression} AS {name}" for name, field in fields.items() if field.step == step]
    return ", ".join(own + (others or []))


def _worded(fields: Fields, factor: str) -> str:
    """SQL that replaces value, its ends, the comparator and the precision."""
    precision = "CASE precision WHEN '' THEN period_precision ELSE precision END AS precision"
    if factor:
        precision += f", stderr{factor} AS stderr"
    value = f"(value{factor})"
    if is_plain(fields):
        return (
            f"{value} AS value, {value} AS value_low, {value} AS value_high, "
            f"'eq' AS comparator, {precision}"
        )
    is_worded = "worded_comparator" in fields
    stated = "CASE comparator WHEN '' THEN {} ELSE comparator END".format(
        "coalesce(worded_comparator, 'eq')" if is_worded else "'eq'"
    )
    # definitions: about X is [.9X, 1.1X], nearly X is [.9X, X), over X is [X, open) unless the
    # wording bounds it.
    low = (
        f"CASE {stated} WHEN 'eq' THEN {value} WHEN 'over' THEN {value} "
        f"WHEN 'at_least' THEN {value} WHEN 'about' THEN least(0.9 * {value}, 1.1 * {value}) "
        f"WHEN 'nearly' THEN least(0.9 * {value}, {value}) END"
    )
    high = (
        f"CASE {stated} WHEN 'eq' THEN {value} WHEN 'under' THEN {value} "
        f"WHEN 'at_most' THEN {value} WHEN 'about' THEN greatest(0.9 * {value}, 1.1 * {value}) "
        f"WHEN 'nearly' THEN greatest(0.9 * {value}, {value})"
        f"{f' WHEN {chr(39)}over{chr(39)} THEN worded_bound{factor}' if is_worded else ''} END"
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


def _output(name: str, fields: Fields, pull: Pull) -> str:
    """SQL of one column of the claims table."""
    published = "published_at::TIMESTAMP AT TIME ZONE 'UTC'"
    recorded = f"TIMESTAMPTZ '{pull.recorded_at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f}+00'"
    own = {
        "feed": text_literal(pull.spec.id),
        "published_at": published,
        "recorded_at": published if pull.spec.replay else recorded,
        "replayed": "true" if pull.spec.replay else "false",
        "raw": text_literal(pull.raw),
        "row": ROW,
    }
    return claim_id(fields, pull.spec.id) if name == "claim_id" else own.get(name, name)
