"""The report's own words, in English and Chinese, from ``texts.toml``.

Sentences about findings and numbers are in ``howdah.core.phrases``; here are headings, labels and
notes of the page.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files

from howdah.core.phrases import Lang


@cache
def catalogue() -> dict[str, dict[str, dict[str, str]]]:
    """Every text: group, key, language."""
    text = (files("howdah.surfaces.reports") / "texts.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


class Texts:
    """The texts of one language.

    Examples
    --------
    >>> Texts("en")("radar.none")
    'No findings as of this date.'
    >>> Texts("en")("evidence.revised", n=1), Texts("en")("evidence.revised", n=2)
    ('1 other print', '2 other prints')
    >>> Texts("zh").name("modality", "planned")
    '计划'
    """

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def __call__(self, key: str, **values: object) -> str:
        """The text of ``group.key`` with its values filled in.

        English counts of one have a text of their own, ``one``, where the noun follows the count.
        """
        group, _, name = key.partition(".")
        entry = catalogue()[group][name]
        is_one = self.lang == "en" and values.get("n") == 1
        text = entry.get("one", entry["en"]) if is_one else entry[self.lang]
        return text.format(**values)

    def name(self, group: str, value: str) -> str:
        """The name of a value of a closed list; the value itself when it is a user's own."""
        entry = catalogue()[group].get(value)
        return value.replace("_", " ") if entry is None else entry[self.lang]

    def sentence(self, text: str) -> str:
        """A condition that came in English, in this language where the catalogue knows it."""
        if self.lang == "en" or not text:
            return text
        for pattern, template in _sentences(self.lang):
            match = pattern.fullmatch(text)
            if match:
                parts = {key: self.name("fault", part) for key, part in match.groupdict().items()}
                return template.format(**parts)
        return text


@cache
def _sentences(lang: Lang) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of the known English sentences, and their templates in another language."""
    found = []
    for entry in catalogue()["sentence"].values():
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(entry["en"]))
        found.append((re.compile(pattern), entry[lang]))
    return tuple(found)
