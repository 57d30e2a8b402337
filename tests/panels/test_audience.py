import datetime as dt
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from howdah.engines import connect
from howdah.kernels.activity import METRICS, look_back_days
from howdah.panels import audience
from howdah.panels.audience import Options
from howdah.panels.population import PanelFiles
from howdah.panels.reading import read_audience
from howdah.panels.state import opened_state

from .counted import LOOK_BACK, Unit, cell, has, rows_of

START = dt.date(2024, 1, 5)
POPULATION = [40.0, 7.0, 900.0]


def run(
    folder: Path, rows: list[tuple[int, int, int]], units: list[Unit] | None, options: Options,
    population: list[float] = POPULATION, state: Path | None = None,
) -> dict[str, pa.Table]:  # fmt: skip
    day = pa.array([START + dt.timedelta(days=d) for _, _, d in rows], pa.date32())
    log = {"unit": [1000 + u for u, _, _ in rows], "product": [p for _, p, _ in rows], "day": day}
    pq.write_table(pa.table(log), folder / "log.parquet", row_group_size=50)
    panel = None
    if units is not None:
        panel = PanelFiles(folder / "panel.parquet", folder / "strata.csv")
        pq.write_table(
            pa.table(
                {
                    "unit": [1000 + u for u in range(len(units))],
                    "stratum": [f"s{u.stratum}" for u in units],
                    "joined": [START + dt.timedelta(days=u.joined) for u in units],
                    "left": [START + dt.timedelta(days=u.left) for u in units],
                }
            ),
            panel[0],
        )
        lines = [f"s{h},{n}\n" for h, n in enumerate(population)]
        panel[1].write_text("stratum,population\n" + "".join(lines))
    aside: list[pa.Table] = []
    tables = {}
    with connect() as engine, opened_state(state) as kept:
        with read_audience(
            engine, [folder / "log.parquet"], panel, options,
            set_aside=aside.append, folder=folder, progress=lambda *_: None, kept=kept,
        ) as found:  # fmt: skip
            for name, made in found.tables(lambda *_: None):
                tables[name] = made if isinstance(made, pa.Table) else made.read_all()
        if kept is not None:
            kept.commit()
    assert not aside
    return tables


@st.composite
def panels(draw: st.DrawFn, *, is_rolling: bool = True) -> tuple[list[Unit], int]:
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    n_day = draw(st.sampled_from([1, 29, 64, 65, 100, 128, 150]))
    units = []
    for h, n in ((0, 6), (1, draw(st.integers(1, 4))), (2, 7)):
        for _ in range(n):
            joined, left = -5, n_day + 5
            if is_rolling and rng.random() < 0.4:
                joined, left = sorted(rng.integers(-3, n_day + 3, 2).tolist())
                left += 1
            unit = Unit(h, joined, left)
            for product in rng.choice(4, rng.integers(0, 4), replace=False):
                rate = rng.choice([0.02, 0.3, 0.95])
                unit.days[int(product)] = set(np.flatnonzero(rng.random(n_day) < rate).tolist())
            units.append(unit)
    # The log begins and ends where it should.
    units[0].days.setdefault(0, set()).update({0, n_day - 1})
    return units, n_day


@settings(max_examples=40)
@given(
    panels(), st.sampled_from([1, 3]), st.sampled_from([1e-9, 1.0]), st.sampled_from([3, 55, 70])
)
def test_each_cell_is_what_the_textbook_gives(
    drawn: tuple[list[Unit], int], threads: int, memory_gb: float, burn_in: int
) -> None:
    units, n_day = drawn
    options = Options(burn_in=burn_in, min_n=0, threads=threads, memory_gb=memory_gb)
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(audience, "_UNIT_BITS", 2)
        found = run(Path(folder), rows_of(units), units, options)
    table = found["daily"]
    products = sorted({p for unit in units for p in unit.days if unit.days[p]})
    assert table.num_rows == len(products) * len(METRICS) * n_day
    cells = {
        (row["product"], row["metric"], (row["day"] - START).days): row for row in table.to_pylist()
    }
    rng = np.random.default_rng(n_day)
    for product in products:
        for metric in METRICS:
            for day in {n_day - 1, *rng.integers(0, n_day, 12).tolist()}:
                row = cells[product, metric, day]
                want = cell(metric, units, POPULATION, product, day, n_day, burn_in)
                assert row["mature"] == want.is_mature, (metric, day)
                assert row["value"] == pytest.approx(want.value, abs=1e-9), (metric, day)
                assert row["stderr"] == pytest.approx(want.stderr, abs=1e-5), (metric, day)
                assert not row["suppressed"]
                if row["mature"]:
                    assert row["n_raw"] == want.n_raw
    for row in found["l28"].to_pylist():
        day = (row["day"] - START).days
        seen = [u for u in units if u.joined <= day - 27 and day < u.left]
        want_value = 0.0
        for h, n_all in enumerate(POPULATION):
            those = [u for u in seen if u.stratum == h]
            if not those:
                assert row["value"] is None
                break
            shares = [has("stickiness28", u, row["product"], day) * 28 for u in those]
            want_value += n_all * np.mean([round(s) == row["days_active"] for s in shares])
        else:
            assert row["value"] == pytest.approx(want_value, abs=1e-9)


@settings(max_examples=15)
@given(panels(is_rolling=False))
def test_growth_adds_up_and_the_curve_sums_to_mau(drawn: tuple[list[Unit], int]) -> None:
    units, n_day = drawn
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), rows_of(units), None, Options(min_n=0))
    values = {
        (r["product"], r["metric"], (r["day"] - START).days): r for r in found["daily"].to_pylist()
    }
    for product in {key[0] for key in values}:
        for name, width in (("dau", 1), ("wau", 7), ("mau28", 28)):
            for day in range(55, n_day):
                new, kept, back, gone = (
                    values[product, f"{kind}_{width}d", day]["value"]
                    for kind in ("new", "retained", "resurrected", "churned")
                )
                now = values[product, name, day]["value"]
                before = values[product, name, day - width]["value"]
                assert now == new + kept + back
                assert now - before == new + back - gone
                assert values[product, name, day]["stderr"] == 0
    sums: dict[tuple[int, int], float] = {}
    for row in found["l28"].to_pylist():
        key = row["product"], (row["day"] - START).days
        sums[key] = sums.get(key, 0.0) + row["value"]
    for (product, day), total in sums.items():
        assert total == values[product, "mau28", day]["value"]


def test_look_backs_are_those_of_the_definitions() -> None:
    found = dict(zip(METRICS, look_back_days(40).tolist(), strict=True))
    assert {name: found[name] for name in LOOK_BACK} == LOOK_BACK
    assert found["new_1d"] == 40
    assert found["new_28d"] == 55
    assert found["churned_7d"] == 13


@settings(max_examples=15)
@given(panels(), st.booleans(), st.integers(0, 2**32 - 1))
def test_a_state_gives_what_one_run_gives(
    drawn: tuple[list[Unit], int], is_census: bool, seed: int
) -> None:
    units, _ = drawn
    rows = rows_of(units)
    rng = np.random.default_rng(seed)
    # Mostly by day, but some days come late, even before the state begins, or twice.
    call = np.array([day > 60 for _, _, day in rows]) ^ (rng.random(len(rows)) < 0.1)
    twice = rng.random(len(rows)) < 0.1
    asked = None if is_census else units
    options = Options(min_n=0)
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        patch.setattr(audience, "_UNIT_BITS", 2)
        folder = Path(name)
        whole = run(folder, rows, asked, options)
        for number in (0, 1):
            some = [r for r, c, t in zip(rows, call, twice, strict=True) if c == number or t]
            if some:
                found = run(folder, some, asked, options, state=folder / "state")
    assert found == whole
