import random

from hypothesis import given
from hypothesis import strategies as st

from howdah.entities.clusters import Clusters

Pairs = list[tuple[str, str]]

NODES = [f"n{number}" for number in range(9)]
PAIRS = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=14)


def partition(clusters: Clusters) -> set[tuple[str, ...]]:
    return {clusters.members(node) for node in NODES}


def merged(pairs: Pairs) -> Clusters:
    clusters = Clusters()
    for left, right in pairs:
        clusters.merge(left, right)
    return clusters


@given(PAIRS, st.randoms(use_true_random=False))
def test_order_and_direction_of_merges_do_not_matter(pairs: Pairs, rng: random.Random) -> None:
    shuffled = [pair if rng.random() < 0.5 else pair[::-1] for pair in pairs]
    rng.shuffle(shuffled)
    assert partition(merged(pairs)) == partition(merged(shuffled))


@given(PAIRS)
def test_clusters_are_the_connected_components(pairs: Pairs) -> None:
    # Independent route: spread labels along the pairs until nothing changes.
    label = {node: node for node in NODES}
    for _ in NODES:
        for left, right in pairs:
            label[left] = label[right] = min(label[left], label[right])
    clusters = merged(pairs)
    for left in NODES:
        for right in NODES:
            is_one = clusters.root(left) == clusters.root(right)
            assert is_one == (label[left] == label[right])


@given(PAIRS, st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), st.integers(0, 14))
def test_veto_holds_whenever_it_came(pairs: Pairs, veto: tuple[str, str], place: int) -> None:
    clusters = Clusters()
    for left, right in pairs[:place]:
        clusters.merge(left, right)
    clusters.keep_apart(*veto)
    for left, right in pairs[place:]:
        clusters.merge(left, right)
    left, right = (clusters.members(node)[0] for node in veto)
    assert clusters.are_kept_apart(left, right)
    assert clusters.are_kept_apart(right, left)


def test_no_veto_stands_between_others() -> None:
    clusters = Clusters()
    clusters.keep_apart("n1", "n2")
    clusters.merge("n3", "n4")
    assert not clusters.are_kept_apart("n1", "n3")


def test_node_never_merged_is_its_own_cluster() -> None:
    clusters = Clusters()
    assert clusters.members("n1") == ("n1",)
    assert "n1" not in clusters
