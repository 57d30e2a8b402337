"""The texts: the same keys in both languages, every key used, closed lists complete."""

import re
from pathlib import Path
from typing import get_args, get_type_hints

import howdah.surfaces.reports as package
from howdah.core.finding import FindingKind
from howdah.core.metrics import builtin_metrics
from howdah.core.phrases import LANGS, phrase
from howdah.core.wording import MODALITIES, SENSITIVITIES
from howdah.estimates.ranks import CHART
from howdah.guidance.expectations import Bound, OutcomeMissing
from howdah.guidance.features import State
from howdah.guidance.gaps import Gap
from howdah.guidance.outcomes import Missing
from howdah.guidance.record import Way
from howdah.guidance.term import TermMissing, TermName
from howdah.market.pages.decisions import Standing
from howdah.market.pages.features import GapsMissing
from howdah.sources.spec import Cadence, Nature
from howdah.surfaces.reports.texts import Texts, catalogue

#: Groups whose keys are values of data, not names in the code.
_LISTS = {
    "kind",
    "modality",
    "sensitivity",
    "nature",
    "state",
    "cadence",
    "unit",
    "fault",
    "sentence",
    "against",
    "verdict",
    "split_verdict",
    "split_why",
    "split_meaning",
    "split_step",
    "split_lacking",
    "rhythm",
    "rhythms",
    "term",
    "ranked_by",
    "untold",
    "unfinished",
    "featured",
    "no_gaps",
    "surety",
    "standing",
    "unread",
    "bound",
}

_ROOT = Path(package.__file__).parent


def test_every_text_is_in_both_languages_with_the_same_values() -> None:
    for group, entries in catalogue().items():
        for key, entry in entries.items():
            assert set(entry) - {"one"} == {"en", "zh"}, f"{group}.{key}"
            values = [sorted(re.findall(r"\{(\w+)[:,]*\}", text)) for text in entry.values()]
            assert all(value == values[0] for value in values), f"{group}.{key}"


def test_every_key_is_used_and_every_used_key_is_there() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [*_ROOT.glob("*.py"), *(_ROOT / "templates").iterdir()]
    )
    used = set(re.findall(r"\bt\(\s*f?\"([a-z]+\.[a-z_]+)\"", code))
    # Keys that are put together: columns of figures and counts of feeds.
    figures = {f"figure.{c}" for c in ("who", "period", "estimate", "stated", "source")}
    used |= figures | {"figure.published", "figure.claim"}
    used |= {f"basis.{n}" for n in ("n_healthy", "n_late", "n_ended", "n_later", "n_failing")}
    # And the texts of an audience: its kind, its charts, its parts of growth, its ways.
    charts = ("users", "retention", "survival", "power", "growth")
    parts = ("new", "retained", "resurrected", "churned")
    ways = ("to", "from", "to_none", "from_none")
    used |= {f"audience.{name}" for name in ("panel", "census", *charts, *parts, *ways)}
    used |= {f"audience.{chart}_caption" for chart in charts}
    # And the two forms of a split's verdict and of what it was read from.
    used |= {f"split.{name}" for name in ("told", "weakly", "caption", "proxy_caption")}
    there = {
        f"{group}.{key}"
        for group, entries in catalogue().items()
        if group not in _LISTS
        for key in entries
    }
    assert used == there


def test_closed_lists_have_a_name_for_every_value() -> None:
    texts = catalogue()
    assert set(texts["modality"]) == set(MODALITIES)
    assert set(texts["sensitivity"]) == set(SENSITIVITIES)
    assert set(texts["cadence"]) == set(get_args(Cadence))
    assert set(texts["nature"]) == {*get_args(Nature), CHART}
    assert set(texts["verdict"]) == {"fits", "does not fit", "cannot tell"}
    assert set(texts["kind"]) == set(get_args(FindingKind))
    lists = {
        "term": TermName,
        "ranked_by": Way,
        "untold": TermMissing,
        "unfinished": Missing,
        "featured": State,
        "no_gaps": GapsMissing,
        "standing": Standing,
    }
    for group, kind in lists.items():
        assert set(texts[group]) == set(get_args(kind)) - {""}, group
    for missing in set(get_args(OutcomeMissing)) - {""}:
        assert all(phrase("unread", missing, lang) for lang in LANGS)
    for bound in get_args(Bound):
        assert all(phrase("bound", bound, lang) for lang in LANGS)
    sure = get_args(get_type_hints(Gap.sure.fget)["return"])
    assert set(texts["surety"]) == set(sure)
    units = {unit for metric in builtin_metrics().metrics.values() for unit in metric.units}
    assert units <= set(texts["unit"])


def test_conditions_are_said_in_chinese_where_they_are_known() -> None:
    english = "if the other side is at its stated floor of 5"
    assert Texts("zh").sentence(english) == "以对方恰为所述下限5为条件"
    assert Texts("en").sentence(english) == english
    assert Texts("zh").sentence("the moon was full") == "the moon was full"
