"""What a panel keeps silent on after the last figure that it gives of a product.

A figure of a suppressed period is no claim, so the last claim of a small product may be months
old while its panel goes on: whoever reads the last level has to be told.
"""

import dataclasses
import datetime as dt

import polars as pl

from howdah.core.entity import Entity
from howdah.engines import text_literal
from howdah.market.audience.figures import definition_of, with_periods
from howdah.market.audience.lake import AudienceLake
from howdah.market.pages.entity import Later, Series
from howdah.market.workspace import Workspace
from howdah.sources import COHORT_DAYS, FeedSpec, PanelClaim


def with_later(
    ws: Workspace, entity: Entity, series: tuple[Series, ...], as_of: dt.date
) -> tuple[Series, ...]:
    """Series of an entity, with what its panels suppress after the last figure of each."""
    told = {(s.metric, s.definition) for s in series}
    found: dict[tuple[str, str], Later] = {}
    for spec in ws.specs.values():
        if spec.panel is None:
            continue
        claims = [c for c in spec.panel.claims if (c.metric, definition_of(spec, c)) in told]
        products = [i.value for i in entity.referents if i.scheme == spec.panel.scheme]
        for product in products if claims else ():
            found |= _of_product(ws, spec, product, claims, series, as_of)
    return tuple(dataclasses.replace(s, later=found.get((s.metric, s.definition))) for s in series)


def _of_product(
    ws: Workspace, spec: FeedSpec, product: str, claims: list[PanelClaim],
    series: tuple[Series, ...], as_of: dt.date,
) -> dict[tuple[str, str], Later]:  # fmt: skip
    assert spec.panel is not None
    lake = AudienceLake(ws.folder / "lake", ws.engine)
    own = f"product = {text_literal(product)}"
    daily, months = (lake.read(name, as_of, spec.id, own) for name in ("daily", "months"))
    found: dict[tuple[str, str], Later] = {}
    for claim in claims:
        key = (claim.metric, definition_of(spec, claim))
        ends = [s.last.period.end for s in series if (s.metric, s.definition) == key]
        if None in ends:
            continue
        if claim.metric in COHORT_DAYS:
            rows = months.filter(pl.col("n_day") == COHORT_DAYS[claim.metric]).with_columns(
                pl.col("month").dt.month_end().alias("last")
            )
        else:
            rows = _of_days(daily.filter(pl.col("metric") == claim.metric), claim)
        hidden = rows.filter((pl.col("last") > max(filter(None, ends))) & pl.col("suppressed"))
        until = hidden["last"].max()
        if isinstance(until, dt.date):
            found[key] = Later(claim.every, until, spec.panel.min_n)
    return found


def _of_days(daily: pl.DataFrame, claim: PanelClaim) -> pl.DataFrame:
    """Rows that figures of whole periods are made of."""
    rows = with_periods(daily, claim).filter(pl.col("last") <= pl.col("day").max())
    # Users of a day are told as the mean of all days; the others are those of the last day.
    return rows if claim.metric == "dau" else rows.filter(pl.col("last") == pl.col("day"))
