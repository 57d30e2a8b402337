"""Other sources: who is who, and what they tell by loops."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from howdah.core.calendar import add_months
from howdah.core.errors import LookAheadError
from howdah.signals.breakouts import build_panel, code_feed, link_table
from howdah.signals.breakouts.companions import COMPANION, join_companion

START = dt.date(2022, 1, 1)


def rows(names: list[str], n_month: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    value = np.exp(rng.normal(8, 1, (len(names), 1)) + rng.normal(0, 0.1, (len(names), n_month)))
    return pl.DataFrame(
        [
            {"period": add_months(START, t), "entity": name, "value": float(value[i, t])}
            for i, name in enumerate(names)
            for t in range(n_month)
        ]
    )


MAIN = build_panel(code_feed(rows([f"p{n}" for n in range(40)], 20, 1), "m"), add_months(START, 19))


def test_an_entity_is_found_by_its_name_else_by_its_links() -> None:
    other = code_feed(rows(["p3", "big", "small", "o/p5"], 20, 2).with_columns(
        pl.when(pl.col("entity") == "big").then(1e9).otherwise("value").alias("value")
    ), "stars")  # fmt: skip
    links = {"p3": ("big",), "p4": ("absent", "small", "big"), "p5": ("o/p5",), "p6": ("absent",)}
    found = join_companion(other, MAIN, links, MAIN.as_of)
    names = found.panel.entities.to_list()
    at = {main: (names[n] if n >= 0 else None)
          for main, n in zip(MAIN.entities.to_list(), found.at.tolist(), strict=True)}  # fmt: skip
    assert (at["p3"], at["p4"], at["p5"], at["p6"], at["p7"]) == ("p3", "big", "o/p5", None, None)
    assert found.covers(MAIN.ends[-1]).sum() == 3


def test_what_it_tells_is_what_loops_say() -> None:
    other = code_feed(rows([f"p{n}" for n in range(0, 60, 2)], 20, 3), "stars")
    found = join_companion(other, MAIN, {}, MAIN.as_of)
    for c in (2, 5, 14):
        got = found.features(MAIN.ends[c])
        for i, n in enumerate(found.at.tolist()):
            if n < 0:
                assert np.isnan(got[i]).all()
                continue
            level, rank = found.panel.level[n], found.panel.rank[n]
            want = {
                "growth_3": level[c] - level[c - 3] if c >= 3 else np.nan,
                "growth_12": level[c] - level[c - 12] if c >= 12 else np.nan,
                "place": np.log(rank[c] / 30),
                "age": np.log(13),
            }
            np.testing.assert_allclose(got[i], [want[k] for k in COMPANION], rtol=1e-6)


def test_a_source_that_starts_later_or_not_at_all_tells_nothing() -> None:
    late = rows(["p1"], 30, 4).filter(pl.col("period") > MAIN.as_of)
    found = join_companion(code_feed(late, "stars"), MAIN, {}, MAIN.as_of)
    assert not found.covers(MAIN.ends[-1]).any()
    assert np.isnan(found.features(MAIN.ends[3])).all()
    with pytest.raises(LookAheadError):
        join_companion(code_feed(rows(["p1"], 20, 4), "stars"), MAIN, {}, MAIN.as_of).panel.require(
            20
        )


def test_links_are_told_once_in_their_order() -> None:
    said = pl.DataFrame({"entity": ["a", "a", "b", "a"], "target": ["y", "x", "y", "y"]})
    assert link_table(said) == {"a": ("y", "x"), "b": ("y",)}
