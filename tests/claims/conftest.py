"""Claims made by hand, and stores to put them in."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from howdah.claims import ClaimStore
from howdah.core.claim import CLAIM_SCHEMA, IDENTITY_COLUMNS
from howdah.engines import connect

MAPPED_SCHEMA = CLAIM_SCHEMA.append(pa.field("reason", pa.string())).append(
    pa.field("fault_column", pa.string())
)
DEFAULTS: dict[str, Any] = {
    "feed": "feed", "source": "S", "source_type": "t", "scheme": "name", "subject": "a",
    "kind": "metric", "metric": "dau", "unit": "people", "valid_from": dt.date(2024, 9, 30),
    "valid_to": dt.date(2024, 9, 30), "precision": "day", "comparator": "eq",
    "modality": "asserted", "sensitivity": "public", "replayed": False, "raw": "raw", "row": 1,
    "recorded_at": dt.datetime(2024, 12, 1, tzinfo=dt.UTC),
}  # fmt: skip
TEXTS = ("publication", "name", "definition", "currency", "object")

Claim = dict[str, Any]
MakeClaim = Callable[..., Claim]
Append = Callable[..., Any]


@pytest.fixture(scope="session")
def make_claim() -> MakeClaim:
    """A mapped row; its id is a digest of its identity, as the mapping would make it."""

    def make(**fields: Any) -> Claim:  # noqa: ANN401 - any column
        claim = {**dict.fromkeys(TEXTS, ""), **DEFAULTS, **fields}
        value = claim.get("value", 1.0)
        claim |= {"value": value, "value_low": value, "value_high": value}
        identity = "\x1f".join(str(claim.get(name)) for name in IDENTITY_COLUMNS)
        claim["claim_id"] = hashlib.md5(identity.encode()).hexdigest()
        return {name: claim.get(name) for name in MAPPED_SCHEMA.names}

    return make


@pytest.fixture(scope="session")
def append() -> Append:
    """Append mapped rows to a store, a few in each batch."""

    def run(store: ClaimStore, claims: list[Claim], *, batch: int = 3, feed: str = "feed") -> Any:  # noqa: ANN401 - what append_claims returns
        table = pa.Table.from_pylist(claims, schema=MAPPED_SCHEMA)
        batches = table.to_batches(max_chunksize=batch)
        reader = pa.RecordBatchReader.from_batches(MAPPED_SCHEMA, batches)
        return store.append_claims(feed, reader)

    return run


@pytest.fixture
def store(tmp_path: Path) -> ClaimStore:
    return ClaimStore(tmp_path / "lake")


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        yield connection
