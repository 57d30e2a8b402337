"""What a list feed says of its lists: their lengths and cut-offs, as claims of their own.

What is absent from a list lies below its cut-off, and a change of its length is a fault of
measurement, so both are kept. Lists are told apart by their definition.
"""

from howdah.core.claim import CLAIM_COLUMNS
from howdah.sources.digest import list_id
from howdah.sources.spec import FeedSpec

_SHARED = (
    "feed, source, source_type, publication, definition, valid_from, valid_to, precision, "
    "modality, sensitivity, published_at, recorded_at, replayed, raw"
)


def compile_lists(query: str, spec: FeedSpec) -> str:
    """SQL that yields a claim for the length and the cut-off of each list of a list feed.

    Parameters
    ----------
    query
        SQL of the mapped rows, of `mapping.compile_query`.
    spec
        Spec of a feed with ``[list]``.
    """
    assert spec.list is not None
    parts = [_aggregate("list_length", "count(DISTINCT subject)", "'count'", "true", _SHARED)]
    if spec.list.cutoff:
        parts.append(
            _aggregate(
                "list_cutoff",
                "min(value)",
                "unit",
                "value IS NOT NULL AND metric <> 'rank'",
                f"{_SHARED}, metric, unit",
            )
        )
    columns = ", ".join(
        f"{list_id(spec.id)} AS claim_id" if column.name == "claim_id" else column.name
        for column in CLAIM_COLUMNS
    )
    union = "\nUNION ALL\n".join(parts)
    return (
        f"WITH mapped AS ({query}), lists AS ({union})\n"
        f"SELECT {columns}, NULL::VARCHAR AS reason, NULL::VARCHAR AS fault_column FROM lists"
    )


def _aggregate(metric: str, value: str, unit: str, condition: str, keys: str) -> str:
    return f"""SELECT {_SHARED}, 'list' AS scheme,
    CASE definition WHEN '' THEN feed ELSE definition END AS subject, '' AS name,
    'metric' AS kind, '{metric}' AS metric, {unit} AS unit, '' AS currency, number AS value,
    number AS value_low, number AS value_high, NULL::DOUBLE AS stderr,
    'eq' AS comparator, '' AS object, 0::BIGINT AS row
  FROM (SELECT {keys}, ({value})::DOUBLE AS number FROM mapped
    WHERE reason IS NULL AND {condition} GROUP BY {keys})"""
