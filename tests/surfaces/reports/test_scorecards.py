"""Scorecards: who is compared with what, and columns that tell nothing."""

from typing import Any

import pytest

from howdah.core.metrics import builtin_metrics
from howdah.core.phrases import LANGS, Lang
from howdah.surfaces.reports.grids import Cell, Heading, grid_of
from howdah.surfaces.reports.scorecards import card_grids
from howdah.surfaces.reports.words import Words

_CARD: dict[str, Any] = {
    "source": "A", "metric": "dau", "nature": "panel", "n_claims": 1200, "n_entities": 1,
    "lag_days": 8.0, "against": "", "n_overlap": 0, "bias": None, "bias_lower": None,
    "bias_upper": None, "noise_sd": None, "noise_lower": None, "noise_upper": None,
    "coverage": None, "coverage_lower": None, "coverage_upper": None, "n_coverage": 0,
    "n_revised": 0, "revision_size": None, "n_suspect": 0, "copies": "",
    "calibration": "uncalibrated here",
}  # fmt: skip

_COMPARED = _CARD | {
    "source": "B", "against": "truth", "n_overlap": 7, "bias": 1.25, "bias_lower": 1.1,
    "bias_upper": 1.4, "coverage": 0.9, "coverage_lower": 0.8, "coverage_upper": 0.95,
    "n_coverage": 30, "n_revised": 2, "revision_size": 0.03, "n_suspect": 4,
}  # fmt: skip

_TRUTH = _CARD | {"source": "Audit", "against": "anchor"}


def words(lang: Lang = "en") -> Words:
    return Words(builtin_metrics(), lang)


@pytest.mark.parametrize("lang", LANGS)
def test_those_that_are_compared_stand_apart_and_truth_before_the_others(lang: Lang) -> None:
    compared, alone = card_grids([_CARD, _TRUTH, _COMPARED], words(lang))
    assert [row[0].text for row in compared.rows] == ["B"]
    assert [row[0].text for row in alone.rows] == ["Audit", "A"]


def test_a_grid_has_no_column_that_tells_nothing_and_names_it() -> None:
    compared, alone = card_grids([_CARD, _COMPARED], words())
    assert alone.left_out == (
        "Compared with", "Bias (times)", "Noise (log sd)", "Coverage", "Revised", "Held wrong"
    )  # fmt: skip
    assert compared.left_out == ("Noise (log sd)",)
    assert len(alone.headings) == len(alone.rows[0]) == 5


def test_a_figure_has_its_interval_and_number_below_it() -> None:
    [compared] = card_grids([_COMPARED], words())
    cells = dict(zip((h.title for h in compared.headings), compared.rows[0], strict=True))
    assert cells["Bias (times)"] == Cell("1.250", ("1.100 to 1.400",))
    assert cells["Coverage"] == Cell("90 %", ("80 % to 95 %", "of 30"))
    assert cells["Revised"] == Cell("2", ("3 % in the middle",))
    assert cells["Claims"] == Cell("1,200", ("1 entity",))
    assert cells["Compared with"] == Cell("truth", ("7 series",))


def test_a_grid_without_rows_keeps_the_column_that_names_them() -> None:
    assert grid_of("x", [Heading("Who"), Heading("What")], []).headings == (Heading("Who"),)
