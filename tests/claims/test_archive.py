"""The raw archive: found by digest, exact to the byte, kept once."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.claims.archive import RawArchive, digest_of
from howdah.core.errors import FileFormatError, StoreError
from howdah.sources.decoding import opened


@pytest.fixture
def archive(tmp_path: Path) -> RawArchive:
    return RawArchive(tmp_path / "raw")


def put(archive: RawArchive, path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return archive.put(path)


def content_of(path: Path) -> bytes:
    with opened(path) as file:
        return b"".join(iter(lambda: file.read(1 << 16), b""))


@given(st.binary(max_size=2000))
def test_bytes_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("archive")
    archive = RawArchive(folder / "raw")
    digest = put(archive, folder / "a.csv", data)
    assert digest == hashlib.sha256(data).hexdigest()
    assert content_of(archive.path(digest)) == data


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("a.csv", ".csv.zst"),
        ("a.CSV", ".csv.zst"),
        ("a.csv.gz", ".csv.gz"),
        ("a.csv.zst", ".csv.zst"),
        ("a.parquet", ".parquet"),
        ("a.xlsx", ".xlsx"),
        ("list v1.5 final.csv", ".csv.zst"),
        ("2024.09.30.json", ".json.zst"),
        ("plain", ".zst"),
    ],
)
def test_the_ending_tells_the_format(
    archive: RawArchive, tmp_path: Path, name: str, ending: str
) -> None:
    digest = put(archive, tmp_path / name, b"app,v\n")
    path = archive.path(digest)
    assert path.name == digest + ending
    assert path.parent.name == digest[:2]


def test_a_name_may_be_given(archive: RawArchive, tmp_path: Path) -> None:
    path = tmp_path / "download"
    path.write_bytes(b"{}")
    assert archive.path(archive.put(path, name="data.json")).name.endswith(".json.zst")


def test_the_same_bytes_are_kept_once(archive: RawArchive, tmp_path: Path) -> None:
    first = put(archive, tmp_path / "a.csv", b"app,v\n")
    written = archive.path(first).stat()
    assert put(archive, tmp_path / "b.csv", b"app,v\n") == first
    assert archive.path(first).stat() == written
    assert put(archive, tmp_path / "c.csv", b"app,w\n") != first
    assert len([path for path in archive.folder.rglob("*") if path.is_file()]) == 2


def test_a_partial_file_of_a_killed_writer_is_written_over(
    archive: RawArchive, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"app,v\n" * 1000)
    digest = digest_of(path)
    folder = archive.folder / digest[:2]
    folder.mkdir(parents=True)
    (folder / f".{digest}.csv.zst.partial").write_bytes(b"half")
    with pytest.raises(StoreError, match="holds no bytes with digest"):
        archive.path(digest)
    assert archive.put(path) == digest
    assert [found.name for found in folder.iterdir()] == [f"{digest}.csv.zst"]
    assert content_of(archive.path(digest)) == path.read_bytes()


def test_a_file_that_cannot_be_read_is_the_file_s_fault(
    archive: RawArchive, tmp_path: Path
) -> None:
    with pytest.raises(FileFormatError, match=r"a\.csv: cannot be read \(No such file"):
        archive.put(tmp_path / "a.csv")
