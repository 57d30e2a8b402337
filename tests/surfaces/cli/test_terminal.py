"""What only a real process shows: a terminal, a pipe that closes, an interrupt."""

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.cells import cell_len


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "howdah", *arguments]


def on_a_terminal(arguments: Sequence[str], environment: dict[str, str]) -> tuple[int, str]:
    """Run a command on a terminal of 80 columns; returns its exit code and what it shows."""
    main, side = pty.openpty()
    done = subprocess.Popen(
        arguments,
        stdin=side,
        stdout=side,
        stderr=side,
        env={**os.environ, "COLUMNS": "80", "TERM": "xterm-256color", **environment},
    )
    os.close(side)
    shown = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(main)
    return done.wait(), shown.decode("utf-8")


def test_a_terminal_of_eighty_columns_gets_lines_that_fit(small_market: Path) -> None:
    code, shown = on_a_terminal(
        command("show", "烏龍"), {"HOWDAH_MARKET": str(small_market), "NO_COLOR": "1"}
    )
    assert code == 0
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).replace("\r\n", "\n").split("\n")
    assert any("Oolong (product)" in line for line in lines)
    # A line of the bar ends with a carriage return and is written over.
    assert [line for line in lines if "\r" not in line and cell_len(line) > 80] == []


def test_a_pipe_that_closes_ends_it_quietly(small_market: Path) -> None:
    ran = subprocess.Popen(
        command("show", "Oolong", "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "HOWDAH_MARKET": str(small_market)},
    )
    assert ran.stdout is not None
    assert ran.stderr is not None
    ran.stdout.close()
    said = ran.stderr.read()
    ran.stderr.close()
    assert ran.wait(timeout=60) != 0
    assert said == b""


def test_an_interrupt_ends_it_with_130(small_market: Path) -> None:
    code = (
        "import sys, time\n"
        "from howdah.market import Market\n"
        "from howdah.surfaces.cli import main\n"
        "def work(*_, **__):\n"
        "    print('at work', file=sys.stderr, flush=True)\n"
        "    time.sleep(60)\n"
        "Market.sources = work\n"
        "sys.argv = ['howdah', 'sources']\n"
        "main()\n"
    )
    ran = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "HOWDAH_MARKET": str(small_market)},
    )
    assert ran.stderr is not None
    assert ran.stderr.readline() == b"at work\n"
    ran.send_signal(signal.SIGINT)
    out, err = ran.communicate(timeout=60)
    assert (ran.returncode, out, err) == (130, b"", b"")


def test_an_encoding_without_chinese_does_not_end_the_command(small_market: Path) -> None:
    environment = {"HOWDAH_MARKET": str(small_market), "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(
        command("show", "Oolong"),
        capture_output=True,
        check=True,
        env={**os.environ, **environment},
    )
    assert b"Wulong" in done.stdout
