"""Whether a number states something about somebody, or is only part of how a text is written.

"Two people close to the matter" and "follow these three steps" count things and state nothing
that a market wants to know.
"""

import re
from dataclasses import dataclass

from howdah.documents.linking.metrics import names_metric
from howdah.documents.numbers import Number

_ADDRESS = re.compile(
    r"请|扫码|转发|回复|点击|领取|报名|登记|关注|优惠|\b(?:please|click"
    r"|subscribe to|register|sign up|rsvp|reply|forward|call us|visit us"
    r")\b"
)
_DIGIT = re.compile(r"\d")
_SMALL = 12
_OF_SOURCES = re.compile(
    r"\s*(?:名|位)?(?:知情|接近|消息|人士|员工|投资人|分析师)|\s*(?:people"
    r"|sources|persons|analysts|executives|employees|investors)? ?"
    r"(?:familiar|close to|briefed|with knowledge|who)"
)
_TIME_BEFORE = re.compile(
    r"(?:过去|近|前|后|未来|最近|此前|第|上线|成立)\s*$|\b(?:past|last"
    r"|next|first|previous|within|for|in|than|after|of|the)\s*$"
)
_TIME_BEHIND = re.compile(
    r"\s*(?:前|后|内|来|以来|间|里)|\s*(?:ago|later|earlier|before|after|from|to|ended|old|on)\b"
)


@dataclass(frozen=True, slots=True)
class StatementCandidate:
    """That a number states something, or that it does not."""

    is_stated: bool
    features: tuple[str, ...]


def statement_candidates(number: Number) -> list[StatementCandidate]:
    """Both answers, with what speaks for them."""
    features = list(dict.fromkeys(_features(number)))
    return [
        StatementCandidate(True, ("stated", *features)),
        StatementCandidate(False, ()),
    ]


def _features(number: Number) -> list[str]:
    quantity, passage = number.quantity, number.passage
    unit = quantity.change or quantity.unit or "bare"
    found = [f"u:{unit}", f"cmp:{quantity.comparator == 'eq'}", f"block:{number.block.kind}"]
    has_metric = names_metric(number)
    found += [f"metric:{has_metric}", f"u:{unit}|metric:{has_metric}"]
    found.append(f"named:{bool(passage.mentions)}")
    is_spelt = _DIGIT.search(quantity.surface) is None
    is_small = quantity.high is not None and abs(quantity.high) <= _SMALL
    if is_spelt:
        found += ["spelt", f"spelt|{unit}"]
    if is_small:
        found += ["small", f"small|{unit}", f"small|spelt:{is_spelt}|{unit}"]
    if quantity.counted:
        found.append(f"of:{quantity.counted.lower()}")
    ahead = number.before_text(quantity.start)
    behind = number.after_text(quantity.end, 24)
    if _ADDRESS.search(passage.sentence.surface.lower()):
        found.append("address")
    if _OF_SOURCES.match(behind):
        found.append("sources")
    if _TIME_BEFORE.search(ahead):
        found.append(f"time_before|{unit}")
    if _TIME_BEHIND.match(behind):
        found.append(f"time_behind|{unit}")
    if any(p.start <= quantity.start < p.end for p in passage.periods):
        found.append("in_period")
    if any(p.start == quantity.end or p.end == quantity.start for p in passage.periods):
        found.append("at_period")
    return found
