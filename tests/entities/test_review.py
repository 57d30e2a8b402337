import random
import time

import pytest

from howdah.core import Identifier
from howdah.entities.profile import Profile, names_of_identifier
from howdah.entities.review import (
    ACCEPT_PROBABILITY,
    REVIEW_PROBABILITY,
    automatic_merges,
    candidate_pairs,
    review_queue,
)
from howdah.entities.schemes import type_of


def entry(scheme: str, value: str, name: str = "", **more: object) -> Profile:
    identifier = Identifier(scheme, value)
    names = names_of_identifier(identifier, name)
    return Profile(str(identifier), type_of(scheme), names, (identifier,), **more)


def declared(name: str, type_: str, *aliases: str, **more: object) -> Profile:
    return Profile(name, type_, (name, *aliases), is_declared=True, **more)


def never(_left: str, _right: str) -> bool:
    return False


def test_equal_full_names_of_one_type_are_merged_with_reasons() -> None:
    group = [entry("arena", "yi-large"), entry("model_catalogue", "01-ai/yi-large", "Yi Large")]
    [pair] = automatic_merges([group])
    assert (pair.left, pair.right) == ("arena:yi-large", "model_catalogue:01-ai/yi-large")
    assert pair.score.match_probability >= ACCEPT_PROBABILITY
    assert pair.score.reasons[0].startswith("equal_name")


@pytest.mark.parametrize(
    "group",
    [
        pytest.param([entry("pypi", "redis"), entry("npm", "redis")], id="two registries"),
        pytest.param(
            [entry("app_store", "1", "Chat AI"), entry("app_store", "2", "Chat AI")],
            id="one registry",
        ),
        pytest.param(
            [declared("AI Lab", "team"), declared("A. Lab", "team", "AI Lab")], id="declared"
        ),
        pytest.param([entry("arena", "o1"), entry("list", "o1")], id="short name, other type"),
        pytest.param(
            [
                entry("arena", "aurora", ancestors=frozenset({"microsoft"})),
                declared("Aurora", "model", ancestors=frozenset({"xai"})),
            ],
            id="conflicting parents",
        ),
        pytest.param(
            [
                declared("Chat AI", "app"),
                entry("app_store", "1", "Chat AI"),
                entry("app_store", "2", "Chat AI"),
            ],
            id="two apps for one declared",
        ),
    ],
)
def test_what_a_name_does_not_decide_is_not_merged(group: list[Profile]) -> None:
    assert automatic_merges([group]) == ()


def test_entity_under_two_names_of_two_declared_ones_is_left_alone() -> None:
    both = Profile("arena:x", "model", ("Aurora", "Borealis"), (Identifier("arena", "x"),))
    aurora, borealis = declared("Aurora", "model"), declared("Borealis", "model")
    assert automatic_merges([[aurora, both], [borealis, both]]) == ()


def test_automatic_merges_do_not_depend_on_order() -> None:
    group = [entry("model_catalogue", f"host{n}/yi-large") for n in range(6)]
    other = [entry("arena", "grok-2"), entry("model_catalogue", "xai/grok-2")]
    expected = automatic_merges([group, other])
    assert len(expected) == 6
    shuffled = group[::-1]
    random.Random(3).shuffle(shuffled)
    assert automatic_merges([other[::-1], shuffled]) == expected


def test_queue_asks_what_is_doubtful_and_nothing_else() -> None:
    queue = review_queue(
        [
            declared("Moonshot AI", "company"),
            Profile("name:Moonshot", "unknown", ("Moonshot",), (Identifier("name", "Moonshot"),)),
            entry("github", "hwchase17/langchain"),
            entry("github", "langchain-ai/langchain"),
            entry("pypi", "langchain"),
            entry("arena", "glm-4"),
            entry("arena", "glm-4-0520"),
        ],
        never,
    )
    assert {(pair.left, pair.right) for pair in queue} == {
        ("Moonshot AI", "name:Moonshot"),
        ("github:hwchase17/langchain", "github:langchain-ai/langchain"),
    }
    probabilities = [pair.score.match_probability for pair in queue]
    assert probabilities == sorted(probabilities, reverse=True)
    assert min(probabilities) >= REVIEW_PROBABILITY


def test_settled_pairs_do_not_come_back() -> None:
    profiles = [entry("github", "hwchase17/langchain"), entry("github", "langchain-ai/langchain")]
    assert len(review_queue(profiles, never)) == 1
    assert review_queue(profiles, lambda _left, _right: True) == ()


def test_alike_entities_are_asked_about_once_each() -> None:
    profiles = [entry("github", f"owner{n}/long-name") for n in range(8)]
    assert len(review_queue(profiles, never)) == 7


def test_answer_that_two_are_different_brings_up_the_next_pair() -> None:
    profiles = [entry("github", f"owner{n}/long-name") for n in range(3)]
    first = review_queue(profiles, never)[0]

    def is_settled(left: str, right: str) -> bool:
        return {left, right} == {first.left, first.right}

    pairs = review_queue(profiles, is_settled)
    assert len(pairs) == 2
    assert (first.left, first.right) not in {(pair.left, pair.right) for pair in pairs}


def test_common_words_open_no_block() -> None:
    profiles = [Profile(f"p{n:03}", "list", (f"common w{n:03}x",)) for n in range(60)]
    assert list(candidate_pairs(profiles)) == []


def test_rare_words_and_characters_open_a_block() -> None:
    profiles = [
        Profile("a", "company", ("月之暗面",)),
        Profile("b", "company", ("北京月之暗面科技",)),
        Profile("c", "company", ("Moonshot",)),
        Profile("d", "company", ("Moonshot AI",)),
    ]
    assert set(candidate_pairs(profiles)) == {(0, 1), (2, 3)}


@pytest.mark.slow
def test_queue_of_a_large_market_is_quick() -> None:
    rng = random.Random(7)
    syllables = ["ka", "lo", "mi", "ren", "tos", "vu", "zen", "pra", "qui", "dor", "fel", "gam"]
    words = ["".join(rng.choices(syllables, k=3)) for _ in range(6000)]
    schemes = ["github", "pypi", "pypi", "npm", "npm", "arena", "list", "selfhosted"]
    values = {f"{rng.choice(words)}-{rng.choice(words)}" for _ in range(40_000)}
    profiles = [entry(rng.choice(schemes), value) for value in sorted(values)]
    start = time.perf_counter()
    review_queue(profiles, never)
    # Three seconds on a quiet machine; the margin is for a busy one.
    assert time.perf_counter() - start < 9
