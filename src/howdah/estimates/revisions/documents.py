"""A revision curve as a document of plain values, to be kept and read by people and programs."""

import datetime as dt
from typing import Any

import numpy as np
import polars as pl

from howdah.estimates.revisions.ages import Settling
from howdah.estimates.revisions.curve import AgeClass, RevisionCurve, SourceCurve
from howdah.kernels import PooledLink

#: Moves of a class that are kept; of more as many quantiles, from which bands at up to 99 % come
#: out the same to a small part of their width.
_MOST_MOVES = 400

_COUNTS = ("first_day", "last_day", "n", "n_periods", "n_revised", "n_unrevised", "n_open",
           "n_unseen")  # fmt: skip
_STEPS = {"published_at": pl.Date, "step": pl.Float64, "n": pl.Int64}
_SET_ASIDE = {"reason": pl.String, "n": pl.get_index_type()}


def curve_document(curve: RevisionCurve) -> dict[str, Any]:
    """Plain lists and numbers; `curve_from` makes the same of them.

    Of a class with very many moves their quantiles are kept; means, spreads and counts are those
    of all.
    """
    return {
        "prob": curve.prob,
        "flows": list(curve.flows),
        "set_aside": [list(row) for row in curve.set_aside.iter_rows()],
        "sources": [_source_document(one) for _, one in sorted(curve.curves.items())],
    }


def curve_from(document: dict[str, Any]) -> RevisionCurve:
    """What `curve_document` was given."""
    curves = [_source_from(one) for one in document["sources"]]
    return RevisionCurve(
        document["prob"],
        tuple(document["flows"]),
        {(one.source, one.metric): one for one in curves},
        pl.DataFrame(document["set_aside"], schema=_SET_ASIDE, orient="row"),
    )


def _source_document(curve: SourceCurve) -> dict[str, Any]:
    return {
        "source": curve.source,
        "metric": curve.metric,
        "scale": curve.scale,
        "is_flow": curve.is_flow,
        "final_after_days": curve.settling.after_days,
        "is_settled": curve.settling.is_settled,
        "steps": [[day.isoformat(), step, n] for day, step, n in curve.steps.iter_rows()],
        "since": curve.since.isoformat(),
        "classes": [_class_document(age) for age in curve.classes],
    }


def _source_from(document: dict[str, Any]) -> SourceCurve:
    steps = [(dt.date.fromisoformat(day), step, n) for day, step, n in document["steps"]]
    return SourceCurve(
        source=document["source"],
        metric=document["metric"],
        scale=document["scale"],
        is_flow=document["is_flow"],
        settling=Settling(document["final_after_days"], document["is_settled"]),
        classes=tuple(_class_from(age) for age in document["classes"]),
        steps=pl.DataFrame(steps, schema=_STEPS, orient="row"),
        since=dt.date.fromisoformat(document["since"]),
    )


def _class_document(age: AgeClass) -> dict[str, Any]:
    moves = age.moves
    if len(moves) > _MOST_MOVES:
        places = (np.arange(_MOST_MOVES) + 0.5) / _MOST_MOVES
        moves = np.quantile(moves, places, method="hazen")
    return {
        **{name: getattr(age, name) for name in _COUNTS},
        "link": [_plain(number) for number in age.link],
        "spread": _plain(age.spread),
        "moves": moves.tolist(),
        "is_chained": age.is_chained,
        "is_lasting": age.is_lasting,
    }


def _class_from(document: dict[str, Any]) -> AgeClass:
    mean, process_var, parameter_var, n = document["link"]
    return AgeClass(
        **{name: document[name] for name in _COUNTS},
        link=PooledLink(_number(mean), _number(process_var), _number(parameter_var), n),
        spread=_number(document["spread"]),
        moves=np.array(document["moves"], np.float64),
        is_chained=document["is_chained"],
        is_lasting=document["is_lasting"],
    )


def _plain(number: float) -> float | None:
    """A number as JSON has it: none stands for one that is not known."""
    return number if np.isfinite(number) else None


def _number(plain: float | None) -> float:
    return np.nan if plain is None else plain
