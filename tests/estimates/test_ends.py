"""Levels at the ends of a time, against the growth that is found series by series."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from howdah.estimates import Models, learn_models
from howdah.estimates.aggregates import growth, share, total_growth
from howdah.estimates.ends import Window, join_ends
from howdah.estimates.growth import find_growth

DAYS = [dt.date(2022 + n // 12, n % 12 + 1, 1) for n in range(24)]
END, START = DAYS[-1], DAYS[-13]


def observations(*, n_series: int = 5, sd: float = 0.05, seed: int = 4) -> pl.DataFrame:
    """What a noisy counter says of some series that grow by 3 % a month."""
    rng = np.random.default_rng(seed)
    rows = []
    for k in range(n_series):
        for n, day in enumerate(DAYS):
            value = float(np.exp(8 + k / 2 + 0.03 * n + rng.normal(0, sd)))
            rows.append((f"p{k}", day, value, f"c{k}-{n:02d}"))
    frame = pl.DataFrame(rows, schema=["entity", "valid_to", "value", "claim_id"], orient="row")
    said = frame["valid_to"].cast(pl.Datetime("us", "UTC"))
    return frame.with_columns(
        pl.col("valid_to").alias("valid_from"),
        pl.col("value").alias("value_low"),
        pl.col("value").alias("value_high"),
        *(
            pl.lit(text).alias(name)
            for name, text in (
                ("metric", "downloads"), ("definition", "d"), ("unit", "x"), ("currency", ""),
                ("precision", "day"), ("source", "S"), ("source_type", ""), ("feed", "f"),
                ("scheme", "name"), ("modality", "asserted"), ("object", ""), ("scale", "log"),
                ("nature", "counter"), ("sensitivity", "public"),
            )
        ),
        pl.col("entity").alias("subject"),
        pl.col("entity").alias("entity_name"),
        said.alias("published_at"),
        said.alias("recorded_at"),
        pl.lit(value=False).alias("anchor"),
        pl.lit(value=False).alias("suspect"),
        pl.lit(None, pl.Float64).alias("stderr"),
        pl.lit(0.0).alias("own_var"),
        pl.lit(0, pl.Int8).alias("verdict"),
        pl.lit(value=False).alias("cited"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return observations()


@pytest.fixture(scope="module")
def models(rows: pl.DataFrame) -> Models:
    return learn_models(rows, {}, prob=0.9)


WINDOWS = (Window(START, START, START), Window(END - dt.timedelta(40), END, END))


def test_growth_is_that_of_each_series(rows: pl.DataFrame, models: Models) -> None:
    ends = join_ends(rows, models, WINDOWS)
    assert ends is not None
    assert ends.entities == ("p0", "p1", "p2", "p3", "p4")
    own = {g.entity: g for g in find_growth(rows, models) if g.days == (END - START).days}
    for row in growth(ends.joint, START, END).iter_rows(named=True):
        other = own[row["series"]]
        assert row["value"] == pytest.approx(other.value)
        assert row["lower"] == pytest.approx(other.lower, abs=1e-3)
        assert row["upper"] == pytest.approx(other.upper, abs=1e-3)


def test_growth_of_the_sum_is_that_of_draws(rows: pl.DataFrame, models: Models) -> None:
    ends = join_ends(rows, models, WINDOWS)
    assert ends is not None
    joint = ends.joint
    rng = np.random.default_rng(0)
    n = 40_000
    logs = np.stack(
        [rng.multivariate_normal(m, c, n) for m, c in zip(joint.mean, joint.own, strict=True)]
    )
    logs += np.einsum("iaf,nf->ina", joint.common, rng.normal(size=(n, joint.common.shape[2])))
    sums = np.exp(logs).sum(0)
    drawn = np.quantile(100 * (sums[:, 1] / sums[:, 0] - 1), [0.5, 0.05, 0.95])
    found = total_growth(joint, START, END)
    # Levels are shrunk a little before they are summed; the draws are not.
    assert found[:3] == pytest.approx(drawn, abs=0.15 * (drawn[2] - drawn[1]))


def test_evidence_is_what_states_the_two_levels(rows: pl.DataFrame, models: Models) -> None:
    ends = join_ends(rows.filter(pl.col("entity") == "p1"), models, WINDOWS)
    assert ends is not None
    assert ends.evidence == ("c1-11", "c1-23")
    assert ends.days == ((START, END),)
    assert ends.voices == ("S",)


def test_a_series_without_a_figure_in_a_window_is_only_in_the_other(
    rows: pl.DataFrame, models: Models
) -> None:
    cut = rows.filter((pl.col("entity") != "p2") | (pl.col("valid_to") < START))
    cut = cut.filter((pl.col("entity") != "p3") | (pl.col("valid_to") <= START))
    ends = join_ends(cut, models, WINDOWS)
    assert ends is not None
    assert ends.entities == ("p0", "p1", "p3", "p4")
    assert ends.having(0, 1) == [0, 1, 3]
    assert np.isnan(ends.joint.mean[2, 1])
    alone = ends.at(1)
    assert alone.entities == ("p0", "p1", "p4")
    whole = share(alone.joint, ["p0", "p1", "p4"], END)
    assert (whole.value, whole.lower) == (100.0, 100.0)


def test_nothing_to_join_is_none(rows: pl.DataFrame, models: Models) -> None:
    later = END + dt.timedelta(100)
    assert join_ends(rows, models, [Window(later, later, later)]) is None
    assert join_ends(rows.clear(), models, WINDOWS) is None
    linear = rows.with_columns(scale=pl.lit("linear"))
    assert join_ends(linear, models, WINDOWS) is None
    suspect = rows.with_columns(suspect=pl.lit(value=True))
    assert join_ends(suspect, models, WINDOWS) is None
    bounds = rows.with_columns(pl.lit(None, pl.Float64).alias("value_high"))
    assert join_ends(bounds, models, WINDOWS) is None
