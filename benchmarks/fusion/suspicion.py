"""Planted faults against the claims that are held to be suspect, beside simple rules."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from planted import FIRST, KINDS, Planted, plant, truth_of

from howdah.estimates.fusion import Options, Parts, fuse

N_SERIES = 800
N_PERIOD = 80
SHARE_ANCHORED = 0.2
SEEDS = (21,)

Row = dict[str, object]

_KEYS = ["series", "source", "period"]

#: Standard deviations from the median of a cell beyond which the simple rule suspects.
_SIMPLE_SDS = 3.0


def suspect_rows() -> Iterator[Row]:
    """Recall by kind, precision by reason, false alarms on clean data, and what it buys."""
    spoilt, clean = [], []
    errors: dict[str, list[float]] = {}
    for seed in SEEDS:
        planted = plant(N_SERIES, N_PERIOD, tuple(KINDS), seed=seed)
        for name, parts in (
            ("all faults, howdah fuse", Parts()),
            ("all faults, without suspects", Parts(suspects=False)),
            ("all faults, without copies", Parts(copies=False)),
            ("all faults, without both", Parts(suspects=False, copies=False)),
        ):
            found, error = _run(planted, parts, seed)
            errors.setdefault(name, []).append(error)
            if parts == Parts():
                spoilt.append(found)
        pure = plant(N_SERIES, N_PERIOD, (), seed=seed)
        found, error = _run(pure, Parts(), seed)
        errors.setdefault("no faults, howdah fuse", []).append(error)
        clean.append(found)
    yield from _recalls(pl.concat(spoilt))
    yield from _precisions(pl.concat(spoilt))
    yield from _alarms(pl.concat(clean))
    for name, values in errors.items():
        yield {"section": "accuracy", "name": name, "log error": round(float(np.mean(values)), 4)}


def _run(planted: Planted, parts: Parts, seed: int) -> tuple[pl.DataFrame, float]:
    """Every claim with its reason and the simple rule's, and the error of series without truth."""
    truth = truth_of(planted, SHARE_ANCHORED, seed)
    claims = planted.claims
    estimates, run = fuse(claims.drop("kind", "expected"), truth, Options(seed=seed, parts=parts))
    suspects = pl.concat(run.suspects()).select(*_KEYS, "reason")
    found = claims.join(suspects, on=_KEYS, how="left").with_columns(pl.col("reason").fill_null(""))
    rows = estimates.filter(~pl.col("anchored"))
    number = rows["series"].str.slice(1).cast(pl.Int64).to_numpy()
    week = ((rows["period"] - FIRST).dt.total_days() // 7).to_numpy()
    off = np.log(rows["value"].to_numpy()) - planted.level[number, week]
    return _simple(found), float(np.abs(off).mean())


def _simple(claims: pl.DataFrame) -> pl.DataFrame:
    """The rules that need no model: a figure said twice in a cell, or far from its median."""
    cell = ["series", "period"]
    log = claims.select(*cell, "source", log=pl.col("value").log())
    off = log.with_columns(off=pl.col("log") - pl.col("log").median().over(cell))
    off = off.with_columns(own=pl.col("off") - pl.col("off").median().over("source"))
    spread = 1.4826 * off.select(pl.col("own").abs().median().over("source")).to_series()
    return claims.with_columns(
        equal=pl.struct(*cell, "value").is_duplicated(),
        far=off["own"].abs() > _SIMPLE_SDS * spread,
    )


def _recalls(claims: pl.DataFrame) -> Iterator[Row]:
    for kind, reason in KINDS.items():
        own = claims.filter(pl.col("kind") == kind)
        rule = "equal" if reason == "copied" else "far"
        yield {
            "section": "recall",
            "name": kind,
            "n": own.height,
            "recall": _share(own["reason"] == reason),
            "any reason": _share(own["reason"] != ""),
            "simple rule": _share(own[rule]),
        }


def _precisions(claims: pl.DataFrame) -> Iterator[Row]:
    for reason in sorted(set(claims["reason"]) - {""}):
        own = claims.filter(pl.col("reason") == reason)
        yield {
            "section": "precision",
            "name": reason,
            "n": own.height,
            "this reason": _share(own["expected"] == reason),
            "any fault": _share(own["kind"] != ""),
        }
    for rule, name in (("equal", "simple: equal figures"), ("far", "simple: |z| > 3")):
        own = claims.filter(pl.col(rule))
        yield {
            "section": "precision",
            "name": name,
            "n": own.height,
            "any fault": _share(own["kind"] != ""),
        }


def _alarms(claims: pl.DataFrame) -> Iterator[Row]:
    """Suspects in a thousand claims without faults."""
    for reason in (*sorted(set(claims["reason"]) - {""}), "any"):
        hit = claims["reason"] != "" if reason == "any" else claims["reason"] == reason
        yield {
            "section": "clean",
            "name": reason,
            "n": claims.height,
            "per 1000": round(1000 * float(hit.to_numpy().mean()), 4),
        }
    for rule, name in (("equal", "simple: equal figures"), ("far", "simple: |z| > 3")):
        per = 1000 * float(claims[rule].to_numpy().mean())
        yield {"section": "clean", "name": name, "n": claims.height, "per 1000": round(per, 4)}


def _share(flags: pl.Series) -> float:
    return round(float(flags.to_numpy().mean()), 4)
