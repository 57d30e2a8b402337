"""Circumstances: when an event was, who states it, and what that makes of it."""

from collections.abc import Mapping

from howdah.core.wording import Modality
from howdah.documents.attribution import Attribution
from howdah.documents.events.participants import heaviest
from howdah.documents.linking import Before, ChoiceModel, Number, period_candidates
from howdah.documents.linking.periods import PeriodCandidate
from howdah.documents.linking.sources import SourceCandidate, Sources, source_candidates
from howdah.documents.numbers import EVENT_MEASURE
from howdah.documents.passages import Passage
from howdah.documents.spans import Span

#: What is told in passing is of no day and by nobody but the author.
NO_PERIOD = PeriodCandidate(None, None, "", None, ())
AUTHOR = SourceCandidate(None, ())

#: A period so many characters behind a trigger is right behind it: "delayed to 2026".
_NEXT = 4


def period_of(number: Number, models: Mapping[str, ChoiceModel]) -> tuple[PeriodCandidate, float]:
    """When it was, of the periods of its sentence and its heading; most sentences name none."""
    found = period_candidates(number, EVENT_MEASURE, Before())
    # A period of the trigger's own clause is the event's, before all the one right behind it.
    own = [c for c in found if c.word is not None and _is_near(number, c.word)]
    right_behind = [c for c in own if c.word and 0 <= c.word.start - number.quantity.end <= _NEXT]
    candidates = right_behind or own or [
        c for c in found
        if {"sentence", "headed"} & set(c.features) or (c.word is None and not c.precision)
    ]  # fmt: skip
    told = models["period"].probabilities([c.features for c in candidates])
    return heaviest(candidates, [c.key for c in candidates], told)


def _is_near(number: Number, word: Span) -> bool:
    """Whether a period stands in the trigger's clause."""
    sentence = number.passage.sentence
    return sentence.start <= word.start < sentence.end and number.clauses_to(word) == 0


def source_of(
    number: Number, sources: Sources, before: Before, models: Mapping[str, ChoiceModel]
) -> SourceCandidate:
    """Who states it."""
    candidates = source_candidates(number, sources, before)
    # Who says it in so many words goes before whoever may be thought of.
    saying = [c for c in candidates if c.attribution is not None and _says(number, c.attribution)]
    candidates = saying or candidates
    told = models["source"].probabilities([c.features for c in candidates])
    return heaviest(candidates, [c.name for c in candidates], told)[0]


def _says(number: Number, source: Attribution) -> bool:
    """Whether a source stands with its verb or its frame before the trigger in its sentence."""
    begin, place = number.passage.sentence.start, number.quantity.start
    return source.form in {"verb", "frame"} and begin <= source.start and source.end <= place


def told_by(modality: Modality, source: SourceCandidate, passage: Passage) -> Modality:
    """A flat statement of an insider is a report, and of a rumour one."""
    sentence, told = passage.sentence, source.attribution
    if told is None or not sentence.start <= told.start < sentence.end:
        return modality
    if modality in {"asserted", "planned"}:
        if source.source_type == "insider":
            return "reported"
        if source.source_type == "rumour":
            return "rumoured"
    return modality
