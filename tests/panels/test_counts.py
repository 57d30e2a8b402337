"""Counts that several processes make of a stratum are those that one makes."""

from collections.abc import Callable

import pyarrow as pa
from cutting import counted, exchanged, survey_of
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Panel
from strategies import censuses, panels

from howdah.panels.daily import DailyTable
from howdah.panels.l28 import L28Table
from howdah.panels.migration import Migration
from howdah.panels.month_users import MonthUsers
from howdah.panels.overlap import Overlap
from howdah.panels.retention import Retention
from howdah.panels.tables import PartTable, Survey

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


@settings(max_examples=10)
@given(
    panel=st.one_of(panels(max_units=15, max_days=90), censuses(max_days=90)),
    cuts=st.lists(st.integers(1, 15), max_size=4),
)
def test_a_table_of_counts_of_others_is_the_table_of_one_process(
    panel: Panel, cuts: list[int]
) -> None:
    survey = survey_of(panel, burn_in=30)
    for make in TABLES:
        alone = make(survey)
        counted(alone, panel, survey, cuts)
        assert rows_of(exchanged(make, panel, survey, cuts)) == rows_of(alone)
