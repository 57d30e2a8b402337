"""The state of an audience: activity words that a later call with only new days adds to.

``state.json`` says what the words are of, and names the two tables: ``words-NNNNNN.parquet``, a
row group a part, and ``units-NNNNNN.parquet``, the ids of units by number. An update writes the
next tables beside those in use, and then replaces ``state.json``, which is one rename: whenever it
ends, the folder is the old state or the new one. A lock keeps two updates apart.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from howdah.core.errors import FileFormatError, InputError, StoreBusyError
from howdah.engines import output_folder
from howdah.kernels.activity import Activity, first_days

Small = NDArray[np.int32]

#: Changes when an older state can no longer be read.
_FORMAT = 1

#: Rows of a row group; the format's writer has none larger.
_GROUP_ROWS = 1 << 20

_JSON = "state.json"
_REMEDY = "Run with all logs and a new --state; nothing was changed."


@dataclass(frozen=True, slots=True)
class Header:
    """What the words of a state are of.

    Attributes
    ----------
    is_census, tz, has_number
        As the log was read; a later one has to be read alike.
    unit_bits
        A part holds ``2**unit_bits`` units.
    start
        Day of the first bit, since 1970-01-01.
    day_rows
        Rows of each day from `start` on.
    products
        Names by number, ascending.
    groups
        First row group of each part, and the number of all.
    number
        Of its tables: one more with each update.
    """

    is_census: bool
    tz: str
    has_number: dict[str, bool]
    unit_bits: int
    start: int
    day_rows: tuple[int, ...]
    products: tuple[Any, ...]
    groups: tuple[int, ...]
    number: int

    @property
    def names(self) -> pa.Array:
        """Names of products as a column."""
        kind = pa.int64() if self.has_number["product"] else pa.large_string()
        return pa.array(self.products, kind)


class StateReader:
    """A state that there is."""

    def __init__(self, folder: Path) -> None:
        path = folder / _JSON
        if not path.is_file():
            raise InputError(
                f"{folder} holds no state of howdah audience: it has no {_JSON}. "
                "Name a folder that does not exist, and give all logs to make one."
            )
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            made = found.pop("format")
            _check_format(folder, made)
            for name in ("day_rows", "products", "groups"):
                found[name] = tuple(found[name])
            self.header = Header(**found)
            self.unit_ids = _whole(pq.read_table(folder / _units(self.header.number))["unit"])
            # The footer is read once.
            self._opened = {"metadata": pq.read_metadata(folder / _words(self.header.number))}
        except InputError:
            raise
        except (ValueError, KeyError, TypeError, OSError, pa.ArrowException) as error:
            raise FileFormatError(folder, f"is a damaged state ({error}).", _REMEDY) from error
        self._folder = folder

    def require(self, *, is_census: bool, tz: str, has_number: dict[str, bool]) -> None:
        """Raise when the state cannot serve a run.

        Raises
        ------
        InputError
            It was made of another kind of log, or with another time zone.
        """
        header = self.header
        for yes, no, before, now in (
            ("a census", "a panel", header.is_census, is_census),
            ("whole numbers as units", "texts as units",
             header.has_number["unit"], has_number["unit"]),
            ("whole numbers as products", "texts as products",
             header.has_number["product"], has_number["product"]),
        ):  # fmt: skip
            if before != now:
                raise InputError(
                    f"{self._folder} was made of {yes if before else no}, and this log is of "
                    f"{yes if now else no}. {_REMEDY}"
                )
        if header.tz != tz:
            raise InputError(f"{self._folder} was made with --tz {header.tz}, not {tz}. {_REMEDY}")

    def require_units(self, ids: pa.Array) -> None:
        """Raise when a panel has other units, or has them in other strata.

        Raises
        ------
        InputError
            Its units are not numbered as those of the state.
        """
        if not ids.equals(self.unit_ids):
            raise InputError(
                f"The panel has other units or strata than when {self._folder} was made; only "
                f"joined, left and populations may change. {_REMEDY}"
            )

    def activity(self, part: int, rank: Small) -> Activity:
        """Activity of a part, by new numbers of products.

        Parameters
        ----------
        rank
            (n_product,) new number of each product of the state; ascending.
        """
        try:
            # Opened each time, because threads read parts at the same time.
            with pq.ParquetFile(self._folder / _words(self.header.number), **self._opened) as words:
                table = words.read_row_groups(list(self._groups(part)), use_threads=False)
        except (OSError, pa.ArrowException) as error:
            raise FileFormatError(
                self._folder, f"is a damaged state ({error}).", _REMEDY
            ) from error
        columns = [_whole(column).to_numpy() for column in table.columns]
        words = np.stack(columns[2:], axis=1)
        return Activity(rank[columns[0]], columns[1], words, first_days(words))

    def _groups(self, part: int) -> range:
        groups = self.header.groups
        return range(groups[part], groups[part + 1]) if part + 1 < len(groups) else range(0)


class StateWriter:
    """Writes the words of the next state, part by part, and then puts it in force."""

    def __init__(self, folder: Path, number: int) -> None:
        self.number = number
        self.groups = [0]
        self._folder = folder
        self._writer: pq.ParquetWriter | None = None

    def add(self, rows: pa.Table) -> None:
        """Write a part, as of `state_rows`; parts come in order."""
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self._folder / _words(self.number), rows.schema, compression="lz4",
                use_dictionary=False, write_statistics=False,
            )  # fmt: skip
        if rows.num_rows:
            self._writer.write_table(rows, row_group_size=_GROUP_ROWS)
        self.groups.append(self.groups[-1] + -(-rows.num_rows // _GROUP_ROWS))

    def commit(self, header: Header, unit_ids: pa.Array) -> None:
        """Put the words in force, in one rename."""
        if self._writer is not None:
            self._writer.close()
        pq.write_table(
            pa.table({"unit": unit_ids}), self._folder / _units(self.number),
            compression="lz4", use_dictionary=False,
        )  # fmt: skip
        text = json.dumps({"format": _FORMAT, **asdict(header)}, ensure_ascii=False, indent=1)
        partial = self._folder / f"{_JSON}.partial"
        partial.write_text(text + "\n", encoding="utf-8")
        for path in (
            self._folder / _words(self.number),
            self._folder / _units(self.number),
            partial,
        ):
            _sync(path)
        partial.replace(self._folder / _JSON)
        _sync(self._folder)
        for path in (*self._folder.glob("words-*.parquet"), *self._folder.glob("units-*.parquet")):
            if path.name not in {_words(self.number), _units(self.number)}:
                path.unlink(missing_ok=True)

    def abandon(self) -> None:
        """Leave the state as it was."""
        if self._writer is not None:
            self._writer.close()
        for name in (_words(self.number), _units(self.number)):
            (self._folder / name).unlink(missing_ok=True)


@dataclass(slots=True)
class KeptWords:
    """The state of a run: what there was, if there was any, and what there will be."""

    before: StateReader | None
    writer: StateWriter
    _next: tuple[Header, pa.Array] | None = None

    def prepare(self, header: Header, unit_ids: pa.Array) -> None:
        """What to put in force with the words that were written."""
        self._next = header, unit_ids

    def commit(self) -> None:
        """Put the next state in force."""
        assert self._next is not None
        self.writer.commit(*self._next)


@contextmanager
def opened_state(folder: Path | None) -> Iterator[KeptWords | None]:
    """The state that a run works with; its folder is there whole, or as it was.

    Raises
    ------
    StoreBusyError
        Another run updates it.
    InputError
        It is none, or one that this version cannot read.
    """
    if folder is None:
        yield None
    elif not folder.exists():
        with output_folder(folder) as into:
            yield KeptWords(None, StateWriter(into.path, 0))
    else:
        if not folder.is_dir():
            raise InputError(f"{folder} is a file; a state is a folder. Name another --state.")
        handle = os.open(folder, os.O_RDONLY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise StoreBusyError(folder, "another howdah audience") from None
            before = StateReader(folder)
            writer = StateWriter(folder, before.header.number + 1)
            try:
                yield KeptWords(before, writer)
            except BaseException:
                writer.abandon()
                raise
        finally:
            os.close(handle)


def state_rows(activity: Activity) -> pa.Table:
    """Rows of a part as a state keeps them, which are a copy."""
    columns: dict[str, NDArray[Any]] = {"product": activity.product, "unit": activity.unit}
    for k in range(activity.words.shape[1]):
        columns[f"w{k}"] = np.ascontiguousarray(activity.words[:, k])
    return pa.table(columns)


def _check_format(folder: Path, made: int) -> None:
    if made != _FORMAT:
        raise InputError(
            f"{folder} was made by another version of howdah (format {made}; this one "
            f"reads format {_FORMAT}). {_REMEDY}"
        )


def _words(number: int) -> str:
    return f"words-{number:06}.parquet"


def _units(number: int) -> str:
    return f"units-{number:06}.parquet"


def _whole(column: pa.ChunkedArray) -> pa.Array:
    found = column.combine_chunks()
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
