"""How the wording of a number becomes an interval (definitions, "Wording of numbers").

The interval is stored; a point is never invented. An open end is None here and is closed
only by a model, visibly.
"""

from typing import Literal, get_args

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
