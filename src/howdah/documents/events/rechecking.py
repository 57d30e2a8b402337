"""An event's claim against the text again, whatever made it."""

from collections.abc import Iterator

from howdah.core.wording import ACHIEVED
from howdah.documents.claims import DocumentClaim
from howdah.documents.events.patterns import event_metrics, event_patterns
from howdah.documents.events.scope import modalities_of
from howdah.documents.events.tagging import tagged
from howdah.documents.folding import fold
from howdah.documents.passages import Marked, Passage
from howdah.documents.spans import Span

#: Between the two roles of "a -> b".
ARROW = " -> "


def recheck(marked: Marked, claim: DocumentClaim) -> str:
    """Why the text does not bear a claim of an event out, "" where it does.

    The quotation must hold words that state the relation, the subject and the object must stand in
    it or before it, and one of the statements must be meant as the claim has it: nothing that is
    planned, rumoured or denied passes as achieved.
    """
    if claim.metric not in event_metrics():
        return f"there is no relation {claim.metric!r}"
    told = [
        (passage, trigger)
        for passage in marked.passages
        if passage.sentence.start < claim.end and claim.start < passage.sentence.end
        for trigger in triggers(marked, passage, claim.metric)
    ]
    if not told:
        return "no words of the quotation state it"
    if claim.object and not _stands(marked, claim):
        return "the object stands neither in the quotation nor before it"
    if claim.modality not in ACHIEVED:
        return ""
    meant = [
        modality
        for passage, trigger in told
        for is_intent in _intents(claim.metric)
        for modality in modalities_of(
            marked,
            passage,
            trigger,
            is_intent=is_intent,
            day=claim.period_start or claim.period_end,
        )
    ]
    return (
        "" if any(modality in ACHIEVED for modality in meant) else f"by the text it is {meant[0]}"
    )


def triggers(marked: Marked, passage: Passage, metric: str) -> Iterator[Span]:
    """Where a sentence has words that state a relation."""
    text, start = tagged(marked, passage), passage.sentence.start
    for patterns in event_patterns().by_language.values():
        for pattern in patterns:
            if metric not in pattern.metrics():
                continue
            for match in pattern.expression.finditer(text):
                has_trigger = "t" in pattern.expression.groupindex
                first, last = match.span("t" if has_trigger else 0)
                yield Span(
                    start + first, start + last, marked.document.text[start + first : start + last]
                )


def _intents(metric: str) -> frozenset[bool]:
    return frozenset(
        pattern.is_intent
        for patterns in event_patterns().by_language.values()
        for pattern in patterns
        if metric in pattern.metrics()
    )


def _stands(marked: Marked, claim: DocumentClaim) -> bool:
    if any(claim.object in m.entities and m.start < claim.end for m in marked.mentions):
        return True
    quote = fold(claim.quote).lower
    return all(
        fold(part).lower in quote or part in {"seed", "angel", "strategic"}
        for part in claim.object.split(ARROW)
    )
