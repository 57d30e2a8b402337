"""What breaks of a feed's measurement added to claims that are new."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from howdah.estimates.explaining import shifts_since

Claims = Callable[..., pl.DataFrame]

N_ENTITIES = 40
SINCE = dt.datetime(2024, 8, 15, tzinfo=dt.UTC)


def panel(broken: dict[int, float]) -> list[dict[str, Any]]:
    """A year of forty entities; from some months on everything is that many times as large."""
    draws = np.random.default_rng(3)
    level = 1e6 * np.exp(draws.normal(0, 1, N_ENTITIES))
    rows = []
    for month in range(1, 13):
        level = level * np.exp(0.02 + draws.normal(0, 0.03, N_ENTITIES))
        factor = np.prod([size for since, size in broken.items() if month >= since])
        rows += [
            {
                "entity": f"app {n}",
                "period": f"2024-{month:02d}",
                "value": level[n] * factor,
                "feed": "f",
                "recorded_at": dt.datetime(2024, month, 28, tzinfo=dt.UTC),
            }
            for n in range(N_ENTITIES)
        ]
    return rows


def test_new_claims_hold_the_breaks_before_them(observed: Claims) -> None:
    market = observed(panel({5: 1.3, 10: 1.5}), f="panel")
    fresh = market.filter((pl.col("entity") == "app 3") & (pl.col("recorded_at") > SINCE))
    found = shifts_since(market, fresh, SINCE)
    # May is known on the date: its step is in old claims as in new ones.
    (own,) = found.breaks
    assert (own.feed, own.period, own.reason) == ("f", dt.date(2024, 10, 31), "level_shift")
    assert own.offset == pytest.approx(np.log(1.5), abs=0.03)
    late = fresh.filter(pl.col("valid_to") >= dt.date(2024, 10, 1))["claim_id"].to_list()
    assert found.by_claim == dict.fromkeys(late, own.offset)
    assert len(late) == 3


def test_without_breaks_or_without_claims_there_is_nothing(observed: Claims) -> None:
    market = observed(panel({}), f="panel")
    fresh = market.filter(pl.col("recorded_at") > SINCE)
    assert shifts_since(market, fresh, SINCE) == ((), {})
    assert shifts_since(market, fresh.head(0), SINCE) == ((), {})
    assert shifts_since(market.head(0), fresh.head(0), SINCE) == ((), {})
    broken = observed(panel({10: 1.5}), f="panel")
    # A feed of which nothing was known has no level that it could have left.
    assert shifts_since(broken, broken, dt.datetime(2023, 1, 1, tzinfo=dt.UTC)) == ((), {})
