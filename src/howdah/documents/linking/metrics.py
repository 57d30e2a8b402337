"""Which metric a number is of: every word of a metric within reach is a candidate, and so is none.

A candidate's features say where its word stands and which units it takes; the model weighs them.
Headings, captions and the heads of a table's columns are within reach of what stands under them,
and the sentence before within that of a number whose own sentence has no word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from howdah.documents.lexicon import MetricEntry, Trigger
from howdah.documents.linking.lists import run_of_numbers
from howdah.documents.linking.phrases import phrase_features
from howdah.documents.linking.surroundings import words_around
from howdah.documents.numbers import Before, Number, unit_class
from howdah.documents.spans import Quantity, Span

UNCLASSIFIED = "unclassified"

#: Features of candidates that another's phrase does not weaken.
_FIRM = frozenset({"tight", "from:column", "from:row"})

#: Features of a word in the number's clause with no other number between them.
_SAME_CLAUSE = frozenset(
    f"{side}|same|numbers0|rivals{n}" for side in ("before", "behind") for n in range(3)
) | {"counted"}

#: Families whose numbers are also told as a share of a whole: "one in twenty pays".
_PARTS_OF = frozenset({"audience", "staff"})

#: What speaks for the metric of the number before where the number has a word of its own.
_ENDED = ("previous|beaten",)

#: Words right before a number that is held against the one before it, and so is of its metric.
_AGAIN = re.compile(
    r"(?:较|比|高于|低于|多于|少于|上年同期|去年同期|此前的?|前值|由|从"
    r"|(?:现在|目前|如今|剩)的?)[为的是]?\s*$"
    r"|\b(?:than|versus|vs\.?|against|compared (?:with|to)|from|and) (?:the |just |about |some )?$"
)


@dataclass(frozen=True, slots=True)
class MetricCandidate:
    """A metric that a number may be of.

    Attributes
    ----------
    metric
        Its id, "unclassified" for none that is known.
    word
        The word that says so, None where none does.
    """

    metric: str
    word: Span | None
    features: tuple[str, ...]


def metric_candidates(number: Number, before: Before) -> list[MetricCandidate]:
    """All metrics within reach of a number, and none of them.

    Parameters
    ----------
    before
        What the number before was bound to.
    """
    found = [*_in_sentence(number), *_around(number)]
    n_local = len({c.metric for c in found if "local" in c.features})
    found.append(_unclassified(number, min(n_local, 2)))
    lexicon = number.marked.lexicon
    is_named = any(c.metric == before.metric for c in found)
    if not is_named and before.metric in lexicon and takes(lexicon[before.metric], number.quantity):
        entry = lexicon[before.metric]
        unit = unit_class(number.quantity)
        features = (
            "from:previous",
            f"m:{entry.metric}",
            f"m:{entry.metric}|{unit}",
            f"f:{entry.family}|{unit}",
        )
        found.append(MetricCandidate(entry.metric, None, features))
    if any("tight" in c.features for c in found):
        found = [_beaten(c) for c in found]
    words = [
        t
        for t in number.passage.triggers
        if not t.is_weak
        and not t.behind
        and any(takes(lexicon[m], number.quantity) for m in t.metrics)
    ]
    n_words = before.between(number, words)
    unit = unit_class(number.quantity)
    same = "same" if before.unit == unit else f"{before.unit}>{unit}"
    where = before.distance(number)
    kind = number.block.kind
    again = (
        "previous",
        f"previous|words{n_words}|{where}",
        f"previous|{same}|{where}",
        f"previous|words{n_words}|{same}",
        f"previous|{kind}",
        *_going_on(number, before),
    )
    if before.at < 0 or number.cell is not None:
        return found
    return [
        MetricCandidate(c.metric, c.word, (*c.features, *(_ENDED if _is_ended(c) else again)))
        if c.metric == before.metric
        else c
        for c in found
    ]


def _is_ended(candidate: MetricCandidate) -> bool:
    """Whether another's word is one phrase with the number, so that it does not go on."""
    return "beaten" in candidate.features


def _beaten(candidate: MetricCandidate) -> MetricCandidate:
    """The candidate, weakened where the number and another's word are one phrase."""
    if not _FIRM.isdisjoint(candidate.features):
        return candidate
    where = "none" if "none" in candidate.features else candidate.features[0]
    features = (*candidate.features, "beaten", f"beaten|{where}")
    return MetricCandidate(candidate.metric, candidate.word, features)


def _going_on(number: Number, before: Before) -> Iterator[str]:
    """Whether a number goes on with a list, or is held against the one before."""
    if before.unit != unit_class(number.quantity):
        return
    if number.at == before.at and run_of_numbers(number)[0] > 0:
        yield "previous|run"
    if _AGAIN.search(number.before_text(number.quantity.start)):
        yield "previous|again"


def names_metric(number: Number) -> bool:
    """Whether the number's sentence has a word of a metric that it may be of."""
    lexicon = number.marked.lexicon
    is_listed = any(
        metric != UNCLASSIFIED and not trigger.behind and takes(lexicon[metric], number.quantity)
        for trigger in number.passage.triggers
        for metric in trigger.metrics
    )
    # Words that wait for another, and of unknown metrics, ask for the whole look.
    return is_listed or next(_in_sentence(number), None) is not None


def takes(entry: MetricEntry, quantity: Quantity) -> bool:
    """Whether a number of that unit may be of a metric, or be a change or a rank of it."""
    unit, units = quantity.unit, entry.units
    if entry.metric == UNCLASSIFIED or quantity.change in {"growth", "multiple"}:
        return True
    if unit in {"rank", "times"}:
        return True
    if quantity.change == "points" or unit == "points":
        return "percent" in units or entry.metric == "rating"
    is_share = unit == "percent" and entry.family in _PARTS_OF
    is_counted = (unit == "count" and "people" in units) or (
        unit == "people" and not units.isdisjoint({"count", "people"})
    )
    is_price = unit == "currency" and "per_user" in units
    return unit in units or is_share or is_counted or is_price


def _in_sentence(number: Number) -> Iterator[MetricCandidate]:
    passage, quantity = number.passage, number.quantity
    lexicon = number.marked.lexicon
    sentence = passage.sentence
    clause = sentence.clauses[number.clause] if sentence.clauses else sentence
    tails = lexicon.tails(number.marked.lower, quantity.start, max(clause.end, quantity.end))
    fitting = [
        (trigger, metric)
        for trigger in passage.triggers
        if not trigger.behind
        or (trigger.start < quantity.start and not trigger.behind.isdisjoint(tails))
        for metric in trigger.metrics
        if takes(lexicon[metric], quantity)
    ]
    words = [trigger for trigger, _ in fitting]
    for trigger, metric in fitting:
        found = _local(number, trigger, metric, words)
        if metric != UNCLASSIFIED or _is_at(found):
            yield found


def _is_at(candidate: MetricCandidate) -> bool:
    """Whether a word that keeps a number from other metrics stands right at the number."""
    features = candidate.features
    is_near = not _SAME_CLAUSE.isdisjoint(features) and "taken" not in features
    return is_near or "tight" in features


def _local(number: Number, trigger: Trigger, metric: str, words: list[Trigger]) -> MetricCandidate:
    quantity = number.quantity
    entry = number.marked.lexicon[metric]
    side = number.side(trigger)
    apart = min(number.clauses_to(trigger), 3)
    near = number.distance(trigger)
    n_numbers = min(number.between(trigger, number.passage.quantities), 3)
    rivals = [w for w in words if w.start != trigger.start]
    n_rivals = min(number.between(trigger, rivals), 2)
    unit = unit_class(quantity)
    features = [
        "local",
        f"{side}|apart{apart}",
        f"{side}|near{near}",
        f"{side}|numbers{n_numbers}",
        f"rivals{n_rivals}",
        f"m:{metric}",
        f"m:{metric}|{unit}",
        f"f:{entry.family}|{unit}",
    ]
    if apart == 0:
        features.append(f"{side}|same|numbers{n_numbers}|rivals{n_rivals}")
    if trigger.is_weak:
        features.append("weak")
    if trigger.behind:
        features.append("paired")
    features += phrase_features(number, trigger)
    if quantity.unit == "rank":
        features.append(f"rank|{side}|apart{apart}")
    return MetricCandidate(metric, trigger, tuple(features))


def _around(number: Number) -> Iterator[MetricCandidate]:
    """Metrics of heads of columns, captions, headings, questions and sentences before."""
    for origin, trigger, word in words_around(number):
        yield from _distant(number, trigger, origin, word)


def _distant(
    number: Number, trigger: Trigger, origin: str, word: Span | None
) -> Iterator[MetricCandidate]:
    quantity = number.quantity
    lexicon = number.marked.lexicon
    unit = unit_class(quantity)
    kind = number.block.kind
    for metric in trigger.metrics:
        entry = lexicon[metric]
        is_head = origin in {"column", "row"}
        if metric == UNCLASSIFIED and not is_head:
            continue
        if not takes(entry, quantity) and not (is_head and quantity.unit == ""):
            continue
        features = [
            f"from:{origin}",
            f"from:{origin}|{kind}",
            f"m:{metric}",
            f"m:{metric}|{unit}",
            f"f:{entry.family}|{unit}",
        ]
        if trigger.is_weak:
            features.append("weak")
        if any(
            takes(lexicon[m], quantity) and not t.is_weak and not t.behind
            for t in number.passage.triggers
            for m in t.metrics
        ):
            features.append(f"from:{origin}|rivalled")
        yield MetricCandidate(metric, word, tuple(features))


def _unclassified(number: Number, n_local: int) -> MetricCandidate:
    quantity = number.quantity
    unit = unit_class(quantity)
    features = ["none", f"none|{unit}", f"none|local{n_local}", f"none|{unit}|local{n_local}"]
    if quantity.counted:
        features.append("none|counted")
    if number.cell is not None:
        features.append("none|cell")
    return MetricCandidate(UNCLASSIFIED, None, tuple(features))
