"""The metric lexicon: words that say which metric a number is of, with the units that it takes.

It is data (``metrics.toml``); a market may add its own table of the same form. Not every metric
is listed and none is forced on a number: what no trigger claims stays unclassified.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from howdah.core.errors import SpecError
from howdah.documents.lexicon.expansion import expand
from howdah.documents.spans import Span
from howdah.documents.words import Hit, WordFinder

#: Stands in a trigger for the number between its two words.
GAP = "…"

#: Table of words that say no metric, and so keep a shorter word inside of them from saying one.
NOTHING = "nothing"

_KEYS = frozenset({"family", "units", "zh", "en", "weak_zh", "weak_en"})


@dataclass(frozen=True, slots=True)
class MetricEntry:
    """What the lexicon says of one metric.

    Attributes
    ----------
    family
        What kind of thing it measures: audience, money, capital, staff, ...
    unit
        The unit that a number of it has when it names none.
    units
        Units that a number of it may have; "" when it may have none.
    """

    metric: str
    family: str
    unit: str
    units: frozenset[str]


@dataclass(frozen=True, slots=True)
class Trigger(Span):
    """A word that says a metric, where it stands.

    Attributes
    ----------
    metrics
        Ids of the metrics that it may say.
    is_weak
        It says them only when nothing more telling is near.
    behind
        Of a word that wants another one behind the number: texts that the other may have.
    """

    metrics: tuple[str, ...] = ()
    is_weak: bool = False
    behind: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Meaning:
    metric: str
    is_weak: bool
    behind: str = ""


class MetricLexicon:
    """Metrics by id, and their words."""

    def __init__(
        self, entries: Mapping[str, MetricEntry], words: list[tuple[str, _Meaning]]
    ) -> None:
        self.entries = entries
        self._finder = WordFinder(words)
        self._tails = WordFinder((m.behind, m.behind) for _, m in words if m.behind)

    def __contains__(self, metric: object) -> bool:
        return metric in self.entries

    def __getitem__(self, metric: str) -> MetricEntry:
        return self.entries[metric]

    def find(self, lower: str, start: int, end: int) -> tuple[Trigger, ...]:
        """Triggers in the part [start, end) of a folded lower-case text.

        A word inside of a longer one is none: "pre-money valuation" does not say "valuation", and
        总裁 (a president) is no 裁 (a cut).
        """
        hits = self._finder.find(lower[start:end])
        return tuple(trigger for hit in hits for trigger in _triggers(hit, start))

    def tails(self, lower: str, start: int, end: int) -> tuple[str, ...]:
        """Words of the part [start, end) that complete a trigger before the number."""
        return tuple(hit.word for hit in self._tails.find(lower[start:end], nested=True))


def _triggers(hit: Hit[_Meaning], offset: int) -> Iterator[Trigger]:
    start, end = hit.start + offset, hit.end + offset
    for is_weak in (False, True):
        plain = [
            m.metric for m in hit.meanings
            if m.is_weak == is_weak and not m.behind and m.metric != NOTHING
        ]  # fmt: skip
        if plain:
            yield Trigger(start, end, hit.word, tuple(dict.fromkeys(plain)), is_weak)
    gapped: dict[str, set[str]] = {}
    for meaning in hit.meanings:
        if meaning.behind:
            gapped.setdefault(meaning.metric, set()).add(meaning.behind)
    for metric, behind in gapped.items():
        yield Trigger(start, end, hit.word, (metric,), behind=frozenset(behind))


@cache
def metric_lexicon(own: tuple[tuple[str, str], ...] = ()) -> MetricLexicon:
    """The lexicon that every market has, with words of one market's own.

    Parameters
    ----------
    own
        Words in folded lower case and the metric that each says; what the lexicon has for such a
        word gives way.

    Examples
    --------
    >>> [t.metrics for t in metric_lexicon().find("日活跃用户数", 0, 6)]
    [('dau',)]
    """
    resource = files("howdah.documents.lexicon") / "metrics.toml"
    return _parse(resource.read_text(encoding="utf-8"), Path("metrics.toml"), own)


def _parse(text: str, path: Path, own: tuple[tuple[str, str], ...]) -> MetricLexicon:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(path, 0, "", f"not valid TOML: {error}.") from None
    entries: dict[str, MetricEntry] = {}
    words: list[tuple[str, _Meaning]] = []
    for metric, table in tables.items():
        for key in table:
            if key not in _KEYS:
                raise SpecError(
                    path, 0, f"{metric}.{key}", "unknown key.", ", ".join(sorted(_KEYS))
                )
        if metric != NOTHING:
            entries[metric] = MetricEntry(
                metric, table["family"], table["units"][0], frozenset(table["units"])
            )
        for key in ("zh", "en", "weak_zh", "weak_en"):
            for pattern in table.get(key, []):
                for word in expand(pattern):
                    head, _, behind = word.partition(GAP)
                    # A trigger that begins with the gap has its one word behind the number.
                    first, then = (head, behind) if head else (behind, "")
                    words.append((first, _Meaning(metric, key.startswith("weak"), then)))
    learnt = {word for word, _ in own}
    words = [(word, meaning) for word, meaning in words if word not in learnt]
    words += [(word, _Meaning(metric, is_weak=False)) for word, metric in own]
    return MetricLexicon(entries, words)
