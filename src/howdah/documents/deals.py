"""Deals: who buys whom, as far as a text says it between two names.

What a bid is worth is about the company that is bought, however often the bidder is named. So
whoever stands anywhere in a text as bought, and whoever as the buyer, is known to all its numbers.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from howdah.documents.spans import Mention

#: Names further apart take part in nothing together.
_FURTHEST = 60

#: Passive verbs stand so near behind the buyer.
_BEHIND = 14

_BUY_ZH = (
    "收购|并购|买下|吃下|吞下|拿下|入主|接手|控股|要约|竞购|洽购|求购|出价|开价|私有化|公开收购"
)
_ACTIVE = re.compile(
    rf"(?:{_BUY_ZH})"
    r"|\b(?:acquir(?:e|es|ed|ing)|buy|buys|buying|bought|tak(?:e|es|ing) over|took over|"
    r"takeover of|acquisition of|purchase of|pay(?:ing)? (?:[^,;]{0,24} )?for|"
    r"(?:bid|offer|approach|proposal)(?: of [^,;]{0,24})? for)\b"
)
_PASSIVE_ZH = re.compile(r"(?:被|由|遭|获)(?:其|对手)?$")
_VERB_ZH = re.compile(_BUY_ZH)
_PASSIVE_EN = re.compile(
    r"\b(?:acquired|bought|taken over|snapped up|purchased|swallowed)(?: [^,;]{0,24})? by "
    r"(?:the |its )?(?:[a-z-]+ ){0,3}$"
    r"|\b(?:sold|selling|sell|sale)(?: [^,;]{0,24})? to (?:the |its )?(?:[a-z-]+ ){0,3}$"
    r"|(?:卖给|出售给|售予|卖身|委身)(?:了)?$"
)


@dataclass(frozen=True, slots=True)
class Deals:
    """Canonical names of those who buy, or would, and of those who are bought."""

    buyers: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()


def find_deals(lower: str, sentences: Iterable[Sequence[Mention]]) -> Deals:
    """Who buys and who is bought.

    Parameters
    ----------
    lower
        The folded text of the document.
    sentences
        The names of each sentence, in order.
    """
    buyers: set[str] = set()
    targets: set[str] = set()
    for mentions in sentences:
        for one, other in pairwise(mentions):
            gap = lower[one.end : other.start]
            names = one.entities[0], other.entities[0]
            if len(gap) > _FURTHEST or ";" in gap or names[0] == names[1]:
                continue
            behind = lower[other.end : other.end + _BEHIND]
            is_passive = _PASSIVE_EN.search(gap) is not None or (
                _PASSIVE_ZH.search(gap) is not None and _VERB_ZH.search(behind) is not None
            )
            if is_passive:
                targets.add(names[0])
                buyers.add(names[1])
            elif _ACTIVE.search(gap) is not None:
                buyers.add(names[0])
                targets.add(names[1])
    return Deals(frozenset(buyers - targets), frozenset(targets - buyers))
