"""Progress on the terminal: a bar on stderr for anything that takes longer than a second."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from howdah.core.progress import Progress, silent

#: Shorter jobs need no bar.
_DELAY_SECONDS = 1.0


@contextmanager
def working(label: str) -> Iterator[Progress]:
    """Draw a bar while a job runs; yields what the job reports its steps to.

    Nothing is drawn where stderr is a file or a pipe.
    """
    if not sys.stderr.isatty():
        yield silent
        return
    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(label, total=None)
    timer = threading.Timer(_DELAY_SECONDS, bar.start)
    timer.daemon = True
    timer.start()

    def report(label: str, done: int, total: int) -> None:
        bar.update(task, description=label, completed=done, total=total)

    try:
        yield report
    finally:
        # The bar is either never started or fully started before it is stopped.
        timer.cancel()
        timer.join()
        bar.stop()
