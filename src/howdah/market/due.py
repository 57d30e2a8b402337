"""When a feed is to be pulled again; light, for whoever only keeps time."""

import datetime as dt
from dataclasses import dataclass

#: From one pull to the next of each cadence. What comes irregularly is looked at once a day.
PERIODS: dict[str, dt.timedelta | None] = {
    "once": None,
    "daily": dt.timedelta(days=1),
    "weekly": dt.timedelta(days=7),
    "monthly": dt.timedelta(days=30),
    "quarterly": dt.timedelta(days=91),
    "yearly": dt.timedelta(days=365),
    "irregular": dt.timedelta(days=1),
}

#: What failed is tried again so much later, or at its next turn when that comes first.
RETRY = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FeedPulls:
    """How the last pulls of a feed went; times in UTC, None before any.

    Attributes
    ----------
    error
        What went wrong in the last pull, '' when nothing did.
    """

    feed: str
    cadence: str
    last_attempt: dt.datetime | None
    last_success: dt.datetime | None
    error: str


def due_at(pulls: FeedPulls, now: dt.datetime) -> dt.datetime | None:
    """When a feed is to be pulled next: now for what was missed; None for never again.

    Ticks that came while nobody kept time are one tick, now.

    Examples
    --------
    >>> noon = dt.datetime(2025, 3, 1, 12, tzinfo=dt.UTC)
    >>> due_at(FeedPulls("downloads", "daily", noon, noon, ""), noon).isoformat()
    '2025-03-02T12:00:00+00:00'
    >>> due_at(FeedPulls("downloads", "daily", None, None, ""), noon) == noon
    True
    """
    period = PERIODS[pulls.cadence]
    if pulls.last_attempt is None:
        return now
    if pulls.error:
        again = pulls.last_attempt + (RETRY if period is None else min(RETRY, period))
        return max(again, now)
    if period is None or pulls.last_success is None:
        return None
    return max(pulls.last_success + period, now)
