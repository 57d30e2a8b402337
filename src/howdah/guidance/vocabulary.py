"""The vocabulary of features: what the market calls them, and the words that name them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from howdah.entities.names import normalise

_BETWEEN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature that products of the market have or have not.

    Attributes
    ----------
    words
        That name it, in any language, besides its titles.
    metrics
        Counts of it: a product with one or more has it.
    """

    id: str
    title: str
    title_zh: str = ""
    words: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """All features of a market, in its order.

    Examples
    --------
    >>> told = Vocabulary((Feature("video", "Video generation", words=("文生视频",)),))
    >>> told.named("a video-generation model"), told.named("文生視頻模型"), told.named("videos")
    (('video',), ('video',), ())
    """

    features: tuple[Feature, ...] = ()

    def named(self, text: str) -> tuple[str, ...]:
        """Ids of the features that a text names, in the order of the market."""
        plain = _plain(text)
        return tuple(id_ for id_, pattern in self._patterns if pattern.search(plain))

    def counted_by(self, metric: str) -> tuple[str, ...]:
        """Ids of the features that a metric counts."""
        return tuple(f.id for f in self.features if metric in f.metrics)

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric that counts a feature."""
        return tuple(dict.fromkeys(metric for f in self.features for metric in f.metrics))

    @cached_property
    def _patterns(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        return tuple((f.id, _pattern((f.title, f.title_zh, *f.words))) for f in self.features)


def _plain(text: str) -> str:
    """A text without what writers vary: case, width, script, and what stands between words."""
    return _BETWEEN.sub(" ", normalise(text)).strip()


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """What finds any of some names as whole words; Chinese has no borders of words."""
    parts = []
    for word in dict.fromkeys(filter(None, map(_plain, words))):
        before = r"(?<![a-z0-9])" if word[0].isascii() else ""
        after = r"s?(?![a-z0-9])" if word[-1].isascii() else ""
        parts.append(f"{before}{re.escape(word)}{after}")
    return re.compile("|".join(parts) if parts else "(?!)")
