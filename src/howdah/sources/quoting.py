"""The quotation marks and line ends of a delimited file: whether they are sound, and repair.

An open quotation mark would swallow all records up to the next one, and a parser that reads in
parallel then loses records without a word. So the marks are checked while the encoding is, at
the speed of memory where a file has none; a file with an open one is rewritten without the
lines at fault, which go to quarantine.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numba as nb
import numpy as np

from howdah.sources.inputs import BrokenLine

#: Longest quoted value, in lines, that is told from an open quotation mark.
_MAX_QUOTED_LINES = 1000

_START, _PLAIN, _QUOTED, _QUOTE, _CLOSED, _FAULT = range(6)


class QuotingScan:
    """A check of text, chunk by chunk as bytes of UTF-8.

    Parameters
    ----------
    delimiter
        Field delimiter, one ASCII character.
    """

    def __init__(self, delimiter: str) -> None:
        self._delimiter = ord(delimiter)
        self._state = _START
        self._n_feeds = self._n_returns = self._n_pairs = 0
        self._has_bare_feeds = False
        self._last = b""

    def add(self, chunk: bytes) -> None:
        """Look at the next bytes."""
        if b"\r" in chunk or self._last == b"\r":
            self._n_returns += chunk.count(b"\r")
            self._n_feeds += chunk.count(b"\n")
            self._n_pairs += chunk.count(b"\r\n")
            self._n_pairs += self._last == b"\r" and chunk[:1] == b"\n"
        elif b"\n" in chunk:
            self._has_bare_feeds = True
        self._last = chunk[-1:]
        if self._state == _FAULT:
            return
        if b'"' in chunk or self._state in {_QUOTED, _QUOTE, _CLOSED}:
            data = np.frombuffer(chunk, np.uint8)
            self._state = int(_advance(data, self._state, self._delimiter))
        else:
            tail = chunk.rstrip(b" ")[-1:]
            if tail:
                ends_field = tail in {b"\n", b"\r", bytes([self._delimiter])}
                self._state = _START if ends_field else _PLAIN

    @property
    def is_sound(self) -> bool:
        """Whether each quotation mark that opens a value is closed where the value ends."""
        return self._state not in {_QUOTED, _FAULT}

    @property
    def has_mixed_ends(self) -> bool:
        """Whether lines end in different ways, which strict parsers refuse."""
        if not self._n_returns:
            return False
        is_windows = self._n_returns == self._n_pairs == self._n_feeds
        is_old_mac = self._n_feeds == 0
        return self._has_bare_feeds or not (is_windows or is_old_mac)


@nb.njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _advance(data, state, delimiter):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901 - one branch a state, compiled
    for byte in data:
        ends_field = byte in (10, 13, delimiter)
        if state == _QUOTED:
            if byte == 34:  # noqa: PLR2004 - the quotation mark
                state = _QUOTE
        elif state == _QUOTE and byte == 34:  # noqa: PLR2004 - a doubled mark stands for itself
            state = _QUOTED
        elif ends_field:
            state = _START
        elif state in (_QUOTE, _CLOSED):
            if byte != 32:  # noqa: PLR2004 - only spaces may follow the closing mark
                return _FAULT
            state = _CLOSED
        elif state == _START:
            if byte == 34:  # noqa: PLR2004
                state = _QUOTED
            elif byte != 32:  # noqa: PLR2004
                state = _PLAIN
    return state


def repair(path: Path, delimiter: str, target: Path) -> list[BrokenLine]:
    """Write a table without the lines whose quotation marks are at fault.

    Parameters
    ----------
    path
        UTF-8 text with lines that end in a line feed.
    target
        The same text; a line at fault is left empty there, so that places stay as they were.

    Returns
    -------
    list of BrokenLine
        The lines at fault. Where a mark opens and no sound record follows, the line that it
        stands in is the one at fault, and the next line is read afresh.
    """
    broken: list[BrokenLine] = []
    with (
        path.open(encoding="utf-8", newline="\n") as source,
        target.open("w", encoding="utf-8", newline="\n") as out,
    ):
        for number, text, is_sound in _records(source, delimiter):
            if is_sound:
                out.write(text)
                continue
            out.write("\n")
            broken.append(
                BrokenLine(
                    number, "", text.rstrip("\n"), "a quotation mark is open or inside a value"
                )
            )
    return broken


def _records(source: io.TextIOBase, delimiter: str) -> Iterator[tuple[int, str, bool]]:
    """(lines before it, text, whether it is sound) of each record."""
    sign = re.escape(delimiter)
    # A value in marks may stand between spaces.
    closed = r' *"(?:[^"]|"")*" *'
    value = rf'(?:{closed}|(?! *")[^{sign}\n]*)'
    sound = re.compile(rf"{value}(?:{sign}{value})*\n?")
    opened = re.compile(rf'(?:{value}{sign})* *"(?:[^"]|"")*')
    waiting: list[str] = []
    number = 0
    while True:
        line = waiting.pop() if waiting else source.readline()
        if not line:
            return
        if sound.fullmatch(line):
            yield number, line, True
            number += 1
            continue
        lines = [line]
        record = line
        is_sound = False
        while opened.fullmatch(record) and len(lines) < _MAX_QUOTED_LINES:
            more = waiting.pop() if waiting else source.readline()
            if not more:
                break
            lines.append(more)
            if '"' not in more:
                continue
            record = "".join(lines)
            if sound.fullmatch(record):
                is_sound = True
                break
        if is_sound:
            yield number, record, True
            number += len(lines)
        else:
            yield number, line, False
            number += 1
            waiting.extend(reversed(lines[1:]))
