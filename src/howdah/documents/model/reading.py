"""Reading with a model: what the rules read, chosen anew where it differs, and what they missed.

Whatever the model says passes the gate. A choice that the gate turns down is dropped, and the rules
decide; what the model changed or proposed is never accepted unread. Where it gives no answer a
document is read by the rules alone.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from howdah.core.errors import ModelError
from howdah.documents.claims import DocumentClaim
from howdah.documents.extracting import ACCEPTED, claims_of
from howdah.documents.gate import Gate
from howdah.documents.lexicon import MetricLexicon, metric_lexicon
from howdah.documents.linking import (
    Bound,
    Told,
    bind,
    find_sources,
    learned_calibration,
    learned_models,
)
from howdah.documents.mentions import Gazetteer
from howdah.documents.model.account import Account
from howdah.documents.model.answers import Answers
from howdah.documents.model.asking import Asker
from howdah.documents.model.choosing import Question, choice_task, picks_of, questions_of
from howdah.documents.model.endpoint import Endpoint
from howdah.documents.model.grounding import UngroundedError
from howdah.documents.model.pages import Page, pages_of
from howdah.documents.model.proposing import MOST_PROPOSALS, Proposer, proposal_task
from howdah.documents.model.schema import Json
from howdah.documents.passages import Marked, mark
from howdah.documents.spans import Document

#: A page with what was proposed about it.
Heard = tuple[Page, Sequence[Mapping[str, Json]]]


class Assistant:
    """Reads documents with a model of language beside the rules.

    Parameters
    ----------
    endpoint
        Where it is asked.
    answers
        Where its answers are kept.
    """

    def __init__(self, endpoint: Endpoint, answers: Answers) -> None:
        self._asker = Asker(endpoint, answers)
        self._unanswered = ""

    @property
    def account(self) -> Account:
        """What the model cost and did so far."""
        return self._asker.account

    @property
    def name(self) -> str:
        """The model's name."""
        return self._asker.endpoint.model

    @property
    def server(self) -> str:
        """Host and port where it is asked."""
        return self._asker.endpoint.server

    def was_unanswered(self, document: Document) -> bool:
        """Whether a document that was read last is read by the rules alone."""
        return bool(self._unanswered) and self._unanswered == document.doc

    def extract(
        self,
        document: Document,
        gazetteer: Gazetteer,
        *,
        lexicon: MetricLexicon | None = None,
        accept: float = ACCEPTED,
    ) -> list[DocumentClaim]:
        """Claims that a document makes, in the order of its text; see `documents.extracting`."""
        marked = mark(document, gazetteer, lexicon or metric_lexicon())
        by_rules = claims_of(marked, learned_models(), learned_calibration(), accept=accept)
        pages = list(pages_of(marked))
        try:
            picks, questions = self._picks(marked, pages)
            heard = self._proposals(pages, by_rules, marked.lexicon)
        except ModelError as error:
            self._asker.failed(document.doc, error)
            self._unanswered = document.doc
            return by_rules
        self._asker.succeeded()
        self._unanswered = ""
        claims, bound = self._chosen(marked, by_rules, picks, questions, accept)
        proposed = self._proposed(marked, claims, bound, heard)
        told = {c.value_start for c in proposed if c.status != "rejected"} - {None}
        kept = (c for c in claims if c.value_start not in told)
        return sorted((*kept, *proposed), key=lambda claim: claim.start)

    def _picks(
        self, marked: Marked, pages: Iterable[Page]
    ) -> tuple[dict[int, Told], list[Question]]:
        """What the model chooses of each number that it was asked about, and the questions."""
        questions = [q for q in questions_of(marked, learned_models()) if q.keys]
        picks: dict[int, Told] = {}
        for page in pages:
            own = [q for q in questions if page.first <= q.number.at < page.last]
            if own:
                answer = self._asker.ask(page.text(), choice_task(own))
                picks |= {} if answer is None else picks_of(answer, own)
        return picks, questions

    def _proposals(
        self, pages: Iterable[Page], claims: Sequence[DocumentClaim], lexicon: MetricLexicon
    ) -> list[Heard]:
        heard: list[Heard] = []
        for page in pages:
            answer = self._asker.ask(page.text(), proposal_task(page, claims, lexicon))
            heard.append((page, [] if answer is None else answer["claims"]))
        return heard

    def _chosen(
        self,
        marked: Marked,
        by_rules: Sequence[DocumentClaim],
        picks: Mapping[int, Told],
        questions: Sequence[Question],
        accept: float,
    ) -> tuple[list[DocumentClaim], list[Bound]]:
        """Claims with what was picked, but for picks that the gate turns down."""
        models, calibration = learned_models(), learned_calibration()
        told = dict(picks)
        while True:
            bound = list(bind(marked, models, find_sources(marked), told))
            claims = claims_of(marked, models, calibration, accept=accept, bound=bound)
            lost = [start for start in _rejected(claims) - _rejected(by_rules) if start in told]
            if not lost:
                break
            for start in lost:
                weaker = _weaker(told.pop(start))
                if weaker is not None:
                    told[start] = weaker
        self._count(picks, questions, bound)
        known: dict[int | None, deque[DocumentClaim]] = defaultdict(deque)
        for claim in by_rules:
            known[claim.value_start].append(claim)
        # A number has two claims where its text denies it behind; both in order.
        settled = [
            _settled(
                claim, known[claim.value_start].popleft() if known[claim.value_start] else None
            )
            for claim in claims
        ]
        return settled, bound

    def _count(
        self, picks: Mapping[int, Told], questions: Sequence[Question], bound: Iterable[Bound]
    ) -> None:
        account = self.account
        became = {
            b.number.quantity.start: Told(b.metric, b.subject.canonical, b.period.key)
            for b in bound
        }
        for question in questions:
            start = question.number.quantity.start
            for field in question.keys if start in picks else ():
                picked = getattr(picks[start], field)
                account.n_choices += 1
                if picked != getattr(question.by_rules, field):
                    account.n_changed += 1
                    account.n_turned_down += picked != getattr(became[start], field)

    def _proposed(
        self,
        marked: Marked,
        claims: Sequence[DocumentClaim],
        bound: Iterable[Bound],
        heard: Iterable[Heard],
    ) -> list[DocumentClaim]:
        """Proposed claims through the gate; what stands nowhere in the text is only counted."""
        account, models = self.account, learned_models()
        proposer = Proposer(marked, models, learned_calibration(), claims)
        gate = Gate(marked, models, bound)
        made = []
        for page, proposals in heard:
            account.n_proposed += len(proposals)
            for n, told in enumerate(proposals):
                if n >= MOST_PROPOSALS:
                    account.turn_down("more than one part of a text can hold")
                    continue
                try:
                    claim = gate.checked(proposer.claim(told, page))
                except UngroundedError as error:
                    account.turn_down(str(error))
                    continue
                made.append(claim)
                if claim.status == "rejected":
                    account.turn_down(claim.reason)
                else:
                    account.n_passed += 1
        return made


def _rejected(claims: Iterable[DocumentClaim]) -> Counter[int]:
    """How many claims of each number the gate turned down, by where the number starts."""
    return Counter(
        claim.value_start
        for claim in claims
        if claim.status == "rejected" and claim.value_start is not None
    )


def _weaker(told: Told) -> Told | None:
    """What is left of picks that the gate turned down: first without the subject, then nothing.

    Whom a number is about is what the gate doubts most.
    """
    return None if told.subject is None else replace(told, subject=None)


def _settled(claim: DocumentClaim, by_rules: DocumentClaim | None) -> DocumentClaim:
    """The rules' own claim where nothing else is told or passes, else one that waits for review."""
    if claim.value_start is None:
        return claim
    if by_rules is not None and (claim.status == "rejected" or _is_same(claim, by_rules)):
        return by_rules
    status = "review" if claim.status == "accepted" else claim.status
    return replace(claim, status=status, read_by="choice")


def _is_same(one: DocumentClaim, other: DocumentClaim) -> bool:
    """Whether two claims of a number say the same, however sure they are of it."""
    alike = replace(
        one, confidence=other.confidence, status=other.status, reason=other.reason,
        subject_surface=other.subject_surface, subject_start=other.subject_start,
        subject_end=other.subject_end, subject_inherited=other.subject_inherited,
    )  # fmt: skip
    return alike == other
