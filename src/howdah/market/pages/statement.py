"""What one source said, as pages show it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from howdah.core.phrases import SCALES, Lang, number_text, phrase
from howdah.core.wording import stated_text

#: Numbers from which on a shorter form than all digits is used.
_SHORTENED = min(least for least, _, _ in SCALES["en"])


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
    cited
        Whether a text tells it of a source whose own figures another feed brings: it counts where
        that says nothing itself.
    valid_from, valid_to
        First and last day of the period, None where it is open.
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
    cited: bool = False
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


def said_texts(
    statements: Sequence[Statement], lang: Lang = "en", *, with_object: bool = True
) -> list[str]:
    """`said_text` of statements of one quantity, in one form: if one needs all digits, all do."""
    texts, full = (
        [said_text(s, lang, with_object=with_object, in_full=in_full) for s in statements]
        for in_full in (False, True)
    )
    needs_digits = any(
        text == digits and max(abs(x or 0.0) for x in (s.value, s.low, s.high)) >= _SHORTENED
        for s, text, digits in zip(statements, texts, full, strict=True)
        if s.stderr is None
    )
    return full if needs_digits else texts


def said_text(
    s: Statement, lang: Lang = "en", *, with_object: bool = True, in_full: bool = False
) -> str:
    """What a source said, as it worded it: 'over 180k', 'about 500k', '34.5 %', '1,200 ± 80'.

    Parameters
    ----------
    with_object
        Whether the other party, or the value in words, stands behind the number.
    in_full
        Whether all digits are written where fewer tell it too.
    """
    if s.stderr is not None:
        # Its digits go as far as its error lets them.
        text, error = (number_text(x, s.unit, s.currency, lang) for x in (s.value, s.stderr))
        return f"{text} ± {error}" if s.stderr else text
    text = stated_text(
        s.value, s.low, s.high, s.comparator, s.unit, s.currency, lang, in_full=in_full
    )
    if not text:
        return s.object
    if s.object and with_object:
        return phrase("said", "with", lang, text=text, object=s.object)
    return text
