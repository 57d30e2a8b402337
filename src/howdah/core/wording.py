"""How the wording of a number becomes an interval, and the interval its wording again.

The interval is stored; a point is never invented. An open end is None here and is closed
only by a model, visibly. What a source said is shown as it was worded: "about 500k" is not
"450k to 550k" to a reader.
"""

import math
from typing import Literal, get_args

from howdah.core.phrases import SCALES, Lang, number_text, phrase

Comparator = Literal["eq", "about", "nearly", "over", "under", "at_least", "at_most"]
Modality = Literal[
    "asserted",
    "reported",
    "rumoured",
    "denied",
    "planned",
    "hypothetical",
    "negated",
    "speculated",
]
Sensitivity = Literal["public", "rumour", "leak", "confidential"]

COMPARATORS: tuple[Comparator, ...] = get_args(Comparator)
MODALITIES: tuple[Modality, ...] = get_args(Modality)
SENSITIVITIES: tuple[Sensitivity, ...] = get_args(Sensitivity)

#: Modalities that count as something that happened; all others are shown apart.
ACHIEVED: tuple[Modality, ...] = ("asserted", "reported")

#: Comparators that are said in front of a number.
_WORDS = tuple(word for word in COMPARATORS if word != "eq")

#: Larger numbers are whole in every source.
_LONGEST = 1e9

#: Signs and words in front of a number in a table cell, longest first.
CELL_COMPARATORS: tuple[tuple[str, Comparator], ...] = (
    ("at least", "at_least"),
    ("at most", "at_most"),
    ("more than", "over"),
    ("less than", "under"),
    ("up to", "at_most"),
    ("approximately", "about"),
    ("approx.", "about"),
    ("approx", "about"),
    ("nearly", "nearly"),
    ("almost", "nearly"),
    ("around", "about"),
    ("about", "about"),
    ("under", "under"),
    ("below", "under"),
    ("over", "over"),
    ("超过", "over"),
    ("超過", "over"),
    ("不到", "under"),
    ("低于", "under"),
    ("低於", "under"),
    ("至少", "at_least"),
    ("至多", "at_most"),
    ("接近", "nearly"),
    ("大约", "about"),
    ("大約", "about"),
    ("近", "nearly"),
    ("约", "about"),
    ("約", "about"),
    ("超", "over"),
    (">=", "at_least"),
    ("<=", "at_most"),
    ("≥", "at_least"),
    ("≤", "at_most"),
    ("≈", "about"),
    (">", "over"),
    ("<", "under"),
    ("~", "about"),
)

#: Suffixes of a number in a table cell and the factor each stands for.
CELL_FACTORS: tuple[tuple[str, float], ...] = (
    ("万亿", 1e12),
    ("萬億", 1e12),
    ("千万", 1e7),
    ("千萬", 1e7),
    ("百万", 1e6),
    ("百萬", 1e6),
    ("千亿", 1e11),
    ("千億", 1e11),
    ("百亿", 1e10),
    ("百億", 1e10),
    ("十亿", 1e9),
    ("十億", 1e9),
    ("亿", 1e8),
    ("億", 1e8),
    ("十万", 1e5),
    ("十萬", 1e5),
    ("万", 1e4),
    ("萬", 1e4),
    ("千", 1e3),
    ("trillion", 1e12),
    ("billion", 1e9),
    ("million", 1e6),
    ("thousand", 1e3),
    ("bn", 1e9),
    ("mn", 1e6),
    ("k", 1e3),
    ("m", 1e6),
    ("b", 1e9),
)


def interval_of(comparator: Comparator, value: float) -> tuple[float | None, float | None]:
    """Interval that a worded number stands for, open ends as None.

    "about X" is [.9X, 1.1X], "nearly X" is [.9X, X); a negative X keeps the lower end below.

    Examples
    --------
    >>> interval_of("over", 180_000)
    (180000, None)
    >>> interval_of("nearly", 100)
    (90.0, 100)
    """
    match comparator:
        case "eq":
            return value, value
        case "about":
            low, high = sorted((0.9 * value, 1.1 * value))
            return low, high
        case "nearly":
            low, high = sorted((0.9 * value, value))
            return low, high
        case "over" | "at_least":
            return value, None
        case "under" | "at_most":
            return None, value


def stated_text(
    value: float | None,
    low: float | None,
    high: float | None,
    comparator: str,
    unit: str = "",
    currency: str = "",
    lang: Lang = "en",
    *,
    in_full: bool = False,
) -> str:
    """A claim's number as its source worded it, with all its digits; '' when it has none.

    Parameters
    ----------
    in_full
        As of `exact_text`.

    Examples
    --------
    >>> stated_text(None, 450_000, 550_000, "about")
    'about 500k'
    >>> stated_text(None, 2.7e6, 3e6, "nearly", lang="zh")
    '近300万'
    >>> stated_text(None, 500_000, 600_000, "eq")
    '500k to 600k'
    """
    if low is None and high is None and value is None:
        return ""
    number = _worded_number(value, low, high, comparator)
    if number is not None:
        text = exact_text(number, unit, currency, lang, in_full=in_full)
        word = comparator if comparator in _WORDS else _open_word(value, low, high)
        return phrase("said", word, lang, number=text) if word else text
    ends = (exact_text(end, unit, currency, lang, in_full=in_full) for end in (low, high))
    text = phrase("interval", "between", lang, low=next(ends), high=next(ends))
    # "Over 42M" told as 42M to 43M has both ends already.
    return phrase("said", comparator, lang, number=text) if comparator == "about" else text


def exact_text(
    value: float | None,
    unit: str = "",
    currency: str = "",
    lang: Lang = "en",
    *,
    in_full: bool = False,
) -> str:
    """A stated number with all its digits, where three do not tell it.

    Parameters
    ----------
    in_full
        Whether all digits are written where fewer tell it too: beside numbers that need them.

    Examples
    --------
    >>> exact_text(7_600_000), exact_text(71_160_000), exact_text(1_234_567)
    ('7.6M', '71.16M', '1,234,567')
    >>> exact_text(7_600_000, in_full=True)
    '7,600,000'
    """
    short = number_text(value, unit, currency, lang)
    if value is None or (not in_full and float(f"{value:.3g}") == float(f"{value:.9g}")):
        return short
    shown = f"{value:,.9g}" if abs(value) < _LONGEST else f"{value:,.0f}"
    for least, divisor, suffix in SCALES[lang] if not in_full else ():
        if abs(value) >= least and math.isclose(round(value / divisor, 2), value / divisor):
            shown = f"{value / divisor:,.9g}{suffix}"
            break
    bare = number_text(value, lang=lang)
    return short.replace(bare, shown, 1) if bare in short else shown


def _worded_number(
    value: float | None, low: float | None, high: float | None, comparator: str
) -> float | None:
    """The one number that a claim's words name, None when they name two or an interval."""
    if value is not None:
        return value
    if low is None or high is None or low == high:
        return high if low is None else low
    match comparator:
        case "about":
            fits = [(n, interval_of("about", n)) for n in ((low + high) / 2,)]
        case "nearly":
            fits = [(n, interval_of("nearly", n)) for n in (low, high)]
        case _:
            return None
    return next((n for n, ends in fits if _is_near(ends, (low, high))), None)


def _is_near(
    one: tuple[float | None, float | None], other: tuple[float | None, float | None]
) -> bool:
    pairs = zip(one, other, strict=True)
    return all(a is not None and b is not None and math.isclose(a, b) for a, b in pairs)


def _open_word(value: float | None, low: float | None, high: float | None) -> str:
    """The word of a bound whose source's own is not kept."""
    if value is not None or (low is None) == (high is None):
        return ""
    return "at_least" if high is None else "at_most"
