"""The files that `howdah signals` and `howdah backtest` read, as coded feeds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa

from howdah.core.errors import InputError, MissingColumnError
from howdah.engines import Column, StageTable, read_table
from howdah.signals.breakouts import Feed, Sources, code_feed, link_table
from howdah.surfaces.cli.asides import Aside
from howdah.surfaces.cli.staging import IN_TIME

COLUMNS = (
    Column("period", "date"),
    Column("entity", "text"),
    Column("value", "float", is_required=False, is_nullable=True),
    Column("rank", "int", is_required=False, is_nullable=True),
    Column("window_days", "float", is_required=False, is_nullable=True),
    Column("published_at", "timestamp", is_required=False, is_nullable=True),
    Column("mature", "bool", is_required=False, is_nullable=True),
    Column("source", "text", is_required=False, is_nullable=True),
)
LINKS = (Column("entity", "text"), Column("target", "text"))
UNIVERSE = (Column("entity", "text"),)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read.

    Attributes
    ----------
    sources
        The feeds.
    quarantine
        Rows that could not be read, with their ``file``.
    aside
        The same for a person.
    """

    sources: Sources
    quarantine: pa.Table
    aside: Aside


def read_sources(
    engine: duckdb.DuckDBPyConnection,
    feeds: Sequence[Path],
    also: Sequence[Path],
    links: Path | None,
    universe: Path | None,
) -> Read:
    """Read the feeds, and who is who.

    Files of the main feed are parts of one. Where rows name several sources, the one with the most
    rows is the main feed and the others stand beside it.

    Raises
    ------
    InputError
        A file cannot be read, or the main feed has no row that can be used.
    """
    tables: list[StageTable] = []

    def read(path: Path, columns: Sequence[Column]) -> pl.DataFrame:
        checks = [IN_TIME] if columns is COLUMNS else []
        table = read_table(engine, path, columns, checks=checks)
        tables.append(table)
        if columns is COLUMNS and not {"value", "rank"} & table.present and table.present:
            remedy = "Expected: 'value' is a number, or 'rank' is one."
            raise MissingColumnError(path, ["value"], sorted(table.present), remedy)
        rows = pl.DataFrame(table.table())
        if columns is not COLUMNS:
            return rows
        return rows.with_columns(pl.col("source").fill_null(path.name.partition(".")[0]))

    main = pl.concat([read(path, COLUMNS) for path in feeds])
    # Without names of sources the files of the main feed are one.
    if not any("source" in table.present for table in tables):
        main = main.with_columns(pl.lit(feeds[0].name.partition(".")[0]).alias("source"))
    if not main.height:
        files = ", ".join(str(path) for path in feeds)
        raise InputError(
            f"{files}: there is no row that can be used, so there is nothing to look out from. "
            "Nothing was written; give a file with at least one."
        )
    named = () if universe is None else read(universe, UNIVERSE)["entity"].to_list()
    first, *others = _by_source(main)
    beside = [code_feed(rows, name) for name, rows in others]
    for path in also:
        beside += [code_feed(rows, name) for name, rows in _by_source(read(path, COLUMNS))]
    known = {} if links is None else link_table(read(links, LINKS))
    sources = Sources(code_feed(first[1], first[0], universe=named), tuple(beside), known)
    asides = [
        table.quarantine.append_column(
            "file", pa.array([str(table.path)] * table.quarantine.num_rows, pa.string())
        )
        for table in tables
    ]
    quarantine = pa.concat_tables(asides)
    n_aside = sum(len(table.quarantine["row"].unique()) for table in tables)
    n_rows = sum(table.n_rows for table in tables) + n_aside
    # Rows of several files may have one number.
    aside = replace(Aside.of(quarantine, n_rows), n=n_aside)
    return Read(sources, quarantine, aside)


def _by_source(rows: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """Rows of each source, the one with the most first, without their source."""
    parts = rows.partition_by("source", as_dict=True, include_key=False)
    named = [(str(key[0]), part) for key, part in parts.items()]
    return sorted(named, key=lambda pair: (-pair[1].height, pair[0]))


def describe(feed: Feed) -> dict[str, object]:
    """A feed in the summary."""
    return {"name": feed.name, "n_rows": feed.rows.height, "n_entities": feed.entities.len()}
