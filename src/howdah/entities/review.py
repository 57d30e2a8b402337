"""The review: pairs that are merged without asking, and pairs that a person should look at.

Never all pairs: two entities meet only when they share a full name, the last part of an
identifier, or a word rare enough to say something (blocking).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product

from howdah.entities.clusters import Clusters
from howdah.entities.features import are_compatible
from howdah.entities.names import bigrams
from howdah.entities.profile import Profile
from howdah.entities.scoring import PairScore, score_pair

#: Match probability from which an equal full name of one type is accepted without asking.
ACCEPT_PROBABILITY = 0.97
#: Match probability below which a pair is not worth a look: more likely different than same.
REVIEW_PROBABILITY = 0.5

#: A word that makes more pairs than this is too common to say anything ("python", "模型").
PAIRS_PER_WORD = 200
#: The same for a full name or last part, which says much more.
PAIRS_PER_NAME = 2_000
#: Shorter Latin words block nothing by themselves.
_MIN_LETTERS = 3


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """Two entities by canonical id, and what the scoring says about them."""

    left: str
    right: str
    score: PairScore


def automatic_merges(groups: Iterable[Sequence[Profile]]) -> tuple[ScoredPair, ...]:
    """Pairs that are merged without asking.

    Only entities of one type with an equal full name and no conflicting parent, and only where
    that decides: when two declared entities or two entries of one registry go by the name, it
    does not, and they are left out of their group.

    Parameters
    ----------
    groups
        Profiles of one type that share a full name.

    Returns
    -------
    tuple
        The surest first; it does not depend on the order of groups or profiles.
    """
    found: dict[tuple[str, str], ScoredPair] = {}
    for group in groups:
        heads: list[Profile] = []
        for profile in _decidable(group):
            for head in heads:
                pair = _scored(head, profile)
                if _is_acceptable(head, profile, pair.score):
                    found[pair.left, pair.right] = pair
                    break
            else:
                heads.append(profile)
    declared = {p.id for group in groups for p in group if p.is_declared}
    claimed: defaultdict[str, set[str]] = defaultdict(set)
    for left, right in found:
        for one, other in ((left, right), (right, left)):
            if other in declared:
                claimed[one].add(other)
    # Under two of its names it would be two declared entities: then neither is certain.
    kept = (
        pair
        for pair in found.values()
        if not any(
            len(claimed[one]) > 1 and other in declared
            for one, other in ((pair.left, pair.right), (pair.right, pair.left))
        )
    )
    return tuple(sorted(kept, key=_surest_first))


def review_queue(
    profiles: Sequence[Profile], is_settled: Callable[[str, str], bool]
) -> tuple[ScoredPair, ...]:
    """Doubtful pairs, the surest first.

    Parameters
    ----------
    profiles
        Every entity of a market.
    is_settled
        Whether two canonical ids have a judgement: such pairs do not come back.
    """
    found = []
    for left, right in candidate_pairs(profiles):
        pair = _scored(profiles[left], profiles[right])
        if pair.score.match_probability >= REVIEW_PROBABILITY and not is_settled(
            pair.left, pair.right
        ):
            found.append(pair)
    return tuple(_one_question_each(sorted(found, key=_surest_first)))


def candidate_pairs(profiles: Sequence[Profile]) -> Iterator[tuple[int, int]]:
    """Pairs that are worth scoring, each once, as places in `profiles`."""
    blocks = _Blocks(profiles)
    seen: set[tuple[int, int]] = set()
    for some, limit in (
        (blocks.moves, PAIRS_PER_NAME),
        (blocks.names, PAIRS_PER_NAME),
        (blocks.words, PAIRS_PER_WORD),
    ):
        for block in some.values():
            for pair in _pairs_of_block(profiles, block, limit, are_moves=some is blocks.moves):
                if pair not in seen:
                    seen.add(pair)
                    yield pair


class _Blocks:
    """Places of profiles by what they share.

    Entries of registries meet each other only as repositories that may have moved. A market
    has tens of thousands of entries, so they join only the blocks that others have opened.
    """

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self.names: dict[str, list[int]] = {}
        self.words: dict[str, list[int]] = {}
        self.moves: dict[str, list[int]] = {}
        for place, profile in enumerate(profiles):
            if not profile.registries:
                _add(self.names, _blocking_names(profile), place)
                _add(self.words, _blocking_words(profile), place)
        for place, profile in enumerate(profiles):
            if profile.registries:
                _add(self.names, self.names.keys() & _blocking_names(profile), place)
                _add(self.words, self.words.keys() & _blocking_words(profile), place)
            if "repository" in profile.registries:
                _add(self.moves, profile.tails, place)


def _add(blocks: dict[str, list[int]], keys: Iterable[str], place: int) -> None:
    for key in keys:
        blocks.setdefault(key, []).append(place)


def _pairs_of_block(
    profiles: Sequence[Profile], block: Sequence[int], limit: int, *, are_moves: bool
) -> Iterator[tuple[int, int]]:
    """Pairs of a block, unless they are too many; of two entries of registries only on demand."""
    entries = [place for place in block if profiles[place].registries]
    free = [place for place in block if not profiles[place].registries]
    n_entries = len(entries) * (len(entries) - 1) // 2 if are_moves else 0
    if len(free) * (len(free) - 1) // 2 + len(free) * len(entries) + n_entries > limit:
        return
    pairs = chain(
        combinations(free, 2),
        product(free, entries),
        combinations(entries, 2) if are_moves else (),
    )
    for one, other in pairs:
        if are_compatible(profiles[one].type, profiles[other].type):
            yield (one, other) if one < other else (other, one)


def _one_question_each(pairs: Iterable[ScoredPair]) -> Iterator[ScoredPair]:
    """Leave out pairs that the answers to surer ones would settle.

    Of a dozen entities that all look alike eleven pairs are asked, not sixty-six. A pair left
    out comes back when an answer was that the two of a surer one are different.
    """
    asked = Clusters()
    for pair in pairs:
        if asked.root(pair.left) != asked.root(pair.right):
            asked.merge(pair.left, pair.right)
            yield pair


def _blocking_names(profile: Profile) -> set[str]:
    return {*profile.names, *profile.heads, *profile.tails}


def _blocking_words(profile: Profile) -> set[str]:
    found: set[str] = set()
    for words in profile.words:
        for word in words.split():
            pairs = bigrams(word)
            if pairs:
                found.update(pairs)
            elif len(word) >= _MIN_LETTERS and not word[0].isdigit():
                found.add(word)
    return found


def _decidable(group: Sequence[Profile]) -> list[Profile]:
    """Profiles of a group that its name decides about, declared ones first, then by id."""
    n_declared = sum(profile.is_declared for profile in group)
    listed = [registry for profile in group for registry in profile.registries]
    kept = (
        profile
        for profile in group
        if not (profile.is_declared and n_declared > 1)
        and not any(listed.count(registry) > 1 for registry in profile.registries)
    )
    return sorted(kept, key=lambda profile: (not profile.is_declared, profile.id))


def _is_acceptable(left: Profile, right: Profile, score: PairScore) -> bool:
    return (
        score.match_probability >= ACCEPT_PROBABILITY
        and left.type == right.type
        and not left.names.keys().isdisjoint(right.names)
        and (
            not left.ancestors
            or not right.ancestors
            or not left.ancestors.isdisjoint(right.ancestors)
        )
    )


def _scored(one: Profile, other: Profile) -> ScoredPair:
    left, right = sorted((one.id, other.id))
    return ScoredPair(left, right, score_pair(one, other))


def _surest_first(pair: ScoredPair) -> tuple[float, str, str]:
    return -pair.score.match_weight, pair.left, pair.right
