"""The words of periods, read once from ``words.toml``."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from howdah.documents.words import Words


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Tables of words; each is named after its table in ``words.toml``."""

    years: Words[int]
    months: Words[int]
    weekdays: Words[int]
    weekdays_not: Words[bool]
    set_by: tuple[str, ...]
    weekdays_han: Mapping[str, int]
    parts: Words[tuple[int, int]]
    ends: Words[bool]
    days: Words[tuple[int, int, int]]
    lunar_words: Words[bool]
    lunar_days: Mapping[int, date]
    relative: Words[tuple[str, int]]
    leaning: Words[tuple[str, int]]
    now: Words[bool]
    rolling: Words[int]
    units_han: Words[str]
    units_english: Words[str]
    ordinals: Words[int]
    since_before: Words[bool]
    since_after: Words[bool]
    until_before: Words[bool]
    until_after: Words[bool]
    joints: Words[bool]
    thirds: Words[tuple[int, int]]
    thirds_english: Words[tuple[int, int]]
    future: tuple[str, ...]
    comparing: Words[bool]
    starts: tuple[str, ...]


def _flags(words: Iterable[str]) -> Words[bool]:
    return Words(dict.fromkeys(words, True))


def _tuples(table: Mapping[str, list[Any]]) -> Words[Any]:
    return Words({word: tuple(values) for word, values in table.items()})


def _read_lexicon() -> Lexicon:
    path = files("howdah.documents.periods") / "words.toml"
    data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    tables = (
        "years",
        "months",
        "weekdays",
        "parts",
        "days",
        "relative",
        "leaning",
        "rolling",
        "thirds_english",
        "ordinals",
    )
    lists = ("ends", "lunar_new_year", "now", "since_before", "until_before")
    starts = {word for table in tables for word in data[table]}
    starts |= {word for table in lists for word in data[table]["words"]}
    return Lexicon(
        years=Words(data["years"]),
        months=Words(data["months"]),
        weekdays=Words(data["weekdays"]),
        weekdays_not=_flags(data["weekdays_not"]["words"]),
        set_by=tuple(data["set_by"]["words"]),
        weekdays_han=data["weekdays_han"],
        parts=_tuples(data["parts"]),
        ends=_flags(data["ends"]["words"]),
        days=_tuples(data["days"]),
        lunar_words=_flags(data["lunar_new_year"]["words"]),
        lunar_days={day.year: day for day in data["lunar_new_year"]["days"]},
        relative=_tuples(data["relative"]),
        leaning=_tuples(data["leaning"]),
        now=_flags(data["now"]["words"]),
        rolling=Words(data["rolling"]),
        units_han=Words(data["units_han"]),
        units_english=Words(data["units_english"]),
        ordinals=Words(data["ordinals"]),
        since_before=_flags(data["since_before"]["words"]),
        since_after=_flags(data["since_after"]["words"]),
        until_before=_flags(data["until_before"]["words"]),
        until_after=_flags(data["until_after"]["words"]),
        joints=_flags(data["joints"]["words"]),
        thirds=_tuples(data["thirds"]),
        thirds_english=_tuples(data["thirds_english"]),
        future=tuple(data["future"]["words"]),
        comparing=_flags(data["comparing"]["words"]),
        starts=tuple(sorted(starts, key=len, reverse=True)),
    )


LEXICON = _read_lexicon()
