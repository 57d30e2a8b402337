"""What `howdah health` does: a feed's file in, its events, index and adjusted values out."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from howdah.core import settings
from howdah.core.errors import MissingColumnError
from howdah.engines import Column, output_folder, read_table
from howdah.estimates.health import MIN_COMMON, FeedHealth, check_feed
from howdah.surfaces.cli.staging import IN_TIME, aside_of, finish, require_rows, stage_date, staged
from howdah.surfaces.cli.words import counted

COLUMNS = (
    Column("period", "date"),
    Column("entity", "text"),
    Column("value", "float", is_required=False, is_nullable=True),
    Column("rank", "int", is_required=False, is_nullable=True),
    Column("window_days", "float", is_required=False, is_nullable=True),
)

#: Events that the screen tells, the newest.
_MOST_EVENTS = 5


def run(
    feed: Path, out: Path, as_of: str | None, *, force: bool, strict: bool, as_json: bool
) -> None:
    """Read the feed, check it and write what was found."""
    day = stage_date(as_of)
    with staged("reading the feed") as (engine, progress), output_folder(out, force=force) as into:
        read = read_table(engine, feed, COLUMNS, checks=[IN_TIME], keep_extra=True)
        if not {"value", "rank"} & read.present and read.present:
            remedy = "Expected: 'value' is a number, or 'rank' is one."
            raise MissingColumnError(feed, ["value"], sorted(read.present), remedy)
        require_rows(read, "check", out, into)
        rows = pl.DataFrame(read.table())
        if day is not None:
            rows = rows.filter(pl.col("period") <= day)
        progress("checking the feed", 1, 3)
        found = check_feed(rows, prob=float(settings.get_number("prob")))
        progress("writing", 2, 3)
        absent = [c.name for c in COLUMNS if c.name not in read.present]
        into.write("events", found.events.to_arrow())
        into.write("market_index", found.index.to_arrow())
        into.write("adjusted", found.adjusted.drop(absent if read.present else []).to_arrow())
        into.quarantine(read.quarantine)
    aside = aside_of(read)
    summary = {**_summary(found), "set_aside": aside.plain()}
    finish(
        out, summary, into.n_quarantined, said=_said(found, summary),
        as_of=day, strict=strict, as_json=as_json, aside=aside,
    )  # fmt: skip


def _summary(found: FeedHealth) -> dict[str, object]:
    kinds = found.events["kind"].value_counts().sort("kind")
    cannot_tell = []
    if not found.index.height:
        cannot_tell.append("no snapshot can be used, or is of the date of --as-of or before")
    elif found.index["step"].is_null().all():
        cannot_tell.append(
            f"no two neighbouring snapshots share {MIN_COMMON} entities with positive values, "
            "so nothing is said of levels"
        )
    return {
        "n_rows": found.adjusted.height,
        "n_entities": found.adjusted["entity"].n_unique(),
        "n_snapshots": found.index.height,
        "first": found.index["period"].min(),
        "last": found.index["period"].max(),
        "events": dict(kinds.iter_rows()),
        "cannot_tell": cannot_tell,
    }


def _said(found: FeedHealth, summary: Mapping[str, object]) -> list[str]:
    kinds = found.events["kind"].value_counts().sort("kind")
    events = ", ".join(f"{n} {kind}" for kind, n in kinds.iter_rows()) or "none"
    lines = [f"{counted(found.index.height, 'snapshot')}; events: {events}"]
    told = found.events.sort("period").tail(_MOST_EVENTS)
    for period, kind, evidence in told.select("period", "kind", "evidence").iter_rows():
        lines.append(f"  {period} {kind}: {evidence}")
    if (n := found.events.height - told.height) > 0:
        lines.append(f"  and {n:,} before these, in events.parquet")
    cannot_tell = summary["cannot_tell"]
    assert isinstance(cannot_tell, list)
    return [*lines, *(f"cannot tell: {why}" for why in cannot_tell)]
