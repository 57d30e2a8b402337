"""Levels that ranks say: a chart's law from its known levels, and what it says of the others.

The law, its errors and how they are learnt stand in `kernels.rank_law` and `kernels.rank_fit`; in
words, the level falls with the rank by a power that bends with it and drifts over the days, and
entities scatter around it.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from howdah.core.errors import InputError
from howdah.estimates.ranks.calibration import Reach, learn_reach
from howdah.estimates.ranks.inputs import (
    REFUSED_SCHEMA,
    Sheet,
    make_sheet,
    read_known,
    read_ranks,
)
from howdah.estimates.ranks.laws import LAW_SCHEMA, law_frame, n_by_day
from howdah.estimates.ranks.soundness import why_not
from howdah.kernels.rank_fit import FLAT, PRIOR, Fit, fit_laws
from howdah.kernels.rank_law import Chart
from howdah.kernels.rank_prediction import CrossFit, cross_fit, predict_ranks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

METHOD = "ranks.1"

#: Fewest entities with a known level for a chart to have a law.
MIN_KNOWN = 5

CLAIM_SCHEMA = {
    "chart": pl.String,
    "period": pl.Date,
    "entity": pl.String,
    "rank": pl.Float64,
    "value": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "value_high": pl.Float64,
    "sd_log": pl.Float64,
    "prob": pl.Float64,
    "n_known": pl.Int64,
    "method": pl.String,
}


@dataclass(frozen=True, slots=True)
class RankLevels:
    """What `levels_from_ranks` says.

    Attributes
    ----------
    claims
        ``chart, period, entity, rank, value, lower, upper, value_high, sd_log, prob, n_known,
        method``, ordered. Of a ranked entity ``value`` is the median and ``value_high`` null; of
        an absent one only ``value_high`` is given. ``sd_log`` is that of the normal
        distribution with the same interval. ``n_known`` counts the day's known levels.
    laws
        ``chart, period, rank, value, lower, upper, slope, slope_sd, scatter, n_known,
        n_entities``: each day's law at the chart's middle known rank, without scatter; the
        scatter is the standard deviation around it there.
    refused
        ``chart, period, entity, reason``: rows that could not be used, and charts without a law.
    """

    claims: pl.DataFrame
    laws: pl.DataFrame
    refused: pl.DataFrame


def levels_from_ranks(
    ranks: pl.DataFrame,
    known: pl.DataFrame,
    *,
    prob: float = 0.9,
    min_known: int = MIN_KNOWN,
    is_bent: bool = True,
) -> RankLevels:
    """Level claims from charts, through the levels that are known of some of their entities.

    What a claim says of an entity comes from its rank and from the levels of other entities, so
    it is evidence beside what is known of the entity itself. An entity that is in the chart on
    other days, or whose level is known in this chart by name, but is absent on a day lies below
    the level of the last place: ``value_high`` holds with probability ``(1 + prob) / 2`` for
    the last place, so with more for what is below it.

    Parameters
    ----------
    ranks
        ``chart, period`` (date), ``entity, rank`` (from 1; shared ranks are allowed), optional
        ``length``, the places of the list, by default its largest rank. A chart is one list of
        one country under one definition; charts share what they can of scatter and slope.
    known
        ``entity, period, value`` (above 0), optional ``sd_log``, the standard error of the log
        level, and ``chart``, where a level belongs to one chart only (a country's). A row with
        ``value`` null and ``value_low`` or ``value_high`` is a bound: where a source lists only
        the large, the ranked entities that it leaves out lie below its cut-off, and leaving
        them away would bias the law. A level of another period is given at the chart's period,
        with the drift since in ``sd_log``.
    prob
        Mass inside the intervals, in (0, 1).
    min_known
        Entities with a known level below which a chart has no claims, at least 2.
    is_bent
        False for laws without bends.

    Returns
    -------
    RankLevels
        Without claims for a chart of which too little is known, or where a law predicts known
        levels that it did not see no better than none.

    Raises
    ------
    InputError
        ``prob`` or ``min_known`` outside their range, or a column missing or of a wrong type.

    Notes
    -----
    What it cannot tell: whether the entities whose level is known stand for the others at the
    same ranks. If they are known because they are large for their rank, the law is too high; if
    they are all at the top, the law below them is a continuation, with an interval that says
    how much laws bend. Errors that known levels share, such as one source's bias, pass into all
    claims in full.
    """
    if not 0.0 < prob < 1.0:
        raise InputError(f"prob is {prob}; it lies between 0 and 1, such as 0.9.")
    if min_known < 2:  # noqa: PLR2004 - a slope needs two
        raise InputError(f"min_known is {min_known}; a law needs 2 known levels or more.")
    listed, bad_ranks = read_ranks(ranks)
    levels, bad_known = read_known(known)
    sheets = [
        make_sheet(str(part["chart"][0]), part.drop("chart"), levels)
        for part in listed.partition_by("chart", maintain_order=True)
    ]
    poor = {
        sheet.name: f"entities with a known level: {sheet.n_known}; {min_known} are needed"
        for sheet in sheets
        if sheet.n_known < min_known
    }
    rich = [(s, s.chart) for s in sheets if s.chart is not None and s.name not in poor]
    charts = [chart for _, chart in rich]
    start = PRIOR if is_bent else PRIOR._replace(bend=0.0)
    claims, laws = [pl.DataFrame(schema=CLAIM_SCHEMA)], [pl.DataFrame(schema=LAW_SCHEMA)]
    parts = zip(rich, fit_laws(charts, start), fit_laws(charts, FLAT), strict=True)
    for (sheet, chart), fit, flat in parts:
        cross = cross_fit(chart, fit)
        why = why_not(chart, (fit, cross), flat)
        if why:
            poor[sheet.name] = why
            continue
        reach = _reach(chart, fit, cross, prob)
        claims += [
            _ranked(sheet, chart, fit, cross, reach, prob),
            _absent(sheet, chart, fit, cross, reach, prob, levels),
        ]
        laws.append(law_frame(sheet, chart, fit, prob))
    refused = pl.DataFrame(
        [{"chart": name, "reason": why} for name, why in poor.items()], schema=REFUSED_SCHEMA
    )
    return RankLevels(
        claims=pl.concat(claims).sort("chart", "period", "rank", "entity", nulls_last=True),
        laws=pl.concat(laws).sort("chart", "period"),
        refused=pl.concat([bad_ranks, bad_known, refused]).sort("chart", "period", "entity"),
    )


def _reach(chart: Chart, fit: Fit, cross: CrossFit, prob: float) -> Reach:
    found = predict_ranks(chart, fit, cross, chart.day, chart.log_rank, chart.entity)
    is_point = np.isfinite(chart.value)
    z = (chart.value - found.mean) / np.sqrt(found.variance + chart.own_var)
    return learn_reach(chart.entity[is_point], chart.log_rank[is_point], z[is_point], prob)


def _predict(
    chart: Chart, fit: Fit, cross: CrossFit, reach: Reach, places: tuple[Ints, Floats, Ints]
) -> tuple[Floats, Floats]:
    """Log level and half the width of its interval."""
    found = predict_ranks(chart, fit, cross, *places)
    near = reach.at(places[1]) ** 2
    # Known levels tell how far scatter reaches. Where none is near, the law's own error tells.
    law = np.maximum(near, reach.plain**2)
    return found.mean, np.sqrt(near * found.scatter + law * found.law_var)


def _ranked(
    sheet: Sheet, chart: Chart, fit: Fit, cross: CrossFit, reach: Reach, prob: float
) -> pl.DataFrame:
    rows = sheet.ranks
    places = (
        rows["day"].to_numpy().astype(np.int64),
        np.log(rows["rank"].to_numpy()),
        rows["known_entity"].to_numpy().astype(np.int64),
    )
    middle, half = _predict(chart, fit, cross, reach, places)
    return rows.select(
        pl.lit(sheet.name).alias("chart"),
        "period",
        "entity",
        "rank",
        pl.Series("value", np.exp(middle)),
        pl.Series("lower", np.exp(middle - half)),
        pl.Series("upper", np.exp(middle + half)),
        pl.lit(None, pl.Float64).alias("value_high"),
        pl.Series("sd_log", half / float(ndtri(0.5 + prob / 2.0))),
        pl.lit(prob).alias("prob"),
        pl.Series("n_known", n_by_day(chart)[places[0]]),
        pl.lit(METHOD).alias("method"),
    )


def _absent(
    sheet: Sheet,
    chart: Chart,
    fit: Fit,
    cross: CrossFit,
    reach: Reach,
    prob: float,
    levels: pl.DataFrame,
) -> pl.DataFrame:
    """Bounds of entities that are expected on a day and are not in its list."""
    rows = sheet.ranks
    ends = (
        rows.group_by("period")
        .agg(pl.col("day", "length").first())
        .drop_nulls("length")
        .sort("period")
    )
    day = ends["day"].to_numpy().astype(np.int64)
    last = np.log(ends["length"].to_numpy())
    middle, half = _predict(chart, fit, cross, reach, (day, last, np.full(len(day), -1)))
    ends = ends.with_columns(
        pl.Series("value_high", np.exp(middle + half)),
        pl.Series("n_known", n_by_day(chart)[day]),
    )
    measured = levels.filter((pl.col("chart") == sheet.name) & pl.col("value").is_not_null())
    expected = pl.concat(
        [
            rows.select(pl.col("entity").unique()).join(ends.select("period"), how="cross"),
            measured.select("entity", "period").join(ends.select("period"), on="period"),
        ]
    ).unique()
    empty = (pl.lit(None, pl.Float64).alias(n) for n in ("rank", "value", "lower", "upper"))
    return (
        expected.join(rows, on=["entity", "period"], how="anti")
        .join(ends, on="period")
        .with_columns(
            *empty,
            pl.lit(sheet.name).alias("chart"),
            pl.lit(None, pl.Float64).alias("sd_log"),
            pl.lit(prob).alias("prob"),
            pl.lit(METHOD).alias("method"),
        )
        .select(*CLAIM_SCHEMA)
    )
