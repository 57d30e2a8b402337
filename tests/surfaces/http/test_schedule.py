"""The schedule by a clock of our own: what is due, what was missed, what waits for a writer."""

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest
from loops import run

from howdah.market.due import PERIODS, FeedPulls, due_at
from howdah.surfaces.http.schedule import Schedule, month_ends
from howdah.surfaces.http.working import Done, FeedDone, Job

NOON = dt.datetime(2025, 3, 10, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
DATES = (dt.date(2024, 12, 5), dt.date(2025, 3, 10))

Work = Callable[[Job], Awaitable[Done]]


def pulls(cadence: str, ago: dt.timedelta | None, error: str = "") -> FeedPulls:
    at = None if ago is None else NOON - ago
    return FeedPulls("users", cadence, at, None if error else at, error)


@pytest.mark.parametrize(
    ("cadence", "ago", "error", "wanted"),
    [
        ("daily", None, "", NOON),
        ("daily", DAY / 2, "", NOON + DAY / 2),
        ("daily", 5 * DAY, "", NOON),
        ("weekly", 6 * DAY, "", NOON + DAY),
        ("monthly", 31 * DAY, "", NOON),
        ("irregular", 2 * DAY, "", NOON),
        ("once", DAY, "", None),
        ("once", None, "", NOON),
        ("once", DAY / 48, "timeout", NOON + DAY / 48),
        ("daily", DAY / 48, "timeout", NOON + DAY / 48),
        ("daily", 2 * DAY, "timeout", NOON),
    ],
)
def test_when_a_feed_is_due(
    cadence: str, ago: dt.timedelta | None, error: str, wanted: dt.datetime | None
) -> None:
    assert due_at(pulls(cadence, ago, error), NOON) == wanted


def test_every_cadence_of_a_spec_has_a_period() -> None:
    from typing import get_args  # noqa: PLC0415 - with the engines that sources load

    from howdah.sources import spec  # noqa: PLC0415 - as above

    assert set(PERIODS) == set(get_args(spec.Cadence))


def made(
    work: Work, *, pulls_feeds: bool = True, n_prepared: int = 2
) -> tuple[Schedule, list[str]]:
    told: list[str] = []

    def log(event: str, **_: object) -> None:
        told.append(event)

    schedule = Schedule(
        work,
        lambda: NOON,
        lambda: dt.date(2025, 3, 10),
        log,
        pulls_feeds=pulls_feeds,
        n_prepared=n_prepared,
    )
    return schedule, told


def worker(done: list[Job], *found: FeedPulls, n_new: int = 0) -> Work:
    """Does every job, and says how the pulls went."""

    known = {one.feed: one for one in found}

    async def work(job: Job) -> Done:
        done.append(job)
        feeds = tuple(FeedDone(feed, n_new, 0, "") for feed in job.feeds)
        for feed in job.feeds:
            known[feed] = FeedPulls(feed, known[feed].cadence, NOON, NOON, "")
        return Done(feeds=feeds, pulls=tuple(known.values()), dates=DATES)

    return work


async def _run_out(schedule: Schedule) -> None:
    while schedule.waiting:
        await schedule.step()


def test_what_was_missed_is_pulled_once_at_the_start() -> None:
    done: list[Job] = []
    schedule, told = made(worker(done, pulls("daily", 9 * DAY), n_new=3))
    schedule.ask(Job("plan"))
    run(_run_out(schedule))
    assert [job for job in done if job.kind == "refresh"] == [Job("refresh", ("users",))]
    assert told.count("feed pulled") == 1


def test_nothing_is_pulled_when_feeds_are_not_to_be() -> None:
    done: list[Job] = []
    schedule, _ = made(worker(done, pulls("daily", None)), pulls_feeds=False)
    schedule.ask(Job("plan"))
    run(_run_out(schedule))
    assert {job.kind for job in done} == {"plan", "prepare", "record"}


def test_the_own_date_is_prepared_before_the_sliders_and_both_are_counted() -> None:
    done: list[Job] = []
    schedule, _ = made(worker(done, pulls("once", DAY)))
    schedule.ask(Job("plan"))
    run(_run_out(schedule))
    ends = [dt.date(2025, 2, 28), dt.date(2025, 1, 31)]
    assert [job.as_of for job in done if job.kind == "prepare"] == [None, *ends]
    assert schedule.preparation.is_done


def test_the_sliders_dates_are_not_prepared_again_within_hours() -> None:
    done: list[Job] = []
    schedule, _ = made(worker(done, pulls("daily", 9 * DAY), n_new=1))
    schedule.ask(Job("plan"))
    run(_run_out(schedule))
    assert sum(job.as_of is not None for job in done) == 2
    assert sum(job == Job("prepare") for job in done) >= 1


def test_a_job_that_waits_waits_once() -> None:
    schedule, _ = made(worker([]))
    for _ in range(3):
        schedule.ask(Job("prepare"))
    schedule.ask(Job("plan"))
    assert schedule.waiting == (Job("prepare"), Job("plan"))
    schedule.ask(Job("plan"), first=True)
    assert schedule.waiting == (Job("plan"), Job("prepare"))


def test_a_date_that_is_looked_at_is_prepared_next_and_then_at_hand() -> None:
    done: list[Job] = []
    schedule, _ = made(worker(done, pulls("once", DAY)))
    schedule.ask(Job("plan"))
    run(_run_out(schedule))
    earlier, wanted = dt.date(2024, 6, 30), dt.date(2024, 9, 30)
    schedule.ask(Job("plan"))
    assert not schedule.look_at(earlier)
    assert not schedule.look_at(wanted)
    # Whoever moves through dates has the last one prepared, not those passed by.
    assert schedule.waiting == (Job("prepare", as_of=wanted), Job("plan"))
    run(_run_out(schedule))
    assert Job("prepare", as_of=earlier) not in done
    assert schedule.look_at(wanted)
    n_done = schedule.preparation.n_done
    assert n_done == len(schedule.preparation.dates)


def test_past_dates_are_judged_one_by_one_when_all_else_is_done() -> None:
    done: list[Job] = []
    left = [2]

    async def work(job: Job) -> Done:
        done.append(job)
        n_judged = int(job.kind == "record" and left[0] > 0)
        left[0] -= n_judged
        return Done(dates=DATES, n_judged=n_judged)

    schedule, _ = made(work, n_prepared=0)
    schedule.ask(Job("plan"))
    run(_run_out(schedule))
    own, record = Job("prepare"), Job("record")
    # What was judged changes what every finding tells.
    assert done == [Job("plan"), own, record, own, record, own, record]


def test_the_own_and_the_sliders_dates_need_no_look() -> None:
    schedule, _ = made(worker([], pulls("once", DAY)))
    schedule.ask(Job("plan"))
    run(_run_out(schedule))
    assert all(map(schedule.look_at, [dt.date(2025, 3, 10), *schedule.preparation.dates]))
    assert schedule.waiting == ()


def test_a_judgement_prepares_the_own_date_before_all_else() -> None:
    schedule, _ = made(worker([]))
    schedule.ask(Job("refresh", ("users",)))
    schedule.ask_anew()
    assert schedule.waiting[0] == Job("prepare")


def test_a_failure_is_told_and_leaves_the_others_alone() -> None:
    done: list[Job] = []

    async def work(job: Job) -> Done:
        done.append(job)
        return Done(error="no room on the disk") if job.kind == "plan" else Done()

    schedule, told = made(work)
    schedule.ask(Job("plan"))
    schedule.ask(Job("prepare"))
    run(_run_out(schedule))
    assert (schedule.n_failed, schedule.n_done) == (1, 2)
    assert told == ["job failed", "job done", "job done"]


def test_ends_of_months_stop_where_knowledge_begins() -> None:
    assert month_ends(dt.date(2025, 2, 28), dt.date(2025, 3, 10), 5) == (dt.date(2025, 2, 28),)
    assert month_ends(dt.date(2025, 3, 1), dt.date(2025, 3, 10), 5) == ()
