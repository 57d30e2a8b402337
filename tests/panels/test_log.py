"""What is read of a log, and what is set aside and why."""

import datetime as dt
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from howdah.core.errors import FileFormatError, InputError, MissingColumnError
from howdah.engines import connect
from howdah.panels.audience import Options
from howdah.panels.population import PanelFiles
from howdah.panels.reading import read_audience

DAY = dt.date(2024, 3, 1)


def read(
    logs: list[Path], tmp_path: Path, panel: PanelFiles | None = None, **options: object
) -> tuple[dict[tuple[object, str, str], object], list[tuple[object, ...]], float]:
    """dau by product and day, the rows set aside, and the population."""
    aside: list[pa.Table] = []
    made = Options(metrics=("daily",), min_n=0, **options)  # type: ignore[arg-type]
    with (
        connect() as engine,
        read_audience(
            engine, logs, panel, made,
            set_aside=aside.append, folder=tmp_path, progress=lambda *_: None,
        ) as found,
    ):  # fmt: skip
        ((_, table),) = found.tables(lambda *_: None)
        rows = table.read_all().to_pylist()
    values = {
        (r["product"], r["metric"], r["day"].isoformat()): r["value"]
        for r in rows
        if r["metric"] == "dau" and r["value"]
    }
    told = [tuple(r.values())[:4] for table in aside for r in table.to_pylist()]
    return values, sorted(told, key=str), float(found.survey.population.sum())


def write(path: Path, **columns: object) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_all_forms_say_the_same(tmp_path: Path) -> None:
    rows = [("a", "x", "2024-03-01"), ("b", "x", "2024-03-01"), ("a", "y", "2024-03-02")]
    unit, product, day = (list(column) for column in zip(*rows, strict=True))
    csv = "unit,product,day,other\n" + "".join(f"{','.join(row)},1\n" for row in rows)
    (tmp_path / "a.csv").write_text(csv)
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(csv.encode()))
    names = ("unit", "product", "day")
    lines = "".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows)
    (tmp_path / "c.jsonl").write_text(lines)
    dates = [dt.date.fromisoformat(d) for d in day]
    write(tmp_path / "d.parquet", unit=unit, product=product, day=dates)
    write(tmp_path / "e.parquet", unit=unit, product=product, day=day)
    coded = pa.array(product).dictionary_encode()
    write(tmp_path / "f.parquet", unit=pa.array(unit, pa.large_string()), product=coded, day=dates)
    noon = dt.time(12)
    times = pa.array([dt.datetime.combine(d, noon) for d in dates], pa.timestamp("ns"))
    write(tmp_path / "g.parquet", unit=unit, product=product, ts=times)
    want = {("x", "dau", "2024-03-01"): 2.0, ("y", "dau", "2024-03-02"): 1.0}
    files = sorted(tmp_path.iterdir())
    assert len(files) == 7
    for some in ([file] for file in files):
        assert read(some, tmp_path) == (want, [], 2.0), some
    # Given twice, or in two forms, a row counts once.
    assert read(files, tmp_path) == (want, [], 2.0)


def test_integers_and_texts_of_one_unit_are_one_unit(tmp_path: Path) -> None:
    number = write(tmp_path / "a.parquet", unit=[7, 8], product=[1, 1], day=[DAY, DAY])
    (tmp_path / "b.csv").write_text("unit,product,day\n7,1,2024-03-01\n007,1,2024-03-01\n")
    found, aside, population = read([number, tmp_path / "b.csv"], tmp_path)
    assert (found, aside, population) == ({("1", "dau", "2024-03-01"): 3.0}, [], 3.0)


@pytest.mark.parametrize("far", [2**62, 10**6])
def test_ids_may_be_anywhere(tmp_path: Path, far: int) -> None:
    units = [far, -far, far, 3]
    log = write(tmp_path / "a.parquet", unit=units, product=[-5, -5, -5, far], day=[DAY] * 4)
    found, aside, population = read([log], tmp_path)
    assert found == {(-5, "dau", "2024-03-01"): 2.0, (far, "dau", "2024-03-01"): 1.0}
    assert (aside, population) == ([], 3.0)
    beyond = pa.array([2**64 - 1, 1], pa.uint64())
    log = write(tmp_path / "b.parquet", unit=beyond, product=beyond, day=[DAY] * 2)
    found, _, _ = read([log], tmp_path)
    assert found[str(2**64 - 1), "dau", "2024-03-01"] == 1.0


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_rows_that_cannot_be_used_are_set_aside_with_their_place(
    tmp_path: Path, ending: str
) -> None:
    far = dt.date(2099, 1, 1)
    columns = {
        "unit": ["a", None, "b", "c", "c", "", "d"],
        "product": ["x", "x", None, "x", "x", "x", ""],
        "day": [DAY, DAY, DAY, None, far, DAY, DAY],
    }
    path = tmp_path / f"a.{ending}"
    if ending == "parquet":
        write(path, **columns)
    else:
        rows = zip(*columns.values(), strict=True)
        lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
        path.write_text("\n".join(["unit,product,day", *lines]) + "\n")
    found, aside, population = read([path], tmp_path)
    assert found == {("x", "dau", "2024-03-01"): 1.0}
    # A unit whose rows are all of a wrong clock is none of the census.
    assert population == 1.0
    beyond = "beyond the days of the log, which are 2024-03-01 to 2024-03-01: is the clock right?"
    assert aside == [
        (2, "unit", "", "empty"),
        (3, "product", "", "empty"),
        (4, "day", "", "empty"),
        (5, "day", "2099-01-01", beyond),
        (6, "unit", "", "empty"),
        (7, "product", "", "empty"),
    ]


def test_days_outside_the_calendar_are_set_aside(tmp_path: Path) -> None:
    days = pa.array([19783, -1, 70000], pa.int32()).cast(pa.date32())
    log = write(tmp_path / "a.parquet", unit=[1, 2, 3], product=[1, 1, 1], day=days)
    _, aside, _ = read([log], tmp_path)
    reason = "not between 1970-01-01 and 2149-06-05"
    late = dt.date(1970, 1, 1) + dt.timedelta(days=70000)
    assert aside == [(2, "day", "1969-12-31", reason), (3, "day", late.isoformat(), reason)]


@pytest.mark.parametrize(
    ("zone", "times", "days"),
    [
        # The day that the clocks go forward has 23 hours, the day they go back has 25.
        ("Europe/Berlin", ["2024-03-30T23:00", "2024-03-31T21:59"], ["2024-03-31"]),
        ("Europe/Berlin", ["2024-03-31T22:00"], ["2024-04-01"]),
        ("Europe/Berlin", ["2024-10-26T22:00", "2024-10-27T22:59"], ["2024-10-27"]),
        # There a day had no midnight, and here one was left out altogether.
        ("America/Sao_Paulo", ["2018-11-04T03:00", "2018-11-05T01:59"], ["2018-11-04"]),
        ("Pacific/Apia", ["2011-12-30T09:59", "2011-12-30T10:00"], ["2011-12-29", "2011-12-31"]),
        ("Asia/Kolkata", ["2024-01-01T18:29", "2024-01-01T18:30"], ["2024-01-01", "2024-01-02"]),
    ],
)
def test_times_are_cut_to_days_of_the_zone(
    tmp_path: Path, zone: str, times: list[str], days: list[str]
) -> None:
    instants = [dt.datetime.fromisoformat(f"{time}:00+00:00") for time in times]
    for unit in ("s", "ms", "us", "ns"):
        column = pa.array(instants, pa.timestamp(unit, "UTC"))
        n = len(times)
        log = write(tmp_path / "a.parquet", unit=[1] * n, product=[1] * n, ts=column)
        found, aside, _ = read([log], tmp_path, tz=zone)
        assert [day for _, _, day in found] == days
        assert not aside


def test_a_panel_leaves_out_what_is_not_its_own(tmp_path: Path) -> None:
    log = write(tmp_path / "log.parquet", unit=[1, 2, 9, 4, 1], product=[1] * 5, day=[DAY] * 5)
    panel = tmp_path / "panel.csv"
    panel.write_text("unit,stratum,joined\n1,s,\n1,s,\n2,t,\n3,t,2024-01-01\n4,s,\n4,t,\nx,s,\n")
    strata = tmp_path / "strata.csv"
    strata.write_text("stratum,population\ns,10\nt,30\nt,30\n")
    found, aside, population = read([log], tmp_path, PanelFiles(panel, strata))
    assert found == {(1, "dau", "2024-03-01"): 10.0 + 15.0}
    assert population == 40.0
    differs = "this unit stands in several rows that differ: give it one"
    assert aside == [
        (3, "unit", "9", "no such unit in the panel"),
        (4, "unit", "4", "no such unit in the panel"),
        (5, "unit", "4", differs),
        (6, "unit", "4", differs),
        (7, "unit", "x", "no whole number, as the units of the log are"),
    ]


def test_units_of_a_stratum_that_stands_for_nobody_are_refused(tmp_path: Path) -> None:
    log = write(tmp_path / "log.parquet", unit=[1, 2], product=[1, 1], day=[DAY, DAY])
    (tmp_path / "panel.csv").write_text("unit,stratum\n1,s\n2,u\n")
    (tmp_path / "strata.csv").write_text("stratum,population\ns,10\n")
    with pytest.raises(InputError, match=r"units of a stratum .* not have: 1, of 'u' for one"):
        read([log], tmp_path, PanelFiles(tmp_path / "panel.csv", tmp_path / "strata.csv"))


@pytest.mark.parametrize(
    ("strata", "message"),
    [
        ("s,1\n", r"Stratum 's' has a population of 1, and 2 units"),
        ("s,10\ns,11\n", r"stratum 's' has two rows that differ: population is 10.0 and 11.0"),
        ("s,10\nt,5\n", r"Stratum 't' has a population of 5, and no unit"),
        ("s,-1\n", r"1 strata cannot be used. Row 1, column 'population': negative"),
        ("", r"has no stratum"),
    ],
)
def test_strata_that_cannot_stand_are_refused(tmp_path: Path, strata: str, message: str) -> None:
    log = write(tmp_path / "log.parquet", unit=["a", "b"], product=[1, 1], day=[DAY, DAY])
    (tmp_path / "panel.csv").write_text("unit,stratum\na,s\nb,s\n")
    (tmp_path / "strata.csv").write_text(f"stratum,population\n{strata}")
    with pytest.raises(InputError, match=message):
        read([log], tmp_path, PanelFiles(tmp_path / "panel.csv", tmp_path / "strata.csv"))


def test_a_rotated_panel_may_have_had_more_units_than_its_population(tmp_path: Path) -> None:
    days = [DAY, DAY + dt.timedelta(days=1)]
    log = write(tmp_path / "log.parquet", unit=["a", "b"], product=[1, 1], day=days)
    (tmp_path / "panel.csv").write_text(
        "unit,stratum,joined,left\na,s,,2024-03-02\nb,s,2024-03-02,\n"
    )
    (tmp_path / "strata.csv").write_text("stratum,population\ns,1\n")
    panel = PanelFiles(tmp_path / "panel.csv", tmp_path / "strata.csv")
    found, _, _ = read([log], tmp_path, panel)
    assert found == {(1, "dau", "2024-03-01"): 1.0, (1, "dau", "2024-03-02"): 1.0}


def test_files_that_are_no_log_are_refused(tmp_path: Path) -> None:
    log = write(tmp_path / "a.parquet", unit=[1], produkt=[1], day=[DAY])
    with pytest.raises(MissingColumnError, match="'product' may be 'produkt'"):
        read([log], tmp_path)
    with pytest.raises(MissingColumnError, match="no column 'day'"):
        read([write(tmp_path / "a.parquet", unit=[1], product=[1])], tmp_path)
    with pytest.raises(FileFormatError, match="there is no such file"):
        read([tmp_path / "b.parquet"], tmp_path)
    (tmp_path / "b.csv").write_text("unit,product,day\n")
    with pytest.raises(InputError, match="No row of the log can be used: it has none"):
        read([tmp_path / "b.csv"], tmp_path)


def test_a_damaged_row_group_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    n = 20_000
    table = pa.table({"unit": range(n), "product": [1] * n, "day": [DAY] * n})
    pq.write_table(table, path, compression="zstd")
    content = bytearray(path.read_bytes())
    # The header of the first page.
    content[4:40] = bytes(36)
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match="row groups 0 to 0 cannot be read"):
        read([path], tmp_path)
