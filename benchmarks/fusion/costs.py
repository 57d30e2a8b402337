"""What fusion costs: a series beside other libraries' smoothers, and a million series in all."""

import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench import run_child
from howdah.kernels import Model, Panel, fuse_panel

Row = dict[str, object]

N_KERNEL = 2_000
N_OTHER = 40
N_PERIOD = 156
N_SOURCE = 10
N_LARGE = 1_000_000
N_SIMULATED = 100_000
N_WHOLE = 20_000
N_PART = 10_000


def _panel(n_series: int) -> tuple[Panel, Model]:
    """Weekly claims of ten sources about each series, half of them missing."""
    draws = np.random.default_rng(1)
    level = draws.normal(11, 2, (n_series, 1))
    level = level + np.cumsum(draws.normal(0, 0.04, (n_series, N_PERIOD)), axis=1)
    house = draws.normal(0, 0.3, (n_series, N_SOURCE))
    value = level[:, :, None] + house[:, None]
    value = value + draws.normal(0, 0.1, value.shape)
    series, period, source = np.nonzero(draws.random(value.shape) < 0.5)
    zeros = np.zeros(n_series, np.int32)
    panel = Panel(
        start=np.searchsorted(series, np.arange(n_series + 1)).astype(np.int64),
        period=period.astype(np.int32),
        source=source.astype(np.int32),
        value=value[series, period, source],
        low=np.full(len(series), np.nan),
        high=np.full(len(series), np.nan),
        own_var=np.zeros(len(series)),
        segment=zeros,
        size=zeros,
        first=zeros,
        length=np.full(n_series, N_PERIOD, np.int32),
        pace=np.ones(n_series),
        gap=np.ones(N_PERIOD),
    )
    model = Model(
        bias=np.zeros((N_SOURCE, 1)),
        house_var=np.full(N_SOURCE, 0.09),
        noise_var=np.full((N_SOURCE, 1), 0.01),
        drift_var=np.zeros(N_SOURCE),
        family=np.full(N_SOURCE, -1, np.int32),
        family_var=np.zeros(1),
        common_var=np.zeros(1),
        step_var=0.0016,
        step_shape=3.0,
        trend_mean=0.0,
        trend_var=0.0,
        start_var=9.0,
    )
    return panel, model


def kernel_rows(_: Callable[..., Any]) -> Iterator[Row]:
    """CPU microseconds a series and pass, one model and the same claims for all."""
    panel, model = _panel(N_KERNEL)
    fuse_panel(panel, model, n_passes=1)
    ours = {}
    for n_passes in (1, 4):
        ours[n_passes] = min(
            _cpu(lambda n=n_passes: fuse_panel(panel, model, n_passes=n, moments=False))
            for _ in range(5)
        )
        yield {
            "solve": f"howdah, {n_passes} passes",
            "CPU us a series": round(1e6 * ours[n_passes] / N_KERNEL, 1),
            "CPU us a series and pass": round(1e6 * ours[n_passes] / N_KERNEL / n_passes, 1),
            "times howdah's pass": round(ours[n_passes] / n_passes / ours[1], 2),
        }
    values = np.full((N_OTHER, N_PERIOD, N_SOURCE), np.nan)
    series = np.repeat(np.arange(N_KERNEL), np.diff(panel.start))
    kept = series < N_OTHER
    values[series[kept], panel.period[kept], panel.source[kept]] = panel.value[kept]
    for name, smooth in (("statsmodels", _statsmodels), ("dynamax", _dynamax)):
        try:
            run = smooth(values, model)
        except ImportError as missing:
            sys.stderr.write(f"left out: {name} ({missing})\n")
            continue
        found = run()
        expected = fuse_panel(panel, model, n_passes=1).mean.reshape(N_KERNEL, N_PERIOD)
        apart = float(np.abs(found - expected[:N_OTHER]).max())
        cost = min(_cpu(run) for _ in range(3)) / N_OTHER
        yield {
            "solve": f"{name}, one smoothing",
            "CPU us a series": round(1e6 * cost, 1),
            "CPU us a series and pass": round(1e6 * cost, 1),
            "times howdah's pass": round(cost / (ours[1] / N_KERNEL), 1),
            "largest difference": float(f"{apart:.2g}"),
        }


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _starts(values: np.ndarray) -> np.ndarray:
    return np.nanmedian(values, axis=(1, 2))


def _statsmodels(values: np.ndarray, model: Model) -> Callable[[], np.ndarray]:
    from statsmodels.tsa.statespace.mlemodel import MLEModel  # noqa: PLC0415 - may be absent

    def run() -> np.ndarray:
        found = []
        for value, start in zip(values, _starts(values), strict=True):
            other = MLEModel(value, k_states=1 + N_SOURCE, k_posdef=1)
            other["design"] = np.hstack([np.ones((N_SOURCE, 1)), np.eye(N_SOURCE)])
            other["transition"] = np.eye(1 + N_SOURCE)
            other["selection"] = np.eye(1 + N_SOURCE)[:, :1]
            other["state_cov"] = np.array([[model.step_var]])
            other["obs_cov"] = np.diag(model.noise_var[:, 0])
            prior = np.diag(np.concatenate([[9.0], model.house_var]))
            other.initialize_known(np.concatenate([[start], np.zeros(N_SOURCE)]), prior)
            found.append(other.ssm.smooth().smoothed_state[0])
        return np.array(found)

    return run


def _dynamax(values: np.ndarray, model: Model) -> Callable[[], np.ndarray]:
    import jax  # noqa: PLC0415 - may be absent

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp  # noqa: PLC0415
    from dynamax.linear_gaussian_ssm.inference import (  # noqa: PLC0415
        lgssm_smoother,
        make_lgssm_params,
    )

    design = np.hstack([np.ones((N_SOURCE, 1)), np.eye(N_SOURCE)])
    state_cov = np.diag(np.concatenate([[model.step_var], np.full(N_SOURCE, 1e-12)]))
    prior = np.diag(np.concatenate([[9.0], model.house_var]))
    missing = np.isnan(values)
    # It takes no missing values: their noise is made so large that they say nothing.
    noise = np.where(missing, 1e9, model.noise_var[:, 0])
    filled = np.where(missing, 0.0, values)

    def one(value: Any, wide: Any, start: Any) -> Any:  # noqa: ANN401 - traced arrays
        params = make_lgssm_params(
            jnp.concatenate([start[None], jnp.zeros(N_SOURCE)]), jnp.array(prior),
            jnp.eye(1 + N_SOURCE), jnp.array(state_cov), jnp.array(design), wide,
        )  # fmt: skip
        return lgssm_smoother(params, value).smoothed_means[:, 0]

    batch = jax.jit(jax.vmap(one))
    wide = jnp.array(noise)
    arguments = (jnp.array(filled), wide, jnp.array(_starts(values)))

    def run() -> np.ndarray:
        return np.asarray(batch(*arguments).block_until_ready())

    return run


def _make_part(
    part: int, *, folder: Path, simulate: Callable[..., Any], claims_of: Callable[..., Any]
) -> None:
    simulation = simulate(N_PART, N_PERIOD, seed=part)
    first = part * N_PART
    claims = claims_of(simulation).with_columns(
        series=pl.Series([f"p{n + first:07}" for n in simulation.series])
    )
    claims.drop("value_low", "value_high").write_parquet(
        folder / f"part-{part:03}.parquet", compression="zstd", row_group_size=500_000
    )
    at = np.arange(6, N_PERIOD, 13)
    anchored = np.arange(0, N_PART, 20)
    days = claims["period"].unique().sort()
    truth = pl.DataFrame(
        {
            "series": [f"p{n + first:07}" for n in np.repeat(anchored, len(at))],
            "period": days.gather(np.tile(at, len(anchored))),
            "value": np.exp(simulation.level[np.ix_(anchored, at)]).ravel(),
        }
    )
    truth.write_parquet(folder / f"truth-{part:03}.parquet")


def make_simulated(
    data: Path,
    simulate: Callable[..., Any],
    claims_of: Callable[..., Any],
    name: str = "fusion",
    n_series: int = N_SIMULATED,
) -> tuple[Path, Path]:
    """One file of claims and one of truth, made part by part."""
    claims, truth = data / f"{name}.parquet", data / f"{name}-truth.parquet"
    if claims.exists() and truth.exists():
        return claims, truth
    sys.stderr.write(f"making {n_series} series (a few minutes, once)\n")
    with tempfile.TemporaryDirectory(dir=data) as parts:
        folder = Path(parts)
        make = partial(_make_part, folder=folder, simulate=simulate, claims_of=claims_of)
        with multiprocessing.get_context("spawn").Pool() as pool:
            pool.map(make, range(n_series // N_PART), chunksize=1)
        # Parts are in order of series; the engine would hold all of an ordered copy in memory.
        for kind, target in (("part", claims), ("truth", truth)):
            made = sorted(folder.glob(f"{kind}-*.parquet"))
            with pq.ParquetWriter(
                folder / kind, pq.read_schema(made[0]), compression="zstd"
            ) as writer:
                for part in made:
                    for batch in pq.ParquetFile(part).iter_batches(500_000):
                        writer.write_batch(batch)
            (folder / kind).rename(target)
    return claims, truth


def make_large(data: Path, made: tuple[Path, Path]) -> tuple[Path, Path]:
    """A million series."""
    return make_repeated(data, made, "fusion-large", N_LARGE // N_SIMULATED)


def make_whole(
    data: Path, simulate: Callable[..., Any], claims_of: Callable[..., Any]
) -> tuple[Path, Path]:
    """A hundred thousand series of which every vendor has a figure in every week."""
    made = make_simulated(data, partial(simulate, is_whole=True), claims_of, "fusion-few", N_WHOLE)
    return make_repeated(data, made, "fusion-whole", N_SIMULATED // N_WHOLE)


def make_repeated(
    data: Path, made: tuple[Path, Path], name: str, n_times: int
) -> tuple[Path, Path]:
    """Simulated series over and over under new names: cost does not look at values."""
    targets = data / f"{name}.parquet", data / f"{name}-truth.parquet"
    for source, target in zip(made, targets, strict=True):
        if target.exists():
            continue
        unfinished = target.with_name(f"{target.name}.partial")
        with pq.ParquetWriter(unfinished, pq.read_schema(source), compression="zstd") as writer:
            # Row group by row group: the engine would hold all of an ordered copy in memory.
            for n in range(n_times):
                for batch in pq.ParquetFile(source).iter_batches(500_000):
                    own = batch["series"]
                    before, between = (pa.scalar(x, own.type) for x in (f"{n:02}", ""))
                    names = pc.binary_join_element_wise(before, own, between)
                    writer.write_batch(batch.set_column(0, "series", names))
        unfinished.rename(target)
    return targets


def large_rows(
    data: Path, simulate: Callable[..., Any], claims_of: Callable[..., Any]
) -> Iterator[Row]:
    """`howdah fuse` of a million series, files in, files out."""
    howdah = str(Path(sys.executable).parent / "howdah")
    made = make_simulated(data, simulate, claims_of)
    for n_series in (N_SIMULATED, N_LARGE):
        claims, truth = made if n_series == N_SIMULATED else make_large(data, made)
        with tempfile.TemporaryDirectory(dir=data) as name:
            cost = run_child(
                [howdah, "fuse", str(claims), "--anchors", str(truth), "--out", f"{name}/out",
                 "--json"]
            )  # fmt: skip
            summary = json.loads(cost.answer)["data"]
            written = json.loads(Path(f"{name}/out/summary.json").read_text(encoding="utf-8"))
        yield {
            "series": n_series,
            "claims": summary["n_claims"],
            "wall s": round(cost.wall, 1),
            "CPU s": round(cost.cpu, 1),
            "solve CPU s": written["timings"]["solve_cpu_s"],
            "suspects CPU s": written["timings"]["suspects_cpu_s"],
            "peak MB": round(cost.peak_mb),
        }
