"""Roles: what the words beside a name say of its part in the sentence.

A name behind "than" is compared with, one before "said" speaks, one behind "acquired" is bought.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from howdah.documents.numbers import Number
from howdah.documents.spans import Span

_AHEAD = (
    (
        "target",
        re.compile(
            r"(?:收购|吃下|买下|并购|拿下|入股|投资|领投|跟投|购入|要约|持有"
            r"|取得)了?(?:了)?\s*$|\b(?:acquire[sd]?|acquiring|buy(?:s|ing"
            r")?|bought|bid for|offer for|acquisition of|takeover of|stake in"
            r"|invest(?:s|ed)? in|valued|values|valuing|own(?:s|ed)?|for)\s+"
            r"(?:the |a |an )?(?:[a-z-]+ ){0,3}$"
        ),
    ),
    (
        "than",
        re.compile(
            r"(?:比|较|相较于?|相比|高于|低于|多于|少于|不如|对比|超过|超越"
            r"|领先)(?:其|老|竞争)?(?:上一代|前代|对手|竞品|同行|同行的)?\s*$"
            r"|\b(?:than|versus|vs\.?|against|compared (?:with|to)|ahead of|behind"
            r"|overtook|overtaking|unlike)\s+(?:the |its |that of |those of )?$"
        ),
    ),
    (
        "owner",
        re.compile(
            r"(?:隶属于?|归属于?|属于|母公司|大股东|背靠)(?:为|是)?\s*$"
            r"|\b(?:belongs? to|belonging to|owned by|controlled by|backed by|spun out of|part of"
            r"|(?:subsidiary|unit|arm|division|brand) of|(?:owner|parent)(?: company)?,?)\s+"
            r"(?:the )?$"
        ),
    ),
    ("told", re.compile(r"\b(?:told|tells)\s+(?:the )?(?:[a-z-]+ ){0,2}$|告诉\s*$")),
    ("by", re.compile(r"(?:由|被|受)\s*$|\bby\s+$")),
    (
        "source",
        re.compile(
            r"(?:据|根据|按|按照|援引|来自|引述)\s*$|\b(?:according to|data from"
            r"|says|said|citing|cited by|quoting|figures from)\s+$"
        ),
    ),
    ("to", re.compile(r"(?:向|给|从|对|与|和|跟|同)\s*$|\b(?:to|from|with|for|into)\s+$")),
    ("of", re.compile(r"\bof\s+$")),
    ("in", re.compile(r"在\s*$|\b(?:in|on|at)\s+$")),
    ("and", re.compile(r"[、,&]\s*$|\band\s+$")),
    (
        "contrast",
        re.compile(r"(?:而|但|至于|反观|同期)\s*$|\b(?:while|whereas|but|meanwhile,?)\s+$"),
    ),
    ("opened", re.compile(r"[(\[（“\"「《]\s*$")),
)
_BEHIND = (
    ("possessive", re.compile(r"\s*的|['’]s?\b")),
    ("owner", re.compile(r"\s*(?:旗下|推出|开发|发布|自研|出品)")),
    (
        "speaker",
        re.compile(
            r".{0,6}?(?:表示|称|透露|披露|指出|认为|回应|数据|监测|统计|报告"
            r"|估算|预计|测算|显示|公布|发布的)|\s+(?:\w+\s+)?(?:said|says"
            r"|told|reported|estimates|data|figures|research|put|puts|expects"
            r"|reckons|counts)\b"
        ),
    ),
    (
        "backer",
        re.compile(
            r".{0,4}?(?:领投|跟投|参投|出资|投资|收购)|,?\s+(?:led|leads|invested"
            r"|joined|bought|acquired)\b"
        ),
    ),
    (
        "copula",
        re.compile(
            r"\s*(?:为|是|达|有|则|也|仅|约|超|:|：|\d)|\s*(?:,|\()?\s*(?:is"
            r"|was|has|had|with|at|reached|:|\$|\d)"
        ),
    ),
    (
        "dealt_with",
        re.compile(r"\s*(?:洽谈|谈判|磋商|接触|商谈|达成|签署|签约|合作)"),
    ),
    (
        "bidder",
        re.compile(
            r".{0,8}?(?:收购|吃下|买下|开价|出价|要约|并购)"
            r"|,?\s+(?:would|will|has|had|is|was)?\s*(?:offered|offers?|bids?|agreed to|prepared to"
            r"|willing to|to)?\s*(?:pay|paid|buy|bought|acquire|bid|put)"
        ),
    ),
    (
        "holder",
        re.compile(
            r"(?:已|现|目前|仍|则|分别|合计|各|直接|间接)*(?:持股|持有|握有|占股)"
            r"|以[^,。;]{0,14}取得"
            r"|,?\s+(?:(?:which|who) )?(?:now |still )?"
            r"(?:holds?|owns?|keeps?|gets?|took|takes|has)\b"
            r"[^,;.]{0,12}(?:\d|stake|tenth|third|quarter|half)|,?\s+with\s+\d"
        ),
    ),
    ("and", re.compile(r"\s*(?:[、&]|和|与|及)|\s*,?\s*and\b")),
    ("closed", re.compile(r"\s*[)\]）”\"」》]")),
)


def roles_of(number: Number, name: Span) -> Iterator[str]:
    """Roles of a name in the sentence of a number."""
    yield from (f"after:{role}" for role in _ahead(number.before_text(name.start)))
    yield from (f"then:{role}" for role in _behind(number.after_text(name.end)))


def roles_behind(lower: str, name: Span) -> Iterator[str]:
    """Roles that the words behind a name of another sentence say."""
    behind = lower[name.end : name.end + _WINDOW]
    yield from (f"back|then:{role}" for role in _behind(behind))


# A name is looked at for every number around it, and the words beside it stay the same.


@lru_cache(maxsize=4096)
def _ahead(text: str) -> tuple[str, ...]:
    """Roles that the words before a name say."""
    return tuple(role for role, pattern in _AHEAD if pattern.search(text))


@lru_cache(maxsize=4096)
def _behind(text: str) -> tuple[str, ...]:
    """Roles that the words behind it say."""
    return tuple(role for role, pattern in _BEHIND if pattern.match(text))


#: Characters behind a name that are looked at.
_WINDOW = 14
