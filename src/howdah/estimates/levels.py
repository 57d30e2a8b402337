"""Observations to estimates: one robust level, with its interval, for each period of a series.

Method ``level.1``. Several sources of a cell are pooled by `kernels.pooled_level`; a cell of
which only bounds are known stays a bound; sources whose statements exclude each other make the
cell contested, and no average is formed of a report and its denial.
"""

import datetime as dt

import numpy as np
import polars as pl

from howdah.core.metrics import Scale
from howdah.estimates.houses import PRIOR_SPREAD, SHARED_SHARE
from howdah.estimates.observations import CELL
from howdah.estimates.scales import from_scale, to_scale
from howdah.kernels import pooled_level

METHOD = "level.1"

#: Standard deviations between two statements beyond which they exclude each other.
CONTRADICTION_SDS = 3.0

_COLUMNS = (
    *CELL,
    "name",
    "value",
    "lower",
    "upper",
    "prob",
    "status",
    "n_claims",
    "n_sources",
    "sources",
    "stated_low",
    "stated_high",
    "as_of",
    "method",
    "claim_ids",
    "note",
)


def estimate_levels(
    observations: pl.DataFrame, houses: pl.DataFrame, *, as_of: dt.date, prob: float
) -> pl.DataFrame:
    """Estimate every cell of the observations.

    Parameters
    ----------
    observations
        From `observe`, with ``suspect`` from `flag_suspects`; suspects stay out of the fit.
    houses
        From `learn_houses`; sources that it lacks get the prior of their nature.
    as_of
        Knowledge date that the observations were read at.
    prob
        Mass inside the intervals.

    Returns
    -------
    DataFrame
        A row a cell, with the fields of `core.Estimate`, ordered by cell.
    """
    kept = observations.filter(~pl.col("suspect"))
    if kept.height == 0:
        return _empty()
    kept = kept.join(
        houses.select("metric", "source", "nature", "tau", "sigma"),
        on=["metric", "source", "nature"],
        how="left",
    ).with_columns(
        pl.coalesce("tau", _prior(0)).alias("tau"), pl.coalesce("sigma", _prior(1)).alias("sigma")
    )
    # Several statements of one source about one cell share its house effect: they are one voice.
    kept = kept.sort(CELL)
    cells = kept.group_by(CELL, maintain_order=True).agg(
        pl.col("entity_name").first().alias("name"),
        pl.len().cast(pl.Int64).alias("n_claims"),
        pl.col("source").n_unique().cast(pl.Int64).alias("n_sources"),
        pl.col("source").unique().sort().alias("sources"),
        pl.col("claim_id").sort().alias("claim_ids"),
        pl.col("value_low").min().alias("stated_low"),
        pl.col("value_high").max().alias("stated_high"),
        pl.col("value_low").null_count().alias("n_open_low"),
        pl.col("value_high").null_count().alias("n_open_high"),
        pl.col("scale").first(),
    )
    cells = cells.with_row_index("cell").with_columns(pl.col("cell").cast(pl.Int64))
    rows = kept.with_columns(pl.struct(CELL).rle_id().cast(pl.Int64).alias("cell"))
    solved = [
        _solve(rows.filter(pl.col("scale") == scale), cells.height, scale, prob)
        for scale in cells["scale"].unique(maintain_order=True).to_list()
    ]
    out = cells.join(pl.concat(solved), on="cell", how="left")
    return (
        out.with_columns(
            pl.lit(prob).alias("prob"),
            pl.lit(as_of).alias("as_of"),
            pl.lit(METHOD).alias("method"),
            # The hull of what was said is open where any statement is.
            pl.when(pl.col("n_open_low") > 0)
            .then(None)
            .otherwise("stated_low")
            .alias("stated_low"),
            pl.when(pl.col("n_open_high") > 0)
            .then(None)
            .otherwise("stated_high")
            .alias("stated_high"),
            pl.lit("").alias("note"),
        )
        .sort("cell")
        .select(_COLUMNS)
    )


def _prior(index: int) -> pl.Expr:
    spreads = {nature: spread[index] for nature, spread in PRIOR_SPREAD.items()}
    return pl.col("nature").replace_strict(spreads, return_dtype=pl.Float64)


def _solve(rows: pl.DataFrame, n_cells: int, scale: Scale, prob: float) -> pl.DataFrame:
    cell = rows["cell"].to_numpy()
    low = to_scale(rows["value_low"].to_numpy(), scale)
    high = to_scale(rows["value_high"].to_numpy(), scale)
    tau, sigma = rows["tau"].to_numpy(), rows["sigma"].to_numpy()
    is_zero = (scale == "log") & (rows["value_high"].fill_null(np.inf).to_numpy() == 0)
    closed = np.isfinite(low) & np.isfinite(high)
    if scale == "rank":
        # A rank is what the list says; its only doubt is what the list leaves out.
        tau, sigma = np.zeros_like(tau) + 1e-9, np.zeros_like(sigma) + 1e-9
    one_voice = _repeats(cell, rows["source"].to_numpy())
    shared = np.zeros(n_cells)
    np.maximum.at(shared, cell, SHARED_SHARE * tau)
    level, lower, upper = pooled_level(
        low[closed],
        high[closed],
        cell[closed],
        n_cells,
        source_sd=tau[closed] * np.sqrt(one_voice[closed]),
        noise_sd=sigma[closed],
        shared_sd=shared,
        prob=prob,
    )
    contested = _contested(cell, low, high, np.hypot(tau, sigma), is_zero, n_cells)
    present = np.unique(cell)
    n_zero = np.bincount(cell, is_zero, n_cells)
    n_rows = np.bincount(cell, minlength=n_cells)
    value, below, above = (from_scale(x, scale) for x in (level, lower, upper))
    all_zero = (n_zero == n_rows) & (n_rows > 0)
    value, below, above = (np.where(all_zero, 0.0, x) for x in (value, below, above))
    bound = np.isnan(value) & ~contested
    low_bound, high_bound = _bounds(rows, cell, n_cells)
    status = np.where(contested, "contested", np.where(bound, "bound", "point"))
    unsure = contested | bound
    frame = pl.DataFrame(
        {
            "cell": present,
            "value": np.where(unsure, np.nan, value)[present],
            "lower": np.where(unsure, low_bound, below)[present],
            "upper": np.where(unsure, high_bound, above)[present],
            "status": status[present],
        }
    )
    return frame.with_columns(
        pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name)
        for name in ("value", "lower", "upper")
    )


def _repeats(cell: np.ndarray, source: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """How often the row's source speaks of the row's cell."""
    frame = pl.DataFrame({"cell": cell, "source": source})
    counts: np.ndarray = frame.select(pl.len().over("cell", "source")).to_series().to_numpy()  # type: ignore[type-arg]
    return counts.astype(np.float64)


def _bounds(
    rows: pl.DataFrame,
    cell: np.ndarray,
    n_cells: int,  # type: ignore[type-arg]
) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Hull of what is stated of each cell: NaN where an end is open in every statement."""
    low = np.full(n_cells, np.inf)
    high = np.full(n_cells, -np.inf)
    np.fmin.at(low, cell, rows["value_low"].fill_null(np.nan).to_numpy())
    np.fmax.at(high, cell, rows["value_high"].fill_null(np.nan).to_numpy())
    return np.where(np.isinf(low), np.nan, low), np.where(np.isinf(high), np.nan, high)


def _contested(
    cell: np.ndarray,  # type: ignore[type-arg]
    low: np.ndarray,  # type: ignore[type-arg]
    high: np.ndarray,  # type: ignore[type-arg]
    sd: np.ndarray,  # type: ignore[type-arg]
    is_zero: np.ndarray,  # type: ignore[type-arg]
    n_cells: int,
) -> np.ndarray:  # type: ignore[type-arg]
    """Cells with two statements that exclude each other, or one of none beside one of some."""
    n_rows = np.bincount(cell, minlength=n_cells)
    n_zero = np.bincount(cell, is_zero, n_cells)
    highest_low = np.full(n_cells, -np.inf)
    lowest_high = np.full(n_cells, np.inf)
    widest = np.zeros(n_cells)
    np.fmax.at(highest_low, cell, np.where(is_zero, np.nan, low))
    np.fmin.at(lowest_high, cell, np.where(is_zero, np.nan, high))
    np.fmax.at(widest, cell, sd)
    apart = highest_low - lowest_high > CONTRADICTION_SDS * np.sqrt(2) * widest
    contested: np.ndarray = (n_rows > 1) & (apart | ((n_zero > 0) & (n_zero < n_rows)))  # type: ignore[type-arg]
    return contested


def _empty() -> pl.DataFrame:
    kinds: dict[str, type[pl.DataType] | pl.DataType] = {
        "valid_from": pl.Date,
        "valid_to": pl.Date,
        "as_of": pl.Date,
        "n_claims": pl.Int64,
        "n_sources": pl.Int64,
        "sources": pl.List(pl.String),
        "claim_ids": pl.List(pl.String),
        **dict.fromkeys(
            ("value", "lower", "upper", "prob", "stated_low", "stated_high"), pl.Float64
        ),
    }
    return pl.DataFrame(schema={name: kinds.get(name, pl.String) for name in _COLUMNS})
