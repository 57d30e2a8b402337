"""A reading: one match of a pattern in a sentence, and the events that it states."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from howdah.core.wording import Modality
from howdah.documents.events.circumstances import (
    AUTHOR,
    NO_PERIOD,
    period_of,
    source_of,
    told_by,
)
from howdah.documents.events.participants import (
    Participant,
    as_number,
    company_of,
    employer_of,
    likely,
    maker,
    named,
    worded,
)
from howdah.documents.events.patterns import RELEASE, Pattern, Patterns
from howdah.documents.events.rechecking import ARROW
from howdah.documents.events.scope import modalities_of
from howdah.documents.events.tagging import ANY_NAME, AROUND
from howdah.documents.linking import Before, ChoiceModel, Number
from howdah.documents.linking.periods import PeriodCandidate
from howdah.documents.linking.sources import SourceCandidate, Sources
from howdah.documents.modality import find_cues
from howdah.documents.passages import Marked, Passage
from howdah.documents.spans import Span

#: A name behind such a word is no subject of what follows.
_BOUND = re.compile(
    r"\b(?:from|of|on|for|with|than|like|about|to|by|at|in)(?: the| its| their)? $"
    r"|(?:比|较|除|对于|较之)$"
)

_NAME = re.compile(f"{AROUND}*[{ANY_NAME}]")

#: Relations of companies: a product stands for whose it is.
_CORPORATE = frozenset({
    "lead_investor", "investor", "funding_completed", "round", "seeking_funding", "talks",
    "listing_filed", "listed", "strategic_cooperation", "wins_deal", "supplier_of",
})  # fmt: skip

#: Relations of whoever employs people: a product that a text is about may.
_STAFF = frozenset({"leaves", "joins", "reports_to", "departments"})

#: Relations of two that do the same.
_MUTUAL = frozenset({"talks", "strategic_cooperation"})

#: Relations of a thing's maker to the thing.
_OF_THINGS = frozenset({RELEASE, "in_development", "rd_start"})

#: What a company says is not so was said of it before: it denies it.
_ALLEGED = frozenset({"talks", "acquired_by", "departments", "end_of_life"})


#: What is told in passing, of no day and by nobody but the author.
_STANDING = frozenset({"owner"})


@dataclass(frozen=True, slots=True)
class Event(Span):
    """Something that happened to somebody, or is said to; the span is its trigger.

    Attributes
    ----------
    at
        Number of the passage that states it.
    metric
        Relation of the subject to the object.
    object
        Empty name where the relation has none.
    """

    at: int
    metric: str
    subject: Participant
    object: Participant
    period: PeriodCandidate
    source: SourceCandidate
    modality: Modality
    confidence: float


class Reading:
    """One match of a pattern in a sentence.

    Parameters
    ----------
    at
        Number of the passage.
    match
        Of the pattern in the tagged sentence.
    told
        All patterns, for the nouns that tell launches apart.
    """

    def __init__(
        self, marked: Marked, at: int, pattern: Pattern, match: re.Match[str], told: Patterns
    ) -> None:
        self.marked, self.at, self.pattern, self.match, self.told = marked, at, pattern, match, told
        self.passage: Passage = marked.passages[at]
        self.offset = self.passage.sentence.start
        has_trigger = "t" in pattern.expression.groupindex and match["t"] is not None
        start, end = match.span("t" if has_trigger else 0)
        self.trigger = self._span(start, end)

    @property
    def names_subject(self) -> bool:
        """Whether the pattern says whom it is about."""
        return self._has("s")

    def events(
        self,
        models: Mapping[str, ChoiceModel],
        sources: Sources,
        before: Before,
        answer: Modality,
    ) -> Iterator[Event]:
        """Events that it states: one for each subject and each object."""
        number = as_number(self.marked, self.at, self.trigger)
        pairs = [] if self._is_bound() else self._participants(number, models)
        if not pairs:
            return
        period, p_period = period_of(number, models)
        source = source_of(number, sources, before, models)
        if self.pattern.metric in _STANDING:
            period, source = NO_PERIOD, AUTHOR
        told = modalities_of(
            self.marked, self.passage, self.trigger,
            is_intent=self.pattern.is_intent, day=period.first or period.last,
        )  # fmt: skip
        for modality in told if answer == "asserted" else (answer,):
            for subject, thing in pairs:
                meant = self._meant(modality, source, subject)
                confidence = subject.probability * thing.probability * max(p_period, 0.5)
                yield Event(
                    self.trigger.start, self.trigger.end, self.trigger.surface, self.at,
                    self._metric(subject, thing), subject, thing, period, source, meant,
                    round(confidence, 4),
                )  # fmt: skip

    def _meant(self, modality: Modality, source: SourceCandidate, subject: Participant) -> Modality:
        """What the pattern and the source make of what the sentence says."""
        modality = told_by(modality, source, self.passage)
        if modality == "asserted":
            modality = self.pattern.modality
        if modality == "negated" and self.pattern.metric in _ALLEGED:
            is_told = source.source_type == "company_statement" and self._is_statement()
            is_own = is_told or self._says(subject)
            modality = "denied" if is_own else modality
        return modality

    def _is_statement(self) -> bool:
        """Whether the sentence is said by somebody: a verb of saying, or quotation marks."""
        kinds = {cue.kind for cue in find_cues(self.marked, self.passage)}
        return "statement" in kinds or AROUND in self.match.string

    def _says(self, subject: Participant) -> bool:
        """Whether the sentence has the subject say it."""
        place, begin = subject.mention, self.passage.sentence.start
        if place is None or place.start < begin:
            return False
        said = (c.start for c in find_cues(self.marked, self.passage) if c.kind == "statement")
        return any(place.start < at < self.trigger.start for at in said)

    def _span(self, start: int, end: int) -> Span:
        first, last = self.offset + start, self.offset + end
        return Span(first, last, self.marked.document.text[first:last])

    def _is_bound(self) -> bool:
        """Whether the name that the match begins with belongs to what stands before it.

        An owner may: "sold to A, B's parent".
        """
        if self.pattern.metric == "owner":
            return False
        start = self.match.start()
        begins = any(self._has(slot) and self.match.start(slot) == start for slot in ("s", "o"))
        is_name = _NAME.match(self.match.string, start) is not None
        return begins and is_name and _BOUND.search(self.match.string, 0, start) is not None

    def _has(self, slot: str) -> bool:
        return slot in self.pattern.expression.groupindex and self.match[slot] is not None

    def _participants(
        self, number: Number, models: Mapping[str, ChoiceModel]
    ) -> list[tuple[Participant, Participant]]:
        """Subjects with their objects; none when somebody is missing."""
        is_pair = self._has("s") and self._has("o") and self._is_joint()
        subjects = self._filled("s", is_alone=is_pair) if self._has("s") else None
        objects = self._filled("o", is_alone=is_pair) if self._has("o") else None
        if self._has("a") and objects:
            start = self._filled("a")
            objects = [
                Participant(f"{start[0].name}{ARROW}{o.name}", o.mention) for o in objects if start
            ]
        taken = frozenset(p.name for p in (*(subjects or ()), *(objects or ())))
        if objects is None and subjects is None and self.pattern.metric in _MUTUAL:
            # Of two that were named before the likelier one is whom the text is about.
            subjects = [*self._subjects(number, (), taken, models)]
            taken = frozenset(p.name for p in subjects)
        if objects is None:
            if self.pattern.object:
                other = likely(number, self.pattern.object, taken, models)
                if self.pattern.metric == "owner" and subjects:
                    other = maker(self.marked, subjects[0], self.trigger.start) or other
                objects = [] if other is None else [other]
            else:
                objects = [Participant("")]
        if subjects is None:
            subjects = [*self._subjects(number, objects, taken, models)]
        if self.pattern.metric in _CORPORATE:
            subjects = [company_of(self.marked, s, self.trigger.start) for s in subjects]
        elif self.pattern.metric in _STAFF:
            subjects = [employer_of(self.marked, s, self.trigger.start) for s in subjects]
        return [(s, o) for s in subjects for o in objects if s.name != o.name or self._is_release()]

    def _subjects(
        self,
        number: Number,
        objects: Sequence[Participant],
        taken: frozenset[str],
        models: Mapping[str, ChoiceModel],
    ) -> Iterator[Participant]:
        """Whom the event is about where the pattern does not say; of a launch its maker."""
        if self.pattern.metric in _OF_THINGS and objects:
            thing = objects[0]
            owner = maker(self.marked, thing, self.trigger.start)
            if owner is not None:
                yield owner
                return
            if self._is_release() and thing.name in self.marked.gazetteer.entities:
                yield thing
                return
        found = likely(number, self.pattern.subject, taken, models)
        if found is not None:
            yield (
                company_of(self.marked, found, self.trigger.start)
                if self.pattern.metric in _OF_THINGS
                else found
            )

    def _filled(self, slot: str, *, is_alone: bool = False) -> list[Participant]:
        start, end = (self.offset + place for place in self.match.span(slot))
        is_clause = slot == "o" and self.pattern.reads == "clause"
        if not is_clause and any(start <= m.start < end for m in self.passage.mentions):
            return named(self.marked, self.passage, start, end, is_alone=is_alone)
        if slot == "o" and self._has("s") and self.match.start("s") == self.match.end("o"):
            # Words that run on into the subject's name end with it: "advertisements for X".
            end = self.offset + self.match.end("s")
        return worded(self.marked, start, end, self.pattern.reads if slot == "o" else "")

    def _is_joint(self) -> bool:
        """Whether subject and object stand in one list: "A and B merge"."""
        groups = []
        for slot in ("s", "o"):
            start, end = (self.offset + place for place in self.match.span(slot))
            groups += [
                group[0] for mention, group
                in zip(self.passage.mentions, self.passage.groups, strict=True)
                if start <= mention.start < end
            ][:1]  # fmt: skip
        return len(groups) > 1 and groups[0] == groups[1]

    def _is_release(self) -> bool:
        return self.pattern.metric == RELEASE

    def _metric(self, subject: Participant, thing: Participant) -> str:
        """The relation; of a launch by what is launched."""
        if not self._is_release():
            return self.pattern.metric
        entities = self.marked.gazetteer.entities
        if thing.name in entities:
            return "model_release" if entities[thing.name].type == "model" else "product_release"
        words = self.marked.folded(thing.name)
        if self.told.models.search(words):
            return "model_release"
        is_part = subject.name in entities and entities[subject.name].type == "product"
        is_feature = self.told.features.search(words) is not None or (
            # What a product brings out is a part of it, if it is no other product.
            is_part and self.told.products.search(words) is None
        )
        return "feature_release" if is_feature else "product_release"
