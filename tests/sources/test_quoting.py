"""Open quotation marks: found at the speed of memory, repaired without losing a record."""

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.sources.quoting import QuotingScan, repair

Map = Callable[..., Any]

SOUND = [
    "",
    "a,b\n1,2\n",
    'a,b\n"1","2"\n',
    'a,b\n"1, ""x""","2\n3"',
    'a,b\r\n "1" , "2" \r\n',
    'a,b\n5" pipe,6"\n',
    'a,"b"',
    '""\n"",""\n',
]
FAULTY = ['"a', 'a,"b\n1,2\n', 'a,"b"c\n1,2\n', '"a""\n', 'a, "b" c\n', '"a"b"c"\n']


def scan(text: str, size: int = 1 << 20, delimiter: str = ",") -> QuotingScan:
    found = QuotingScan(delimiter)
    data = text.encode()
    for start in range(0, len(data), size):
        found.add(data[start : start + size])
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 1 << 20])
def test_sound_and_faulty_marks_whatever_the_chunks(size: int) -> None:
    assert [text for text in SOUND if not scan(text, size).is_sound] == []
    assert [text for text in FAULTY if scan(text, size).is_sound] == []


@given(st.text('a",\n\r é', max_size=40), st.integers(1, 7))
def test_chunks_do_not_matter(text: str, size: int) -> None:
    whole, parts = scan(text), scan(text, size)
    assert whole.is_sound == parts.is_sound
    assert whole.has_mixed_ends == parts.has_mixed_ends


@given(st.lists(st.lists(st.text('a",\n ;é', max_size=6), min_size=2, max_size=3), max_size=8))
def test_what_a_writer_writes_is_sound(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    assert scan(out.getvalue()).is_sound


@pytest.mark.parametrize(
    ("text", "is_mixed"),
    [
        ("a\nb\n", False),
        ("a\r\nb\r\n", False),
        ("a\rb\r", False),
        ("a\r\nb\n", True),
        ("a\nb\r\n", True),
        ("a\rb\n", True),
        ("a\rb\r\n", True),
        ("a", False),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 100])
def test_line_ends(text: str, is_mixed: bool, size: int) -> None:
    assert scan(text, size).has_mixed_ends is is_mixed


def test_repair_takes_out_the_line_at_fault_and_no_other(tmp_path: Path) -> None:
    lines = ["a,b\n", '1,"x\n', "2,y\n", '3,"two\n', 'lines"\n', '4,"q"z\n', "5,w\n", '6,"end']
    path, target = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_text("".join(lines), encoding="utf-8")
    broken = repair(path, ",", target)
    assert [(line.row, line.text) for line in broken] == [
        (1, '1,"x'), (5, '4,"q"z'), (7, '6,"end'),
    ]  # fmt: skip
    expected = ["a,b\n", "\n", "2,y\n", '3,"two\n', 'lines"\n', "\n", "5,w\n", "\n"]
    assert target.read_text(encoding="utf-8") == "".join(expected)


@given(st.lists(st.sampled_from(["1,2\n", '"1","2"\n', '"1\n2",3\n', '4,"x\n', '5,"y"z\n', "\n"])))
def test_repair_leaves_a_sound_file_and_accounts_for_every_line(parts: list[str]) -> None:
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - a folder for each example

    with TemporaryDirectory() as folder:
        path, target = Path(folder) / "in.csv", Path(folder) / "out.csv"
        text = "".join(parts)
        path.write_text(text, encoding="utf-8")
        broken = repair(path, ",", target)
        repaired = target.read_text(encoding="utf-8")
    assert scan(repaired).is_sound
    lines = repaired.split("\n")
    for line in broken:
        assert lines[line.row] == ""
        lines[line.row] = line.text
    assert "\n".join(lines) == text
    if scan(text).is_sound:
        assert not broken


def test_an_open_mark_in_a_long_file_loses_one_line(map_file: Map) -> None:
    # Read in parallel, the engine itself loses what stands after the mark.
    n = 120_000
    rng = random.Random(11)
    faults = sorted(rng.sample(range(n), 3))
    lines = [f'a{i},"{i}"' if i % 2 else f"a{i},{i}" for i in range(n)]
    for i in faults:
        lines[i] = f'a{i},"{i}'
    found = map_file("app,v\n" + "\n".join(lines) + "\n")
    assert [line.text for line in found.broken] == [f'a{i},"{i}' for i in faults]
    assert [line.row for line in found.broken] == [i + 1 for i in faults]
    assert found.column("value") == [float(i) for i in range(n) if i not in faults]
