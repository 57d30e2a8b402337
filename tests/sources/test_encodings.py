"""The encoding ladder, and the limits of packed files."""

import gzip
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from howdah.core.errors import FileFormatError
from howdah.sources.decoding import find_encoding, opened, write_utf8

Map = Callable[..., Any]

TEXT = "app,v\n豆包 café,1\n文心一言,2\n"
JAPANESE = "app,v\nアプリ,1\n"
WESTERN = "app,v\ncafé – naïve,1\n"


@pytest.mark.parametrize(
    ("content", "keys", "subject"),
    [
        (TEXT.encode(), "", "豆包 café"),
        (TEXT.encode("utf-8-sig"), "", "豆包 café"),
        (TEXT.encode("utf-16"), "", "豆包 café"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "", "豆包 café"),
        (TEXT.encode("utf-32"), "", "豆包 café"),
        (TEXT.replace("é", "e").encode("gb18030"), "", "豆包 cafe"),
        (TEXT.replace("é", "e").encode("gbk"), 'encoding = "gbk"', "豆包 cafe"),
        (JAPANESE.encode("shift_jis"), 'encoding = "shift_jis"', "アプリ"),
        (WESTERN.encode("cp1252"), 'encoding = "cp1252"', "café – naïve"),
        (TEXT.encode(), 'encoding = "shift_jis"', "豆包 café"),
        # Without a time: the bytes name the test, and every process must name it alike.
        (gzip.compress(TEXT.encode("utf-16"), mtime=0), "", "豆包 café"),
    ],
)
def test_text_is_read_in_its_encoding(
    map_file: Map, content: bytes, keys: str, subject: str
) -> None:
    name = "data.csv.gz" if content[:2] == b"\x1f\x8b" else "data.csv"
    found = map_file(content, keys=keys, name=name)
    assert found.claims[0]["subject"] == subject
    assert not found.faults


@pytest.mark.parametrize("name", ["data.csv", "data.json", "data.jsonl"])
def test_what_no_step_of_the_ladder_reads_is_refused(map_file: Map, name: str) -> None:
    content = b'{"app,v\ncaf\xe9, na\xefve": 1}\xff\n'
    with pytest.raises(FileFormatError) as caught:
        map_file(content, name=name)
    assert "is not text in any of utf-8, gb18030: byte 0xe9 at offset 11" in str(caught.value)
    assert "Set `encoding` in the feed's spec" in str(caught.value)


def test_a_mark_that_the_rest_belies(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes("app,v".encode("utf-16") + b"\x00")
    with pytest.raises(FileFormatError, match="is not text in any of utf-16"):
        find_encoding(path, None)


def test_offsets_count_from_the_start_of_a_long_file(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    filler = "é" * 800_000
    path.write_bytes(filler.encode() + b"\xff\xff")
    with pytest.raises(FileFormatError, match="byte 0xff at offset 1600000"):
        find_encoding(path, None)
    path.write_bytes(b"a" * (1 << 20) + "é".encode()[:1])
    with pytest.raises(FileFormatError, match="byte 0xc3 at offset 1048576"):
        find_encoding(path, None)


def test_text_is_rewritten_whole_whatever_the_chunks(tmp_path: Path) -> None:
    rng = random.Random(7)
    text = "".join(rng.choice("aé豆🐘\r\n,") for _ in range(700_000))
    path, target = tmp_path / "in.txt", tmp_path / "out.txt"
    path.write_bytes(text.encode("utf-16"))
    write_utf8(path, "utf-16", target)
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    assert target.read_bytes().decode() == plain
    write_utf8(path, "utf-16", target, n_skipped=2)
    assert target.read_bytes().decode() == plain.split("\n", 2)[2]


def zstd(content: bytes) -> bytes:
    return bytes(pa.compress(content, codec="zstd", asbytes=True))


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("data.csv.gz", lambda packed: packed[:-20]),
        ("data.csv.gz", lambda packed: packed[:5]),
        ("data.csv.gz", lambda packed: packed[:200] + b"\x00" * 40 + packed[240:]),
        ("data.csv.gz", lambda packed: packed[:-8] + b"\x00" * 8),
        ("data.csv.gz", lambda _: b"app,v\n"),
        ("data.csv.zst", lambda packed: packed[:-20]),
        ("data.csv.zst", lambda _: b"app,v\n"),
        ("data.json.gz", lambda packed: packed[:-20]),
    ],
)
def test_packed_data_that_are_damaged(
    map_file: Map, name: str, damage: Callable[[bytes], bytes]
) -> None:
    rng = random.Random(3)
    text = "app,v\n" + "".join(f"a{rng.random()},{n}\n" for n in range(500))
    packed = zstd(text.encode()) if name.endswith("zst") else gzip.compress(text.encode())
    with pytest.raises(FileFormatError, match=r"cannot be unpacked .* cut short or damaged"):
        map_file(damage(packed), name=name)


def test_a_packed_file_that_unpacks_to_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOWDAH_MAX_INPUT_GB", "0.003")
    for name, content in (
        ("a.csv.gz", gzip.compress(b"a" * 4_000_000)),
        ("a.csv.zst", zstd(b"a" * 4_000_000)),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(FileFormatError, match=r"more than 0\.003 GB.*HOWDAH_MAX_INPUT_GB"):
            find_encoding(path, None)


@pytest.mark.parametrize("name", ["data.csv.gz", "data.xlsx"])
def test_a_bomb_is_told_by_its_ratio(map_file: Map, tmp_path: Path, name: str) -> None:
    zeros = b"0" * 120_000_000
    path = tmp_path / name
    if name.endswith("xlsx"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", zeros)
    else:
        path.write_bytes(gzip.compress(zeros, compresslevel=1))
    with pytest.raises(FileFormatError, match=r"over 200 times its size, as a zip bomb does"):
        map_file(path)


def test_small_files_may_pack_well(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a" * 3_000_000))
    with opened(path) as file:
        n = sum(len(chunk) for chunk in iter(lambda: file.read(1 << 16), b""))
    assert n == 3_000_000


def test_a_workbook_that_lies_about_its_sizes(map_file: Map, tmp_path: Path) -> None:
    path = tmp_path / "data.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 1_000_000)
    content = path.read_bytes()
    size = (1_000_000).to_bytes(4, "little")
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, (1000).to_bytes(4, "little")))
    with pytest.raises(FileFormatError, match=r"is damaged|not an XLSX workbook"):
        map_file(path)
