"""Two public data sets with truth: weather of many sites, and populations of cities.

They may not be shipped, so they are read from the data folder; `README.md` says which files.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from howdah.estimates.fusion import Options, StaticFusion
from howdah.estimates.fusion.single import CANDIDATES, fit

Row = dict[str, object]

N_DRAWS = 10
SHARES = (0.0, 0.02, 0.05)
N_BOOTSTRAP = 2000
METRICS = ("Temperature", "Humidity", "Pressure")


def _read(folder: Path, name: str) -> pl.DataFrame | None:
    path = folder / f"{name}.parquet"
    if path.exists():
        return pl.read_parquet(path)
    sys.stderr.write(f"left out: {path} is not there (see README.md)\n")
    return None


def _as_claims(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        value_low=pl.lit(None, pl.Float64),
        value_high=pl.lit(None, pl.Float64),
        segment=pl.lit(""),
    )


def weather_rows(folder: Path) -> Iterator[Row]:
    """Error by metric, loss and share of truth, the mean of ten draws of which are known."""
    claims, truth = _read(folder, "weather_claims"), _read(folder, "weather_truth")
    if claims is None or truth is None:
        return
    number = r"(-?\d+\.?\d*)"
    for metric in METRICS:
        true = (
            truth.filter(pl.col("metric") == metric)
            .select(series="object", true=pl.col("value").str.extract(number).cast(pl.Float64))
            .unique("series")
            .drop_nulls()
            .sort("series")
        )
        said = (
            claims.filter(pl.col("metric") == metric)
            .with_columns(value=pl.col("value_text").str.extract(number).cast(pl.Float64))
            .drop_nulls("value")
            .group_by(series="object", source="source")
            .agg(pl.col("value").sort_by("observed_at").last())
            .filter(pl.col("series").is_in(true["series"].implode()))
        )
        for loss in ("squared", "absolute"):
            for share in SHARES:
                yield _weather_row(metric, loss, share, _as_claims(said), true)


def _weather_row(
    metric: str, loss: str, share: float, claims: pl.DataFrame, true: pl.DataFrame
) -> Row:
    wide = claims.pivot(on="source", index="series", values="value").join(
        true, on="series", how="right"
    )
    matrix, levels = wide.drop("series", "true").to_numpy(), wide["true"].to_numpy()
    found: dict[str, list[float]] = {}
    for seed in range(N_DRAWS):
        known = np.random.default_rng(seed).random(len(levels)) < share
        run = StaticFusion(
            claims,
            wide.filter(pl.Series(known)).select("series", value="true"),
            Options(scale="linear", loss=loss, seed=seed),
        )
        ours = wide.select("series").join(run.estimates, on="series", how="left")
        says = {"howdah": ours["value"].to_numpy(), "median": np.nanmedian(matrix, axis=1)}
        if share:
            fitted = fit(matrix[known], levels[known], squared=loss == "squared")
            for name in ("single best source", "least squares"):
                says[name] = CANDIDATES[name](matrix, fitted)
        for name, value in says.items():
            found.setdefault(name, []).append(_error((value - levels)[~known], loss))
        inside = (ours["lower"].to_numpy() <= levels) & (levels <= ours["upper"].to_numpy())
        found.setdefault("coverage", []).append(float(inside[~known].mean()))
    return {
        "metric": metric,
        "error": "RMSE" if loss == "squared" else "MAE",
        "truth": share,
        **{name: round(float(np.mean(values)), 4) for name, values in found.items()},
    }


def _error(off: np.ndarray, loss: str) -> float:
    off = off[np.isfinite(off)]
    return float(np.sqrt(np.mean(off**2)) if loss == "squared" else np.mean(np.abs(off)))


def population_rows(folder: Path) -> Iterator[Row]:
    """Share of populations wrong by over one per cent, with a bootstrap interval."""
    claims, truth = _read(folder, "population_claims"), _read(folder, "population_truth")
    if claims is None or truth is None:
        return
    said = _as_claims(
        claims.filter(pl.col("value") > 0).select(
            series="object", source="source", value=pl.col("value").cast(pl.Float64)
        )
    )
    run = StaticFusion(
        said, pl.DataFrame(schema={"series": pl.String, "value": pl.Float64}), Options()
    )
    middle = said.group_by("series").agg(pl.col("value").median())
    most = said.group_by("series").agg(pl.col("value").mode().sort().first())
    for name, values in (
        ("howdah", run.estimates),
        ("median", middle),
        ("most frequent value", most),
    ):
        both = truth.select(series="object", true="value").join(values, on="series")
        wrong = ((both["value"] - both["true"]).abs() > 0.01 * both["true"]).to_numpy()
        draws = np.random.default_rng(1).integers(0, len(wrong), (N_BOOTSTRAP, len(wrong)))
        low, high = np.quantile(wrong[draws].mean(1), [0.05, 0.95])
        yield {
            "method": name,
            "wrong by over 1 %": round(float(wrong.mean()), 4),
            "lower": round(float(low), 4),
            "upper": round(float(high), 4),
            "n": len(wrong),
        }
