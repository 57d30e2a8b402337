"""The model of each metric: what is learnt of its sources, under what is held of their nature."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.metrics import Scale
from howdah.estimates.assembly import assemble, natures_of, series_codes, voice_of
from howdah.estimates.fusion import (
    SIZES,
    WEIGHTS_UNKNOWN,
    Coding,
    Learned,
    Names,
    Parts,
    find_sizes,
    join_names,
    learn,
)
from howdah.estimates.maturing import bring_forward, learn_curves
from howdah.estimates.natures import prior_of
from howdah.estimates.revisions import RevisionCurve
from howdah.estimates.statements import STATEMENT_INPUT, Statements

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Series of a metric that are learnt from: with truth, of several sources, and others.
_N_ANCHORED = 800
_N_COMPARED = 800
_N_OTHERS = 200


@dataclass(frozen=True, slots=True)
class Models:
    """The models of a market's metrics.

    Attributes
    ----------
    by_metric
        What was learnt of each metric.
    segments
        Segment of each entity that is in one.
    prob
        Mass of the intervals that they were calibrated for.
    curves
        How far figures still move by age, of each metric with a source that has the history.
    """

    by_metric: Mapping[str, Learned]
    segments: Mapping[str, str]
    prob: float
    curves: Mapping[str, RevisionCurve] = field(default_factory=dict)


#: Fewest series with truth for the bias of a source to be taken off.
_LEAST_KNOWN = 5

#: Fewest series of a metric for small ones to differ from large ones.
_LEAST_SIZED = 30


def learn_models(
    observations: pl.DataFrame,
    segments: Mapping[str, str],
    *,
    prob: float,
    prints: pl.DataFrame | None = None,
    flows: Collection[str] = (),
    grid: pl.DataFrame | None = None,
) -> Models:
    """Learn the model of every metric whose errors add up on a scale.

    Parameters
    ----------
    observations
        From `observe`, with ``suspect`` from `flag_suspects`.
    segments
        Segment of each entity that is in one; calibration goes by it.
    prob
        Mass of the intervals that calibration is for.
    prints
        Observations of every revision, of which it is learnt how figures move as they age; None
        where there are none.
    flows
        Metrics that add up over their period: a print of an unfinished one is a running count.
    grid
        All observations whose levels will rest on the models, where that is more than is learnt
        from: levels are followed through the days of all of them, so that a series has the same
        estimates whether it is fused alone or beside others. A metric that only they have rests
        on priors.
    """
    grid = observations if grid is None else grid
    days = _days_of(grid)
    kept = observations.lazy().filter(~pl.col("suspect")).select(STATEMENT_INPUT).collect()
    scales = dict(grid.select("metric", "scale").unique().sort("metric").iter_rows())
    curves = {} if prints is None else learn_curves(prints, flows=flows, prob=prob)
    found = {
        metric: _learn_metric(
            kept.filter(pl.col("metric") == metric),
            scale,
            segments,
            curves.get(metric),
            days=days[metric],
            prob=prob,
        )
        for metric, scale in scales.items()
        if scale != "rank"
    }
    return Models(found, segments, prob, curves)


class Habits(NamedTuple):
    """What is held of the source of each row, on the additive scale; (n,) arrays.

    Attributes
    ----------
    bias
        What it overstates in the row's segment, taken off.
    house, noise
        Spreads (standard deviations) of its house effect beside that, and of its noise.
    """

    bias: Floats
    house: Floats
    noise: Floats


def habits_of(rows: pl.DataFrame, learned: Learned, segments: Mapping[str, str]) -> Habits:
    """What is held of the source of each row."""
    voices = rows.select(voice_of()).to_series()
    own = rows["entity"].replace_strict(segments, default="", return_dtype=pl.String)
    known = extended(learned, tuple(voices.unique().sort()), tuple(own.unique().sort()))
    names, model = known.coding.names, known.model
    source = voices.cast(pl.Enum(names.sources)).to_physical().to_numpy()
    segment = own.cast(pl.Enum(names.segments)).to_physical().to_numpy()
    return Habits(
        model.bias[source, segment],
        np.sqrt(WEIGHTS_UNKNOWN * model.house_var[source]),
        np.sqrt(WEIGHTS_UNKNOWN * model.noise_var[source].mean(1)),
    )


def extended(learned: Learned, voices: tuple[str, ...], segments: tuple[str, ...]) -> Learned:
    """The same with sources and segments that it has not seen, at their priors."""
    names = learned.coding.names
    if set(voices) <= set(names.sources) and set(segments) <= set(names.segments):
        return learned
    sources = tuple(sorted({*names.sources, *voices}))
    parts = tuple(sorted({*names.segments, *segments}))
    known = {s for s, off in zip(names.sources, learned.bias_share == 0.0, strict=False) if off}
    takes_off = np.array([source in known for source in sources], np.bool_)
    prior = prior_of(natures_of(sources), takes_off)
    return join_names(learned, Names(sources, parts, names.days), prior)


def _days_of(observations: pl.DataFrame) -> dict[str, Ints]:
    """Days of the observations of each metric, since 1970."""
    days = observations.lazy().select("metric", pl.col("valid_to").to_physical().alias("day"))
    by_metric = (
        days.unique().drop_nulls().sort("day").collect().partition_by("metric", as_dict=True)
    )
    return {str(key[0]): rows["day"].to_numpy().astype(np.int64) for key, rows in by_metric.items()}


def _learn_metric(
    rows: pl.DataFrame,
    scale: Scale,
    segments: Mapping[str, str],
    curve: RevisionCurve | None,
    *,
    days: Ints,
    prob: float,
) -> Learned:
    statements = Statements(_sample(rows))
    if curve is not None:
        statements = bring_forward(statements, [curve]).statements
    has_end = np.isfinite(statements.low) | np.isfinite(statements.high)
    taught = np.flatnonzero(has_end & statements.said_once())
    built = assemble(statements, taught, scale, segments, days=days)
    claims = built.numbered.claims
    names = built.names
    coding = Coding(names, scale, 1.0, np.zeros(0))
    closed = claims.with_columns(
        # The middle of a range is where its series is large or small.
        value=pl.when(pl.col("value_low").is_null() | pl.col("value_high").is_null())
        .then(None)
        .otherwise((pl.col("value_low") + pl.col("value_high")) / 2),
        value_low=pl.lit(None, pl.Float64),
        value_high=pl.lit(None, pl.Float64),
    )
    if len(built.pace) >= _LEAST_SIZED:
        coding = coding._replace(sizes=find_sizes(closed, coding, len(SIZES)))
    with_truth = claims.join(
        built.numbered.truth.select("series").unique(), on="series", how="semi"
    )
    n_known = with_truth.group_by("source").agg(pl.col("series").n_unique().alias("n"))
    counts = np.zeros(len(names.sources), np.int64)
    counts[n_known["source"].to_numpy()] = n_known["n"].to_numpy()
    prior = prior_of(natures_of(names.sources), counts >= _LEAST_KNOWN)
    coded = built.code(coding)
    verdict = built.verdicts(coded)
    return learn(coded, coding, prob=prob, parts=Parts(), prior=prior, verdict=verdict)


def _sample(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of some series: with truth beside claims, of several sources, and others."""
    keyed = rows.with_columns(pl.Series("series", series_codes(rows)))
    kinds = (
        keyed.group_by("series")
        .agg(
            pl.col("anchor").any() & (~pl.col("anchor")).any(),
            (voice_of().n_unique() > 1).alias("compared"),
        )
        .sort("series")
    )
    parts = (
        (kinds.filter("anchor"), _N_ANCHORED),
        (kinds.filter(~pl.col("anchor") & pl.col("compared")), _N_COMPARED),
        (kinds.filter(~pl.col("anchor") & ~pl.col("compared")), _N_OTHERS),
    )
    chosen = pl.concat(part["series"].sample(min(n, part.height), seed=0) for part, n in parts)
    return keyed.filter(pl.col("series").is_in(chosen.implode())).drop("series")
