"""The metric registry: the built-in metrics are whole, a market's own are checked."""

from pathlib import Path

import pytest

from howdah.core.errors import SpecError, UnknownNameError
from howdah.core.metrics import builtin_metrics
from howdah.core.phrases import number_text

OWN = """\
[wishlists]
title = "Wishlists"
scale = "log"
shape = "stock"
units = ["store_account"]
meaning = "Accounts that put the game on their list."
"""


def test_builtin_metrics_are_whole() -> None:
    metrics = builtin_metrics().metrics
    assert {"dau", "stars", "rank", "list_length", "list_cutoff"} <= metrics.keys()
    for metric in metrics.values():
        assert metric.units, metric.id
        assert metric.meaning or metric.shape == "event", metric.id
        assert set(metric.companions) <= metrics.keys(), metric.id
        assert not metric.relates or metric.relates in metrics, metric.id
        assert bool(metric.relation) == bool(metric.relates), metric.id


def test_every_unit_of_a_builtin_metric_has_a_name_in_chinese() -> None:
    for metric in builtin_metrics().metrics.values():
        for unit in metric.units:
            currency = "CNY" if unit == "currency" else ""
            assert unit not in number_text(5, unit, currency, "zh"), (metric.id, unit)


def test_an_unknown_metric_suggests_near_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean .*'downloads'.*howdah metrics"):
        builtin_metrics()["download"]
    assert "download" not in builtin_metrics()


def test_a_market_adds_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "metrics.toml"
    path.write_text(OWN + OWN.replace("wishlists", "dau"), encoding="utf-8")
    metrics = builtin_metrics().extended(path)
    assert metrics["wishlists"].units == ("store_account",)
    assert metrics["wishlists"].title_zh == "Wishlists"
    assert metrics["dau"].title == "Wishlists"
    assert builtin_metrics()["dau"].title == "Daily active users"
    assert "wishlists" not in builtin_metrics()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"log"', '"logarithmic"', r"wishlists\.scale: got 'logarithmic'\. Allowed: log, logit"),
        ('"stock"', '"level"', r"wishlists\.shape: got 'level'\. Allowed: stock, flow"),
        ('scale = "log"\n', "", r"wishlists\.scale: got None"),
        ('["store_account"]', '"store_account"', r"wishlists\.units: is not a list"),
        ('["store_account"]', "[]", r"wishlists\.units: is empty"),
        ("meaning", 'relation = "share"\nmeaning', r"wishlists\.relation: got 'share'"),
        ("meaning", 'better = "up"\nmeaning', r"wishlists\.better: got 'up'\. Allowed: high, low"),
        ("meaning", "mening", r"wishlists\.mening: unknown key\. Did you mean 'meaning'"),
        ('"Wishlists"', "Wishlists", r"not valid TOML"),
        ("[wishlists]\n", 'wishlists = 5\nx = """\n', r"not valid TOML|is not a table"),
    ],
)
def test_what_is_wrong_with_a_market_s_metric(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = tmp_path / "metrics.toml"
    path.write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(SpecError, match=said) as caught:
        builtin_metrics().extended(path)
    assert caught.value.path == path


def test_a_name_that_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "metrics.toml"
    path.write_text("wishlists = 5", encoding="utf-8")
    with pytest.raises(SpecError, match=r"wishlists: is not a table\. Allowed: a table"):
        builtin_metrics().extended(path)
