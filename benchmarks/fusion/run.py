"""Are fused levels near the truth, are their intervals right, and what do they cost? See README.md.

python run.py [accuracy] [anchors] [growth] [weather] [population] [kernel] [suspects] [large]
              [update] [update-whole] [update-large] [updated]
"""

import datetime as dt
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

from costs import kernel_rows, large_rows
from growing import growing_rows
from public import population_rows, weather_rows
from simulator import VENDORS, Simulation, simulate
from suspicion import suspect_rows
from updates import compared_rows, update_rows

from bench import data_folder, keep
from howdah.estimates.fusion import Options, Parts, fuse

N_PERIOD = 156
N_SERIES = 20_000
SHARE_ANCHORED = 0.05
FIRST = dt.date(2021, 1, 4)
SEEDS = (11, 12, 13)

#: Series of the smaller simulations, and how many of them have truth.
N_FEW = 3_000
ANCHORED = (0, 5, 10, 20, 50, 300)

Row = dict[str, object]


def weeks() -> list[dt.date]:
    """Days of the simulated periods."""
    return [FIRST + dt.timedelta(weeks=n) for n in range(N_PERIOD)]


def claims_of(simulation: Simulation) -> pl.DataFrame:
    """Claims as `howdah fuse` reads them."""
    days = pl.Series(weeks())
    listed = ~np.isnan(simulation.value)
    return pl.DataFrame(
        {
            "series": [f"p{n:07}" for n in simulation.series],
            "source": [f"vendor-{n}" for n in simulation.source],
            "period": days.gather(simulation.period),
            "value": pl.Series(simulation.value).fill_nan(None),
            "value_low": pl.Series([None] * len(listed), dtype=pl.Float64),
            "value_high": pl.Series([None] * len(listed), dtype=pl.Float64),
            "segment": [f"segment-{n}" for n in simulation.segment[simulation.series]],
            "listed": listed,
            "cutoff": pl.Series(simulation.cutoff).fill_nan(None),
        }
    )


def truth_of(simulation: Simulation, anchored: np.ndarray) -> pl.DataFrame:
    """Quarterly truth of some series."""
    at = np.arange(6, N_PERIOD, 13)
    return pl.DataFrame(
        {
            "series": [f"p{n:07}" for n in np.repeat(anchored, len(at))],
            "period": pl.Series(weeks()).gather(np.tile(at, len(anchored))),
            "value": np.exp(simulation.level[np.ix_(anchored, at)]).ravel(),
        },
        schema={"series": pl.String, "period": pl.Date, "value": pl.Float64},
    )


def medians(simulation: Simulation, anchored: np.ndarray | None) -> np.ndarray:
    """Median of a period's claims, carried over weeks without; biases by truth if there is some."""
    bias = np.zeros(len(VENDORS))
    log = np.log(simulation.value)
    if anchored is not None:
        known = np.isin(simulation.series, anchored) & (simulation.period % 13 == 6)
        off = log - simulation.level[simulation.series, simulation.period]
        for s in range(len(VENDORS)):
            bias[s] = np.nanmedian(off[known & (simulation.source == s)])
    cells = (
        pl.DataFrame(
            {
                "cell": simulation.series * N_PERIOD + simulation.period,
                "value": log - bias[simulation.source],
            }
        )
        .fill_nan(None)
        .drop_nulls()
        .group_by("cell")
        .median()
    )
    found = np.full(simulation.level.size, np.nan)
    found[cells["cell"].to_numpy()] = cells["value"].to_numpy()
    found = found.reshape(simulation.level.shape)
    for t in range(1, N_PERIOD):
        found[:, t] = np.where(np.isnan(found[:, t]), found[:, t - 1], found[:, t])
    return found


#: What is run, and with which parts and how much truth.
TRIALS: tuple[tuple[str, Parts, bool], ...] = (
    ("howdah fuse", Parts(), True),
    ("without shared error", Parts(shared=False), True),
    ("without trends", Parts(trends=False), True),
    ("without suspects", Parts(suspects=False), True),
    ("without copies", Parts(copies=False), True),
    ("without calibration", Parts(calibrated=False), True),
    ("without anchors", Parts(), False),
)


def accuracy_rows() -> Iterator[Row]:
    """Log errors and coverage on series that were never anchors, over several simulations."""
    found: dict[str, list[Row]] = {}
    for seed in SEEDS:
        simulation = simulate(N_SERIES, N_PERIOD, seed=seed, habits_seed=seed)
        draws = np.random.default_rng(seed)
        anchored = np.sort(draws.choice(N_SERIES, int(N_SERIES * SHARE_ANCHORED), replace=False))
        others = np.setdiff1d(np.arange(N_SERIES), anchored)
        size = np.argsort(np.argsort(simulation.level.mean(1))) * 3 // N_SERIES
        claims, truth = claims_of(simulation), truth_of(simulation, anchored)
        for name, known in (("unbiased median", anchored), ("median", None)):
            off = np.abs(medians(simulation, known) - simulation.level)[others]
            found.setdefault(name, []).append({"log error": float(np.nanmean(off))})
        for name, parts, has_truth in TRIALS:
            started = time.process_time()
            estimates, _ = fuse(
                claims, truth if has_truth else truth.head(0), Options(seed=seed, parts=parts)
            )
            cost = time.process_time() - started
            found.setdefault(name, []).append(
                {**scores(estimates, simulation, others, size), "CPU s": cost}
            )
    yield from averaged(found)


def anchors_rows() -> Iterator[Row]:
    """Log errors and coverage of other series, by how many have truth."""
    found: dict[str, list[Row]] = {}
    for seed in SEEDS:
        simulation = simulate(N_FEW, N_PERIOD, seed=seed, habits_seed=seed)
        size = np.argsort(np.argsort(simulation.level.mean(1))) * 3 // N_FEW
        claims = claims_of(simulation)
        for n in ANCHORED:
            draws = np.random.default_rng(seed)
            anchored = np.sort(draws.choice(N_FEW, n, replace=False))
            others = np.setdiff1d(np.arange(N_FEW), anchored)
            unbiased = np.abs(medians(simulation, anchored if n else None) - simulation.level)
            estimates, _ = fuse(claims, truth_of(simulation, anchored), Options(seed=seed))
            width = np.log(estimates["upper"].to_numpy() / estimates["lower"].to_numpy()) / 2
            found.setdefault(f"{n} series with truth", []).append(
                {
                    **scores(estimates, simulation, others, size),
                    "half width": float(np.nanmean(width[~estimates["anchored"].to_numpy()])),
                    "unbiased median": float(np.nanmean(unbiased[others])),
                }
            )
    yield from averaged(found)


def averaged(found: dict[str, list[Row]]) -> Iterator[Row]:
    """Means over the simulations, and the extremes of coverage."""
    for name, runs in found.items():
        row: Row = {"trial": name}
        for column in runs[0]:
            values = np.array([run[column] for run in runs], np.float64)
            row[column] = round(float(values.mean()), 4)
        for column in ("coverage", "segments", "sizes"):
            if f"{column} low" in row:
                low = min(float(run[f"{column} low"]) for run in runs)  # type: ignore[arg-type]
                high = max(float(run[f"{column} high"]) for run in runs)  # type: ignore[arg-type]
                row[f"{column} low"], row[f"{column} high"] = round(low, 4), round(high, 4)
        yield row


def scores(
    estimates: pl.DataFrame, simulation: Simulation, others: np.ndarray, size: np.ndarray
) -> Row:
    """Mean absolute log error and coverage, overall and by group, of what has a value."""
    estimates = estimates.drop_nulls("value")
    number = estimates["series"].str.slice(1).cast(pl.Int64).to_numpy()
    week = ((estimates["period"] - FIRST).dt.total_days() // 7).to_numpy()
    true = np.exp(simulation.level[number, week])
    kept = np.isin(number, others)
    inside = (estimates["lower"].to_numpy() <= true) & (true <= estimates["upper"].to_numpy())
    off = np.abs(np.log(estimates["value"].to_numpy() / true))
    by_segment = [inside[kept & (simulation.segment[number] == g)].mean() for g in range(4)]
    by_size = [inside[kept & (size[number] == g)].mean() for g in range(3)]
    covered = float(inside[kept].mean())
    return {
        "log error": float(off[kept].mean()),
        "coverage": covered,
        "coverage low": covered,
        "coverage high": covered,
        "segments low": float(min(by_segment)),
        "segments high": float(max(by_segment)),
        "sizes low": float(min(by_size)),
        "sizes high": float(max(by_size)),
    }


SECTIONS: dict[str, Callable[[], Iterator[Row]]] = {
    "accuracy": accuracy_rows,
    "anchors": anchors_rows,
    "growth": growing_rows,
    "weather": lambda: weather_rows(data_folder()),
    "population": lambda: population_rows(data_folder()),
    "kernel": lambda: kernel_rows(simulate),
    "suspects": suspect_rows,
    "large": lambda: large_rows(data_folder(), simulate, claims_of),
    "update": lambda: update_rows(data_folder(), simulate, claims_of),
    "update-whole": lambda: update_rows(data_folder(), simulate, claims_of, is_whole=True),
    "update-large": lambda: update_rows(data_folder(), simulate, claims_of, 1_000_000),
    "updated": lambda: compared_rows(simulate, claims_of, truth_of, scores),
}


def main() -> None:
    """Run the sections that are named, or all, each kept in a file of its own."""
    for name in sys.argv[1:] or SECTIONS:
        print(f"\n{name}")
        rows = list(SECTIONS[name]())
        if rows:
            keep(Path(__file__).parent / "results", rows, name)


if __name__ == "__main__":
    main()
