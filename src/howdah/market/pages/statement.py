"""What one source said, as pages show it."""

import datetime as dt
from dataclasses import dataclass

from howdah.core.phrases import Lang, number_text, phrase
from howdah.core.wording import stated_text


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source said: a claim as a page shows it.

    Attributes
    ----------
    suspect
        Whether it is held to be wrong, and so in no estimate.
    reason, factor
        Why it is doubted, and how many times too large it is, None where that has no meaning.
    verdict, note
        What a reviewer said of it, *keep* or *drop*, and why.
    stderr
        Standard error that the source states of its number; None where it states none.
    """

    claim_id: str
    source: str
    publication: str
    metric: str
    definition: str
    unit: str
    currency: str
    period: str
    value: float | None
    low: float | None
    high: float | None
    comparator: str
    modality: str
    object: str
    sensitivity: str
    published_at: dt.date | None
    suspect: bool = False
    reason: str = ""
    factor: float | None = None
    verdict: str = ""
    note: str = ""
    stderr: float | None = None


def said_text(s: Statement, lang: Lang = "en", *, with_object: bool = True) -> str:
    """What a source said, as it worded it: 'over 180k', 'about 500k', '34.5 %', '1,200 ± 80'.

    Parameters
    ----------
    with_object
        Whether the other party, or the value in words, stands behind the number.
    """
    if s.stderr is not None:
        # Its digits go as far as its error lets them.
        text, error = (number_text(x, s.unit, s.currency, lang) for x in (s.value, s.stderr))
        return f"{text} ± {error}" if s.stderr else text
    text = stated_text(s.value, s.low, s.high, s.comparator, s.unit, s.currency, lang)
    if not text:
        return s.object
    if s.object and with_object:
        return phrase("said", "with", lang, text=text, object=s.object)
    return text
