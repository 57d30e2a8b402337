"""From figures of a panel to claims, through the same mapping as any other feed's rows."""

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from howdah.claims import Appended
from howdah.engines import connect
from howdah.market.workspace import Workspace
from howdah.sources import ClaimMapping, FeedSpec, Pull, compile_query, open_input
from howdah.sources.columns import ColumnRef, DateRef, NumberRef

_BATCH_ROWS = 100_000

#: Where figures come from, as a trail says; their logs are named beside it.
_PLACE = "audience figures"


def claims_spec(spec: FeedSpec, *, replay: bool) -> FeedSpec:
    """The spec by which a panel's figures become claims."""
    assert spec.panel is not None
    mapping = ClaimMapping(
        scheme=spec.panel.scheme,
        subject=ColumnRef(column="product"),
        metric=ColumnRef(column="metric"),
        definition=ColumnRef(column="definition"),
        unit=ColumnRef(column="unit"),
        value=NumberRef(column="value"),
        stderr=NumberRef(column="stderr"),
        valid_from=DateRef(column="valid_from"),
        valid_to=DateRef(column="valid_to"),
        precision=ColumnRef(column="precision"),
        published_at=DateRef(column="published_at"),
    )
    return spec.model_copy(
        update={"panel": None, "claim": (mapping,), "format": "parquet", "replay": replay}
    )


def append_figures(
    ws: Workspace, spec: FeedSpec, rows: pl.DataFrame, *, replay: bool, n_logs: int,
    now: dt.datetime, done: Appended,
) -> None:  # fmt: skip
    """Append the claims of some figures, and archive the figures as what they came from."""
    told = rows.with_columns(
        pl.col("recorded_at").dt.date().alias("published_at"), pl.lit(n_logs).alias("n_logs")
    ).drop("withdrawn", "replayed", "recorded_at", "feed")
    with TemporaryDirectory(prefix="howdah-") as temporary:
        path = Path(temporary) / "figures.parquet"
        told.write_parquet(path)
        raw = ws.store.archive.put(path)
        with (
            connect() as engine,
            open_input(engine, claims_spec(spec, replay=replay), path) as source,
        ):
            pull = Pull(claims_spec(spec, replay=replay), raw, now)
            query = compile_query(source, pull, ws.metrics)
            found, places = ws.store.append_claims(
                spec.id, engine.sql(query).to_arrow_reader(_BATCH_ROWS)
            )
    assert not places, "the figures of a panel are claims"
    ws.store.append_pull(spec.id, raw, "", _PLACE, Appended(n_new=found.n_new), now)
    done.n_claims += found.n_claims
    done.n_new += found.n_new
    last = [d for d in (done.last_published_at, found.last_published_at) if d is not None]
    done.last_published_at = max(last, default=None)
