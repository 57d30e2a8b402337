"""Features: what the scoring looks at in a pair of entities, one function each.

A feature gives a strength from 0, it found nothing, to 1, and what it saw. What a strength is
worth stands in the table of `scoring`.
"""

from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz

from howdah.entities.names import normalise, tokens, versions
from howdah.entities.profile import Profile
from howdah.entities.schemes import OTHER_TYPE, UNKNOWN_TYPE, tail

#: Types that one thing can have in two sources.
COMPATIBLE_TYPES: tuple[frozenset[str], ...] = (
    frozenset({"product", "app", "software"}),
    frozenset({"repository", "software"}),
    frozenset({"model", "model_family"}),
    frozenset({"company", "team"}),
)

#: Words that make another thing of a name, rather than another spelling.
QUALIFIERS = frozenset(
    {"mini", "nano", "micro", "tiny", "small", "medium", "large", "ultra", "pro", "max", "plus"}
    | {"lite", "light", "turbo", "flash", "air", "hd", "base", "chat", "instruct", "thinking"}
    | {"reasoner", "distill", "embedding", "coder", "code", "math", "vision", "vl", "audio"}
    | {"omni", "preview", "beta", "cloud", "lab", "labs", "research", "education", "enterprise"}
    | {"desktop", "kids", "api", "sdk", "cli", "ui", "docs", "examples", "server", "client"}
    | {"plugin", "free", "fast", "exp", "t2v", "i2v", "hybrid"}
)
#: The same in Chinese, where they are not words of their own.
HAN_QUALIFIERS = ("极速", "国际版", "专业版", "企业版", "青春版", "火山版", "概念版", "云", "教育")

#: Similarity (0 to 100) below which two names have no more in common than chance gives them.
_CHANCE_SIMILARITY = 60.0
#: Letters of a Latin name, or characters of a Chinese one, up to which names meet by chance.
_SHORT_LATIN, _SHORT_HAN = 3, 1


class Evidence(NamedTuple):
    """What one feature found: a strength from 0 (nothing) to 1, and what it saw."""

    strength: float
    detail: str


NOTHING = Evidence(0.0, "")


class Comparison:
    """Two profiles side by side, with what several features need."""

    def __init__(self, left: Profile, right: Profile) -> None:
        self.left = left
        self.right = right

    @cached_property
    def equal(self) -> str:
        """Longest folded name that both have, '' when none."""
        return max(self.left.names.keys() & self.right.names.keys(), key=_length, default="")

    @cached_property
    def nearest(self) -> tuple[float, str, str]:
        """Similarity (0 to 100) of the two most similar names, and these."""
        best = (0.0, "", "")
        for words, name in self.left.words.items():
            for other_words, other in self.right.words.items():
                similarity = fuzz.ratio(words, other_words, score_cutoff=best[0])
                best = max(best, (similarity, name, other))
        return best

    @cached_property
    def same_tail(self) -> str:
        """Longest last part that an identifier of each has, '' when none."""
        return max(self.left.tails & self.right.tails, key=_length, default="")


def shared_identifier(pair: Comparison) -> Evidence:
    """Find an identifier value that two schemes use: each chose it, beside the name."""
    left, right = pair.left.named_values, pair.right.named_values
    for value in sorted(left.keys() & right.keys()):
        if left[value] != right[value]:
            return Evidence(1.0, value)
    return NOTHING


def equal_name(pair: Comparison) -> Evidence:
    """Find a full name that is one and the same for both, once folded."""
    return Evidence(1.0, pair.equal) if pair.equal else NOTHING


def script_only_difference(pair: Comparison) -> Evidence:
    """Find one name written in two scripts: two authors who did not copy each other."""
    if not pair.equal or pair.equal.isascii():
        return NOTHING
    names = pair.left.names[pair.equal], pair.right.names[pair.equal]
    return Evidence(1.0, " / ".join(names)) if names[0] != names[1] else NOTHING


def equal_tail(pair: Comparison) -> Evidence:
    """Find identifiers that end alike under two owners: a repository that moved."""
    return NOTHING if pair.equal or not pair.same_tail else Evidence(1.0, pair.same_tail)


def name_containment(pair: Comparison) -> Evidence:
    """Find one name whole inside the other; before a slogan it counts in full."""
    left, right = pair.left, pair.right
    if pair.equal:
        return NOTHING
    heads = (left.heads & right.names.keys()) | (right.heads & left.names.keys())
    if heads:
        return Evidence(1.0, max(heads, key=_length))
    inside = [
        short
        for one, other in ((left, right), (right, left))
        for short in one.names
        if not _is_short(short) and any(short in long for long in other.names)
    ]
    return Evidence(0.3, max(inside, key=_length)) if inside else NOTHING


def token_similarity(pair: Comparison) -> Evidence:
    """Measure how far the words of the most similar names agree, whatever their order."""
    if pair.equal:
        return NOTHING
    similarity, name, other = pair.nearest
    if similarity <= _CHANCE_SIMILARITY:
        return NOTHING
    strength = (similarity - _CHANCE_SIMILARITY) / (100 - _CHANCE_SIMILARITY)
    return Evidence(strength, f"{name} / {other}: {similarity:.0f} %")


def different_versions(pair: Comparison) -> Evidence:
    """Compare the numbers of the most similar names: glm-4 is not glm-4-0520."""
    if pair.equal:
        return NOTHING
    _, name, other = pair.nearest
    differ = versions(tail(name)) != versions(tail(other))
    return Evidence(1.0, f"{name} / {other}") if differ else NOTHING


def different_identifier_versions(pair: Comparison) -> Evidence:
    """Compare the numbers in the identifiers of equal names: a name may lack its date."""
    if not pair.equal:
        return NOTHING
    left, right = pair.left.identifier_versions, pair.right.identifier_versions
    if not left or not right or left & right:
        return NOTHING
    return Evidence(1.0, f"{pair.left.id} / {pair.right.id}")


def different_qualifiers(pair: Comparison) -> Evidence:
    """Find a word in one name only that makes another thing of it: pro, mini, 云."""
    if pair.equal:
        return NOTHING
    _, name, other = pair.nearest
    words = _qualifiers(name) ^ _qualifiers(other)
    return Evidence(1.0, ", ".join(sorted(words))) if words else NOTHING


def same_parent(pair: Comparison) -> Evidence:
    """Find an owner or maker that they have in common."""
    common = pair.left.ancestors & pair.right.ancestors
    return Evidence(1.0, min(common)) if common else NOTHING


def conflicting_parents(pair: Comparison) -> Evidence:
    """Find that both have owners or makers, and none in common."""
    left, right = pair.left.ancestors, pair.right.ancestors
    if not left or not right or left & right:
        return NOTHING
    return Evidence(1.0, f"{min(left)} / {min(right)}")


def same_registry(pair: Comparison) -> Evidence:
    """Find that registries of one kind list both: two identifiers are two things.

    It speaks softly of repositories whose last parts agree, since a repository that moves to
    another owner gets a second identifier.
    """
    common = pair.left.registries & pair.right.registries
    if not common:
        return NOTHING
    may_have_moved = common == {"repository"} and pair.same_tail
    return Evidence(0.3 if may_have_moved else 1.0, ", ".join(sorted(common)))


def different_types(pair: Comparison) -> Evidence:
    """Weigh a difference of types: much when one thing cannot be both, else a little."""
    left, right = pair.left.type, pair.right.type
    if left == right:
        return NOTHING
    if not are_compatible(left, right):
        return Evidence(1.0, f"{left} / {right}")
    is_open = {left, right} & {UNKNOWN_TYPE, OTHER_TYPE}
    return Evidence(0.05 if is_open else 0.2, f"{left} / {right}")


def short_name(pair: Comparison) -> Evidence:
    """Discount an equal name so short that many things are called so."""
    return Evidence(1.0, pair.equal) if pair.equal and _is_short(pair.equal) else NOTHING


def both_declared(pair: Comparison) -> Evidence:
    """Find that the catalogue declares both, each in its own row."""
    is_so = pair.left.is_declared and pair.right.is_declared
    return Evidence(1.0, f"{pair.left.id} / {pair.right.id}") if is_so else NOTHING


def are_compatible(left: str, right: str) -> bool:
    """Whether one thing can have both types.

    Examples
    --------
    >>> are_compatible("app", "product"), are_compatible("model", "repository")
    (True, False)
    """
    if left == right or {left, right} & {UNKNOWN_TYPE, OTHER_TYPE}:
        return True
    return any(left in types and right in types for types in COMPATIBLE_TYPES)


def _qualifiers(name: str) -> set[str]:
    words = tokens(tail(name))
    found = {word for word in words if word in QUALIFIERS or word[0] in "+#"}
    if not name.isascii():
        found.update(word for word in HAN_QUALIFIERS if word in normalise(name))
    return found


def _is_short(folded: str) -> bool:
    if len(folded) > _SHORT_LATIN:
        return False
    return folded.isascii() or len(folded) <= _SHORT_HAN


def _length(text: str) -> tuple[int, str]:
    return len(text), text
