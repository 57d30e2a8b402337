"""The register kept up with the claims: whom feeds name."""

from collections.abc import Iterable

import polars as pl

from howdah.engines import parquet, quoted_list
from howdah.entities import REGISTER_SCHEMA
from howdah.market.workspace import Workspace


def extend_register(ws: Workspace, feeds: Iterable[str]) -> bool:
    """Add the subjects that claims of some feeds name and the register lacks.

    Returns whether anybody or any name among them is new to the market, not to a feed alone.

    A kill between the claims and this step is mended by the next update of any feed, which then
    compares the register with the claims of all.
    """
    known = ws.register.read()
    behind = set(ws.specs) if not known.num_rows else set(feeds)
    behind |= set(ws.specs) - set(known["feed"].to_pylist())
    files = ws.store.claims.files()
    if not files or not behind:
        return False
    found = pl.DataFrame(
        ws.engine.sql(
            "SELECT scheme, subject, max(name) AS name, feed, "
            "min(recorded_at) AS first_recorded_at "
            f"FROM {parquet(files)} "
            f"WHERE list_contains({quoted_list(sorted(behind))}, feed) "
            "GROUP BY scheme, subject, feed ORDER BY scheme, subject, feed"
        ).to_arrow_table()
    )
    fresh = found.join(pl.DataFrame(known), on=["scheme", "subject", "feed"], how="anti")
    if fresh.height:
        ws.register.append(fresh.to_arrow().select(REGISTER_SCHEMA.names).cast(REGISTER_SCHEMA))
    unknown = fresh.join(pl.DataFrame(known), on=["scheme", "subject"], how="anti")
    return unknown.height > 0 or bool((fresh["name"] != "").any())
