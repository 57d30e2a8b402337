"""What is simulated stands apart from what is real, wherever one looks."""

from pathlib import Path

import polars as pl
import pytest

import howdah
from howdah.core.errors import InputError
from howdah.market import Market
from howdah.market.derived import Derived
from howdah.market.observing import observations_at
from howdah.market.scene import build_scene

SIMULATED = "simulated:"


@pytest.fixture(scope="module")
def market(example_market: Path) -> Market:
    return howdah.open(example_market)


def test_no_simulated_entity_is_in_a_real_segment_or_table(market: Market) -> None:
    ws = market._ws
    for segment in ws.config.segment:
        own = [id_.startswith(SIMULATED) for id_ in ws.members(segment)]
        assert all(own) if segment.simulated else not any(own), segment.id
    for metric in ("dau", "wau", "mau28", "stickiness28", "retention_d30"):
        try:
            league = market.rank(metric)
        except InputError:
            # Nothing real has the metric.
            continue
        assert not any(p.estimate.entity.startswith(SIMULATED) for p in league.places)
        assert not any("simulated" in other.definition for other in league.others)
    own = market.rank("mau28", segment="simulated-assistants")
    assert len(own.places) >= 7
    assert all(p.estimate.entity.startswith(SIMULATED) for p in own.places)


def test_simulated_articles_say_what_is_true_and_are_read(market: Market) -> None:
    truth = pl.read_parquet(market.folder / "simulated" / "truth" / "daily.parquet")
    claims = pl.DataFrame(market._ws.store.claims.read()).filter(pl.col("feed") == "simulated-news")
    assert claims.height > 0
    assert set(claims["scheme"]) == {"simulated"}
    assert set(claims["metric"]) == {"dau"}
    for claim in claims.filter(pl.col("modality") == "asserted").iter_rows(named=True):
        days = pl.col("day").is_between(claim["valid_from"], claim["valid_to"])
        own = truth.filter(days & (pl.col("product") == claim["subject"]), metric="dau")
        assert claim["value"] == pytest.approx(own["value"].mean(), abs=0.51)
    articles = list((market.folder / "simulated" / "articles").iterdir())
    assert len(articles) == 10
    assert all("nothing in it is real" in path.read_text() for path in articles)


def test_a_metric_of_simulated_sources_alone_is_said_to_be_kept_apart(market: Market) -> None:
    for segment in (None, "assistants"):
        with pytest.raises(InputError, match="Only simulated sources claim wau") as caught:
            market.rank("wau", segment=segment)
        assert "`howdah rank wau --segment simulated-assistants`" in str(caught.value)
    assert market.rank("wau", segment="simulated-assistants").places
    with pytest.raises(InputError, match="No claim of wau in segment simulated-assistants in 2020"):
        market.rank("wau", segment="simulated-assistants", period="2020")


def test_no_finding_is_of_a_simulated_entity_though_it_has_figures(market: Market) -> None:
    ws, day = market._ws, market.as_of()
    findings = Derived(ws).stored_findings(day)
    assert findings
    assert not any(f.entity.startswith(SIMULATED) for f in findings)
    observed = observations_at(ws, day)
    assert observed.filter(pl.col("scheme") == "simulated").height > 100
    scene = build_scene(ws, day).scene
    assert not scene.observations["entity"].str.starts_with(SIMULATED).any()
    assert not scene.estimates["entity"].str.starts_with(SIMULATED).any()


def test_models_are_those_of_the_market_without_the_simulation(market: Market) -> None:
    models = Derived(market._ws).stored_models(market.as_of())
    assert models is not None
    voices = {v for learned in models.by_metric.values() for v in learned.coding.names.sources}
    assert any("LatePost" in voice or "QuestMobile" in voice for voice in voices)
    assert not any("Simulated panel" in voice for voice in voices)
    assert not any("Simulated" in str(card["source"]) for card in market.sources().cards)


def test_it_says_so_wherever_it_is_shown(market: Market) -> None:
    page = market.show("Simulated assistant A")
    assert page.entity.type == "simulated_product"
    assert page.audiences[0].is_simulated
    assert all("simulated" in series.definition for series in page.series)


def test_intervals_hold_the_truth_about_as_often_as_they_say(example_market: Path) -> None:
    market = howdah.open(example_market)
    truth = pl.read_parquet(example_market / "simulated" / "truth" / "daily.parquet")
    inside = []
    for letter in "ABCDEFGH":
        audience = market.audience(f"Simulated assistant {letter}").audiences[0]
        true = dict(
            truth.filter(
                (pl.col("product") == audience.product) & (pl.col("metric") == "dau")
            ).select("day", "value").iter_rows()
        )  # fmt: skip
        # Days a month apart: those in a row are of the same units.
        for point in audience.users[::30]:
            m = point.measure
            if m.lower is not None and m.upper is not None:
                inside.append(m.lower <= true[point.day] <= m.upper)
    assert len(inside) > 60
    # Products share units, so the draws are some dozens rather than a hundred.
    assert 0.75 <= sum(inside) / len(inside) <= 0.99


def test_an_export_has_what_is_simulated_when_it_is_named_alone(
    market: Market, tmp_path: Path
) -> None:
    everything, own = tmp_path / "all.csv", tmp_path / "own.csv"
    market.export(everything, what="claims", metrics=["mau28", "dau"])
    market.export(own, what="claims", metrics=["mau28"], segment="simulated-assistants")
    # Column by name: the entity of a row is its identifier.
    assert (
        not pl.read_csv(everything, infer_schema=False)["entity"].str.starts_with(SIMULATED).any()
    )
    assert pl.read_csv(own, infer_schema=False)["entity"].str.starts_with(SIMULATED).all()


def test_pages_of_many_are_those_of_each_alone(market: Market) -> None:
    """Of simulated series too: their levels step through the days of the kept models."""
    names = ["Doubao", "DeepSeek", "simulated:Simulated assistant D", "nobody of that name"]
    found = market.show_all(names)
    assert list(found) == names
    assert found[names[-1]] is None
    for name in names[:-1]:
        assert found[name] == market.show(name)
