"""What splitting very many products costs: one channel each, over 130 weeks."""

import time
from collections.abc import Iterator

import polars as pl

from bench import own_usage
from howdah.growth import Names, Options, split
from howdah.growth.simulation import simulate_products

Row = dict[str, object]

N_PRODUCTS = 100_000

#: Products that are simulated; the others repeat them under names of their own.
N_SIMULATED = 1_000


def volume_rows() -> Iterator[Row]:
    """CPU and wall seconds, and peak memory."""
    few = simulate_products(N_SIMULATED, seed=8).rows
    rows = pl.concat(
        [
            few.with_columns(
                pl.format("{} {}", pl.lit(f"{n:03}"), pl.col("product")).alias("product")
            )
            for n in range(N_PRODUCTS // N_SIMULATED)
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
        "products": N_PRODUCTS,
        "weeks": 130,
        "CPU s": after - before,
        "CPU ms a product": 1000 * (after - before) / N_PRODUCTS,
        "wall s": wall,
        "peak MB": round(peak),
        "identified": (found.totals["verdict"] == "identified").mean(),
    }
