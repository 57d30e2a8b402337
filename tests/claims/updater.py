"""A light child: one update of a market, as `howdah update` would run it.

Usage: updater.py MARKET [FILE_SIZE_LIMIT_BYTES]
"""

import datetime as dt
import json
import resource
import signal
import sys
from pathlib import Path

from howdah.core.errors import HowdahError
from howdah.market.update import update
from howdah.market.workspace import Workspace


def main() -> int:
    if len(sys.argv) > 2:
        # A write past the limit then fails as one on a full disk does.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limit = int(sys.argv[2])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    now = dt.datetime(2025, 1, 31, tzinfo=dt.UTC)
    print("ready", flush=True)
    try:
        done = update(Workspace(Path(sys.argv[1]), lambda: now))
    except HowdahError as error:
        print(json.dumps({"error": type(error).__name__, "message": str(error)}), flush=True)
        return error.exit_code
    print(json.dumps({u.feed: [u.appended.n_new, u.error] for u in done}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
