"""Extracting: a document in, its claims out.

Everything found is proposed with a confidence, and everything proposed passes the gate. Nothing is
lost in silence: a number of an unknown metric is unclassified, one about nobody in the catalogue
waits for review under the name that the text gives, and what the gate turns down says why.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from howdah.core.wording import ACHIEVED
from howdah.documents.attribution import Attribution
from howdah.documents.claims import DocumentClaim, Status, kind_of
from howdah.documents.denials import find_denial
from howdah.documents.events import claims_of_events
from howdah.documents.gate import Gate
from howdah.documents.lexicon import MetricLexicon, metric_lexicon
from howdah.documents.linking import (
    Bound,
    Calibration,
    ChoiceModel,
    bind,
    evidence,
    find_sources,
    learned_calibration,
    learned_models,
)
from howdah.documents.mentions import Gazetteer
from howdah.documents.modality import is_in_doubt
from howdah.documents.passages import Marked, mark
from howdah.documents.spans import Document
from howdah.documents.stories import AGAINST
from howdah.documents.strangers import stranger_to
from howdah.documents.wording import (
    currency_of,
    metric_and_object,
    unit_of,
    unnamed_subject,
    values,
)

#: Claims at least so likely to be right in all fields are accepted; the others wait for review.
ACCEPTED = 0.75

#: An accepted claim is at least so likely to be meant as it is told: as something that happened
#: where it says so, as a plan or a rumour where it says that.
MEANT = 0.9

#: A claim is hardly likelier whose number may be about a name that nobody knows.
BESIDE_STRANGER = 0.2


def extract(
    document: Document,
    gazetteer: Gazetteer,
    *,
    lexicon: MetricLexicon | None = None,
    models: Mapping[str, ChoiceModel] | None = None,
    accept: float = ACCEPTED,
) -> list[DocumentClaim]:
    """Claims that a document makes, in the order of its text.

    Parameters
    ----------
    gazetteer
        Names that claims may be about.
    lexicon
        Words of metrics; None takes those that come with howdah.
    models
        Weights of the choices; None takes those learnt from the labelled articles, and
        confidences calibrated on them.
    accept
        Claims at least so likely to be right are accepted.
    """
    marked = mark(document, gazetteer, lexicon or metric_lexicon())
    if models is None:
        return claims_of(marked, learned_models(), learned_calibration(), accept=accept)
    return claims_of(marked, models, Calibration(), accept=accept)


def claims_of(
    marked: Marked,
    models: Mapping[str, ChoiceModel],
    calibration: Calibration,
    *,
    accept: float = ACCEPTED,
    bound: Sequence[Bound] | None = None,
) -> list[DocumentClaim]:
    """Claims of a marked document, numbers and events, each through the gate.

    Parameters
    ----------
    bound
        What its numbers are bound to; None has the models bind them.
    """
    sources = find_sources(marked)
    bound = list(bind(marked, models, sources)) if bound is None else bound
    gate = Gate(marked, models, bound, sources)
    numbers = [
        claim for one in bound for claim in _told(one, sources.by_passage, calibration, accept)
    ]
    found = sorted((*numbers, *claims_of_events(marked, models)), key=lambda claim: claim.start)
    return [gate.checked(claim) for claim in found]


def cite(claim: DocumentClaim, document: Document) -> DocumentClaim:
    """The same with places in the decoded file instead of in the text that was read of it.

    They are the same in plain text; in a page markup stands between them.
    """

    def cited(start: int | None, end: int | None) -> tuple[int | None, int | None]:
        return (None, None) if start is None or end is None else document.source_span(start, end)

    subject_start, subject_end = cited(claim.subject_start, claim.subject_end)
    value_start, value_end = cited(claim.value_start, claim.value_end)
    start, end = document.source_span(claim.start, claim.end)
    return replace(
        claim,
        subject_start=subject_start,
        subject_end=subject_end,
        value_start=value_start,
        value_end=value_end,
        start=start,
        end=end,
    )


def _told(
    bound: Bound, sources: Sequence[Sequence[Attribution]], calibration: Calibration, accept: float
) -> Iterator[DocumentClaim]:
    """What a number claims; where somebody denies it behind, the denial too, as said by them.

    A figure that is denied, or that may be about somebody unknown, is not taken for a fact unread.
    """
    number = bound.number
    claim = claim_of(bound, calibration, accept)
    stranger = stranger_to(number, bound.subject.mention, sources[number.at])
    if stranger is not None:
        claim = replace(claim, status="review", stranger=stranger.surface)
        if bound.subject.mention is not None:
            claim = replace(claim, confidence=min(claim.confidence, BESIDE_STRANGER))
    denial = find_denial(number, sources)
    if denial is None or claim.modality in AGAINST:
        yield claim
        return
    denier = denial.source
    yield replace(claim, status="review")
    marked = number.marked
    end = marked.passages[denial.passage].sentence.end
    yield replace(
        claim,
        modality="denied",
        source="" if denier is None else denier.surface,
        source_type="author" if denier is None else denier.source_type,
        quote=marked.document.text[claim.start : end],
        end=end,
        status="review",
    )


def claim_of(bound: Bound, calibration: Calibration, accept: float = ACCEPTED) -> DocumentClaim:
    """The claim that a bound number makes, not yet through the gate."""
    number, quantity = bound.number, bound.number.quantity
    document, sentence = number.marked.document, number.passage.sentence
    metric, object_ = metric_and_object(bound)
    value, low, high = values(quantity, metric)
    mention = bound.subject.mention
    name = unnamed_subject(bound) if mention is None else None
    confidence = calibration.confidence(evidence(bound))
    is_inside = mention is not None and sentence.start <= mention.start < sentence.end
    place = mention or name
    unit = unit_of(bound, metric)
    is_sure = confidence >= accept and bound.probabilities["meant"] >= MEANT
    if bound.modality in ACHIEVED and is_in_doubt(number):
        is_sure = False
    status: Status = "accepted" if is_sure and mention is not None else "review"
    return DocumentClaim(
        doc=document.doc,
        kind=kind_of(metric),
        subject=bound.subject.canonical or ("" if name is None else name.surface),
        subject_surface="" if place is None else place.surface,
        subject_start=None if place is None else place.start,
        subject_end=None if place is None else place.end,
        subject_inherited=mention is not None and not is_inside,
        metric=metric,
        value=value,
        value_low=low,
        value_high=high,
        comparator=quantity.comparator,
        unit=unit,
        currency=currency_of(bound, unit),
        value_surface=quantity.surface,
        value_start=quantity.start,
        value_end=quantity.end,
        period_start=bound.period.first,
        period_end=bound.period.last,
        period_precision=bound.period.precision,
        source=bound.source.name,
        source_type=bound.source.source_type,
        modality=bound.modality,
        object=object_,
        quote=document.text[sentence.start : sentence.end],
        start=sentence.start,
        end=sentence.end,
        confidence=confidence,
        status=status,
    )
