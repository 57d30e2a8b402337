"""From claims to judged observations: the one way in which a market's readers get theirs."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from howdah.core.entity import Identifier
from howdah.estimates import flag_suspects
from howdah.market.charts import chart_levels
from howdah.market.workspace import Workspace
from howdah.sources import SIMULATED


def observations_at(
    ws: Workspace,
    as_of: dt.date,
    *,
    subjects: Sequence[Identifier] | None = None,
    metrics: Sequence[str] | None = None,
    since: dt.date | None = None,
) -> pl.DataFrame:
    """Observations known at a date, with ``suspect``, and the levels that charts give.

    Parameters
    ----------
    subjects, metrics, since
        As of `Workspace.observations`.
    """
    stated = ws.observations(as_of, subjects=subjects, metrics=metrics, since=since)
    charted = chart_levels(ws, as_of)
    if metrics is not None:
        charted = charted.filter(pl.col("metric").is_in(list(metrics)))
    if since is not None:
        charted = charted.filter(pl.col("valid_to") >= since)
    if subjects is not None:
        named = pl.DataFrame(
            [(i.scheme, i.value) for i in subjects],
            schema={"scheme": pl.String, "subject": pl.String},
            orient="row",
        )
        charted = charted.join(named.unique(), on=["scheme", "subject"], how="semi")
    return judged(stated, charted)


def without_simulated(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of claims about what is real: nothing is learnt or found from the others."""
    return rows.filter(pl.col("scheme") != SIMULATED)


def judged(stated: pl.DataFrame, charted: pl.DataFrame) -> pl.DataFrame:
    """Observations of claims, with ``suspect``, and those of charts.

    What a chart says strays by its own stated error, so it is for fusion to judge.
    """
    flagged = flag_suspects(stated)
    absent = [
        pl.lit("" if kind == pl.String else None, kind).alias(name)
        for name, kind in flagged.schema.items()
        if name not in charted.columns and (kind == pl.String or name == "stderr")
    ]
    return pl.concat([flagged, charted.with_columns(absent).select(flagged.columns)])
