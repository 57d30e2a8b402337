"""Statements of one metric as a panel for the fusion kernel, and the way back to their cells."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.metrics import Scale
from howdah.estimates.codes import distinct_pairs, row_codes
from howdah.estimates.fusion import Coding, Names, Numbered
from howdah.estimates.fusion.coding import Coded, code_claims
from howdah.estimates.natures import SPREADS
from howdah.estimates.observations import SERIES
from howdah.estimates.scales import SHARE_ROUNDING
from howdah.estimates.statements import Statements

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Verdicts = NDArray[np.int8]

#: Fewest periods with figures from which a series is followed from one to the next: with fewer
#: nothing says how large its usual steps are, so each period stands by itself.
LEAST_FOLLOWED = 8

#: Pace of a series that is not followed: what was does not bear on what is.
_NO_MEMORY = 1e8

#: A rating's zero is arbitrary, so what a panel's house effect is on it is a share of its level:
#: the intervals that rating boards print are about 5 points in 1,000. A growth in percent has the
#: spread of its nature.
LINEAR_SHARE = 0.005

#: Precisions of periods that are all of about one length.
_CALENDAR = ("day", "week", "month", "quarter", "half", "year")

#: Between nature and source in the name of a voice: natures sort first, and so stand together.
_BETWEEN = "\x1f"


class Assembly(NamedTuple):
    """The panel of a metric.

    Attributes
    ----------
    numbered
        Claims and truth with numbers, as fusion takes them.
    names
        What the numbers stand for.
    pace, unit
        (n_series,) pace as of `kernels.Panel`; unit of the additive scale.
    rows
        (n,) statements that take part.
    series, day
        (n,) number of the series, and last day, of each of them.
    claims
        (n_claims,) the one of `rows` that each claim of `numbered` is; the others are truth.
    """

    numbered: Numbered
    names: Names
    pace: Floats
    unit: Floats
    rows: Ints
    series: Ints
    day: Ints
    claims: Ints

    def code(self, coding: Coding) -> Coded:
        """The panel in the kernel's order."""
        coded = code_claims(self.numbered, coding)
        return coded._replace(panel=coded.panel._replace(pace=self.pace))

    def verdicts(self, coded: Coded) -> Verdicts | None:
        """What a reviewer said of each claim of a panel; None where nobody said anything."""
        if not (self.numbered.claims["verdict"] != 0).any():
            return None
        return self._of_claims("verdict", coded).astype(np.int8)

    def _of_claims(self, column: str, coded: Coded) -> Floats:
        """A number of each claim in the kernel's order; 0 for truth."""
        numbers = self.numbered.claims[column].cast(pl.Float64).to_numpy()
        found = np.zeros(len(coded.row))
        is_claim = coded.row >= 0
        found[is_claim] = numbers[coded.row[is_claim]]
        return found


def voice_of() -> pl.Expr:
    """A source with its nature: the same name may stand for a counter and for a statement."""
    return pl.concat_str("nature", pl.lit(_BETWEEN), "source")


def voice_name(nature: str, source: str) -> str:
    """Name of the voice of a source."""
    return f"{nature}{_BETWEEN}{source}"


def source_name(voice: str) -> str:
    """Name of the source of a voice.

    Examples
    --------
    >>> source_name(voice_name("panel", "A"))
    'A'
    """
    return voice.partition(_BETWEEN)[2]


def natures_of(voices: tuple[str, ...]) -> tuple[str, ...]:
    r"""Nature of each voice.

    Examples
    --------
    >>> natures_of(("panel\x1fA",))
    ('panel',)
    """
    return tuple(voice.partition(_BETWEEN)[0] for voice in voices)


def period_length() -> pl.Expr:
    """What periods of one series have in common: their kind, or their number of days."""
    days = (pl.col("valid_to") - pl.col("valid_from")).dt.total_days()
    return (
        pl.when(pl.col("precision").is_in(_CALENDAR))
        .then("precision")
        .otherwise(pl.concat_str(pl.lit("days:"), days.cast(pl.String)))
        .alias("length")
    )


def series_codes(frame: pl.DataFrame) -> Ints:
    """(n,) number of the series of each row; periods of different length are different series."""
    keyed = frame.select(*SERIES, "object", period_length())
    return row_codes(keyed, keyed.columns)


def assemble(
    statements: Statements,
    rows: Ints,
    scale: Scale,
    segments: Mapping[str, str],
    names: Names | None = None,
    days: Ints | None = None,
) -> Assembly:
    """Panel of the statements of one metric.

    Parameters
    ----------
    rows
        (n,) statements that take part: of one metric, not contested, with an end on the scale.
    segments
        Segment of each entity that is in one.
    names
        Voices and segments that have numbers already; all that occur must be among them.
    days
        Days that levels are followed through, beside those of `names` and of the rows.

    Notes
    -----
    A step of a level is weighed between two of these days. A series is the same, whatever is fused
    beside it, where they are the same.
    """
    frame = statements.frame[rows]
    codes = series_codes(frame)
    day = frame["valid_to"].to_physical().to_numpy().astype(np.int64)
    bears = _bears(statements, rows, codes, day)
    if not bears.all():
        rows, codes, day, frame = rows[bears], codes[bears], day[bears], frame.filter(bears)
    numbers, series = np.unique(codes, return_inverse=True)
    voice = frame.select(voice_of()).to_series()
    segment = frame["entity"].replace_strict(segments, default="", return_dtype=pl.String)
    known = names or Names(tuple(voice.unique().sort()), tuple(segment.unique().sort()), day)
    every_day = [day, known.days] if days is None else [day, known.days, days]
    names = known._replace(days=np.unique(np.concatenate(every_day)))
    of_row = units_of(statements, rows, scale)
    unit = np.ones(len(numbers))
    unit[series] = of_row
    low, high = statements.meant_ends(rows, scale)
    is_exact = low == high
    if scale == "logit":
        low, high = (
            np.where(is_exact, np.clip(x, SHARE_ROUNDING, 100 - SHARE_ROUNDING), x)
            for x in (low, high)
        )
    is_closed = statements.is_closed[rows]
    is_truth = frame["anchor"].to_numpy() & is_exact & is_closed
    every = pl.DataFrame(
        {
            "series": series,
            "source": voice.cast(pl.Enum(names.sources)).to_physical(),
            "segment": segment.cast(pl.Enum(names.segments)).to_physical(),
            "period": frame["valid_to"],
            "value_low": pl.Series(low / of_row, nan_to_null=True),
            "value_high": pl.Series(high / of_row, nan_to_null=True),
            "own_var": statements.own_var[rows] / of_row**2,
            "verdict": frame["verdict"],
        }
    ).with_columns(
        value=pl.lit(None, pl.Float64),
        listed=pl.lit(None, pl.Boolean),
        cutoff=pl.lit(None, pl.Float64),
    )
    truth = (
        every.filter(pl.Series(is_truth))
        .group_by("series", "period")
        .agg(pl.col("value_low").mean().alias("value"))
        .sort("series", "period")
    )
    n_days = _count_days(series, day, is_closed)
    return Assembly(
        Numbered(every.filter(pl.Series(~is_truth)), truth, pl.Series(numbers)),
        names,
        np.where(n_days >= LEAST_FOLLOWED, 1.0, _NO_MEMORY),
        unit,
        rows,
        series,
        day,
        np.flatnonzero(~is_truth),
    )


def _bears(statements: Statements, rows: Ints, codes: Ints, day: Ints) -> NDArray[np.bool_]:
    """Which of some statements bear on a level.

    Beside no number, a bound does so only in a series that is followed.
    """
    has_number = statements.any_of_cell(statements.is_closed)[statements.cell[rows]]
    if has_number.all():
        return has_number
    series = np.unique(codes, return_inverse=True)[1]
    n_days = _count_days(series, day, statements.is_closed[rows])
    return has_number | (n_days >= LEAST_FOLLOWED)[series]


def _count_days(series: Ints, day: Ints, is_closed: NDArray[np.bool_]) -> Ints:
    """(n_series,) days with numbers of each series."""
    n_series = int(series.max(initial=-1)) + 1
    known = distinct_pairs(series[is_closed], day[is_closed])[0]
    return np.bincount(known, minlength=n_series)


def units_of(statements: Statements, rows: Ints, scale: Scale) -> Floats:
    """(n,) unit of the scale of some rows: on the linear scale a share of their series' level."""
    if scale != "linear":
        return np.ones(len(rows))
    frame = statements.frame[rows]
    size = np.abs(np.fmax(statements.stated_low[rows], statements.stated_high[rows]))
    share = LINEAR_SHARE / SPREADS["panel"].house
    size *= np.where((frame["unit"] == "percent").to_numpy(), 1.0, share)
    unit = (
        pl.DataFrame({"series": series_codes(frame), "size": size})
        .select(pl.col("size").median().over("series"))
        .to_series()
        .to_numpy()
    )
    return np.where(unit > 0, unit, 1.0)
