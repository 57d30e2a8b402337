"""The audience of an entity: what each panel or census of the market says of it on a date."""

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
from scipy.special import expit, ndtri

from howdah.claims.archive import digest_of
from howdah.core.entity import Entity
from howdah.engines import text_literal
from howdah.kernels.proportions import effective_size, share_interval
from howdah.market.audience.lake import AudienceLake, cell_id
from howdah.market.basis import basis_of
from howdah.market.pages.audience import (
    Audience,
    AudiencePage,
    Growth,
    Linked,
    Measure,
    Month,
    Point,
    Returned,
    Survived,
)
from howdah.market.workspace import Workspace
from howdah.panels.entry_months import SUMS
from howdah.panels.migration import NONE
from howdah.panels.population import PanelFiles, read_strata
from howdah.sources import FeedSpec

#: Daily metrics whose last value is shown.
LEVELS = ("dau", "wau", "mau28", "mau_month", "stickiness28")

#: Days after entry that a month of entries is told by.
MONTH_DAYS = (1, 7, 30)

#: Periods of growth accounting, months of entries, and other products that are shown.
N_PERIODS = 6
N_MONTHS = 6
N_LINKED = 5

_PERIOD_DAYS = 28
_GROWTH = ("new", "retained", "resurrected", "churned")


def audience(ws: Workspace, text: str, as_of: dt.date) -> AudiencePage:
    """What panels say of an entity on a date; of one that none knows nothing.

    Raises
    ------
    UnknownNameError
        No entity has that name.
    """
    entity = ws.resolve(text)
    return AudiencePage(entity, basis_of(ws, as_of), audiences_of(ws, entity, as_of))


def audiences_of(ws: Workspace, entity: Entity, as_of: dt.date) -> tuple[Audience, ...]:
    """The audience of an entity by each panel that knows it."""
    lake = AudienceLake(ws.folder / "lake", ws.engine)
    found = []
    for spec in ws.specs.values():
        if spec.panel is None:
            continue
        products = [i.value for i in entity.referents if i.scheme == spec.panel.scheme]
        for product in products:
            one = _audience(ws, lake, spec, product, as_of)
            if one is not None:
                found.append(one)
    return tuple(found)


def _audience(
    ws: Workspace, lake: AudienceLake, spec: FeedSpec, product: str, as_of: dt.date
) -> Audience | None:
    assert spec.panel is not None
    prob = ws.prob
    run = lake.last_run(spec.id)
    own = f"product = {text_literal(product)}"
    daily = lake.read("daily", as_of, spec.id, own)
    if run is None or not daily.height:
        return None
    z = float(ndtri(0.5 + prob / 2))
    months = lake.read("months", as_of, spec.id, own)
    survival = lake.read("survival", as_of, spec.id, own)
    l28 = lake.read("l28", as_of, spec.id, own)
    overlap = lake.read("overlap", as_of, spec.id, own)
    flows = lake.read("migration", as_of, spec.id, f"{own} OR other = {text_literal(product)}")
    power_on = _last(l28, "day")
    overlap_on, flows_on = _last(overlap, "day"), _last(flows, "month")
    flows = _on(flows, "month", flows_on)
    shown = flows.filter(~pl.col("suppressed"))
    users = daily.filter(pl.col("metric") == "dau")
    month = _on(daily.filter(pl.col("metric") == "mau28"), "day", power_on)
    last = {
        metric: rows.row(-1, named=True)
        for metric in LEVELS
        if (rows := daily.filter(pl.col("metric") == metric)).height
    }
    return Audience(
        feed=spec.id,
        title=spec.title,
        source=spec.source,
        product=product,
        unit=spec.panel.counts,
        is_simulated=spec.simulated,
        is_census=bool(run["is_census"]),
        prob=prob,
        min_n=spec.panel.min_n,
        burn_in=spec.panel.burn_in,
        n_units=int(run["n_units"]),  # type: ignore[call-overload]
        population=float(run["population"]),  # type: ignore[arg-type]
        population_unit=_population_unit(ws, spec, run),
        first_seen=users["day"].min(),  # type: ignore[arg-type]
        last_day=users["day"].max(),  # type: ignore[arg-type]
        levels={
            metric: Point(
                row["day"], measure_of(row, z, "daily", is_share=metric == "stickiness28")
            )
            for metric, row in last.items()
        },
        users=tuple(
            Point(row["day"], measure_of(row, z, "daily")) for row in users.iter_rows(named=True)
        ),
        retention=_retention(months, spec.panel.min_n, prob, is_census=spec.panel.is_census),
        months=_months(months, prob, is_census=spec.panel.is_census),
        survival=tuple(
            Survived(r["n_day"], r["value"], r["lower"], r["upper"], r["is_extrapolated"])
            for r in survival.iter_rows(named=True)
            if r["value"] is not None
        ),
        verdict=survival["verdict"][0] if survival.height else "",
        growth=_growth(daily, z),
        power_on=power_on,
        power_of=measure_of(month.row(0, named=True), z, "daily") if month.height else None,
        power=tuple(
            measure_of(row, z, "l28") for row in _on(l28, "day", power_on).iter_rows(named=True)
        ),
        overlap_on=overlap_on,
        overlaps=_linked(_on(overlap, "day", overlap_on), "other", z, "overlap", is_share=True),
        flows_on=flows_on,
        left_to=_linked(shown.filter(pl.col("product") == product), "other", z, "migration"),
        came_from=_linked(shown.filter(pl.col("other") == product), "product", z, "migration"),
        n_hidden_flows=flows.height - shown.height,
    )


def _population_unit(ws: Workspace, spec: FeedSpec, run: dict[str, object]) -> str:
    """What the population is counted in, by the file of the strata that was counted."""
    assert spec.panel is not None
    if run["is_census"]:
        return spec.panel.counts
    roster, strata = (ws.folder / name for name in (spec.panel.roster, spec.panel.strata))
    if not strata.is_file() or digest_of(strata) != run["strata"]:
        return ""
    has_persons = (read_strata(ws.engine, PanelFiles(roster, strata)).per_person > 1).any()
    return "people" if has_persons else spec.panel.counts


def _last(rows: pl.DataFrame, column: str) -> dt.date | None:
    found = rows[column].max()
    return found if isinstance(found, dt.date) else None


def _on(rows: pl.DataFrame, column: str, day: dt.date | None) -> pl.DataFrame:
    """Rows of a day; none where there is no day."""
    return rows.clear() if day is None else rows.filter(pl.col(column) == day)


def measure_of(row: dict[str, object], z: float, table: str, *, is_share: bool = False) -> Measure:
    """The value of a row of a table with its interval: `z` standard errors to each side."""
    value, stderr = row["value"], row["stderr"]
    if not isinstance(value, float):
        return Measure(None, None, None, None, suppressed=bool(row["suppressed"]))
    n_raw = row["n_raw"]
    ends: tuple[float | None, float | None] = (None, None)
    if isinstance(stderr, float):
        ends = _ends(value, z * stderr, is_share=is_share)
    n = n_raw if isinstance(n_raw, int) else None
    return Measure(value, *ends, n, cell_id=cell_id(table, row))


def _ends(value: float, half: float, *, is_share: bool) -> tuple[float, float]:
    """Ends of an interval; a share's are made on the logit scale, where they stay within 0 and 1.

    A total of users is not below those of none.
    """
    if not is_share:
        return max(value - half, 0.0), value + half
    if not 0 < value < 1:
        return max(value - half, 0.0), min(value + half, 1.0)
    middle, step = np.log(value / (1 - value)), half / (value * (1 - value))
    return float(expit(middle - step)), float(expit(middle + step))


def _share(row: dict[str, Any], prob: float, *, is_census: bool, id_: str = "") -> Measure:
    """A share of those who entered: a normal interval of few, of whom few return, is too short."""
    if row["value"] is None:
        return Measure(None, None, None, None, suppressed=row["suppressed"])
    if row["stderr"] is None:
        return Measure(row["value"], None, None, row["n_raw"], cell_id=id_)
    cell = (row[name] for name in ("value", "stderr", "entered", "entered_var", "n_raw"))
    value, *others = (np.array([number], np.float64) for number in cell)
    size = np.full(1, np.inf) if is_census else effective_size(value, *others)
    lower, upper = share_interval(value, size, prob)
    return Measure(row["value"], float(lower[0]), float(upper[0]), row["n_raw"], cell_id=id_)


def _retention(
    months: pl.DataFrame, min_n: int, prob: float, *, is_census: bool
) -> tuple[Returned, ...]:
    """Retention by day over all months that are known: a ratio of sums, with its own error.

    A unit enters in one month, so the sums of months add up.
    """
    pooled = (
        months.group_by("n_day")
        .agg(pl.col(*SUMS, "n_raw").sum(), pl.len().alias("n_months"))
        .filter((pl.col("n_raw") >= max(min_n, 1)) & (pl.col("entered") > 0))
        .with_columns((pl.col("returned") / pl.col("entered")).alias("value"))
        .with_columns(
            (
                (
                    pl.col("returned_var")
                    - 2 * pl.col("value") * pl.col("covariance")
                    + pl.col("value") ** 2 * pl.col("entered_var")
                )
                .clip(lower_bound=0.0)
                .sqrt()
                / pl.col("entered")
            ).alias("stderr"),
            pl.lit(value=False).alias("suppressed"),
        )
        .sort("n_day")
    )
    return tuple(
        Returned(row["n_day"], _share(row, prob, is_census=is_census), row["n_months"])
        for row in pooled.iter_rows(named=True)
    )


def _months(months: pl.DataFrame, prob: float, *, is_census: bool) -> tuple[Month, ...]:
    chosen = months.filter(pl.col("n_day").is_in(MONTH_DAYS))
    found = [
        Month(
            month,
            tuple(
                (
                    row["n_day"],
                    _share(row, prob, is_census=is_census, id_=cell_id("months", row)),
                )
                for row in rows.iter_rows(named=True)
            ),
        )
        for (month,), rows in chosen.group_by(["month"], maintain_order=True)
        if isinstance(month, dt.date)
    ]
    return tuple(sorted(found, key=lambda m: m.month)[-N_MONTHS:])


def _growth(daily: pl.DataFrame, z: float) -> tuple[Growth, ...]:
    """The last whole periods of 28 days, one after the other, oldest first."""
    rows = daily.filter(pl.col("metric").is_in([f"{name}_28d" for name in _GROWTH]))
    by_day: dict[dt.date, dict[str, Measure]] = {}
    for row in rows.iter_rows(named=True):
        name = row["metric"].removesuffix(f"_{_PERIOD_DAYS}d")
        by_day.setdefault(row["day"], {})[name] = measure_of(row, z, "daily")
    whole = {day for day, found in by_day.items() if len(found) == len(_GROWTH)}
    at = max(whole, default=None)
    found: list[Growth] = []
    while at is not None and at in whole and len(found) < N_PERIODS:
        found.append(Growth(at, **by_day[at]))
        at -= dt.timedelta(days=_PERIOD_DAYS)
    return tuple(reversed(found))


def _linked(
    rows: pl.DataFrame, name: str, z: float, table: str, *, is_share: bool = False
) -> tuple[Linked, ...]:
    found: list[Linked] = []
    for row in rows.sort("value", name, descending=[True, False]).iter_rows(named=True):
        lift = row.get("lift")
        product = str(row[name])
        found.append(
            Linked(
                "" if product == NONE else product,
                measure_of(row, z, table, is_share=is_share),
                lift if isinstance(lift, float) else None,
            )
        )
    return tuple(found[:N_LINKED])
