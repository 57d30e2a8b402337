"""Young figures brought forward: what a source's figures of an age usually end at.

A revision curve (`estimates.revisions`) is learnt from all prints of a metric, for each voice: a
source with its nature. A figure of an age at which its source's figures still move enters the fit
as its expected final value, with the variance of what is left to move; where no history tells,
nothing is changed.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np
import polars as pl

from howdah.estimates.assembly import natures_of, source_name, voice_of
from howdah.estimates.observations import is_exact
from howdah.estimates.reprints import PRINT_KEYS, as_prints
from howdah.estimates.revisions import RevisionCurve, learn_revisions, nowcast
from howdah.estimates.statements import Statements

#: Outlook of a figure of an age of which its source's history says nothing.
CANNOT_TELL = "cannot tell"

#: Outlook of a figure of an age at which moves have no lasting direction.
EITHER_WAY = "still move, either way"

#: Columns of `revision_rows`.
REVISION_COLUMNS = (
    "source",
    "metric",
    "nature",
    "scale",
    "age_from",
    "age_to",
    "n",
    "bias",
    "bias_lower",
    "bias_upper",
    "spread",
    "final_after_days",
)

#: Moves below this share are not told from none in two decimals.
_SHOWN = 0.005


class BroughtForward(NamedTuple):
    """Statements with young figures where they usually end.

    Attributes
    ----------
    statements
        In the same order.
    outlook
        (n,) what is said of each figure: "usually end x1.08", `EITHER_WAY`, `CANNOT_TELL`; null
        where it is final or nothing was learnt of its source.
    """

    statements: Statements
    outlook: pl.Series


def learn_curves(
    prints: pl.DataFrame, *, flows: Collection[str], prob: float
) -> dict[str, RevisionCurve]:
    """Revision curve of each metric, of the voices whose figures are known to move at some age.

    Parameters
    ----------
    prints
        Observations of every revision; those of figures that nobody printed again teach nothing.
    flows
        Metrics that add up over their period.
    prob
        Mass of the intervals of the curves.
    """
    found = {}
    for part in as_prints(prints).partition_by("metric"):
        metric = part["metric"][0]
        own = [metric] if metric in flows else []
        curve = learn_revisions(part, keys=PRINT_KEYS, flows=own, prob=prob)
        told = {
            key: of_voice
            for key, of_voice in curve.curves.items()
            if any(age.is_known for age in of_voice.classes)
        }
        if told:
            found[metric] = RevisionCurve(prob, curve.flows, told, curve.set_aside)
    return dict(sorted(found.items()))


def bring_forward(statements: Statements, curves: Iterable[RevisionCurve]) -> BroughtForward:
    """Statements with young figures where they usually end, and what is to be said of them.

    Only dated exact figures are moved. What an anchor states is truth and stays.
    """
    n = len(statements.cell)
    shift, own_var = np.zeros((2, n))
    outlook = np.full(n, None, object)
    for curve in curves:
        young = _young(statements, curve)
        if not young.height:
            continue
        told = nowcast(young, curve, keys=("row",), prob=curve.prob)
        moved = told.filter(pl.col("status") == "nowcast")
        shift[moved["row"].to_numpy()] = moved["shift"].to_numpy()
        own_var[moved["row"].to_numpy()] = moved["sd"].to_numpy() ** 2
        outlook[told["row"].to_numpy()] = _outlooks(told)
    said = pl.Series("outlook", outlook.tolist(), pl.String)
    if own_var.any():
        statements = statements.brought_forward(shift, own_var)
    return BroughtForward(statements, said)


def _young(statements: Statements, curve: RevisionCurve) -> pl.DataFrame:
    """Figures of the curve's voices that are younger than final, as prints with their ``row``."""
    after = pl.DataFrame(
        [(key[0], key[1], one.scale, one.settling.after_days) for key, one in curve.curves.items()],
        schema={"source": pl.String, "metric": pl.String, "scale": pl.String, "after": pl.Int64},
        orient="row",
    )
    age = (pl.col("published_at").dt.date() - pl.col("valid_to")).dt.total_days()
    return (
        statements.frame.lazy()
        .with_row_index("row")
        .filter(pl.col("metric").is_in(after["metric"].unique().implode()) & is_exact())
        .filter(~pl.col("anchor") & pl.col("published_at").is_not_null())
        .select(
            "row",
            voice_of().alias("source"),
            "metric",
            "scale",
            "valid_from",
            "valid_to",
            "published_at",
            pl.col("value_low").alias("value"),
        )
        .join(after.lazy(), on=["source", "metric", "scale"])
        .filter(age < pl.col("after"))
        .drop("after")
        .collect()
    )


def _outlooks(told: pl.DataFrame) -> list[str]:
    """What is said of each figure: a factor where logs add up, else a difference in its units."""
    found = []
    columns = ("status", "scale", "value", "nowcast", "factor")
    for status, scale, value, end, factor in told.select(columns).iter_rows():
        if status == "cannot tell":
            found.append(CANNOT_TELL)
        elif scale == "log":
            is_still = abs(factor - 1) < _SHOWN
            found.append(EITHER_WAY if is_still else f"usually end x{factor:.2f}")
        else:
            found.append(EITHER_WAY if end == value else f"usually end {end - value:+.3g}")
    return found


def revision_rows(curves: Iterable[RevisionCurve]) -> pl.DataFrame:
    """How far figures still move, a row a source, metric, nature and class of age.

    Returns
    -------
    DataFrame
        `REVISION_COLUMNS`, ordered; ages in days after the end of the period. ``bias`` is what
        figures of that age end at: as on a report card a factor on the log scale (1.08: they end
        8 % higher), else a difference on the additive scale; of running counts beyond the share
        of the period that is still to come. ``spread`` is the standard deviation around it on
        the additive scale, ``n`` the periods of series behind it. Ages of which nothing is known
        have no row.
    """
    frames = [curve.frame for curve in curves]
    if not frames:
        return pl.DataFrame(schema=_REVISION_SCHEMA)
    frame = pl.concat(frames).filter(pl.col("bias").is_not_null())
    voices = tuple(frame["source"])
    ends = [
        pl.when(pl.col("scale") == "log").then(pl.col(name).exp()).otherwise(name).alias(name)
        for name in ("bias", "bias_lower", "bias_upper")
    ]
    return (
        frame.with_columns(
            pl.Series("source", [source_name(voice) for voice in voices], pl.String),
            pl.Series("nature", natures_of(voices), pl.String),
            *ends,
        )
        .rename({"age_days_from": "age_from", "age_days_to": "age_to"})
        .select(REVISION_COLUMNS)
        .sort("source", "metric", "nature", "age_from")
    )


_REVISION_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("source", "metric", "nature", "scale"), pl.String),
    **dict.fromkeys(("age_from", "age_to", "n"), pl.Int64),
    **dict.fromkeys(("bias", "bias_lower", "bias_upper", "spread"), pl.Float64),
    "final_after_days": pl.Int64,
}
