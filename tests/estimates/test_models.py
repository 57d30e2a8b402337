"""Models of metrics: what overlap and truth teach, and priors where nothing is known."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from howdah.estimates import Models, estimate_levels, learn_models
from howdah.estimates.assembly import voice_name
from howdah.estimates.fusion import WEIGHTS_UNKNOWN, Learned, from_document, to_document
from howdah.estimates.models import extended
from howdah.estimates.natures import COMMON_SHARE, SPREADS

from .conftest import AS_OF

Claims = Callable[..., pl.DataFrame]
Row = dict[str, Any]

MONTHS = [f"{2023 + n // 12}-{n % 12 + 1:02d}" for n in range(12)]
OWN = (1 - COMMON_SHARE**2) / WEIGHTS_UNKNOWN


def panels(
    rng: np.random.Generator,
    n_series: int,
    bias: dict[str, float],
    house: dict[str, float],
    noise: dict[str, float],
    *,
    n_known: int = 0,
) -> list[Row]:
    """Monthly figures of panels about many products, and audited ones of the first few."""
    level = rng.normal(10, 2, (n_series, 1))
    level = level + np.cumsum(rng.normal(0, 0.1, (n_series, len(MONTHS))), axis=1)
    rows: list[Row] = []
    for source, mean in bias.items():
        effect = rng.normal(mean, house[source], (n_series, 1))
        value = np.exp(level + effect + rng.normal(0, noise[source], level.shape))
        rows += [
            {"entity": f"e{n:03d}", "period": month, "source": source, "feed": "p",
             "value": float(value[n, t])}
            for n in range(n_series)
            for t, month in enumerate(MONTHS)
        ]  # fmt: skip
    rows += [
        {"entity": f"e{n:03d}", "period": month, "source": "Audit", "feed": "truth",
         "value": float(np.exp(level[n, t]))}
        for n in range(n_known)
        for t, month in enumerate(MONTHS)
        if t % 4 == 1
    ]  # fmt: skip
    return rows


def learnt(observations: pl.DataFrame, metric: str = "dau") -> Learned:
    return learn_models(observations, {}, prob=0.9).by_metric[metric]


def of_source(learned: Learned, source: str, nature: str = "panel") -> tuple[float, float, float]:
    """Bias, spread of house effects and noise of a source."""
    n = learned.coding.names.sources.index(voice_name(nature, source))
    model = learned.model
    noise = float(np.sqrt(model.noise_var[n].mean()))
    return float(model.bias[n].mean()), float(np.sqrt(model.house_var[n])), noise


def test_noise_of_three_panels_is_told_apart(observed: Claims) -> None:
    noise = {"A": 0.05, "B": 0.1, "C": 0.2}
    rows = panels(
        np.random.default_rng(1), 200, dict.fromkeys(noise, 0.0), dict.fromkeys(noise, 0.2), noise
    )
    found = learnt(observed(rows, p="panel"))
    for source, sd in noise.items():
        assert of_source(found, source)[2] == pytest.approx(sd, rel=0.2)


def test_with_truth_biases_and_house_effects_are_recovered(observed: Claims) -> None:
    bias = {"A": 0.4, "B": 0.0, "C": -0.3}
    house = {"A": 0.35, "B": 0.15, "C": 0.25}
    rows = panels(np.random.default_rng(2), 160, bias, house, dict.fromkeys(bias, 0.1), n_known=120)
    found = learnt(observed(rows, p="panel"))
    for source, mean in bias.items():
        got, spread, _ = of_source(found, source)
        # The standard error of a mean of 120, and what the prior of none pulls: four of them.
        assert got == pytest.approx(mean, abs=4 * house[source] / np.sqrt(120) + 0.03)
        assert spread == pytest.approx(house[source], rel=0.35)
    assert found.n_anchored == 120
    assert found.calibration.is_calibrated


def test_without_truth_no_source_is_corrected(observed: Claims) -> None:
    rows = panels(
        np.random.default_rng(3), 60, {"A": 0.8, "B": 0.0}, {"A": 0.1, "B": 0.1},
        {"A": 0.1, "B": 0.1},
    )  # fmt: skip
    found = learnt(observed(rows, p="panel"))
    assert of_source(found, "A")[0] == of_source(found, "B")[0] == 0.0
    # What cannot be told from a bias widens instead.
    assert of_source(found, "A")[1] > 0.3
    assert not found.calibration.is_calibrated


@pytest.mark.parametrize("nature", sorted(SPREADS))
def test_without_overlap_the_prior_stands(observed: Claims, nature: str) -> None:
    rows = [{"entity": f"e{n}", "value": 10.0 + n, "feed": "f"} for n in range(40)]
    _, house, noise = of_source(learnt(observed(rows, f=nature)), "A", nature)
    assert house == pytest.approx(np.sqrt(OWN) * SPREADS[nature].house)
    assert noise**2 == pytest.approx(SPREADS[nature].noise ** 2 / WEIGHTS_UNKNOWN)


def test_few_overlaps_are_shrunk_to_the_prior(observed: Claims) -> None:
    rng = np.random.default_rng(4)
    quiet = dict.fromkeys("AB", 0.01)
    few = learnt(observed(panels(rng, 2, quiet, quiet, quiet), p="panel"))
    many = learnt(observed(panels(rng, 150, quiet, quiet, quiet), p="panel"))
    prior = np.sqrt(OWN) * SPREADS["panel"].house
    assert of_source(many, "A")[1] < of_source(few, "A")[1] < prior


def test_what_time_does_to_one_source_teaches_no_noise(observed: Claims) -> None:
    rng = np.random.default_rng(5)
    rows = panels(rng, 50, {"A": 0.0}, {"A": 0.1}, {"A": 0.5})
    noise = of_source(learnt(observed(rows, p="panel")), "A")[2]
    assert noise**2 == pytest.approx(SPREADS["panel"].noise ** 2 / WEIGHTS_UNKNOWN)


def test_an_error_that_all_share_is_not_seen_without_truth(observed: Claims) -> None:
    rng = np.random.default_rng(6)
    rows = panels(rng, 80, dict.fromkeys("ABC", 0.7), dict.fromkeys("ABC", 0.05),
                  dict.fromkeys("ABC", 0.05))  # fmt: skip
    found = learnt(observed(rows, p="panel"))
    prior = (COMMON_SHARE * SPREADS["panel"].house) ** 2 / WEIGHTS_UNKNOWN
    assert found.model.common_var.tolist() == pytest.approx([prior])


@pytest.mark.parametrize("key", ["definition", "unit", "object"])
def test_different_quantities_do_not_overlap(observed: Claims, key: str) -> None:
    rows: list[Row] = []
    for n in range(60):
        rows += [
            {"entity": f"e{n}", "value": 10.0, "source": "A", "feed": "p"},
            {"entity": f"e{n}", "value": 10.0, "source": "B", "feed": "p", key: "other"},
        ]
    prior = np.sqrt(OWN) * SPREADS["panel"].house
    assert of_source(learnt(observed(rows, p="panel")), "A")[1] == pytest.approx(prior)


def test_the_order_of_rows_does_not_matter(observed: Claims) -> None:
    rows = panels(
        np.random.default_rng(7), 30, dict.fromkeys("AB", 0.1), dict.fromkeys("AB", 0.2),
        dict.fromkeys("AB", 0.1),
    )  # fmt: skip
    frame = observed(rows, p="panel")
    left, right = (to_document(learnt(f)) for f in (frame, frame.reverse()))
    assert left["sources"] == right["sources"]
    np.testing.assert_allclose(left["model"]["house_var"], right["model"]["house_var"])
    np.testing.assert_allclose(left["model"]["noise_var"], right["model"]["noise_var"])


def test_scaling_all_values_changes_no_spread(observed: Claims) -> None:
    rows = panels(
        np.random.default_rng(8), 40, dict.fromkeys("AB", 0.1), dict.fromkeys("AB", 0.2),
        dict.fromkeys("AB", 0.1),
    )  # fmt: skip
    scaled = [row | {"value": row["value"] * 1000} for row in rows]
    left, right = (learnt(observed(r, p="panel")).model for r in (rows, scaled))
    np.testing.assert_allclose(left.house_var, right.house_var, rtol=1e-6)
    np.testing.assert_allclose(left.noise_var, right.noise_var, rtol=1e-6)


def test_no_observations_no_models(observed: Claims) -> None:
    assert learn_models(observed([]), {}, prob=0.9).by_metric == {}


def test_a_document_gives_back_what_was_learnt(observed: Claims) -> None:
    rows = panels(
        np.random.default_rng(9), 60, dict.fromkeys("AB", 0.2), dict.fromkeys("AB", 0.2),
        dict.fromkeys("AB", 0.1), n_known=40,
    )  # fmt: skip
    frame = observed(rows, p="panel")
    segments = {f"e{n:03d}": "odd" if n % 2 else "even" for n in range(60)}
    models = learn_models(frame, segments, prob=0.9)
    text = json.dumps({k: to_document(v) for k, v in models.by_metric.items()}, allow_nan=False)
    again = {k: from_document(v) for k, v in json.loads(text).items()}
    left, right = (
        estimate_levels(frame, Models(found, segments, 0.9), as_of=AS_OF).estimates
        for found in (models.by_metric, again)
    )
    assert left.equals(right)


def test_new_sources_and_segments_leave_the_known_as_they_were(observed: Claims) -> None:
    rows = panels(
        np.random.default_rng(10), 60, dict.fromkeys("BD", 0.2), dict.fromkeys("BD", 0.2),
        dict.fromkeys("BD", 0.1), n_known=40,
    )  # fmt: skip
    found = learnt(observed(rows, p="panel"))
    wider = extended(found, ("counter\x1fX", "panel\x1fA", "panel\x1fC"), ("new",))
    for source in "BD":
        assert of_source(wider, source) == pytest.approx(of_source(found, source))
    assert of_source(wider, "C")[0] == 0.0
    assert of_source(wider, "C")[2] ** 2 == pytest.approx(
        SPREADS["panel"].noise ** 2 / WEIGHTS_UNKNOWN
    )
    assert wider.coding.names.segments == ("", "new")
    assert wider.calibration.has_truth.tolist() == [True, False]
    assert extended(found, ("panel\x1fB",), ("",)) is found


@pytest.mark.slow
@pytest.mark.parametrize(("n_sources", "common"), [(1, 0.15), (2, 0.15), (4, 0.15), (2, 0.4)])
def test_intervals_cover_what_they_say(observed: Claims, n_sources: int, common: float) -> None:
    rng = np.random.default_rng(11)
    names = "ABCD"[:n_sources]
    own = float(np.sqrt(1 - COMMON_SHARE**2) * SPREADS["panel"].house)
    rows = panels(
        rng, 500, dict.fromkeys(names, 0.0), dict.fromkeys(names, own), dict.fromkeys(names, 0.1)
    )
    effect = rng.normal(0, common, 500)
    for row in rows:
        row["value"] *= float(np.exp(effect[int(row["entity"][1:])]))
    frame = observed(rows, p="panel")
    found = estimate_levels(frame, learn_models(frame, {}, prob=0.9), as_of=AS_OF).estimates
    rng = np.random.default_rng(11)
    level = rng.normal(10, 2, (500, 1))
    level = level + np.cumsum(rng.normal(0, 0.1, (500, len(MONTHS))), axis=1)
    last = found.filter(pl.col("valid_to") == pl.col("valid_to").max()).sort("entity")
    true = np.exp(level[:, -1])
    inside = (last["lower"].to_numpy() < true) & (true < last["upper"].to_numpy())
    # An error in common beyond the prior's cannot be seen, and covers less: known and said.
    expected = 0.9 if common <= COMMON_SHARE * SPREADS["panel"].house else 0.55
    assert inside.mean() > expected - 4 * np.sqrt(0.09 / 500)
