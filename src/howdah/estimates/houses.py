r"""House effects: how far each source stands from the others, and how much it scatters.

On the additive scale a source's statement of a cell is $y = x + b + e$: $b$ its house effect on
the series, spread $\tau$ over series, and $e$ its noise, spread $\sigma$. Both are learnt where
sources overlap and shrunk towards a prior by the nature of the source. Without anchors a house
effect is relative to the other sources, and no overlap can show an error that all share.
"""

import numpy as np
import polars as pl

from howdah.estimates.observations import SERIES
from howdah.estimates.scales import to_scale
from howdah.kernels import hampel_outliers, robust_center, robust_scale

#: Prior spreads (tau, sigma) on the log or logit scale, by nature of the source.
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

#: Weight of the prior, in overlapping series: a handful of overlaps should not decide.
_PRIOR_SERIES = 10.0

#: On the linear scale (ratings) a source's spread is at least this share of the level: the
#: intervals that rating boards print are about 5 points in 1,000.
_LINEAR_LEVEL_SHARE = 0.005

#: Least spread of the outlier rule: a counter that stands still has none of its own.
_HAMPEL_FLOOR = 0.05

#: Share of the house-effect spread that sources of one nature have in common. Panels share
#: software kits and operators; the figure is a prior, to be replaced where anchors exist.
SHARED_SHARE = 0.5


def flag_suspects(observations: pl.DataFrame) -> pl.DataFrame:
    """Add ``suspect``: a value far from its neighbours in the same source's own series.

    Only series of exact values with time neighbours can be judged; others are never suspect.
    """
    keys = [*SERIES, "source", "feed"]
    ordered = observations.sort([*keys, "valid_to"])
    codes = ordered.select(pl.struct(keys).rle_id().alias("code"))["code"].to_numpy()
    flags = np.zeros(ordered.height, np.bool_)
    scales = ordered["scale"].to_numpy()
    values = ordered["value"].to_numpy()
    for scale in ("log", "logit", "linear"):
        chosen = (scales == scale) & np.isfinite(values)
        if chosen.any():
            level = to_scale(values[chosen], scale)
            floor = _HAMPEL_FLOOR * (np.abs(np.nanmedian(level)) if scale == "linear" else 1.0)
            flags[chosen] = hampel_outliers(level, codes[chosen].astype(np.int64), floor=floor)
    return ordered.with_columns(pl.Series("suspect", flags))


def learn_houses(observations: pl.DataFrame) -> pl.DataFrame:
    """House effect and noise of each source of each metric.

    Returns
    -------
    DataFrame
        ``metric, source, nature, bias, bias_sd, tau, sigma, n_overlap``: bias is the median
        offset from the median of all sources of the same cell, on the additive scale;
        ``n_overlap`` counts the series on which that rests.
    """
    rows = [
        _learn_metric(metric, group)
        for (metric,), group in observations.group_by(["metric"], maintain_order=True)
    ]
    return pl.concat(rows) if rows else _houses_frame([])


def _learn_metric(metric: object, group: pl.DataFrame) -> pl.DataFrame:
    offsets = _offsets(group)
    out = []
    for (source, nature), own in group.group_by(["source", "nature"], maintain_order=True):
        tau0, sigma0 = PRIOR_SPREAD[str(nature)]
        if group["scale"][0] == "linear":
            tau0 = sigma0 = _linear_spread(own)
        mine = offsets.filter(pl.col("source") == source) if offsets.height else offsets
        per_series = mine.group_by(SERIES).agg(
            pl.col("offset").median().alias("center"),
            (pl.col("offset") - pl.col("offset").median()).alias("rest"),
        )
        n = per_series.height
        centers = per_series["center"].to_numpy() if n else np.zeros(0)
        rest = per_series["rest"].explode().to_numpy() if n else np.zeros(0)
        bias = robust_center(centers) if n else 0.0
        tau = _shrunk(robust_scale(centers), n, tau0)
        sigma = _shrunk(robust_scale(rest), n, sigma0)
        out.append(
            {
                "metric": metric,
                "source": source,
                "nature": nature,
                "bias": bias,
                "bias_sd": tau / np.sqrt(n) if n else tau0,
                "tau": tau,
                "sigma": sigma,
                "n_overlap": n,
            }
        )
    return _houses_frame(out)


def _offsets(group: pl.DataFrame) -> pl.DataFrame:
    """Offset of each exact value from the median of its cell, where two sources speak."""
    cells = [*SERIES, "valid_to"]
    exact = group.filter(pl.col("value").is_not_null() & ~pl.col("suspect"))
    level = to_scale(exact["value"].to_numpy(), exact["scale"][0]) if exact.height else np.zeros(0)
    exact = exact.with_columns(pl.Series("level", level)).filter(pl.col("level").is_finite())
    return exact.filter(pl.col("source").n_unique().over(cells) > 1).with_columns(
        (pl.col("level") - pl.col("level").median().over(cells)).alias("offset")
    )


def _linear_spread(own: pl.DataFrame) -> float:
    """Spread of a rating: that of its own steps, at least a share of its level."""
    exact = own.filter(pl.col("value").is_not_null()).sort("valid_to")
    steps = exact.select(pl.col("value").diff().over(list(SERIES)))["value"].drop_nulls()
    level = robust_center(exact["value"].abs().to_numpy())
    return float(np.nanmax([robust_scale(steps.to_numpy()), _LINEAR_LEVEL_SHARE * level, 0.0]))


def _shrunk(learnt: float, n: int, prior: float) -> float:
    """Spread from `n` series, shrunk towards its prior (conjugate for a normal variance)."""
    if n < 2 or not np.isfinite(learnt):  # noqa: PLR2004 - one series has no spread
        return prior
    return float(np.sqrt((_PRIOR_SERIES * prior**2 + n * learnt**2) / (_PRIOR_SERIES + n)))


def _houses_frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema={
            "metric": pl.String,
            "source": pl.String,
            "nature": pl.String,
            "bias": pl.Float64,
            "bias_sd": pl.Float64,
            "tau": pl.Float64,
            "sigma": pl.Float64,
            "n_overlap": pl.Int64,
        },
    )
