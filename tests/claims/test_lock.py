"""One writer at a time, and a killed one leaves no lock behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from howdah.claims import write_lock
from howdah.core.errors import StoreBusyError

HOLDER = """
import sys, time
from pathlib import Path
from howdah.claims.lock import write_lock
with write_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def hold(lake: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lake)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_the_second_writer_is_told_who_holds_it(tmp_path: Path) -> None:
    lake = tmp_path / "market" / "lake"
    with hold(lake) as holder:
        with pytest.raises(StoreBusyError) as caught, write_lock(lake):
            pass
        assert caught.value.holder == f"process {holder.pid}"
        assert caught.value.exit_code == 4
        assert str(tmp_path / "market") in str(caught.value)
        holder.communicate("")
    with write_lock(lake):
        assert (lake / "write.lock").read_text("utf-8") == f"process {os.getpid()}"


def test_a_killed_holder_frees_it(tmp_path: Path) -> None:
    with hold(tmp_path) as holder:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with write_lock(tmp_path):
            pass


def test_it_is_free_after_an_error_inside(tmp_path: Path) -> None:
    with pytest.raises(KeyError), write_lock(tmp_path):
        raise KeyError
    with write_lock(tmp_path):
        pass
