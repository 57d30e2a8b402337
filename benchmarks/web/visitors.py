"""Visitors: what the app asks of the API, page by page, at the pace at which people read."""

import asyncio
import datetime as dt
import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
from served import ADDRESS

#: Leagues whose rows are known by name, and rows of each.
_LEAGUES, _ROWS = 12, 50

#: How often each page is opened, of a hundred.
_PAGES = {
    "radar": 20, "league": 20, "entity": 20, "search": 12, "trail": 8, "decisions": 4, "hits": 3,
    "compare": 3, "sources": 2, "feeds": 2, "directions": 2, "brief": 2, "review": 2,
}  # fmt: skip

#: Shares of visits at a prepared date of the slider, and at some other.
_AT_PREPARED, _AT_ANY = 0.2, 0.1


@dataclass(frozen=True, slots=True)
class Place:
    """One row of a league."""

    metric: str
    definition: str
    unit: str
    entity: str
    name: str
    estimate_id: str


@dataclass(frozen=True, slots=True)
class Site:
    """What a visitor finds to click on."""

    segments: tuple[str, ...]
    places: tuple[Place, ...]
    prepared: tuple[str, ...]
    others: tuple[str, ...]


async def learn(client: httpx2.AsyncClient) -> Site:
    """Look round once: segments, rows of leagues, and dates."""

    async def read(path: str) -> Any:  # noqa: ANN401 - whatever is answered
        answer = await client.get(f"/api/v1{path}", timeout=900)
        answer.raise_for_status()
        return answer.json()["data"]

    market = await read("/market")
    leagues = (await read("/leagues"))["metrics"][:_LEAGUES]
    places = []
    for league in leagues:
        rows = await read(f"/leagues/{quote(league['metric'], safe='')}?limit={_ROWS}")
        places += [_place_of(row["estimate"]) for row in rows["places"]]
    health = (await client.get("/health")).json()
    last = dt.date.fromisoformat(market["default_as_of"])
    others = tuple(f"{last - dt.timedelta(days=45 + 61 * n)}" for n in range(6))
    segments = tuple(one["id"] for one in market["segments"])
    return Site(segments, tuple(places), tuple(health["preparation"]["dates"]), others)


def _place_of(estimate: Mapping[str, Any]) -> Place:
    unit = estimate["currency"] or estimate["unit"]
    names = ("entity", "name", "estimate_id")
    return Place(
        estimate["metric"], estimate["definition"], unit, *(estimate[name] for name in names)
    )


@dataclass(slots=True)
class Heard:
    """What came back: milliseconds and status of each answer, by page."""

    taken: list[tuple[str, float]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


class Visitor:
    """One person with the app open.

    Parameters
    ----------
    client
        Connections, which a browser keeps as well.
    site
        What there is to look at.
    picks
        Chance.
    heard
        Where answers are counted.
    """

    def __init__(
        self, client: httpx2.AsyncClient, site: Site, picks: random.Random, heard: Heard
    ) -> None:
        self._client = client
        self._site = site
        self._picks = picks
        self._heard = heard
        self._lang = picks.choice(("en", "zh"))
        #: As a browser's own cache, which asks whether what it has still holds.
        self._tags: dict[str, str] = {}

    async def stay(self, until: float, pause: tuple[float, float]) -> None:
        """Open one page after another."""
        while time.monotonic() < until:
            await self.visit()
            await asyncio.sleep(self._picks.uniform(*pause))

    async def visit(self) -> None:
        """Open a page: what it needs is asked at once, as the app does."""
        page = self._picks.choices(list(_PAGES), list(_PAGES.values()))[0]
        await asyncio.gather(*(self._ask(page, address) for address in self._questions(page)))

    async def _ask(self, page: str, address: str) -> None:
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip, br"}
        if address in self._tags:
            headers["If-None-Match"] = self._tags[address]
        started = time.perf_counter()
        try:
            answer = await self._client.get(address, headers=headers, timeout=300)
        except httpx2.HTTPError:
            self._heard.statuses[0] += 1
            return
        self._heard.taken.append((page, 1000 * (time.perf_counter() - started)))
        self._heard.statuses[answer.status_code] += 1
        if "etag" in answer.headers:
            if len(self._tags) > 100:
                self._tags.clear()
            self._tags[address] = answer.headers["etag"]

    def _questions(self, page: str) -> list[str]:
        """Addresses that a page asks."""
        picks, site = self._picks, self._site
        place, segment = picks.choice(site.places), picks.choice(site.segments or ("",))
        entity = f"/entities/{quote(place.entity, safe='')}"
        of_place = {"metric": place.metric, "definition": place.definition, "unit": place.unit}
        league = f"/leagues/{quote(place.metric, safe='')}"
        of_league = {"definition": place.definition, "unit": place.unit}
        found: list[tuple[str, Mapping[str, Any]]] = {
            "radar": [("/radar", {}), ("/hits", {}), ("/flows", {}), ("/feeds", {})],
            "league": [("/leagues", {}), (league, picks.choice([{}, of_league]))],
            "entity": [(entity, {}), (f"{entity}/series", of_place)],
            "search": [
                ("/search", {"q": place.name[:n], "limit": 12})
                for n in range(1, min(4, len(place.name)) + 1)
            ],
            "trail": [(f"/trail/{place.estimate_id}", {})],
            "decisions": [("/decisions", {})],
            "hits": [("/hits", {"segment": segment})],
            "compare": [
                ("/compare", {"entity": list({place.entity, picks.choice(site.places).entity})})
            ],
            "sources": [("/sources", {}), ("/sources/revisions", {})],
            "feeds": [("/feeds", {}), ("/feeds/quarantine", {"mended": "true"})],
            "directions": [("/directions", {}), ("/directions/record", {})],
            "brief": [(f"/briefs/{quote(segment, safe='')}", {})] if segment else [],
            "review": [("/review/claims", {}), ("/review/passages", {})],
        }[page]
        if page == "compare" and len(found[0][1]["entity"]) < 2:
            found = []
        chance = picks.random()
        day = None
        # An id of an estimate is of the date that it was read at.
        if page not in {"search", "trail"} and chance < _AT_PREPARED + _AT_ANY:
            dates = site.prepared if chance < _AT_PREPARED and site.prepared else site.others
            day = picks.choice(dates)
        return [self._address(path, {**values, "as_of": day}) for path, values in found]

    def _address(self, path: str, values: Mapping[str, Any]) -> str:
        given = {name: value for name, value in values.items() if value is not None and value != ""}
        if path in {"/radar", "/hits", "/decisions"} and self._lang != "en":
            given["lang"] = self._lang
        return f"/api/v1{path}?{urlencode(given, doseq=True)}" if given else f"/api/v1{path}"


def connected() -> httpx2.AsyncClient:
    """A client with as many connections as a server takes."""
    limits = httpx2.Limits(max_connections=150, max_keepalive_connections=150)
    return httpx2.AsyncClient(base_url=ADDRESS, limits=limits)
