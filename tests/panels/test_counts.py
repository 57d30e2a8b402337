"""Counts that several processes make of a stratum are those that one makes."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from cutting import parts_of, survey_of
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Panel
from strategies import censuses, panels

from howdah.kernels.activity import Activity
from howdah.panels.counts import from_arrow, to_arrow
from howdah.panels.daily import DailyTable
from howdah.panels.l28 import L28Table
from howdah.panels.migration import Migration
from howdah.panels.month_users import MonthUsers
from howdah.panels.overlap import Overlap
from howdah.panels.retention import Retention
from howdah.panels.strata import pieces
from howdah.panels.tables import Part, PartTable, Survey

TABLES: tuple[Callable[[Survey], PartTable], ...] = (
    DailyTable, L28Table, lambda survey: Retention(survey, (1, 7)), Overlap, Migration,
    MonthUsers,
)  # fmt: skip


def rows_of(table: PartTable) -> list[dict[str, object]]:
    made = table.finish()
    rows: list[dict[str, object]] = (
        made if isinstance(made, pa.Table) else made.read_all()
    ).to_pylist()
    return rows


def silent(part: Part) -> Part:
    nothing = np.empty(0, np.int32)
    words = part.activity.words[:0]
    return part._replace(activity=Activity(nothing, nothing, words, nothing))


@settings(max_examples=10)
@given(
    panel=st.one_of(panels(max_units=15, max_days=90), censuses(max_days=90)),
    cuts=st.lists(st.integers(1, 15), max_size=4),
)
def test_a_table_of_counts_of_others_is_the_table_of_one_process(
    panel: Panel, cuts: list[int]
) -> None:
    survey = survey_of(panel, burn_in=30)
    parts = list(parts_of(panel, survey, cuts))
    for make in TABLES:
        alone, together = make(survey), make(survey)
        for part in parts:
            alone.add(part)
        counts: dict[int, list[pa.RecordBatch]] = {}
        for part in parts:
            other = make(survey)
            for stratum, piece in pieces(part):
                other.add(piece)
                counts.setdefault(stratum, []).append(to_arrow(other.take()))
        units = list(parts_of(panel, survey, np.flatnonzero(_ends(parts)) + 1))
        for whole in units:
            # In any order.
            for found in reversed(counts[int(whole.roster.stratum[0])]):
                together.put(from_arrow(found))
            together.add(silent(whole))
        assert rows_of(together) == rows_of(alone)


def _ends(parts: list[Part]) -> np.ndarray:
    stratum = np.concatenate([part.roster.stratum for part in parts])
    return np.diff(stratum) != 0
