"""Companions: what other sources tell of the same entities, as of the same day."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.kernels.momentum import WINDOW
from howdah.signals.breakouts.feed import Feed
from howdah.signals.breakouts.panel import Panel, PanelBuilder, build_panel

Floats = NDArray[np.float64]

#: What is known of an entity in a companion, in order. ``place`` is the log of the share of the
#: list that is above it.
COMPANION = ("growth_3", "growth_12", "place", "age")


@dataclass(frozen=True, slots=True)
class Companion:
    """Another source's panel, with who is who.

    Attributes
    ----------
    name
        The source, for people.
    panel
        As of the same day, its months ending as those of the main panel do.
    at
        (n,) row of each main entity in it, -1 where there is none.
    """

    name: str
    panel: Panel
    at: NDArray[np.int64]

    def covers(self, end: dt.date) -> NDArray[np.bool_]:
        """(n,) entities that it has a level of in the month that ends on a day."""
        found = self.features(end)[:, COMPANION.index("place")]
        return np.asarray(np.isfinite(found), np.bool_)

    def features(self, end: dt.date) -> Floats:
        """(n, len(COMPANION)) of what it tells by the month that ends on a day; NaN if nothing."""
        out = np.full((len(self.at), len(COMPANION)), np.nan)
        if end not in self.panel.ends:
            return out
        column = self.panel.column(end)
        known = np.flatnonzero(self.at >= 0)
        own = self.at[known]
        level = self.panel.level
        for k, lag in ((0, 3), (1, 12)):
            if column >= lag:
                out[known, k] = level[own, column] - level[own, column - lag]
        rank = self.panel.rank[own, column]
        length = max(int(self.panel.length[: column + 1].max(initial=1)), 1)
        out[known, 2] = np.where(rank > 0, np.log(np.maximum(rank, 1) / length), np.nan)
        listed = self.panel.rank[own, : column + 1] > 0
        first = listed.argmax(axis=1)
        months = np.where(first > 0, np.minimum(column - first, WINDOW), WINDOW)
        out[known, 3] = np.where(listed.any(axis=1), np.log(1.0 + months), np.nan)
        return out


def join_companion(
    feed: Feed,
    main: Panel,
    links: Mapping[str, tuple[str, ...]],
    as_of: dt.date,
    build: PanelBuilder = build_panel,
) -> Companion:
    """The panel of another source, lined up with the main one.

    Parameters
    ----------
    links
        Names that an entity of the main panel goes by elsewhere; its own name counts too, and
        comes first. Of several that the feed has, the one that it listed highest last counts.
    as_of
        What was published later is not read.
    build
        Makes panels.
    """
    anchor = main.ends[-1] if main.ends else None
    panel = build(feed, as_of, anchor=anchor)
    position = {name: n for n, name in enumerate(panel.entities.to_list())}
    best = _last_ranks(panel)
    at = np.full(main.entities.len(), -1, np.int64)
    for n, name in enumerate(main.entities.to_list()):
        if name in position:
            at[n] = position[name]
            continue
        others = [position[other] for other in links.get(name, ()) if other in position]
        if others:
            at[n] = min(others, key=lambda other: (best[other], other))
    return Companion(feed.name, panel, at)


def link_table(links: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """Targets by entity of rows ``entity, target``, without repeats."""
    found: dict[str, dict[str, None]] = {}
    for entity, target in links.select("entity", "target").iter_rows():
        found.setdefault(entity, {})[target] = None
    return {entity: tuple(targets) for entity, targets in found.items()}


def _last_ranks(panel: Panel) -> NDArray[np.int64]:
    """(n,) rank in the last month that lists each, the number of entities where none does."""
    n, n_month = panel.rank.shape
    if n_month == 0:
        return np.full(n, n, np.int64)
    listed = panel.rank > 0
    last = n_month - 1 - listed[:, ::-1].argmax(axis=1)
    return np.asarray(np.where(listed.any(axis=1), panel.rank[np.arange(n), last], n), np.int64)
