"""Reading claims as they were known on a date.

`as_of` filters on ``recorded_at``, everywhere: what is recorded later never changes an earlier
reading. Of the claims that one source makes of one thing and period, the last published is the
latest revision and the first its first print; of claims published at the same time those are kept
that were learnt last, or first, and all that one pull brought. What was withdrawn by then is left
out before any of that.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import duckdb
import pyarrow as pa

from howdah.claims.store import ClaimStore
from howdah.core.claim import CLAIM_SCHEMA, REVISION_KEY
from howdah.core.entity import Identifier
from howdah.engines import parquet, text_literal

#: Claims in one batch of a read.
_BATCH_ROWS = 262_144

#: What tells the revisions of a figure apart.
_OF_REVISIONS = (*REVISION_KEY, "published_at", "recorded_at")

Print = Literal["latest", "first", "all", "revised"]


def read_claims(
    engine: duckdb.DuckDBPyConnection,
    store: ClaimStore,
    *,
    as_of: dt.datetime | None = None,
    subjects: Sequence[Identifier] | None = None,
    metrics: Sequence[str] | None = None,
    feeds: Sequence[str] | None = None,
    since: dt.date | None = None,
    prints: Print = "latest",
    columns: Sequence[str] | None = None,
) -> pa.RecordBatchReader:
    """Claims known at `as_of`, in batches, so that a wide read is never held twice.

    Parameters
    ----------
    as_of
        Knowledge date; None reads everything recorded.
    subjects, metrics, feeds
        Only these; None reads all.
    since
        Only periods that end on this day or later, or whose end is not stated; None reads all.
    prints
        Which revision of each key: the latest, the first, or all; "revised" gives all revisions
        of the keys that have more than one.
    columns
        Columns to return; None returns all of `CLAIM_SCHEMA`.
    """
    query = claims_query(
        store,
        as_of=as_of,
        subjects=subjects,
        metrics=metrics,
        feeds=feeds,
        since=since,
        prints=prints,
        columns=columns,
    )
    names = list(columns) if columns is not None else CLAIM_SCHEMA.names
    if query is None:
        return CLAIM_SCHEMA.empty_table().select(names).to_reader()
    return engine.sql(f"SELECT {', '.join(names)} FROM ({query})").to_arrow_reader(_BATCH_ROWS)


def claims_query(
    store: ClaimStore,
    *,
    as_of: dt.datetime | None = None,
    subjects: Sequence[Identifier] | None = None,
    metrics: Sequence[str] | None = None,
    feeds: Sequence[str] | None = None,
    since: dt.date | None = None,
    prints: Print = "latest",
    withdrawn: bool = False,
    columns: Sequence[str] | None = None,
) -> str | None:
    """SQL of `read_claims`, to be built upon; None when nothing was ever appended.

    With `withdrawn` claims that were withdrawn by then are there too. Beside `columns` it may have
    more.
    """
    files = store.claims.files()
    if not files:
        return None
    conditions = []
    if as_of is not None:
        instant = as_of.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00")
        conditions.append(f"recorded_at <= TIMESTAMPTZ '{instant}'")
    if not withdrawn and (standing := store.withdrawals.condition(as_of)):
        conditions.append(standing)
    if subjects is not None:
        conditions.append(_subject_condition(subjects))
    for name, allowed in (("metric", metrics), ("feed", feeds)):
        if allowed is not None:
            conditions.append(f"{name} IN ({_texts(allowed)})" if allowed else "false")
    if since is not None:
        conditions.append(f"(valid_to >= DATE '{since.isoformat()}' OR valid_to IS NULL)")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    # What is kept at hand is kept whole, so only what is asked for is read.
    read = "*" if columns is None else ", ".join(dict.fromkeys([*columns, *_OF_REVISIONS]))
    query = f"SELECT {read} FROM {parquet(files)}{where}"
    if prints == "all":
        return query
    order = "DESC NULLS LAST" if prints == "latest" else "ASC NULLS LAST"
    # An undated claim has no place in the order of publication: the day it was learnt stands in.
    # Of one day the figure that was learnt later is the newer one: a correction has the date of
    # what it corrects. Those of one pull all count.
    # One hash stands for the many columns of the key.
    key = f"hash({', '.join(REVISION_KEY)})"
    by_print = f"ORDER BY coalesce(published_at, recorded_at) {order}, recorded_at {order}"
    # Few keys have revisions; finding those first spares the others from being sorted. A narrow
    # read keeps its rows at hand; those of a wide one would fill the memory, so it scans anew.
    is_narrow = subjects is not None or since is not None
    kept = "MATERIALIZED" if is_narrow else "NOT MATERIALIZED"
    known = f"""WITH known AS {kept} (
  SELECT *, {key} AS revision_key FROM ({query})
), revised AS MATERIALIZED (
  SELECT revision_key FROM known GROUP BY revision_key HAVING count(*) > 1
)
SELECT * EXCLUDE (revision_key) FROM known"""
    if prints == "revised":
        return f"{known} SEMI JOIN revised USING (revision_key)"
    return f"""{known} ANTI JOIN revised USING (revision_key)
UNION ALL
SELECT * EXCLUDE (revision_key) FROM (
  SELECT * FROM known SEMI JOIN revised USING (revision_key)
  QUALIFY rank() OVER (PARTITION BY revision_key {by_print}) = 1
)"""


def _subject_condition(subjects: Sequence[Identifier]) -> str:
    if not subjects:
        return "false"
    # Joined, for a long list in a condition is gone through row by row; that of the subjects alone
    # lets the reader skip row groups by their statistics.
    values = _texts([subject.value for subject in subjects])
    pairs = ", ".join(
        f"({text_literal(one.scheme)}, {text_literal(one.value)})"
        for one in dict.fromkeys(subjects)
    )
    return f"subject IN (SELECT unnest([{values}])) AND (scheme, subject) IN (VALUES {pairs})"


def _texts(values: Sequence[str]) -> str:
    return ", ".join(text_literal(value) for value in values)
