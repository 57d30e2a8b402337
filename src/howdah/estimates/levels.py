"""Observations to estimates: one robust level, with its interval, for each period of a series.

Method ``level.2``. Several sources of a cell are pooled by `kernels.pooled_level`; a cell of
which only bounds are known stays a bound; sources whose statements exclude each other make the
cell contested, and no average is formed of a report and its denial.
"""

import datetime as dt

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from howdah.core.metrics import Scale
from howdah.estimates.codes import row_codes, runs
from howdah.estimates.houses import spreads
from howdah.estimates.observations import CELL, QUANTITY, is_immature
from howdah.estimates.scales import ends_on_scale, from_scale
from howdah.kernels import pooled_level, posterior_quantiles

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

METHOD = "level.2"

#: Note of an estimate whose claims were all published before its period was over.
IMMATURE = "immature: stated before the period was over"

#: Start of the note of an estimate whose claims name another party.
OTHER_PARTY = "other party: "

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

_INPUT = (
    *QUANTITY,
    "entity_name",
    "claim_id",
    "source",
    "nature",
    "scale",
    "value_low",
    "value_high",
    "published_at",
    "recorded_at",
)

_SCALES: tuple[Scale, ...] = ("log", "logit", "linear", "rank")

_NUMBERS = ("value", "lower", "upper")


def estimate_levels(
    observations: pl.DataFrame, houses: pl.DataFrame, *, as_of: dt.date, prob: float
) -> pl.DataFrame:
    """Estimate every cell of the observations.

    A number stated to be exact, or a range, is seen through the house effect and the noise of its
    source; a bound beside such numbers pulls at them by `kernels.posterior_quantiles`. Statements
    that one source repeats word for word are one statement. Claims of an unfinished period stay
    out of a cell that has later ones. Claims that name different other parties (``object``) are
    of different quantities, and the ``note`` of their estimates names the party.

    What this cannot do: a zero has no logarithm, so a cell of zeros only is kept as stated, with
    no width; a number below zero on the log scale is shown as a bound.

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
        A row a cell, with the fields of `core.Estimate`, ordered by cell. The status is *point*;
        *bound* where no source gives a number or a closed range: the ends on which all
        statements agree, null where open, and no value; or *contested* where two statements, or
        a none and a some, exclude each other: the hull of all that was said.
    """
    kept = observations.lazy().filter(~pl.col("suspect")).select(_INPUT).collect()
    if kept.height == 0:
        return _empty()
    codes = row_codes(kept, QUANTITY)
    order = np.argsort(codes, kind="stable")
    starts, sizes = runs(codes[order])
    is_alone = sizes == 1
    parts = [
        (kept[order[starts[is_alone]]], np.flatnonzero(is_alone)),
        (
            kept[order[np.repeat(~is_alone, sizes)]],
            np.repeat(np.flatnonzero(~is_alone), sizes[~is_alone]),
        ),
    ]
    alone, several = (_Rows(rows, cell, houses) for rows, cell in parts)
    out = _alone(alone, prob)
    if len(several.cell):
        out = pl.concat([out, _several(several, prob)]).sort("cell")
    return out.with_columns(
        pl.lit(prob).alias("prob"), pl.lit(as_of).alias("as_of"), pl.lit(METHOD).alias("method")
    ).select(_COLUMNS)


class _Rows:
    """Observations with the number of their cell and what their statements are on the scale.

    Attributes
    ----------
    low, high
        Ends on the additive scale, NaN where open.
    house_sd, noise_sd, shared_sd
        Spreads of each row's source.
    is_closed
        Whether the row states a number or a closed range: it has a middle.
    is_zero
        Whether it states none of what can only be counted.
    """

    def __init__(self, rows: pl.DataFrame, cell: Ints, houses: pl.DataFrame) -> None:
        self.frame = rows
        self.cell = cell
        self.scale = _numbered(rows["scale"])
        self.stated_low = rows["value_low"].to_numpy()
        self.stated_high = rows["value_high"].to_numpy()
        self.low, self.high = np.full(len(cell), np.nan), np.full(len(cell), np.nan)
        for scale, chosen in _by_scale(self.scale):
            self.low[chosen], self.high[chosen] = ends_on_scale(
                self.stated_low[chosen], self.stated_high[chosen], scale
            )
        self.house_sd, self.noise_sd, self.shared_sd = spreads(rows, houses)
        # A rank between 1 and 3 is not the rank 2.
        is_range_of_ranks = (self.scale == _SCALES.index("rank")) & (self.low != self.high)
        self.is_closed = np.isfinite(self.low) & np.isfinite(self.high) & ~is_range_of_ranks
        self.is_zero = (self.scale == _SCALES.index("log")) & (self.stated_high == 0)
        self.is_zero &= ~(self.stated_low < 0)

    def chosen(self, keep: Bools) -> "_Rows":
        """Some of the rows."""
        some = object.__new__(_Rows)
        some.frame = self.frame.filter(pl.Series(keep))
        for name in (
            "cell", "scale", "stated_low", "stated_high", "low", "high", "house_sd", "noise_sd",
            "shared_sd", "is_closed", "is_zero",
        ):  # fmt: skip
            setattr(some, name, getattr(self, name)[keep])
        return some


def _numbered(scales: pl.Series) -> Ints:
    """Place of each scale in `_SCALES`: a million short texts are slow to compare."""
    return scales.cast(pl.Enum(_SCALES)).to_physical().to_numpy().astype(np.int64)


def _by_scale(scales: Ints) -> list[tuple[Scale, Bools]]:
    chosen = [(name, np.asarray(scales == n, np.bool_)) for n, name in enumerate(_SCALES)]
    return [(name, rows) for name, rows in chosen if rows.any()]


def _alone(rows: _Rows, prob: float) -> pl.DataFrame:
    """Estimates of cells with one statement."""
    level = (rows.low + rows.high) / 2
    variance = rows.house_sd**2 + rows.noise_sd**2 + rows.shared_sd**2
    reach = ndtri(0.5 + prob / 2) * np.sqrt(variance + (rows.high - rows.low) ** 2 / 12)
    numbers = np.stack([level, level - reach, level + reach])
    for scale, chosen in _by_scale(rows.scale):
        numbers[:, chosen] = from_scale(numbers[:, chosen], scale)
    # What is stated exactly comes back exactly, not as the scale's rounding leaves it.
    is_exact = rows.stated_low == rows.stated_high
    numbers[0, is_exact] = rows.stated_low[is_exact]
    at_edge = rows.scale == _SCALES.index("logit")
    numbers = _with_edges(numbers, at_edge, rows.stated_low, rows.stated_high)
    numbers[:, rows.is_zero] = 0.0
    is_point = rows.is_closed | rows.is_zero
    numbers[:, ~is_point] = np.nan
    numbers[1, ~is_point] = rows.stated_low[~is_point]
    numbers[2, ~is_point] = rows.stated_high[~is_point]
    immature = rows.frame.select(is_immature()).to_series()
    return rows.frame.select(
        pl.Series("cell", rows.cell),
        *CELL,
        pl.col("entity_name").alias("name"),
        *(pl.Series(name, numbers[n], nan_to_null=True) for n, name in enumerate(_NUMBERS)),
        pl.Series("status", np.where(is_point, "point", "bound")),
        pl.lit(1, pl.Int64).alias("n_claims"),
        pl.lit(1, pl.Int64).alias("n_sources"),
        pl.concat_list("source").alias("sources"),
        pl.col("value_low").alias("stated_low"),
        pl.col("value_high").alias("stated_high"),
        pl.concat_list("claim_id").alias("claim_ids"),
        _note(immature),
    )


def _note(immature: pl.Series | pl.Expr) -> pl.Expr:
    party = pl.when(pl.col("object") != "").then(pl.lit(OTHER_PARTY) + pl.col("object"))
    when = pl.when(immature).then(pl.lit(IMMATURE))
    return pl.concat_str([party, when], separator="; ", ignore_nulls=True).alias("note")


def _with_edges(numbers: Floats, is_share: Bools, low: Floats, high: Floats) -> Floats:
    """Open an interval to 0 or 100 percent where that was stated; all of it keeps it as value."""
    out = numbers.copy()
    for edge, end in ((0.0, 1), (100.0, 2)):
        reaches = is_share & (low <= 0 if end == 1 else high >= edge)
        out[end, reaches] = edge
        out[0, reaches & (low == high)] = edge
    return out


def _several(rows: _Rows, prob: float) -> pl.DataFrame:
    """Estimates of cells with more than one statement."""
    immature = rows.frame.select(is_immature()).to_series().to_numpy()
    if immature.any():
        # What was said of an unfinished period gives way to what was said after it.
        rows = rows.chosen(~immature | _all_of(rows.cell, immature))
    names = rows.frame.with_columns(pl.Series("cell", rows.cell))
    described = names.group_by("cell", maintain_order=True).agg(
        pl.col(*CELL, "object").first(),
        pl.col("entity_name").min().alias("name"),
        pl.len().cast(pl.Int64).alias("n_claims"),
        pl.col("source").n_unique().cast(pl.Int64).alias("n_sources"),
        pl.col("source").unique().sort().alias("sources"),
        pl.col("claim_id").sort().alias("claim_ids"),
        # The hull of what was said is open where any statement is.
        pl.when(pl.col("value_low").null_count() == 0)
        .then(pl.col("value_low").min())
        .alias("stated_low"),
        pl.when(pl.col("value_high").null_count() == 0)
        .then(pl.col("value_high").max())
        .alias("stated_high"),
        pl.col("scale").first(),
        is_immature().all().alias("immature"),
    )
    solved = _solve(rows, described, prob)
    return described.select(
        "cell",
        *CELL,
        "name",
        *(pl.Series(name, solved[name], nan_to_null=True) for name in _NUMBERS),
        pl.Series("status", solved["status"]),
        "n_claims",
        "n_sources",
        "sources",
        "stated_low",
        "stated_high",
        "claim_ids",
        _note(pl.col("immature")),
    )


def _all_of(cell: Ints, flags: Bools) -> Bools:
    """Whether every row of the row's cell is flagged."""
    n = int(cell.max(initial=0)) + 1
    return np.asarray(np.bincount(cell, ~flags, n)[cell] == 0, np.bool_)


def _solve(rows: _Rows, described: pl.DataFrame, prob: float) -> dict[str, NDArray[np.generic]]:
    _, cell = np.unique(rows.cell, return_inverse=True)
    n_cells = described.height
    once = _said_once(rows, cell)
    closed = rows.is_closed & once
    source = row_codes(rows.frame, ["source"])
    level, sd = pooled_level(
        rows.low[closed],
        rows.high[closed],
        cell[closed],
        n_cells,
        source=source[closed],
        family=row_codes(rows.frame, ["nature"])[closed],
        noise_sd=rows.noise_sd[closed],
        source_sd=rows.house_sd[closed],
        shared_sd=rows.shared_sd[closed],
    )
    reach = ndtri(0.5 + prob / 2) * sd
    numbers = np.stack([level, level - reach, level + reach])
    low_bound, high_bound = _common_ends(rows, cell, n_cells)
    contested = _contested(rows, cell, n_cells, source)
    contested |= np.isnan(level) & (low_bound > high_bound)
    bounded = np.unique(cell[~rows.is_closed & ~rows.is_zero])
    for n in bounded[np.isfinite(level[bounded]) & ~contested[bounded]]:
        bounds = (cell == n) & ~rows.is_closed
        numbers[:, n] = _with_bounds(rows.chosen(bounds), level[n], sd[n], prob)
    scale_of_cell = _numbered(described["scale"])
    for scale, chosen in _by_scale(scale_of_cell):
        numbers[:, chosen] = from_scale(numbers[:, chosen], scale)
    said_low, said_high = (described[c].to_numpy() for c in ("stated_low", "stated_high"))
    numbers = _with_edges(numbers, scale_of_cell == _SCALES.index("logit"), said_low, said_high)
    all_zero = (np.bincount(cell, rows.is_zero, n_cells) > 0) & np.isnan(level)
    numbers[:, all_zero] = 0.0
    is_bound = np.isnan(numbers[0]) & ~contested
    ends = {
        "lower": np.where(contested, said_low, np.where(is_bound, low_bound, numbers[1])),
        "upper": np.where(contested, said_high, np.where(is_bound, high_bound, numbers[2])),
    }
    status = np.where(contested, "contested", np.where(is_bound, "bound", "point"))
    return {"value": np.where(contested, np.nan, numbers[0]), "status": status, **ends}


def _said_once(rows: _Rows, cell: Ints) -> Bools:
    """The first of the statements that one source repeats of one cell; a repeat is no news."""
    frame = rows.frame.select("source", "nature", "value_low", "value_high").with_columns(
        pl.Series("cell", cell)
    )
    return frame.select(pl.struct(pl.all()).is_first_distinct()).to_series().to_numpy()


def _with_bounds(bounds: _Rows, level: float, sd: float, prob: float) -> Floats:
    """Value and ends of a level beside which bounds are stated; of each source its tightest."""
    error = np.hypot(bounds.house_sd, bounds.noise_sd)
    frame = bounds.frame.select("source").with_columns(
        pl.Series("low", bounds.low, nan_to_null=True),
        pl.Series("high", bounds.high, nan_to_null=True),
        pl.Series("error", error),
    )
    tight = frame.group_by("source").agg(
        pl.col("low").max(), pl.col("high").min(), pl.col("error").first()
    )
    low, high = (tight.drop_nulls(name).sort(name, "error") for name in ("low", "high"))
    return posterior_quantiles(
        level,
        sd,
        low["low"].to_numpy(),
        low["error"].to_numpy(),
        high["high"].to_numpy(),
        high["error"].to_numpy(),
        np.array([0.5, 0.5 - prob / 2, 0.5 + prob / 2]),
    )


def _common_ends(rows: _Rows, cell: Ints, n_cells: int) -> tuple[Floats, Floats]:
    """Ends of what all statements of a cell allow: NaN where open in every statement."""
    low, high = np.full(n_cells, np.nan), np.full(n_cells, np.nan)
    np.fmax.at(low, cell, rows.stated_low)
    np.fmin.at(high, cell, rows.stated_high)
    return low, high


def _contested(rows: _Rows, cell: Ints, n_cells: int, source: Ints) -> Bools:
    """Cells with two statements that exclude each other, or a none beside a some.

    The statement with the highest lower end and the one with the lowest upper end exclude each
    other when more lies between them than `CONTRADICTION_SDS` of their difference, which for
    two statements of one source leaves its house effect out.
    """
    has_zero = np.bincount(cell, rows.is_zero, n_cells) > 0
    has_some = np.bincount(cell, rows.stated_low > 0, n_cells) > 0
    highest = _extreme(cell, rows.low, n_cells)
    lowest = _extreme(cell, -rows.high, n_cells)
    both = (highest >= 0) & (lowest >= 0)
    above, below = highest[both], lowest[both]
    house = np.where(source[above] == source[below], 0.0, 1.0)
    variance = rows.noise_sd[above] ** 2 + rows.noise_sd[below] ** 2
    variance += house * (rows.house_sd[above] ** 2 + rows.house_sd[below] ** 2)
    apart = np.zeros(n_cells, np.bool_)
    apart[both] = rows.low[above] - rows.high[below] > CONTRADICTION_SDS * np.sqrt(variance)
    is_log = np.zeros(n_cells, np.bool_)
    is_log[cell] = rows.scale == _SCALES.index("log")
    return apart | (is_log & has_zero & has_some)


def _extreme(cell: Ints, values: Floats, n_cells: int) -> Ints:
    """Row with the largest finite value of each cell, -1 where there is none."""
    rows = np.flatnonzero(np.isfinite(values))
    rows = rows[np.argsort(values[rows], kind="stable")]
    found = np.full(n_cells, -1, np.int64)
    # Of several writes to one cell the last, the largest, stays.
    found[cell[rows]] = rows
    return found


def _empty() -> pl.DataFrame:
    kinds: dict[str, type[pl.DataType] | pl.DataType] = {
        "valid_from": pl.Date,
        "valid_to": pl.Date,
        "as_of": pl.Date,
        "n_claims": pl.Int64,
        "n_sources": pl.Int64,
        "sources": pl.List(pl.String),
        "claim_ids": pl.List(pl.String),
        **dict.fromkeys((*_NUMBERS, "prob", "stated_low", "stated_high"), pl.Float64),
    }
    return pl.DataFrame(schema={name: kinds.get(name, pl.String) for name in _COLUMNS})
