"""Claims to observations: whose claim is about which entity, series and period.

An observation is a claim that counts as something that happened (asserted or reported, not a
rumour or a leak), of a metric that carries a number, with its subject resolved to an entity and
its period made whole: a claim "as of publication" speaks of the day it was published.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

import polars as pl
import pyarrow as pa

from howdah.core.metrics import MetricRegistry
from howdah.core.wording import ACHIEVED

#: What makes one series: never mixed across any of these.
SERIES = ("entity", "metric", "definition", "unit", "currency")
#: One period of one series.
CELL = (*SERIES, "valid_from", "valid_to", "precision")

#: What one estimate is of. Two rounds with two investors, or two comparisons with two rivals, are
#: two quantities, so the other party keeps claims of one cell apart.
QUANTITY = (*CELL, "object")

#: Columns of claims that estimation reads.
CLAIM_INPUT = (
    "claim_id",
    "feed",
    "source",
    "source_type",
    "scheme",
    "subject",
    "metric",
    "definition",
    "unit",
    "currency",
    "valid_from",
    "valid_to",
    "precision",
    "value",
    "value_low",
    "value_high",
    "stderr",
    "modality",
    "object",
    "sensitivity",
    "published_at",
    "recorded_at",
)


#: Columns of a claim that may say that it is trusted truth.
AnchorColumn = Literal["source", "source_type", "publication", "metric", "definition"]


@dataclass(frozen=True, slots=True)
class FeedTraits:
    """What estimation must know of a feed.

    Attributes
    ----------
    nature
        counter, panel, list, statement or catalogue.
    anchor
        Whether its claims are trusted truth: all of them, or those with one of some values in
        each of some columns.
    cited
        Of a feed of texts: sources whose own figures other feeds bring, each with the nature of
        what a text tells of it.
    """

    nature: str
    anchor: bool | Mapping[AnchorColumn, Sequence[str]]
    cited: Mapping[str, str] = field(default_factory=dict)

    def is_anchor(self) -> pl.Expr:
        """Whether a claim of the feed is trusted truth."""
        if isinstance(self.anchor, bool):
            return pl.lit(self.anchor)
        return pl.all_horizontal(
            pl.col(column).is_in(list(values)) for column, values in self.anchor.items()
        )

    def is_cited(self) -> pl.Expr:
        """Whether a claim of the feed is what a text tells of a source that speaks itself."""
        return pl.col("source").is_in(list(self.cited))


def is_immature() -> pl.Expr:
    """Whether a claim was published, or learnt, before the period it speaks of was over."""
    return (pl.col("valid_to") > stated_on()).fill_null(value=False)


def stated_on() -> pl.Expr:
    """The day on which a claim was published; when that is unknown, on which it was learnt."""
    return pl.coalesce("published_at", "recorded_at").dt.date()


def is_exact() -> pl.Expr:
    """Whether a claim states one number, not a range or a bound."""
    return (pl.col("value_low") == pl.col("value_high")).fill_null(value=False)


def with_entities(claims: pa.RecordBatchReader, mapping: pa.Table) -> Iterator[pl.DataFrame]:
    """Claims with ``entity`` and ``entity_name``, from the resolver's mapping, batch by batch.

    A subject that nobody has resolved is an entity of its own, ``scheme:subject``. The first
    frame is empty, so that there always is one.
    """
    names = pl.DataFrame(mapping)
    empty = pl.DataFrame(claims.schema.empty_table())
    for frame in chain([empty], (pl.DataFrame(batch) for batch in claims)):
        yield frame.join(names, on=["scheme", "subject"], how="left").with_columns(
            pl.coalesce("entity", pl.concat_str("scheme", pl.lit(":"), "subject")).alias("entity"),
            pl.coalesce("entity_name", "subject").alias("entity_name"),
        )


def observe(
    claims: pl.DataFrame, metrics: MetricRegistry, feeds: Mapping[str, FeedTraits]
) -> pl.DataFrame:
    """Observations among claims that already have their entities.

    Returns
    -------
    DataFrame
        The claims' columns, plus ``scale``, ``nature`` (of the source: counter, panel, list,
        statement or catalogue), ``anchor``, ``own_var``, the variance on the additive scale that
        a claim states of itself (0 where it states none), ``verdict``, what a reviewer said
        of it (0: nothing), and ``cited``: a text tells it of a source whose own figures another
        feed brings, so that it is no second source beside these.
    """
    scales = {m.id: m.scale for m in metrics.metrics.values() if m.scale != "none"}
    natures = {feed: traits.nature for feed, traits in feeds.items()}
    anchors = [
        (pl.col("feed") == feed) & traits.is_anchor()
        for feed, traits in feeds.items()
        if traits.anchor
    ]
    cited = [
        ((pl.col("feed") == feed) & traits.is_cited(), traits.cited)
        for feed, traits in feeds.items()
        if traits.cited
    ]
    # What is stated without a period speaks of the day on which it was stated.
    stated = stated_on()
    return (
        claims.lazy()
        .filter(
            pl.col("modality").is_in(ACHIEVED)
            & ~pl.col("sensitivity").is_in(["rumour", "leak"])
            & pl.col("metric").is_in(list(scales))
            & (pl.col("value_low").is_not_null() | pl.col("value_high").is_not_null())
        )
        .with_columns(
            pl.col("metric").replace_strict(scales, return_dtype=pl.String).alias("scale"),
            pl.col("feed")
            .replace_strict(natures, default="statement", return_dtype=pl.String)
            .alias("nature"),
            pl.any_horizontal(pl.lit(value=False), *anchors).alias("anchor"),
            pl.coalesce("valid_from", "valid_to", stated).alias("valid_from"),
            pl.coalesce("valid_to", stated, "valid_from").alias("valid_to"),
        )
        .with_columns(
            # In a feed of statements, what a data provider says is its panel's figure.
            pl.when((pl.col("nature") == "statement") & (pl.col("source_type") == "data_provider"))
            .then(pl.lit("panel"))
            .otherwise("nature")
            .alias("nature"),
            pl.any_horizontal(pl.lit(value=False), *(found for found, _ in cited)).alias("cited"),
            _own_var().alias("own_var"),
            pl.lit(0, pl.Int8).alias("verdict"),
        )
        .with_columns(
            # It has the bias of its source, so it is the same voice.
            pl.coalesce(
                *(
                    pl.when(found).then(
                        pl.col("source").replace_strict(told, default=None, return_dtype=pl.String)
                    )
                    for found, told in cited
                ),
                "nature",
            ).alias("nature")
        )
        .collect()
    )


def _own_var() -> pl.Expr:
    """Variance on the additive scale of a number whose source states its standard error.

    To first order, by the slope of `scales.to_scale` at the number: 1 / x on the log scale, and on
    that of shares, in percent, 100 / (p (100 - p)). A number at the edge of its scale has none.
    """
    value, stderr = pl.col("value"), pl.col("stderr")
    slope = (
        pl.when(pl.col("scale") == "log")
        .then(pl.when(value > 0).then(1.0 / value))
        .when(pl.col("scale") == "logit")
        .then(
            pl.when(value.is_between(0, 100, closed="none")).then(100.0 / value / (100.0 - value))
        )
        .when(pl.col("scale") == "linear")
        .then(1.0)
    )
    return ((stderr * slope) ** 2).fill_null(0.0)
