"""The claim: what a source says, about whom, for when, and where exactly it stands.

The columns below are the schema of the claims table, in order. A claim is never changed or
deleted; a correction is a new claim.
"""

from dataclasses import dataclass

import pyarrow as pa

TIMESTAMP = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its name, its Arrow type and what it means."""

    name: str
    type: pa.DataType
    meaning: str
    identity: bool = False


CLAIM_COLUMNS: tuple[Column, ...] = (
    Column("claim_id", pa.string(), "digest of the identity columns, 32 hexadecimal digits"),
    Column("feed", pa.string(), "feed that brought it", identity=True),
    Column("source", pa.string(), "who states it", identity=True),
    Column("source_type", pa.string(), "data_provider, company_statement, ...", identity=True),
    Column("publication", pa.string(), "where it was published", identity=True),
    Column("scheme", pa.string(), "what `subject` is an identifier in", identity=True),
    Column("subject", pa.string(), "about whom, as the source identifies it", identity=True),
    Column("name", pa.string(), "name of the subject as the source writes it", identity=True),
    Column("kind", pa.string(), "metric, or a class of event: funding, layoff, ...", identity=True),
    Column("metric", pa.string(), "id in the metric registry", identity=True),
    Column("definition", pa.string(), "whose definition of the metric; '' unstated", identity=True),
    Column("unit", pa.string(), "what is counted, or 'percent', 'rank', ...", identity=True),
    Column("currency", pa.string(), "ISO code of money, else ''", identity=True),
    Column("valid_from", pa.date32(), "first day of the period it speaks of", identity=True),
    Column("valid_to", pa.date32(), "last day of the period it speaks of", identity=True),
    Column("precision", pa.string(), "how exactly the period was stated", identity=True),
    Column("value", pa.float64(), "the number, null when only a bound is stated", identity=True),
    Column("value_low", pa.float64(), "lower end as worded, null when open", identity=True),
    Column("value_high", pa.float64(), "upper end as worded, null when open", identity=True),
    Column(
        "stderr", pa.float64(), "standard error that the source states of its value", identity=True
    ),
    Column("comparator", pa.string(), "eq, about, nearly, over, under, ...", identity=True),
    Column("modality", pa.string(), "asserted, reported, planned, denied, ...", identity=True),
    Column("object", pa.string(), "the other party, or a value in words", identity=True),
    Column("sensitivity", pa.string(), "public, rumour, leak or confidential", identity=True),
    Column("published_at", TIMESTAMP, "when the source issued it, null unknown", identity=True),
    Column("recorded_at", TIMESTAMP, "when this store learnt it; `as_of` filters on it"),
    Column("replayed", pa.bool_(), "recorded_at was set to published_at from an old file"),
    Column("raw", pa.string(), "digest of the archived bytes it came from"),
    Column("row", pa.int64(), "record in those bytes, the first data record is 1"),
)

CLAIM_SCHEMA = pa.schema([pa.field(column.name, column.type) for column in CLAIM_COLUMNS])

IDENTITY_COLUMNS: tuple[str, ...] = tuple(c.name for c in CLAIM_COLUMNS if c.identity)

#: Claims that agree on these speak of the same thing; the last published is the latest revision.
REVISION_KEY: tuple[str, ...] = (
    "feed",
    "source",
    "publication",
    "scheme",
    "subject",
    "kind",
    "metric",
    "definition",
    "unit",
    "currency",
    "valid_from",
    "valid_to",
    "object",
    "modality",
)
