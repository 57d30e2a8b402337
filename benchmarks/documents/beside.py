"""What one would build of well-known libraries instead: numbers, dates, the nearest name and word.

Each finds numbers and periods in its way; all share the rest. A number is about the nearest name of
the catalogue, of the sentence, else the last before it; of the metric whose word of howdah's own
lexicon stands nearest, a percentage of what is not told in percent its growth; and for the nearest
period of its sentence, else the day of publication. Whatever they do not tell is what is usual:
asserted, by the author.
"""

import datetime as dt
import logging
import re
import time
import warnings
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from articles import Article

from howdah.documents.claims import DocumentClaim
from howdah.documents.lexicon import MetricLexicon, metric_lexicon
from howdah.documents.linking import UNCLASSIFIED
from howdah.documents.mentions import Gazetteer
from howdah.documents.passages import Passage, mark
from howdah.documents.spans import Mention, Span

#: First and last day, and how exactly.
Days = tuple[dt.date, dt.date, str]


@dataclass(frozen=True, slots=True)
class Number(Span):
    """A number that was found: its value, and its unit and currency as far as they are told."""

    value: float = 0.0
    unit: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class When(Span):
    """A period that was found."""

    days: Days = (dt.date.min, dt.date.min, "day")


FindNumbers = Callable[[str], Iterator[Number]]
FindPeriods = Callable[[str, dt.date], Iterator[When]]

_SCALES = {
    "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9,
    "b": 1e9, "trillion": 1e12, "千": 1e3, "万": 1e4, "萬": 1e4, "百万": 1e6, "千万": 1e7,
    "亿": 1e8, "億": 1e8, "万亿": 1e12, "": 1.0,
}  # fmt: skip
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "￥": "CNY", "元": "CNY", "美元": "USD"}
_NUMBER = re.compile(
    r"(?P<sign>[$€£¥￥]?)\s?(?P<digits>\d[\d,]*(?:\.\d+)?)\s?"
    r"(?P<scale>thousand|million|billion|trillion|bn|mn|[kmb](?![a-z])|万亿|百万|千万|[千万萬亿億])?"
    r"\s?(?P<unit>%|per cent|percent|美元|元)?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:年|(?![\d,.%]))(?:(?P<month>\d{1,2})月)?")
_MONTH = re.compile(
    r"\b(?P<name>January|February|March|April|May|June|July|August|September|October|November"
    r"|December)(?: (?P<year>(?:19|20)\d\d))?\b"
)
_MONTHS = {dt.date(2000, n, 1).strftime("%B"): n for n in range(1, 13)}
_LAST_DAY = 31
_YEARS = range(1900, 2100)
_OF_YEAR, _OF_QUARTER, _OF_HALF = 12, 3, 6


def pattern_numbers(text: str) -> Iterator[Number]:
    """Digits with a sign, a scale and a unit."""
    for match in _NUMBER.finditer(text):
        value = float(match["digits"].replace(",", "")) * _SCALES[(match["scale"] or "").lower()]
        unit = match["unit"] or ""
        currency = _SIGNS.get(match["sign"] or unit, "")
        kind = "percent" if unit.lower() in {"%", "per cent", "percent"} else ""
        yield _number(text, match.start(), match.end(), value, kind or _money(currency), currency)


def pattern_periods(text: str, published: dt.date) -> Iterator[When]:
    """Years, and months with or without one."""
    for match in _YEAR.finditer(text):
        month = int(match["month"] or 0)
        if month <= _OF_YEAR:
            days = _month(int(match["year"]), month) if month else _year(int(match["year"]))
            yield _when(text, match.start(), match.end(), days)
    for match in _MONTH.finditer(text):
        month = _MONTHS[match["name"]]
        year = int(match["year"] or published.year - (month > published.month))
        yield _when(text, match.start(), match.end(), _month(year, month))


def quantulum_numbers(text: str) -> Iterator[Number]:
    """quantulum3, which reads English."""
    from quantulum3 import parser  # noqa: PLC0415 - of the extra for benchmarks

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = parser.parse(text)
    for quantity in found:
        start, end = quantity.span
        currency = ""
        unit = {"percentage": "percent", "day": "days", "hour": "hours"}.get(quantity.unit.name, "")
        if quantity.unit.entity.name == "currency":
            currency = quantity.unit.currency_code or ""
            unit = "currency"
        yield _number(text, start, end, float(quantity.value), unit, currency)


def dateparser_periods(text: str, published: dt.date) -> Iterator[When]:
    """dateparser, in English."""
    from dateparser.date import DateDataParser  # noqa: PLC0415 - of the extra for benchmarks
    from dateparser.search import search_dates  # noqa: PLC0415

    told = {
        "RELATIVE_BASE": dt.datetime.combine(published, dt.time()),
        "PREFER_DATES_FROM": "past",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = search_dates(text, languages=["en"], settings=told) or []
        reader = DateDataParser(languages=["en"], settings=told)
        at = 0
        for words, moment in found:
            at = max(text.find(words, at), 0)
            period = reader.get_date_data(words).period
            yield _when(text, at, at + len(words), _days(moment.date(), period))
            at += len(words)


def recognizers_numbers(lang: str) -> FindNumbers:
    """Microsoft's Recognizers-Text, in a language."""

    def numbers(text: str) -> Iterator[Number]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from recognizers_number import (  # noqa: PLC0415 - of the extra for benchmarks
                Culture,
                recognize_number,
                recognize_percentage,
            )
            from recognizers_number_with_unit import recognize_currency  # noqa: PLC0415

            culture = Culture.Chinese if lang == "zh" else Culture.English
            kinds = (
                ("currency", recognize_currency(text, culture)),
                ("percent", recognize_percentage(text, culture)),
                ("", recognize_number(text, culture)),
            )
        taken: list[tuple[int, int]] = []
        for unit, found in kinds:
            for one in found:
                start, end = one.start, one.end + 1
                value = str((one.resolution or {}).get("value") or "").rstrip("%")
                is_new = all(end <= a or b <= start for a, b in taken)
                if is_new and _is_number(value):
                    taken.append((start, end))
                    currency = one.resolution.get("isoCurrency", "")
                    if one.resolution.get("unit") == "Dollar":
                        currency = "USD"
                    yield _number(text, start, end, float(value), unit, currency)

    return numbers


def jionlp_periods(text: str, published: dt.date) -> Iterator[When]:
    """JioNLP, which reads Chinese."""
    import jionlp  # noqa: PLC0415 - of the extra for benchmarks

    # What it cannot read it logs in full.
    logging.disable(logging.CRITICAL)
    base = time.mktime(published.timetuple())
    for one in jionlp.ner.extract_time(text, time_base=base):
        told = one["detail"]["time"]
        if one["type"] not in {"time_span", "time_point"} or any("inf" in m for m in told):
            continue
        first, last = (dt.date.fromisoformat(moment[:10]) for moment in told)
        start, end = one["offset"]
        yield _when(text, start, end, (first, last, _precision(first, last)))


#: What is put beside howdah, by language.
BESIDE: dict[str, dict[str, tuple[FindNumbers, FindPeriods]]] = {
    "regular expressions": {
        "en": (pattern_numbers, pattern_periods), "zh": (pattern_numbers, pattern_periods),
    },
    "quantulum3, dateparser": {"en": (quantulum_numbers, dateparser_periods)},
    "Recognizers-Text, dateparser": {"en": (recognizers_numbers("en"), dateparser_periods)},
    "Recognizers-Text, JioNLP": {"zh": (recognizers_numbers("zh"), jionlp_periods)},
}  # fmt: skip


def claims_beside(article: Article, gazetteer: Gazetteer, name: str) -> list[DocumentClaim] | None:
    """Claims of an article by what stands beside howdah, None in a language that it cannot read."""
    finders = BESIDE[name].get(article.document.lang)
    if finders is None:
        return None
    lexicon = metric_lexicon()
    marked = mark(article.document, gazetteer, lexicon)
    published = article.document.published_at or dt.date.min
    claims = []
    last: Mention | None = None
    for passage in marked.passages:
        text, offset = passage.sentence.surface, passage.sentence.start
        periods = list(finders[1](text, published))
        claims += [
            _claim(number, offset, passage, periods, last, lexicon, published)
            for number in finders[0](text)
            if not (_is_dated(number) and any(_overlap(number, p) for p in periods))
        ]
        last = passage.mentions[-1] if passage.mentions else last
    return claims


def _claim(
    number: Number, offset: int, passage: Passage, periods: Sequence[When], last: Mention | None,
    lexicon: MetricLexicon, published: dt.date,
) -> DocumentClaim:  # fmt: skip
    place = Span(number.start + offset, number.end + offset, number.surface)
    name = _nearest(place, passage.mentions) or last
    word = _nearest(place, [t for t in passage.triggers if not t.is_weak and not t.behind])
    metric = UNCLASSIFIED if word is None else word.metrics[0]
    if number.unit == "percent" and metric in lexicon and "percent" not in lexicon[metric].units:
        metric = f"{metric}_growth"
    period = _nearest(Span(number.start, number.end, ""), periods)
    days = (None, published, "as_of_publication") if period is None else period.days
    own = lexicon[metric].unit if metric in lexicon else "count"
    return DocumentClaim(
        subject="" if name is None else name.entities[0],
        metric=metric, value=number.value, value_low=number.value, value_high=number.value,
        unit=number.unit or own, currency=number.currency,
        value_surface=place.surface, value_start=place.start, value_end=place.end,
        period_start=days[0], period_end=days[1], period_precision=days[2],
    )  # fmt: skip


def _is_dated(number: Number) -> bool:
    """Whether a number may be part of a date; libraries take others for dates as well."""
    is_day_or_year = number.value <= _LAST_DAY or number.value in _YEARS
    return not number.unit and is_day_or_year


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _nearest(place: Span, others):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - any spans
    return min(others, key=lambda s: max(place.start - s.end, s.start - place.end), default=None)


def _number(
    text: str, start: int, end: int, value: float, unit: str, currency: str
) -> Number:  # fmt: skip
    return Number(start, end, text[start:end], value, unit, currency)


def _when(text: str, start: int, end: int, days: Days) -> When:
    return When(start, end, text[start:end], days)


def _money(currency: str) -> str:
    return "currency" if currency else ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _year(year: int) -> Days:
    return dt.date(year, 1, 1), dt.date(year, 12, 31), "year"


def _month(year: int, month: int) -> Days:
    return dt.date(year, month, 1), dt.date(year, month, monthrange(year, month)[1]), "month"


def _days(day: dt.date, period: str) -> Days:
    """The period that a day of it and its length tell."""
    if period == "year":
        return _year(day.year)
    if period == "quarter":
        first = (day.month - 1) // _OF_QUARTER * _OF_QUARTER + 1
        return dt.date(day.year, first, 1), _month(day.year, first + 2)[1], "quarter"
    return _month(day.year, day.month) if period == "month" else (day, day, "day")


def _precision(first: dt.date, last: dt.date) -> str:
    """How exactly a period is told that begins and ends so."""
    if first == last:
        return "day"
    n_months = (last.year - first.year) * _OF_YEAR + last.month - first.month + 1
    if first.day != 1 or last.day != monthrange(last.year, last.month)[1]:
        return "range"
    lengths = {1: "month", _OF_QUARTER: "quarter", _OF_HALF: "half", _OF_YEAR: "year"}
    return lengths.get(n_months, "range")
