"""What is held of a source or segment that joins what was learnt, and what stays as it was."""

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from howdah.estimates.fusion import Fusion, from_document, fuse, to_document
from howdah.estimates.fusion.joining import join_later, place_along
from howdah.estimates.fusion.links import Links

WEEKS = 16


@pytest.fixture(scope="module")
def run() -> Fusion:
    draws = np.random.default_rng(5)
    level = draws.normal(10, 1, (60, 1)) + np.cumsum(draws.normal(0, 0.05, (60, WEEKS)), axis=1)
    value = level[:, :, None] + np.array([0.3, 0.0, -0.1]) + draws.normal(0, 0.1, (60, WEEKS, 3))
    i, t, s = np.nonzero(np.ones(value.shape, np.bool_))
    claims = pl.DataFrame(
        {
            "series": [f"app {n:02}" for n in i],
            "source": [f"vendor {n}" for n in s],
            "segment": [f"segment {n % 2}" for n in i],
            "period": [dt.date(2024, 1, 1) + dt.timedelta(weeks=int(n)) for n in t],
            "value": np.exp(value[i, t, s]),
        }
    ).with_columns(
        *(pl.lit(None, pl.Float64).alias(n) for n in ("value_low", "value_high", "cutoff")),
        listed=pl.lit(None, pl.Boolean),
    )
    truth = pl.DataFrame(
        {
            "series": [f"app {n:02}" for n in range(40)],
            "period": dt.date(2024, 2, 5),
            "value": np.exp(level[:40, 5]),
        }
    )
    return fuse(claims, truth)[1]


def test_what_was_learnt_stays_and_the_rest_is_held_of_the_others(run: Fusion) -> None:
    one = np.zeros(1)
    links = Links(
        np.array([1]), np.array([0]), np.array([0]), one, one, one, one, np.ones(1, np.bool_)
    )
    before = run.learned
    rules = before.rules._replace(links=links)
    day = before.coding.names.days[-1:] + 7
    found = join_later(replace(before, rules=rules), ["newcomer", "vendor 1"], ["segment 2"], day)
    names, model = found.coding.names, found.model
    # Newcomers come after those of before, though earlier by name: what is kept has numbers.
    assert names.sources == ("vendor 0", "vendor 1", "vendor 2", "newcomer")
    assert names.segments == ("segment 0", "segment 1", "segment 2")
    assert names.days[-1] == day[0]
    old, own = [0, 1, 2, 4], before.model
    np.testing.assert_array_equal(model.bias[np.ix_(old, [0, 1])], own.bias)
    np.testing.assert_array_equal(model.house_var[old], own.house_var)
    np.testing.assert_array_equal(model.noise_var[old], own.noise_var)
    np.testing.assert_array_equal(model.drift_var[old], own.drift_var)
    np.testing.assert_array_equal(model.family[old], own.family)
    np.testing.assert_array_equal(model.common_var, own.common_var)
    np.testing.assert_array_equal(found.rules.usual_step[old], before.rules.usual_step)
    np.testing.assert_array_equal(found.rules.links.copier, links.copier)
    np.testing.assert_array_equal(found.calibration.by_segment[:2], before.calibration.by_segment)
    assert model.start_var == own.start_var
    # A segment that joins has the mean bias of each source.
    np.testing.assert_allclose(model.bias[old, 2], own.bias.mean(1))
    assert not found.calibration.has_truth[2]
    # A source that joins has no bias; those of the others widen its house effects.
    assert (model.bias[3] == 0.0).all()
    spread = (own.bias[:3] ** 2).mean()
    assert model.house_var[3] == pytest.approx(np.median(own.house_var[:3]) + spread)
    assert found.bias_share[3] == pytest.approx(spread / model.house_var[3])
    np.testing.assert_allclose(model.noise_var[3], np.median(own.noise_var[:3].mean(1)))
    assert found.rules.usual_step[3] == 0.0


def test_names_that_are_known_change_nothing(run: Fusion) -> None:
    before = run.learned
    days = before.coding.names.days
    found = join_later(before, ["vendor 2"], ["segment 1"], days[:3])
    assert to_document(found) == to_document(before)
    np.testing.assert_array_equal(found.coding.names.days, days)


def test_a_document_can_be_joined(run: Fusion) -> None:
    again = from_document(to_document(run.learned))
    days = run.learned.coding.names.days
    found = (to_document(join_later(x, ["new"], ["new"], days)) for x in (again, run.learned))
    assert next(found) == next(found)


def test_nothing_was_learnt_of_any_source(run: Fusion) -> None:
    no_claims = pl.DataFrame(
        schema={
            "series": pl.String, "source": pl.String, "segment": pl.String, "period": pl.Date,
            "value": pl.Float64, "value_low": pl.Float64, "value_high": pl.Float64,
            "listed": pl.Boolean, "cutoff": pl.Float64,
        }
    )  # fmt: skip
    learned = fuse(no_claims, no_claims.select("series", "period", "value"))[1].learned
    found = join_later(learned, ["new"], ["new"], run.learned.coding.names.days)
    assert found.model.bias.shape == (2, 1)
    assert found.model.house_var[0] > 0.25
    assert np.isfinite(found.model.noise_var).all()


def test_the_way_of_a_drift_goes_on_at_the_usual_step() -> None:
    learnt = np.arange(5, dtype=np.int64) * 7
    days = np.array([-7, 0, 14, 28, 35, 42])
    found = place_along(days, learnt)
    np.testing.assert_allclose(found, [-0.75, -0.5, 0.0, 0.5, 0.75, 1.0])
