"""Scenes built in place: counters of many entities, statements, segments."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl
import pytest

from howdah.core.calendar import parse_period
from howdah.core.metrics import builtin_metrics
from howdah.estimates import (
    CLAIM_INPUT,
    FeedTraits,
    check_identities,
    estimate_levels,
    flag_suspects,
    learn_models,
    observe,
)
from howdah.signals import Scene, SegmentView

AS_OF = dt.date(2024, 12, 31)

Row = dict[str, Any]
MakeScene = Callable[..., Scene]

_SCHEMA = {
    **dict.fromkeys(CLAIM_INPUT, pl.String),
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "value": pl.Float64,
    "value_low": pl.Float64,
    "value_high": pl.Float64,
    "stderr": pl.Float64,
    "published_at": pl.Datetime("us", "UTC"),
    "recorded_at": pl.Datetime("us", "UTC"),
    "entity": pl.String,
    "entity_name": pl.String,
    "object_entity": pl.String,
}

NATURES = {"counter": "counter", "second": "counter", "panel": "panel", "news": "statement"}


def _claim(number: int, row: Row) -> Row:
    entity = row.get("entity", "doubao")
    metric = row.get("metric", "dau")
    period = parse_period(row.get("period", "2024-12"))
    value = row.get("value")
    end = period.end
    assert end is not None
    stated = {
        "claim_id": f"c{number:05d}",
        "feed": "news",
        "source": row.get("feed", "news").title(),
        "source_type": "media",
        "scheme": "name",
        "subject": entity,
        "metric": metric,
        "definition": "",
        "unit": builtin_metrics()[metric].units[0],
        "currency": "",
        "valid_from": period.start,
        "valid_to": end,
        "precision": period.precision,
        "value": value,
        "value_low": value,
        "value_high": value,
        "modality": "asserted",
        "object": "",
        "sensitivity": "public",
        "published_at": dt.datetime.combine(end, dt.time(12), dt.UTC),
        "recorded_at": dt.datetime.combine(AS_OF, dt.time(), dt.UTC),
        "entity": entity,
        "entity_name": entity.title(),
        "object_entity": None,
    }
    given = {name: x for name, x in row.items() if name not in {"period", "low", "high"}}
    if "low" in row:
        given["value_low"] = row["low"]
    if "high" in row:
        given["value_high"] = row["high"]
    return {**stated, **given}


@pytest.fixture
def make_scene() -> MakeScene:
    """A scene of claims: of one followed segment with every entity, unless told otherwise."""

    def build(
        rows: Iterable[Row],
        *,
        headline: str = "dau",
        segments: tuple[SegmentView, ...] | None = None,
        relatives: Mapping[str, tuple[str, ...]] | None = None,
        as_of: dt.date = AS_OF,
    ) -> Scene:
        claims = pl.DataFrame([_claim(n, row) for n, row in enumerate(rows)], schema=_SCHEMA)
        feeds = {feed: FeedTraits(nature, anchor=False) for feed, nature in NATURES.items()}
        observations = flag_suspects(observe(claims, builtin_metrics(), feeds))
        entities = tuple(sorted(set(claims["entity"].to_list())))
        if segments is None:
            segments = (SegmentView("all", "All", headline, entities, is_followed=True),)
        models = learn_models(observations, {}, prob=0.9)
        return Scene(
            as_of=as_of,
            prob=0.9,
            metrics=builtin_metrics(),
            segments=segments,
            names=dict(zip(claims["entity"], claims["entity_name"], strict=True)),
            observations=observations,
            estimates=estimate_levels(observations, models, as_of=as_of).estimates,
            events=claims,
            checks=tuple(check_identities(claims)),
            relatives=relatives or {},
        )

    return build


@pytest.fixture
def counters() -> Callable[..., list[Row]]:
    """Weekly readings of many entities that drift alike, up to the scene's date."""

    def build(
        n_entities: int = 60,
        n_weeks: int = 30,
        seed: int = 1,
        *,
        metric: str = "stars",
        feed: str = "counter",
        end: dt.date = AS_OF,
        days: int = 7,
        spread: float = 0.01,
        prefix: str = "e",
        size: float = 20_000.0,
    ) -> list[Row]:
        rng = np.random.default_rng(seed)
        steps = 0.005 + rng.normal(0, spread, (n_entities, n_weeks)) / np.sqrt(13)
        start = rng.normal(np.log(size), 0.5, (n_entities, 1))
        level = np.exp(start + np.cumsum(steps, axis=1))
        return [
            {
                "entity": f"{prefix}{i}",
                "metric": metric,
                "feed": feed,
                "definition": f"{feed}:{metric}",
                "value": float(level[i, t]),
                "period": (end - dt.timedelta(days=days * (n_weeks - 1 - t))).isoformat(),
            }
            for i in range(n_entities)
            for t in range(n_weeks)
        ]

    return build
