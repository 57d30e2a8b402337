"""What an answer rests on."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from howdah.core.phrases import Lang, phrase


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer rests on; every output repeats it.

    Attributes
    ----------
    as_of
        Knowledge date.
    replayed
        Whether any claim behind it was recorded by replaying an old file.
    vintages
        Publication dates of the statements behind it, oldest first; a long row of snapshots is
        given by its first and last, and ``n_vintages`` counts all of them.
    stale
        Feeds that are late at `as_of`: (feed, last published, days late).
    ended
        Feeds of which nothing more is expected: (feed, last published).
    later_feeds
        Feeds whose claims were all recorded after `as_of`: (feed, first recorded). They are
        seen with a later `as_of` only.
    """

    as_of: dt.date
    replayed: bool
    vintages: tuple[dt.date, ...] = ()
    n_vintages: int = 0
    stale: tuple[tuple[str, dt.date, int], ...] = ()
    ended: tuple[tuple[str, dt.date], ...] = ()
    later_feeds: tuple[tuple[str, dt.date], ...] = ()


def shortened(days: Sequence[dt.date], *, limit: int = 4) -> tuple[dt.date, ...]:
    """A few dates as they are; of many the first and the last."""
    return tuple(days) if len(days) <= limit else (days[0], days[-1])


def basis_union(parts: Iterable[Basis]) -> Basis:
    """What several answers of one date rest on together."""
    every = list(parts)
    days = sorted({day for basis in every for day in basis.vintages})
    return dataclasses.replace(
        every[0],
        replayed=any(basis.replayed for basis in every),
        vintages=shortened(days),
        # Of several long rows the exact number of different dates is not known any more.
        n_vintages=max(len(days), *(basis.n_vintages for basis in every)),
    )


def basis_text(basis: Basis, lang: Lang = "en") -> str:
    """What an answer rests on, in one paragraph; every screen ends with it."""
    key = "replayed" if basis.replayed else "as_of"
    parts = [phrase("basis", key, lang, as_of=basis.as_of)]
    if basis.vintages:
        parts.append(phrase("basis", "vintages", lang, days=vintages_text(basis, lang)))
    joint = phrase("basis", "joint", lang)
    if basis.stale:
        late = (
            phrase(
                "basis", "late_feed_one" if days == 1 else "late_feed", lang,
                feed=feed, last=last, days=days,
            )
            for feed, last, days in basis.stale
        )  # fmt: skip
        parts.append(phrase("basis", "late", lang, feeds=joint.join(late)))
    if basis.ended:
        ended = (
            phrase("basis", "ended_feed", lang, feed=feed, last=last) for feed, last in basis.ended
        )
        parts.append(phrase("basis", "ended", lang, feeds=joint.join(ended)))
    if basis.later_feeds:
        later = (
            phrase("basis", "later_feed", lang, feed=feed, first=first)
            for feed, first in basis.later_feeds
        )
        parts.append(phrase("basis", "later", lang, feeds=joint.join(later)))
    return phrase("basis", "gap", lang).join(parts)


def vintages_text(basis: Basis, lang: Lang = "en") -> str:
    """Publication dates behind an answer; of many the number, the first and the last."""
    if basis.n_vintages > len(basis.vintages):
        first, last = basis.vintages[0], basis.vintages[-1]
        return phrase("basis", "many", lang, n=basis.n_vintages, first=first, last=last)
    return phrase("basis", "joint", lang).join(day.isoformat() for day in basis.vintages)
