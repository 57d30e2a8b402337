"""The record of findings in words: how often such findings were right, and the cases alike."""

from collections.abc import Mapping
from typing import Literal

from howdah.core.extent import percent_text
from howdah.core.phrases import NO_NAMES, Lang, factor_text, phrase
from howdah.core.record import LEAST_CASES, Analogue, Record

Standing = Literal["better", "no_better", "worse"]

#: Tests whose findings have a size that is a ratio.
_SIZED = ("kept_half", "went_on", "stood_higher", "kept_coming")

#: Tests of which one that is not there any more has no number.
_MAY_LEAVE = ("kept_half", "went_on", "stood_higher")

_MONTH_DAYS = 30.44


def record_text(record: Record, lang: Lang = "en") -> str:
    """The record of a class in one line.

    Examples
    --------
    >>> record_text(Record("too few", "kept_half", n=4, n_cases=3))
    'too few to say: 4, which tell as much as 3 independent ones; 10 are needed'
    """
    match record.state:
        case "not asked":
            return phrase("record", "not asked", lang)
        case "not scorable":
            return phrase("record", "not scorable", lang, why=phrase("test", record.test, lang))
        case "too few" if not record.n:
            return phrase("record", "none", lang, origins=len(record.origins))
        case "too few":
            return phrase(
                "record",
                "too few",
                lang,
                n=f"{record.n:,}",
                cases=record.n_cases,
                least=LEAST_CASES,
            )
        case "scored":
            return phrase(
                "record",
                "scored",
                lang,
                rate=percent_text(record.rate),
                n=f"{record.n:,}",
                test=phrase("test", record.test, lang),
                low=percent_text(record.lower).removesuffix(" %"),
                high=percent_text(record.upper),
                base=_base(record, lang),
            )


def _base(record: Record, lang: Lang) -> str:
    if record.base_rate is None:
        return phrase("record", "alone", lang)
    text = phrase("record", "compared", lang, base=percent_text(record.base_rate))
    told = standing_of(record)
    # That it is better can be seen from the rates; that it is not must be said.
    if told is None or told == "better":
        return text
    return phrase("record", "told", lang, text=text, standing=phrase("standing", told, lang))


def standing_of(record: Record) -> Standing | None:
    """How a class did beside comparable others that were no findings.

    Its interval against their rate, of which few cases tell too little to compare with.

    Returns
    -------
    Standing or None
        "no_better" where the interval holds their rate; None where nothing is compared.

    Examples
    --------
    >>> import functools
    >>> Told = functools.partial(Record, "scored", rate=0.82, lower=0.76, upper=0.86)
    >>> standing_of(Told(base_rate=0.8, n_base=480)), standing_of(Told(base_rate=0.9, n_base=480))
    ('no_better', 'worse')
    >>> standing_of(Told(base_rate=0.9, n_base=4)) is None
    True
    """
    if record.lower is None or record.upper is None or record.base_rate is None:
        return None
    if record.n_base < LEAST_CASES:
        return None
    if record.lower > record.base_rate:
        return "better"
    return "worse" if record.upper < record.base_rate else "no_better"


def standing_text(record: Record, lang: Lang = "en") -> str:
    """How a class did beside comparable others, '' where nothing is compared."""
    told = standing_of(record)
    return "" if told is None else phrase("standing", told, lang)


def record_parts(record: Record, lang: Lang = "en") -> tuple[str, ...]:
    """What else is known of a record: origins, false alarms, lead, what stands apart."""
    if not record.origins:
        return ()
    months = round(record.horizon_days / _MONTH_DAYS)
    first, last = record.origins[0], record.origins[-1]
    key = "origin" if len(record.origins) == 1 else "origins"
    parts = [phrase("record", key, lang, n=len(record.origins), first=first, last=last,
                    months=months)]  # fmt: skip
    if record.n and record.false_alarms is not None:
        parts.append(phrase("record", "false_alarms", lang, n=f"{record.false_alarms:.2g}"))
    if record.lead_days:
        side = "late" if record.lead_days < 0 else "early"
        parts.append(phrase("record", side, lang, days=f"{abs(record.lead_days):.0f}"))
    if record.n_contaminated:
        parts.append(
            phrase(
                "record",
                "contaminated",
                lang,
                n=f"{record.n_contaminated:,}",
                right=f"{record.n_contaminated_right:,}",
            )
        )
    if record.n_open:
        parts.append(phrase("record", "open", lang, n=f"{record.n_open:,}"))
    return tuple(parts)


def analogue_text(
    analogue: Analogue, lang: Lang = "en", names: Mapping[str, str] = NO_NAMES
) -> str:
    """A past case and what became of it; `names` as in `core.phrases.finding_text`."""
    name = names.get(analogue.name, analogue.name)
    key = f"{analogue.test}_{analogue.outcome}"
    if analogue.test in _MAY_LEAVE and analogue.after is None:
        key = f"{analogue.test}_gone_{analogue.outcome}"
    after, months = factor_text(analogue.after, lang), f"{analogue.after or 0:.0f}"
    became = phrase("became", key, lang, after=after, months=months)
    if analogue.test == "came":
        size = percent_text(analogue.size)
        return phrase(
            "analogue", "likely", lang, name=name, day=analogue.as_of, size=size,
            became=became,
        )  # fmt: skip
    if analogue.test in _SIZED and analogue.size is not None:
        size = factor_text(analogue.size, lang)
        return phrase(
            "analogue", "sized", lang, name=name, day=analogue.as_of, size=size,
            became=became,
        )  # fmt: skip
    return phrase("analogue", "unsized", lang, name=name, day=analogue.as_of,
                  became=became)  # fmt: skip
