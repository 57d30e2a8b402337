"""Period names in SQL are those that `core.calendar` reads, no more and no fewer."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from howdah.core.calendar import parse_period
from howdah.core.errors import BadDateError
from howdah.engines import connect
from howdah.sources.periods import PERIOD_MACROS

FORMS = [
    "{y:04d}", "{y:04d}年", "{y:04d}-{m:02d}", "{y:04d}-{m}", "{y:04d}年{m}月", "{y:04d}W{w:02d}",
    "{y:04d}年{m:02d}月{d}日", "{y:04d}-w{w:02d}", "{y:04d}-Q{q}", "{y:04d}q{q}", "{y:04d}H{q}",
    "{y:04d}-h{q}", "{y:04d}-{m:02d}-{d:02d}", "{y:04d}/{m}/{d}", "{y:04d}{m:02d}{d:02d}",
    "{y:04d}-{m:02d}-{d:02d} 08:00:00", "{y:04d}-{m:02d}-{d:02d}T01:02:03Z", "{y}-{m}-{d}",
    "{y:04d}-{m:02d}-{d:02d}x", "{y:04d}-{m:02d}-{d:02d} (BC)", "x{y:04d}", " {y:04d} ",
    "{y:04d}--", "{y:05d}", "____-__-__", "epoch", "infinity", "",
]  # fmt: skip
NAMES = st.builds(
    lambda form, y, m, d, w, q: form.format(y=y, m=m, d=d, w=w, q=q),
    st.sampled_from(FORMS),
    st.sampled_from([0, 1, 999, 1900, 2020, 2023, 2024, 2026, 9999]) | st.integers(1, 9999),
    st.integers(0, 13),
    st.integers(0, 32),
    st.integers(0, 54),
    st.integers(0, 5),
)
QUERY = """
SELECT name, period_start(text, kind), period_end(text, kind), kind
FROM (SELECT *, period_kind(text) AS kind FROM (SELECT *, period_text(name) AS text FROM names))
"""


@settings(max_examples=20)
@given(st.lists(NAMES | st.text(max_size=12), min_size=50, max_size=300))
def test_sql_and_python_read_the_same_names(names: list[str]) -> None:
    usable = [name.replace("\0", "") for name in names if name.isprintable()]
    with connect() as engine:
        engine.execute(PERIOD_MACROS)
        engine.register("names", pa.table({"name": pa.array(usable, pa.string())}))
        for name, *found in engine.sql(QUERY).fetchall():
            try:
                period = parse_period(name)
                expected = [period.start, period.end, period.precision]
            except BadDateError:
                expected = [None, None, None]
            assert found == expected, name
