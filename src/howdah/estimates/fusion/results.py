"""What a solved chunk says, as tables: estimates, suspects and counts by source."""

from typing import NamedTuple

import numba as nb
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from howdah.estimates.fusion.coding import Coded, Coding, Names, Numbered
from howdah.estimates.fusion.learned import Learned
from howdah.estimates.fusion.solving import REASONS, Solved
from howdah.estimates.scales import from_scale

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

METHOD = "fusion.1"

#: What `method` adds where no truth has tested the interval.
UNCALIBRATED = f"{METHOD} uncalibrated"
UNCALIBRATED_HERE = f"{METHOD} uncalibrated here"


def estimate_rows(
    learned: Learned,
    coded: Coded,
    solved: Solved,
    *,
    prob: float,
    loss: str,
    is_placed: Flags,
    untested: Flags | None = None,
) -> pl.DataFrame:
    """Level of each series in each period from its first claim to its last.

    Where all that is said of a series are bounds on one side, nothing tells its size: it has no
    value, and its ends are the bounds as they are stated, each in its period.

    Parameters
    ----------
    loss
        "squared" gives the mean on the natural scale, "absolute" the median.
    is_placed
        (n_series,) whether what is said of it tells its size (`find_placed`).
    untested
        (n_series,) whether a source that the calibration never saw speaks of it.
    """
    panel, posterior = coded.panel, solved.posterior
    coding = learned.coding
    length = panel.length.astype(np.int64)
    series = np.repeat(np.arange(len(length)), length)
    offset = np.arange(len(series)) - posterior.level_start[series]
    common_var = learned.common_vars(posterior.variance, coded.is_anchored[series])
    sd = np.sqrt(learned.widening * posterior.variance + common_var)
    n_houses = np.diff(posterior.house_start) - coded.is_anchored
    calibration = learned.calibration
    if learned.is_calibrated:
        factors = calibration.factors(panel.segment, panel.size, n_houses)
        is_tested = calibration.has_truth[panel.segment]
        if untested is not None:
            is_tested = is_tested & ~untested
            factors = np.where(untested, np.maximum(factors, 1.0), factors)
        sd = sd * factors[series]
        method = np.where(is_tested, 0, 2)
    else:
        method = np.ones(len(length), np.int64)
    reach = ndtri(0.5 + prob / 2) * sd
    mean = posterior.mean
    middle = mean + sd**2 / 2 if loss == "squared" and coding.scale == "log" else mean
    n_claims, n_sources = _counts(coded, solved, len(series))
    kinds = [METHOD, UNCALIBRATED, UNCALIBRATED_HERE]
    methods = pl.Series(kinds, dtype=pl.Enum(kinds))
    columns = [middle, mean - reach, mean + reach]
    if not is_placed.all():
        nothing = ~is_placed[series]
        stated = (np.full(len(series), np.nan), *_bounds(coded, solved, len(series)))
        columns = [np.where(nothing, *pair) for pair in zip(stated, columns, strict=True)]
    value, lower, upper = (
        pl.Series(from_scale(x * coding.unit, coding.scale)).fill_nan(None) for x in columns
    )
    return pl.DataFrame(
        {
            "series": coded.series.gather(series),
            "period": pl.Series(coding.names.days[panel.first[series] + offset])
            .cast(pl.Int32)
            .cast(pl.Date),
            "value": value,
            "lower": lower,
            "upper": upper,
            "prob": np.full(len(series), prob),
            "n_claims": n_claims,
            "n_sources": n_sources,
            "anchored": coded.is_anchored[series],
            "method": methods.gather(method[series]),
        }
    )


def find_placed(coded: Coded, solved: Solved) -> Flags:
    """Series of which some claim in the fit, or truth, tells the size: it has two ends."""
    panel = coded.panel
    is_point = ~np.isnan(panel.value) | (np.isfinite(panel.low) & np.isfinite(panel.high))
    found = np.zeros(len(panel.segment), np.bool_)
    if len(is_point):
        some = np.diff(panel.start) > 0
        found[some] = np.logical_or.reduceat(is_point & solved.is_used, panel.start[:-1][some])
    return found


def _bounds(coded: Coded, solved: Solved, n_level: int) -> tuple[Floats, Floats]:
    """Highest low end and lowest high end of each series and period; NaN for none."""
    panel = coded.panel
    series = np.repeat(np.arange(len(panel.segment)), np.diff(panel.start))
    at = solved.posterior.level_start[series] + panel.period - panel.first[series]
    used = solved.is_used
    low, high = np.full(n_level, -np.inf), np.full(n_level, np.inf)
    np.fmax.at(low, at[used], panel.low[used])
    np.fmin.at(high, at[used], panel.high[used])
    return np.where(np.isfinite(low), low, np.nan), np.where(np.isfinite(high), high, np.nan)


class Suspects(NamedTuple):
    """Claims of a chunk that are held to be wrong, as numbers until they are written."""

    rows: pl.DataFrame  # columns of `Numbered.claims` and what `find_suspects` adds
    series: pl.Series

    def named(self, names: Names) -> pl.DataFrame:
        """The claims' columns as they were given, and what was found of them."""
        texts = {
            "series": self.series,
            "source": pl.Series(names.sources, dtype=pl.String),
            "segment": pl.Series(names.segments, dtype=pl.String),
            "other_series": self.series,
            "reason": pl.Series(REASONS),
        }
        return self.rows.with_columns(
            text.gather(self.rows[name]).alias(name) for name, text in texts.items()
        )


def find_suspects(
    learned: Learned, numbered: Numbered, coded: Coded, solved: Solved, estimates: pl.DataFrame
) -> Suspects:
    """Claims that are held to be wrong, and what a reviewer needs to judge them.

    Parameters
    ----------
    estimates
        Of `estimate_rows`.

    Returns
    -------
    Suspects
        With ``level, lower, upper`` of the period, which no suspect claim is part of but an
        undecided one; ``off_sds``, how many standard deviations the claim is from what its source
        would say at that level; ``other_series``, ``reason`` (a number) and ``factor``.
    """
    panel, posterior, model = coded.panel, solved.posterior, learned.model
    suspect = np.flatnonzero((solved.reason > 0) & (coded.row >= 0))
    series = np.searchsorted(panel.start, suspect, side="right") - 1
    source = panel.source[suspect]
    at = posterior.level_start[series] + panel.period[suspect] - panel.first[series]
    own = find_houses(posterior.house_start, posterior.house_source, series, source)
    house, house_var = posterior.house_mean[own], posterior.house_var[own]
    variance = posterior.variance[at] + house_var + model.noise_var[source, panel.size[series]]
    off = (panel.value[suspect] - posterior.mean[at] - house) / np.sqrt(variance)
    other = pl.Series(solved.other[suspect])
    given = numbered.claims.drop(_NOT_GIVEN, strict=False)
    rows = given[coded.row[suspect]].with_columns(
        *(estimates[n].gather(at).cast(pl.Float32).alias(m) for n, m in _SHOWN.items()),
        pl.Series("off_sds", off).fill_nan(None).cast(pl.Float32),
        pl.select(
            pl.when(other >= 0).then(other).cast(pl.UInt32).alias("other_series")
        ).to_series(),
        pl.Series("reason", solved.reason[suspect]),
        pl.Series("factor", solved.factor[suspect], dtype=pl.Float64).fill_nan(None),
    )
    return Suspects(rows, numbered.series)


@nb.njit(cache=True, nogil=True)
def find_houses(
    house_start: Ints, house_source: NDArray[np.int32], series: Ints, source: NDArray[np.int32]
) -> Ints:
    """House effect of each pair of a series and one of its sources."""
    found = np.empty(len(series), np.int64)
    for n in range(len(series)):
        h = house_start[series[n]]
        while house_source[h] != source[n]:
            h += 1
        found[n] = h
    return found


#: Columns of claims that their file does not have.
_NOT_GIVEN = ("shift", "own_var", "verdict", "published_at")

#: Columns of the estimates that stand beside a suspect claim, and their names there.
_SHOWN = {"value": "level", "lower": "lower", "upper": "upper"}


def source_counts(learned: Learned, coded: Coded, solved: Solved) -> tuple[Floats, Floats]:
    """Claims, and those that are out of the fit, (n_source, n_segment) each."""
    names = learned.coding.names
    panel = coded.panel
    segment = np.repeat(panel.segment, np.diff(panel.start))
    own = coded.row >= 0
    place = panel.source[own].astype(np.int64) * len(names.segments) + segment[own]
    size = len(names.sources) * len(names.segments)
    n_claims = np.bincount(place, minlength=size)
    n_suspect = np.bincount(place, ~solved.is_used[own], minlength=size)
    shape = (len(names.sources), len(names.segments))
    return (
        n_claims.reshape(shape).astype(np.float64),
        n_suspect.reshape(shape).astype(np.float64),
    )


def source_rows(learned: Learned, n_claims: Floats, n_suspect: Floats, prob: float) -> pl.DataFrame:
    """Report of each source and segment that has claims."""
    coding, model = learned.coding, learned.model
    names = coding.names
    source, segment = np.nonzero(n_claims)
    bias = model.bias[source, segment]
    reach = ndtri(0.5 + prob / 2) * learned.bias_sd[source, segment]
    shared = np.sqrt(model.family_var[np.maximum(model.family[source], 0)])
    return pl.DataFrame(
        {
            "source": [names.sources[s] for s in source],
            "segment": [names.segments[g] for g in segment],
            "bias": _bias(bias, coding),
            "bias_lower": _bias(bias - reach, coding),
            "bias_upper": _bias(bias + reach, coding),
            "noise": np.sqrt(model.noise_var[source].mean(1)) * coding.unit,
            "shared_error": np.where(model.family[source] >= 0, shared, 0.0) * coding.unit,
            "n_claims": n_claims[source, segment].astype(np.int64),
            "n_suspect": n_suspect[source, segment].astype(np.int64),
        },
        schema_overrides={"source": pl.String, "segment": pl.String},
    )


def _bias(bias: Floats, coding: Coding) -> Floats:
    """A factor on the log scale, else a difference on the additive scale."""
    return np.exp(bias) if coding.scale == "log" else bias * coding.unit


def _counts(
    coded: Coded, solved: Solved, n_level: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Claims in the fit, and their sources, of each series and period."""
    panel = coded.panel
    series = np.repeat(np.arange(len(panel.segment)), np.diff(panel.start))
    at = solved.posterior.level_start[series] + panel.period - panel.first[series]
    used = solved.is_used & (coded.row >= 0)
    at, source = at[used], panel.source[used]
    n_claims = np.bincount(at, minlength=n_level)
    is_new = np.ones(len(at), np.bool_)
    is_new[1:] = (at[1:] != at[:-1]) | (source[1:] != source[:-1])
    return n_claims, np.bincount(at[is_new], minlength=n_level)
