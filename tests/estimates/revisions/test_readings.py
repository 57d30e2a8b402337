import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from howdah.estimates.revisions import find_flips, first_print_and_final, learn_revisions

Vendor = Callable[..., pl.DataFrame]

JANUARY, FEBRUARY = dt.date(2024, 1, 31), dt.date(2024, 2, 29)


def _prints(*rows: tuple[dt.date, str, float]) -> pl.DataFrame:
    return pl.DataFrame(
        [(end, dt.date.fromisoformat(day), value) for end, day, value in rows],
        schema=["valid_to", "published_at", "value"],
        orient="row",
    ).with_columns(
        source=pl.lit("a"), metric=pl.lit("mau"), scale=pl.lit("log"), series=pl.lit("p")
    )


def test_both_readings_and_their_distance(vendor: Vendor) -> None:
    prints = vendor()
    readings = first_print_and_final(prints, learn_revisions(prints))
    assert readings.height == 160
    row = readings.row(0, named=True)
    own = prints.filter(pl.col("series") == row["series"]).head(4)
    assert row["first"] == own["value"][0]
    assert (row["first_age_days"], row["final_age_days"]) == (5, 66)
    assert row["revision"] == pytest.approx(np.log(own["value"][2] / own["value"][0]))
    assert row["restatement"] == pytest.approx(0.0)


def test_a_period_too_young_has_no_final_reading(vendor: Vendor) -> None:
    prints = vendor()
    curve = learn_revisions(prints)
    readings = first_print_and_final(prints, curve, as_of=dt.date(2018, 2, 20))
    assert readings["final"].null_count() == readings.height == 4
    assert readings["first"].null_count() == 0


def test_a_restatement_that_turns_growth_into_a_fall_is_listed() -> None:
    prints = _prints(
        (JANUARY, "2024-02-05", 100.0),
        (FEBRUARY, "2024-03-05", 110.0),
        (FEBRUARY, "2024-04-05", 90.0),
        (FEBRUARY, "2024-05-05", 80.0),
    )
    row = find_flips(prints).row(0, named=True)
    assert (row["valid_to"], row["previous_valid_to"]) == (FEBRUARY, JANUARY)
    assert row["change_first"] == pytest.approx(np.log(1.1))
    assert row["change_newest"] == pytest.approx(np.log(0.8))
    assert row["first_published_at"] == dt.date(2024, 3, 5)
    assert row["flipped_at"] == dt.date(2024, 4, 5)


def test_a_restatement_of_the_period_before_flips_as_well() -> None:
    prints = _prints(
        (JANUARY, "2024-02-05", 100.0),
        (FEBRUARY, "2024-03-05", 110.0),
        (JANUARY, "2024-04-05", 120.0),
    )
    assert find_flips(prints)["flipped_at"].to_list() == [dt.date(2024, 4, 5)]
    # What was revised before the conclusion was drawn flipped nothing.
    sooner = prints.with_columns(
        pl.col("published_at").replace(dt.date(2024, 4, 5), dt.date(2024, 3, 1))
    )
    assert find_flips(sooner).is_empty()


def test_partial_periods_and_small_changes_draw_no_conclusion() -> None:
    prints = _prints(
        (JANUARY, "2024-02-05", 100.0),
        (FEBRUARY, "2024-02-15", 50.0),
        (FEBRUARY, "2024-03-05", 101.0),
        (FEBRUARY, "2024-04-05", 99.0),
    )
    assert find_flips(prints)["first_published_at"].to_list() == [dt.date(2024, 3, 5)]
    assert find_flips(prints, least=0.05).is_empty()
    assert find_flips(prints, as_of=dt.date(2024, 3, 31)).is_empty()


def test_nothing_printed_has_no_readings_and_no_flips(vendor: Vendor) -> None:
    prints = vendor()
    assert find_flips(prints.clear()).is_empty()
    assert first_print_and_final(prints.clear(), learn_revisions(prints)).is_empty()
