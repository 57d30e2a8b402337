"""Axes and drawings: what is shown lies where its number says."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.surfaces.reports.axes import axis_of
from howdah.surfaces.reports.courses import Course, course_spec, date_ticks
from howdah.surfaces.reports.drawing import draw
from howdah.surfaces.reports.marks import SHAPES, Band, Looks, Reading, StripRow
from howdah.surfaces.reports.strips import strip_spec

_POSITIVE = st.floats(1e-3, 1e12)


@given(st.lists(_POSITIVE, min_size=1, max_size=8), st.sampled_from(["log", "linear", "logit"]))
def test_an_axis_holds_every_number_and_labels_a_few(numbers: list[float], scale: str) -> None:
    axis = axis_of(numbers, scale)
    assert axis.low <= min(numbers) <= max(numbers) <= axis.high
    assert len(axis.ticks) == len(axis.labels) <= 5
    assert all(axis.low <= tick <= axis.high for tick in axis.ticks)
    places = [axis.position(n) for n in sorted(numbers)]
    assert places == sorted(places)
    assert all(0 <= place <= 1 for place in places)


def test_a_share_stays_a_share_and_zero_has_a_place_on_a_log_axis() -> None:
    share = axis_of([0.5, 99], "logit", "percent")
    assert (share.low, share.high) >= (0, 99)
    assert share.high <= 100
    people = axis_of([0, 18, 1000], "log")
    assert people.kind == "symlog"
    assert people.ticks[0] == 0
    assert people.position(18) > people.position(0) + 0.05


def test_labels_follow_the_language() -> None:
    assert axis_of([1e6, 9e6], "log", lang="zh").labels[0] == "100万"


def test_looks_differ_and_stay() -> None:
    looks = Looks()
    names = [f"source {n}" for n in range(len(SHAPES) * 7)]
    given_out = [(looks.of(n).colour, looks.of(n).shape) for n in names]
    assert len(set(given_out)) == len(names)
    assert looks.of(names[0]) is looks.of(names[0])


def _strip(row: StripRow) -> str:
    axis = axis_of([1e6, 1e7], "log")
    svg = draw(strip_spec([row], axis, "people", Looks()), title="t", description="d", uid="c")
    return str(svg)


def test_a_strip_draws_the_point_where_it_lies() -> None:
    row = StripRow("A", "5M", Band(5e6, 2e6, 8e6, "point"), (Reading("S", 5e6, 5e6, 5e6),))
    axis = axis_of([1e6, 1e7], "log")
    svg = _strip(row)
    symbol = re.search(
        r'<path transform="translate\(([\d.]+),[\d.]+\)"[^>]*fill="var\(--s1\)"', svg
    )
    assert symbol is not None
    assert float(symbol[1]) == pytest.approx(340 * axis.position(5e6), abs=0.5)


def test_bounds_leave_with_an_arrow_and_contested_spans_have_no_point() -> None:
    bound = _strip(
        StripRow("A", "", Band(None, None, 3e6, "bound"), (Reading("S", None, None, 3e6),))
    )
    assert bound.count("var(--s1)") == 3, "a stated end, a bar and an arrow"
    contested = _strip(StripRow("A", "", Band(None, 2e6, 6e6, "contested"), ()))
    assert 'stroke="var(--warn)"' in contested
    assert "var(--band)" not in contested


def test_a_held_wrong_reading_loses_its_colour() -> None:
    reading = Reading("S", 5e6, 5e6, 5e6, is_suspect=True)
    assert "var(--s1)" not in _strip(StripRow("A", "", Band(4e6, 2e6, 8e6, "point"), (reading,)))


def test_a_long_label_gets_a_line_of_its_own() -> None:
    band = Band(5e6, 2e6, 8e6, "point")
    short, long = (_strip(StripRow("A" * n, "9" * 30, band, ())) for n in (5, 30))
    heights = [float(re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', s)[1]) for s in (short, long)]  # type: ignore[index]
    assert heights[1] > heights[0]


def test_hostile_text_stays_text_in_a_drawing() -> None:
    hostile = "</text><script>alert(1)</script>"
    row = StripRow(hostile, hostile, Band(5e6, 2e6, 8e6, "point"), ())
    axis = axis_of([1e6, 1e7], "log")
    svg = draw(
        strip_spec([row], axis, hostile, Looks()), title=hostile, description=hostile, uid="c"
    )
    assert "<script" not in svg
    assert svg.count("&lt;script&gt;") >= 4


def _course(until: dt.date) -> str:
    days = [dt.date(2023, month, 1) for month in range(1, 13)]
    bands = tuple((d, Band(1e6 + n, 9e5, 1.2e6, "point")) for n, d in enumerate(days))
    readings = tuple(
        Reading(source, 1e6 + n, 1e6, 1e6, d) for source in ("S", "T") for n, d in enumerate(days)
    )
    faults = ((days[4], "instrument changed"),)
    course = Course(bands, readings, until, "no reading since 2023-12-01", faults)
    axis = axis_of([9e5, 1.2e6], "log")
    return str(
        draw(course_spec(course, axis, "stars", Looks()), title="t", description="d", uid="c")
    )


def test_a_course_shows_every_source_and_marks_gap_and_fault() -> None:
    svg = _course(dt.date(2024, 6, 30))
    assert svg.count('fill="var(--s1)"') == svg.count('fill="var(--s2)"') == 12
    assert "no reading since 2023-12-01" in svg
    assert "instrument changed" in svg
    assert "no reading" not in _course(dt.date(2023, 12, 20))


@given(st.dates(dt.date(1990, 1, 1), dt.date(2040, 1, 1)), st.integers(8, 15_000))
def test_a_time_axis_has_two_to_five_distinct_labels(first: dt.date, days: int) -> None:
    last = first + dt.timedelta(days=days)
    ticks, form = date_ticks(first, last)
    assert 2 <= len(ticks) <= 5
    assert all(first <= tick <= last for tick in ticks)
    assert len({tick.strftime(form) for tick in ticks}) == len(ticks)
