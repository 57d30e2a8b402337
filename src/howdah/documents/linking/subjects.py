"""Whom a number is about: every name within reach is a candidate.

In reach are the names of the sentence, of the sentences before, of the heading and the title, and
what "the company" or "it" stands for. The features say how the name stands to the number: before
it or behind, as the one compared with, as the source, in a list that runs beside a list of numbers.
"""

import re
from collections import Counter
from collections.abc import Iterator

from howdah.documents.linking.antecedents import anaphoric, part_of_pair
from howdah.documents.linking.groups import group_of, row_head, told_together
from howdah.documents.linking.lists import alignment
from howdah.documents.linking.nouns import own_words_of
from howdah.documents.linking.reach import SubjectCandidate, names_beyond
from howdah.documents.linking.roles import roles_of
from howdah.documents.numbers import Before, Measure, Number
from howdah.documents.spans import Mention, Span

#: A word within so many characters of the start opens a sentence.
_AT_START = 2

#: What stands in front of a clause's subject: "meanwhile", "its smaller rival".
_LEAD_IN = re.compile(
    r"(?:\s|同期|同时|其中|而|但|则|不过|反观|另外|此外|目前|当时|至于|相比之下|尤其|前期|去年|今年"
    r"|本月|上月|前三季度|年|月|竞争对手|对手|同行|同业|老对手|友商|其|导航应用|应用|品牌"
    r"|\b(?:and|but|while|whereas|meanwhile|however|by contrast|in contrast|now|its|the|smaller"
    r"|larger|bigger|rival|rivals|competitor|neighbour|sister|so|then|yet|only|even|last year"
    r"|this year)\b|,)*"
)


def subject_candidates(number: Number, measure: Measure, before: Before) -> list[SubjectCandidate]:
    """All names within reach of a number.

    Parameters
    ----------
    measure
        What it measures: of what kind of thing that usually is.
    before
        What the number before was bound to.
    """
    family = measure.family
    found = [*_in_sentence(number), *anaphoric(number), *names_beyond(number)]
    focus, part = _focus(number), part_of_pair(number)
    n_names = before.between(number, number.passage.mentions)
    n_words = before.between(number, number.passage.anaphors)
    where = before.distance(number)
    named = {c.canonical for c in found if "sentence" in c.features}
    full = []
    for candidate in found:
        type_ = number.marked.gazetteer[candidate.canonical].type or "untyped"
        extra = [f"t:{type_}|{family}", f"t:{type_}", f"t:{type_}|m:{measure.metric}"]

        if candidate.canonical == before.subject and number.cell is None:
            if number.block.kind == "item" and where != "same":
                extra.append("previous|new_item")
            else:
                extra += [
                    "previous", f"previous|{'named' if named else 'unnamed'}",
                    f"previous|names{n_names}|{where}", f"previous|words{min(n_words, 1)}",
                ]  # fmt: skip
        if candidate.canonical == number.marked.top:
            extra += ["top"] if named else ["top", "top|unnamed"]
        if part:
            extra.append("aligned" if candidate.canonical == part else "misaligned")
        if candidate.canonical == focus:
            extra += ["focus", f"focus|{'named' if named else 'unnamed'}"]
        extra += _parts(number, candidate, family)
        if candidate.canonical in number.marked.tellers:
            extra += ["teller", f"teller|{'named' if named else 'unnamed'}"]
        parent = number.marked.gazetteer[candidate.canonical].parent
        if parent in named:
            extra.append("parent_named")
        full.append(
            SubjectCandidate(
                candidate.canonical,
                candidate.mention,
                candidate.anaphor,
                (*candidate.features, *extra),
            )
        )
    nobody = ["nobody", f"nobody|{'named' if named else 'unnamed'}", f"nobody|{family}"]
    nobody += ["nobody|group"] if group_of(number) else []
    nobody += ["nobody|row"] if row_head(number) else []
    nobody += ["nobody|together"] if told_together(number) else []
    nobody += [f"nobody|{_worded(number)}"]
    return [*full, SubjectCandidate("", None, None, tuple(nobody))]


def _worded(number: Number) -> str:
    """Whether the text has a noun of its own for a subject that the catalogue does not know."""
    words = own_words_of(number)
    if words is None:
        return "wordless"
    named = any(m.end <= number.quantity.start for m in number.passage.mentions)
    return f"worded|{'named' if named else 'unnamed'}"


def _parts(number: Number, candidate: SubjectCandidate, family: str) -> Iterator[str]:
    """What part a name takes in a deal, here or anywhere in the text."""
    yield from (f"{r}|{family}" for r in ("bidder", "holder") if f"then:{r}" in candidate.features)
    if candidate.canonical in number.marked.deals.targets:
        yield f"bought|{family}"
    if candidate.canonical in number.marked.deals.buyers:
        yield f"buys|{family}"


def _focus(number: Number) -> str:
    """Whom the first sentence of the block names first."""
    passages = number.marked.passages
    first = number.at
    while first and passages[first - 1].block == number.passage.block:
        first -= 1
    mentions = passages[first].mentions
    return mentions[0].entities[0] if mentions else ""


def _in_sentence(number: Number) -> Iterator[SubjectCandidate]:
    passage = number.passage
    mentions = passage.mentions
    ranks = _ranks(number)
    for n, mention in enumerate(mentions):
        side = number.side(mention)
        apart = min(number.clauses_to(mention), 3)
        n_numbers = min(number.between(mention, passage.quantities), 2)
        features = [
            "sentence",
            f"{side}|apart{apart}",
            f"{side}|rank{min(ranks[n], 3)}",
            f"{side}|apart{apart}|rank{min(ranks[n], 2)}",
            f"{side}|numbers{n_numbers}",
            f"{side}|near{number.distance(mention)}",
        ]
        if n == 0:
            features += ["first", f"first|{number.block.kind}"]
        if mention.start - passage.sentence.start <= _AT_START:
            features.append("opens_sentence")
        opening = _opening(number, mention)
        features += [f"{opening}|{side}|apart{apart}"] if opening else []
        if n + 1 < len(mentions) and mentions[n + 1].start - mention.end <= 1:
            features.append(f"apposed|{number.marked.gazetteer[mention.entities[0]].type}")
        features += roles_of(number, mention)
        if passage.groups[n][2] > 1:
            features += filter(None, (f"listed|{side}", alignment(number, n)))
        if number.cell is not None:
            features.append("own_row")
        if number.block.kind == "item":
            features.append(f"item|{side}|rank{min(ranks[n], 2)}")
        for rank, canonical in enumerate(mention.entities):
            sense = [f"sense{min(rank, 2)}"] if len(mention.entities) > 1 else []
            yield SubjectCandidate(canonical, mention, None, (*features, *sense))


def _opening(number: Number, mention: Mention) -> str:
    """Whether a name opens its clause, or begins it behind words like "meanwhile"."""
    sentence = number.passage.sentence
    clause = sentence.clauses[sentence.clause_at(mention.start)]
    if mention.start - clause.start <= 1:
        return "opens_clause"
    lead_in = number.marked.lower[clause.start : mention.start]
    return "begins_clause" if _LEAD_IN.fullmatch(lead_in) else ""


def _ranks(number: Number) -> dict[int, int]:
    """How many names of the sentence stand nearer to the number on the same side."""
    mentions = number.passage.mentions
    ranks: dict[int, int] = {}
    seen: Counter[str] = Counter()
    for n in sorted(range(len(mentions)), key=lambda n: _gap(number, mentions[n])):
        side = number.side(mentions[n])
        ranks[n] = seen[side]
        seen[side] += 1
    return ranks


def _gap(number: Number, span: Span) -> int:
    return max(number.quantity.start - span.end, span.start - number.quantity.end, 0)
