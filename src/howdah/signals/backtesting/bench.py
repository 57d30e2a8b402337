"""The back-test bench: the outlook at every origin, scored when its horizon is over."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

from howdah.core.calendar import add_months
from howdah.core.progress import Progress, silent
from howdah.signals.backtesting.baselines import BASELINES, rank_by
from howdah.signals.backtesting.discoveries import NOMINAL, false_discoveries
from howdah.signals.backtesting.measures import measure
from howdah.signals.breakouts import (
    Outlook,
    Panel,
    PanelBuilder,
    Question,
    Sources,
    are_known,
    breaks_of,
    build_panel,
    candidates,
    label,
    look_out,
)

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

#: The method that is not a baseline.
OWN = "howdah"

#: Those at the top of an order that leads and false alarms are told of.
FLAGGED = 50


@dataclass(slots=True)
class Backtest:
    """What came of past outlooks.

    Attributes
    ----------
    scores
        Rows ``origin, method, precision_at_20, precision_at_50, recall_at_50,
        average_precision, brier, base_rate, n, contaminated``.
    leads
        Rows ``origin, method, entity, place, probability, lead_estimate_months, came,
        lead_months, contaminated``: the first `FLAGGED` of each order.
    fdr
        Rows ``origin, nominal, n_told, n_false, expected_false, contaminated``.
    skipped
        Origins that could not be scored, and why.
    """

    scores: list[dict[str, object]] = field(default_factory=list)
    leads: list[dict[str, object]] = field(default_factory=list)
    fdr: list[dict[str, object]] = field(default_factory=list)
    skipped: list[tuple[dt.date, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Truth:
    """What became of the candidates of an origin, by position among them."""

    came: Bools
    months: Ints
    n_came: int
    contaminated: bool


def run_backtest(
    sources: Sources,
    origins: Sequence[dt.date],
    question: Question,
    progress: Progress = silent,
    build: PanelBuilder = build_panel,
) -> Backtest:
    """Look out from every origin as it was known then, and score what came of it.

    Parameters
    ----------
    origins
        Days, a month apart or more, ascending.
    progress
        Told before each origin.
    build
        Makes panels; who asks several questions of the same origins may keep them.

    Returns
    -------
    Backtest
        Origins whose horizon is not over by the feed's last snapshot are skipped, and those in
        whose month the feed says nothing.
    """
    found = Backtest()
    truth = _truth_panel(sources, origins, build)
    for n, origin in enumerate(origins):
        progress(f"looking out from {origin}", n, len(origins))
        why = _why_not(truth, origin, question.horizon)
        if why:
            found.skipped.append((origin, why))
            continue
        outlook = look_out(sources, origin, question, build)
        came = _outcome(truth, outlook, origin, question)
        for method, order, probability in _orders(outlook, question):
            _score(found, origin, method, order, probability, outlook, came)
        for nominal in NOMINAL:
            p = outlook.forecast.probability
            n_told, n_false, expected = false_discoveries(p, came.came, nominal)
            found.fdr.append(
                {
                    "origin": origin,
                    "nominal": nominal,
                    "n_told": n_told,
                    "n_false": n_false,
                    "expected_false": expected,
                    "contaminated": came.contaminated,
                }
            )
    return found


def _truth_panel(sources: Sources, origins: Sequence[dt.date], build: PanelBuilder) -> Panel:
    """The main feed as all of it is known, its months ending on the day of the origins."""
    last = sources.main.rows["period"].max()
    assert last is None or isinstance(last, dt.date)
    known = sources.main.rows["known_on"].max()
    assert known is None or isinstance(known, dt.date)
    anchor = origins[0]
    if last is None or known is None:
        return build(sources.main, anchor)
    n = 0
    while add_months(origins[0], n + 1) <= last:
        n += 1
    return build(sources.main, max(known, last), anchor=add_months(origins[0], n))


def _why_not(truth: Panel, origin: dt.date, horizon: int) -> str:
    if origin not in truth.ends:
        return "the feed says nothing so early, or not yet"
    column = truth.column(origin)
    if truth.length[column] == 0:
        return "no snapshot in the month before"
    if not are_known(truth, column, horizon):
        return "its horizon is not over"
    return ""


def _outcome(truth: Panel, outlook: Outlook, origin: dt.date, question: Question) -> _Truth:
    column, horizon = truth.column(origin), question.horizon
    found = label(truth, column, question.target, horizon)
    # By code: the outlook knows fewer entities than the truth does.
    at = np.searchsorted(truth.codes, outlook.panel.codes[outlook.rows])
    could = candidates(truth, column, question.target)
    broken = breaks_of(truth, question.target)[column + 1 : column + horizon + 1]
    return _Truth(
        found.came[at], found.months[at], int((found.came & could).sum()), bool(broken.any())
    )


def _orders(outlook: Outlook, question: Question) -> Iterator[tuple[str, Ints, Floats]]:
    yield OWN, outlook.order, outlook.forecast.probability
    for name in BASELINES:
        yield name, *rank_by(name, outlook, question)


def _score(
    found: Backtest, origin: dt.date, method: str, order: Ints, probability: Floats,
    outlook: Outlook, came: _Truth,
) -> None:  # fmt: skip
    scores = measure(order, came.came, max(came.n_came, int(came.came.sum())), probability)
    found.scores.append(
        {"origin": origin, "method": method, **asdict(scores), "contaminated": came.contaminated}
    )
    names = outlook.panel.entities
    for place, n in enumerate(order[:FLAGGED].tolist(), 1):
        found.leads.append(
            {
                "origin": origin,
                "method": method,
                "entity": names[int(outlook.rows[n])],
                "place": place,
                "probability": float(probability[n]),
                "lead_estimate_months": float(outlook.lead[n]) if method == OWN else None,
                "came": bool(came.came[n]),
                "lead_months": int(came.months[n]) if came.came[n] else None,
                "contaminated": came.contaminated,
            }
        )
