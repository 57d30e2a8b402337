"""Rows of a panel's logs that were set aside, few of which need to be kept one by one."""

import threading
from collections import Counter
from pathlib import Path

import polars as pl
import pyarrow as pa

from howdah.claims import Fault

#: Rows of one log that are kept in the quarantine one by one for one reason; more are counted.
MOST_FAULTS = 1000


def faults_of(table: pa.Table) -> list[Fault]:
    """Rows that did not come through the door, as faults."""
    asides = SetAside()
    asides.add(table)
    return asides.of(None)


class SetAside:
    """Rows set aside: of one file and reason the first, and how many there are in all."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str, str], list[Fault]] = {}
        self._n: Counter[tuple[str, str, str]] = Counter()
        self._lock = threading.Lock()

    def add(self, table: pa.Table) -> None:
        """Take rows: ``row, column, text, reason``, and perhaps ``file``."""
        frame = pl.DataFrame(table)
        if "file" not in frame.columns:
            frame = frame.with_columns(pl.lit("").alias("file"))
        with self._lock:
            for (file, column, reason), group in frame.group_by(["file", "column", "reason"]):
                key = str(file), str(column), str(reason)
                self._n[key] += group.height
                kept = self._first.setdefault(key, [])
                room = group.sort("row").head(MOST_FAULTS - len(kept))
                kept += [
                    Fault(row, key[1], text, key[2])
                    for row, text in room.select("row", "text").iter_rows()
                ]

    def of(self, path: Path | None) -> list[Fault]:
        """Those of a file."""
        found: list[Fault] = []
        for key in sorted(self._n):
            if path is not None and key[0] != str(path):
                continue
            kept = self._first[key]
            found += kept
            if self._n[key] > len(kept):
                said = f"{key[2]} ({self._n[key]:,} rows in all, of which {len(kept):,} are kept)"
                found.append(Fault(kept[-1].row, key[1], "", said))
        return found
