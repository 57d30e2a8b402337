"""A sentence of a document, in its paragraph, and what became of what it says."""

import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

from howdah.core.phrases import Lang, number_text, phrase
from howdah.core.wording import stated_text
from howdah.market.naming import Naming
from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True, slots=True)
class Against:
    """What speaks against a passage.

    Attributes
    ----------
    kind
        denied or told (a report and its denial), figure (another one for the same thing), or sum
        (figures of one text that do not add up).
    who, quote
        Of the first three: the other one's source and day, and its sentence.
    rule, figures, low, high
        Of a sum: the rule of `documents.accounting`, its figures as worded, and the interval that
        the last of them should be in.
    """

    kind: Literal["denied", "told", "figure", "sum"]
    who: str = ""
    quote: str = ""
    rule: str = ""
    figures: str = ""
    low: float | None = None
    high: float | None = None


def against_text(against: Against, lang: Lang = "en") -> str:
    """What speaks against a passage, as a sentence."""
    if against.kind != "sum":
        quote = " ".join(against.quote.split())
        return phrase("bearing", against.kind, lang, who=against.who, quote=quote)
    low, high = (number_text(end, lang=lang) for end in (against.low, against.high))
    rule = phrase("account", against.rule, lang)
    return phrase("bearing", "sum", lang, rule=rule, figures=against.figures, low=low, high=high)


@dataclass(frozen=True, slots=True)
class Passage:
    """A claim of a document, with the sentence that states it.

    All texts are the document's own, and not to be trusted with a screen or a page.

    Attributes
    ----------
    passage_id
        Its id, as `howdah judge` takes it.
    claim_id
        The market's claim that it makes, "" without one.
    before, quote, after
        The paragraph: what stands before the sentence, the sentence, what follows it.
    value_start, value_end
        Where the number stands in the sentence; None of an event.
    start, end
        Where the sentence stands in the characters of the decoded file.
    place, link, title, publication, published_at, lang
        The document.
    entity, name
        Whom it is about; the id is "" when the market knows nobody by the name.
    value, low, high, comparator, unit, currency, object
        The number as worded, or the other party of an event.
    period
        First and last day, each None where it is open or unknown.
    outcome
        That it is claimed, or why it is not.
    judgement, judged_by, note
        What a reviewer said of it, "" without.
    stranger
        A name that the market does not know and that it may be about instead, "" without.
    told_by
        Who else tells of the same event or figure: source and day.
    against
        What contradicts it or does not add up with it.
    """

    passage_id: str
    claim_id: str
    before: str
    quote: str
    after: str
    value_start: int | None
    value_end: int | None
    start: int
    end: int
    place: str
    link: str
    title: str
    publication: str
    published_at: dt.date
    lang: str
    feed: str
    entity: str
    name: str
    kind: str
    metric: str
    value: float | None
    low: float | None
    high: float | None
    comparator: str
    unit: str
    currency: str
    object: str
    period: tuple[dt.date | None, dt.date | None]
    precision: str
    modality: str
    source: str
    confidence: float
    outcome: str
    judgement: str = ""
    judged_by: str = ""
    note: str = ""
    stranger: str = ""
    told_by: tuple[str, ...] = ()
    against: tuple[Against, ...] = ()

    def said(self, lang: Lang = "en") -> str:
        """What it says, as worded: "8.2M", "over USD 40M", the other party of an event."""
        number = stated_text(
            self.value, self.low, self.high, self.comparator, self.unit, self.currency, lang
        )
        return " ".join(part for part in (number, self.object) if part)

    def pieces(self) -> tuple[str, str, str]:
        """The sentence before its number, the number, and behind it; no number of an event."""
        if self.value_start is None or self.value_end is None:
            return self.quote, "", ""
        a, b = self.value_start, self.value_end
        return self.quote[:a], self.quote[a:b], self.quote[b:]


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name that texts make claims about and that the market does not know.

    Attributes
    ----------
    quote
        A sentence that has it.
    naming
        How to make it known, if it is worth that.
    """

    name: str
    n_documents: int
    quote: str
    naming: Naming


@dataclass(frozen=True)
class PassagesToReview(Tabular):
    """Passages that wait for a reviewer, and names that wait to be known.

    Attributes
    ----------
    n_waiting
        All that wait, shown or not.
    counts
        How many passages of the documents in force came to each outcome.
    """

    basis: Basis
    passages: tuple[Passage, ...]
    n_waiting: int
    n_judged: int
    names: tuple[UnknownName, ...]
    counts: dict[str, int] = field(default_factory=dict)

    def rows(self) -> list[dict[str, Any]]:
        """One row a passage."""
        return [dataclasses.asdict(passage) for passage in self.passages]
