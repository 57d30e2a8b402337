"""Giants of a market, and whose the members of its segments are."""

import datetime as dt
from collections.abc import Iterable

from howdah.core.entity import Identifier
from howdah.core.errors import InputError
from howdah.guidance import Members
from howdah.market.config import Segment
from howdah.market.workspace import Workspace


def find_giants(ws: Workspace) -> dict[str, str]:
    """Name of each declared giant, by its canonical id.

    Raises
    ------
    InputError
        The market declares none.
    UnknownNameError
        The catalogue does not know one.
    """
    named = [ws.resolve(company) for company in ws.config.giants.companies]
    if not named:
        raise InputError(
            "No giant is declared, so nobody can have entered as one. Name large companies of the "
            'catalogue in market.toml: [giants] companies = ["Alibaba", "Tencent"].'
        )
    return {entity.canonical_id: entity.name for entity in named}


def find_owners(ws: Workspace, giants: Iterable[str], as_of: dt.date) -> dict[str, str]:
    """The giant that each entity belongs to by the catalogue on a date, giants among them.

    Of what two of them hold, the one that the market names first has it.
    """
    owners: dict[str, str] = {}
    for giant in giants:
        owners.setdefault(giant, giant)
        for entity, _ in ws.resolver.descendants(giant, as_of=as_of):
            owners.setdefault(entity.canonical_id, giant)
    return owners


def members_of(ws: Workspace, segment: Segment, owners: dict[str, str]) -> Members:
    """A segment with whose its members are."""
    members = ws.members(segment)
    owned = {entity: owners[entity] for entity in members if entity in owners}
    metric = ws.metrics.metrics.get(segment.headline)
    return Members(
        segment.id,
        segment.title,
        segment.headline,
        members,
        owned,
        is_simulated=segment.simulated,
        is_tally=metric is not None and metric.count == "tally",
    )


def subjects_of(ws: Workspace, entities: Iterable[str]) -> list[Identifier]:
    """What feeds call some entities."""
    return [i for entity in dict.fromkeys(entities) for i in ws.resolver.entity(entity).referents]


def check_not_ahead(ws: Workspace, as_of: dt.date) -> None:
    """Refuse a knowledge date that is to come.

    Raises
    ------
    InputError
        It is after today.
    """
    today = ws.now().date()
    if as_of > today:
        raise InputError(
            f"--as-of {as_of} is to come: today is {today}, and what will be known then is not "
            "known. Give a date up to today."
        )
