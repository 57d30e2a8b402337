"""Ranking against brute force and known truth; stability against the ranking made by hand."""

import datetime as dt
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from howdah.guidance.ranking import are_alike, rank_segments
from howdah.guidance.stability import rank_without_each
from howdah.guidance.term import TERMS, Term, TermName, Terms

DAY = dt.date(2024, 12, 31)


def term(
    name: TermName,
    mean: float,
    sd: float = 0.0,
    *,
    key: str = "vendor:dau",
    at: dt.date = DAY,
    sources: tuple[str, ...] = ("A",),
) -> Term:
    return Term(
        name, "", ("dau", key), mean, mean - sd, mean + sd, 0.9, at, mean, sd, 3, (), sources
    )


def table(**segments: dict[TermName, float]) -> dict[str, Terms]:
    return {s: {k: term(k, x) for k, x in terms.items()} for s, terms in segments.items()}


def test_the_score_is_the_mean_of_standardised_ranks_where_all_share_all() -> None:
    rng = np.random.default_rng(1)
    names = ("growth", "size", "retention", "pressure", "cost")
    values = rng.normal(size=(6, len(names)))
    given = {
        f"s{i}": {k: term(k, float(values[i, j])) for j, k in enumerate(names)} for i in range(6)
    }
    (group,) = rank_segments(given, prob=0.9)
    # By another route: the rank of each term, 0 for the worst, 1 for the best.
    expected = np.zeros(6)
    for j, name in enumerate(names):
        rank = np.argsort(np.argsort(values[:, j])) / 5
        expected += (rank if TERMS[name] else 1 - rank) / len(names)
    assert {p.segment: pytest.approx(p.score) for p in group} == {
        f"s{i}": expected[i] for i in range(6)
    }
    assert [p.place for p in group] == [1, 2, 3, 4, 5, 6]
    scores = [p.score for p in group]
    assert scores == sorted(scores, reverse=True)


def test_pairs_are_compared_by_the_terms_that_both_have() -> None:
    given = table(a={"growth": 2.0, "size": 1.0}, b={"growth": 1.0}, c={"size": 2.0})
    (group,) = rank_segments(given, prob=0.9)
    # a wins growth against b and loses size against c; b and c are not compared.
    assert {p.segment: p.score for p in group} == {"a": 0.5, "b": 0.0, "c": 1.0}
    assert {p.segment: p.terms for p in group} == {
        "a": ("growth", "size"), "b": ("growth",), "c": ("size",),
    }  # fmt: skip


def test_two_definitions_are_never_compared() -> None:
    given = table(a={"growth": 2.0}, b={"growth": 1.0})
    given["b"] = {"growth": term("growth", 1.0, key="other:dau")}
    assert rank_segments(given, prob=0.9) == ()
    given["c"] = {"growth": term("growth", 3.0, key="other:dau")}
    (group,) = rank_segments(given, prob=0.9)
    assert [p.segment for p in group] == ["c", "b"]


def test_two_times_and_what_is_untold_are_not_compared() -> None:
    late = term("growth", 1.0, at=DAY - dt.timedelta(93))
    assert not are_alike(term("growth", 1.0), late)
    assert are_alike(term("growth", 1.0), replace(late, at=DAY - dt.timedelta(92)))
    untold = Term("growth", "few")
    assert not are_alike(untold, untold)
    assert rank_segments({"a": {"growth": untold}}, prob=0.9) == ()
    assert rank_segments({}, prob=0.9) == ()


def test_equal_terms_share_their_places() -> None:
    (group,) = rank_segments(
        table(a={"pressure": -np.inf}, b={"pressure": -np.inf}, c={"pressure": 0.0}), prob=0.9
    )
    found = {p.segment: (p.score, p.band, p.p_first) for p in group}
    assert found == {
        "a": (0.75, (1, 2), 0.5),
        "b": (0.75, (1, 2), 0.5),
        "c": (0.0, (3, 3), 0.0),
    }


def test_the_order_of_segments_does_not_matter() -> None:
    given = table(a={"growth": 2.0}, b={"growth": 1.0}, c={"growth": 3.0})
    every = [
        [p.segment for p in rank_segments({n: given[n] for n in order}, prob=0.9)[0]]
        for order in permutations(given)
    ]
    assert all(found == ["c", "a", "b"] for found in every)


def test_a_wider_interval_widens_the_band() -> None:
    sharp = {n: {"growth": term("growth", x, 0.01)} for n, x in zip("abc", (1, 2, 3), strict=True)}
    wide = {n: {"growth": term("growth", x, 2.0)} for n, x in zip("abc", (1, 2, 3), strict=True)}
    assert [p.band for p in rank_segments(sharp, prob=0.9)[0]] == [(1, 1), (2, 2), (3, 3)]
    assert [p.band for p in rank_segments(wide, prob=0.9)[0]] == [(1, 3)] * 3


def test_bands_cover_the_true_place() -> None:
    rng = np.random.default_rng(2)
    inside = total = 0
    for _ in range(60):
        truth, sd = rng.normal(size=8), rng.uniform(0.1, 1.0, 8)
        seen = truth + sd * rng.normal(size=8)
        given = {f"s{i}": {"growth": term("growth", seen[i], sd[i])} for i in range(8)}
        place = {f"s{i}": 1 + int((truth > truth[i]).sum()) for i in range(8)}
        for found in rank_segments(given, prob=0.9)[0]:
            inside += found.band[0] <= place[found.segment] <= found.band[1]
            total += 1
    # 480 places: 90 % to within about three standard errors from below; whole places cover more.
    assert inside / total > 0.86


def test_the_source_that_carries_a_ranking_is_found() -> None:
    given: dict[str, Terms] = {
        "a": {"growth": term("growth", 3.0, sources=("A", "B"))},
        "b": {"growth": term("growth", 2.0)},
        "c": {"growth": term("growth", 1.0, sources=("C",))},
    }
    asked = []

    def without(segment: str, source: str) -> Terms:
        asked.append((segment, source))
        # Without A nothing is left of b, and a is the worst.
        if source == "A":
            return {"growth": term("growth", 0.0) if segment == "a" else Term("growth", "few")}
        return given[segment]

    found = rank_without_each(given, rank_segments(given, prob=0.9), without, prob=0.9)
    assert [(w.source, w.n_changed) for w in found] == [("A", 3), ("B", 0), ("C", 0)]
    assert {s: after for s, _, after in found[0].places} == {"a": 2, "b": None, "c": 1}
    # Nothing is computed again that the source does not touch.
    assert sorted(asked) == [("a", "A"), ("a", "B"), ("b", "A"), ("c", "C")]
