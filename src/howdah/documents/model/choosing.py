"""Choosing: a model picks among the candidates that linking has for each number.

It cannot say anything that is no candidate: an answer is a number of an alternative, and the first
is always none. Which candidates there are, the text decides.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from howdah.core.metrics import builtin_metrics
from howdah.documents.linking import (
    UNCLASSIFIED,
    Before,
    Bound,
    ChoiceModel,
    Number,
    Told,
    after,
    bind,
    find_sources,
    measure_of,
    metric_candidates,
    period_candidates,
    subject_candidates,
)
from howdah.documents.linking.periods import PeriodCandidate
from howdah.documents.model.asking import Task
from howdah.documents.model.schema import Json, of_number, of_object
from howdah.documents.passages import Marked

#: What a model chooses of a number, and what of it may be said of each.
FIELDS = ("metric", "subject", "period")

_NONE = {"metric": "none of these", "subject": "none of these", "period": "not told"}
_NO_KEY = {"metric": UNCLASSIFIED, "subject": "", "period": (None, None, "")}

_TASK = """\
Task: for each number below choose by its sentence and those around it which metric it is of, whom \
or what it is about (its subject) and for which period it is stated. Each has numbered \
alternatives; answer with the number of the right one, and with 0 where none of the others is right.

{questions}

Answer with an object that has a key for each number, as "n1", holding the number of the chosen \
alternative of each field."""


@dataclass(frozen=True, slots=True)
class Question:
    """A number and what may be chosen for it.

    Attributes
    ----------
    by_rules
        What the rules choose.
    keys, labels
        Of each field that has a choice: what each alternative stands for, and how it is shown.
    """

    number: Number
    by_rules: Told
    keys: Mapping[str, Sequence[object]]
    labels: Mapping[str, Sequence[str]]


def questions_of(marked: Marked, models: Mapping[str, ChoiceModel]) -> Iterator[Question]:
    """What may be asked about each number that states something, in order."""
    before = Before()
    for bound in bind(marked, models, find_sources(marked)):
        yield _question(bound, before)
        before = after(bound)


def choice_task(questions: Sequence[Question]) -> Task:
    """The task of choosing for numbers of one page."""
    shown: dict[str, object] = {}
    properties: dict[str, Json] = {}
    for n, question in enumerate(questions, 1):
        properties[f"n{n}"] = of_object(
            {field: of_number(len(keys)) for field, keys in question.keys.items()}
        )
        shown[f"n{n}"] = {
            "number": question.number.quantity.surface,
            "sentence": f"s{question.number.at}",
            **_place(question.number),
            **_heads(question.number),
            **{field: dict(enumerate(labels)) for field, labels in question.labels.items()},
        }
    lines = (f"{name}: {json.dumps(told, ensure_ascii=False)}" for name, told in shown.items())
    return Task("choices", _TASK.format(questions="\n".join(lines)), of_object(properties))


def picks_of(answer: Json, questions: Sequence[Question]) -> dict[int, Told]:
    """What an answer that fits its schema says of each number, by where it starts."""
    picks = {}
    for n, question in enumerate(questions, 1):
        chosen = answer[f"n{n}"]
        told = {field: keys[chosen[field]] for field, keys in question.keys.items()}
        picks[question.number.quantity.start] = Told(**told)
    return picks


def _question(bound: Bound, before: Before) -> Question:
    number = bound.number
    measure = measure_of(number, bound.metric)
    gazetteer = number.marked.gazetteer
    found: dict[str, dict[object, str]] = {
        field: {_NO_KEY[field]: _NONE[field]} for field in FIELDS
    }
    for metric in metric_candidates(number, before):
        found["metric"].setdefault(metric.metric, _titled(metric.metric))
    for subject in subject_candidates(number, measure, before):
        if subject.canonical:
            kind = gazetteer[subject.canonical].type
            label = f"{subject.canonical} ({kind})" if kind else subject.canonical
            found["subject"].setdefault(subject.canonical, label)
    for period in period_candidates(number, measure, before):
        found["period"].setdefault(period.key, _dated(period))
    choices = {field: keys for field, keys in found.items() if len(keys) > 1}
    return Question(
        number,
        Told(bound.metric, bound.subject.canonical, bound.period.key),
        {field: tuple(keys) for field, keys in choices.items()},
        {field: tuple(keys.values()) for field, keys in choices.items()},
    )


def _titled(metric: str) -> str:
    known = builtin_metrics()
    return f"{metric}: {known[metric].title}" if metric in known else metric


def _dated(period: PeriodCandidate) -> str:
    first = "..." if period.first is None else str(period.first)
    last = "..." if period.last is None else str(period.last)
    if period.precision == "as_of_publication":
        return f"as of the publication, {last}"
    days = last if first == last else f"{first} to {last}"
    return days if period.word is None else f"{days} ({period.word.surface})"


def _heads(number: Number) -> dict[str, str]:
    """Of a table what the number's column and row are headed."""
    if number.cell is None:
        return {}
    return {"column": " / ".join(number.cell.column), "row": " / ".join(number.cell.row)}


def _place(number: Number) -> dict[str, int]:
    """Which of several equal numbers of a sentence it is, from 1."""
    surface = number.quantity.surface
    same = [q.start for q in number.passage.quantities if q.surface == surface]
    if len(same) == 1:
        return {}
    return {"occurrence": same.index(number.quantity.start) + 1}
