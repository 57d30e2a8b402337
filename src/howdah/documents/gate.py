"""The gate: every claim is checked against the text again, whatever made it.

A claim passes when its quotation stands where it says, the number read there again is equal, the
subject stands in the quotation or before it (by a name of it, or in the very words of the claim
where the catalogue does not know it), the text names its period or it is that of the
publication, and no other subject or modality is far likelier for that number. Of an event, words
that state it must stand there, and meant as the claim has it. A claim of a model of language passes
through the same gate as one of rules.
"""

import math
from collections.abc import Callable, Iterable, Mapping

from howdah.documents.claims import DocumentClaim
from howdah.documents.denials import find_denial
from howdah.documents.events import recheck
from howdah.documents.linking import (
    Before,
    Bound,
    ChoiceModel,
    Number,
    Sources,
    after,
    bind,
    find_sources,
    measure_of,
    period_candidates,
    subject_candidates,
    summed,
)
from howdah.documents.modality import modality_candidates
from howdah.documents.numbers import Measure
from howdah.documents.passages import Marked, is_instruction
from howdah.documents.spans import Mention, Quantity, Span
from howdah.documents.wording import base_metric, values

#: A subject, and a modality, that the text makes less likely than this are not what it says; nor
#: is a subject that is so much less likely than another.
LEAST_SUBJECT = 0.1
LEAST_RATIO = 0.5
LEAST_MODALITY = 0.05

_TOLERANCE = 1e-6


class Gate:
    """Checks claims of one document.

    Parameters
    ----------
    marked
        The document with what was found in it.
    models
        Of choices, by what they choose.
    bound
        What the models make of the document's numbers, against which claims are held; None binds
        them.
    sources
        Of the document; None finds them.
    """

    def __init__(
        self,
        marked: Marked,
        models: Mapping[str, ChoiceModel],
        bound: Iterable[Bound] | None = None,
        sources: Sources | None = None,
    ) -> None:
        self.marked = marked
        self.models = models
        self._sources = sources or find_sources(marked)
        self._numbers = {
            quantity.start: Number(marked, at, place)
            for at, passage in enumerate(marked.passages)
            for place, quantity in enumerate(passage.quantities)
        }
        self._named = {(p.first, p.last) for passage in marked.passages for p in passage.periods}
        self._before: dict[int, Before] = {}
        self._bound: dict[int, Bound] = {}
        before = Before()
        for one in bind(marked, models, self._sources) if bound is None else bound:
            self._before[one.number.quantity.start] = before
            self._bound[one.number.quantity.start] = one
            before = after(one)

    def checked(self, claim: DocumentClaim) -> DocumentClaim:
        """The claim, or the claim rejected with the reason."""
        checks: tuple[Callable[[DocumentClaim], str], ...] = (
            self._quotation, self._instruction, self._value, self._subject, self._period,
            self._likely_subject, self._likely_modality, self._event,
        )  # fmt: skip
        for check in checks:
            reason = check(claim)
            if reason:
                return claim.rejected(reason)
        return claim

    def _quotation(self, claim: DocumentClaim) -> str:
        if not claim.quote or self.marked.document.text[claim.start : claim.end] != claim.quote:
            return "the quotation does not stand in the document where it says"
        return ""

    def _instruction(self, claim: DocumentClaim) -> str:
        """What a text orders its reader, or a program, to say is not what it says."""
        if is_instruction(self.marked, Span(claim.start, claim.end, claim.quote)):
            return "the sentence tells its reader what to say"
        return ""

    def _value(self, claim: DocumentClaim) -> str:
        if claim.value_start is None or claim.value_end is None:
            return ""
        text = self.marked.document.text
        if text[claim.value_start : claim.value_end] != claim.value_surface:
            return "the number does not stand in the document where it says"
        if not claim.start <= claim.value_start < claim.value_end <= claim.end:
            return "the number does not stand in the quotation"
        number = self._number(claim)
        if number is None:
            return "no number can be read where the claim's stands"
        if not _is_equal(claim, number.quantity):
            return "the number read again is another"
        return ""

    def _subject(self, claim: DocumentClaim) -> str:
        if claim.subject_start is None or claim.subject_end is None:
            if claim.subject in self.marked.gazetteer.entities:
                return "it is not said where the subject stands"
            return (
                ""
                if claim.subject in claim.quote
                else "the subject does not stand in the quotation"
            )
        start, end = claim.subject_start, claim.subject_end
        if self.marked.document.text[start:end] != claim.subject_surface:
            return "the subject does not stand in the document where it says"
        reason = self._names_it(claim, start, end)
        is_inside = claim.start <= start < end <= claim.end
        if not reason and not claim.subject_inherited and not is_inside:
            return "the subject does not stand in the quotation"
        return reason

    def _names_it(self, claim: DocumentClaim, start: int, end: int) -> str:
        """What is wrong with the words that stand for the subject, "" where nothing is.

        They are a name of it, or where the catalogue does not know it the very words of the claim,
        and no part of a known name.
        """
        around = [m for m in self.marked.mentions if m.start <= start and end <= m.end]
        is_known = claim.subject in self.marked.gazetteer.entities
        if is_known or around or claim.subject_surface != claim.subject:
            is_named = any(self._is_named(claim, m) for m in around)
            return "" if is_named else "what stands where the subject should is no name of it"
        if not any(char.isalpha() for char in claim.subject):
            return "the subject is no words"
        return "the subject stands behind the quotation" if end > claim.end else ""

    def _period(self, claim: DocumentClaim) -> str:
        if claim.period_precision == "as_of_publication":
            published = self.marked.document.published_at
            return (
                "" if claim.period_end in (published, None) else "the day of publication is another"
            )
        if claim.period_start is None and claim.period_end is None:
            return ""
        told = claim.period_start, claim.period_end
        number = self._number(claim)
        if told in self._named or number is None:
            return "" if told in self._named else "the text does not name the period"
        # What a word may mean for the number: the day that a column's quarter ends on.
        measure = measure_of(number, base_metric(claim.metric))
        before = self._before.get(number.quantity.start, Before())
        meant = {c.key[:2] for c in period_candidates(number, measure, before)}
        return "" if told in meant else "the text does not name the period"

    def _likely_subject(self, claim: DocumentClaim) -> str:
        number = self._number(claim)
        if number is None or not claim.subject:
            return ""
        mass = self._subjects(number, measure_of(number, base_metric(claim.metric)))
        known = claim.subject if claim.subject in self.marked.gazetteer.entities else ""
        likely = max(mass, key=lambda name: mass[name])
        if mass.get(known, 0.0) < max(LEAST_SUBJECT, LEAST_RATIO * mass[likely]):
            return f"by the text the number is about {likely or 'nobody in the catalogue'}"
        return ""

    def _subjects(self, number: Number, measure: Measure) -> Mapping[str, float]:
        """How likely a number of some measure is about whom."""
        bound = self._bound.get(number.quantity.start)
        if bound is not None and measure_of(number, bound.metric) == measure:
            # Binding it asked the same.
            return bound.subjects
        before = self._before.get(number.quantity.start, Before())
        candidates = subject_candidates(number, measure, before)
        told = self.models["subject"].probabilities([c.features for c in candidates])
        return summed([c.canonical for c in candidates], told)

    def _likely_modality(self, claim: DocumentClaim) -> str:
        number = self._number(claim)
        if number is None:
            return ""
        if claim.modality == "denied" and find_denial(number, self._sources.by_passage):
            return ""
        period = claim.period_start, claim.period_end
        candidates = modality_candidates(number, period, claim.source_type, "")
        told = self.models["modality"].probabilities([c.features for c in candidates])
        mass = {c.modality: p for c, p in zip(candidates, told, strict=True)}
        if mass[claim.modality] < LEAST_MODALITY:
            return f"by the text the number is {max(mass, key=lambda m: mass[m])}"
        return ""

    def _event(self, claim: DocumentClaim) -> str:
        return "" if claim.value_start is not None else recheck(self.marked, claim)

    def _is_named(self, claim: DocumentClaim, mention: Mention) -> bool:
        """Whether a name is the subject's; of an event, a thing's may stand for its maker."""
        if claim.subject in mention.entities:
            return True
        names = self.marked.gazetteer
        return claim.value_start is None and any(
            names[thing].parent == claim.subject for thing in mention.entities
        )

    def _number(self, claim: DocumentClaim) -> Number | None:
        return None if claim.value_start is None else self._numbers.get(claim.value_start)


def _is_equal(claim: DocumentClaim, quantity: Quantity) -> bool:
    read = values(quantity, claim.metric)
    told = (claim.value, claim.value_low, claim.value_high)
    return (
        all(
            a is b or (a is not None and b is not None and math.isclose(a, b, rel_tol=_TOLERANCE))
            for a, b in zip(read, told, strict=True)
        )
        and claim.comparator == quantity.comparator
    )
