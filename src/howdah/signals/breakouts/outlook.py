"""The outlook of a market as of a day: who may break out, from what was known by then."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from howdah.signals.breakouts.absent import KINDS, absence_kinds, absent_rates
from howdah.signals.breakouts.companions import Companion, join_companion
from howdah.signals.breakouts.features import FeatureMaker, Features
from howdah.signals.breakouts.feed import Feed
from howdah.signals.breakouts.labels import candidates
from howdah.signals.breakouts.leads import lead_months
from howdah.signals.breakouts.model import Forecast, Model, learn_model
from howdah.signals.breakouts.panel import Panel, PanelBuilder, build_panel
from howdah.signals.breakouts.target import Target
from howdah.signals.breakouts.training import (
    Origins,
    TrainingRows,
    base_rate,
    past_origins,
    training_rows,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sources:
    """What is read: the feed whose list it is about, and others about the same entities.

    Attributes
    ----------
    main
        The feed.
    also
        Other feeds.
    links
        Names that an entity goes by in the others.
    """

    main: Feed
    also: tuple[Feed, ...] = ()
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes
    ----------
    target
        What it is to break out.
    horizon
        Months in which.
    prob
        Mass inside the intervals.
    seed
        Draws the samples that are learnt from.
    without
        Features that are not used; for telling what each adds.
    """

    target: Target
    horizon: int
    prob: float = 0.9
    seed: int = 0
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """Who may break out.

    Attributes
    ----------
    panel, companions
        What was known.
    rows
        (m,) candidates, positions in the panel, in its order.
    forecast
        Of the candidates, NaN where nothing can be said.
    lead
        (m,) months until, if at all.
    features
        Of the candidates at the last column.
    kinds
        (m,) -1 in the list, else why not, as of `absence_kinds`.
    model
        None where too little came true to tell entities apart.
    origins, trained
        What was learnt from.
    """

    panel: Panel
    companions: tuple[Companion, ...]
    rows: Ints
    forecast: Forecast
    lead: Floats
    features: Features
    kinds: Ints
    model: Model | None
    origins: Origins
    trained: TrainingRows

    @property
    def order(self) -> Ints:
        """(m,) positions in `rows`, best first; whoever nothing is said of comes last."""
        p = np.nan_to_num(self.forecast.probability, nan=-1.0)
        rank = self.panel.rank[self.rows, self.panel.last] if self.panel.ends else p * 0
        place = np.where(rank > 0, rank, np.iinfo(np.int32).max)
        return np.lexsort((self.rows, place, -p))


def look_out(
    sources: Sources, as_of: dt.date, question: Question, build: PanelBuilder = build_panel
) -> Outlook:
    """Who may break out, as of a day.

    Everything is made of what was known by that day: the health of the feed, the market index,
    features, the labels that are learnt from, and the calibration.

    Parameters
    ----------
    as_of
        Nothing published later is read.
    build
        Makes panels; who asks several questions of a day may keep them.

    Returns
    -------
    Outlook
        Without rows where the feed has said nothing by then and the universe is empty.
    """
    panel = build(sources.main, as_of)
    companions = tuple(
        join_companion(feed, panel, sources.links, as_of, build) for feed in sources.also
    )
    target, horizon = question.target, question.horizon
    if not panel.ends:
        return _nothing(panel, companions, question)
    origins = past_origins(panel, target, horizon)
    # Those nearer to the target teach about those further off, too.
    learnt = replace(target, beyond=0)
    maker = FeatureMaker(
        panel, companions, learnt, horizon, [*origins.columns, panel.last], seed=question.seed
    )
    trained = training_rows(maker, origins.columns, horizon, seed=question.seed)
    model = learn_model(trained, horizon, without=question.without)
    rows = np.flatnonzero(candidates(panel, panel.last, target))
    features = maker.at(panel.last, rows)
    kinds = absence_kinds(panel, panel.last)[rows]
    forecast = _forecast(model, trained, features, question.prob)
    absent = kinds >= 0
    if absent.any():
        rates = absent_rates(panel, target, horizon, origins.columns)
        told = rates.forecast(kinds[absent], question.prob)
        for whole, part in zip(_parts(forecast), _parts(told), strict=True):
            whole[absent] = part
    lead = _leads(model, trained, forecast, question.prob)
    return Outlook(
        panel, companions, rows, forecast, lead, features, kinds, model, origins, trained
    )


def _parts(forecast: Forecast) -> Sequence[Floats]:
    return forecast.probability, forecast.lower, forecast.upper


def _forecast(
    model: Model | None, trained: TrainingRows, features: Features, prob: float
) -> Forecast:
    if model is not None:
        return model.forecast(features.values, prob)
    # Nobody can be told from another: all have the rate of the past, if there is one.
    n = len(features.values)
    rate, n_past = base_rate(trained), len(trained.came)
    if n_past == 0:
        return Forecast(np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan))
    return Forecast(np.full(n, rate), np.zeros(n), np.full(n, min(3 * rate + 10 / n_past, 1.0)))


def _leads(model: Model | None, trained: TrainingRows, forecast: Forecast, prob: float) -> Floats:
    came = trained.came
    if model is None:
        past = np.zeros(int(came.sum()))
    else:
        past = model.forecast(trained.features.values[came], prob).probability
    lead = lead_months(forecast.probability, past, trained.months[came])
    return np.where(np.isfinite(forecast.probability), lead, np.nan)


def _nothing(panel: Panel, companions: tuple[Companion, ...], question: Question) -> Outlook:
    """Nothing is known of anyone; those of the universe are named all the same."""
    is_top = question.target.kind == "top"
    rows = np.arange(len(panel.codes) if is_top else 0)
    none = np.full(len(rows), np.nan)
    no_features = Features((), np.zeros((len(rows), 0)))
    empty = np.zeros(0)
    trained = TrainingRows(
        Features((), np.zeros((0, 0))), empty > 0, empty.astype(np.int64), empty,
        empty.astype(np.int64),
    )  # fmt: skip
    kinds = np.full(len(rows), len(KINDS) - 1, np.int64)
    return Outlook(
        panel, companions, rows, Forecast(none, none, none), none, no_features, kinds, None,
        Origins((), has_breaks=False), trained,
    )  # fmt: skip
