"""Observations as statements of cells: what each says on its scale, and where they exclude others.

A cell is one period of one quantity. A statement is a number, a range, a bound, none of what can
only be counted (zero), or a rank; the last two have no errors that add up, so they are not fused
but kept as stated.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.metrics import Scale
from howdah.estimates.codes import row_codes
from howdah.estimates.observations import QUANTITY
from howdah.estimates.scales import ends_on_scale, from_scale

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SCALES: tuple[Scale, ...] = ("log", "logit", "linear", "rank")

#: Standard deviations between two statements beyond which they exclude each other.
CONTRADICTION_SDS = 3.0

#: Columns of observations that statements are made of.
STATEMENT_INPUT = (
    *QUANTITY,
    "entity_name",
    "claim_id",
    "source",
    "nature",
    "scale",
    "anchor",
    "value_low",
    "value_high",
    "published_at",
    "recorded_at",
    "own_var",
    "verdict",
    "cited",
)


class Statements:
    """Observations in order of their cells.

    Parameters
    ----------
    rows
        Columns of `STATEMENT_INPUT`.

    Attributes
    ----------
    frame
        The rows, in order of their cells.
    cell
        (n,) number of each row's cell, from 0.
    low, high
        (n,) ends on the additive scale, NaN where open.
    is_closed
        (n,) whether a row states a number or a closed range: it has a middle.
    is_zero
        (n,) whether it states none of what can only be counted.
    is_rank
        (n,) whether it is a position in a list.
    shift, own_var
        (n,) what `brought_forward` has added to both ends; the variance that a row states of
        itself, with what came with that.
    """

    def __init__(self, rows: pl.DataFrame) -> None:
        codes = row_codes(rows, QUANTITY)
        order = np.argsort(codes, kind="stable")
        codes = codes[order]
        frame = rows[order]
        is_new = np.ones(len(codes), np.bool_)
        is_new[1:] = codes[1:] != codes[:-1]
        own_var = frame["own_var"].to_numpy().astype(np.float64)
        self._set(frame, np.cumsum(is_new) - 1, np.zeros(len(codes)), own_var)

    def _set(self, frame: pl.DataFrame, cell: Ints, shift: Floats, own_var: Floats) -> None:
        self.frame = frame
        self.cell = cell
        self.shift = shift
        self.own_var = own_var
        self.n_cells = int(cell[-1]) + 1 if len(cell) else 0
        self.scale = scale_numbers(frame["scale"])
        self.stated_low = frame["value_low"].to_numpy()
        self.stated_high = frame["value_high"].to_numpy()
        self.low, self.high = np.full((2, len(cell)), np.nan)
        for name, chosen in by_scale(self.scale):
            self.low[chosen], self.high[chosen] = ends_on_scale(
                self.stated_low[chosen], self.stated_high[chosen], name
            )
        self.low, self.high = self.low + shift, self.high + shift
        self.is_rank = self.scale == SCALES.index("rank")
        self.is_closed = np.isfinite(self.low) & np.isfinite(self.high)
        # A rank between 1 and 3 is not the rank 2.
        self.is_closed &= ~self.is_rank | (self.low == self.high)
        self.is_zero = (self.scale == SCALES.index("log")) & (self.stated_high == 0)
        self.is_zero &= ~(self.stated_low < 0)

    def chosen(self, keep: Bools) -> "Statements":
        """Some of the rows, their cells numbered anew."""
        some = object.__new__(Statements)
        cell = self.cell[keep]
        is_new = np.ones(len(cell), np.bool_)
        is_new[1:] = cell[1:] != cell[:-1]
        frame = self.frame.filter(pl.Series(keep))
        some._set(frame, np.cumsum(is_new) - 1, self.shift[keep], self.own_var[keep])
        return some

    def brought_forward(self, shift: Floats, own_var: Floats) -> "Statements":
        """The same, with young figures where restatements usually end; what was said stays.

        Parameters
        ----------
        shift, own_var
            (n,) move and variance on the additive scale; 0 for what stays.
        """
        moved = object.__new__(Statements)
        moved._set(self.frame, self.cell, shift, self.own_var + own_var)
        return moved

    def meant_ends(self, rows: Ints, scale: Scale) -> tuple[Floats, Floats]:
        """Ends of some rows in their units: as stated, or as brought forward."""
        is_moved = self.shift[rows] != 0
        low, high = (
            np.where(is_moved, from_scale(end[rows], scale), stated[rows])
            for end, stated in ((self.low, self.stated_low), (self.high, self.stated_high))
        )
        return low, high

    def all_of_cell(self, flags: Bools) -> Bools:
        """(n,) whether every row of the row's cell is flagged."""
        unlike = np.bincount(self.cell, ~flags, self.n_cells)
        return np.asarray(unlike[self.cell] == 0, np.bool_)

    def any_of_cell(self, flags: Bools) -> Bools:
        """(n_cells,) whether any row of a cell is flagged."""
        return np.asarray(np.bincount(self.cell, flags, self.n_cells) > 0, np.bool_)

    def said_once(self) -> Bools:
        """(n,) the first of the statements that one source repeats of one cell.

        Of several bounds that a source gives of one side, the tightest. What texts tell of a
        source counts where it says nothing itself: see `is_echo`.
        """
        voice = self.frame.select("source", "nature").with_columns(pl.Series("cell", self.cell))
        frame = voice.with_columns(self.frame["value_low"], self.frame["value_high"])
        once: Bools = frame.select(pl.struct(pl.all()).is_first_distinct()).to_series().to_numpy()
        once = once.copy()
        for end in (self.low, -self.high):
            rows = np.flatnonzero(once & ~self.is_closed & np.isfinite(end))
            bounds = voice[rows].with_columns(pl.Series("end", end[rows]))
            best = pl.col("end").max().over("cell", "source", "nature")
            once[rows] = bounds.select(pl.col("end") == best).to_series().to_numpy()
        return once & ~self.is_echo()

    def is_echo(self) -> Bools:
        """(n,) what a text tells of a source that speaks of the same cell itself.

        It is the same word again, rounded otherwise or misquoted: neither evidence nor dispute.
        """
        cited = self.frame["cited"].to_numpy()
        if not cited.any():
            return np.zeros(len(self.cell), np.bool_)
        codes = row_codes(self.frame.with_columns(pl.Series("cell", self.cell)), ["cell", "source"])
        return np.asarray(cited & np.isin(codes, codes[~cited]), np.bool_)

    def common_ends(self) -> tuple[Floats, Floats]:
        """(n_cells,) ends of what all statements of a cell allow, as stated; NaN where open."""
        low, high = np.full((2, self.n_cells), np.nan)
        np.fmax.at(low, self.cell, self.stated_low)
        np.fmin.at(high, self.cell, self.stated_high)
        return low, high

    def hull(self) -> tuple[Floats, Floats]:
        """(n_cells,) hull of what was said, as stated; NaN where any statement is open."""
        low, high = np.full(self.n_cells, np.inf), np.full(self.n_cells, -np.inf)
        # Unlike `fmin`, these keep NaN.
        with np.errstate(invalid="ignore"):
            np.minimum.at(low, self.cell, self.stated_low)
            np.maximum.at(high, self.cell, self.stated_high)
        return low, high

    def find_contested(self, bias: Floats, house_sd: Floats, noise_sd: Floats) -> Bools:
        """(n_cells,) cells with two statements that exclude each other, or a none beside a some.

        The statement with the highest lower end and the one with the lowest upper end exclude
        each other when more lies between them than `CONTRADICTION_SDS` of their difference,
        which for two statements of one source leaves its house effect out. What an anchor
        states is not contested: others are wrong. What texts tell of a source disputes nothing
        that it says itself.

        Parameters
        ----------
        bias
            (n,) what each row's source is known to overstate, on the additive scale.
        house_sd, noise_sd
            (n,) spreads of each row's source, beside that.
        """
        cell, n_cells = self.cell, self.n_cells
        source = row_codes(self.frame, ["source", "nature"])
        is_own = ~self.is_echo()
        has_zero = self.any_of_cell(self.is_zero & is_own)
        has_some = self.any_of_cell((self.stated_low > 0) & is_own)
        low, high = (np.where(is_own, end - bias, np.nan) for end in (self.low, self.high))
        highest = _extreme(cell, low, n_cells)
        lowest = _extreme(cell, -high, n_cells)
        both = (highest >= 0) & (lowest >= 0)
        above, below = highest[both], lowest[both]
        house = np.where(source[above] == source[below], 0.0, 1.0)
        variance = noise_sd[above] ** 2 + noise_sd[below] ** 2
        variance += house * (house_sd[above] ** 2 + house_sd[below] ** 2)
        apart = np.zeros(n_cells, np.bool_)
        between = low[above] - high[below]
        apart[both] = between > CONTRADICTION_SDS * np.sqrt(variance)
        is_log = self.any_of_cell(self.scale == SCALES.index("log"))
        contested = apart | (is_log & has_zero & has_some)
        low_end, high_end = self.common_ends()
        contested |= ~self.any_of_cell(self.is_closed | self.is_zero) & (low_end > high_end)
        return np.asarray(contested & ~self.is_known(), np.bool_)

    def is_known(self) -> Bools:
        """(n_cells,) whether an anchor states the number."""
        exact = self.stated_low == self.stated_high
        return self.any_of_cell(self.frame["anchor"].to_numpy() & self.is_closed & exact)


def scale_numbers(scales: pl.Series) -> Ints:
    """Place of each scale in `SCALES`: a million short texts are slow to compare."""
    return scales.cast(pl.Enum(SCALES)).to_physical().to_numpy().astype(np.int64)


def by_scale(scales: Ints) -> list[tuple[Scale, Bools]]:
    """Each scale that occurs, and the rows that have it."""
    chosen = [(name, np.asarray(scales == n, np.bool_)) for n, name in enumerate(SCALES)]
    return [(name, rows) for name, rows in chosen if rows.any()]


def _extreme(cell: Ints, values: Floats, n_cells: int) -> Ints:
    """Row with the largest finite value of each cell, -1 where there is none."""
    rows = np.flatnonzero(np.isfinite(values))
    rows = rows[np.argsort(values[rows], kind="stable")]
    found = np.full(n_cells, -1, np.int64)
    # Of several writes to one cell the last, the largest, stays.
    found[cell[rows]] = rows
    return found
