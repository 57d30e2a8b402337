"""The table of breakouts: one row a candidate, best first."""

import numpy as np
import polars as pl

from howdah.signals.breakouts.outlook import Outlook, Question
from howdah.signals.breakouts.reasons import tell_caveats, tell_reasons

#: Columns of the table.
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "entity": pl.String,
    "probability": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "rank": pl.Int64,
    "level": pl.Float64,
    "level_relative": pl.Float64,
    "lead_estimate_months": pl.Float64,
    "reasons": pl.String,
    "caveats": pl.String,
}


def breakout_table(outlook: Outlook, question: Question, *, top: int | None = None) -> pl.DataFrame:
    """The candidates, best first.

    Parameters
    ----------
    top
        As many rows at most.

    Returns
    -------
    DataFrame
        Of `SCHEMA`. ``rank``, ``level`` (as listed) and ``level_relative`` (to the market index)
        are those of the last month, null of an entity that is not in the list.
    """
    panel = outlook.panel
    chosen = outlook.order[: len(outlook.rows) if top is None else top]
    rows = outlook.rows[chosen]
    none = np.full(len(rows), np.nan)
    rank = panel.rank[rows, panel.last] if panel.ends else np.zeros(len(rows), np.int32)
    relative = np.exp(panel.level[rows, panel.last].astype(np.float64)) if panel.ends else none
    is_listed = rank > 0
    table = pl.DataFrame(
        {
            "entity": panel.entities.gather(rows).cast(pl.String),
            "probability": outlook.forecast.probability[chosen],
            "lower": outlook.forecast.lower[chosen],
            "upper": outlook.forecast.upper[chosen],
            "rank": pl.Series(rank.astype(np.int64)).set(pl.Series(~is_listed), None),
            "level": np.where(is_listed, panel.value[rows], np.nan),
            "level_relative": np.where(is_listed, relative, np.nan),
            "lead_estimate_months": outlook.lead[chosen],
            "reasons": tell_reasons(outlook, chosen, question.target),
            "caveats": tell_caveats(outlook, chosen, question.target),
        },
        schema=SCHEMA,
    )
    floats = pl.col(
        "probability", "lower", "upper", "level", "level_relative", "lead_estimate_months"
    )
    return table.with_columns(floats.fill_nan(None))
