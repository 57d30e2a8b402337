"""Retrying over HTTP: which answers are worth another try, and how long a server has one wait."""

import time
from email.utils import parsedate_to_datetime

import httpx2
import stamina.instrumentation

# Whoever retries says in the end what did not answer; a log line for each try is not for users.
stamina.instrumentation.set_on_retry_hooks(())

#: Status codes of a server that is busy or failing, not refusing.
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})

#: Longest wait that a server may ask for and get.
MAX_WAIT_SECONDS = 120.0


def wait_as_asked(response: httpx2.Response) -> None:
    """Honour Retry-After, in seconds or as a date; without one nothing is waited for."""
    asked = response.headers.get("Retry-After", "").strip()
    if asked.isdecimal():
        seconds = float(asked)
    else:
        try:
            seconds = parsedate_to_datetime(asked).timestamp() - time.time()
        except ValueError:
            return
    time.sleep(min(max(seconds, 0.0), MAX_WAIT_SECONDS))
