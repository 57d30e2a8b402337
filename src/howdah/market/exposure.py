"""Who owns the channels that an entity buys from, and what that owner could take away."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from howdah.core.entity import Entity
from howdah.growth import Split
from howdah.market.config import Channel
from howdah.market.pages.split import Exposure, Figure
from howdah.market.workspace import Workspace

#: Periods that "lately" means.
LATELY = 13


@dataclass(frozen=True, slots=True)
class Owners:
    """Owners of channels.

    Attributes
    ----------
    of
        Canonical id of the owner of each channel that has one.
    rivals
        By owner those of it that are in a segment of the entity, itself among them.
    names, names_zh
        For people, of channels, owners and rivals; in Chinese where market.toml has another.
    """

    of: Mapping[str, str]
    rivals: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    names_zh: Mapping[str, str]

    def sets(self, channels: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Channels of each owner that has several."""
        found: dict[str, tuple[str, ...]] = {}
        for channel in channels:
            if channel in self.of:
                found[self.of[channel]] = (*found.get(self.of[channel], ()), channel)
        return {owner: some for owner, some in found.items() if len(some) > 1}


def find_owners_of(
    ws: Workspace, entity: Entity, channels: Sequence[str], as_of: dt.date
) -> Owners:
    """Whose the channels are by market.toml, and which of these compete with the entity.

    Raises
    ------
    UnknownNameError
        The catalogue does not know an owner.
    """
    declared = {
        name: channel for channel in ws.config.channel for name in channel.names or (channel.id,)
    }
    beside = {
        member
        for segment in ws.config.segment
        if entity.canonical_id in ws.members(segment)
        for member in ws.members(segment)
    } - {entity.canonical_id}
    of: dict[str, str] = {}
    rivals: dict[str, tuple[str, ...]] = {}
    names = {name: _title(declared.get(name), name) for name in channels}
    for name in channels:
        channel = declared.get(name)
        if channel is None or not channel.owner:
            continue
        owner = ws.resolve(channel.owner)
        of[name] = owner.canonical_id
        names[owner.canonical_id] = owner.name
        own = [owner, *(e for e, _ in ws.resolver.descendants(owner.canonical_id, as_of=as_of))]
        found = [e for e in own if e.canonical_id in beside]
        names |= {e.canonical_id: e.name for e in found}
        rivals[owner.canonical_id] = tuple(dict.fromkeys(e.canonical_id for e in found))
    names_zh = {n: declared[n].title_zh for n in channels if n in declared and declared[n].title_zh}
    return Owners(of, rivals, names, names_zh)


def _title(channel: Channel | None, name: str) -> str:
    return name if channel is None else channel.title or channel.id


def find_exposures(found: Split, channels: Sequence[str], owners: Owners) -> tuple[Exposure, ...]:
    """What each owner of channels could take away, rivals first."""
    by_owner: dict[str, list[str]] = {}
    for channel in channels:
        by_owner.setdefault(owners.of.get(channel, ""), []).append(channel)
    every = []
    for owner, some in by_owner.items():
        if owner:
            every.append(_exposure(found, owner, tuple(some), owners))
        else:
            # Nobody is said to own these, so they are not of one.
            every += [_exposure(found, "", (channel,), owners) for channel in some]
    return tuple(sorted(every, key=lambda e: (not e.is_rival, not e.owner, e.channels)))


def _exposure(found: Split, owner: str, channels: tuple[str, ...], owners: Owners) -> Exposure:
    if len(channels) == 1:
        row = found.totals.filter(pl.col("channel") == channels[0]).row(0, named=True)
        course = found.contributions.filter(pl.col("channel") == channels[0])
    else:
        is_it = pl.col("channels").list.set_difference(list(channels)).list.len() == 0
        same = is_it & (pl.col("channels").list.len() == len(channels))
        if found.sums.is_empty():
            nothing = Figure(None, None, None)
            return Exposure(
                owner, bool(owners.rivals.get(owner)), owners.rivals.get(owner, ()), channels,
                "cannot_tell", "nothing could be fitted", "lacking", nothing, nothing,
            )  # fmt: skip
        row = found.sums.filter(same).row(0, named=True)
        course = found.sum_contributions.filter(pl.col("name") == row["name"])
    last = course.sort("period").tail(LATELY)
    # Ends of single periods are further apart than those of their mean.
    lately = Figure(*(None if last[x].null_count() else last[x].mean() for x in _ENDS))  # type: ignore[arg-type]
    rivals = owners.rivals.get(owner, ())
    return Exposure(
        owner, bool(rivals), rivals, channels, row["verdict"], row["reason"], row["code"],
        Figure(row["share"], row["share_lower"], row["share_upper"]), lately,
    )  # fmt: skip


_ENDS = ("value", "lower", "upper")
