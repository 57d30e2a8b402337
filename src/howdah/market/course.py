"""The course of one series, what was restated of an entity, and who is related to it."""

import datetime as dt

from howdah.core.errors import UnknownNameError
from howdah.market.basis import basis_of
from howdah.market.derived import find_now
from howdah.market.pages import EntityPage, OtherSeries, Series
from howdah.market.pages.course import Course, Edge, FirstAndNow, Neighbours, Node, Restated
from howdah.market.show import show
from howdah.market.workspace import Workspace

#: Neighbours that a graph shows, and relations between them and the entity that is asked for.
_MOST_NODES = 60
_DEPTH = 2


def page_of(ws: Workspace, text: str, as_of: dt.date) -> EntityPage:
    """The page of an entity, which its parts are asked of one after another."""
    id_ = ws.resolve(text).canonical_id
    return ws.remember(("page", id_, as_of), lambda: show(ws, id_, as_of))


def course(
    ws: Workspace,
    text: str,
    as_of: dt.date,
    metric: str,
    *,
    definition: str | None = None,
    unit: str | None = None,
    party: str | None = None,
) -> Course:
    """One series of an entity; of several of a metric the one with the latest period.

    Raises
    ------
    UnknownNameError
        No entity has that name, or none of its series is of what was asked for.
    """
    page = page_of(ws, text, as_of)
    chosen = _chosen(page, ws.metrics[metric].id, definition, unit, party)
    found = find_now(ws, as_of)
    return Course(
        basis=page.basis,
        entity=page.entity,
        series=chosen,
        faults=tuple(
            f
            for f in found
            if f.kind == "measurement"
            and (f.metric, f.definition) == (chosen.metric, chosen.definition)
        ),
        events=tuple(sorted(page.events, key=lambda e: (e.valid_to or dt.date.min, e.claim_id))),
        others=tuple(
            OtherSeries(
                s.last.estimate_id, s.definition, s.unit, s.currency, s.last.period.label, s.object
            )
            for s in page.series
            if s.metric == chosen.metric and s is not chosen
        ),
    )


def _chosen(
    page: EntityPage, metric: str, definition: str | None, unit: str | None, party: str | None
) -> Series:
    of_metric = [s for s in page.series if s.metric == metric]
    if not of_metric:
        known = dict.fromkeys(s.metric for s in page.series)
        raise UnknownNameError(f"metric of {page.entity.name}", metric, known)
    fits = [
        s
        for s in of_metric
        if (definition is None or s.definition == definition)
        and (unit is None or unit in {s.unit, s.currency})
        and (party is None or party == s.object)
    ]
    if not fits:
        known = dict.fromkeys(
            " ".join(filter(None, (s.definition, "in", s.currency or s.unit, s.object)))
            for s in of_metric
        )
        wanted = " in ".join(part for part in (definition, unit, party) if part is not None)
        raise UnknownNameError(f"{metric} of {page.entity.name}", wanted, known)
    return max(fits, key=lambda s: (s.last.period.end or dt.date.min, len(s.estimates)))


def restated(ws: Workspace, text: str, as_of: dt.date) -> Restated:
    """Every figure of an entity that was restated: its first print against what stands now."""
    page = page_of(ws, text, as_of)
    return Restated(
        page.basis,
        page.entity,
        tuple(
            FirstAndNow(s.metric, s.definition, s.unit, s.currency, one)
            for s in page.series
            for one in s.revised
        ),
    )


def neighbours(ws: Workspace, text: str, as_of: dt.date) -> Neighbours:
    """An entity and what is related to it on a date, up to two relations away."""
    start = ws.resolve(text).canonical_id
    distance = {start: 0}
    edges: dict[Edge, None] = {}
    n_left_out = 0
    reached = [start]
    for depth in range(1, _DEPTH + 1):
        ahead: list[str] = []
        for id_ in reached:
            for r in ws.resolver.relations(id_, as_of=as_of):
                other = r.target if r.source == id_ else r.source
                if other not in distance:
                    if len(distance) >= _MOST_NODES:
                        n_left_out += 1
                        continue
                    distance[other] = depth
                    ahead.append(other)
                edges[Edge(r.source, r.relation, r.target, r.valid_from, r.valid_to)] = None
        reached = ahead
    nodes = []
    for id_, steps in distance.items():
        entity = ws.resolver.entity(id_)
        nodes.append(Node(id_, entity.name, entity.type, steps))
    return Neighbours(basis_of(ws, as_of), tuple(nodes), tuple(edges), n_left_out)
