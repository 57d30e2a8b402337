"""Rows that are set aside: written to the quarantine as they come, however many there are."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

#: As of other stages, and the file, because a log may be several.
SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("column", pa.string()),
        ("text", pa.string()),
        ("reason", pa.string()),
        ("file", pa.string()),
    ]
)

#: Takes the rows of a quarantine.
Sink = Callable[[pa.Table], None]


class Asides:
    """Where rows that cannot be used go; threads may share it.

    Attributes
    ----------
    n_rows
        Rows set aside.
    by_reason
        Faults by reason.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._lock = threading.Lock()
        self.n_rows = 0
        self.by_reason: dict[str, int] = {}

    def add(
        self, path: Path, row: NDArray[np.int64], column: str, text: pa.Array, reason: str
    ) -> None:
        """Set rows of a file aside for one reason.

        Parameters
        ----------
        row
            (n,) from 1, the header not counted.
        text
            (n,) what stands in the column.
        """
        n = len(row)
        if n:
            columns = [
                pa.array(row, pa.int64()),
                pa.array([column], pa.string()).take(pa.array(np.zeros(n, np.int32))),
                pc.fill_null(pc.cast(text, pa.string()), ""),
                pa.array([reason], pa.string()).take(pa.array(np.zeros(n, np.int32))),
                pa.array([str(path)], pa.string()).take(pa.array(np.zeros(n, np.int32))),
            ]
            self.add_table(pa.table(columns, schema=SCHEMA))

    def add_table(self, rows: pa.Table) -> None:
        """Set rows aside whose faults have been told; all faults of a row are in one table."""
        if not rows.num_rows:
            return
        counts = pc.value_counts(rows.column("reason")).to_pylist()
        with self._lock:
            self._sink(rows)
            self.n_rows += len(rows.column("row").unique())
            for count in counts:
                reason = count["values"]
                self.by_reason[reason] = self.by_reason.get(reason, 0) + count["counts"]
