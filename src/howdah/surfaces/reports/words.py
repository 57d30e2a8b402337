"""Words: a market's records as a reader of one language sees them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from howdah.core.calendar import Period
from howdah.core.estimate import Estimate
from howdah.core.extent import has_interval, size_text, when_text, width_text
from howdah.core.finding import Finding
from howdah.core.metrics import MetricRegistry
from howdah.core.phrases import (
    NO_NAMES,
    Lang,
    definition_text,
    interval_text,
    known_phrase,
    metric_title,
    number_text,
    phrase,
    suspect_text,
)
from howdah.core.wording import ACHIEVED
from howdah.estimates import IdentityCheck
from howdah.guidance.expectations import Expectation
from howdah.market.config import MarketConfig, Segment
from howdah.market.pages import (
    Against,
    Later,
    Passage,
    Statement,
    against_text,
    later_text,
    said_text,
)
from howdah.market.pages.decisions import expected_text
from howdah.surfaces.reports.texts import Texts

_DATED = re.compile(r"(.+)\.\.(.+)")


class Words:
    """How records are said in one language.

    Parameters
    ----------
    names
        What readers of the language call entities, by their names in the market.
    """

    def __init__(
        self, metrics: MetricRegistry, lang: Lang, names: Mapping[str, str] = NO_NAMES
    ) -> None:
        self.lang: Lang = lang
        self.t = Texts(lang)
        self.names = names
        self._metrics = metrics

    def called(self, name: str) -> str:
        """An entity, by its name in the market."""
        return self.names.get(name, name)

    def title(self, titled: MarketConfig | Segment) -> str:
        """Title of a market or segment; the other language's when it has no own."""
        return (titled.title_zh or titled.title) if self.lang == "zh" else titled.title

    def metric(self, metric: str) -> str:
        """Title of a metric or an event."""
        return metric_title(self._metrics, metric, self.lang)

    def definition(self, definition: str) -> str:
        """A definition."""
        return definition_text(definition, self.lang)

    def unit(self, unit: str, currency: str = "") -> str:
        """What is counted."""
        return currency or self.t.name("unit", unit)

    def number(self, value: float | None, unit: str = "", currency: str = "") -> str:
        """A number."""
        return number_text(value, unit, currency, self.lang)

    def share(self, value: float | None) -> str:
        """A share as percent."""
        return self.t("page.none") if value is None else f"{100 * value:.0f} %"

    def joined(self, names: Iterable[object]) -> str:
        """A list of names or dates."""
        return self.t("page.joint").join(str(name) for name in names)

    def period(self, label: str) -> str:
        """A period."""
        if label == "not stated":
            return self.t("page.unknown")
        if found := _DATED.fullmatch(label):
            return self.t("page.to", start=found[1], end=found[2])
        if label.startswith("to "):
            return self.t("page.until", end=label[3:])
        if label.startswith("from "):
            return self.t("page.since", start=label[5:])
        return label

    def interval(
        self,
        ends: tuple[float | None, float | None],
        unit: str = "",
        currency: str = "",
        value: float | None = None,
    ) -> str:
        """An interval, with its value when there is one."""
        if value is None and ends[0] is not None and ends[0] == ends[1]:
            return self.number(ends[0], unit, currency)
        return interval_text(value, ends[0], ends[1], unit, currency, self.lang)

    def estimate(self, e: Estimate, *, is_implied: bool = False) -> str:
        """An estimate with its interval."""
        text = self.interval((e.lower, e.upper), e.unit, e.currency, e.value)
        if e.status == "contested":
            return self.t("chart.is_contested", text=text)
        return self.t("chart.is_implied", text=text) if is_implied else text

    def expected(self, expected: Expectation, names: Mapping[str, str]) -> str:
        """What a decision is to bring."""
        called = {id_: self.called(name) for id_, name in names.items()}
        return expected_text(expected, called, self._metrics, self.lang)

    def later(self, later: Later) -> str:
        """What is suppressed after a figure."""
        return later_text(later, self.lang)

    def stated(self, s: Statement) -> str:
        """A statement's figure as its source worded it."""
        return said_text(s, self.lang, with_object=False) or self.t("figure.no_figure")

    def doubt(self, s: Statement) -> str:
        """Why a statement is doubted, or that a reviewer kept it; '' when it is not."""
        if s.verdict == "keep":
            return phrase("suspect", "kept", self.lang)
        return suspect_text(s.reason, s.factor, self.lang) if s.reason else ""

    def source(self, s: Statement) -> str:
        """Who said it and where."""
        if not s.publication or s.publication == s.source:
            return s.source
        return self.t("figure.in_publication", source=s.source, publication=s.publication)

    def standing(self, s: Statement) -> str:
        """Whether it is said to have happened, and how public that is."""
        text = self.t.name("modality", s.modality)
        # A rumour is said to be one once.
        if s.sensitivity == "public" or (s.sensitivity, s.modality) == ("rumour", "rumoured"):
            return text
        return self.joined([text, self.t.name("sensitivity", s.sensitivity)])

    def event(self, s: Statement) -> str:
        """What an event says beyond its kind; empty when it repeats the kind."""
        plain = {s.metric.replace("_", " "), self.metric(s.metric).casefold()}
        return "" if s.object.casefold() in plain else s.object

    def passage(self, p: Passage) -> str:
        """What a sentence was read as, beside whom."""
        period = Period(*p.period, p.precision or "range").label  # type: ignore[arg-type]
        parts = (
            self.metric(p.metric),
            p.said(self.lang),
            "" if period == "not stated" else self.period(period),
            # A figure that was planned or denied must not read like one that is.
            "" if p.modality in ACHIEVED else self.t.name("modality", p.modality),
        )
        return self.joined(part for part in parts if part)

    def against(self, against: Against) -> str:
        """What speaks against a sentence."""
        return against_text(against, self.lang)

    def calibration(self, text: str) -> str:
        """How far intervals were tested."""
        return known_phrase("calibration", text, self.lang, text)

    def ends(self, lower: float | None, upper: float | None, *, form: str) -> str:
        """The interval of a figure of a report card; '' where there is none."""
        if lower is None or upper is None:
            return ""
        return self.t("page.to", start=form.format(lower), end=form.format(upper))

    def move(self, revision: Mapping[str, Any]) -> str:
        """What figures of an age usually end at, with its interval."""
        form = "x{:.2f}" if revision["scale"] == "log" else "{:+.2f}"
        bias, lower, upper = (
            form.format(revision[name]) for name in ("bias", "bias_lower", "bias_upper")
        )
        return f"{bias} ({lower}–{upper})"

    def check(self, check: IdentityCheck) -> str:
        """An accounting check."""
        unit, money = ("percent", "") if check.identity == "stake" else ("currency", check.currency)
        text = self.t(
            "check.text",
            period=self.period(check.period.label),
            identity=phrase("identity", check.identity, self.lang),
            computed=self.interval(check.computed, unit, money),
            stated=self.interval(check.stated, unit, money),
        )
        extra = [self.t("check.planned")] if check.is_planned else []
        if check.counterparty:
            extra.append(self.t("check.with", name=check.counterparty))
        return self.joined([text, *extra])

    def size(self, f: Finding) -> str:
        """The extent of a finding: its size, or the time in which it happened."""
        return size_text(f, self.lang) or when_text(f, self.lang) or self.t("radar.not_a_number")

    def width(self, estimates: Sequence[Estimate]) -> str:
        """What the ends of some estimates are, and how far they were tested."""
        parts = [width_text(estimates, self.lang)]
        if has_interval(estimates):
            parts.append(self.calibration(estimates[0].calibration))
        return self.joined(part for part in parts if part)

    def claims(self, n: int) -> str:
        """A number of claims."""
        return phrase("based_on", "claim" if n == 1 else "claims", self.lang, n=f"{n:,}")


def shortened(name: str, *, columns: int = 26) -> str:
    """A name that fits a chart; a Chinese character takes two columns.

    Examples
    --------
    >>> shortened("gemini-2.0-flash-thinking-exp-01-21")
    'gemini-2.0-flash-thinking…'
    """
    room = columns - 1
    for n, char in enumerate(name):
        room -= 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if room < 0 and n < len(name) - 1:
            return f"{name[:n]}…"
    return name


def visible(text: str) -> str:
    r"""Text without characters that would hide or reorder what is around them.

    Examples
    --------
    >>> visible("a\u202eb\x00c")
    'abc'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for c in text if c in "\n\t\u200c\u200d" or unicodedata.category(c)[0] != "C")
