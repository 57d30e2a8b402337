"""The schedule: feeds are pulled on their cadence, dates prepared, one job after another.

What is due is told by when each feed last succeeded, which the market keeps, not by ticks of a
clock: what was missed while no server ran is done when one starts, once. `apscheduler` wakes it.
"""

import asyncio
import datetime as dt
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from howdah.market.due import RETRY, FeedPulls, due_at
from howdah.surfaces.http.working import Done, Job

#: Seconds after which a job that found another process writing is tried again.
BUSY_SECONDS = 30

#: Dates of the slider that are prepared: ends of months, the newest first.
N_PREPARED = 6

#: The slider's dates are prepared anew no more often: what is derived for them is kept for good.
PREPARE_EVERY = dt.timedelta(hours=6)


@dataclass(slots=True)
class Preparation:
    """How far the preparation of the slider's dates is."""

    dates: tuple[dt.date, ...] = ()
    n_done: int = 0

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.n_done >= len(self.dates)


class Schedule:
    """Keeps the jobs of one market.

    Parameters
    ----------
    work
        Does a job elsewhere.
    now
        The clock, in UTC.
    as_of
        The market's default knowledge date.
    log
        Writes an event with its fields.
    pulls_feeds
        Whether feeds are pulled, or only dates prepared.
    n_prepared
        How many dates are prepared beside the market's own.
    """

    def __init__(
        self,
        work: Callable[[Job], Awaitable[Done]],
        now: Callable[[], dt.datetime],
        as_of: Callable[[], dt.date],
        log: Callable[..., None],
        *,
        pulls_feeds: bool = True,
        n_prepared: int = N_PREPARED,
    ) -> None:
        self._work = work
        self._now = now
        self._as_of = as_of
        self._log = log
        self._pulls_feeds = pulls_feeds
        self._n_prepared = n_prepared
        self._waiting: deque[Job] = deque()
        self._wake = asyncio.Event()
        self._clock = AsyncIOScheduler(timezone=dt.UTC)
        self.pulls: dict[str, FeedPulls] = {}
        self.preparation = Preparation()
        self._at_hand: set[dt.date] = set()
        self._looked_at: Job | None = None
        self.running: Job | None = None
        self._prepared_at: dt.datetime | None = None
        self.n_done = 0
        self.n_failed = 0

    async def run(self) -> None:
        """Do what is due until cancelled."""
        self._clock.start()
        self.ask(Job("plan"))
        try:
            while True:
                while self._waiting:
                    await self.step()
                self._wake.clear()
                await self._wake.wait()
        finally:
            self._clock.shutdown(wait=False)

    def ask(self, job: Job, *, first: bool = False) -> None:
        """Have a job done when its turn comes; one that waits already waits once."""
        if job in self._waiting:
            if not first:
                return
            self._waiting.remove(job)
        if first:
            self._waiting.appendleft(job)
        else:
            self._waiting.append(job)
        self._wake.set()

    def ask_anew(self) -> None:
        """Prepare the market's own date again: a reviewer has decided something."""
        self.ask(Job("prepare"), first=True)

    def look_at(self, day: dt.date) -> bool:
        """Whether a date is at hand; one that is not is prepared next, unless a reader moves on.

        What is derived for a date is kept for good, so only where a reader stays is it prepared.
        """
        if day == self._as_of() or day in self._at_hand:
            return True
        if day not in self.preparation.dates:
            if self._looked_at is not None and self._looked_at in self._waiting:
                self._waiting.remove(self._looked_at)
            self._looked_at = Job("prepare", as_of=day)
            self.ask(self._looked_at, first=True)
        return False

    @property
    def waiting(self) -> tuple[Job, ...]:
        """Jobs that wait, the next first."""
        return tuple(self._waiting)

    async def step(self) -> None:
        """Do the next job."""
        job = self._waiting.popleft()
        self.running = job
        started = self._now()
        done = await self._work(job)
        self.running = None
        seconds = round((self._now() - started).total_seconds(), 3)
        fields: dict[str, Any] = {"kind": job.kind, "seconds": seconds}
        if job.as_of is not None:
            fields["as_of"] = job.as_of.isoformat()
        if done.error:
            self.n_failed += 1
            self._log("job failed", level="error", error=done.error, **fields)
            if done.is_busy:
                self._later(job, dt.timedelta(seconds=BUSY_SECONDS))
                return
            if job.kind in {"plan", "refresh"}:
                # Nobody knows when the next pull is due.
                self._later(Job("plan"), RETRY)
        else:
            self.n_done += 1
            self._log("job done", **fields)
        for feed in done.feeds:
            self._log(
                "feed pulled" if not feed.error else "feed failed",
                level="error" if feed.error else "info",
                feed=feed.feed,
                n_new=feed.n_new,
                n_quarantined=feed.n_quarantined,
                error=feed.error,
            )
        self._count(job, done)
        if done.pulls:
            self._plan(done.pulls)
        if job.kind == "plan" or any(feed.n_new for feed in done.feeds):
            self._prepare(done.dates)
        if done.n_judged:
            # Every finding tells its record, so what was prepared is of an earlier one.
            self.ask(Job("prepare"))
            self.ask(Job("record"))

    def _count(self, job: Job, done: Done) -> None:
        """Note which dates are at hand."""
        if job.kind != "prepare" or job.as_of is None:
            return
        if job.as_of in self.preparation.dates:
            self.preparation.n_done += 1
        if not done.error:
            self._at_hand.add(job.as_of)

    def _plan(self, pulls: Iterable[FeedPulls]) -> None:
        """Note when each feed is due, and have pulled what is due now."""
        self.pulls = {one.feed: one for one in pulls}
        if not self._pulls_feeds:
            return
        now = self._now()
        due = {feed: due_at(one, now) for feed, one in self.pulls.items()}
        at_once = tuple(feed for feed, at in due.items() if at is not None and at <= now)
        if at_once:
            self.ask(Job("refresh", at_once))
        later = [at for at in due.values() if at is not None and at > now]
        if later:
            self._clock.add_job(
                self.ask,
                "date",
                run_date=min(later),
                args=[Job("plan")],
                id="next pull",
                replace_existing=True,
                misfire_grace_time=None,
            )

    def _prepare(self, dates: tuple[dt.date | None, dt.date | None]) -> None:
        """Have the market's own date and the slider's last dates prepared."""
        self.ask(Job("prepare"))
        now = self._now()
        if self._prepared_at is not None and now - self._prepared_at < PREPARE_EVERY:
            return
        self._prepared_at = now
        first, _ = dates
        days = () if first is None else month_ends(first, self._as_of(), self._n_prepared)
        self.preparation = Preparation(days)
        for job in [job for job in self._waiting if job.as_of is not None]:
            self._waiting.remove(job)
        for day in days:
            self.ask(Job("prepare", as_of=day))
        self.ask(Job("record"))

    def _later(self, job: Job, wait: dt.timedelta) -> None:
        at = self._now() + wait
        self._clock.add_job(self.ask, "date", run_date=at, args=[job], misfire_grace_time=None)


def month_ends(first: dt.date, last: dt.date, n: int) -> tuple[dt.date, ...]:
    """The last `n` ends of months before a date that are not before another, the newest first.

    Examples
    --------
    >>> [str(day) for day in month_ends(dt.date(2024, 11, 5), dt.date(2025, 1, 31), 6)]
    ['2024-12-31', '2024-11-30']
    """
    found: list[dt.date] = []
    day = last.replace(day=1) - dt.timedelta(days=1)
    while day >= first and len(found) < n:
        found.append(day)
        day = day.replace(day=1) - dt.timedelta(days=1)
    return tuple(found)
