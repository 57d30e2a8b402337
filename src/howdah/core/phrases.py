"""Findings, estimates and numbers in words, in English and Chinese.

Sentences are data in ``phrases.toml``. Surfaces show them and form none of their own, so that a
finding reads the same in a terminal, a report and an API.
"""

import shlex
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from howdah.core.finding import Finding, Reason
from howdah.core.metrics import MetricRegistry

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = ("en", "zh")

#: Entities are called as the market names them.
NO_NAMES: Mapping[str, str] = MappingProxyType({})

#: Digits kept in a shown number: a third would suggest more than any source here knows.
_DIGITS = 3

#: A claim this many times too small or more is told as a part of the level: 1/12, not 0.0833.
_LEAST_PART = 2

#: (from which size on, what it is divided by, suffix): thousands are written out below 10,000.
SCALES: dict[Lang, tuple[tuple[float, float, str], ...]] = {
    "en": ((1e12, 1e12, "tn"), (1e9, 1e9, "bn"), (1e6, 1e6, "M"), (1e4, 1e3, "k")),
    "zh": ((1e12, 1e12, "万亿"), (1e8, 1e8, "亿"), (1e4, 1e4, "万")),
}


#: Units that a metric's name makes clear.
_PLAIN_UNITS = ("people", "device", "login_account", "star", "fork", "package_download")

#: Units of which every digit before the point counts.
EXACT_UNITS = ("rank", "elo")


@cache
def _phrases() -> dict[str, dict[str, dict[str, str]]]:
    text = (files("howdah.core") / "phrases.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def phrase(group: str, key: str, lang: Lang = "en", **values: object) -> str:
    """A phrase of the catalogue with its values filled in.

    Examples
    --------
    >>> phrase("interval", "under", "zh", high="130万")
    '低于130万'
    """
    return _phrases()[group][key][lang].format(**values)


def reason(key: str, **values: object) -> Reason:
    """A reason of the catalogue; one that it lacks, or other values than it names, is an error.

    Examples
    --------
    >>> reason_text(reason("stated_by", sources="Moonshot"), "zh")
    '陈述方：Moonshot'
    """
    made = Reason(key, tuple((name, str(value)) for name, value in values.items()))
    reason_text(made)
    return made


def reason_text(reason: Reason, lang: Lang = "en") -> str:
    """A reason as a sentence; the name of a fault among its values is said as well."""
    values = {
        name: known_phrase("fault", value, lang, value) if name == "fault" else value
        for name, value in reason.values
    }
    return phrase("reason", reason.key, lang, **values)


def known_phrase(group: str, key: str, lang: Lang, otherwise: str) -> str:
    """A phrase, or `otherwise` when the catalogue has none: names that users may add."""
    entry = _phrases().get(group, {}).get(key)
    return otherwise if entry is None else entry[lang]


def number_text(value: float | None, unit: str = "", currency: str = "", lang: Lang = "en") -> str:
    """A number as people write it: three digits, the language's own powers, its unit.

    Examples
    --------
    >>> number_text(7_600_000), number_text(7_600_000, lang="zh"), number_text(34.5, "percent")
    ('7.6M', '760万', '34.5 %')
    >>> number_text(5_940_000, "currency", "CNY"), number_text(48_500), number_text(4_850)
    ('CNY 5.94M', '48.5k', '4,850')
    """
    if value is None:
        return "–"
    number = _short(value, lang, exact=unit in EXACT_UNITS)
    if currency:
        return f"{currency} {number}"
    name = known_phrase("unit", unit, lang, "" if unit in {"", "currency"} else unit)
    # People and counts are clear from the metric's name; a share or a rating is not.
    if unit in _PLAIN_UNITS or not name:
        return number
    return f"{number} {name}" if lang == "en" or unit == "percent" else f"{number}{name}"


def _short(value: float, lang: Lang, *, exact: bool) -> str:
    if value == 0:
        return "0"
    if exact:
        return f"{value:,.0f}"
    for size, divisor, suffix in SCALES[lang]:
        if abs(value) >= size:
            return f"{_trimmed(value / divisor)}{suffix}"
    return _trimmed(value)


def _trimmed(value: float) -> str:
    if abs(value) >= 100:  # noqa: PLR2004 - three digits before the point
        return f"{float(f'{value:.{_DIGITS}g}'):,.0f}"
    text = f"{value:.{_DIGITS}g}"
    return f"{float(text):g}" if "e" not in text else f"{float(text):.4f}".rstrip("0")


def interval_text(
    value: float | None,
    lower: float | None,
    upper: float | None,
    unit: str = "",
    currency: str = "",
    lang: Lang = "en",
) -> str:
    """A value with its interval; a bound or a span where there is no value.

    Examples
    --------
    >>> interval_text(None, None, 1_300_000, "people")
    'under 1.3M'
    >>> interval_text(7.6e6, 4.27e6, 13.5e6)
    '7.6M (4.27M to 13.5M)'
    >>> interval_text(2, 2, None, "count")
    'at least 2'
    """
    low = number_text(lower, unit, currency, lang)
    high = number_text(upper, unit, currency, lang)
    if value is None:
        return _span_text(lower, upper, low, high, lang)
    middle = number_text(value, unit, currency, lang)
    if low == high == middle:
        return middle
    if upper is None and lower == value:
        return phrase("interval", "tally", lang, value=middle)
    # The unit stands once, with the value.
    is_exact = unit in EXACT_UNITS
    low, high = ("–" if e is None else _short(e, lang, exact=is_exact) for e in (lower, upper))
    return phrase("interval", "point", lang, value=middle, low=low, high=high)


def _span_text(lower: float | None, upper: float | None, low: str, high: str, lang: Lang) -> str:
    """A bound or a span, from its ends and their texts."""
    if lower is None and upper is None:
        return phrase("interval", "open", lang)
    if lower is None:
        return phrase("interval", "under", lang, high=high)
    if upper is None:
        return phrase("interval", "over", lang, low=low)
    return low if low == high else phrase("interval", "between", lang, low=low, high=high)


def metric_title(metrics: MetricRegistry, metric: str, lang: Lang = "en") -> str:
    """Title of a metric; its id when the registry lacks it."""
    if metric not in metrics:
        return metric
    found = metrics[metric]
    return found.title_zh if lang == "zh" else found.title


def definition_text(definition: str, lang: Lang = "en") -> str:
    """A definition's id, or that none is stated."""
    return definition or phrase("definition", "unstated", lang)


def factor_text(value: float | None, lang: Lang = "en") -> str:
    """A ratio: '1.5 times', '1.5倍'; one that is nearly one keeps a digit that tells.

    Examples
    --------
    >>> factor_text(1.4962), factor_text(1.0032), factor_text(None)
    ('1.5 times', '1.003 times', '–')
    """
    if value is None:
        return "–"
    text = f"{value:.3g}"
    text = f"{value:.4g}" if text == "1" else text
    return f"{text} times" if lang == "en" else f"{text}倍"


def suspect_text(reason: str, factor: float | None, lang: Lang = "en") -> str:
    """Why a claim is held to be wrong, and how far off it is.

    Examples
    --------
    >>> suspect_text("unit_slip", 1000.0)
    'set aside as a slip of the unit, 1,000 times the level'
    >>> suspect_text("unit_slip", 1 / 12)
    'set aside as a slip of the unit, 1/12 of the level'
    >>> suspect_text("copied", 1.0), suspect_text("stale", None, "zh")
    ('set aside as a copy of another source', '判为旧数，未采用')
    """
    text = phrase("suspect", reason, lang)
    # A copy is right or wrong as what it copies is.
    if not factor or reason in {"reviewed", "copied"}:
        return text
    if 0 < factor < 1 / _LEAST_PART:
        part = number_text(1 / factor, lang=lang)
        return phrase("suspect", "part", lang, text=text, factor=part)
    return phrase("suspect", "off", lang, text=text, factor=number_text(factor, lang=lang))


def finding_text(
    finding: Finding,
    metrics: MetricRegistry,
    lang: Lang = "en",
    names: Mapping[str, str] = NO_NAMES,
) -> str:
    """One plain sentence that says what was found.

    Parameters
    ----------
    names
        What readers of the language call an entity, by its name in the market.
    """
    p = finding.params
    unit, currency = str(p.get("unit", "")), str(p.get("currency", ""))

    def shown(key: str) -> str:
        return number_text(_number(p.get(key)), unit, currency, lang)

    title = metric_title(metrics, finding.metric, lang)
    values: dict[str, object] = {
        "name": names.get(finding.name, finding.name),
        "metric": title if lang == "zh" else title[:1].lower() + title[1:],
        "period": finding.period.label,
        "size": factor_text(finding.value, lang),
        **{key: names.get(value, value) for key, value in p.items() if isinstance(value, str)},
    }
    match finding.kind:
        case "growth" | "slump":
            up = float(p["after"] or 0) >= float(p["before"] or 0)
            side = "up" if up else "down"
            values |= {
                "before": shown("before"),
                "after": shown("after"),
                "direction_en": phrase("direction", side, "en"),
                "direction_zh": phrase("direction", side, "zh"),
                "behind": number_text(_share_lost(finding.value), "percent", "", lang),
            }
        case "acceleration" | "launch" | "inflow" | "copycat" | "breakout":
            values |= _arrival_values(finding, shown("after"), lang)
        case "crossing":
            side = str(p["direction"])
            values |= {
                "threshold": shown("threshold"),
                "value": number_text(finding.value, unit, currency, lang),
                "direction_en": phrase("crossing", side, "en"),
                "direction_zh": phrase("crossing", side, "zh"),
            }
        case "contradiction":
            key = "or_more" if p.get("high_is_open") else "up_to"
            values |= {
                "low": shown("low"),
                "high": phrase("contradiction", key, lang, number=shown("high")),
            }
        case "identity_gap":
            is_stake = finding.metric == "stake"
            unit, money = ("percent", "") if is_stake else ("currency", currency)
            values["identity"] = phrase("identity", finding.metric, lang)
            for side in ("computed", "stated"):
                low, high = _number(p[f"{side}_low"]), _number(p[f"{side}_high"])
                values[side] = interval_text(None, low, high, unit, money, lang)
        case "event" | "measurement" | "overtaking":
            pass
    return phrase("finding", _sentence_of(finding, title), lang, **values)


def _sentence_of(finding: Finding, title: str) -> str:
    """The sentence of a finding: an event whose object is its own title has one without it."""
    own = {finding.metric.replace("_", " "), title.casefold()}
    is_alone = finding.kind == "event" and str(finding.params["object"]).casefold() in own
    return "event_alone" if is_alone else finding.kind


def _arrival_values(finding: Finding, after: str, lang: Lang) -> dict[str, object]:
    """Values of the phrases of what speeds up, is new, or comes in a row."""
    p = finding.params
    match finding.kind:
        case "acceleration":
            return {key: factor_text(_number(p[key]), lang) for key in ("pace", "pace_before")}
        case "launch":
            above = number_text(round(100 * float(p["above"] or 0)), "percent", "", lang)
            return {"after": after, "above": above}
        case "inflow":
            expected = f"{float(p['expected'] or 0):.2g}"
            flow = phrase("flow", finding.metric, lang)
            return {"flow": flow, "count": p["count"], "expected": expected}
        case "breakout":
            chance = number_text(round(100 * (finding.probability or 0.0)), "percent", "", lang)
            places = {key: f"{p[key]:,}" for key in ("n_top", "rank", "months")}
            return {**places, "chance": chance}
        case _:
            return {"count": p["count"], "days": p["days"]}


def _share_lost(factor: float | None) -> float:
    """Whole percent that a factor below 1 takes away; a digit more where that would be none."""
    lost = 100 * (1 - (1.0 if factor is None else factor))
    return round(lost) if abs(lost) >= 1 else round(lost, 1)


def _number(value: str | float | None) -> float | None:
    return None if value is None else float(value)


def consequence_text(finding: Finding, segment_title: str, lang: Lang = "en") -> str:
    """What a finding means for the followed segments."""
    if finding.kind == "measurement":
        return phrase("consequence", "measurement", lang)
    if not segment_title:
        return phrase("consequence", "none", lang)
    base = phrase("consequence", "segment", lang, segment=segment_title)
    if finding.kind == "overtaking":
        return phrase("consequence", "leader", lang, segment=segment_title)
    if finding.kind in {"contradiction", "identity_gap"}:
        joint = "; " if lang == "en" else "；"
        advice = phrase("consequence", "contradiction", lang)
        return base + joint + (advice[:1].lower() + advice[1:] if lang == "en" else advice)
    return base


def next_step_text(finding: Finding, lang: Lang = "en", *, where: str | None = None) -> str:
    """What to do next about a finding, and where.

    Parameters
    ----------
    where
        In the words of a surface; None for a command that can be pasted.
    """
    return phrase("next_step", finding.kind, lang, where=where or next_step_command(finding))


def next_step_command(finding: Finding) -> str:
    """The command that shows what to look at next."""
    match finding.kind:
        case "growth" | "slump" | "acceleration" | "launch" | "crossing":
            words = ["show", finding.name]
        case "overtaking":
            words = ["compare", finding.name, str(finding.params.get("loser", ""))]
        case "breakout":
            words = ["hits"]
        case "measurement":
            words = ["feeds"]
        case "copycat" | "inflow" | "contradiction" | "identity_gap" | "event":
            words = ["trail", finding.finding_id]
    return shlex.join(["howdah", *words])
