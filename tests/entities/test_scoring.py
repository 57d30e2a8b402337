import csv
from itertools import product
from pathlib import Path

import pytest

from howdah.core import Identifier
from howdah.entities import PairScore, feature_meanings, score_pair
from howdah.entities.features import are_compatible
from howdah.entities.profile import Profile, names_of_identifier
from howdah.entities.schemes import parse_identifier
from howdah.entities.scoring import FEATURES, PRIOR_WEIGHT, Feature

PAIRS = list(
    csv.DictReader((Path(__file__).parent / "pairs.csv").read_text(encoding="utf-8").splitlines())
)


def profile(name: str, type_: str, **more: object) -> Profile:
    identifier = parse_identifier(name)
    if identifier is None:
        return Profile(f"{name} ({type_})", type_, (name,), **more)
    names = names_of_identifier(identifier, "")
    return Profile(str(identifier), type_, names, (identifier,), **more)


def is_right(row: dict[str, str]) -> bool:
    left = profile(row["name_a"], row["type_a"])
    right = profile(row["name_b"], row["type_b"])
    return (score_pair(left, right).match_probability >= 0.5) == (row["same"] == "1")


@pytest.mark.parametrize(
    "row",
    [row for row in PAIRS if row["grade"] == "STRONG"],
    ids=lambda row: f"{row['name_a']}|{row['name_b']}",
)
def test_no_strong_pair_flips(row: dict[str, str]) -> None:
    assert is_right(row)


def test_no_medium_pair_flips() -> None:
    wrong = [row["name_a"] for row in PAIRS if row["grade"] == "MEDIUM" and not is_right(row)]
    assert wrong == []


def test_labelled_pairs_hold_both_answers_in_every_grade() -> None:
    found = {(row["grade"], row["same"]) for row in PAIRS}
    assert found == set(product(("STRONG", "MEDIUM", "WEAK"), "01"))


@pytest.mark.parametrize("row", PAIRS, ids=lambda row: f"{row['name_a']}|{row['name_b']}")
def test_order_of_a_pair_does_not_matter(row: dict[str, str]) -> None:
    left = profile(row["name_a"], row["type_a"])
    right = profile(row["name_b"], row["type_b"])
    assert score_pair(left, right) == score_pair(right, left)


def test_probability_is_the_weight_and_the_reasons_sum_to_it() -> None:
    score = score_pair(profile("Moonshot", "company"), profile("Moonshot AI", "company"))
    parts = [float(reason.split(" ")[1].rstrip(":")) for reason in score.reasons]
    assert score.match_weight == pytest.approx(PRIOR_WEIGHT + sum(parts), abs=0.05 * len(parts))
    assert score.match_probability == pytest.approx(1 / (1 + 2**-score.match_weight))


def names_in(score: PairScore) -> set[str]:
    return {reason.partition(" ")[0] for reason in score.reasons}


def model(scheme: str, value: str, name: str = "", **more: object) -> Profile:
    identifier = Identifier(scheme, value)
    return Profile(
        str(identifier), "model", names_of_identifier(identifier, name), (identifier,), **more
    )


def test_every_feature_can_speak() -> None:
    declared = {"is_declared": True}
    scores = [
        score_pair(model("arena", "yi-large"), model("model_catalogue", "yi-large")),
        score_pair(profile("字節跳動", "company"), profile("字节跳动", "team")),
        score_pair(
            profile("github:a/long-name", "repository"), profile("github:b/long-name", "repository")
        ),
        score_pair(
            profile("Moonshot", "company", **declared),
            profile("Moonshot AI", "company", **declared),
        ),
        score_pair(profile("glm-4", "model"), profile("glm-4-0520", "model")),
        score_pair(profile("glm-4-plus", "model"), profile("glm-4", "model")),
        score_pair(
            model("model_catalogue", "h/gpt-4o-2024-05-13", "GPT-4o"),
            model("model_catalogue", "h/gpt-4o-2024-08-06", "GPT-4o"),
        ),
        score_pair(
            profile("Yi", "model", ancestors=frozenset({"01ai", "x"})),
            profile("Yi", "model", ancestors=frozenset({"01ai"})),
        ),
        score_pair(
            profile("Yi", "model", ancestors=frozenset({"01ai"})),
            profile("Yi", "model", ancestors=frozenset({"meta"})),
        ),
    ]
    assert set.union(*map(names_in, scores)) == set(feature_meanings())


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_every_feature_has_a_meaning(feature: Feature) -> None:
    assert feature.meaning.endswith(".")
    assert feature.weight != 0


def test_name_without_its_date_is_not_accepted() -> None:
    one = model("model_catalogue", "h/gpt-4o-2024-05-13", "GPT-4o")
    other = model("model_catalogue", "h/gpt-4o-2024-08-06", "GPT-4o")
    assert score_pair(one, other).match_probability < 0.5


def test_host_of_a_model_is_no_part_of_its_name() -> None:
    one, other = model("model_catalogue", "302ai/gpt-4o"), model("model_catalogue", "openai/gpt-4o")
    assert score_pair(one, other).match_probability > 0.97


def test_conflicting_parents_undo_an_equal_name() -> None:
    left = profile("Aurora", "model", ancestors=frozenset({"microsoft"}))
    right = profile("Aurora", "model", ancestors=frozenset({"xai"}))
    alone = score_pair(profile("Aurora", "model"), model("arena", "Aurora"))
    assert score_pair(left, right).match_probability < 0.5 < alone.match_probability


@pytest.mark.parametrize("type_", ["company", "repository", "list", "thing"])
def test_unknown_type_is_compatible_with_any(type_: str) -> None:
    assert are_compatible("unknown", type_)
