"""Outputs of a stage: a folder or a file that is there whole or not at all.

What is written goes to a hidden sibling that takes the name of the target when the stage is done;
after a fault the sibling is removed and the target is as it was.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from howdah.core.errors import ExistsError, FileFormatError, InputError
from howdah.engines.scans import COMPRESSIONS, FORMS

_QUARANTINE = "quarantine.parquet"

#: Endings of what stages write; `--force` replaces a folder that holds nothing else.
_OWN_ENDINGS = (".parquet", ".json")

#: A table whole or in batches: ``pyarrow.Table`` or ``pyarrow.RecordBatchReader``.
Rows: TypeAlias = Any


@dataclass(slots=True)
class OutputFolder:
    """A folder that is being written.

    Attributes
    ----------
    path
        Where the parts are now: not yet at the target.
    n_quarantined
        Input rows that were set aside.
    is_quarantine_alone
        Whether the folder takes its name with the quarantine alone, after an error.
    """

    path: Path
    n_quarantined: int = 0
    is_quarantine_alone: bool = False
    _aside: pq.ParquetWriter | None = field(default=None, repr=False)
    _is_new: bool = True

    def write(self, name: str, rows: Rows) -> None:
        """Write a table as ``NAME.parquet``."""
        _write_parquet(self.path / f"{name}.parquet", rows)

    def write_json(self, name: str, value: Mapping[str, object]) -> None:
        """Write an object as ``NAME.json``."""
        text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False, sort_keys=True)
        (self.path / f"{name}.json").write_text(text + "\n", encoding="utf-8")

    def quarantine(self, rows: pa.Table) -> None:
        """Keep rows that could not be read; without any, nothing is written."""
        if rows.num_rows:
            _write_parquet(self.path / _QUARANTINE, rows)
            self.n_quarantined = _n_rows(rows)

    def keep_quarantine_alone(self, rows: pa.Table) -> bool:
        """Keep rows that could not be read although the stage ends with an error.

        Returns
        -------
        bool
            False where there is something at the target: what an earlier run wrote is worth more.
        """
        if self._is_new:
            for written in self.path.iterdir():
                written.unlink()
            self.quarantine(rows)
            self.is_quarantine_alone = True
        return self._is_new

    def set_aside(self, rows: pa.Table) -> None:
        """Add rows to the quarantine, which need not fit into memory; instead of `quarantine`.

        All faults of a row come in one call.
        """
        if self._aside is None:
            self._aside = pq.ParquetWriter(self.path / _QUARANTINE, rows.schema, compression="zstd")
        self._aside.write_table(rows)
        self.n_quarantined += _n_rows(rows)

    def close(self) -> None:
        """Finish the quarantine; `output_folder` does so."""
        if self._aside is not None:
            self._aside.close()


@dataclass(slots=True)
class OutputFile:
    """A file that is being written: ``.csv``, ``.jsonl``, or Parquet under any other name.

    Attributes
    ----------
    target
        Where it will be.
    path
        Where it is now.
    n_quarantined
        Input rows that were set aside.
    """

    target: Path
    path: Path
    n_quarantined: int = 0
    _beside: Path | None = field(default=None, repr=False)

    def write(self, rows: Rows) -> None:
        """Write the table; once."""
        form = self.target.suffix.lower()
        if form == ".csv":
            _write_text(self.path, rows, is_csv=True)
        elif form == ".jsonl":
            _write_text(self.path, rows, is_csv=False)
        else:
            _write_parquet(self.path, rows)

    def quarantine(self, rows: pa.Table) -> None:
        """Keep rows that could not be read, as ``FILE.quarantine.parquet`` beside the file."""
        if rows.num_rows:
            self._beside = self.path.with_name(f"{self.path.name}.{_QUARANTINE}")
            _write_parquet(self._beside, rows)
            self.n_quarantined = _n_rows(rows)


@contextmanager
def output_folder(target: Path, *, force: bool = False) -> Iterator[OutputFolder]:
    """Write a folder, which takes its name when the block ends well.

    Parameters
    ----------
    force
        Replace a folder that an earlier run wrote.

    Raises
    ------
    ExistsError
        There is something at the target, and `force` is not set or it holds more than a stage
        writes.
    """
    _check_target(target, force=force)
    partial = _sibling(target, "partial")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial.mkdir()
    folder = OutputFolder(partial, _is_new=not target.exists() or _holds_quarantine_alone(target))
    is_done = False
    try:
        try:
            yield folder
            is_done = True
        finally:
            folder.close()
        _replace_folder(partial, target)
    finally:
        if folder.is_quarantine_alone and not is_done:
            _replace_folder(partial, target)
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def output_file(target: Path, *, force: bool = False) -> Iterator[OutputFile]:
    """Write a file, which takes its name when the block ends well.

    Parameters
    ----------
    target
        Its ending tells the form, as of `OutputFile`.
    force
        Replace a file of that name, and its quarantine.

    Raises
    ------
    ExistsError
        There is something at the target, and `force` is not set or it is a folder.
    FileFormatError
        The ending is that of a compressed text, which is not written.
    """
    if target.suffix.lower() in COMPRESSIONS:
        raise FileFormatError(
            target, "compressed text is read but not written.", f"Give {', '.join(FORMS)}."
        )
    if target.is_dir() or (target.exists() and not force):
        raise ExistsError(target, "Give another name, or --force to replace a file.")
    target.parent.mkdir(parents=True, exist_ok=True)
    output = OutputFile(target, _sibling(target, "partial"))
    beside = target.with_name(f"{target.name}.{_QUARANTINE}")
    try:
        yield output
        # First the quarantine: a file without what it lacks would look complete.
        if output._beside is None:  # noqa: SLF001 - of this module
            beside.unlink(missing_ok=True)
        else:
            output._beside.replace(beside)  # noqa: SLF001 - of this module
        output.path.replace(target)
    finally:
        output.path.unlink(missing_ok=True)
        if output._beside is not None:  # noqa: SLF001 - of this module
            output._beside.unlink(missing_ok=True)  # noqa: SLF001 - of this module


def _sibling(target: Path, what: str) -> Path:
    # Not the target as given: '.' has no name.
    place = target.absolute()
    if not place.name:
        raise InputError(f"{target} is no place to write to. Name a new folder or file.")
    return place.with_name(f".{place.name}.{os.getpid()}.{what}")


def _check_target(target: Path, *, force: bool) -> None:
    if not target.exists() or _holds_quarantine_alone(target):
        return
    if not force:
        raise ExistsError(target, "Give another name, or --force to replace it.")
    if not target.is_dir():
        raise ExistsError(target, "It is a file; name a folder.")
    foreign = sorted(p.name for p in target.iterdir() if p.suffix not in _OWN_ENDINGS or p.is_dir())
    if foreign:
        raise ExistsError(
            target, f"It holds {foreign[0]!r}, which no stage wrote, so it is not replaced."
        )


def _holds_quarantine_alone(target: Path) -> bool:
    """Whether a folder is what a run without a usable row left, which the next one replaces."""
    return target.is_dir() and [path.name for path in target.iterdir()] == [_QUARANTINE]


def _replace_folder(partial: Path, target: Path) -> None:
    if not target.exists():
        partial.rename(target)
        return
    old = _sibling(target, "old")
    target.rename(old)
    try:
        partial.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _n_rows(quarantine: pa.Table) -> int:
    """Rows set aside: one with two faults is one."""
    return len(quarantine.column("row").unique())


def _batches(rows: Rows) -> Iterator[pa.RecordBatch]:
    yield from rows.to_batches() if isinstance(rows, pa.Table) else rows


def _write_parquet(path: Path, rows: Rows) -> None:
    # Numbers that hardly repeat cost a dictionary three times what writing them does; with the
    # bytes of one place next to one another they are smaller too.
    floats = [column.name for column in rows.schema if pa.types.is_floating(column.type)]
    others = [name for name in rows.schema.names if name not in floats]
    with pq.ParquetWriter(
        path, rows.schema, compression="zstd", use_dictionary=others, use_byte_stream_split=floats
    ) as writer:
        for batch in _batches(rows):
            writer.write_batch(batch)


def _write_text(path: Path, rows: Rows, *, is_csv: bool) -> None:
    import polars as pl  # noqa: PLC0415 - Parquet does without, and a stage starts sooner

    with path.open("wb") as file:
        if is_csv:
            pl.DataFrame(rows.schema.empty_table()).write_csv(file)
        for batch in _batches(rows):
            frame = pl.DataFrame(batch)
            if is_csv:
                frame.write_csv(file, include_header=False)
            else:
                frame.write_ndjson(file)
