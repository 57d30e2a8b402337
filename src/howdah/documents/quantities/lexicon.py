"""The words of quantities, read once from ``words.toml``."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, cast

from howdah.core.wording import Comparator
from howdah.documents.spans import Base
from howdah.documents.words import Words

_UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Tables of words; each is named after its table in ``words.toml``."""

    digit_values: Mapping[str, int]
    scale_values: Mapping[str, float]
    han_digits: str
    han_scales: str
    cardinals: Mapping[str, float]
    scales_by_word: Mapping[str, float]
    scales: Words[float]
    abbreviations: Words[float]
    long_abbreviations: Words[float]
    folds: Words[float]
    odds: Words[bool]
    joints: Words[bool]
    joints_between: Words[bool]
    betweens: Words[bool]
    listings: frozenset[str]
    starts: tuple[str, ...]
    several_words: Words[float]
    several_leads: Words[float]
    fractions: Mapping[str, int]
    ordinals: Mapping[str, int]
    share_joints: tuple[str, ...]
    share_halves: tuple[str, ...]
    share_owners: tuple[str, ...]
    comparators_before: Words[Comparator]
    comparators_after: Words[Comparator]
    comparators_not: Words[bool]
    fillers: Words[bool]
    signs: Words[str]
    moneys: Words[str]
    units: Words[str]
    cents: Words[str]
    measures: Words[bool]
    not_quantities: Words[bool]
    negators: Words[bool]
    per: Words[bool]
    nouns: Words[str]
    noun_units: Mapping[str, str]
    stops: frozenset[str]
    directions: Words[int]
    directions_not: Words[bool]
    tos: Words[bool]
    change_nouns: Words[bool]
    afters: Words[int]
    than: Words[int]
    bases: Words[Base | None]
    base_words: tuple[tuple[str, Base | None], ...]
    multiples: Words[float]
    multiples_not: tuple[str, ...]
    ranks_before: Words[bool]
    ranks_after: Words[bool]
    nouns_han: tuple[str, ...]
    heads: Words[int]
    ranked: Words[bool]
    superlatives: Words[bool]
    outside: Words[bool]
    inside: Words[bool]
    percent_only: frozenset[str]
    multiple_bases: tuple[tuple[str, Base | None], ...]
    digit_counts: Words[int]
    halves: Words[float]
    half_comparators: Mapping[str, Comparator]
    not_behind: Words[bool]
    not_before: Words[bool]
    tera_units: Words[bool]
    odds_han: str = "多余来"
    severals_han: str = "数几好"
    ten: float = 10.0
    section: float = 1e4


def _flags(words: Iterable[str]) -> Words[bool]:
    return Words(dict.fromkeys(words, True))


def _inverted(table: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {word: "" if key == _UNKNOWN else key for key, words in table.items() for word in words}


def _read_lexicon() -> Lexicon:
    path = files("howdah.documents.quantities") / "words.toml"
    data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    scale_values = {**data["places"], **data["sections"]}
    abbreviations = data["abbreviations"]
    spaced = {word: factor for word, factor in abbreviations.items() if len(word) > 1}
    nouns = _inverted(data["nouns"])
    before = _inverted(data["comparators_before"])
    after = _inverted(data["comparators_after"])
    up, down = data["ups"]["words"], data["downs"]["words"]
    afters = dict.fromkeys((*data["afters_up"]["words"], *_latin(up)), 1)
    afters |= dict.fromkeys((*data["afters_down"]["words"], *_latin(down)), -1)
    return Lexicon(
        digit_values=data["digits"],
        scale_values=scale_values,
        han_digits="".join(data["digits"]),
        han_scales="".join(scale_values),
        cardinals=data["cardinals"],
        scales_by_word=data["scales"],
        scales=Words(data["scales"]),
        abbreviations=Words(abbreviations),
        long_abbreviations=Words(spaced),
        folds=Words(data["folds"]),
        odds=_flags(data["odds"]["words"]),
        joints=_flags(data["joints"]["words"]),
        joints_between=_flags(data["joints_between"]["words"]),
        betweens=_flags(data["betweens"]["words"]),
        listings=frozenset(data["listings"]["words"]),
        starts=_starts(data),
        several_words=Words(data["several"]),
        several_leads=Words(dict.fromkeys(data["severals"]["words"], 1.0)),
        fractions=data["fractions"],
        ordinals=data["ordinals"],
        share_joints=tuple(data["shares"]["joints"]),
        share_halves=tuple(data["shares"]["halves"]),
        share_owners=tuple(data["shares"]["owners"]),
        comparators_before=Words(cast("dict[str, Comparator]", before)),
        comparators_after=Words(cast("dict[str, Comparator]", after)),
        comparators_not=_flags(data["comparators_not"]["words"]),
        fillers=_flags(data["fillers"]["words"]),
        signs=Words(_inverted(data["signs"])),
        moneys=Words(_inverted(data["moneys"])),
        units=Words(_inverted(data["units"])),
        cents=Words(data["cents"]),
        not_quantities=_flags(data["not_quantities"]["words"]),
        measures=_flags(data["measures"]["words"]),
        negators=_flags(data["negators"]["words"]),
        per=_flags(data["per"]["words"]),
        nouns=Words(nouns),
        noun_units=nouns,
        stops=frozenset(data["stops"]["words"]),
        directions=Words({**dict.fromkeys(up, 1), **dict.fromkeys(down, -1)}),
        directions_not=_flags(data["changes_not"]["words"]),
        tos=_flags(data["tos"]["words"]),
        change_nouns=_flags(data["change_nouns"]["words"]),
        afters=Words(afters),
        than=Words(dict(_signed(data["than"]))),
        bases=Words(_based(data["bases"])),
        base_words=_based(data["bases"]),
        multiples=Words(data["multiples"]),
        multiples_not=tuple(data["multiples_not"]["words"]),
        ranks_before=_flags(data["ranks_before"]["words"]),
        ranks_after=_flags(data["ranks_after"]["words"]),
        nouns_han=tuple(word for word in nouns if not word.isascii()),
        heads=Words(data["heads"]),
        ranked=_flags(data["ranked"]["words"]),
        superlatives=_flags(data["superlatives"]["words"]),
        outside=_flags(data["outside"]["words"]),
        inside=_flags(data["inside"]["words"]),
        percent_only=frozenset(data["percent_only"]["words"]),
        multiple_bases=_based(data["multiple_bases"]),
        digit_counts=Words(data["digits_count"]),
        halves=Words(data["halves"]),
        half_comparators=data["half_comparators"],
        not_behind=_flags(data["not_behind"]["words"]),
        not_before=_flags(data["not_before"]["words"]),
        tera_units=_flags(["元", *(w for words in data["moneys"].values() for w in words)]),
    )


def _signed(table: Mapping[str, Iterable[str]]) -> Iterable[tuple[str, int]]:
    return ((word, 1 if key == "up" else -1) for key, words in table.items() for word in words)


def _based(table: Mapping[str, Iterable[str]]) -> tuple[tuple[str, Base | None], ...]:
    """Words of bases; None stands for the period before, whichever that is."""
    bases = {"chain": None, _UNKNOWN: ""}
    found = {word: bases.get(base, base) for base, words in table.items() for word in words}
    return tuple(cast("dict[str, Base | None]", found).items())


def _starts(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Words that a quantity may start with, the longest first."""
    tables = (
        "cardinals",
        "several",
        "fractions",
        "ordinals",
        "folds",
        "multiples",
        "digits_count",
        "heads",
        "halves",
    )
    words = {word for table in tables for word in data[table]}
    words |= {"a", "an", *data["severals"]["words"]}
    return tuple(sorted(words, key=len, reverse=True))


def _latin(words: Iterable[str]) -> list[str]:
    return [word for word in words if word.isascii()]


LEXICON = _read_lexicon()
