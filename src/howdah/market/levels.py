"""Levels of chosen cells, and the models that they rest on: kept by an update, or made anew."""

import datetime as dt

import polars as pl

from howdah.estimates import CELL, SERIES, Models, estimate_levels
from howdah.market.derived import Derived
from howdah.market.fusing import models_of
from howdah.market.observing import observations_at
from howdah.market.workspace import Workspace


def models_for(ws: Workspace, as_of: dt.date, observations: pl.DataFrame) -> Models:
    """Models of the metrics of some observations at a date.

    Those kept for it; else learnt, from all that is known of those metrics, so that every screen
    of a date rests on the same ones.
    """
    # A report asks for them on each of its pages.
    kept = ws.models.get(as_of) or Derived(ws).stored_models(as_of)
    if kept is not None:
        ws.models[as_of] = kept
        return kept
    metrics = observations["metric"].unique().sort().to_list()
    if not metrics:
        return Models({}, ws.segments, ws.prob)
    return models_of(ws, observations_at(ws, as_of, metrics=metrics), as_of, metrics)


def levels_at(ws: Workspace, as_of: dt.date, cells: pl.DataFrame) -> pl.DataFrame:
    """Estimates of some cells, from all that is known of their series.

    Parameters
    ----------
    cells
        Columns of `CELL`, with repeats.
    """
    wanted = cells.select(CELL).unique()
    kept = Derived(ws).stored_levels(as_of)
    found = [] if kept is None else [_at(kept, wanted)]
    left = wanted if kept is None else wanted.join(kept, on=CELL, how="anti", nulls_equal=True)
    if left.height:
        metrics = left["metric"].unique().sort().to_list()
        observed = observations_at(ws, as_of, metrics=metrics)
        own = observed.join(left.select(SERIES).unique(), on=SERIES, how="semi")
        levels = estimate_levels(own, models_for(ws, as_of, own), as_of=as_of)
        found.append(_at(levels.estimates, left))
    columns = found[-1].columns if found else []
    return pl.concat(part.select(columns) for part in found)


def _at(levels: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    return levels.join(cells, on=CELL, how="semi", nulls_equal=True)
