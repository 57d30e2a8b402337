r"""Growth against the market, over a quarter, of what counters count.

For a series of a counter the change of its log level over `WINDOW_DAYS` is compared with the
median change of its market. How sure it is follows from the series' own measurement noise,
$\sigma_e^2 = -\gamma_1$ with $\gamma_1$ the lag-one autocovariance of its steps (a level plus
noise differenced once); how unusual it is, from the spread of changes among entities of its
size. Chance findings among thousands are held down by Benjamini and Hochberg's rule on the
latter; the nominal rate is not yet calibrated by a back-test, and the finding says so.
"""

import datetime as dt

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from howdah.core.finding import Cause, Finding
from howdah.signals.index import MIN_COMMON, faults_between
from howdah.signals.scene import Scene, period_of

METHOD = "growth.1"
WINDOW_DAYS = 91

#: A quarter's baseline may be this far from its date: monthly lists are not 91 days apart.
_WINDOW_SLACK_DAYS = 21

#: A series whose last value is older than this against its feed's last is gone, not flat.
_MAX_BEHIND_DAYS = 10

#: Nominal false-discovery rate.
NOMINAL_FDR = 0.10

#: Least measurement noise on the log scale: counters are read at different hours.
_NOISE_FLOOR = 0.005

_SERIES = ["feed", "source", "entity", "metric", "definition", "unit"]


def changes(scene: Scene) -> pl.DataFrame:
    """Change of each counter's log level over the last quarter of its feed.

    Returns
    -------
    DataFrame
        ``feed, source, entity, metric, definition, unit, valid_from, valid_to, precision,
        value, before, before_period, change, market, relative, noise_sd, spread, p_value,
        claim_ids, n``.
    """
    exact = scene.observations.filter(
        (pl.col("scale") == "log")
        & (pl.col("nature") == "counter")
        & (pl.col("value") > 0)
        & ~pl.col("suspect")
        & (pl.col("scheme") != "list")
    ).sort([*_SERIES, "valid_to"])
    if exact.height == 0:
        return exact
    newest = pl.col("valid_to").max().over("feed", "metric", "definition")
    last = exact.group_by(_SERIES, maintain_order=True).agg(
        pl.col("valid_from", "valid_to", "precision", "value", "claim_id").last(),
        pl.len().alias("n"),
        pl.col("value").log().diff().drop_nulls().tail(24).alias("steps"),
    )
    last = last.filter((newest - pl.col("valid_to")).dt.total_days() <= _MAX_BEHIND_DAYS)
    target = (pl.col("valid_to") - pl.duration(days=WINDOW_DAYS)).alias("target")
    base = exact.select(
        *_SERIES,
        pl.col("valid_to").alias("before_period"),
        pl.col("value").alias("before"),
        pl.col("claim_id").alias("before_claim"),
    )
    joined = (
        last.with_columns(target)
        .sort("target")
        .join_asof(
            base.sort("before_period"),
            left_on="target",
            right_on="before_period",
            by=_SERIES,
            strategy="nearest",
            tolerance=dt.timedelta(days=_WINDOW_SLACK_DAYS),
            check_sortedness=False,
        )
        .drop_nulls("before")
        .filter(pl.col("before_period") < pl.col("valid_to"))
    )
    market = ["feed", "metric", "definition"]
    changed = joined.with_columns(
        (pl.col("value") / pl.col("before")).log().alias("change")
    ).filter(pl.len().over(market) >= MIN_COMMON)
    if changed.height == 0:
        return changed
    # Small counters move more: the spread is that of the size class, a fifth of the list each.
    size = ((pl.col("value").rank("ordinal").over(market) - 1) * 5 // pl.len().over(market)).alias(
        "size"
    )
    changed = changed.with_columns(
        pl.col("change").median().over(market).alias("market"), size
    ).with_columns((pl.col("change") - pl.col("market")).alias("relative"))
    deviation = (pl.col("relative") - pl.col("relative").median()).abs().median()
    changed = changed.with_columns(
        (1.4826 * deviation.over([*market, "size"])).clip(0.01).alias("spread"),
        pl.Series("noise_sd", [_noise(steps) for steps in changed["steps"].to_list()]),
        pl.concat_list("claim_id", "before_claim").alias("claim_ids"),
    )
    z = (changed["relative"] / changed["spread"]).to_numpy()
    # Growth has heavy tails; a t with few degrees of freedom keeps rare jumps from looking
    # impossible under the null.
    return changed.with_columns(pl.Series("p_value", stats.t.sf(np.abs(z), df=3) * 2))


def _noise(steps: list[float]) -> float:
    """Measurement noise of a series from the autocovariance of its steps."""
    if len(steps) < 4:  # noqa: PLR2004 - fewer steps show no autocovariance
        return _NOISE_FLOOR
    step = np.asarray(steps) - np.median(steps)
    gamma1 = float(np.mean(step[1:] * step[:-1]))
    return max(float(np.sqrt(max(-gamma1, 0.0))), _NOISE_FLOOR)


def discoveries(p_values: NDArray[np.float64], rate: float) -> NDArray[np.bool_]:
    """Which tests pass Benjamini and Hochberg's rule at a false-discovery rate.

    Examples
    --------
    >>> discoveries(np.array([0.001, 0.9, 0.02]), 0.1).tolist()
    [True, False, True]
    """
    n = len(p_values)
    if n == 0:
        return np.zeros(0, np.bool_)
    order = np.argsort(p_values)
    passed = p_values[order] <= rate * np.arange(1, n + 1) / n
    n_passed = int(np.max(np.flatnonzero(passed), initial=-1)) + 1
    flags = np.zeros(n, np.bool_)
    flags[order[:n_passed]] = True
    return flags


def find_growth(scene: Scene, index: pl.DataFrame) -> list[Finding]:
    """Series that grew or shrank unlike their market, the discoveries among all of them."""
    table = changes(scene)
    if table.height == 0:
        return []
    keep = np.zeros(table.height, np.bool_)
    groups = table.select(pl.struct("feed", "metric", "definition").rank("dense").alias("g"))["g"]
    p_values = table["p_value"].to_numpy()
    for group in groups.unique():
        chosen = groups.to_numpy() == group
        keep[chosen] = discoveries(p_values[chosen], NOMINAL_FDR)
    moves = {
        (row["entity"], row["metric"]): row["relative"] / row["spread"]
        for row in table.select("entity", "metric", "relative", "spread").iter_rows(named=True)
    }
    reach = float(stats.norm.ppf(0.5 + scene.prob / 2))
    found = []
    for row in table.filter(pl.Series(keep)).iter_rows(named=True):
        cause, reason = _cause(scene, index, row, moves)
        sd = float(np.sqrt(2) * row["noise_sd"])
        segment = scene.segment_of(row["entity"])
        found.append(
            Finding(
                kind="growth",
                entity=row["entity"],
                name=scene.name(row["entity"]),
                metric=row["metric"],
                definition=row["definition"],
                segment=segment.id if segment else "",
                period=period_of(row),
                value=float(np.exp(row["relative"])),
                lower=float(np.exp(row["relative"] - reach * sd)),
                upper=float(np.exp(row["relative"] + reach * sd)),
                prob=scene.prob,
                measure="times the market's change",
                probability=float(stats.norm.cdf(abs(row["relative"]) / sd)),
                n=row["n"],
                cause=cause,
                cause_reason=reason,
                as_of=scene.as_of,
                method=METHOD,
                claim_ids=tuple(row["claim_ids"]),
                params={
                    "before": row["before"],
                    "after": row["value"],
                    "before_period": row["before_period"].isoformat(),
                    "after_period": row["valid_to"].isoformat(),
                    "market_change": float(np.exp(row["market"])),
                    "unit": row["unit"],
                    "nominal_fdr": NOMINAL_FDR,
                },
                # Unusual for its size, large enough to matter to anyone, in a segment at all.
                priority=float(
                    min(abs(row["relative"]) / row["spread"], 12.0)
                    / 12
                    * min(1.0, np.log10(max(row["value"], 10)) / 6)
                    * (1.0 if segment else 0.4)
                ),
            )
        )
    return found


def _cause(
    scene: Scene,
    index: pl.DataFrame,
    row: dict[str, object],
    moves: dict[tuple[str, str], float],
) -> tuple[Cause, str]:
    faults = faults_between(
        index,
        str(row["feed"]),
        str(row["metric"]),
        str(row["definition"]),
        row["before_period"],  # type: ignore[arg-type]
        row["valid_to"],  # type: ignore[arg-type]
    )
    if faults:
        period, reason, _ = faults[-1]
        return "measurement", f"{row['feed']} had a {reason.replace('_', ' ')} on {period}"
    sign = np.sign(float(row["relative"]))  # type: ignore[arg-type]
    for relative in scene.relatives.get(str(row["entity"]), ()):
        for (entity, metric), z in moves.items():
            if entity == relative and abs(z) > 1 and np.sign(z) == sign:
                return "market", f"{metric} of {scene.name(relative)} moved the same way"
    return "cannot tell", "one source counts it; a second one that moves too would settle it"
