"""What splitting very many products costs: one channel each, over 130 weeks."""

import time
from collections.abc import Iterator

import numpy as np
import polars as pl
from products import true_shares

from bench import own_usage
from howdah.growth import Names, Options, Split, split
from howdah.growth.simulation import simulate_products

Row = dict[str, object]

N_PRODUCTS, N_LARGE = 20_000, 100_000

#: Products that are simulated; the others repeat them under names of their own.
N_SIMULATED = 1_000


def volume_rows(n_product: int = N_PRODUCTS) -> Iterator[Row]:
    """CPU and wall seconds, peak memory, and coverage of the few draws that each gets."""
    simulated = simulate_products(N_SIMULATED, seed=8)
    few = simulated.rows
    rows = pl.concat(
        [
            few.with_columns(
                pl.format("{} {}", pl.lit(f"{n:03}"), pl.col("product")).alias("product")
            )
            for n in range(n_product // N_SIMULATED)
        ]
    )
    # Compiled before the clock starts.
    split(few.head(260), Names("users", ("spend",), group="product"), Options())
    before, _ = own_usage()
    started = time.perf_counter()
    found = split(rows, Names("users", ("spend",), group="product"), Options())
    wall = time.perf_counter() - started
    after, peak = own_usage()
    yield {
        "products": n_product,
        "weeks": 130,
        "CPU s": after - before,
        "CPU ms a product": 1000 * (after - before) / n_product,
        "wall s": wall,
        "peak MB": round(peak),
        "coverage": _coverage(found, true_shares(simulated)),
        "identified": (found.totals["verdict"] == "identified").mean(),
        "cannot tell": (found.totals["verdict"] == "cannot_tell").mean(),
    }


def _coverage(found: Split, truth: pl.DataFrame) -> float:
    """Of the shares that are told."""
    told = (
        found.totals.filter((pl.col("channel") == "spend") & (pl.col("verdict") != "cannot_tell"))
        .with_columns(pl.col("group").str.tail(len("product 000001")))
        .join(truth, on="group")
    )
    inside = (told["true"] >= told["share_lower"]) & (told["true"] <= told["share_upper"])
    return float(np.mean(inside.to_numpy()))
