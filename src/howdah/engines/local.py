"""The local engine: DuckDB in memory over Parquet files and Arrow tables."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import duckdb

from howdah.core import settings


def connect(spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open an in-memory engine that never reaches for the network.

    Parameters
    ----------
    spill
        Folder for what exceeds the memory setting; the system's temporary one if absent.
    """
    connection = duckdb.connect(
        config={
            # The wheel holds what is needed; a download would fail late and slowly.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            # A name in a query is a table of the engine, never a variable that happens to be
            # called so; looking for one also loads pandas where that is installed.
            "python_enable_replacements": False,
            "memory_limit": f"{settings.get_number('memory_gb')}GB",
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    # A market's files are few and read again and again; their footers cost more than the rows.
    connection.execute("SET parquet_metadata_cache = true")
    threads = int(settings.get_number("threads"))
    if threads:
        connection.execute(f"SET threads = {threads}")
    # The engine's own choice would be a folder in the directory one happens to stand in.
    folder = str(spill) if spill is not None else tempfile.gettempdir()
    connection.execute(f"SET temp_directory = {text_literal(folder)}")
    return connection


def quoted(name: str) -> str:
    """An SQL identifier.

    Examples
    --------
    >>> print(quoted("order"))
    "order"
    """
    return '"' + name.replace('"', '""') + '"'


def text_literal(text: str) -> str:
    """An SQL text literal.

    Examples
    --------
    >>> text_literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def quoted_list(texts: Iterable[str]) -> str:
    """An SQL list of text literals, with brackets."""
    return "[" + ", ".join(text_literal(text) for text in texts) + "]"


def parquet(paths: Iterable[str]) -> str:
    """SQL of the rows of Parquet files, with the columns that they hold and no others.

    Examples
    --------
    >>> parquet(["a.parquet"])
    "read_parquet(['a.parquet'], hive_partitioning = false)"
    """
    # Left to itself, the engine makes columns of folders that are called like 'year=2024'.
    return f"read_parquet({quoted_list(paths)}, hive_partitioning = false)"
