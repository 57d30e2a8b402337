"""Forms of the tables of what an update derives and keeps."""

import pyarrow as pa

from howdah.core.claim import TIMESTAMP
from howdah.estimates import CARD_COLUMNS, REVISION_COLUMNS

#: What was learnt of each metric; the document is that of `market.parts.model_document`.
MODEL_SCHEMA = pa.schema(
    [
        ("metric", pa.string()),
        ("document", pa.string()),
        ("as_of", pa.date32()),
        ("inputs", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)

_COUNTS = (
    "n_claims", "n_entities", "n_suspect", "n_copied", "n_overlap", "n_compared", "n_revised",
    "n_coverage",
)  # fmt: skip
_TEXTS = (
    "source", "metric", "nature", "group", "name", "against", "scale", "copies", "calibration"
)  # fmt: skip

#: Form of the tables: what was kept in another one is derived anew.
FORMAT = 2

CARD_SCHEMA = pa.schema(
    [
        *(
            (
                name,
                pa.string() if name in _TEXTS else pa.int64() if name in _COUNTS else pa.float64(),
            )
            for name in CARD_COLUMNS
        ),
        ("as_of", pa.date32()),
        ("inputs", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)

_REVISION_TEXTS = ("source", "metric", "nature", "scale")
_REVISION_COUNTS = ("age_from", "age_to", "n", "final_after_days")

REVISION_SCHEMA = pa.schema(
    [
        *(
            (
                name,
                pa.string()
                if name in _REVISION_TEXTS
                else pa.int64()
                if name in _REVISION_COUNTS
                else pa.float64(),
            )
            for name in REVISION_COLUMNS
        ),
        ("as_of", pa.date32()),
        ("inputs", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)

FINDING_SCHEMA = pa.schema(
    [
        ("finding_id", pa.string()),
        ("kind", pa.string()),
        ("entity", pa.string()),
        ("metric", pa.string()),
        ("segment", pa.string()),
        ("priority", pa.float64()),
        ("document", pa.string()),
        ("as_of", pa.date32()),
        ("method", pa.string()),
        ("inputs", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)

#: Claims that are held to be wrong.
SUSPECT_SCHEMA = pa.schema(
    [
        ("claim_id", pa.string()),
        ("entity", pa.string()),
        ("metric", pa.string()),
        ("definition", pa.string()),
        ("unit", pa.string()),
        ("currency", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("precision", pa.string()),
        ("source", pa.string()),
        ("reason", pa.string()),
        ("factor", pa.float64()),
        ("original", pa.string()),
        ("level", pa.float64()),
        ("lower", pa.float64()),
        ("upper", pa.float64()),
        ("as_of", pa.date32()),
        ("inputs", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)

#: One row for each time that values were derived and kept, appended last.
DERIVATION_SCHEMA = pa.schema(
    [
        ("as_of", pa.date32()),
        ("inputs", pa.string()),
        ("n_findings", pa.int64()),
        ("recorded_at", TIMESTAMP),
    ]
)
