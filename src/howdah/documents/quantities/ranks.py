"""Places in a ranking: 第三, 位列第2, 榜首, No. 3, third-largest, top ten."""

import re
from dataclasses import dataclass

from howdah.core.wording import Comparator
from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.numeral import Numeral
from howdah.documents.quantities.numerals import read_numeral
from howdah.documents.words import is_latin, skip_spaces, skip_spaces_back

_ENDS = re.compile(r"\s*(?:$|[,。;、.!?)\n】」》]|的(?!是)|和|与|并|但|且)")
_PLACES = re.compile(
    r"(?:全球|全国|世界|行业|国内|市场|业内|同类|中国|亚洲|领域|赛道|榜单?|排行|业界|美国|海外|"
    r"上月|上周|上期|去年|总榜|榜中)$"
)
_ORDINAL = re.compile(
    r"(?P<word>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)"
    r"|(?P<digits>[0-9]+)(?:st|nd|rd|th)\b"
)
_TIME = re.compile(
    r"[ -](?:quarter|half|week|month|year|day|time|party|round|generation|fiscal|financial|"
    r"anniversary|season|edition|consecutive)"
)


#: "No. 2012" is the number of something else.
_LAST_PLACE = 200


@dataclass(frozen=True, slots=True)
class Rank:
    """A place in a ranking: a number of its own, or a bound of it ("top ten")."""

    start: int
    end: int
    place: float
    comparator: Comparator = "eq"


def read_rank(text: str, lower: str, start: int) -> Rank | None:
    """The place in a ranking whose number starts there, None without one.

    Examples
    --------
    >>> read = lambda text, word: read_rank(text, text.lower(), text.index(word))
    >>> read("排名第三", "三").place, read("第三季度", "三"), read("third-largest", "third").place
    (3.0, None, 3.0)
    >>> read("跻身前十", "十").comparator
    'at_most'
    """
    ordinal = _ORDINAL.match(lower, start)
    if ordinal is not None:
        return _read_ordinal(lower, ordinal)
    head = LEXICON.heads.at(lower, start)
    if head is not None:
        return Rank(start, head[0], float(head[1])) if _is_ranked(lower, start) else None
    at = skip_spaces_back(lower, start)
    before = lower[at - 1 : at]
    if before not in ("第", "前", "#", ".") and not is_latin(before or " ") and before != "-":
        return None
    is_top = lower.endswith(("top", "top-"), 0, at) and not lower[at - 4 : at - 3].isalpha()
    is_ranked = before == "#" or LEXICON.ranked.before(lower, at) is not None
    if before not in ("第", "前") and not is_top and not is_ranked:
        return None
    numeral = read_numeral(text, lower, start)
    if numeral is None or numeral.low != numeral.high or not numeral.low.is_integer():
        return None
    if numeral.scale != 1.0 and (numeral.kind == "digits" or numeral.low > LEXICON.ten):
        return None
    if before == "第":
        return _read_ordinal_han(lower, at - 1, numeral)
    if before == "前":
        return _read_first_han(lower, at - 1, numeral)
    if is_ranked:
        is_place = before in "#." or lower.endswith(("number", "no"), 0, at)
        return (
            Rank(start, numeral.end, numeral.low)
            if is_place and _is_number_place(lower, numeral)
            else None
        )
    if is_top:
        is_out = LEXICON.outside.before(lower, skip_spaces_back(lower, at - 3)) is not None
        return Rank(start, numeral.end, numeral.low, "over" if is_out else "at_most")
    return None


def _is_number_place(lower: str, numeral: Numeral) -> bool:
    """Whether "No. 3" is a place: not the 12 of "No. 12 Bridge Street", and no hundredth place."""
    return numeral.low <= _LAST_PLACE and not lower[numeral.end : numeral.end + 1].isalnum()


def _is_ranked(lower: str, at: int) -> bool:
    at = skip_spaces_back(lower, at)
    if lower[at - 1 : at] in ("了", "至", "到", "在", "居"):
        return (
            LEXICON.ranks_before.before(lower, at) is not None
            or LEXICON.ranks_before.before(lower, at - 1) is not None
        )
    return LEXICON.ranks_before.before(lower, at) is not None


def _read_ordinal_han(lower: str, mark: int, numeral: Numeral) -> Rank | None:
    """Such as "第三": a place behind a word of ranking, or before 名, 位 or 大."""
    rank = Rank(numeral.start, numeral.end, numeral.low)
    after = LEXICON.ranks_after.at(lower, skip_spaces(lower, numeral.end))
    if after is not None:
        return rank
    if LEXICON.not_behind.at(lower, numeral.end) is not None:
        return None
    if _is_ranked(lower, mark):
        return rank
    is_free = _ENDS.match(lower, numeral.end) is not None
    return rank if is_free and _PLACES.search(lower, max(0, mark - 4), mark) else None


def _read_first_han(lower: str, mark: int, numeral: Numeral) -> Rank | None:
    """Such as "前三": among the first three, where a ranking is meant."""
    if LEXICON.outside.before(lower, mark) is not None:
        return Rank(numeral.start, numeral.end, numeral.low, "over")
    is_place = lower.startswith(("名", "位", "强", "大"), numeral.end) or _ENDS.match(
        lower, numeral.end
    )
    if is_place and LEXICON.inside.before(lower, mark) is not None:
        return Rank(numeral.start, numeral.end, numeral.low, "at_most")
    return None


def _read_ordinal(lower: str, match: re.Match[str]) -> Rank | None:
    start, end = match.span()
    if (
        (start and lower[start - 1].isalnum())
        or lower[end : end + 1].isalnum()
        or _TIME.match(lower, end)
    ):
        return None
    place = float(LEXICON.ordinals[match["word"]] if match["word"] else match["digits"])
    rank = Rank(start, end, place)
    is_joined = lower[end : end + 1] in (" ", "-")
    if is_joined and LEXICON.superlatives.at(lower, end + 1) is not None:
        return rank
    return (
        rank if LEXICON.ranked.before(lower, skip_spaces_back(lower, start)) is not None else None
    )
