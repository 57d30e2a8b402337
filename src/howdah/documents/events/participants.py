"""Participants: whom and what the slots of a pattern were filled with."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

from howdah.documents.linking import Before, ChoiceModel, Number, subject_candidates
from howdah.documents.numbers import EVENT, EVENT_MEASURE
from howdah.documents.passages import Marked, Passage
from howdah.documents.spans import Mention, Quantity, Span

T = TypeVar("T")

_AND = re.compile(r"\s*(?:、|,|/|&|以及|和|与|及|\band\b|\bplus\b)\s*")
_EDGE = re.compile(
    r"^(?:(?:the|a|an|its|their|our|his|her)\s+|新的|新任|现任|原|前(?!端|台)|的|一名|一位|其|该|两个|各)(?=\S)|[\s的了]+$",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:加入了?|加盟|跳槽到?|投奔|对手|竞争对手|同行|友商)(?:老|的)?$"
    r"|\b(?:rivals?|competitors?|joins?|joined|mov(?:ed|es|ing) to|left for) $"
)
#: Whom a text is about needs this share of the likeliest's probability.
_LEAST_OF_TOP = 0.3

_ROUNDS = {
    "天使": "angel", "种子": "seed", "战略": "strategic", "seed": "seed", "pre-seed": "pre-seed",
    "angel": "angel", "pre-ipo": "pre-IPO", "strategic": "strategic",
}  # fmt: skip


#: Names as written: words with capitals, or a Chinese word that ends as companies' do.
_NAME_ZH = (
    r"[\u4e00-\u9fffA-Za-z]{1,10}?(?:集团|集團|科技|资本|資本|创投|創投|基金|银行|銀行|医院|醫院|大学|大學|"
    r"控股|投资|投資|证券|證券|保险|保險|汽车|汽車|电力|電力|股份|公司|政府|管委会|委员会|局|厂|廠)"
)
_NAME_EN = r"[A-Z][\w&’'.-]*(?: (?:of|and|&|de|du) (?=[A-Z])| [A-Z][\w&’'.-]*)*"
_NAME_FIRST = re.compile(rf"^\s*(?:the |a |an |its )?(?P<name>{_NAME_EN}|{_NAME_ZH})")
_NAME_LAST = re.compile(rf"(?P<name>{_NAME_EN}|{_NAME_ZH})\s*$")
_CORPORATE = re.compile(
    r"\b(?:Inc|Corp|Ltd|Limited|LLC|plc|AG|SA|GmbH|Co|Company|Group|Holdings?|Capital|Ventures?|"
    r"Partners|Fund|Bank|Labs?|AI|Technologies|Systems|Software|Industries|Motors?|Energy|Robotics|"
    r"Trust|Council|Authority|University|Hospitals?|Health|Ministry|Agency|Airlines?|Airways|"
    r"Railways?|Logistics|Foods?|Media|Studios?|Networks?|Insurance|Equity|Investments?|Securities|"
    r"Pharma\w*|Biotech|Retail|Stores|Port|City|County|Republic|Union|Association)\b"
    r"|[\u4e00-\u9fff]{2}$"
)
_NO_NAMES = frozenset({
    "a", "an", "the", "it", "its", "he", "she", "they", "we", "i", "this", "that", "these", "those",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january",
    "february",
    "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "china", "europe", "america", "asia", "series", "chinese", "european", "american",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody or something that takes part.

    Attributes
    ----------
    name
        Canonical name, or words of the text.
    mention
        Where it stands, None of what the catalogue alone names.
    probability
        That it is meant; 1 where a pattern names it.
    """

    name: str
    mention: Span | None = None
    probability: float = 1.0


def as_number(marked: Marked, at: int, trigger: Span) -> Number:
    """A trigger as if it were a number, so that what is chosen for numbers is chosen for it."""
    passage = marked.passages[at]
    word = Quantity(trigger.start, trigger.end, trigger.surface, unit=EVENT)
    others = [q for q in passage.quantities if q.end <= word.start or q.start >= word.end]
    quantities = tuple(sorted([*others, word], key=lambda q: q.start))
    passages = list(marked.passages)
    passages[at] = replace(passage, quantities=quantities)
    return Number(replace(marked, passages=tuple(passages)), at, quantities.index(word))


def named(
    marked: Marked, passage: Passage, start: int, end: int, *, is_alone: bool = False
) -> list[Participant]:
    """Whom a name in the text stands for, and those listed with it ("A, B and C").

    Parameters
    ----------
    is_alone
        The others of its list are somebody else.
    """
    place = next(n for n, m in enumerate(passage.mentions) if start <= m.start < end)
    group = passage.groups[place][0]
    is_alone = is_alone or not _is_list(marked, passage, group)
    kind = marked.gazetteer[passage.mentions[place].entities[0]].type
    members = [
        mention for mention, (number, _, _) in zip(passage.mentions, passage.groups, strict=True)
        if mention is passage.mentions[place]
        or (number == group and not is_alone and _type(marked, mention) == kind)
    ]  # fmt: skip
    return [Participant(m.entities[0], m) for m in members]


def _is_list(marked: Marked, passage: Passage, group: int) -> bool:
    """Whether names are listed: parted by more than commas alone, which part clauses too."""
    members = [m for m, g in zip(passage.mentions, passage.groups, strict=True) if g[0] == group]
    gaps = (marked.lower[a.end : b.start] for a, b in pairwise(members))
    return any(gap.strip() != "," for gap in gaps)


def _type(marked: Marked, mention: Mention) -> str:
    return marked.gazetteer[mention.entities[0]].type


def worded(marked: Marked, start: int, end: int, reads: str) -> list[Participant]:
    """What words of the text name: a role, a round, a department, a thing."""
    text = marked.document.text[start:end]
    if reads == "round":
        low = marked.lower[start:end].strip()
        return [Participant(_ROUNDS.get(low, low.upper()), Span(start, end, text))]
    if reads == "name":
        return unknown_name(text, start)
    if reads == "clause":
        return [Participant(text.strip(), Span(start, end, text))]
    parts = _AND.split(text) if reads == "list" else [text]
    return [Participant(bare, Span(start, end, text)) for part in parts if (bare := _bare(part))]


def unknown_name(text: str, start: int) -> list[Participant]:
    """The name of a company that words begin or end with, none where they hold none.

    Two words with capitals may be a person, so they need a word that only companies bear; people
    are never told of.
    """
    for pattern in (_NAME_FIRST, _NAME_LAST):
        match = pattern.search(text)
        if match is None:
            continue
        first, last = match.span("name")
        surface = text[first:last].rstrip(".")
        last = first + len(surface)
        is_single = " " not in surface and surface.isascii() and surface.lower() not in _NO_NAMES
        if is_single or _CORPORATE.search(surface):
            return [Participant(surface, Span(start + first, start + last, surface))]
    return []


def _bare(text: str) -> str:
    while (shorter := _EDGE.sub("", text.strip(" ,，、《》〈〉「」『』“”\"'"))) != text:
        text = shorter
    return text


def likely(
    number: Number,
    types: frozenset[str],
    without: frozenset[str],
    models: Mapping[str, ChoiceModel],
) -> Participant | None:
    """Whom an event is about that names nobody: the likeliest of some types within reach.

    A name that stands before the trigger goes before one that is only to come.
    """
    candidates = [
        c for c in subject_candidates(number, EVENT_MEASURE, Before())
        if c.mention is not None and c.canonical not in without
        and number.marked.gazetteer[c.canonical].type in types
    ]  # fmt: skip
    earlier = [
        c for c in candidates if c.mention is not None and c.mention.start < number.quantity.start
    ]
    candidates = earlier or candidates
    # Whom somebody went to, or competes with, is not whom the text is about.
    candidates = [c for c in candidates if not _is_other(number, c.mention)] or candidates
    if not candidates:
        return None
    told = models["subject"].probabilities([c.features for c in candidates])
    best, probability = heaviest(candidates, [c.canonical for c in candidates], told)
    # Whom the text names most is meant where nobody is much likelier.
    top = [n for n, c in enumerate(candidates) if c.canonical == number.marked.top]
    share = sum(told[n] for n in top)
    if share > _LEAST_OF_TOP * probability:
        best, probability = candidates[max(top, key=lambda n: told[n])], share
    return Participant(best.canonical, best.mention, probability)


def _is_other(number: Number, mention: Mention | None) -> bool:
    """Whether a name stands behind a word for somebody else in the trigger's sentence."""
    begin = number.passage.sentence.start
    if mention is None or mention.start < begin:
        return False
    return _OTHER.search(number.marked.lower[begin : mention.start]) is not None


def heaviest(
    candidates: Sequence[T], keys: Sequence[object], told: Sequence[float]
) -> tuple[T, float]:
    """The likeliest candidate of the likeliest key, and the key's probability."""
    mass: dict[object, float] = defaultdict(float)
    for key, probability in zip(keys, told, strict=True):
        mass[key] += probability
    # The first of equals, so that the order of candidates decides.
    best = max(mass, key=lambda key: mass[key])
    places = [n for n, key in enumerate(keys) if key == best]
    return candidates[max(places, key=lambda n: told[n])], mass[best]


def company_of(marked: Marked, participant: Participant, place: int) -> Participant:
    """The company whose product is named where only a company can be meant.

    Only if the text names the company somewhere: else the product goes by its own name.
    """
    owner = maker(marked, participant, place)
    if owner is None or all(owner.name not in m.entities for m in marked.mentions):
        return participant
    return owner


def employer_of(marked: Marked, participant: Participant, place: int) -> Participant:
    """The company of a product that the text names no more often than the company."""
    owner = company_of(marked, participant, place)
    counts = Counter(name for m in marked.mentions for name in m.entities[:1])
    return owner if counts[owner.name] >= counts[participant.name] else participant


def maker(marked: Marked, thing: Participant, place: int) -> Participant | None:
    """Whose a thing is by the catalogue; it stands where the text names it nearest to a place.

    A maker that the text does not name stands where the thing does.
    """
    entities = marked.gazetteer.entities
    parent = entities[thing.name].parent if thing.name in entities else ""
    if parent not in entities:
        return None
    places = [m for m in marked.mentions if parent in m.entities]
    nearest = min(
        places, key=lambda m: (m.start > place, abs(m.start - place)), default=thing.mention
    )
    return Participant(parent, nearest, thing.probability)
