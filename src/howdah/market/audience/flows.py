"""The flows between all products of a market, as its panels count them."""

import datetime as dt

import polars as pl
from scipy.special import ndtri

from howdah.core.errors import UnknownNameError
from howdah.market.audience.lake import AudienceLake
from howdah.market.audience.page import measure_of
from howdah.market.basis import basis_of
from howdah.market.pages.flows import Flow, Flows, PanelFlows
from howdah.market.workspace import Workspace
from howdah.panels.migration import NONE
from howdah.sources import FeedSpec


def flows(ws: Workspace, as_of: dt.date) -> Flows:
    """Flows of the last month that each panel tells of on a date, the largest first."""
    lake = AudienceLake(ws.folder / "lake", ws.engine)
    found = [
        one
        for spec in ws.specs.values()
        if spec.panel is not None and (one := _flows_of(ws, lake, spec, as_of)) is not None
    ]
    return Flows(basis_of(ws, as_of), tuple(found))


def _flows_of(
    ws: Workspace, lake: AudienceLake, spec: FeedSpec, as_of: dt.date
) -> PanelFlows | None:
    assert spec.panel is not None
    rows = lake.read("migration", as_of, spec.id)
    month = rows["month"].max()
    if not isinstance(month, dt.date):
        return None
    rows = rows.filter(pl.col("month") == month)
    shown = rows.filter(~pl.col("suppressed")).sort(
        "value", "product", "other", descending=[True, False, False]
    )
    z = float(ndtri(0.5 + ws.prob / 2))
    names = {NONE: ("", "")}
    for product in {*shown["product"].to_list(), *shown["other"].to_list()} - {NONE}:
        names[product] = _named(ws, spec.panel.scheme, product)
    return PanelFlows(
        feed=spec.id,
        title=spec.title,
        source=spec.source,
        is_simulated=spec.simulated,
        unit=spec.panel.counts,
        month=month,
        prob=ws.prob,
        flows=tuple(
            Flow(*names[row["product"]], *names[row["other"]], measure_of(row, z, "migration"))
            for row in shown.iter_rows(named=True)
        ),
        n_hidden=rows.height - shown.height,
    )


def _named(ws: Workspace, scheme: str, product: str) -> tuple[str, str]:
    """Canonical id and name of a product of a panel."""
    try:
        entity = ws.resolver.resolve(f"{scheme}:{product}")
    except UnknownNameError:
        return product, product
    return entity.canonical_id, entity.name
