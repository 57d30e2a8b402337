"""Feeds by a day: prints, dates of knowledge, and the guard."""

import datetime as dt

import polars as pl
import pytest

from howdah.core.errors import LookAheadError
from howdah.signals.breakouts import code_feed
from howdah.signals.breakouts.feed import require_known

DAY = dt.date(2024, 1, 31)


def rows(**more: list[object]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "period": [dt.date(2024, 1, 1), dt.date(2024, 1, 1), dt.date(2024, 2, 1)],
            "entity": ["b", "a", "c"],
            "value": [1.0, 2.0, 3.0],
            **more,
        }
    )


def test_without_dates_of_publication_a_figure_is_known_in_its_period() -> None:
    feed = code_feed(rows(), "f")
    assert feed.entities.to_list() == ["a", "b", "c"]
    assert feed.known(DAY)["entity"].to_list() == [0, 1]
    assert feed.known(dt.date(2023, 1, 1)).height == 0
    assert not feed.has_prints


def test_a_figure_is_known_when_it_is_published_and_never_before_its_period() -> None:
    published = [
        dt.datetime(2024, 3, 1, tzinfo=dt.UTC),
        dt.datetime(2023, 12, 1, tzinfo=dt.UTC),
        None,
    ]
    feed = code_feed(rows(published_at=published), "f")
    assert feed.known(dt.date(2023, 12, 31)).height == 0
    assert feed.known(DAY)["value"].to_list() == [2.0]
    assert feed.known(dt.date(2024, 2, 1)).height == 2
    assert feed.known(dt.date(2024, 3, 1)).height == 3


def test_of_several_prints_the_last_known_counts() -> None:
    prints = pl.concat([rows().head(1)] * 3).with_columns(
        pl.Series("value", [1.0, 5.0, 9.0]),
        pl.Series("published_at", [dt.datetime(2024, m, 1, tzinfo=dt.UTC) for m in (2, 3, 4)]),
    )
    feed = code_feed(prints, "f")
    assert [feed.known(dt.date(2024, m, 15))["value"].to_list() for m in (1, 2, 3, 5)] == [
        [], [1.0], [5.0], [9.0]
    ]  # fmt: skip


def test_what_is_not_mature_is_left_out() -> None:
    feed = code_feed(rows(mature=[True, False, None]), "f")
    assert feed.known(dt.date(2024, 12, 1))["value"].to_list() == [1.0, 3.0]


def test_the_universe_is_named_though_no_row_names_it() -> None:
    feed = code_feed(rows(), "f", universe=["z", "a", "z"])
    assert feed.entities.to_list() == ["a", "b", "c", "z"]
    assert feed.universe.tolist() == [0, 3]


@pytest.mark.parametrize("column", ["period", "known_on"])
def test_rows_from_after_the_day_are_refused(column: str) -> None:
    known = code_feed(rows(), "f").known(DAY)
    require_known(known, DAY)
    later = known.with_columns(pl.lit(dt.date(2024, 2, 1)).alias(column))
    with pytest.raises(LookAheadError, match="2024-02-01") as told:
        require_known(later, DAY)
    assert (told.value.as_of, told.value.found) == (DAY, dt.date(2024, 2, 1))
