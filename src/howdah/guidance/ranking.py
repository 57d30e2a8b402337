r"""Ranking: segments by the terms that can be told for both of any two, never by two definitions.

For segments $a$ and $b$ let $K_{ab}$ be the terms that both have, counted by the same metric,
definition, unit and currency at about the same time, and $B_a$ the segments with which $a$ shares
any. The score of a segment is

$$s_a = \frac{1}{|B_a|} \sum_{b \in B_a} \frac{1}{|K_{ab}|} \sum_{k \in K_{ab}}
  \big( [x_{ak} \succ x_{bk}] + \tfrac{1}{2} [x_{ak} = x_{bk}] \big)$$

in words: how often it is the better one of two, terms weighing alike and then rivals alike. Where
all segments share all terms it is the mean of their standardised ranks. Terms are drawn from their
intervals, and a place and its band are those of the draws. Segments that nothing links have no
place against each other: they are in different groups.

What it cannot tell: whether the terms should weigh alike, which nothing in the data says, and
errors that two segments share, which are drawn apart and make bands too wide, not too narrow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from howdah.guidance.term import TERMS, Term, TermName, Terms

Floats = NDArray[np.float64]

#: Days by which the newest periods of two terms may lie apart.
_SAME_TIME_DAYS = 92

#: Draws, and numbers that are compared in all at most.
_N_DRAWS = 4_000
_N_COMPARED = 40_000_000
_LEAST_DRAWS = 200


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a segment among those that it can be compared with.

    Attributes
    ----------
    score
        Mean over draws.
    band
        First and last place that it may hold.
    terms
        By which it is compared with any other.
    """

    segment: str
    place: int
    band: tuple[int, int]
    p_first: float
    score: float
    terms: tuple[TermName, ...]


def rank_segments(
    table: Mapping[str, Terms], *, prob: float, seed: int = 0
) -> tuple[tuple[Place, ...], ...]:
    """Groups of segments that can be compared, the largest first, each by place.

    A segment that can be compared with no other is in none.
    """
    linked = _linked(table)
    groups = _groups(list(table), linked)
    return tuple(_places(group, table, linked, prob, seed) for group in groups)


def are_alike(a: Term, b: Term) -> bool:
    """Whether two terms may be compared."""
    if not (a.is_told and b.is_told) or a.key != b.key:
        return False
    assert a.at is not None
    assert b.at is not None
    return abs((a.at - b.at).days) <= _SAME_TIME_DAYS


def _linked(table: Mapping[str, Terms]) -> dict[tuple[str, str], tuple[TermName, ...]]:
    """Terms by which two segments can be compared, where there are any."""
    names = list(table)
    found: dict[tuple[str, str], tuple[TermName, ...]] = {}
    for n, a in enumerate(names):
        for b in names[n + 1 :]:
            shared = tuple(
                k
                for k in TERMS
                if k in table[a] and k in table[b] and are_alike(table[a][k], table[b][k])
            )
            if shared:
                found[a, b] = found[b, a] = shared
    return found


def _groups(
    names: Sequence[str], linked: Mapping[tuple[str, str], tuple[TermName, ...]]
) -> list[list[str]]:
    """Segments that are linked, through others or directly."""
    group = {name: {name} for name in names}
    for a, b in linked:
        if group[a] is not group[b]:
            both = group[a] | group[b]
            for name in both:
                group[name] = both
    unique = {id(g): g for g in group.values() if len(g) > 1}.values()
    found = [[name for name in names if name in g] for g in unique]
    return sorted(found, key=lambda g: (-len(g), names.index(g[0])))


def _places(
    group: Sequence[str],
    table: Mapping[str, Terms],
    linked: Mapping[tuple[str, str], tuple[TermName, ...]],
    prob: float,
    seed: int,
) -> tuple[Place, ...]:
    n = len(group)
    n_draws = int(np.clip(_N_COMPARED // (n * n), _LEAST_DRAWS, _N_DRAWS))
    scores = draw_scores(group, table, linked, n_draws, seed)
    expected = scores.mean(0)
    # Ties share the middle of their places.
    above = (scores[:, None, :] > scores[:, :, None]).sum(2)
    alike = (scores[:, None, :] == scores[:, :, None]).sum(2) - 1
    first, last = np.sort(above, axis=0), np.sort(above + alike, axis=0)
    cut = int((1 - prob) / 2 * n_draws)
    low, high = first[cut] + 1, last[n_draws - 1 - cut] + 1
    order = sorted(range(n), key=lambda i: (-expected[i], group[i]))
    p_first = ((above == 0) / (alike + 1)).mean(0)
    shared = {
        a: tuple(k for k in TERMS if any(k in linked.get((a, b), ()) for b in group)) for a in group
    }
    return tuple(
        Place(
            group[i], place, (int(low[i]), int(high[i])), float(p_first[i]), float(expected[i]),
            shared[group[i]],
        )
        for place, i in enumerate(order, 1)
    )  # fmt: skip


def draw_scores(
    group: Sequence[str],
    table: Mapping[str, Terms],
    linked: Mapping[tuple[str, str], tuple[TermName, ...]],
    n_draws: int,
    seed: int,
) -> Floats:
    """(n_draws, n) scores of the segments of a group."""
    n = len(group)
    draws = np.random.default_rng(seed)
    won = np.zeros((n_draws, n, n))
    for name, is_more_better in TERMS.items():
        uses = np.array([[name in linked.get((a, b), ()) for b in group] for a in group])
        drawn = draws.standard_normal((n_draws, n))
        if not uses.any():
            continue
        terms = [table[a].get(name) for a in group]
        mean = np.array([np.nan if t is None else t.mean for t in terms])
        sd = np.array([0.0 if t is None else t.sd for t in terms])
        x = mean + np.where(sd > 0, sd * drawn, 0.0)
        x = x if is_more_better else -x
        better = (x[:, :, None] > x[:, None, :]) + 0.5 * (x[:, :, None] == x[:, None, :])
        won += np.where(uses, better, 0.0)
    counts = np.array([[len(linked.get((a, b), ())) for b in group] for a in group])
    per_rival = np.divide(won, counts, out=np.zeros_like(won), where=counts > 0)
    return np.asarray(per_rival.sum(2) / (counts > 0).sum(1), np.float64)
