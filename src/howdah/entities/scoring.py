"""Scoring: how probable it is that two entities are the same, and why.

The model is the table `FEATURES`. Each feature gives a strength from 0 to 1; the match weight
is the prior plus the weighted strengths, in log2 odds, as in Fellegi and Sunter (1969). The
weights are set by hand from what the names of this field look like, and held by the labelled
pairs in the tests; they are not fitted, so a probability orders pairs and is no frequency.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from howdah.entities.features import (
    Comparison,
    Evidence,
    both_declared,
    conflicting_parents,
    different_identifier_versions,
    different_qualifiers,
    different_types,
    different_versions,
    equal_name,
    equal_tail,
    name_containment,
    same_parent,
    same_registry,
    script_only_difference,
    shared_identifier,
    short_name,
    token_similarity,
)
from howdah.entities.profile import Profile

#: Of pairs that share a rare word about one in sixteen is one thing.
PRIOR_WEIGHT = -4.0


@dataclass(frozen=True, slots=True)
class PairScore:
    """What the table says about a pair.

    Attributes
    ----------
    match_probability
        Between 0 and 1.
    match_weight
        Log2 odds.
    reasons
        Each feature that spoke, with its weight and detail, the weightiest first.
    """

    match_probability: float
    match_weight: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feature:
    """One row of the model: what to look at, and the log2 odds at full strength."""

    func: Callable[[Comparison], Evidence]
    weight: float

    @property
    def name(self) -> str:
        """Name of the feature, as reasons give it."""
        return self.func.__name__

    @property
    def meaning(self) -> str:
        """First line of its docstring."""
        return (self.func.__doc__ or "").partition("\n")[0]


FEATURES: tuple[Feature, ...] = (
    # With the prior an equal full name alone gives .985: enough to accept, barely.
    Feature(equal_name, 10.0),
    # Beside an equal name only a nudge: catalogues copy each other's identifiers.
    Feature(shared_identifier, 3.0),
    Feature(script_only_difference, 1.0),
    # Four in five pairs of starred repositories with equal tails are moves: with the prior and
    # the soft `same_registry` this gives .74, which is worth a look and never a merge.
    Feature(equal_tail, 8.5),
    # Store names are mostly "name - slogan": .67 for an app and a product, who differ in type.
    Feature(name_containment, 8.0),
    # Equal words in another order or with other joints reach .8; alone never enough to accept.
    Feature(token_similarity, 6.0),
    # Must outweigh name, identifier and parent together.
    Feature(different_versions, -18.0),
    # Takes an equal name to .33: a name without its date is the rule, not a doubt.
    Feature(different_identifier_versions, -7.0),
    # Outweighs similarity and containment, not an equal name (which never has them).
    Feature(different_qualifiers, -10.0),
    Feature(same_parent, 2.0),
    # Takes an equal name to .2: things of two makers share a name more often than a maker.
    Feature(conflicting_parents, -8.0),
    # Takes an equal name to .06.
    Feature(same_registry, -10.0),
    # Whoever wrote two rows knew both: only an equal name is still worth a question.
    Feature(both_declared, -5.0),
    # In full it says that no name makes one thing of the two.
    Feature(different_types, -15.0),
    # Takes an equal name to .8.
    Feature(short_name, -4.0),
)


def score_pair(left: Profile, right: Profile) -> PairScore:
    """Score one pair; the order of the two does not matter.

    Parameters
    ----------
    left, right
        Profiles of two entities.
    """
    if right.id < left.id:
        left, right = right, left
    pair = Comparison(left, right)
    weight = PRIOR_WEIGHT
    found = []
    for feature in FEATURES:
        strength, detail = feature.func(pair)
        if strength:
            part = feature.weight * strength
            weight += part
            found.append((-abs(part), f"{feature.name} {part:+.1f}: {detail}"))
    return PairScore(
        1.0 / (1.0 + 2.0**-weight), weight, tuple(reason for _, reason in sorted(found))
    )


def feature_meanings() -> Mapping[str, str]:
    """Meaning of each feature by its name, for reference pages and for who asks why."""
    return {feature.name: feature.meaning for feature in FEATURES}
