"""Growth of all series of a run, against what `growth` says of the same claims in memory."""

import datetime as dt
from collections.abc import Iterator

import duckdb
import numpy as np
import polars as pl
import pytest

from howdah.core.errors import InputError
from howdah.core.progress import silent
from howdah.engines import connect
from howdah.estimates.aggregates import GrowthTable, Levels, growth
from howdah.estimates.fusion import Claims, FusedTable, Options, Reviews, numbering
from howdah.estimates.fusion.coding import number_claims

FIRST = dt.date(2024, 1, 1)
BEFORE, AFTER = (FIRST + dt.timedelta(weeks=n) for n in (3, 11))


def drawn(n_series: int = 30, n_period: int = 14) -> pl.DataFrame:
    draws = np.random.default_rng(5)
    levels = draws.normal(10, 1, (n_series, 1)) + np.cumsum(
        draws.normal(0, 0.05, (n_series, n_period)), 1
    )
    house = draws.normal(0, 0.3, (n_series, 1, 3))
    said = levels[:, :, None] + house + draws.normal(0, 0.05, (n_series, n_period, 3))
    i, t, s = np.nonzero(draws.random(said.shape) < 0.8)
    # The last series ends before the second period.
    kept = (i < n_series - 1) | (t < 9)
    i, t, s = i[kept], t[kept], s[kept]
    nothing = pl.lit(None, pl.Float64)
    return pl.DataFrame(
        {
            "series": [f"s{n:02}" for n in i],
            "source": [f"v{n}" for n in s],
            "period": [FIRST + dt.timedelta(weeks=int(n)) for n in t],
            "value": np.exp(said[i, t, s]),
            "segment": "",
        }
    ).with_columns(
        value_low=nothing, value_high=nothing, cutoff=nothing, listed=pl.lit(None, pl.Boolean)
    )


@pytest.fixture
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as found:
        yield found


def fused(
    engine: duckdb.DuckDBPyConnection, rows: pl.DataFrame, reviews: Reviews | None = None,
    options: Options | None = None,
) -> FusedTable:  # fmt: skip
    engine.register("claims", rows.with_columns(published_at=None).to_arrow())
    said = Claims.of_tables(engine, "SELECT * FROM claims", None, as_of=None, has_periods=True)
    return FusedTable(said, options or Options(), silent, reviews)


def test_it_is_the_growth_of_the_same_claims_in_memory(
    engine: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbering, "CHUNK_SERIES", 50)
    rows = drawn()
    run = fused(engine, rows)
    table = GrowthTable(run, BEFORE, AFTER, silent)
    found = pl.DataFrame(table.read().read_all())
    assert (table.n_series, table.n_outside) == (29, 1)
    names = run.run.learned.coding.names
    levels = Levels.of(run.run, number_claims(rows, pl.DataFrame(
        schema={"series": pl.String, "period": pl.Date, "value": pl.Float64}), names))  # fmt: skip
    joint = levels.join(levels.covering(BEFORE, AFTER), [BEFORE, AFTER])
    wanted = growth(joint, BEFORE, AFTER)
    assert found.drop("period_from", "period_to").equals(wanted)
    assert set(found.select("period_from", "period_to").unique().row(0)) == {BEFORE, AFTER}
    # The rows were read twice, and are counted for the estimates alone.
    assert run.tally.n_repeats == 0
    # House effects cancel: growth is far better known than two levels taken apart.
    estimates = pl.DataFrame(run.estimates().read_all()).with_columns(
        width=(pl.col("upper") / pl.col("lower")).log()
    )
    apart = (
        estimates.filter(pl.col("period").is_in(pl.Series([BEFORE, AFTER]).implode()))
        .group_by("series")
        .agg((pl.col("width") ** 2).sum().sqrt())
    )
    both = found.join(apart, on="series")
    width = ((1 + both["upper"] / 100) / (1 + both["lower"] / 100)).log()
    assert (width < 0.6 * both["width"]).all()


def test_a_reviewer_is_heard(engine: duckdb.DuckDBPyConnection) -> None:
    rows = drawn()
    at = (pl.col("series") == "s03") & (pl.col("period") == AFTER)
    rows = rows.filter(~at | (pl.col("source") == "v0"))
    assert rows.filter(at).height == 1
    rows = rows.with_columns(pl.when(at).then(pl.col("value") * 1.3).otherwise("value"))
    grown = []
    for verdict in ("keep", "drop"):
        said = rows.filter(at).select("series", "source", "period", verdict=pl.lit(verdict))
        table = GrowthTable(fused(engine, rows, Reviews.of(said)), BEFORE, AFTER, silent)
        own = pl.DataFrame(table.read().read_all()).filter(pl.col("series") == "s03")
        grown.append(own["value"][0])
    assert grown[0] > grown[1] + 0.1


@pytest.mark.parametrize(
    ("span", "scale", "said"),
    [
        ((AFTER, BEFORE), "log", "give the earlier period first"),
        ((BEFORE, dt.date(2024, 3, 19)), "log",
         "no claim speaks of 2024-03-19. Periods near it: 2024-03-11, 2024-03-18, 2024-03-25, "),
        ((BEFORE, AFTER), "linear", "needs levels on the log scale"),
    ],
)  # fmt: skip
def test_what_has_no_growth_is_refused(
    engine: duckdb.DuckDBPyConnection, span: tuple[dt.date, dt.date], scale: str, said: str
) -> None:
    options = Options(scale=scale)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=said):
        GrowthTable(fused(engine, drawn(6), options=options), *span, silent)
