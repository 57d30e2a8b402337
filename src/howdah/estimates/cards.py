"""The report card of every source: bias, noise, lag, revisions, coverage, suspects, copying."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from scipy.special import betaincinv, gammaincinv, ndtri

from howdah.core.estimate import CALIBRATED, OTHER_PARTY, UNCALIBRATED
from howdah.estimates.assembly import source_name, voice_name
from howdah.estimates.comparisons import compare_sources, with_groups
from howdah.estimates.fusion import SIZES, Learned
from howdah.estimates.models import Models
from howdah.estimates.observations import CELL, QUANTITY, is_exact
from howdah.kernels import MAD_TO_SD

_VOICE = ("metric", "source", "nature")
_KEYS = (*_VOICE, "group", "name")

#: Reasons for which a claim is no error of its source: it is none, a copy, or still in the fit.
_NOT_HELD_WRONG = ("", "copied", "undecided")

#: Columns of observations that cards are made of.
_READ = (
    *QUANTITY, "source", "nature", "scale", "anchor", "value_low", "value_high", "published_at",
)  # fmt: skip

_REVISION = (*QUANTITY, "source", "nature", "feed")

#: Columns of a card, in order.
CARD_COLUMNS = (
    "source", "metric", "nature", "group", "name", "n_claims", "n_entities", "n_suspect",
    "n_copied",
    "against", "n_overlap", "n_compared", "scale", "bias", "bias_lower", "bias_upper", "noise_sd",
    "noise_lower", "noise_upper", "shared_sd", "lag_days", "lag_lower", "lag_upper", "n_revised",
    "revision_size", "revision_lower", "revision_upper", "coverage", "coverage_lower",
    "coverage_upper", "n_coverage", "copies", "copied_share", "calibration",
)  # fmt: skip


def source_cards(
    observations: pl.DataFrame,
    models: Models,
    estimates: pl.DataFrame,
    all_prints: pl.DataFrame,
    suspects: pl.DataFrame,
) -> pl.DataFrame:
    """One row a source, metric and nature; and one for each of its segments and classes of size.

    Parameters
    ----------
    observations
        With ``suspect``, latest revisions.
    models
        From `learn_models`.
    estimates
        Estimates of the cells that more than one source speaks of, each computed without the
        source in its ``left_out`` column: the test of coverage.
    all_prints
        Observations of every revision.
    suspects
        ``claim_id, reason`` of claims held to be wrong: `Levels.suspects` of the observations.

    Returns
    -------
    DataFrame
        `CARD_COLUMNS`, ordered. ``group`` is "all", "segment" or "size", ``name`` the segment or
        class. Intervals hold `Models.prob`.

        ``bias`` is the median, over ``n_overlap`` series, of the distance from truth, or where
        there is none from the median of the other sources (``against``): a factor on the log
        scale (1 none), else a difference on the additive scale. ``noise_sd`` is what the model
        has learnt from ``n_compared`` figures, on the additive scale; ``shared_sd`` the error
        that its nature has in common, which only truth can show. All are null where nothing is
        there to compare with. ``lag_days`` is the median from the end of a period to its
        publication, with its quartiles, negative where figures come before it is over.
        ``n_revised`` counts exact values printed again at a later date, ``revision_size`` is the
        median relative change from first to last print of those, with its quartiles.
        ``coverage`` is the share of known numbers inside the interval that is given without
        them, of cells in which the source speaks. Where nothing is known it is the share of the
        source's exact values inside the interval that the other sources give: agreement, not
        accuracy, and below the interval's probability even for a perfect model, since the
        source's own error is not in the interval. ``against`` is "anchor" for truth itself.
        ``copies`` names the source whose figures it repeats, ``copied_share`` the share of what
        both say that it repeats, beyond what chance would put there. ``n_copied`` counts its
        claims that were left out as copies, ``n_suspect`` those that were left out for any other
        reason, whether their own series, the fit of all sources or a reviewer tells.
    """
    told = _reasons(observations, suspects)
    grouped = with_groups(told.select(*_READ, "suspect", "reason"), models.segments)
    prints = with_groups(all_prints.select(*_READ, "feed", "claim_id"), models.segments)
    cards = _by_group(grouped, _counts)
    for rows, summed in (
        (compare_sources(grouped), partial(_distances, prob=models.prob)),
        (_printed_again(prints), _revisions),
        (_inside(grouped, estimates), partial(_coverage, prob=models.prob)),
    ):
        cards = cards.join(_by_group(rows, summed), on=_KEYS, how="left")
    cards = cards.with_columns(
        pl.col("n_overlap", "n_compared", "n_revised", "n_coverage").fill_null(0),
        pl.when("is_anchor")
        .then(pl.lit("anchor"))
        .otherwise(pl.col("against").fill_null(""))
        .alias("against"),
    )
    cards = cards.hstack(_learnt(cards, models))
    factors = [
        pl.when(pl.col("scale") == "log").then(pl.col(name).exp()).otherwise(name).alias(name)
        for name in ("bias", "bias_lower", "bias_upper")
    ]
    ordered = ("source", "metric", "nature", "group", "name")
    return cards.with_columns(factors).select(CARD_COLUMNS).sort(ordered)


def _reasons(observations: pl.DataFrame, suspects: pl.DataFrame) -> pl.DataFrame:
    """Observations with the ``reason`` for which their claim is held to be wrong, "" for none."""
    first = suspects.sort("claim_id", "reason").unique("claim_id", maintain_order=True)
    return observations.join(
        first.select("claim_id", "reason"), on="claim_id", how="left", maintain_order="left"
    ).with_columns(pl.col("reason").fill_null(""))


def _by_group(rows: pl.DataFrame, summed: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """Rows of each source summed up: all, by segment and by class of size."""
    parts = [rows.with_columns(pl.lit("all").alias("group"), pl.lit("").alias("name"))]
    parts += [
        rows.filter(pl.col(kind) != "").with_columns(
            pl.lit(kind).alias("group"), pl.col(kind).alias("name")
        )
        for kind in ("segment", "size")
    ]
    return pl.concat(summed(part) for part in parts)


def _counts(rows: pl.DataFrame) -> pl.DataFrame:
    lag = (pl.col("published_at").dt.date() - pl.col("valid_to")).dt.total_days()
    return rows.group_by(_KEYS).agg(
        pl.len().alias("n_claims"),
        pl.col("entity").n_unique().alias("n_entities"),
        pl.col("reason").is_in(_NOT_HELD_WRONG).not_().sum().alias("n_suspect"),
        (pl.col("reason") == "copied").sum().alias("n_copied"),
        pl.col("scale").first(),
        pl.col("anchor").all().alias("is_anchor"),
        lag.median().alias("lag_days"),
        lag.quantile(0.25).alias("lag_lower"),
        lag.quantile(0.75).alias("lag_upper"),
    )


def _distances(rows: pl.DataFrame, *, prob: float) -> pl.DataFrame:
    """Bias against truth where there is some, else against the others, with its interval."""
    best = rows.filter(
        (pl.col("against") == "truth") | ~(pl.col("against") == "truth").any().over(_KEYS)
    )
    series = best.group_by(*_KEYS, "against", "series").agg(
        pl.col("distance").median(), pl.len().alias("n")
    )
    middle, n = pl.col("distance").median(), pl.len()
    # A median of n normal values has the variance pi / 2n.
    spread = MAD_TO_SD * (pl.col("distance") - middle).abs().median()
    reach = float(ndtri(0.5 + prob / 2)) * spread * (np.pi / 2 / n).sqrt()
    return series.group_by(_KEYS).agg(
        pl.col("against").first(),
        n.alias("n_overlap"),
        pl.col("n").sum().alias("n_compared"),
        middle.alias("bias"),
        # One series has no spread.
        pl.when(n > 1).then(middle - reach).alias("bias_lower"),
        pl.when(n > 1).then(middle + reach).alias("bias_upper"),
    )


def _learnt(cards: pl.DataFrame, models: Models) -> pl.DataFrame:
    """What the models say of each card's source: ``noise_*, shared_sd, copies, ...``."""
    rows = [_learnt_row(card, models) for card in cards.iter_rows(named=True)]
    kinds = {
        **dict.fromkeys(("noise_sd", "noise_lower", "noise_upper", "shared_sd"), pl.Float64),
        "copies": pl.String,
        "copied_share": pl.Float64,
        "calibration": pl.String,
    }
    return pl.DataFrame(rows, schema=kinds, orient="row")


def _learnt_row(card: dict[str, Any], models: Models) -> tuple[Any, ...]:
    none = (None, None, None, None, "", None, UNCALIBRATED)
    learned = models.by_metric.get(card["metric"])
    voice = voice_name(card["nature"], card["source"])
    if learned is None or voice not in learned.coding.names.sources:
        return none
    names, model = learned.coding.names, learned.model
    source = names.sources.index(voice)
    noise = shared = lower = upper = None
    n_free = card["n_compared"] - card["n_overlap"]
    if n_free > 0:
        by_size = model.noise_var[source]
        is_sized = card["group"] == "size" and len(by_size) == len(SIZES)
        place = SIZES.index(card["name"]) if is_sized else None
        noise = float(np.sqrt(by_size.mean() if place is None else by_size[place]))
        ends = 2.0 * gammaincinv(
            n_free / 2.0, np.array([0.5 + models.prob / 2, 0.5 - models.prob / 2])
        )
        lower, upper = (noise * np.sqrt(n_free / ends)).tolist()
    if learned.n_anchored:
        family = model.family[source]
        shared = float(np.sqrt(model.family_var[family] + model.common_var[family]))
    links = learned.rules.links
    own = np.flatnonzero((links.copier == source) & links.is_left_out)
    copies, share = "", None
    if len(own):
        most = own[np.argmax(links.share[own])]
        copies = source_name(names.sources[links.original[most]])
        share = min(float(links.share[most]), 1.0)
    tested = learned.calibration.is_calibrated and (
        card["group"] != "segment" or _has_truth(learned, card["name"])
    )
    label = CALIBRATED if tested else UNCALIBRATED
    return noise, lower, upper, shared, copies, share, label


def _has_truth(learned: Learned, segment: str) -> bool:
    names = learned.coding.names.segments
    return segment in names and bool(learned.calibration.has_truth[names.index(segment)])


def _printed_again(all_prints: pl.DataFrame) -> pl.DataFrame:
    """Periods that were printed again, with the relative change from first to last print."""
    return (
        all_prints.lazy()
        .filter(is_exact() & (pl.col("value_low") != 0) & pl.col("published_at").is_not_null())
        .filter(pl.struct(_REVISION).is_duplicated())
        .sort("published_at", "claim_id")
        .group_by(_REVISION)
        .agg(
            (pl.col("value_low").last() / pl.col("value_low").first() - 1).abs().alias("change"),
            pl.col("published_at").n_unique().alias("n_prints"),
            pl.col("segment", "size").first(),
        )
        .filter(pl.col("n_prints") > 1)
        .collect()
    )


def _revisions(rows: pl.DataFrame) -> pl.DataFrame:
    change = pl.col("change")
    return rows.group_by(_KEYS).agg(
        pl.len().alias("n_revised"),
        change.median().alias("revision_size"),
        change.quantile(0.25).alias("revision_lower"),
        change.quantile(0.75).alias("revision_upper"),
    )


def _inside(observations: pl.DataFrame, estimates: pl.DataFrame) -> pl.DataFrame:
    """Whether each exact value of a source is inside the interval that the others give."""
    # Figures with another party are several quantities of one cell.
    exact = is_exact() & ~pl.col("suspect") & (pl.col("object") == "")
    alone = ~pl.col("note").str.starts_with(OTHER_PARTY)
    inside = pl.col("value_low").is_between(pl.col("lower"), pl.col("upper"))
    joined = (
        observations.lazy()
        .filter(exact)
        .join(
            estimates.lazy().filter((pl.col("status") == "point") & alone),
            left_on=[*CELL, "source"],
            right_on=[*CELL, "left_out"],
            suffix="_others",
        )
        .with_columns(inside.alias("inside"))
        .collect()
    )
    # What sources say of a known number without it is a test of them, not of truth.
    natures = observations.group_by("metric", "source").agg(pl.col("nature").first())
    known = (
        joined.filter("anchor")
        .select("metric", "segment", "size", "inside", pl.col("sources").alias("source"))
        .explode("source")
        .join(natures, on=["metric", "source"])
    )
    tested = known.select("metric", "source").unique()
    columns = (*_VOICE, "segment", "size", "inside")
    others = joined.filter(~pl.col("anchor")).join(tested, on=["metric", "source"], how="anti")
    return pl.concat([known.select(columns), others.select(columns)])


def _coverage(rows: pl.DataFrame, *, prob: float) -> pl.DataFrame:
    """Share inside, with the exact (Clopper and Pearson) interval of a share."""
    found = rows.group_by(_KEYS).agg(
        pl.col("inside").sum().alias("k"), pl.len().alias("n_coverage")
    )
    k, n = (found[name].to_numpy().astype(np.float64) for name in ("k", "n_coverage"))
    tail = (1 - prob) / 2
    lower = np.where(k > 0, betaincinv(np.maximum(k, 1), n - k + 1, tail), 0.0)
    upper = np.where(k < n, betaincinv(k + 1, np.maximum(n - k, 1), 1 - tail), 1.0)
    return found.select(
        *_KEYS,
        (pl.col("k") / pl.col("n_coverage")).alias("coverage"),
        pl.Series("coverage_lower", lower, dtype=pl.Float64),
        pl.Series("coverage_upper", upper, dtype=pl.Float64),
        "n_coverage",
    )
