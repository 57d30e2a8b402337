"""The verdict of a split in a sentence, and shares as every surface says them."""

from collections.abc import Callable

from howdah.core.metrics import MetricRegistry
from howdah.core.phrases import Lang, metric_title, phrase
from howdah.market.pages.split import Figure, SplitPage


def verdict_text(page: SplitPage, metrics: MetricRegistry, lang: Lang = "en") -> str:
    """What was bought and what was earned, or what is missing to tell."""
    if page.missing:
        return phrase("bought", page.missing, lang, detail=page.detail)
    base, outcome = page.base, page.outcome
    assert base is not None
    assert outcome is not None
    what = metric_title(metrics, outcome.metric, lang)
    what = what.lower() if lang == "en" else what
    if base.verdict == "cannot_tell":
        lacking = [p for p in page.parts if p.verdict == "cannot_tell"]
        untold = [p for p in lacking if p.code != "nothing_spent"]
        channels = channels_text(page, [c for part in untold for c in part.channels], lang)
        return phrase("bought", "cannot_tell", lang, what=what, channels=channels)
    return phrase(
        "bought", base.verdict, lang, what=what, bought=share_text(bought_share(page), lang),
        earned=share_text(base.share, lang),
    )  # fmt: skip


def bought_share(page: SplitPage) -> Figure:
    """The share that was bought: the rest of what came by itself."""
    base = page.base
    assert base is not None
    ends = (base.share.value, base.share.upper, base.share.lower)
    return Figure(*(None if x is None else 1.0 - x for x in ends))


def channels_text(page: SplitPage, channels: list[str], lang: Lang = "en") -> str:
    """Channels by their names, in a row."""
    names = {**page.names, **page.names_zh} if lang == "zh" else page.names
    said = [names.get(c, c) or phrase("bought", "all_channels", lang) for c in channels]
    text = said[0] if said else ""
    for name in said[1:]:
        text = phrase("bought", "and", lang, first=text, last=name)
    return text


def share_text(figure: Figure, lang: Lang = "en") -> str:
    """A share in percent with its interval, or what there is room for.

    Examples
    --------
    >>> share_text(Figure(0.22, 0.18, 0.25)), share_text(Figure(None, 0.0, 0.4), "zh")
    ('22 % (18 to 25)', '至多40 %')
    """
    return spanned_text(figure, lambda x: f"{100 * x:.0f}", " %", lang)


def spanned_text(
    figure: Figure, text: Callable[[float], str], unit: str = "", lang: Lang = "en"
) -> str:
    """A figure with its interval.

    Parameters
    ----------
    text
        How a number is written, without its unit.
    """
    if figure.value is None:
        if figure.upper is None:
            return phrase("bought", "untold", lang)
        high = text(figure.upper)
        if not figure.lower:
            return phrase("bought", "at_most", lang, high=f"{high}{unit}")
        return f"{phrase('interval', 'between', lang, low=text(figure.lower), high=high)}{unit}"
    low = "–" if figure.lower is None else text(figure.lower)
    high = phrase("bought", "no_end", lang) if figure.upper is None else text(figure.upper)
    value = f"{text(figure.value)}{unit}"
    return phrase("interval", "point", lang, value=value, low=low, high=high)
