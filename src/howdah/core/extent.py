"""The extent of what is found, in words: how large, when, how sure, resting on how much."""

from collections.abc import Iterable

from howdah.core.estimate import Estimate
from howdah.core.finding import Finding
from howdah.core.phrases import Lang, factor_text, interval_text, known_phrase, number_text, phrase

#: A probability above this is not shown as a certainty.
_ALMOST_SURE = 0.99


def percent_text(share: float | None) -> str:
    """A share as percent, a dash when it is unknown; a small share is not shown as none.

    Examples
    --------
    >>> percent_text(0.547), percent_text(0.0004), percent_text(None)
    ('55 %', 'under 1 %', '–')
    """
    if share is None:
        return "–"
    if 0 < share < 0.005:  # noqa: PLR2004 - rounds to nothing
        return "under 1 %"
    return f"{share:.0%}".replace("%", " %")


def size_text(finding: Finding, lang: Lang = "en") -> str:
    """The size of a finding with its interval, '' when it has none."""
    unit, currency = (str(finding.params.get(key) or "") for key in ("unit", "currency"))
    low, high = finding.lower, finding.upper
    match finding.kind:
        case "growth" | "slump" | "acceleration" | "inflow" | "measurement":
            return phrase(
                "interval",
                "at",
                lang,
                value=factor_text(finding.value, lang),
                low=_digits(low),
                high=_digits(high),
                prob=percent_text(finding.prob),
            )
        case "crossing":
            return phrase(
                "interval",
                "at",
                lang,
                value=number_text(finding.value, unit, currency, lang),
                low=number_text(low, "", "", lang),
                high=number_text(high, "", "", lang),
                prob=percent_text(finding.prob),
            )
        case "contradiction":
            text = interval_text(None, low, high, unit, currency, lang)
            return phrase("size", finding.kind, lang, text=text)
        case "identity_gap":
            unit = "percent" if finding.metric == "stake" else "currency"
            text = interval_text(None, low, high, unit, currency, lang)
            return phrase("size", finding.kind, lang, text=text)
        case "breakout" | "launch":
            return _odds_text(finding, lang)
        case "overtaking" | "copycat" | "event":
            return ""


def _odds_text(finding: Finding, lang: Lang) -> str:
    """The interval of a probability, or how far a newcomer stands above others."""
    text = factor_text(finding.value, lang)
    if finding.kind == "breakout":
        low, high = percent_text(finding.lower), percent_text(finding.upper)
        text = phrase("interval", "between", lang, low=low.removesuffix(" %"), high=high)
    return phrase("size", finding.kind, lang, text=text, prob=percent_text(finding.prob))


def when_text(finding: Finding, lang: Lang = "en") -> str:
    """How long the time is in which a finding fell, where that is its size; '' otherwise.

    The finding's own sentence names the ends.
    """
    if finding.kind != "overtaking":
        return ""
    ends = {"after": finding.params["after"], "by": finding.params["by"]}
    days = finding.period.days
    if days is None:
        return phrase("when", "overtaking", lang, **ends)
    key = "overtaking_day" if days == 1 else "overtaking_days"
    return phrase("when", key, lang, days=days, **ends)


def sure_text(finding: Finding, lang: Lang = "en") -> str:
    """How sure a finding is: never certain, and in words where no probability can be given."""
    if finding.probability is None:
        return known_phrase("sure", finding.kind, lang, phrase("sure", "none", lang))
    if finding.probability > _ALMOST_SURE:
        return phrase("sure", "almost", lang, prob=percent_text(_ALMOST_SURE))
    return percent_text(finding.probability)


def based_on_text(finding: Finding, lang: Lang = "en") -> str:
    """What a finding rests on: claims, or the entities of a list that moved at once."""
    if finding.kind == "measurement":
        return phrase("based_on", "entities", lang, n=f"{finding.n:,}")
    key = "claim" if finding.n == 1 else "claims"
    return phrase("based_on", key, lang, n=f"{finding.n:,}")


def width_text(estimates: Iterable[Estimate], lang: Lang = "en") -> str:
    """What the ends of some estimates are; '' when none has a point.

    A rank or a zero is exact as stated, a tally counts what was reported; all else lies in an
    interval at its probability.
    """
    points = [e for e in estimates if e.status == "point"]
    if not points:
        return ""
    if not has_interval(points):
        key = "exact" if all(e.upper is not None for e in points) else "tally"
        return phrase("width", key, lang)
    key = "interval" if len(points) == 1 else "intervals"
    return phrase("width", key, lang, prob=percent_text(points[0].prob))


def has_interval(estimates: Iterable[Estimate]) -> bool:
    """Whether any of some estimates has an interval that later truth could test."""
    return any(e.lower != e.upper and (e.value is None or e.upper is not None) for e in estimates)


def _digits(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
