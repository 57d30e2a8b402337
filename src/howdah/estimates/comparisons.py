"""Each figure beside what else is known of its cell: truth if there is some, else the others."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.metrics import Scale
from howdah.estimates.assembly import series_codes
from howdah.estimates.codes import is_shared, row_codes
from howdah.estimates.fusion import SIZES
from howdah.estimates.observations import QUANTITY, is_exact
from howdah.estimates.scales import to_scale

Floats = NDArray[np.float64]

#: Fewest entities of a metric for classes of size to mean anything.
_LEAST_ENTITIES = 30

_SCALES: tuple[Scale, ...] = ("log", "logit", "linear")


def with_groups(observations: pl.DataFrame, segments: Mapping[str, str]) -> pl.DataFrame:
    """Observations with their ``segment`` and class of ``size``: a third of a metric's entities.

    Metrics of few entities have no classes of size.
    """
    middle = (
        observations.lazy()
        .group_by("metric", "entity")
        .agg(pl.col("value_low").median().alias("middle"))
        # Of those of one size, which is in which class must not differ from run to run.
        .sort("metric", "entity")
        .with_columns(pl.len().over("metric").alias("n"), _third().over("metric").alias("third"))
        .with_columns(
            pl.when(pl.col("n") >= _LEAST_ENTITIES)
            .then(pl.col("third").replace_strict(dict(enumerate(SIZES)), default=""))
            .otherwise(pl.lit(""))
            .alias("size")
        )
        .select("metric", "entity", "size")
        .collect()
    )
    return observations.join(
        middle, on=["metric", "entity"], how="left", maintain_order="left"
    ).with_columns(
        pl.col("entity")
        .replace_strict(segments, default="", return_dtype=pl.String)
        .alias("segment")
    )


def _third() -> pl.Expr:
    rank = pl.col("middle").rank("ordinal").fill_null(1) - 1
    return (rank * len(SIZES) // pl.len()).cast(pl.Int64)


def compare_sources(observations: pl.DataFrame) -> pl.DataFrame:
    """Distance of each exact figure from truth, or from the others' median, on its scale.

    Parameters
    ----------
    observations
        From `with_groups`, with ``suspect``.

    Returns
    -------
    DataFrame
        ``metric, source, nature, segment, size, series`` (number), ``against`` (truth or others),
        ``distance``: a row a figure that has something to be compared with. Anchors are compared
        with nothing.
    """
    exact = observations.filter(
        is_exact() & ~pl.col("suspect") & pl.col("scale").is_in(_SCALES)
    ).select(*QUANTITY, "source", "nature", "scale", "anchor", "segment", "size", "value_low")
    cell = row_codes(exact, QUANTITY)
    shared = is_shared(cell, row_codes(exact, ["source", "nature"]))
    exact = exact.filter(pl.Series(shared))
    exact = exact.with_columns(
        pl.Series("cell", cell[shared]),
        pl.Series("series", series_codes(exact)),
        pl.Series("level", _levels(exact), nan_to_null=True),
    ).drop_nulls("level")
    truth = exact.filter("anchor").group_by("cell").agg(pl.col("level").mean().alias("truth"))
    own = (
        exact.filter(~pl.col("anchor"))
        .group_by("cell", "source", "nature")
        .agg(pl.col("level").median(), pl.col("metric", "segment", "size", "series").first())
    )
    others = (
        own.join(own.select("cell", "source", "nature", "level"), on="cell", suffix="_other")
        .filter(
            (pl.col("source") != pl.col("source_other"))
            | (pl.col("nature") != pl.col("nature_other"))
        )
        .group_by("cell", "source", "nature")
        .agg(pl.col("level_other").median().alias("others"))
    )
    return (
        own.join(truth, on="cell", how="left")
        .join(others, on=["cell", "source", "nature"], how="left")
        .with_columns(
            (pl.col("level") - pl.coalesce("truth", "others")).alias("distance"),
            pl.when(pl.col("truth").is_null())
            .then(pl.lit("others"))
            .otherwise(pl.lit("truth"))
            .alias("against"),
        )
        .drop_nulls("distance")
        .select("metric", "source", "nature", "segment", "size", "series", "against", "distance")
        .sort(pl.all())
    )


def _levels(rows: pl.DataFrame) -> Floats:
    level = np.full(rows.height, np.nan)
    values = rows["value_low"].to_numpy()
    for scale in _SCALES:
        chosen = (rows["scale"] == scale).to_numpy()
        level[chosen] = to_scale(values[chosen], scale)
    return level
