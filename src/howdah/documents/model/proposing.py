"""Proposing: claims that a model finds where the rules found none.

All of a proposal is words of the text: a quotation, the number in it, and in it or before it the
subject, the words of the period and the other party. What does not stand there is turned down. The
value is what the text is read as at that place, never what a model says. A proposal passes the gate
as every claim does, and waits for review: nothing tells yet how likely it is right. A number that
the rules have no metric for may be proposed with one, and is then that claim.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from howdah.core.wording import MODALITIES
from howdah.documents.claims import DocumentClaim, kind_of
from howdah.documents.events import event_metrics
from howdah.documents.extracting import claim_of
from howdah.documents.lexicon import MetricLexicon
from howdah.documents.linking import (
    UNCLASSIFIED,
    Before,
    Bound,
    Calibration,
    ChoiceModel,
    Number,
    Told,
    bind_one,
    find_sources,
    takes,
)
from howdah.documents.linking.periods import PeriodCandidate
from howdah.documents.linking.reach import SubjectCandidate
from howdah.documents.model.asking import Task
from howdah.documents.model.grounding import Ground, UngroundedError
from howdah.documents.model.pages import Page
from howdah.documents.model.schema import Json, of_list, of_object, of_text
from howdah.documents.passages import Marked, Passage
from howdah.documents.spans import Mention, Period, Span
from howdah.documents.wording import base_metric

#: Proposals about one page that are heard.
MOST_PROPOSALS = 20

_TASK = """\
Task: list the statements of the text about a company, a product, a model or an investor that a \
table of market figures should hold and that are not in the list of what is known. Known are: \
{known}

Copy everything letter for letter from the text:
- quote: the clause or sentence that states it;
- number: the number with its unit, as it stands in the quote; empty for an event;
- subject: the name of whom or what it is about, as it stands in the quote or before it, never a \
pronoun;
- period: the words that name its period; empty where there are none;
- object: of an event the other party (buyer, investor, partner, product, role); else empty;
- metric: what is counted, or which event it is;
- modality: how it is meant: what is told as a fact is asserted, what is only planned, denied, \
rumoured, supposed is that.

Only what the text states itself; an empty list is a good answer."""


def is_known(claim: DocumentClaim) -> bool:
    """Whether a claim leaves nothing to propose: it passed the gate, and its metric is known."""
    return claim.status != "rejected" and base_metric(claim.metric) != UNCLASSIFIED


def proposal_task(page: Page, claims: Iterable[DocumentClaim], lexicon: MetricLexicon) -> Task:
    """The task of proposing claims about a page.

    Parameters
    ----------
    claims
        What is known of the document.
    """
    known = [
        f"{claim.value_surface or claim.metric} ({claim.subject}: {claim.metric})"
        for claim in claims
        if is_known(claim) and page.start <= claim.start < page.end
    ]
    metrics = sorted({*lexicon.entries, *event_metrics()} - {UNCLASSIFIED})
    item = of_object(
        {
            "quote": of_text(),
            "number": of_text(),
            "subject": of_text(),
            "metric": of_text(metrics),
            "period": of_text(),
            "object": of_text(),
            "modality": of_text(MODALITIES),
        }
    )
    text = _TASK.format(known="; ".join(known) or "none")
    return Task("proposals", text, of_object({"claims": of_list(item)}))


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whom a proposal is about: a name of the catalogue, or words that it does not know."""

    canonical: str
    place: Mention | Span

    @property
    def name(self) -> str:
        return self.canonical or self.place.surface


class Proposer:
    """Makes claims of what a model proposes about one document, not yet through the gate.

    Parameters
    ----------
    marked
        The document.
    models, calibration
        Of the rules, which choose what a proposal does not say and tell how sure they are.
    claims
        What is known: a number or event of these is not claimed again.
    """

    def __init__(
        self,
        marked: Marked,
        models: Mapping[str, ChoiceModel],
        calibration: Calibration,
        claims: Iterable[DocumentClaim],
    ) -> None:
        self.marked, self.models, self.calibration = marked, models, calibration
        self._ground = Ground(marked)
        self._sources = find_sources(marked)
        self._numbers = [
            Number(marked, at, place)
            for at, passage in enumerate(marked.passages)
            for place in range(len(passage.quantities))
        ]
        kept = [claim for claim in claims if is_known(claim)]
        self._taken = {claim.value_start for claim in kept if claim.value_start is not None}
        self._events = {_event_key(claim) for claim in kept if claim.value_start is None}

    def claim(self, told: Mapping[str, Json], page: Page) -> DocumentClaim:
        """The claim that a proposal makes.

        Raises
        ------
        UngroundedError
            Words of it do not stand in the text, or what they say is claimed already.
        """
        quote = self._ground.first(told["quote"], page.start, page.end)
        if quote is None:
            raise UngroundedError("the quotation does not stand in the text")
        made = self._of_number(told, quote) if told["number"] else self._of_event(told, quote)
        return replace(made, status="review", read_by="proposal")

    def _of_number(self, told: Mapping[str, Json], quote: Span) -> DocumentClaim:
        number = self._number(told["number"], quote)
        metric = told["metric"]
        lexicon = self.marked.lexicon
        if metric not in lexicon or not takes(lexicon[metric], number.quantity):
            raise UngroundedError(f"the number is none of {metric}")
        subject = self._subject(told["subject"], number.passage)
        period = self._period(told["period"], number.passage)
        bound = self._bound(number, metric, subject, period)
        claim = claim_of(replace(bound, modality=told["modality"]), self.calibration)
        if base_metric(claim.metric) == UNCLASSIFIED:
            raise UngroundedError(f"the number is none of {metric}")
        self._taken.add(number.quantity.start)
        return claim if subject.canonical else _about(claim, subject.place)

    def _of_event(self, told: Mapping[str, Json], quote: Span) -> DocumentClaim:
        metric = told["metric"]
        if metric not in event_metrics():
            raise UngroundedError("a claim without a number is of an event")
        passage = next(
            (
                p
                for p in self.marked.passages
                if p.sentence.start <= quote.start and quote.end <= p.sentence.end
            ),
            None,
        )
        if passage is None:
            raise UngroundedError("the quotation runs over several sentences")
        subject = self._subject(told["subject"], passage)
        period = self._period(told["period"], passage)
        sentence = passage.sentence
        claim = DocumentClaim(
            doc=self.marked.document.doc,
            kind=kind_of(metric),
            metric=metric,
            modality=told["modality"],
            object=self._object(told["object"], passage),
            quote=sentence.surface,
            start=sentence.start,
            end=sentence.end,
        )
        if period is not None:
            claim = replace(
                claim,
                period_start=period.first,
                period_end=period.last,
                period_precision=period.precision,
            )
        claim = _about(claim, subject.place, subject.canonical)
        if _event_key(claim) in self._events:
            raise UngroundedError("it is claimed already")
        self._events.add(_event_key(claim))
        return claim

    def _number(self, words: str, quote: Span) -> Number:
        place = self._ground.first(words, quote.start, quote.end)
        if place is None:
            raise UngroundedError("the number does not stand in the quotation")
        for number in self._numbers:
            quantity = number.quantity
            if quantity.start < place.end and place.start < quantity.end:
                if quantity.start in self._taken:
                    raise UngroundedError("it is claimed already")
                return number
        raise UngroundedError("no number can be read where the claim's stands")

    def _subject(self, words: str, passage: Passage) -> _Subject:
        place = self._ground.name(words, passage)
        return _Subject(place.entities[0] if isinstance(place, Mention) else "", place)

    def _period(self, words: str, passage: Passage) -> Period | None:
        return self._ground.period(words, passage) if words.strip() else None

    def _object(self, words: str, passage: Passage) -> str:
        if not words.strip():
            return ""
        place = self._ground.nearest(words, passage)
        if place is None:
            raise UngroundedError("the other party does not stand in the text")
        for mention in self.marked.mentions:
            if mention.start <= place.start and place.end <= mention.end:
                return mention.entities[0]
        return place.surface

    def _bound(
        self, number: Number, metric: str, subject: _Subject, period: Period | None
    ) -> Bound:
        """The number bound as proposed; what is no candidate of the rules has no probability."""
        key = None if period is None else (period.first, period.last, period.precision)
        told = Told(metric, subject.canonical, key)
        bound = bind_one(number, self._sources, Before(), self.models, told)
        doubted = {}
        if bound.metric != metric:
            bound = replace(bound, metric=metric, metric_word=None)
            doubted["metric"] = 0.0
        if bound.subject.canonical != subject.canonical and isinstance(subject.place, Mention):
            other = SubjectCandidate(subject.canonical, subject.place, None, ())
            bound = replace(bound, subject=other)
            doubted["subject"] = 0.0
        if period is not None and bound.period.key != key:
            word = Span(period.start, period.end, period.surface)
            named = PeriodCandidate(period.first, period.last, period.precision, word, ())
            bound = replace(bound, period=named)
            doubted["period"] = 0.0
        return replace(bound, probabilities={**bound.probabilities, **doubted})


def _about(claim: DocumentClaim, place: Span, canonical: str = "") -> DocumentClaim:
    """The claim about somebody who is named at a place of the text."""
    return replace(
        claim,
        subject=canonical or place.surface,
        subject_surface=place.surface,
        subject_start=place.start,
        subject_end=place.end,
        subject_inherited=not claim.start <= place.start < claim.end,
    )


def _event_key(claim: DocumentClaim) -> tuple[str, str, str, int]:
    return claim.metric, claim.subject, claim.object, claim.start
