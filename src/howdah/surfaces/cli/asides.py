"""Rows that a stage set aside, as a person sees them: how many, for which reasons, an example."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from howdah.core.extent import percent_text
from howdah.surfaces.cli.words import counted

#: Reasons that the screen tells, and signs of an example's text that it shows.
_MOST_REASONS, _MOST_SIGNS = 3, 40

#: What is written besides a reason in the quarantine: what to write instead of that very text.
_REMEDY = " ("


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason for which rows were set aside, with the first of them.

    Attributes
    ----------
    reason
        Without what to write instead, which belongs to one text.
    remedy
        What to write instead of `text`; '' where nothing is told.
    """

    column: str
    reason: str
    n: int
    row: int
    text: str
    remedy: str

    @property
    def line(self) -> str:
        """For the screen; the text goes there escaped, since files are not trusted with it."""
        where = f"column {self.column!r}, " if self.column else ""
        cut = self.text[:_MOST_SIGNS] + ("…" if len(self.text) > _MOST_SIGNS else "")
        has = f"has {cut!r}" if cut else "is empty there"
        remedy = f": {self.remedy}" if self.remedy else ""
        rows = counted(self.n, "row")
        return f"{rows}: {where}{self.reason} (row {self.row:,} {has}{remedy})"


@dataclass(frozen=True, slots=True)
class Aside:
    """The rows of a file that were set aside.

    Attributes
    ----------
    n_rows
        All rows of the file.
    n
        Those set aside.
    faults
        The most frequent first. A row with two faults is in both.
    """

    n_rows: int
    n: int
    faults: tuple[Fault, ...]

    @classmethod
    def of(cls, quarantine: pa.Table, n_rows: int) -> "Aside":
        """What a quarantine holds.

        Parameters
        ----------
        n_rows
            All rows of the file.
        """
        first: dict[tuple[str, str], dict[str, Any]] = {}
        counts: dict[tuple[str, str], int] = {}
        for row in quarantine.to_pylist():
            reason, _, remedy = row["reason"].partition(_REMEDY)
            key = row["column"], reason
            first.setdefault(key, {**row, "remedy": remedy.removesuffix(")")})
            counts[key] = counts.get(key, 0) + 1
        faults = tuple(
            Fault(column, reason, counts[column, reason], row["row"], row["text"], row["remedy"])
            for (column, reason), row in first.items()
        )
        ordered = sorted(faults, key=lambda fault: (-fault.n, fault.row, fault.column))
        return cls(n_rows, len(quarantine["row"].unique()), tuple(ordered))

    def reasons(self) -> list[str]:
        """The most frequent reasons, and how many are not told."""
        told = [fault.line for fault in self.faults[:_MOST_REASONS]]
        if (n := len(self.faults) - _MOST_REASONS) > 0:
            told.append(f"and for {counted(n, 'other reason')}, each in quarantine.parquet")
        return told

    def lines(self, quarantine: Path) -> list[str]:
        """What to say of them after a run; nothing where there are none."""
        if not self.n:
            return []
        was = "was" if self.n == 1 else "were"
        lines = [
            (
                f"{self.n:,} of {counted(self.n_rows, 'row')} {was} set aside, to "
                f"{quarantine} (rows count from 1, the header does not):"
            ),
            *(f"  {told}" for told in self.reasons()),
        ]
        if 2 * self.n > self.n_rows:
            lines.append(
                f"WARNING: {percent_text(self.n / self.n_rows)} of the rows were set aside. What "
                f"was written rests on the {self.n_rows - self.n:,} others alone; mend the file "
                "and run again."
            )
        return lines

    def plain(self) -> list[Mapping[str, object]]:
        """All reasons as plain values, for a program."""
        return [
            {"column": f.column, "reason": f.reason, "n": f.n, "row": f.row, "text": f.text}
            for f in self.faults
        ]
