"""Addresses that read: each turns its parameters into a question."""

import datetime as dt
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from howdah.surfaces.http.asking import Ask
from howdah.surfaces.http.routes.files import FILES

router = APIRouter(prefix="/api/v1")

#: As `market.places.Sort`, which only the rendering process loads.
Sort: TypeAlias = Literal["place", "name", "value", "width", "claims", "share", "chance"]

Id = Annotated[str, Path(min_length=1, max_length=500)]
Limit = Annotated[int, Query(ge=1, le=1000, description="Rows at most.")]


@router.get("/market", tags=["market"])
async def market(ask: Ask) -> Response:
    """What the market is: segments, metrics, and between which dates it can be seen."""
    return await ask("market")


@router.get("/names", tags=["market"])
async def names(ask: Ask) -> Response:
    """What readers of Chinese call those whom answers name otherwise."""
    return await ask("names")


@router.get("/radar", tags=["market"])
async def radar(ask: Ask) -> Response:
    """What changed, how sure, market or measurement."""
    return await ask("radar")


@router.get("/findings", tags=["market"])
async def findings(
    ask: Ask,
    segment: Annotated[str | None, Query(description="Only findings of this segment.")] = None,
    kind: Annotated[str | None, Query(description="Only of this kind, such as growth.")] = None,
    limit: Limit = 100,
    cursor: Annotated[
        str | None, Query(max_length=100, description="`meta.next` of the page before.")
    ] = None,
) -> Response:
    """Everything that was found, best first, page by page: the radar shows what was chosen."""
    return await ask.page("findings", cursor, segment=segment, kind=kind, limit=limit)


@router.get("/hits", tags=["market"])
async def hits(
    ask: Ask,
    segment: Annotated[str | None, Query(description="Only this segment's members.")] = None,
) -> Response:
    """Who is next in the market's ranked lists: probability, interval, reasons, record."""
    return await ask("hits", segment=segment)


@router.get("/records", tags=["market"])
async def records(ask: Ask) -> Response:
    """How past findings did, class by class, as far as it was kept."""
    return await ask("records")


@router.get("/changes", tags=["market"])
async def changes(
    ask: Ask,
    since: Annotated[dt.date, Query(description="The earlier knowledge date.")],
) -> Response:
    """What changed since an earlier knowledge date: findings new and gone, estimates moved."""
    return await ask("changes", since=since.isoformat())


@router.get("/search", tags=["entities"])
async def search(
    ask: Ask,
    q: Annotated[str, Query(min_length=1, max_length=200, description="Any name, any script.")],
    limit: Annotated[int, Query(ge=1, le=50, description="Entities at most.")] = 10,
) -> Response:
    """Entities that a text may mean, the likeliest first."""
    return await ask.search(q, limit)


@router.get("/entities/{entity:path}/series", tags=["entities"])
async def series(
    ask: Ask,
    entity: Id,
    metric: Annotated[str, Query(min_length=1, max_length=100)],
    definition: str | None = None,
    unit: str | None = None,
    party: Annotated[
        str | None,
        Query(description="The other party of its figures, such as a channel; empty for none."),
    ] = None,
) -> Response:
    """One series over time: the estimates, each source's points, faults and events."""
    return await ask(
        "series", id=entity, metric=metric, definition=definition, unit=unit, party=party
    )


@router.get("/entities/{entity:path}/revisions", tags=["entities"])
async def restated(ask: Ask, entity: Id) -> Response:
    """Every figure that its source restated: first print against now."""
    return await ask("restated", id=entity)


@router.get("/entities/{entity:path}/neighbours", tags=["entities"])
async def neighbours(ask: Ask, entity: Id) -> Response:
    """What is related to an entity, up to two relations away, as nodes and edges."""
    return await ask("neighbours", id=entity)


@router.get("/entities/{entity:path}/documents", tags=["entities"])
async def documents(ask: Ask, entity: Id) -> Response:
    """What documents say of an entity, sentence by sentence, the newest first."""
    return await ask("documents", id=entity)


@router.get("/entities/{entity:path}/audience", tags=["entities"])
async def audience(ask: Ask, entity: Id) -> Response:
    """What panels and censuses say of an entity's users."""
    return await ask("audience", id=entity)


@router.get("/entities/{entity:path}/split", tags=["guidance"])
async def split(
    ask: Ask,
    entity: Id,
    outcome: Annotated[
        str | None, Query(max_length=100, description="Metric to split; absent, new users first.")
    ] = None,
) -> Response:
    """What an entity's ads brought and what came by itself, with a verdict before every number."""
    return await ask("split", id=entity, outcome=outcome)


@router.get("/entities/{entity:path}", tags=["entities"], name="entity")
async def one_entity(ask: Ask, entity: Id) -> Response:
    """Everything known of one entity, by its id or any name."""
    return await ask("entity", id=entity)


@router.get("/compare", tags=["entities"])
async def compare(
    ask: Ask,
    entity: Annotated[
        list[str], Query(min_length=2, max_length=6, description="Two to six, by id or name.")
    ],
) -> Response:
    """Entities side by side, definitions kept apart."""
    return await ask("compare", entity=tuple(entity))


@router.get("/leagues", tags=["leagues"])
async def leagues(ask: Ask) -> Response:
    """Which league tables there are."""
    return await ask("leagues")


@router.get("/leagues/{metric}", tags=["leagues"])
async def league(
    ask: Ask,
    metric: Id,
    segment: Annotated[str | None, Query(description="Only this segment's members.")] = None,
    period: Annotated[str | None, Query(description="2024, 2024-Q3, 2024-09.")] = None,
    definition: Annotated[str | None, Query(description="Whose definition.")] = None,
    unit: Annotated[str | None, Query(description="What is counted, or a currency.")] = None,
    sort: Annotated[Sort, Query(description="By what rows stand in order.")] = "place",
    order: Literal["asc", "desc"] = "asc",
    q: Annotated[
        str | None, Query(max_length=200, description="Only names that hold this.")
    ] = None,
    layout: Annotated[
        Literal["rows", "columns"],
        Query(description="Rows with all that is known, or short columns for a long table."),
    ] = "rows",
    limit: Annotated[int, Query(ge=1, le=20_000, description="Rows at most.")] = 100,
    cursor: Annotated[
        str | None, Query(max_length=100, description="`meta.next` of the page before.")
    ] = None,
) -> Response:
    """A league table with intervals and the places that each may hold, page by page."""
    return await ask.page(
        "league",
        cursor,
        metric=metric,
        segment=segment,
        period=period,
        definition=definition,
        unit=unit,
        sort=None if sort == "place" else sort,
        order=None if order == "asc" else order,
        q=q or None,
        layout=None if layout == "rows" else layout,
        limit=limit,
    )


@router.get("/flows", tags=["entities"])
async def flows(ask: Ask) -> Response:
    """Who goes from which product to which, as panels count it."""
    return await ask("flows")


@router.get("/sources", tags=["sources"])
async def sources(
    ask: Ask,
    metric: str | None = None,
    by: Annotated[str | None, Query(pattern="^(segment|size)$")] = None,
) -> Response:
    """The report card of every source."""
    return await ask("sources", metric=metric, by=by)


@router.get("/sources/revisions", tags=["sources"])
async def revisions(ask: Ask) -> Response:
    """How far figures of each age still move, and what restatements turned round."""
    return await ask("revisions")


@router.get("/feeds", tags=["feeds"])
async def feeds(ask: Ask) -> Response:
    """State, terms, cost and reach of every feed."""
    return await ask("feeds")


@router.get("/feeds/quarantine", tags=["feeds"])
async def quarantine(
    ask: Ask,
    feed: str | None = None,
    mended: Annotated[bool, Query(description="The mended ones as well.")] = False,
    limit: Limit = 100,
) -> Response:
    """Rows that could not become claims, as they came, and why."""
    return await ask("quarantine", feed=feed, mended=mended, limit=limit)


@router.get("/trail/{id}", tags=["trail"])
async def trail(ask: Ask, id: Id) -> Response:  # noqa: A002 - the name in the address
    """From any id to the claims behind it and their raw records."""
    return await ask("trail", id=id)


@router.get("/explain/{id}", tags=["trail"])
async def explain(
    ask: Ask,
    id: Id,  # noqa: A002 - the name in the address
    metric: str | None = None,
    period: str | None = None,
    definition: str | None = None,
    since: Annotated[dt.date | None, Query(description="Compare with what was known then.")] = None,
) -> Response:
    """Why an estimate is this number, and why it changed."""
    return await ask(
        "explain",
        id=id,
        metric=metric,
        period=period,
        definition=definition,
        since=None if since is None else since.isoformat(),
    )


@router.get("/export", tags=["export"], responses=FILES)
async def export(
    ask: Ask,
    what: Annotated[
        Literal["estimates", "claims", "readings"], Query(description="Which rows.")
    ] = "estimates",
    entity: Annotated[list[str] | None, Query(max_length=50, description="Only these.")] = None,
    metric: Annotated[list[str] | None, Query(max_length=50, description="Only these.")] = None,
    segment: Annotated[str | None, Query(description="Only this segment's members.")] = None,
    without: Annotated[
        list[str] | None, Query(max_length=50, description="Feeds to leave out.")
    ] = None,
) -> Response:
    """Estimates, claims or readings as a file, licence terms enforced; csv unless asked else."""
    return await ask(
        "export",
        what=what,
        entity=tuple(entity or ()),
        metric=tuple(metric or ()),
        segment=segment,
        without=tuple(without or ()),
    )


@router.get("/directions", tags=["guidance"])
async def directions(ask: Ask) -> Response:
    """Segments ranked for what to build, term by term."""
    return await ask("directions")


@router.get("/directions/record", tags=["guidance"])
async def directions_record(ask: Ask) -> Response:
    """How directions would have done, asked on earlier dates."""
    return await ask("directions_record")


@router.get("/features", tags=["guidance"])
async def features(
    ask: Ask,
    target: Annotated[
        list[str] | None,
        Query(max_length=50, description="Segments or entities; absent, every real segment."),
    ] = None,
    ours: Annotated[
        list[str] | None,
        Query(max_length=50, description="Our products; absent, those of the market."),
    ] = None,
) -> Response:
    """Which product has which feature since when, what is stale, and what ours lack."""
    return await ask("features", target=tuple(target or ()), ours=tuple(ours or ()))


@router.get("/briefs/{segment}", tags=["guidance"])
async def brief(ask: Ask, segment: Id) -> Response:
    """One direction on one page: the case, who is there, gaps, what would prove it wrong."""
    return await ask("brief", segment=segment)


@router.get("/decisions", tags=["guidance"])
async def decisions(
    ask: Ask,
    segment: Annotated[
        str | None, Query(description="Only on this segment and its findings.")
    ] = None,
) -> Response:
    """What was decided by the knowledge date, what is due, and what came of it by then."""
    return await ask("decisions", segment=segment)


@router.get("/entry/{segment}", tags=["guidance"])
async def entry(ask: Ask, segment: Id) -> Response:
    """What happened when giants entered a segment, and which giant is where."""
    return await ask("entry", segment=segment)


@router.get("/review/pairs", tags=["review"])
async def review_pairs(ask: Ask, limit: Limit = 50) -> Response:
    """Pairs of entities that may be the same."""
    return await ask("review_pairs", limit=limit)


@router.get("/review/claims", tags=["review"])
async def review_claims(ask: Ask, limit: Limit = 50) -> Response:
    """Claims that are held to be wrong."""
    return await ask("review_claims", limit=limit)


@router.get("/review/passages", tags=["review"])
async def review_passages(ask: Ask, limit: Limit = 50) -> Response:
    """Sentences of documents that wait for a reviewer, and names that wait to be known."""
    return await ask("review_passages", limit=limit)
