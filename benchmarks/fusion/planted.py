"""Vendors with planted faults: who copies, what is frozen, swapped or in another unit is known."""

import datetime as dt
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FIRST = dt.date(2022, 1, 3)

#: One row a vendor: (share of periods with a figure, noise of the log, spread of house effects,
#: digits, how long errors last as an autocorrelation). Two are nearly exact, two round coarsely.
VENDORS = (
    (0.90, 0.10, 0.20, 3, 0.5),
    (0.70, 0.15, 0.20, 3, 0.0),
    (0.90, 0.06, 0.10, 3, 0.0),
    (0.60, 0.20, 0.30, 2, 0.0),
    (0.80, 0.12, 0.20, 2, 0.3),
    (0.80, 0.005, 0.01, 4, 0.0),
    (0.70, 0.005, 0.01, 4, 0.0),
)

#: Kinds that can be planted, in the words of the suspects' `reason`, and how.
KINDS = {
    "copy rounded": "copied",
    "copy rescaled": "copied",
    "copy with noise": "copied",
    "copy of 3 weeks before": "copied",
    "copy for some series": "copied",
    "copy for some weeks": "copied",
    "frozen": "stale",
    "swapped once": "wrong_entity",
    "swapped for weeks": "wrong_entity",
    "id of another": "wrong_entity",
    "unit from some week on": "unit_slip",
    "two units mixed": "unit_slip",
    "cents throughout": "unit_slip",
    "single slips": "unit_slip",
}

SLIPS = (1000.0, 0.001, 10.0, 0.1, 12.0, 30.0, 100.0, 0.01)


class Planted(NamedTuple):
    """Claims with their faults, and the truth."""

    claims: pl.DataFrame  # as `howdah fuse` reads them, and ``kind`` and ``expected`` reason
    level: Floats  # (n_series, n_period) true log level


def plant(n_series: int, n_period: int, kinds: tuple[str, ...], *, seed: int) -> Planted:
    """Claims of the vendors with some kinds of faults, each in a few of a hundred series."""
    draws = np.random.default_rng(seed)
    level = draws.normal(11, 2, (n_series, 1)) + np.cumsum(
        0.03 * draws.standard_t(5, (n_series, n_period)), axis=1
    )
    shared = 0.04 * draws.normal(size=(n_series, n_period))
    logs, labels, names = [], [], []
    for s, (_, noise, spread, digits, lasting) in enumerate(VENDORS):
        error = draws.standard_t(6, (n_series, n_period)) / np.sqrt(1.5)
        for t in range(1, n_period):
            error[:, t] = lasting * error[:, t - 1] + np.sqrt(1 - lasting**2) * error[:, t]
        house = draws.normal(0, 0.1) + spread * draws.normal(size=(n_series, 1))
        near = 0.0 if noise < 0.01 else 1.0
        logs.append(_round(level + house + near * shared + noise * error, digits))
        labels.append(np.full((n_series, n_period), "", "U32"))
        names.append(f"vendor-{s}")
    for kind in kinds:
        if KINDS[kind] != "copied":
            _spoil(kind, logs, labels, draws)
    seen = [draws.random((n_series, n_period)) < row[0] for row in VENDORS]
    for kind in kinds:
        if KINDS[kind] == "copied":
            log, label, printed = _copy(kind, logs, seen, level, draws)
            logs.append(log)
            labels.append(label)
            seen.append(printed)
            names.append(kind.replace(" ", "-"))
    parts = []
    for name, log, label, printed in zip(names, logs, labels, seen, strict=True):
        i, t = np.nonzero(printed)
        parts.append(
            pl.DataFrame(
                {
                    "series": [f"p{n:06}" for n in i],
                    "source": [name] * len(i),
                    "period": pl.Series(
                        [FIRST + dt.timedelta(weeks=n) for n in range(n_period)]
                    ).gather(t),
                    "value": np.exp(log[i, t]),
                    "kind": label[i, t],
                }
            )
        )
    claims = pl.concat(parts).with_columns(
        pl.col("kind").replace_strict({**KINDS, "": ""}).alias("expected"),
        segment=pl.lit(""),
        value_low=pl.lit(None, pl.Float64),
        value_high=pl.lit(None, pl.Float64),
        listed=pl.lit(None, pl.Boolean),
        cutoff=pl.lit(None, pl.Float64),
    )
    return Planted(claims, level)


def truth_of(planted: Planted, share: float, seed: int) -> pl.DataFrame:
    """Truth of every eighth week of some series."""
    n_series, n_period = planted.level.shape
    draws = np.random.default_rng((seed, 1))
    known = np.flatnonzero(draws.random(n_series) < share)
    weeks = np.arange(3, n_period, 8)
    return pl.DataFrame(
        {
            "series": [f"p{n:06}" for n in np.repeat(known, len(weeks))],
            "period": [FIRST + dt.timedelta(weeks=int(n)) for _ in known for n in weeks],
            "value": np.exp(planted.level[np.ix_(known, weeks)]).ravel(),
        },
        schema={"series": pl.String, "period": pl.Date, "value": pl.Float64},
    )


def _copy(
    kind: str,
    logs: list[Floats],
    seen: list[NDArray[np.bool_]],
    level: Floats,
    draws: np.random.Generator,
) -> tuple[Floats, NDArray[np.str_], NDArray[np.bool_]]:
    """A vendor that copies: its figures, which of them are copies, and where it has any."""
    n_series, n_period = level.shape
    origin = [k for k, reason in KINDS.items() if reason == "copied"].index(kind) % 5
    own = level + 0.2 * draws.normal(size=(n_series, 1)) + 0.1 * draws.normal(size=level.shape)
    own = _round(own, 3)
    lag = 3 if kind == "copy of 3 weeks before" else 0
    log = np.roll(logs[origin], lag, axis=1)
    printed = np.roll(seen[origin], lag, axis=1)
    copied = printed.copy()
    copied[:, :lag] = False
    match kind:
        case "copy rounded":
            log = _round(log, 2)
        case "copy rescaled":
            log = _round(log + np.log(1.15), 4)
        case "copy with noise":
            log = log + 0.002 * draws.normal(size=log.shape)
        case "copy for some series":
            copied &= draws.random((n_series, 1)) < 0.3
        case "copy for some weeks":
            week = np.arange(n_period)
            copied &= (week > n_period * 0.3) & (week < n_period * 0.6)
    seen_here = draws.random(level.shape) < 0.8
    partial = kind.startswith("copy for some")
    seen_here &= printed | partial
    log = np.where(copied, log, own)
    return log, np.where(copied, kind, ""), seen_here


def _spoil(  # noqa: C901 - one branch a kind
    kind: str, logs: list[Floats], labels: list[NDArray[np.str_]], draws: np.random.Generator
) -> None:
    """Plant faults of one kind into figures that have none yet."""
    n_series, n_period = logs[0].shape
    few = np.sort(draws.choice(n_series, max(2, n_series * 3 // 100), replace=False))
    if kind in {"swapped once", "swapped for weeks", "id of another"}:
        draws.shuffle(few)
        s = 4 if kind == "swapped once" else 0 if kind == "swapped for weeks" else 2
        for i, j in zip(few[::2].tolist(), few[1::2].tolist(), strict=False):
            begin = int(draws.integers(0, n_period - 12))
            length = {"swapped once": 1, "swapped for weeks": 10}.get(kind, 12)
            span = slice(begin, begin + length)
            if (labels[s][i, span] != "").any() or (labels[s][j, span] != "").any():
                continue
            if kind == "id of another":
                logs[s][i, span] = logs[s][j, span]
            else:
                logs[s][i, span], logs[s][j, span] = (
                    logs[s][j, span].copy(), logs[s][i, span].copy(),
                )  # fmt: skip
                labels[s][j, span] = kind
            labels[s][i, span] = kind
        return
    s = {"frozen": 2, "unit from some week on": 1, "two units mixed": 3, "cents throughout": 0}.get(
        kind, 4
    )
    for i in few.tolist():
        begin = int(draws.integers(4, n_period - 20))
        rows = np.zeros(n_period, np.bool_)
        match kind:
            case "frozen":
                rows[begin : begin + int(draws.integers(8, 20))] = True
            case "unit from some week on":
                rows[begin:] = True
            case "two units mixed":
                rows = draws.random(n_period) < 0.4
            case "cents throughout":
                rows[:] = True
            case "single slips":
                rows[draws.integers(0, n_period, 3)] = True
        rows &= labels[s][i] == ""
        factor = 100.0 if kind == "cents throughout" else float(draws.choice(SLIPS))
        logs[s][i, rows] = (
            logs[s][i, begin - 1] if kind == "frozen" else logs[s][i, rows] + np.log(factor)
        )
        labels[s][i, rows] = kind


def _round(log: Floats, digits: int) -> Floats:
    """Rounded to some digits, as vendors print."""
    unit = 10.0 ** (np.floor(log / np.log(10)) - digits + 1)
    return np.log(np.round(np.exp(log) / unit) * unit)
