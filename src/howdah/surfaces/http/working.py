"""Work on a market in a process of its own, which gives its memory back when it ends."""

import datetime as dt
import multiprocessing
import os
import signal
import threading
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from howdah.core.errors import HowdahError, StoreBusyError
from howdah.market.due import FeedPulls

if TYPE_CHECKING:
    from howdah.surfaces.http.questions import Question
    from howdah.surfaces.http.rendered import Rendered

#: How far work steps back behind answers.
_NICE = 10


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done to a market.

    Attributes
    ----------
    kind
        plan: only tell how the last pulls went; refresh: pull feeds; prepare: derive what follows
        from what was known on a date; record: judge the last past date that is missing.
    feeds
        Of a refresh: which.
    as_of
        Of a preparation: the date; None is the market's own.
    """

    kind: Literal["plan", "refresh", "prepare", "record"]
    feeds: tuple[str, ...] = ()
    as_of: dt.date | None = None


@dataclass(frozen=True, slots=True)
class FeedDone:
    """What a refresh did to one feed."""

    feed: str
    n_new: int
    n_quarantined: int
    error: str


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job.

    Attributes
    ----------
    error
        Why it was not done, '' when it was.
    is_busy
        Whether another process was writing: worth another try soon.
    pulls
        How the last pulls went, after it.
    dates
        First and last day on which something was recorded; None before any.
    answers
        Made ahead by a preparation.
    n_judged
        Past dates that were judged.
    """

    error: str = ""
    is_busy: bool = False
    feeds: tuple[FeedDone, ...] = ()
    pulls: tuple[FeedPulls, ...] = ()
    dates: tuple[dt.date | None, dt.date | None] = (None, None)
    answers: "tuple[tuple[Question, Rendered], ...]" = ()
    n_judged: int = 0


def end_with_server() -> None:
    """End this process as soon as the one that started it is gone, however that went; not before.

    It holds both ends of its own pipes, so without the other it would wait at them for good. A
    Ctrl-C reaches every process of a terminal; what is done about it is the server's.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = multiprocessing.parent_process()
    assert server is not None, "only a process that another one started runs this"

    def watch(sentinel: int) -> None:
        wait([sentinel])
        # Nobody is left to be told; what is half written is as after any other kill.
        os._exit(1)

    threading.Thread(target=watch, args=(server.sentinel,), daemon=True).start()


def start_working() -> None:
    """Let answers go before work, and end with the server."""
    end_with_server()
    os.nice(_NICE)


def work(folder: Path, job: Job, version: str) -> Done:
    """Do a job; errors made on purpose are told, not raised.

    Parameters
    ----------
    version
        The market's version that answers made ahead are of.
    """
    # Only the process that works loads an engine.
    from howdah.market.market import Market  # noqa: PLC0415
    from howdah.surfaces.http.prepared import questions_of  # noqa: PLC0415
    from howdah.surfaces.http.rendering import Desk  # noqa: PLC0415

    done: tuple[FeedDone, ...] = ()
    answers: list[tuple[Question, Rendered]] = []
    n_judged = 0
    try:
        market = Market(folder)
        if job.kind == "refresh":
            done = tuple(
                FeedDone(one.feed, one.appended.n_new, one.appended.n_quarantined, one.error)
                for one in market.update(job.feeds)
            )
        elif job.kind == "prepare":
            market.prepare(job.as_of)
            if job.as_of is None:
                market.index_names()
            desk = Desk(folder)
            for question in questions_of(market, market.as_of(job.as_of), version):
                rendered = desk.render(question, version)
                if rendered.problem is None:
                    answers.append((question, rendered))
        elif job.kind == "record":
            n_judged = market.keep_last_record()
        return Done(
            feeds=done,
            pulls=market.pulls(),
            dates=market.knowledge_dates(),
            answers=tuple(answers),
            n_judged=n_judged,
        )
    except HowdahError as error:
        return Done(error=str(error), is_busy=isinstance(error, StoreBusyError), feeds=done)
