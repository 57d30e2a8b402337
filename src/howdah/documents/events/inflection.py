"""Forms of English verbs: "acquire" to "acquires", "acquired" and "acquiring".

A verb is written by its base, an irregular one as base/past/participle, and one that doubles its
last letter with a plus ("snap+ up"). What stands behind the first word goes along unchanged.
"""

from collections.abc import Iterable

_HISSING = ("s", "x", "z", "ch", "sh", "o")
_VOWELS = "aeiou"


def inflected(verbs: Iterable[str]) -> list[str]:
    """All forms of verbs, each once, longer ones first so that the longest is found.

    Examples
    --------
    >>> inflected(["buy/bought/bought out"])[:2]
    ['bought out', 'buying out']
    >>> sorted(inflected(["snap+ up"]))
    ['snap up', 'snapped up', 'snapping up', 'snaps up']
    """
    return _longest(form for verb in verbs for form in forms(verb))


def participles(verbs: Iterable[str]) -> list[str]:
    """Past participles of verbs.

    Examples
    --------
    >>> participles(["take/took/taken over", "carry"])
    ['taken over', 'carried']
    """
    return _longest(forms(verb)[3] for verb in verbs)


def forms(verb: str) -> tuple[str, str, str, str, str]:
    """Base, third person, past, participle and -ing form of a verb.

    Examples
    --------
    >>> forms("sell/sold/sold")
    ('sell', 'sells', 'sold', 'sold', 'selling')
    """
    first, blank, rest = verb.partition(" ")
    base, *irregular = first.split("/")
    last = base[-2:-1] if base.endswith("+") else ""
    base = base.rstrip("+")
    is_silent = base.endswith("e") and not base.endswith("ee")
    is_changed = base.endswith("y") and base[-2:-1] not in _VOWELS
    third = (
        base[:-1] + "ies" if is_changed else base + "es" if base.endswith(_HISSING) else base + "s"
    )
    past = base[:-1] + "ied" if is_changed else base + ("d" if base.endswith("e") else last + "ed")
    ing = (base[:-1] if is_silent else base + last) + "ing"
    told = (base, third, *(irregular or (past, past)), ing)
    return tuple(f"{form}{blank}{rest}" for form in told)  # type: ignore[return-value]


def _longest(found: Iterable[str]) -> list[str]:
    return sorted(dict.fromkeys(found), key=lambda form: (-len(form), form))
