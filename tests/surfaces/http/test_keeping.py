"""What is kept and made: a cache that stays within its bytes, a renderer that is replaced."""

import asyncio
import datetime as dt
import io
import json
import threading
from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loops import run

from howdah.core.errors import InputError
from howdah.surfaces.http.caching import AnswerCache
from howdah.surfaces.http.journal import Journal
from howdah.surfaces.http.lane import MOST_WAITING
from howdah.surfaces.http.paging import decode, encode
from howdah.surfaces.http.problems import Refused
from howdah.surfaces.http.questions import Question
from howdah.surfaces.http.rendered import Rendered
from howdah.surfaces.http.renderer import Renderer


@dataclass(frozen=True)
class Held:
    size: int


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4000)), max_size=60))
def test_a_cache_never_holds_more_than_its_bytes(puts: list[tuple[int, int]]) -> None:
    cache: AnswerCache[Held] = AnswerCache(10_000)
    for tag, size in puts:
        cache.put(str(tag), Held(size))
        assert cache.size <= 10_000
    held = [cache.get(str(n)) for n in range(31)]
    assert cache.size == sum(one.size + 900 for one in held if one is not None)


def test_what_was_used_last_stays() -> None:
    cache: AnswerCache[Held] = AnswerCache(8_000)
    for tag in "abc":
        cache.put(tag, Held(1_100))
    assert cache.get("a") is not None
    for tag in "de":
        cache.put(tag, Held(1_100))
    assert cache.get("a") is not None
    assert cache.get("b") is None


@given(st.integers(0, 10**9), st.text("0123456789abcdef", min_size=8, max_size=24))
def test_a_cursor_leads_to_where_it_was_made_for(start: int, seal: str) -> None:
    assert decode(encode(start, seal), seal) == start
    with pytest.raises(InputError, match="another table"):
        decode(encode(start, seal), "x" + seal[1:])


@given(st.text(max_size=40))
def test_what_is_no_cursor_is_told_so(text: str) -> None:
    with pytest.raises(InputError):
        decode(text, "0123abcd")


QUESTION = Question("radar", dt.date(2025, 1, 31))


class Made:
    """Renders nothing, at a size in memory that is given."""

    def __init__(self, resident: int = 0) -> None:
        self.resident = resident

    def render(self, question: Question, version: str) -> Rendered:
        return Rendered(f"{question.use} {version}".encode(), {}, "text/plain", None, self.resident)

    def write(self, use: str, values: Mapping[str, Any], version: str) -> Rendered:
        raise AssertionError((use, values, version))


def test_a_renderer_that_has_grown_is_replaced() -> None:
    renderer = Renderer(lambda: ThreadPoolExecutor(1), lambda: Made(2_000), 1_000)

    async def twice() -> None:
        for _ in range(2):
            assert (await renderer.render(QUESTION, "v")).body == b"radar v"

    run(twice())
    assert renderer.n_started == 2


def test_a_renderer_that_has_grown_is_replaced_though_others_wait() -> None:
    renderer = Renderer(lambda: ThreadPoolExecutor(1), lambda: Made(2_000), 1_000)

    async def at_once() -> None:
        made = await asyncio.gather(*(renderer.render(QUESTION, f"v{n}") for n in range(3)))
        assert [one.body for one in made] == [b"radar v0", b"radar v1", b"radar v2"]

    run(at_once())
    assert renderer.n_started == 3


def test_a_renderer_goes_when_nobody_asks_and_comes_back() -> None:
    at = [0.0]
    renderer = Renderer(lambda: ThreadPoolExecutor(1), Made, 1_000, lambda: at[0])

    async def asked() -> None:
        await renderer.render(QUESTION, "v")
        renderer.retire(60)
        await renderer.render(QUESTION, "v")
        assert renderer.n_started == 1
        at[0] = 61
        renderer.retire(60)
        await renderer.render(QUESTION, "v")
        assert renderer.n_started == 2

    run(asked())


class Dying(ThreadPoolExecutor):
    """Dies of everything."""

    def submit(self, *_: object, **__: object) -> NoReturn:
        raise BrokenProcessPool("killed")


def test_a_question_that_kills_the_renderer_twice_is_refused() -> None:
    made: list[Executor] = []

    def start() -> Executor:
        made.append(Dying(1))
        return made[-1]

    with pytest.raises(Refused, match="twice"):
        run(Renderer(start, Made, 1_000).render(QUESTION, "v"))
    assert len(made) == 2


def test_a_question_survives_one_death() -> None:
    made: list[Executor] = []

    def start() -> Executor:
        made.append(ThreadPoolExecutor(1) if made else Dying(1))
        return made[-1]

    found = run(Renderer(start, Made, 1_000).render(QUESTION, "v"))
    assert found.body == b"radar v"


class Stuck(Made):
    """Renders only once it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def render(self, question: Question, version: str) -> Rendered:
        if question.use == "directions":
            self.go.wait(60)
        return super().render(question, version)


SLOW_QUESTION = Question("directions", QUESTION.as_of)


def test_what_takes_seconds_keeps_nothing_else_waiting() -> None:
    stuck = Stuck()
    renderer = Renderer(lambda: ThreadPoolExecutor(1), lambda: stuck, 1_000)

    async def asked() -> None:
        slow = asyncio.create_task(renderer.render(SLOW_QUESTION, "v"))
        await asyncio.sleep(0)
        assert (await renderer.render(QUESTION, "v")).body == b"radar v"
        assert not slow.done()
        assert renderer.n_waiting == 1
        stuck.go.set()
        assert (await slow).body == b"directions v"

    run(asked())


class Writing(Stuck):
    """Writes at once."""

    def write(self, use: str, values: Mapping[str, Any], version: str) -> Rendered:
        return Rendered(f"{use} {len(values)} {version}".encode(), {}, "text/plain")


def test_a_write_does_not_wait_for_what_takes_seconds() -> None:
    stuck = Writing()
    renderer = Renderer(lambda: ThreadPoolExecutor(1), lambda: stuck, 1_000)

    async def asked() -> None:
        slow = asyncio.create_task(renderer.render(SLOW_QUESTION, "v"))
        await asyncio.sleep(0)
        assert (await renderer.write("judge", {"by": "me"}, "v")).body == b"judge 1 v"
        assert not slow.done()
        stuck.go.set()
        await slow

    run(asked())


def test_of_slow_questions_the_last_asked_is_the_next() -> None:
    stuck = Stuck()
    renderer = Renderer(lambda: ThreadPoolExecutor(1), lambda: stuck, 1_000)
    ended: list[str] = []

    async def ask(use: str) -> None:
        await renderer.render(Question(use, QUESTION.as_of), "v", at_hand=False)
        ended.append(use)

    async def asked() -> None:
        tasks = [asyncio.create_task(ask(use)) for use in ("directions", "radar", "flows")]
        await asyncio.sleep(0)
        stuck.go.set()
        await asyncio.gather(*tasks)

    run(asked())
    assert ended == ["directions", "flows", "radar"]


def test_too_many_questions_are_refused_at_once_and_only_in_their_lane() -> None:
    stuck = Stuck()
    renderer = Renderer(lambda: ThreadPoolExecutor(1), lambda: stuck, 1_000)

    async def asked() -> None:
        waiting = [
            asyncio.create_task(renderer.render(SLOW_QUESTION, "v")) for _ in range(MOST_WAITING)
        ]
        await asyncio.sleep(0)
        with pytest.raises(Refused) as refused:
            await renderer.render(SLOW_QUESTION, "v")
        assert refused.value.problem.status == 503
        assert (await renderer.render(QUESTION, "v")).body == b"radar v"
        stuck.go.set()
        await asyncio.gather(*waiting)

    run(asked())


def test_a_line_of_the_journal_is_one_object_whatever_it_tells() -> None:
    stream = io.StringIO()
    journal = Journal(stream, lambda: dt.datetime(2025, 1, 31, tzinfo=dt.UTC))
    journal("request", path='/a\n{"level": "error"}\u2028')
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["path"].startswith("/a\n")
