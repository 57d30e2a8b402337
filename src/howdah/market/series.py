"""One series of an entity as known on a date: found by an id or by names, judged and estimated."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from howdah.core.entity import Entity
from howdah.core.errors import InputError
from howdah.core.estimate import Estimate, party_of
from howdah.core.progress import Progress
from howdah.estimates import SERIES, Models, estimate_levels, to_records
from howdah.market.charts import chart_levels
from howdah.market.levels import models_for
from howdah.market.observing import judged
from howdah.market.pages import OtherSeries, choose_estimate
from howdah.market.show import PAGE_COLUMNS
from howdah.market.trail import find_estimate
from howdah.market.workspace import Workspace

_ID = re.compile(r"e[0-9a-f]{12}")


class SeriesView(NamedTuple):
    """A series as known on a date, judged, with its models and estimates."""

    as_of: dt.date
    observations: pl.DataFrame
    models: Models
    estimates: tuple[Estimate, ...]

    def find(self, wanted: Estimate) -> Estimate | None:
        """The estimate of the same cell."""
        return next((e for e in self.estimates if _cell_of(e) == _cell_of(wanted)), None)


def estimate_by_id(ws: Workspace, id_: str, as_of: dt.date, progress: Progress) -> Estimate:
    """The estimate that was printed with an id.

    Raises
    ------
    InputError
        It is no id of an estimate, or none has it.
    """
    if not _ID.fullmatch(id_.lower()):
        raise InputError(
            f"{id_!r} is no id of an estimate: e and 12 digits, as howdah prints them. To name the "
            "estimate give a name and a metric, such as `howdah explain Doubao dau`."
        )
    return find_estimate(ws, id_.lower(), as_of, progress)


def estimate_by_name(
    ws: Workspace,
    name: str,
    as_of: dt.date,
    metric: str,
    period: str | None,
    definition: str | None,
) -> tuple[Estimate, tuple[OtherSeries, ...]]:
    """The estimate of an entity's metric, the last period's or that of a named one.

    The metric's other series are given too; where a definition was asked for, those of it that
    differ in what is counted or in the other party.

    Raises
    ------
    UnknownNameError
        Nothing goes by the name, metric, period or definition.
    """
    entity = ws.resolve(name)
    metric = ws.metrics[metric].id
    observed = _observed(ws, entity, as_of)
    own = observed.filter(pl.col("metric") == metric)
    # The others are only there to be named when the metric is not.
    shown = own if own.height else observed
    levels = estimate_levels(shown, models_for(ws, as_of, shown), as_of=as_of)
    estimates = to_records(levels.estimates, ws.metrics)
    chosen = choose_estimate(estimates, entity.name, metric, period=period, definition=definition)
    others = _others(estimates, chosen)
    if definition is not None:
        others = tuple(other for other in others if other.definition == chosen.definition)
    return chosen, others


def _others(estimates: Iterable[Estimate], chosen: Estimate) -> tuple[OtherSeries, ...]:
    """The metric's other series, each with its last period, the latest first."""
    last: dict[tuple[str, str, str, str], Estimate] = {}
    for e in sorted(estimates, key=lambda e: (e.period.end or dt.date.min, e.n_claims)):
        last[e.definition, e.unit, e.currency, party_of(e.note)] = e
    last.pop((chosen.definition, chosen.unit, chosen.currency, party_of(chosen.note)))
    return tuple(
        OtherSeries(
            e.estimate_id, e.definition, e.unit, e.currency, e.period.label, party_of(e.note)
        )
        for e in reversed(last.values())
    )


def _observed(
    ws: Workspace, entity: Entity, as_of: dt.date, metric: str | None = None
) -> pl.DataFrame:
    """Judged observations of an entity."""
    claims = ws.claims(
        as_of,
        subjects=list(entity.referents),
        metrics=None if metric is None else [metric],
        columns=PAGE_COLUMNS,
    )
    charted = chart_levels(ws, as_of)
    if metric is not None:
        charted = charted.filter(pl.col("metric") == metric)
    observed = judged(ws.observed([claims], as_of), charted)
    return observed.filter(pl.col("entity") == entity.canonical_id)


def view_of(ws: Workspace, entity: Entity, wanted: Estimate, as_of: dt.date) -> SeriesView:
    """The series of an estimate as known on a date."""
    own = _observed(ws, entity, as_of, wanted.metric).filter(
        *(pl.col(name) == getattr(wanted, name) for name in SERIES)
    )
    models = models_for(ws, as_of, own)
    levels = estimate_levels(own, models, as_of=as_of)
    return SeriesView(as_of, own, models, tuple(to_records(levels.estimates, ws.metrics)))


def _cell_of(e: Estimate) -> tuple[object, ...]:
    # The note tells the other party; what it says besides may change with time.
    return (e.definition, e.unit, e.currency, e.period, e.note.partition("; ")[0].partition(
        "immature"
    )[0])  # fmt: skip
