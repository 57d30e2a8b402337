"""What stands in front of a number: its comparator, and whether it is said to rise or fall."""

from dataclasses import dataclass

from howdah.core.wording import Comparator
from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.words import skip_spaces_back

#: Words read back from a number, at most: "同比大幅增长了约" has four.
_MAX_WORDS = 7

_TURNED: dict[Comparator, Comparator] = {"over": "at_most", "under": "at_least"}

#: How far back a verb is looked for before "by": "cut its sales staff in Europe by a third".
_BY_REACH = 60


@dataclass(slots=True)
class Lead:
    """What was read back from a number.

    Attributes
    ----------
    start
        Where its first word stands.
    comparator
        None without one.
    direction
        1 up, -1 down, 0 no change is told.
    word
        The word of change, "" without.
    is_level
        Whether the number is where a change leads to ("rose to 30%"), not the change.
    is_signed
        Whether the change is told by a plus or minus before the digits.
    is_rise_to
        Whether a level is one that something rose or fell to.
    """

    start: int
    comparator: Comparator | None = None
    direction: int = 0
    word: str = ""
    is_level: bool = False
    is_signed: bool = False
    is_rise_to: bool = False


def read_lead(lower: str, start: int) -> Lead:
    """Read back from the place where a number starts.

    Examples
    --------
    >>> lead = read_lead("revenue rose by nearly 30%", 23)
    >>> lead.comparator, lead.direction, lead.is_level
    ('nearly', 1, False)
    >>> read_lead("增至约3亿", 3).is_level
    True
    """
    lead = Lead(start)
    has_by = has_the = False
    for _ in range(_MAX_WORDS):
        at = skip_spaces_back(lower, lead.start)
        if not at:
            break
        if lead.comparator is None:
            found = LEXICON.comparators_before.before(lower, at)
            if found is not None and not has_the and not _is_hidden(lower, at):
                lead.start, lead.comparator = found
                _turn(lower, lead)
                continue
        to = LEXICON.tos.before(lower, at)
        direction = LEXICON.directions.before(lower, at)
        if to is not None and LEXICON.change_nouns.before(lower, to[0]) is not None:
            to = None
        if to is not None and (direction is None or direction[0] > to[0]):
            lead.is_level = True
            lead.is_rise_to = (
                LEXICON.directions.before(lower, skip_spaces_back(lower, to[0])) is not None
            )
            break
        if direction is not None:
            if LEXICON.directions_not.before(lower, at) is not None:
                break
            lead.start, lead.direction = direction
            lead.word = lower[direction[0] : at]
            break
        base = LEXICON.bases.before(lower, at)
        filler = LEXICON.fillers.before(lower, at)
        if base is None and filler is None:
            break
        if filler is not None and lower.startswith("by", filler[0]):
            has_by = True
        # "15% less than the $3 billion" compares with a number, and does not bound it.
        has_the = has_the or (filler is not None and lower.startswith("the ", filler[0]))
        lead.start = min(found[0] for found in (base, filler) if found is not None)
    if not lead.direction and not lead.is_level:
        _read_sign(lower, start, lead)
    if not lead.direction and has_by:
        _read_verb_before_by(lower, lead)
    return lead


def _turn(lower: str, lead: Lead) -> None:
    """Turn a comparator round that is denied: 不会超过 is at most."""
    turned = _TURNED.get(lead.comparator or "eq")
    at = skip_spaces_back(lower, lead.start)
    found = LEXICON.negators.before(lower, at) if turned is not None else None
    if found is not None:
        lead.start, lead.comparator = found[0], turned


def _is_hidden(lower: str, at: int) -> bool:
    """Whether a comparator is the end of another word: 签约, not 约."""
    return LEXICON.comparators_not.before(lower, at) is not None


def _read_sign(lower: str, start: int, lead: Lead) -> None:
    if lower.endswith("minus ", 0, start):
        lead.is_signed, lead.direction = True, -1
        return
    sign, before = lower[start - 1 : start], lower[start - 2 : start - 1]
    is_joined = before.isalnum() and before < "\u2e80"
    if sign == "负" or (sign in ("+", "-") and sign and not is_joined):
        lead.is_signed, lead.direction = True, 1 if sign == "+" else -1


def _read_verb_before_by(lower: str, lead: Lead) -> None:
    """Such as "cut its staff by a third": the verb of a "by" stands earlier in the clause."""
    first = max(lower.rfind(mark, 0, lead.start) for mark in ".,;:\n") + 1
    words = lower[max(first, lead.start - _BY_REACH) : lead.start].split()
    for word in reversed(words):
        found = LEXICON.directions.at(word, 0)
        if found is not None and found[0] == len(word):
            lead.direction, lead.word = found[1], word
            return
