"""What the models of linking learn from labelled articles, and how well they choose among them."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from articles import Article, Label
from scoring import is_period
from speakers import is_same_source

from howdah.documents.events import as_number, find_events
from howdah.documents.folding import fold
from howdah.documents.lexicon import metric_lexicon
from howdah.documents.linking import (
    UNCLASSIFIED,
    Before,
    Choice,
    ChoiceModel,
    Number,
    learn,
    measure_of,
    metric_candidates,
    period_candidates,
    prior_weights,
    statement_candidates,
    subject_candidates,
)
from howdah.documents.linking.model import RIDGE
from howdah.documents.linking.sources import (
    SourceCandidate,
    Sources,
    find_sources,
    source_candidates,
)
from howdah.documents.mentions import Entity, Gazetteer
from howdah.documents.modality import modality_candidates
from howdah.documents.numbers import unit_class
from howdah.documents.passages import Marked, mark
from howdah.documents.reading import read_text
from howdah.documents.wording import base_metric

#: Names of the single sentences, and the day that they are read as of.
SPOKEN_OF = (
    Entity("榆木科技", "company", "", ()), Entity("秤砣咨询", "organisation", "", ()),
    Entity("Quillmark", "company", "", ()), Entity("Sorrel Data", "organisation", "", ()),
)  # fmt: skip
_DAY = date(2025, 1, 9)

#: Strength of the prior that a weight is zero, in choices; 1 where nothing is said.
RIDGES = {"metric": 3.0, "subject": 1.5, "period": 5.0, "source": 2.0}

CHOSEN = ("statement", "metric", "subject", "period", "source", "modality")


#: What one article teaches: what is chosen, and a choice of that.
Lessons = tuple[tuple[str, Choice], ...]


def lessons_of(marked: Marked, article: Article) -> Lessons:
    """Choices of the numbers and events of one article."""
    return (*choices_of(marked, article), *event_choices(marked, article))


@cache
def spoken() -> Lessons:
    """Who states the numbers of single sentences (``sources.txt``): words of sources are many."""
    names = Gazetteer({e.canonical: e for e in SPOKEN_OF})
    found: list[tuple[str, Choice]] = []
    for text, name, kind in spoken_sentences():
        marked = mark(read_text(text, published_at=_DAY), names, metric_lexicon())
        sources = find_sources(marked)
        for at, passage in enumerate(marked.passages):
            for place in range(len(passage.quantities)):
                named = source_candidates(Number(marked, at, place), sources, Before())
                rows = [(c.features, is_spoken_by(c, name, kind)) for c in named]
                found.append(("source", _choice(rows)))
    return tuple(found)


def spoken_sentences() -> Iterator[tuple[str, str, str]]:
    """Sentences, who states their numbers ("" for the author) and what kind of source that is."""
    for line in (Path(__file__).parent / "sources.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            text, name, kind = (piece.strip() for piece in line.split(" | "))
            yield text, name, kind


def is_spoken_by(candidate: SourceCandidate, name: str, kind: str) -> bool:
    """Whether a candidate is the source of a sentence: of its kind, one name in the other."""
    one, other = fold(candidate.name).lower, fold(name).lower
    is_named = bool(one) == bool(other) and (one in other or other in one)
    return candidate.source_type == kind and is_named


def learned(lessons: Iterable[Lessons]) -> dict[str, ChoiceModel]:
    """Models learnt from articles."""
    choices: dict[str, list[Choice]] = {name: [] for name in CHOSEN}
    for of_one in (*lessons, spoken()):
        for name, choice in of_one:
            choices[name].append(choice)
    prior = prior_weights()
    return {
        name: learn(found, prior.get(name), RIDGES.get(name, RIDGE))
        for name, found in choices.items()
    }


def choices_of(marked: Marked, article: Article) -> Iterator[tuple[str, Choice]]:
    """Choices of a labelled article, each number with what is right of the one before."""
    sources = find_sources(marked)
    before = Before()
    for at, passage in enumerate(marked.passages):
        for place in range(len(passage.quantities)):
            number = Number(marked, at, place)
            label = label_of(number, article.labels)
            stated = statement_candidates(number)
            yield "statement", _choice([(c.features, c.is_stated == bool(label)) for c in stated])
            if label is None:
                continue
            yield from _choices(number, label, sources, before)
            canonical = label.subject if label.subject in marked.gazetteer.entities else ""
            metric = base_metric(label.metric)
            before = Before(
                metric if metric in metric_lexicon() else UNCLASSIFIED, canonical, label.period,
                label.source, label.modality, at, number.quantity.end, unit_class(number.quantity),
            )  # fmt: skip


def event_choices(marked: Marked, article: Article) -> Iterator[tuple[str, Choice]]:
    """What events say of modality, period and source, where a pattern found a labelled one."""
    sources = find_sources(marked)
    priors = {name: ChoiceModel(weights) for name, weights in prior_weights().items()}
    for event in find_events(marked, priors):
        number = as_number(marked, event.at, event)
        sentence = number.passage.sentence
        quote = article.document.text[sentence.start : sentence.end]
        for label in article.labels:
            if label.start is not None or label.metric != event.metric:
                continue
            if event.subject.name != label.subject:
                continue
            if label.quote.partition("#")[0] not in quote and quote not in label.quote:
                continue
            told = dict(_choices(number, label, sources, Before()))
            yield from ((name, told[name]) for name in ("source", "modality"))
            break


def label_of(number: Number, labels: Sequence[Label]) -> Label | None:
    """The label of a number, by where both stand; of several the one of its unit."""
    quantity = number.quantity
    found = [
        label for label in labels
        if label.start is not None and label.end is not None
        and label.start < quantity.end and quantity.start < label.end
    ]  # fmt: skip
    found.sort(key=lambda label: (label.unit != quantity.unit, label.end - label.start))
    return found[0] if found else None


def is_source(candidate: SourceCandidate, label: Label) -> bool:
    """Whether a candidate is the source that a label names."""
    if candidate.attribution is None:
        return not label.source
    return is_same_source(candidate.name, candidate.source_type, label)


def _choices(
    number: Number, label: Label, sources: Sources, before: Before
) -> Iterator[tuple[str, Choice]]:
    lexicon = metric_lexicon()
    metric = base_metric(label.metric)
    metric = metric if metric in lexicon else UNCLASSIFIED
    metrics = metric_candidates(number, before)
    yield "metric", _choice([(c.features, c.metric == metric) for c in metrics])
    measure = measure_of(number, metric)
    known = label.subject if label.subject in number.marked.gazetteer.entities else ""
    subjects = subject_candidates(number, measure, before)
    yield "subject", _choice([(c.features, c.canonical == known) for c in subjects])
    periods = period_candidates(number, measure, before)
    yield "period", _choice([(c.features, is_period(c.key, label.period)) for c in periods])
    named = source_candidates(number, sources, before)
    yield "source", _choice([(c.features, is_source(c, label)) for c in named])
    last = before.modality if before.at == number.at else ""
    meant = modality_candidates(number, label.period[:2], label.source_type, last)
    yield "modality", _choice([(c.features, c.modality == label.modality) for c in meant])


def _choice(rows: list[tuple[tuple[str, ...], bool]]) -> Choice:
    return Choice(tuple(r[0] for r in rows), tuple(r[1] for r in rows))


def weights_of(models: Mapping[str, ChoiceModel]) -> dict[str, dict[str, float]]:
    """Models as they are kept."""
    return {name: dict(sorted(model.weights.items())) for name, model in models.items()}
