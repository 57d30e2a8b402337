"""Copy-cats: a feature or a kind of product that one after another brings out.

Events that release a feature, a product or a model, and features that texts state, are joined by
what they are of, in words. Three in half a year, the last of them lately, are a row; who was first
is named with the date. Two are a coincidence.

What it cannot tell: the same thing under other words, and who copied whom: only who was told of
first.
"""

import unicodedata
from typing import TYPE_CHECKING

import polars as pl

from howdah.core.calendar import Period
from howdah.core.finding import Finding
from howdah.core.phrases import reason
from howdah.signals.inflows import told_events
from howdah.signals.scene import NEWS_DAYS, Row, Scene

if TYPE_CHECKING:
    import datetime as dt

METHOD = "copycat.1"

#: Events and statements that say somebody has something.
HAVING = ("feature", "feature_release", "product_release", "model_release")

#: Days within which several that bring out the same are a row.
ROW_DAYS = 182

#: How many make a row.
LEAST_IN_ROW = 3


def find_copycats(scene: Scene) -> list[Finding]:
    """Rows whose last one came lately."""
    found = []
    for thing, rows in rows_of(scene).items():
        last = rows[-1]["day"]
        recent = [r for r in rows if (last - r["day"]).days <= ROW_DAYS]
        if len(recent) >= LEAST_IN_ROW and scene.age_days(last) <= NEWS_DAYS:
            found.append(_finding(scene, thing, rows, recent))
    return found


def rows_of(scene: Scene) -> dict[str, list[Row]]:
    """For each thing the first event of each that has it, oldest first.

    A thing that bears the name of the one that has it is its own product and no kind of thing.
    """
    told = told_events(scene).filter(pl.col("metric").is_in(HAVING) & (pl.col("object") != ""))
    found: dict[str, dict[str, Row]] = {}
    for row in told.sort("day", "claim_id").iter_rows(named=True):
        thing = folded(row["object"])
        own = folded(scene.name(row["entity"]))
        if len(thing) > 1 and own not in thing and thing not in own:
            found.setdefault(thing, {}).setdefault(row["entity"], row)
    return {thing: list(by_entity.values()) for thing, by_entity in found.items()}


def folded(text: str) -> str:
    """A text by which the same thing is known: width, case and spaces do not count.

    Examples
    --------
    >>> folded("  Voice  Call ") == folded("voice call") == folded("ＶＯＩＣＥ call")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _finding(scene: Scene, thing: str, rows: list[Row], recent: list[Row]) -> Finding:
    first, last = rows[0], rows[-1]
    segment = scene.segment_of(last["entity"])
    start: dt.date = recent[0]["day"]
    names = [scene.name(row["entity"]) for row in rows]
    return Finding(
        kind="copycat",
        entity=last["entity"],
        name=scene.name(last["entity"]),
        metric=last["metric"],
        definition="",
        segment=segment.id if segment else "",
        period=Period(start, last["day"], "range"),
        value=None,
        lower=None,
        upper=None,
        prob=scene.prob,
        measure="places in a row",
        probability=None,
        n=len(recent),
        cause="market",
        cause_reason=reason("in_a_row", names=", ".join(names)),
        as_of=scene.as_of,
        method=METHOD,
        claim_ids=tuple(row["claim_id"] for row in recent),
        params={
            "object": first["object"],
            "thing": thing,
            "first": scene.name(first["entity"]),
            "first_day": first["day"].isoformat(),
            "count": len(recent),
            "days": (last["day"] - start).days,
            "age_days": scene.age_days(last["day"]),
        },
        priority=0.6 * min(1.0, len(recent) / 6 + 0.4) * scene.recency(last["day"]),
    )
