"""Updates of a state against a run over all rows so far: every table, day and digit."""

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from howdah.engines import connect, read_table
from howdah.panels import audience, roster
from howdah.panels.asides import Asides
from howdah.panels.audience import Options
from howdah.panels.population import PanelFiles
from howdah.panels.roster import read_panel
from howdah.panels.words import Words

from .counted import Unit, rows_of
from .test_audience import POPULATION, run

Row = tuple[int, int, int]
N_DAY = 260

#: Tables whose figures of days that are over are kept.
KEPT = ("daily", "l28", "overlap", "migration")


def some_units(rng: np.random.Generator, *, is_rolling: bool) -> list[Unit]:
    """Units that come, go quiet for months and come back; some join late or leave."""
    units = []
    for h, n in ((0, 5), (1, 3), (2, 6)):
        for _ in range(n):
            unit = Unit(h, -5, N_DAY + 40)
            if is_rolling and rng.random() < 0.3:
                unit.joined = int(rng.integers(-3, N_DAY))
                unit.left = unit.joined + 1 + int(rng.integers(0, N_DAY))
            # Units and a product that nobody knows of at first.
            is_late = rng.random() < 0.2
            for product in rng.choice(5, rng.integers(1, 5), replace=False):
                rate = rng.choice([0.01, 0.2, 0.9])
                days = np.flatnonzero(rng.random(N_DAY) < rate)
                quiet = np.sort(rng.integers(0, N_DAY, 2))
                days = days[(days < quiet[0]) | (days >= quiet[1])]
                unit.days[int(product)] = set(days[days > 200 * (is_late or product == 2)].tolist())
            units.append(unit)
    units[0].days.setdefault(0, set()).update({0, N_DAY - 1})
    return units


def arrivals(rows: list[Row], rng: np.random.Generator, most_late: int) -> list[list[Row]]:
    """What each of four calls brings: mostly by day, some late, some again."""
    ends = np.sort(rng.choice(np.arange(100, N_DAY), 3, replace=False))
    late = np.where(rng.random(len(rows)) < 0.05, rng.integers(0, most_late + 1, len(rows)), 0)
    call = np.searchsorted(ends, np.array([day for *_, day in rows]) + late, side="right")
    again = (rng.random(len(rows)) < 0.02) & (call > 2)
    return [
        [row for row, c, a in zip(rows, call, again, strict=True) if c == n or (a and c == n - 1)]
        for n in range(4)
    ]


@settings(max_examples=12)
@given(
    st.integers(0, 2**32 - 1), st.sampled_from([0, 4, 100]), st.sampled_from([3, 55, 90]),
    st.sampled_from(["census", "panel", "moving"]),
)  # fmt: skip
def test_updates_give_what_one_run_gives(
    seed: int, most_late: int, burn_in: int, kind: str
) -> None:
    rng = np.random.default_rng(seed)
    units = some_units(rng, is_rolling=kind == "moving")
    population = list(POPULATION)
    # With others all words are read; what is kept is gone on from all the same.
    metrics = KEPT if rng.random() < 0.8 else tuple(audience.TABLES)
    window = int(rng.choice([1, 28, 90]))
    options = Options(metrics=metrics, min_n=0, burn_in=burn_in, overlap_window=window)
    so_far: list[Row] = []
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        patch.setattr(audience, "_UNIT_BITS", 2)
        folder = Path(name)
        for number, some in enumerate(arrivals(rows_of(units), rng, most_late)):
            if not some:
                continue
            so_far += some
            if kind == "moving" and number == 2:
                leaver = units[int(rng.integers(len(units)))]
                leaver.left = max(int(rng.integers(100, N_DAY)), leaver.joined + 1)
            if kind == "moving" and number == 3 and rng.random() < 0.3:
                population[0] += 7.0
            asked = None if kind == "census" else units
            found = run(folder, some, asked, options, population, folder / "state")
            assert found == run(folder, so_far, asked, options, population)


@pytest.mark.parametrize("is_census", [True, False])
def test_an_update_reads_the_last_blocks_and_writes_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_census: bool
) -> None:
    units = some_units(np.random.default_rng(5), is_rolling=False)
    rows = [row for row in rows_of(units) if row[2] < N_DAY - 1]
    asked, options = None if is_census else units, Options(metrics=KEPT, min_n=0)
    run(tmp_path, rows, asked, options, state=tmp_path / "state")
    before = {path.name for path in (tmp_path / "state").glob("block-*")}
    begun: list[int] = []
    parts = Words.parts

    def watched(self: Words, threads: int, first: int = 0) -> object:
        begun.append(first)
        return parts(self, threads, first)

    monkeypatch.setattr(Words, "parts", watched)
    last = [(u, p, d) for u, p, _ in rows[:9] for d in (N_DAY - 3, N_DAY - 1)]
    found = run(tmp_path, last, asked, options, state=tmp_path / "state")
    after = {path.name for path in (tmp_path / "state").glob("block-*")}
    assert len(before) == len(after) > 4
    assert len(after - before) == 1
    # What changes is told by the last four months; so much and no more is counted.
    assert 100 < begun[0] <= N_DAY - 3 - 55
    assert found == run(tmp_path, rows + last, asked, options)
    # Other options are counted from all words.
    other = Options(metrics=("daily",), min_n=0, burn_in=20)
    again = run(tmp_path, last, asked, other, state=tmp_path / "state")
    assert begun[-1] == 0
    assert again == run(tmp_path, rows + last, asked, other)


def test_a_panel_is_read_again_where_it_changed_or_is_at_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = some_units(np.random.default_rng(6), is_rolling=True)
    rows, options = rows_of(units), Options(metrics=("daily",), min_n=0)
    read: list[str] = []
    monkeypatch.setattr(
        roster,
        "read_table",
        lambda engine, path, *args, **more: (
            read.append(path.name) or read_table(engine, path, *args, **more)
        ),
    )
    state = tmp_path / "state"
    for wanted in (1, 0, 1, 0):
        found = run(tmp_path, rows, units, options, state=state)
        assert read.count("panel.parquet") == wanted
        read.clear()
        assert found == run(tmp_path, rows, units, options)
        read.clear()
        if wanted == 0:
            units[1].left = units[1].joined + 9
    # The strata number the units of a panel, whose file need not have changed.
    with connect() as engine:
        files = PanelFiles(tmp_path / "panel.parquet", tmp_path / "strata.csv")
        first = read_panel(engine, files, Asides(lambda _: None), is_number=True)
        files.strata.write_text("stratum,population\ns0,40\ns00,9\ns1,7\ns2,900\n")
        again = read_panel(engine, files, Asides(lambda _: None), is_number=True)
        assert again.digest != first.digest
        pq.write_table(pa.table({"unit": ["1000", "tea"], "stratum": ["s0", "s0"]}), files.units)
        assert not read_panel(engine, files, Asides(lambda _: None), is_number=True).digest


def test_days_without_a_row_before_an_update_are_days_too(tmp_path: Path) -> None:
    units = some_units(np.random.default_rng(7), is_rolling=True)
    rows = [row for row in rows_of(units) if not 120 <= row[2] < 190]
    options, state = Options(metrics=KEPT, min_n=0), tmp_path / "state"
    run(tmp_path, [row for row in rows if row[2] < 120], units, options, state=state)
    found = run(tmp_path, [row for row in rows if row[2] >= 190], units, options, state=state)
    assert found == run(tmp_path, rows, units, options)
