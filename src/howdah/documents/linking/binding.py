"""Binding: each number gets its metric, subject, period, source and modality.

Numbers are bound in the order of the text, and what the one before was bound to is evidence for
the next: a paragraph goes on about whom and when it began with.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from howdah.core.wording import ACHIEVED, Modality
from howdah.documents.linking.inheritance import Key
from howdah.documents.linking.metrics import UNCLASSIFIED, metric_candidates
from howdah.documents.linking.model import ChoiceModel
from howdah.documents.linking.periods import PeriodCandidate, period_candidates
from howdah.documents.linking.reach import SubjectCandidate
from howdah.documents.linking.sources import (
    SourceCandidate,
    Sources,
    source_candidates,
)
from howdah.documents.linking.statements import statement_candidates
from howdah.documents.linking.subjects import subject_candidates
from howdah.documents.modality import modality_candidates
from howdah.documents.numbers import Before, Measure, Number, unit_class
from howdah.documents.passages import Marked
from howdah.documents.spans import Span

K = TypeVar("K")

#: A number less likely than this to state anything makes no claim.
LEAST_STATED = 0.5

#: Family of metrics that the lexicon does not know.
UNKNOWN_FAMILY = "unknown"


@dataclass(frozen=True, slots=True)
class Bound:
    """A number and what it was bound to.

    Attributes
    ----------
    metric
        Id of the metric that it is a level, a change or a rank of.
    probabilities
        Of each choice: metric, subject, period, source, modality; and `meant`, that it is told
        as something that happened where it did, and as something else where not.
    subjects
        Probability of each name within reach.
    """

    number: Number
    metric: str
    metric_word: Span | None
    subject: SubjectCandidate
    period: PeriodCandidate
    source: SourceCandidate
    modality: Modality
    probabilities: Mapping[str, float]
    subjects: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says of a number whom the models do not gainsay: a model of language.

    Attributes
    ----------
    metric, subject, period
        Id, canonical name and days; None leaves the choice to the models, and so does what is no
        candidate.
    """

    metric: str | None = None
    subject: str | None = None
    period: Key | None = None


#: Nothing is told.
UNTOLD = Told()


def measure_of(number: Number, metric: str) -> Measure:
    """What a number of a metric measures."""
    lexicon = number.marked.lexicon
    if metric not in lexicon:
        return Measure(UNCLASSIFIED, UNKNOWN_FAMILY)
    return Measure(metric, lexicon[metric].family)


def is_stated(number: Number, models: Mapping[str, ChoiceModel]) -> float:
    """Probability that a number states something about somebody."""
    candidates = statement_candidates(number)
    told = models["statement"].probabilities([c.features for c in candidates])
    return sum(p for c, p in zip(candidates, told, strict=True) if c.is_stated)


def bind(
    marked: Marked,
    models: Mapping[str, ChoiceModel],
    sources: Sources,
    told: Mapping[int, Told] | None = None,
) -> Iterator[Bound]:
    """Bind all numbers of a document that state something, in order.

    Parameters
    ----------
    sources
        Of the document, from `find_sources`.
    told
        What is told of numbers, by where they start.
    """
    known = told or {}
    before = Before()
    for at, passage in enumerate(marked.passages):
        for place in range(len(passage.quantities)):
            number = Number(marked, at, place)
            if is_stated(number, models) < LEAST_STATED:
                continue
            own = known.get(number.quantity.start, UNTOLD)
            bound = bind_one(number, sources, before, models, own)
            before = after(bound)
            yield bound


def after(bound: Bound) -> Before:
    """What a bound number is to the next one."""
    number = bound.number
    return Before(
        bound.metric, bound.subject.canonical, bound.period.key, bound.source.name,
        bound.modality, number.at, number.quantity.end, unit_class(number.quantity),
    )  # fmt: skip


def bind_one(
    number: Number,
    sources: Sources,
    before: Before,
    models: Mapping[str, ChoiceModel],
    told: Told = UNTOLD,
) -> Bound:
    """Bind one number.

    Parameters
    ----------
    sources
        Of the document.
    before
        What the number before was bound to.
    told
        What is told of it.
    """
    metrics = metric_candidates(number, before)
    metric, p_metric, word_at = _best(
        [c.metric for c in metrics],
        models["metric"].probabilities([c.features for c in metrics]),
        told.metric,
    )
    measure = measure_of(number, metric)
    subjects = subject_candidates(number, measure, before)
    names = [c.canonical for c in subjects]
    p_names = models["subject"].probabilities([c.features for c in subjects])
    _, p_subject, subject_at = _best(names, p_names, told.subject)
    periods = period_candidates(number, measure, before)
    _, p_period, period_at = _best(
        [c.key for c in periods],
        models["period"].probabilities([c.features for c in periods]),
        told.period,
    )
    named = source_candidates(number, sources, before)
    _, p_source, source_at = _best(
        [c.name for c in named], models["source"].probabilities([c.features for c in named])
    )
    period, source = periods[period_at], named[source_at]
    last = before.modality if before.at == number.at else ""
    meant = modality_candidates(number, (period.first, period.last), source.source_type, last)
    masses = models["modality"].probabilities([c.features for c in meant])
    modality, p_modality, _ = _best([c.modality for c in meant], masses)
    return Bound(
        number, metric, metrics[word_at].word,
        subjects[subject_at], period, source, modality,
        {
            "meant": sum(
                p for c, p in zip(meant, masses, strict=True)
                if (c.modality in ACHIEVED) == (modality in ACHIEVED)
            ),
            "metric": p_metric, "subject": p_subject, "period": p_period,
            "source": p_source, "modality": p_modality,
        },
        summed(names, p_names),
    )  # fmt: skip


def _best(keys: Sequence, probabilities: Sequence[float], told: object = None) -> tuple:  # type: ignore[type-arg]
    """The key that is told or the likeliest, its probability, and its likeliest candidate."""
    mass = summed(keys, probabilities)
    best: dict[object, int] = {}
    for n, (key, probability) in enumerate(zip(keys, probabilities, strict=True)):
        if key not in best or probability > probabilities[best[key]]:
            best[key] = n
    # The first of equals, so that the order of candidates decides and no hash does.
    key = told if told in mass else max(mass, key=lambda k: mass[k])
    return key, mass[key], best[key]


def summed(keys: Sequence[K], probabilities: Sequence[float]) -> dict[K, float]:
    """Probability of each key, over all candidates that have it."""
    mass: dict[K, float] = defaultdict(float)
    for key, probability in zip(keys, probabilities, strict=True):
        mass[key] += probability
    return dict(mass)
