"""Events as claims."""

from collections.abc import Iterator, Mapping

from howdah.documents.claims import DocumentClaim, kind_of
from howdah.documents.events.finder import find_events
from howdah.documents.events.reading import Event
from howdah.documents.linking import ChoiceModel
from howdah.documents.passages import Marked


def claims_of_events(marked: Marked, models: Mapping[str, ChoiceModel]) -> Iterator[DocumentClaim]:
    """Claims of the events of a document, in order, not yet through the gate."""
    for event in find_events(marked, models):
        yield claim_of(marked, event)


def claim_of(marked: Marked, event: Event) -> DocumentClaim:
    """The claim that an event makes."""
    sentence = marked.passages[event.at].sentence
    place = event.subject.mention
    is_inside = place is not None and sentence.start <= place.start < sentence.end
    return DocumentClaim(
        doc=marked.document.doc,
        kind=kind_of(event.metric),
        subject=event.subject.name,
        subject_surface="" if place is None else place.surface,
        subject_start=None if place is None else place.start,
        subject_end=None if place is None else place.end,
        subject_inherited=not is_inside,
        metric=event.metric,
        period_start=event.period.first,
        period_end=event.period.last,
        period_precision=event.period.precision,
        source=event.source.name,
        source_type=event.source.source_type,
        modality=event.modality,
        object=event.object.name,
        quote=marked.document.text[sentence.start : sentence.end],
        start=sentence.start,
        end=sentence.end,
        confidence=event.confidence,
        # Patterns fit the articles that they were written for: how sure they are, none tells yet.
        status="review",
    )
