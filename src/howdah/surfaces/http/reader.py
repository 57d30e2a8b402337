"""The reader: answers questions from the cache, else has them rendered, each once at a time."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from howdah.entities.nameindex import Named, NameIndex
from howdah.market.standing import NAMES_FILE, Standing, standing_of
from howdah.surfaces.http.questions import Question

if TYPE_CHECKING:
    from howdah.surfaces.http.caching import AnswerCache
    from howdah.surfaces.http.rendered import Rendered
    from howdah.surfaces.http.renderer import Renderer

#: Seconds for which the market's version is taken to be what it was.
_LOOK_EVERY = 0.5

#: Use cases that tell how the last pulls went as well.
_OF_PULLS = frozenset({"feeds", "quarantine"})


class Reader:
    """Questions in, answers in bytes out.

    Parameters
    ----------
    folder
        The market's folder.
    renderer
        Makes the answers that are not kept.
    cache
        Where answers are kept.
    now
        The clock, in UTC.
    """

    def __init__(
        self,
        folder: Path,
        renderer: "Renderer",
        cache: "AnswerCache[Rendered]",
        now: Callable[[], dt.datetime],
    ) -> None:
        self._folder = folder
        self._renderer = renderer
        self.cache = cache
        self._now = now
        self._standing: Standing | None = None
        self._looked_at = 0.0
        self._running: dict[str, asyncio.Future[Rendered]] = {}
        self._names: tuple[int, NameIndex] | None = None
        #: Called after a write that succeeded.
        self.on_write: Callable[[], None] = lambda: None
        #: Whether what an update derives is at hand for a date that is looked at.
        self.look_at: Callable[[dt.date], bool] = lambda _: True

    def standing(self) -> Standing:
        """Where the market stands, at most half a second ago."""
        now = self._now().timestamp()
        if self._standing is None or abs(now - self._looked_at) >= _LOOK_EVERY:
            self._standing = standing_of(self._folder)
            self._looked_at = now
        return self._standing

    def version(self, use: str) -> str:
        """Version of what a use case's answers depend on."""
        standing = self.standing()
        return f"{standing.version} {standing.pulls}" if use in _OF_PULLS else standing.version

    def as_of(self, asked: dt.date | None) -> dt.date:
        """The knowledge date asked for, else the market's default, else today."""
        return asked or self.standing().as_of or self._now().date()

    async def answer(self, question: Question, tag: str) -> "Rendered":
        """The answer of a question, from the cache or made now."""
        found = self.cache.get(tag)
        if found is not None:
            return found
        running = self._running.get(tag)
        if running is None:
            running = asyncio.ensure_future(self._made(question, tag))
            self._running[tag] = running
            running.add_done_callback(lambda _: self._running.pop(tag, None))
        # A client that goes away takes nothing from others who wait for the same.
        return await asyncio.shield(running)

    async def search(self, text: str, limit: int) -> list[Named] | None:
        """Entities that a text may mean, by the index of names; None while there is none."""
        index = self._opened_names()
        return None if index is None else await asyncio.to_thread(index.search, text, limit)

    def _opened_names(self) -> NameIndex | None:
        """The index of names; opened anew when another has taken its place."""
        path = self._folder / NAMES_FILE
        try:
            found = path.stat().st_ino
        except FileNotFoundError:
            return None
        if self._names is None or self._names[0] != found:
            # What reads the old one still does so to its end: nobody closes it under its hands.
            self._names = found, NameIndex(path)
        return self._names[1]

    async def write(self, use: str, values: Mapping[str, Any]) -> "Rendered":
        """Have something written; what was kept of the market before is of another version."""
        written = await self._renderer.write(use, values, self.standing().version)
        self._standing = None
        if written.problem is None:
            self.on_write()
        return written

    def take_in(self, answers: "Iterable[tuple[Question, Rendered]]", version: str) -> None:
        """Keep answers that were made ahead, unless the market has changed meanwhile."""
        if self.standing().version == version:
            for question, rendered in answers:
                self.cache.put(question.tag(self.version(question.use)), rendered)

    async def _made(self, question: Question, tag: str) -> "Rendered":
        days = [question.as_of]
        if question.use == "changes":
            days.append(dt.date.fromisoformat(question.text("since")))
        # Each is looked at, whatever the first one is.
        at_hand = [self.look_at(day) for day in days]
        rendered = await self._renderer.render(
            question, self.standing().version, at_hand=all(at_hand)
        )
        self.cache.put(tag, rendered)
        return rendered
