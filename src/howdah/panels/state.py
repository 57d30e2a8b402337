"""The state of an audience: activity words that a later call with only new days adds to.

``state.json`` says what the words are of, and names the other files: ``block-B-N.arrow``, the
activity of the 64 days of block B, a record batch a part; ``units-N.arrow``, the ids of units by
number, and when they joined and left; ``figures-N.npz``, what tables counted of days before. An
update writes anew what it changes, under its own number N, and then replaces ``state.json``, which
is one rename: whenever it ends, the folder is the old state or the new one. A lock keeps two
updates apart.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa

from howdah.core.errors import FileFormatError, InputError, StoreBusyError
from howdah.engines import output_folder
from howdah.kernels.activity import Block
from howdah.panels.figures import Figures
from howdah.panels.roster import KnownUnits, Members

#: Changes when an older state can no longer be read.
FORMAT = 3

#: Days of a block, which begin at a multiple of them since 1970-01-01.
BLOCK_DAYS = 64

#: What a state is made of.
_FILES = ("block-*.arrow", "units-*.arrow", "figures-*.npz")

_JSON = "state.json"
_REMEDY = "Run with all logs and a new --state; nothing was changed."
_DAMAGE = (ValueError, KeyError, TypeError, OSError, pa.ArrowException, BadZipFile)


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
        First day of the log, since 1970-01-01.
    day_rows
        Rows of each day from `start` on.
    products
        Names by number, in the order in which they came.
    population
        Of each stratum.
    strata
        First unit of each stratum, and the number of units.
    panel
        Digest of the panel as of `PanelRows`; empty if it has to be read again.
    number
        Of the update that made it: one more with each.
    files
        Of the state.
    figures
        By table that kept some, what they depend on besides the log and its units.
    """

    is_census: bool
    tz: str
    has_number: dict[str, bool]
    unit_bits: int
    start: int
    day_rows: tuple[int, ...]
    products: tuple[Any, ...]
    population: tuple[float, ...]
    strata: tuple[int, ...]
    panel: str
    number: int
    files: tuple[str, ...] = ()
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)

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
        self._folder = folder
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            made = found.pop("format")
            _check_format(folder, made)
            for name in ("day_rows", "products", "population", "strata", "files"):
                found[name] = tuple(found[name])
            self.header = Header(**found)
            (units,) = _batches(self._only("units-"))
            self.unit_ids = units.column("unit")
            self.joined, self.left = (units.column(n).to_numpy() for n in ("joined", "left"))
            names = sorted(name for name in self.header.files if name.startswith("block-"))
            self._blocks = {_block_of(name): _batches(folder / name) for name in names}
        except InputError:
            raise
        except _DAMAGE as error:
            raise self._damaged(error) from error

    def _only(self, kind: str) -> Path:
        (name,) = (name for name in self.header.files if name.startswith(kind))
        return self._folder / name

    def _damaged(self, error: Exception) -> FileFormatError:
        return FileFormatError(self._folder, f"is a damaged state ({error}).", _REMEDY)

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

    @property
    def known_units(self) -> KnownUnits:
        """Units that need not be read again."""
        header = self.header
        return KnownUnits(
            header.panel, self.unit_ids, np.array(header.strata), self.joined, self.left
        )

    @property
    def blocks(self) -> tuple[int, ...]:
        """Blocks that there are, ascending."""
        return tuple(self._blocks)

    def block(self, number: int, part: int) -> Block:
        """Activity of a part in a block, with the products' own numbers."""
        batches = self._blocks[number]
        # Units of a census that came later are in parts that older blocks do not have.
        rows = batches[part] if part < len(batches) else batches[0].slice(0, 0)
        return Block(*(column.to_numpy() for column in rows.columns))

    def figures(self, table: str, depends: Mapping[str, Any]) -> Figures | None:
        """What a table kept, if it depends on the same; products are in the order of `names`."""
        if self.header.figures.get(table) != depends:
            return None
        try:
            with np.load(self._only("figures-")) as found:
                names = [name for name in found if name.startswith(f"{table} ")]
                return Figures.of({name.removeprefix(f"{table} "): found[name] for name in names})
        except _DAMAGE as error:
            raise self._damaged(error) from error


class StateWriter:
    """Writes what an update changes, part by part, and then puts it in force."""

    def __init__(self, folder: Path, before: StateReader | None) -> None:
        self.number = 0 if before is None else before.header.number + 1
        self._folder, self._before = folder, before
        self._writers: dict[int, pa.ipc.RecordBatchFileWriter] = {}
        self._new: list[str] = []

    def add(self, blocks: Mapping[int, Block], *, is_wide: bool) -> None:
        """Write the blocks of a part; parts come in order, each with the same blocks.

        Parameters
        ----------
        is_wide
            Whether a pair of product and unit takes more than 32 bits.
        """
        kinds = [pa.uint64() if is_wide else pa.uint32(), pa.uint64(), pa.uint8()]
        schema = pa.schema(list(zip(Block._fields, kinds, strict=True)))
        for number, block in blocks.items():
            if number not in self._writers:
                # Not packed: what is read of a block is then what is needed of it.
                self._writers[number] = pa.ipc.new_file(
                    self._named(f"block-{number:06}-{self.number:06}.arrow"), schema
                )
            columns = [block.pair.astype(kinds[0].to_pandas_dtype()), *block[1:]]
            self._writers[number].write_batch(
                pa.record_batch([pa.array(c) for c in columns], schema=schema)
            )

    def commit(self, following: "Following") -> None:
        """Put the next state in force, in one rename."""
        for writer in self._writers.values():
            writer.close()
        before, kept = self._before, []
        if before is not None:
            kept = [
                name for name in before.header.files
                if name.startswith("block-") and _block_of(name) not in self._writers
            ]  # fmt: skip
        if before is not None and following.has_units_of(before):
            kept += [name for name in before.header.files if name.startswith("units-")]
        else:
            units = following.units
            with pa.ipc.new_file(self._named(f"units-{self.number:06}.arrow"), units.schema) as to:
                to.write_batch(units)
        if following.figures:
            arrays = {
                f"{table} {name}": array
                for table, (_, figures) in following.figures.items()
                for name, array in figures.arrays().items()
            }
            # No array has the name of the other parameter.
            np.savez(self._named(f"figures-{self.number:06}.npz"), **arrays)  # type: ignore[arg-type]
        header = replace(
            following.header, number=self.number, files=tuple(sorted([*kept, *self._new])),
            figures={table: depends for table, (depends, _) in following.figures.items()},
        )  # fmt: skip
        text = json.dumps({"format": FORMAT, **asdict(header)}, ensure_ascii=False, indent=1)
        partial = self._folder / f"{_JSON}.partial"
        partial.write_text(text + "\n", encoding="utf-8")
        for name in (*self._new, partial.name):
            _sync(self._folder / name)
        partial.replace(self._folder / _JSON)
        _sync(self._folder)
        for path in (path for kind in _FILES for path in self._folder.glob(kind)):
            if path.name not in header.files:
                path.unlink(missing_ok=True)

    def abandon(self) -> None:
        """Leave the state as it was."""
        for writer in self._writers.values():
            with suppress(OSError):
                writer.close()
        for name in self._new:
            (self._folder / name).unlink(missing_ok=True)

    def _named(self, name: str) -> Path:
        self._new.append(name)
        return self._folder / name


@dataclass(slots=True)
class Following:
    """What the next state says besides the words.

    Attributes
    ----------
    header
        Without number, files and figures.
    unit_ids
        (n_unit,) by number.
    members
        The units of a panel, or of a census.
    figures
        By table, what they depend on, and what was counted.
    """

    header: Header
    unit_ids: pa.Array
    members: Members
    figures: dict[str, tuple[dict[str, Any], Figures]] = field(default_factory=dict)

    @property
    def units(self) -> pa.RecordBatch:
        """Ids, and when each unit was in the panel."""
        joined, left = self.members.joined, self.members.left
        return pa.record_batch({"unit": self.unit_ids, "joined": joined, "left": left})

    def has_units_of(self, before: StateReader) -> bool:
        """Whether a state has the same units."""
        members = self.members
        return (
            np.array_equal(before.joined, members.joined)
            and np.array_equal(before.left, members.left)
            and bool(before.unit_ids.equals(self.unit_ids))
        )


@dataclass(slots=True)
class KeptWords:
    """The state of a run: what there was, if there was any, and what there will be."""

    before: StateReader | None
    writer: StateWriter
    following: Following | None = None

    def commit(self) -> None:
        """Put the next state in force."""
        assert self.following is not None
        self.writer.commit(self.following)


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
            yield KeptWords(None, StateWriter(into.path, None))
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
            writer = StateWriter(folder, before)
            try:
                yield KeptWords(before, writer)
            except BaseException:
                writer.abandon()
                raise
        finally:
            os.close(handle)


def _check_format(folder: Path, made: int) -> None:
    if made != FORMAT:
        raise InputError(
            f"{folder} was made by another version of howdah (format {made}; this one "
            f"reads format {FORMAT}). {_REMEDY}"
        )


def _block_of(name: str) -> int:
    return int(name.split("-")[1])


def _batches(path: Path) -> list[pa.RecordBatch]:
    """The parts of a block, whose columns are read when they are looked at."""
    with pa.memory_map(str(path)) as mapped:
        reader = pa.ipc.open_file(mapped)
        return [reader.get_batch(n) for n in range(reader.num_record_batches)]


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
