"""What the models of linking learn from labelled articles, and how well they choose among them."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from articles import Article, Label
from scoring import is_period
from speakers import is_same_source

from howdah.documents.events import as_number, find_events
from howdah.documents.lexicon import metric_lexicon
from howdah.documents.linking import (
    UNCLASSIFIED,
    Before,
    Choice,
    ChoiceModel,
    Number,
    family_of,
    learn,
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
from howdah.documents.modality import modality_candidates
from howdah.documents.numbers import unit_class
from howdah.documents.passages import Marked
from howdah.documents.wording import base_metric

#: Strength of the prior that a weight is zero, in choices; 1 where nothing is said.
RIDGES = {"metric": 3.0, "period": 4.0}

CHOSEN = ("statement", "metric", "subject", "period", "source", "modality")


def learned(
    articles: Sequence[tuple[Marked, Article]],
) -> dict[str, ChoiceModel]:
    """Models learnt from the numbers of articles."""
    choices: dict[str, list[Choice]] = {name: [] for name in CHOSEN}
    for marked, article in articles:
        for name, choice in (*choices_of(marked, article), *event_choices(marked, article)):
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
    family = family_of(number, metric)
    known = label.subject if label.subject in number.marked.gazetteer.entities else ""
    subjects = subject_candidates(number, family, before)
    yield "subject", _choice([(c.features, c.canonical == known) for c in subjects])
    periods = period_candidates(number, family, before)
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
