"""Outputs of a stage are there whole or not at all."""

import json
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from howdah.core.errors import ExistsError, FileFormatError
from howdah.engines import output_file, output_folder

TABLE = pa.table({"a": [1, 2], "b": ["x", None]})
FAULTS = pa.table({"row": [3, 3], "column": ["a", "b"], "text": ["", ""], "reason": ["e", "e"]})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_takes_its_name_when_it_is_done(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"
    with output_folder(target) as output:
        output.write("t", TABLE)
        output.write("batches", TABLE.to_reader())
        output.write_json("summary", {"n": 1})
        output.quarantine(FAULTS)
        assert not target.exists()
    assert output.n_quarantined == 1
    assert names(target) == ["batches.parquet", "quarantine.parquet", "summary.json", "t.parquet"]
    assert pq.read_table(target / "t.parquet").equals(TABLE)
    assert pq.read_table(target / "batches.parquet").equals(TABLE)
    assert json.loads((target / "summary.json").read_text()) == {"n": 1}
    assert names(target.parent) == ["out"]


def test_no_quarantine_without_faults(tmp_path: Path) -> None:
    with output_folder(tmp_path / "out") as output:
        output.quarantine(FAULTS.slice(0, 0))
    assert names(tmp_path / "out") == []


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_fault_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    def write_folder() -> None:
        with output_folder(tmp_path / "out") as output:
            output.write("t", TABLE)
            raise error

    def write_file() -> None:
        with output_file(tmp_path / "out.csv") as output:
            output.write(TABLE)
            output.quarantine(FAULTS)
            raise error

    for write in (write_folder, write_file):
        with pytest.raises(error):
            write()
    assert names(tmp_path) == []


def test_a_quarantine_may_outlive_an_error_and_is_replaced_by_the_next_run(tmp_path: Path) -> None:
    target = tmp_path / "out"

    def end_with_an_error(*, force: bool, kept: list[bool]) -> None:
        with output_folder(target, force=force) as output:
            output.write("t", TABLE)
            kept.append(output.keep_quarantine_alone(FAULTS))
            raise ValueError("none")

    def fail(*, force: bool = False) -> list[bool]:
        kept: list[bool] = []
        with pytest.raises(ValueError, match="none"):
            end_with_an_error(force=force, kept=kept)
        return kept

    def write() -> None:
        with output_folder(target) as output:
            output.write("t", TABLE)

    # What was written before the error is not among it.
    for _ in range(2):
        assert fail() == [True]
        assert names(target) == ["quarantine.parquet"]
    write()
    assert names(target) == ["t.parquet"]
    assert fail(force=True) == [False]
    assert names(target) == ["t.parquet"]
    assert names(tmp_path) == ["out"]


def test_what_exists_is_replaced_only_by_force(tmp_path: Path) -> None:
    target = tmp_path / "out"
    for force in (False, True):
        with output_folder(target, force=force) as output:
            output.write("first" if not force else "second", TABLE)
    assert names(target) == ["second.parquet"]
    with pytest.raises(ExistsError, match="--force"), output_folder(target):
        pass
    with pytest.raises(ValueError, match="late"), output_folder(target, force=True):
        raise ValueError("late")
    assert names(target) == ["second.parquet"]
    assert names(tmp_path) == ["out"]


def test_force_replaces_no_folder_of_something_else(tmp_path: Path) -> None:
    target = tmp_path / "home"
    (target / "letters").mkdir(parents=True)
    with pytest.raises(ExistsError, match="'letters'"), output_folder(target, force=True):
        pass
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ExistsError, match="is a file"), output_folder(file, force=True):
        pass
    with pytest.raises(ExistsError), output_file(target.rename(tmp_path / "a.csv"), force=True):
        pass


def test_a_file_has_the_form_of_its_name(tmp_path: Path) -> None:
    for name in ("a.csv", "a.jsonl", "a.parquet", "plain"):
        with output_file(tmp_path / name) as output:
            output.write(TABLE.to_reader())
    assert (tmp_path / "a.csv").read_text() == "a,b\n1,x\n2,\n"
    assert pl.read_ndjson(tmp_path / "a.jsonl").rows() == [(1, "x"), (2, None)]
    assert pq.read_table(tmp_path / "a.parquet").equals(TABLE)
    assert pq.read_table(tmp_path / "plain").equals(TABLE)
    with pytest.raises(FileFormatError), output_file(tmp_path / "a.csv.gz"):
        pass


def test_the_quarantine_of_a_file_lies_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    with output_file(target) as output:
        output.write(TABLE)
        output.quarantine(FAULTS)
    assert names(tmp_path) == ["a.csv", "a.csv.quarantine.parquet"]
    with pytest.raises(ExistsError), output_file(target):
        pass
    with output_file(target, force=True) as output:
        output.write(TABLE)
    assert names(tmp_path) == ["a.csv"]
