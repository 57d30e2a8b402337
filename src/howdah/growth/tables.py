"""Results as the tables that a run writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.growth.experiments import Planner
from howdah.growth.results import BASE, Range, Result
from howdah.growth.series import Names, as_dates
from howdah.growth.sums import Sum

Floats = NDArray[np.float64]

_Kind = TypeVar("_Kind", np.int64, np.float64)


@dataclass(frozen=True, slots=True)
class Split:
    """What a split found.

    Attributes
    ----------
    contributions
        ``group, period, channel, value, lower, upper``; channel ``(base)`` is the organic level.
        Null where it cannot be told.
    totals
        ``group, channel, total, lower, upper, share, share_lower, share_upper, verdict, reason,
        code, prob``, and of channels ``spend, cac, cac_lower, cac_upper, next_cac, next_cac_lower,
        next_cac_upper``: spend a unit bought, and of a little more spend everywhere.
    survival
        ``group, period, value, lower, upper``: the outcome, without its noise, after every channel
        has stopped.
    checks
        ``group, channel, fitted_share, fitted_lower, fitted_upper`` (what the fit says, whatever
        the verdict), ``own_share, inflation, placebo, chases_p, reliability_low,
        reliability_high, contrast, contrast_lower, contrast_upper, n_on, n_off, n_switches``.
    experiments
        ``group, channel, n_pauses, pause_periods, detectable, detectable_share, power``: the
        cheapest pauses that would tell, of channels that are not identified.
    sums
        ``group, name, channels, total, lower, upper, share, share_lower, share_upper, verdict,
        reason, code, prob``, and of spend ``spend, cac, cac_lower, cac_upper``: channels that move
        as one, those whose sum was asked for, and all where there are several.
    sum_contributions
        ``group, name, period, value, lower, upper``: what those brought by period.
    fits
        ``group, rhythm, n_periods, n_missing, drift, noise, fixed_columns``.
    """

    contributions: pl.DataFrame
    totals: pl.DataFrame
    survival: pl.DataFrame
    checks: pl.DataFrame
    experiments: pl.DataFrame
    sums: pl.DataFrame
    sum_contributions: pl.DataFrame
    fits: pl.DataFrame


def tables(
    results: Sequence[Result], names: Names, prob: float, *, is_proxy: bool,
    together: Mapping[str, tuple[str, ...]],
) -> Split:  # fmt: skip
    """The tables of all series, in their order.

    Parameters
    ----------
    together
        Names of sums that were asked for; another is named by its channels.
    """
    return Split(
        _contributions(results, names),
        _totals(results, names, prob, is_proxy=is_proxy),
        _survival(results),
        _checks(results, names),
        _experiments(results, names),
        _sums(results, names, prob, together, is_proxy=is_proxy),
        _sum_contributions(results, names, together),
        _fits(results),
    )


def _contributions(results: Sequence[Result], names: Names) -> pl.DataFrame:
    channels = (*names.channels, BASE)
    stated = [np.flatnonzero(r.prepared.series.is_stated) for r in results]
    counts = [len(at) for at in stated]
    days = [
        np.tile(r.prepared.days[at], len(channels)) for r, at in zip(results, stated, strict=True)
    ]
    labels = [np.repeat(np.arange(len(channels)), n) for n in counts]
    return pl.DataFrame(
        {
            "group": _groups(results, [n * len(channels) for n in counts]),
            "period": as_dates(_joined(days, np.int64)),
            "channel": pl.Series(channels).gather(_joined(labels, np.int64)),
            **_ends([r.courses for r in results]),
        }
    )


def _totals(
    results: Sequence[Result], names: Names, prob: float, *, is_proxy: bool
) -> pl.DataFrame:
    channels = (*names.channels, BASE)
    totals, shares = (_ends([getattr(r, x) for r in results]) for x in ("totals", "shares"))
    verdicts = [v for r in results for v in r.verdicts]
    frame = pl.DataFrame(
        {
            "group": _groups(results, [len(channels)] * len(results)),
            "channel": list(channels) * len(results),
            "total": totals["value"], "lower": totals["lower"], "upper": totals["upper"],
            "share": shares["value"],
            "share_lower": shares["lower"], "share_upper": shares["upper"],
            "verdict": pl.Series([v.word for v in verdicts], dtype=pl.String),
            "reason": pl.Series([v.reason for v in verdicts], dtype=pl.String),
            "code": pl.Series([v.code for v in verdicts], dtype=pl.String),
            "prob": pl.Series([prob] * len(verdicts), dtype=pl.Float64),
        }
    )  # fmt: skip
    if is_proxy:
        # A count of creatives is no money.
        return frame
    spend = [np.append(r.spent, np.nan) for r in results]
    return frame.with_columns(
        _numbers(spend).alias("spend"),
        *_cost_columns([r.costs for r in results], "cac"),
        *_cost_columns([r.next_costs for r in results], "next_cac"),
    )


def _cost_columns(costs: Sequence[Range], name: str) -> list[pl.Series]:
    parts = (("value", name), ("lower", f"{name}_lower"), ("upper", f"{name}_upper"))
    return [
        _numbers([np.append(getattr(c, x), np.nan) for c in costs]).alias(column)
        for x, column in parts
    ]


def _survival(results: Sequence[Result]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "group": _groups(results, [len(r.after) for r in results]),
            "period": as_dates(_joined([r.prepared.days[r.after] for r in results], np.int64)),
            **_ends([r.survival for r in results]),
        }
    )


def _checks(results: Sequence[Result], names: Names) -> pl.DataFrame:
    rows = []
    for r in results:
        place = {int(c): k for k, c in enumerate(np.flatnonzero(r.prepared.takes_part))}
        for c, name in enumerate(names.channels):
            row: dict[str, object] = {
                "group": r.prepared.series.group, "channel": name,
                "own_share": float(r.prepared.own[c]),
            }  # fmt: skip
            if c in place and r.checks is not None:
                k, found = place[c], r.checks
                contrast = found.contrasts[k]
                row |= {
                    "fitted_share": float(r.fitted.value[c]),
                    "fitted_lower": float(r.fitted.lower[c]),
                    "fitted_upper": float(r.fitted.upper[c]),
                    "inflation": float(found.inflation[k]),
                    "placebo": float(found.placebo[k]),
                    "chases_p": float(found.chases[k]) if np.isfinite(found.chases[k]) else None,
                    "reliability_low": float(found.reliability[k, 0]),
                    "reliability_high": float(found.reliability[k, 1]),
                }
                if contrast is not None:
                    row |= {
                        "contrast": contrast.value, "contrast_lower": contrast.lower,
                        "contrast_upper": contrast.upper, "n_on": contrast.n_on,
                        "n_off": contrast.n_off, "n_switches": contrast.n_switches,
                    }  # fmt: skip
            rows.append(row)
    numbers = (
        "fitted_share", "fitted_lower", "fitted_upper", "own_share", "inflation", "placebo",
        "chases_p", "reliability_low", "reliability_high", "contrast", "contrast_lower",
        "contrast_upper",
    )  # fmt: skip
    schema: dict[str, type[pl.DataType]] = {"group": pl.String, "channel": pl.String}
    schema |= dict.fromkeys(numbers, pl.Float64)
    schema |= dict.fromkeys(("n_on", "n_off", "n_switches"), pl.Int64)
    return pl.DataFrame(rows, schema=schema)


def _experiments(results: Sequence[Result], names: Names) -> pl.DataFrame:
    planner = Planner()
    rows = [
        (r.prepared.series.group, name, found.n_pauses, found.n_periods,
         found.detectable * r.prepared.scale, found.detectable, found.power)
        for r in results
        for c, name in enumerate(names.channels)
        if (found := planner.plan(r, c)) is not None
    ]  # fmt: skip
    return pl.DataFrame(
        rows,
        schema={
            "group": pl.String, "channel": pl.String, "n_pauses": pl.Int64,
            "pause_periods": pl.Int64, "detectable": pl.Float64, "detectable_share": pl.Float64,
            "power": pl.Float64,
        },
        orient="row",
    )  # fmt: skip


def _sums(
    results: Sequence[Result], names: Names, prob: float, together: Mapping[str, tuple[str, ...]],
    *, is_proxy: bool,
) -> pl.DataFrame:  # fmt: skip
    rows = []
    for r in results:
        for s in r.sums:
            channels = [names.channels[c] for c in s.channels]
            row: dict[str, object] = {
                "group": r.prepared.series.group,
                "name": _name_of(s, names, together),
                "channels": channels, "verdict": s.verdict.word, "reason": s.verdict.reason,
                "code": s.verdict.code, "prob": prob, "spend": s.spent,
            }  # fmt: skip
            for name, part in (("total", s.total), ("share", s.share), ("cac", s.cost)):
                lead = "" if name == "total" else f"{name}_"
                parts = (
                    (name, part.value),
                    (f"{lead}lower", part.lower),
                    (f"{lead}upper", part.upper),
                )
                row |= {x: float(end[0]) if np.isfinite(end[0]) else None for x, end in parts}
            rows.append(row)
    texts, numbers = pl.String(), pl.Float64()
    schema: dict[str, pl.DataType] = {
        "group": texts, "name": texts, "channels": pl.List(pl.String), "total": numbers,
        "lower": numbers, "upper": numbers, "share": numbers, "share_lower": numbers,
        "share_upper": numbers, "verdict": texts, "reason": texts, "code": texts, "prob": numbers,
    }  # fmt: skip
    if not is_proxy:
        schema |= dict.fromkeys(("spend", "cac", "cac_lower", "cac_upper"), numbers)
    return pl.DataFrame([{x: row[x] for x in schema} for row in rows], schema=schema)


def _sum_contributions(
    results: Sequence[Result], names: Names, together: Mapping[str, tuple[str, ...]]
) -> pl.DataFrame:
    every = [(r, s) for r in results for s in r.sums]
    days = [r.prepared.days[np.flatnonzero(r.prepared.series.is_stated)] for r, _ in every]
    counts = [len(own) for own in days]
    labels = pl.Series([_name_of(s, names, together) for _, s in every], dtype=pl.String)
    return pl.DataFrame(
        {
            "group": _groups([r for r, _ in every], counts),
            "name": labels.gather(np.repeat(np.arange(len(every)), counts)),
            "period": as_dates(_joined(days, np.int64)),
            **_ends([s.course for _, s in every]),
        }
    )


def _name_of(found: Sum, names: Names, together: Mapping[str, tuple[str, ...]]) -> str:
    """The name that a sum was asked for by, else its channels."""
    channels = [names.channels[c] for c in found.channels]
    asked = {frozenset(some): name for name, some in together.items()}
    return asked.get(frozenset(channels), " + ".join(channels))


def _fits(results: Sequence[Result]) -> pl.DataFrame:
    series = [r.prepared.series for r in results]
    return pl.DataFrame(
        {
            "group": [s.group for s in series],
            "rhythm": [s.calendar.rhythm for s in series],
            "n_periods": [r.prepared.bases.n_known for r in results],
            "n_missing": [
                r.prepared.n_period - r.prepared.bases.n_known for r in results
            ],
            "drift": _numbers([np.array([r.drift]) for r in results]),
            "noise": _numbers([np.array([r.noise]) for r in results]),
            "fixed_columns": [list(r.prepared.design.names) for r in results],
        },
        schema_overrides={
            "group": pl.String, "rhythm": pl.String, "n_periods": pl.Int64, "n_missing": pl.Int64,
            "fixed_columns": pl.List(pl.String),
        },
    )  # fmt: skip


def _groups(results: Sequence[Result], counts: Sequence[int]) -> pl.Series:
    names = pl.Series([r.prepared.series.group for r in results], dtype=pl.String)
    return names.gather(np.repeat(np.arange(len(results)), counts))


def _ends(ranges: Sequence[Range]) -> dict[str, pl.Series]:
    return {
        x: _numbers([getattr(r, x).ravel() for r in ranges]) for x in ("value", "lower", "upper")
    }


def _numbers(parts: Sequence[Floats]) -> pl.Series:
    """Numbers; what is not finite cannot be told, or has no end."""
    joined = _joined(parts, np.float64)
    return pl.Series(np.where(np.isfinite(joined), joined, np.nan)).fill_nan(None)


def _joined(parts: Sequence[NDArray[_Kind]], kind: type[_Kind]) -> NDArray[_Kind]:
    return np.concatenate(parts) if len(parts) else np.zeros(0, kind)
