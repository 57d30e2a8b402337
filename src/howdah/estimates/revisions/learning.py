"""Learning the revision curves of sources from what they printed, and when."""

import datetime as dt
from collections.abc import Collection, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from howdah.estimates.codes import row_codes
from howdah.estimates.revisions.ages import (
    LEAST_PERIODS,
    SAME,
    Settling,
    age_classes,
    find_settling,
)
from howdah.estimates.revisions.curve import (
    LEAST_FOR_QUANTILES,
    AgeClass,
    RevisionCurve,
    SourceCurve,
    student_reach,
)
from howdah.estimates.revisions.prints import read_prints
from howdah.estimates.revisions.versions import current_since, find_steps, with_versions
from howdah.kernels import PooledLink, pool_links

Floats = NDArray[np.float64]

#: Periods that a curve is learnt from, the newest: vendors change how they revise.
N_PERIODS = 60

#: Distance between these quantiles gives the spread: bands at 90 % are the usual ones.
_SPREAD_PROB = 0.9


def learn_revisions(
    prints: pl.DataFrame,
    *,
    keys: Sequence[str] = ("series",),
    flows: Collection[str] = (),
    final_after_days: int | None = None,
    as_of: dt.date | None = None,
    prob: float = 0.9,
    n_periods: int = N_PERIODS,
) -> RevisionCurve:
    r"""Learn how far each source's values still move, by age.

    A print of age $a$ has level $y_a$ on the additive scale; the *final* level $y_F$ is that of
    the first print of an age of at least `final_after_days`. The curve is the distribution of
    $y_F - y_a$ by class of age: its mean, robust and with a variance that allows for what
    revisions of one period share, and its spread. A partial period of a flow is compared with
    what its elapsed share $e$ alone would give, $y_a - \log e$.

    Where too few periods have both a print of a class and a final value, the move is chained as
    in the chain ladder: the move to a later class, plus that class's own; means and variances
    add up.

    Parameters
    ----------
    prints, keys, flows, as_of
        See `read_prints`.
    final_after_days
        None: learnt by `find_settling`, for each source and metric.
    prob
        Mass inside the intervals of `RevisionCurve.frame`.
    n_periods
        Periods with a final value that are learnt from, the newest. Fewer follow a change in
        how a vendor revises sooner, more give narrower intervals.

    Returns
    -------
    RevisionCurve
        A period too young for a final value, and one that was never printed again, teaches
        nothing by its silence; both are counted. Nor does a move across a day on which the
        source restated its settled history (`find_steps`): that belongs to a version of the
        vendor's model and not to an age. Where the way of revising changed (`current_since`),
        only periods since then teach. What cannot be told: whether periods that were printed
        again moved more than those that were not; and what a version to come will move.

    References
    ----------
    .. [1] Mack (1993), "Distribution-free Calculation of the Standard Error of Chain Ladder
       Reserve Estimates".
    """
    read = read_prints(prints, keys=keys, flows=flows, as_of=as_of)
    frame = read.frame.with_columns(
        pl.Series("cell", row_codes(read.frame, ["source", "metric", *keys, "valid_to"]))
    )
    curves = {}
    for part in frame.partition_by("source", "metric", maintain_order=True):
        curve = _learn_one(part, final_after_days, n_periods, part["metric"][0] in flows)
        curves[curve.source, curve.metric] = curve
    return RevisionCurve(prob, tuple(sorted(flows)), curves, read.set_aside)


def _learn_one(
    prints: pl.DataFrame, final_after_days: int | None, n_periods: int, is_flow: bool
) -> SourceCurve:
    age = prints["age_days"].to_numpy()
    classes = age_classes(age, prints["valid_to"].to_physical().to_numpy().astype(np.int64))
    settling = find_settling(prints, classes)
    if final_after_days is not None:
        settling = Settling(final_after_days, is_settled=settling.is_settled)
    known: list[AgeClass] = []
    steps = find_steps(prints, max(age) + 1 if settling.after_days is None else settling.after_days)
    prints = with_versions(prints, steps)
    since = current_since(prints, classes)
    if settling.after_days is not None:
        prints = _with_final(prints, settling.after_days, n_periods, since)
        young = [c for c in classes if c[0] < settling.after_days]
        for first, last in reversed(young):
            known.append(_learn_class(prints, first, min(last, settling.after_days - 1), known))
    name = prints.row(0, named=True)
    return SourceCurve(
        source=name["source"],
        metric=name["metric"],
        scale=name["scale"],
        is_flow=is_flow,
        settling=settling,
        classes=tuple(reversed(known)),
        steps=steps,
        since=dt.date(1970, 1, 1) + dt.timedelta(days=since),
    )


def _with_final(prints: pl.DataFrame, after_days: int, n_periods: int, since: int) -> pl.DataFrame:
    """Prints with the final level of their period, null where there is none to learn from."""
    final = (
        prints.filter(pl.col("age_days") >= after_days)
        .group_by("cell")
        .agg(
            pl.col("level").first().alias("any_final"),
            pl.col("version").first().alias("final_version"),
            pl.col("valid_to").first().alias("end"),
        )
    )
    newest = final["end"].unique().sort().tail(n_periods)
    own = newest.filter(newest.to_physical() >= since)
    first = own[0] if len(own) else None
    last_day = pl.col("published_at").cast(pl.Date).max()
    reached = (last_day - pl.col("valid_to")).dt.total_days() >= after_days
    is_told = (pl.col("valid_to") >= pl.lit(first, pl.Date)) & (
        pl.col("version") == pl.col("final_version")
    )
    return prints.join(final.drop("end"), on="cell", how="left").with_columns(
        pl.when(is_told).then("any_final").alias("final"),
        (pl.col("valid_to").to_physical() >= since).alias("is_current"),
        reached.alias("is_old"),
    )


def _learn_class(
    prints: pl.DataFrame, first: int, last: int, later: Sequence[AgeClass]
) -> AgeClass:
    here = prints.filter(pl.col("age_days").is_between(first, last)).with_columns(
        (pl.col("level") - pl.col("elapsed")).alias("expected"),
        (1 / pl.len().over("cell")).alias("weight"),
    )
    cells = here.group_by("cell").agg(
        pl.col("level", "final", "any_final", "valid_to", "is_old").last()
    )
    finals = cells.drop_nulls("final")
    n_revised = int(((finals["final"] - finals["level"]).abs() > SAME).sum())
    link, spread, moves = _pooled(here.drop_nulls("final"), "final")
    n_periods = finals["valid_to"].n_unique()
    is_chained = False
    is_lasting = n_periods >= LEAST_PERIODS and _is_lasting(here.drop_nulls("final"))
    if n_periods < LEAST_PERIODS:
        link, spread, moves = _NOTHING
        for after in reversed(later):
            if after.is_known and (chained := _chained(prints, here, after)) is not None:
                link, spread = chained
                is_chained = True
                break
    unseen = cells["any_final"].is_null()
    return AgeClass(
        first_day=first,
        last_day=last,
        n=finals.height,
        n_periods=n_periods,
        n_revised=n_revised,
        n_unrevised=finals.height - n_revised,
        n_open=int((unseen & ~cells["is_old"]).sum()),
        n_unseen=int((unseen & cells["is_old"]).sum()),
        link=link,
        spread=spread,
        moves=moves,
        is_chained=is_chained,
        is_lasting=is_lasting or is_chained,
    )


def _is_lasting(rows: pl.DataFrame) -> bool:
    """Whether values moved the same way in the older and in the newer half of the periods."""
    periods = rows["valid_to"].unique().sort()
    newer = pl.col("valid_to") >= periods[len(periods) // 2]
    ends = []
    for half in (rows.filter(~newer), rows.filter(newer)):
        link, _, _ = _pooled(half, "final")
        reach = student_reach(link.n_clusters, _SPREAD_PROB) * np.sqrt(link.parameter_var)
        ends.append(np.sign(link.mean) * (abs(link.mean) > reach))
    return bool(ends[0] * ends[1] > 0)


_NOTHING = (PooledLink(np.nan, np.nan, np.nan, 0), np.nan, np.zeros(0))


def _chained(
    prints: pl.DataFrame, here: pl.DataFrame, after: AgeClass
) -> tuple[PooledLink, float] | None:
    """The move to a later class and that class's own; None with too few periods in both."""
    then = (
        prints.filter(pl.col("age_days").is_between(after.first_day, after.last_day))
        .group_by("cell", "version")
        .agg((pl.col("level") - pl.col("elapsed")).last().alias("then"))
    )
    both = here.filter("is_current").join(then, on=["cell", "version"])
    if both["valid_to"].n_unique() < LEAST_PERIODS:
        return None
    link, spread, _ = _pooled(both, "then")
    return PooledLink(
        link.mean + after.link.mean,
        link.process_var + after.link.process_var,
        link.parameter_var + after.link.parameter_var,
        min(link.n_clusters, after.link.n_clusters),
    ), float(np.hypot(spread, after.spread))


def _pooled(rows: pl.DataFrame, target: str) -> tuple[PooledLink, float, Floats]:
    """Move from each print to a later level, pooled; its spread; and all moves, ordered."""
    if rows.is_empty():
        return _NOTHING
    # Order decides how sums are rounded: the same prints in any order give the same bits.
    rows = rows.select(
        (pl.col(target) - pl.col("expected")).alias("move"),
        "weight",
        pl.col("valid_to").to_physical().cast(pl.Int64).alias("period"),
    ).sort("move", "weight", "period")
    moves = rows["move"].to_numpy()
    link = pool_links(moves, rows["weight"].to_numpy(), rows["period"].to_numpy(), robust=True)
    if link.n_clusters < LEAST_FOR_QUANTILES:
        off = moves - link.mean
        spread = float(np.sqrt(off @ off / max(len(off) - 1, 1)))
    else:
        low, high = np.quantile(moves, [(1 - _SPREAD_PROB) / 2, (1 + _SPREAD_PROB) / 2])
        spread = float((high - low) / 2 / ndtri((1 + _SPREAD_PROB) / 2))
    return link, spread, moves
