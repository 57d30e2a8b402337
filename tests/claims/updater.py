"""What a child process of the durability tests runs: one update, as `howdah update` would."""

import datetime as dt
import resource
import signal
from multiprocessing.connection import Connection
from pathlib import Path

from howdah.core.errors import HowdahError
from howdah.market.update import update
from howdah.market.workspace import Workspace


def run_update(market: Path, answers: Connection, limit: int | None) -> None:
    """Send 'ready', then (exit code, what came of it); `limit` is the largest file in bytes."""
    if limit is not None:
        # A write past the limit then fails as one on a full disk does.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    now = dt.datetime(2025, 1, 31, tzinfo=dt.UTC)
    answers.send("ready")
    try:
        done = update(Workspace(market, lambda: now))
    except HowdahError as error:
        answers.send((error.exit_code, {"error": type(error).__name__, "message": str(error)}))
    else:
        answers.send((0, {u.feed: (u.appended.n_new, u.error) for u in done}))
