"""Simulated products with known truth: spend that goes its own ways, and spend that chases growth.

The generator, `howdah.growth.simulation`, has none of the model's forms.
"""

import time
from collections.abc import Iterator

import numpy as np
import polars as pl

from howdah.growth import Names, Options, split
from howdah.growth.simulation import Simulated, simulate_products

Row = dict[str, object]

N_PRODUCTS = 150
CHASING = (0.0, 0.3, 1.0)


def true_shares(simulated: Simulated) -> pl.DataFrame:
    """``group, true``: the share that was bought of each product."""
    return (
        simulated.truth.group_by(group="product", maintain_order=True)
        .agg(true=pl.col("paid").sum() / (pl.col("paid") + pl.col("organic")).sum())
        .sort("group")
    )


def plain_contrast(simulated: Simulated, channel: str) -> np.ndarray:
    """Share by the difference of periods with and without spend: what one would do otherwise."""
    by = simulated.rows.group_by("product", maintain_order=True).agg(
        on=pl.col("users").filter(pl.col(channel) > 0).mean(),
        off=pl.col("users").filter(pl.col(channel) == 0).mean(),
        n_on=(pl.col(channel) > 0).sum(),
        whole=pl.col("users").sum(),
    )
    return by.select(
        ((pl.col("on") - pl.col("off")) * pl.col("n_on") / pl.col("whole")).clip(0, 1)
    )["on"].to_numpy()


def product_rows(n_product: int = N_PRODUCTS, seed: int = 5) -> Iterator[Row]:
    """Errors, coverage, and how often it abstained where it would have been wrong."""
    for chasing in CHASING:
        simulated = simulate_products(n_product, chasing=chasing, seed=seed)
        truth = true_shares(simulated)
        for channel in ("spend", "creatives"):
            started = time.process_time()
            found = split(
                simulated.rows,
                Names("users", (channel,), group="product"),
                Options(is_proxy=channel == "creatives"),
            )
            cost = time.process_time() - started
            yield {
                "spend": f"chases growth, {chasing}" if chasing else "goes its own ways",
                "seen": "itself" if channel == "spend" else "through creatives",
                **_scores(found.totals, found.checks, truth),
                "error of on against off": _mean_error(
                    plain_contrast(simulated, channel), truth["true"].to_numpy()
                ),
                "CPU ms a product": 1000 * cost / n_product,
            }


def _mean_error(said: np.ndarray, true: np.ndarray) -> float:
    return float(np.nanmean(np.abs(said - true)))


def _scores(totals: pl.DataFrame, checks: pl.DataFrame, truth: pl.DataFrame) -> Row:
    both = (
        truth.join(totals.filter(pl.col("channel") != "(base)"), on="group")
        .join(checks.select("group", pl.col("^fitted_.*$")), on="group")
        .with_columns(
            told=pl.col("verdict") != "cannot_tell",
            right=(pl.col("true") >= pl.col("fitted_lower"))
            & (pl.col("true") <= pl.col("fitted_upper")),
        )
    )
    told = both.filter("told")
    wrong = both.filter(~pl.col("right"))
    return {
        "n": both.height,
        "cannot tell": 1 - both["told"].mean(),
        "coverage": told["right"].mean(),
        "would be covered": both["right"].mean(),
        "of wrong ones withheld": (~wrong["told"]).mean() if wrong.height else None,
        "error of share": _mean_error(told["share"].to_numpy(), told["true"].to_numpy()),
        "width of share": (told["share_upper"] - told["share_lower"]).mean(),
    }
