"""Claims frames built in place, and the estimates that follow from them."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import polars as pl
import pytest

from howdah.core.calendar import parse_period
from howdah.core.metrics import builtin_metrics
from howdah.estimates import (
    CLAIM_INPUT,
    FeedTraits,
    Models,
    estimate_levels,
    flag_suspects,
    learn_models,
    observe,
)

AS_OF = dt.date(2025, 6, 30)
RECORDED_AT = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)

Row = dict[str, Any]
Claims = Callable[..., pl.DataFrame]

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


def _claim(number: int, row: Row) -> Row:
    entity = row.get("entity", "doubao")
    metric = row.get("metric", "dau")
    period = parse_period(row.get("period", "2024-09"))
    value = row.get("value")
    published = dt.datetime.combine(period.end, dt.time(12), dt.UTC) + dt.timedelta(days=9)
    stated = {
        "claim_id": f"c{number:04d}",
        "feed": "news",
        "source": "A",
        "source_type": "media",
        "scheme": "name",
        "subject": entity,
        "metric": metric,
        "definition": "",
        "unit": builtin_metrics()[metric].units[0],
        "currency": "",
        "valid_from": period.start,
        "valid_to": period.end,
        "precision": period.precision,
        "value": value,
        "value_low": value,
        "value_high": value,
        "stderr": None,
        "modality": "asserted",
        "object": "",
        "sensitivity": "public",
        "published_at": published,
        "recorded_at": RECORDED_AT,
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
def claims_frame() -> Claims:
    """Claims from rows that state only what matters; the rest has quiet defaults.

    ``period`` is a period's name; ``value`` alone is exact; ``low`` and ``high`` are its ends, an
    end given as None is open.
    """

    def build(rows: Iterable[Row]) -> pl.DataFrame:
        return pl.DataFrame([_claim(n, row) for n, row in enumerate(rows)], schema=_SCHEMA)

    return build


@pytest.fixture
def observed(claims_frame: Claims) -> Claims:
    """Observations of rows, judged; natures of feeds other than ``statement`` by name.

    The feed ``truth`` is an anchor.
    """

    def build(rows: Iterable[Row], **natures: str) -> pl.DataFrame:
        feeds = {feed: FeedTraits(nature, anchor=False) for feed, nature in natures.items()}
        feeds["truth"] = FeedTraits("counter", anchor=True)
        return flag_suspects(observe(claims_frame(rows), builtin_metrics(), feeds))

    return build


@pytest.fixture
def estimated(observed: Claims) -> Claims:
    """Estimates of rows, with models learnt from them."""

    def build(rows: Iterable[Row], *, prob: float = 0.9, **natures: str) -> pl.DataFrame:
        observations = observed(rows, **natures)
        models = learn_models(observations, {}, prob=prob)
        return estimate_levels(observations, models, as_of=AS_OF).estimates

    return build


@pytest.fixture
def levels() -> Claims:
    """Estimates of observations, by models that are learnt from them or given."""

    def estimate(frame: pl.DataFrame, models: Models | None = None) -> pl.DataFrame:
        models = models or learn_models(frame, {}, prob=0.9)
        return estimate_levels(frame, models, as_of=dt.date(2025, 1, 1)).estimates

    return estimate
