r"""House effects: how far each source stands from the others, and how much it scatters.

On the additive scale a source's statement of a cell is $y = x + c + b + e$: $e$ its noise, spread
$\sigma$; $b$ its house effect on the series, the same in every period, spread $\tau$ over series;
$c$ an error that all sources of its nature share, spread $\gamma$. Where sources overlap the level
$x$ and the shared error drop out of the gap between two of them, so $\sigma$ and $\tau$ are
learnt from gaps and shrunk towards a prior by the nature of the source. No overlap can show an
error that all share: $\gamma$ stays at its prior however well the sources agree.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.estimates.codes import row_codes, runs
from howdah.estimates.observations import QUANTITY, SERIES, is_exact
from howdah.estimates.scales import to_scale
from howdah.kernels import MAD_TO_SD, robust_center, robust_scale

Floats = NDArray[np.float64]

#: Prior spreads (house effect, noise) on the log or logit scale, by nature of the source.
#: panel: published audits of vendors' estimates find a median error of about 20 % (.2 / .6745 =
#: .30) and one-sided biases of 20 to 40 %. counter: the platform's own count, read at another
#: hour. statement: a figure in words, rounded by its speaker; between the two.
PRIOR_SPREAD: dict[str, tuple[float, float]] = {
    "counter": (0.01, 0.01),
    "list": (0.02, 0.02),
    "catalogue": (0.05, 0.02),
    "statement": (0.20, 0.10),
    "panel": (0.30, 0.10),
}

#: Share of the prior's house-effect spread that sources of one nature have in common: panels
#: share software kits and operators. A prior, to be replaced where anchors exist.
SHARED_SHARE = 0.5

#: The rest of it, a source's own: the squares of the two shares add to one.
_OWN_SHARE = float(np.sqrt(1 - SHARED_SHARE**2))

#: Weight of the prior, in overlapping series: a handful of overlaps should not decide.
PRIOR_SERIES = 10.0

#: A rating's zero is arbitrary, so its spread is a share of its level: the intervals that rating
#: boards print are about 5 points in 1,000. A growth in percent has the spread of its nature.
LINEAR_LEVEL_SHARE = 0.005

#: On the rank scale a list says what it says; this only keeps variances positive.
_RANK_SD = 1e-9

#: Rounds of `_split`; the slowest case halves the distance to its fixed point in each.
_ROUNDS = 60

_VOICE = ("metric", "source", "nature")

_SCHEMA = {
    "metric": pl.String,
    "source": pl.String,
    "nature": pl.String,
    "bias": pl.Float64,
    "bias_sd": pl.Float64,
    "tau": pl.Float64,
    "sigma": pl.Float64,
    "n_overlap": pl.Int64,
}


def learn_houses(observations: pl.DataFrame) -> pl.DataFrame:
    r"""House effect and noise of each source of each metric.

    For two sources and a series in which both state exact values of $n$ periods, the gaps
    $d_t = y_{1t} - y_{2t}$ have a median $m$, and

    $$\mathrm{Var}(d_t - d_{t-1}) = 2 (\sigma_1^2 + \sigma_2^2), \qquad
    \mathrm{Var}(m) = \tau_1^2 + \tau_2^2 + k_n (\sigma_1^2 + \sigma_2^2),$$

    with $k_n$ the variance of a median of $n$. Both variances are robust ones over series. Each
    is split between the two sources by expectation and maximisation, with the prior counting as
    ``PRIOR_SERIES`` series; with two sources only, the split follows the priors, for nothing else
    tells whose error it is. With three, it is identified.

    Parameters
    ----------
    observations
        From `observe`, with ``suspect`` from `flag_suspects`.

    Returns
    -------
    DataFrame
        ``metric, source, nature, bias, bias_sd, tau, sigma, n_overlap``, on the additive scale,
        ordered. ``bias`` is the median, over series, of the distance from the median of the
        *other* sources of the same cell, so of two sources each has the other's with the sign
        changed; who is right it cannot tell, and estimates are not corrected by it. ``bias_sd``
        is its standard error, ``n_overlap`` the number of series behind it. A wandering house
        effect is partly taken for noise.
    """
    voices = _voices(observations)
    learnt = [
        row
        for metric, group in _overlaps(observations, voices)
        for row in _learn_metric(metric, group, voices.filter(pl.col("metric") == metric))
    ]
    return (
        voices.join(
            pl.DataFrame(learnt, schema=_SCHEMA), on=_VOICE, how="left", maintain_order="left"
        )
        .with_columns(
            pl.col("bias").fill_null(0.0),
            pl.coalesce("bias_sd", "prior_tau").alias("bias_sd"),
            pl.coalesce("tau", "prior_tau").alias("tau"),
            pl.coalesce("sigma", "prior_sigma").alias("sigma"),
            pl.col("n_overlap").fill_null(0),
        )
        .select(*_SCHEMA)
    )


def _voices(observations: pl.DataFrame) -> pl.DataFrame:
    """Each source of each metric: ``metric, source, nature, scale, prior_tau, prior_sigma``."""
    voices = (
        observations.lazy()
        .group_by(_VOICE)
        .agg(pl.col("scale").first())
        .with_columns(_prior(0).mul(_OWN_SHARE).alias("prior_tau"), _prior(1).alias("prior_sigma"))
        .sort(_VOICE)
        .collect()
    )
    linear = observations.filter((pl.col("scale") == "linear") & is_exact())
    if linear.height == 0:
        return voices
    step = pl.col("step")
    steps = (
        linear.sort("valid_to")
        .with_columns(pl.col("value_low").diff().over(*SERIES, "source").alias("step"))
        .group_by(_VOICE)
        .agg(
            (MAD_TO_SD * (step - step.median()).abs().median()).alias("steps"),
            pl.col("value_low").abs().median().alias("level"),
            (pl.col("unit") == "percent").all().alias("in_percent"),
        )
    )
    return voices.join(steps, on=_VOICE, how="left", maintain_order="left").select(
        *_VOICE,
        "scale",
        *(
            pl.when(pl.col("level").is_null())
            .then(name)
            .when("in_percent")
            .then(pl.col(name) * pl.col("level"))
            .otherwise(pl.max_horizontal("steps", LINEAR_LEVEL_SHARE * pl.col("level")))
            .alias(name)
            for name in ("prior_tau", "prior_sigma")
        ),
    )


def _prior(index: int) -> pl.Expr:
    spreads = {nature: spread[index] for nature, spread in PRIOR_SPREAD.items()}
    return pl.col("nature").replace_strict(spreads, return_dtype=pl.Float64)


def _overlaps(
    observations: pl.DataFrame, voices: pl.DataFrame
) -> Iterator[tuple[str, pl.DataFrame]]:
    """For each metric the exact values of cells of which several sources speak.

    ``series, cell, valid_to, source, nature, level``; one row a source and cell.
    """
    several = (
        voices.filter(pl.col("scale").is_in(["log", "logit", "linear"]))
        .group_by("metric", maintain_order=True)
        .agg(pl.col("source").n_unique().alias("n"), pl.col("scale").first())
        .filter(pl.col("n") > 1)
    )
    exact = (
        observations.lazy()
        .filter(
            pl.col("metric").is_in(several["metric"].to_list()) & is_exact() & ~pl.col("suspect")
        )
        .select(*QUANTITY, "source", "nature", "value_low")
        .collect()
    )
    cell = row_codes(exact, QUANTITY)
    shared = _is_shared(cell, row_codes(exact, ["source"]))
    chosen = exact.filter(pl.Series(shared)).with_columns(pl.Series("cell", cell[shared]))
    for metric, _, scale in several.iter_rows():
        rows = chosen.filter(pl.col("metric") == metric)
        level = to_scale(rows["value_low"].to_numpy(), scale)
        overlap = (
            rows.with_columns(
                pl.Series("level", level),
                pl.Series("series", row_codes(rows, (*SERIES, "object", "precision"))),
            )
            .filter(pl.col("level").is_finite())
            .group_by("series", "cell", "valid_to", "source", "nature")
            .agg(pl.col("level").median())
            .filter(pl.col("source").n_unique().over("cell") > 1)
            .sort("series", "valid_to", "cell", "source", "nature")
        )
        if overlap.height:
            yield metric, overlap


def _is_shared(cell: NDArray[np.int64], source: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether another source speaks of the row's cell."""
    order = np.lexsort((source, cell))
    starts, sizes = runs(cell[order])
    # Sorted by source within a cell, its first and its last row differ if any two do.
    differ = source[order][starts] != source[order][starts + sizes - 1]
    shared = np.zeros(len(cell), np.bool_)
    shared[order] = np.repeat(differ, sizes)
    return shared


def _learn_metric(
    metric: str, overlap: pl.DataFrame, voices: pl.DataFrame
) -> Iterator[dict[str, Any]]:
    """Learnt rows of one metric, for the sources that overlap with another."""
    known = (
        voices.join(overlap.select("source", "nature").unique(), on=["source", "nature"])
        .sort("source", "nature")
        .with_row_index("voice")
    )
    overlap = overlap.join(known.select("source", "nature", "voice"), on=["source", "nature"])
    gaps = overlap.join(overlap, on="cell", suffix="_other").filter(
        pl.col("source") != pl.col("source_other")
    )
    # Distance from the median of the others in the cell, then of the series.
    distances = dict(
        gaps.group_by("voice", "series", "cell")
        .agg((pl.col("level").first() - pl.col("level_other").median()).alias("distance"))
        .group_by("voice", "series")
        .agg(pl.col("distance").median())
        .group_by("voice")
        .agg("distance")
        .iter_rows()
    )
    centers = [np.array(distances[n], np.float64) for n in range(known.height)]
    n_series = np.array([len(values) for values in centers], np.float64)
    pairs = _pairs(gaps)
    noise = [(i, j, *_noise_variance(gap)) for i, j, gap in pairs]
    sigma2 = _split(noise, known["prior_sigma"].to_numpy() ** 2, n_series)
    house = [(i, j, _house_variance(gap, sigma2[i] + sigma2[j]), gap.height) for i, j, gap in pairs]
    tau2 = _split(house, known["prior_tau"].to_numpy() ** 2, n_series)
    for n, voice in enumerate(known.iter_rows(named=True)):
        spread2 = _shrunk(robust_scale(centers[n]) ** 2, len(centers[n]), 2 * tau2[n])
        yield {
            "metric": metric,
            "source": voice["source"],
            "nature": voice["nature"],
            "bias": robust_center(centers[n]),
            # A median of n normal values has the variance pi / 2n.
            "bias_sd": float(np.sqrt(np.pi / 2 * spread2 / len(centers[n]))),
            "tau": float(np.sqrt(tau2[n])),
            "sigma": float(np.sqrt(sigma2[n])),
            "n_overlap": len(centers[n]),
        }


def _pairs(gaps: pl.DataFrame) -> list[tuple[int, int, pl.DataFrame]]:
    """Each two sources with the gaps between them: ``center, n, steps``, a row a series."""
    gap = pl.col("level") - pl.col("level_other")
    series = (
        gaps.filter(pl.col("voice") < pl.col("voice_other"))
        .sort("voice", "voice_other", "series", "valid_to")
        .group_by("voice", "voice_other", "series", maintain_order=True)
        .agg(gap.median().alias("center"), pl.len().alias("n"), gap.diff().alias("steps"))
    )
    return [
        (group["voice"][0], group["voice_other"][0], group)
        for group in series.partition_by("voice", "voice_other", maintain_order=True)
    ]


def _noise_variance(gap: pl.DataFrame) -> tuple[float, int]:
    """(variance of a gap around its series' center, number of series that show it)."""
    steps = gap["steps"].explode().drop_nulls().to_numpy()
    return robust_scale(steps) ** 2 / 2, int((gap["n"] > 1).sum())


def _house_variance(gap: pl.DataFrame, noise: float) -> float:
    """Variance of the centers of gaps over series, without what noise adds to it."""
    n = gap["n"].to_numpy().astype(np.float64)
    # A median of one or two is a mean; of more it has the variance pi / 2n.
    of_center = np.where(n <= 2, 1.0, np.pi / 2) / n  # noqa: PLR2004
    observed = robust_scale(gap["center"].to_numpy()) ** 2
    return max(observed - noise * float(of_center.mean()), 0.0)


def _split(pairs: list[tuple[int, int, float, int]], prior: Floats, n_series: Floats) -> Floats:
    """Variances of sources whose sums in pairs were observed (EM with a conjugate prior).

    `pairs` are (one, other, variance of their gap, number of series). Given the gap, the part of
    source i has the expected square v_i - v_i^2 / s + (v_i / s)^2 V with s = v_i + v_j.
    """
    usable = [pair for pair in pairs if pair[3] > 0 and np.isfinite(pair[2])]
    if not usable:
        return prior
    one, other = (np.array([pair[n] for pair in usable]) for n in (0, 1))
    observed = np.array([pair[2] for pair in usable])
    weight = np.array([float(pair[3]) for pair in usable])
    size = len(prior)
    per_source = np.bincount(one, weight, size) + np.bincount(other, weight, size)
    # A series with three sources is in three pairs, and still one series.
    share = np.minimum(n_series, per_source) / np.maximum(per_source, 1)
    variance = prior.copy()
    for _ in range(_ROUNDS):
        total = variance[one] + variance[other]
        sums = np.zeros(size)
        for part in (one, other):
            expected = variance[part] - variance[part] ** 2 / total
            expected = expected + (variance[part] / total) ** 2 * observed
            sums += np.bincount(part, weight * expected, size)
        counted = share * per_source
        variance = (PRIOR_SERIES * prior + share * sums) / (PRIOR_SERIES + counted)
    return variance


def _shrunk(learnt: float, n: int, prior: float) -> float:
    """Variance from `n` series, shrunk towards its prior (conjugate for a normal variance)."""
    if n < 2 or not np.isfinite(learnt):  # noqa: PLR2004 - one series has no spread
        return prior
    return (PRIOR_SERIES * prior + n * learnt) / (PRIOR_SERIES + n)


def spreads(rows: pl.DataFrame, houses: pl.DataFrame) -> tuple[Floats, Floats, Floats]:
    r"""Spreads ($\tau$, $\sigma$, $\gamma$) of each row's source on the row's scale.

    A source's bias is not removed, for nobody knows which source is right; it widens $\tau$,
    shrunk like everything that few series show. Sources that `houses` lacks have their prior.
    """
    known = rows.select(*_VOICE).join(
        houses.select(*_VOICE, "bias", "tau", "sigma", "n_overlap"),
        on=_VOICE,
        how="left",
        maintain_order="left",
    )
    tau0, sigma0 = (rows.select(_prior(n)).to_series().to_numpy() for n in (0, 1))
    size = np.abs(_largest_end(rows))
    is_percent, is_linear, is_rank = (
        (rows[column] == word).to_numpy()
        for column, word in (("unit", "percent"), ("scale", "linear"), ("scale", "rank"))
    )
    tau0, sigma0 = (
        np.where(is_linear, np.where(is_percent, prior * size, LINEAR_LEVEL_SHARE * size), prior)
        for prior in (tau0, sigma0)
    )
    tau, sigma, bias = (known[name].to_numpy() for name in ("tau", "sigma", "bias"))
    n = known["n_overlap"].fill_null(0).to_numpy()
    tau = np.hypot(tau, n / (n + PRIOR_SERIES) * bias)
    return (
        np.where(is_rank, _RANK_SD, np.where(np.isnan(tau), _OWN_SHARE * tau0, tau)),
        np.where(is_rank, _RANK_SD, np.where(np.isnan(sigma), sigma0, sigma)),
        np.where(is_rank, 0.0, SHARED_SHARE * tau0),
    )


def _largest_end(rows: pl.DataFrame) -> Floats:
    """The larger stated end of each row, for what a spread is a share of."""
    largest: Floats = np.fmax(rows["value_low"].to_numpy(), rows["value_high"].to_numpy())
    return largest
