"""League tables with intervals; places that cannot be told apart share a band."""

import datetime as dt

import numpy as np
import polars as pl
from scipy.special import ndtri

from howdah.core.calendar import parse_period
from howdah.core.errors import InputError
from howdah.core.estimate import Estimate
from howdah.estimates import estimate_levels, flag_suspects, to_records, to_scale
from howdah.market.basis import basis_of
from howdah.market.pages import League, LeagueRow
from howdah.market.show import houses_for
from howdah.market.workspace import Workspace

#: Periods that end this close to the latest one are of one table: weekly and monthly readings.
_SAME_TABLE_DAYS = 10

#: Days before the table's period that are read too, to judge its readings by their neighbours:
#: four of a monthly list.
_NEIGHBOUR_DAYS = 130


def rank(
    ws: Workspace,
    metric: str,
    as_of: dt.date,
    *,
    segment: str | None = None,
    period: str | None = None,
    definition: str | None = None,
) -> League:
    """A league table of one metric in one period, under one definition.

    Without a period the latest is taken; without a definition the one that most entities have
    there, and the others are named.

    Raises
    ------
    UnknownNameError
        No such metric or segment.
    InputError
        No claim of the metric is known for that period or definition.
    """
    kind = ws.metrics[metric]
    if kind.shape == "event":
        raise InputError(f"{metric} is an event and has no league table. Give a metric of numbers.")
    subjects = None
    if segment is not None:
        members = ws.members(ws.find_segment(segment))
        subjects = [i for member in members for i in ws.resolver.entity(member).referents]
    last_day = ws.newest_period(as_of, metric, subjects)
    first_day = last_day - dt.timedelta(days=_SAME_TABLE_DAYS) if last_day is not None else None
    if period is not None:
        wanted = parse_period(period)
        first_day, last_day = wanted.start, wanted.end
    since = first_day - dt.timedelta(days=_NEIGHBOUR_DAYS) if first_day is not None else None
    observations = ws.observations(as_of, metrics=[metric], subjects=subjects, since=since)
    observations = observations.filter(pl.col("scheme") != "list")
    in_table = (
        pl.col("valid_to").is_between(first_day, last_day) if first_day else pl.lit(value=True)
    )
    if observations.filter(in_table).height == 0:
        raise _nothing_known(metric, segment, period, as_of)
    kept, others = _one_definition(observations.filter(in_table), definition, metric)
    # One outlying reading can be seen only beside its neighbours in time.
    same = ["definition", "unit", "currency"]
    judged = flag_suspects(observations.join(kept.head(1), on=same, how="semi")).filter(in_table)
    judged = judged.filter(pl.col("valid_to") == pl.col("valid_to").max().over("entity"))
    houses = houses_for(ws, as_of, judged)
    estimates = to_records(estimate_levels(judged, houses, as_of=as_of, prob=ws.prob))
    places, n_bound = _places(estimates, better=kind.better, scale=kind.scale, prob=ws.prob)
    shown = kept.row(0, named=True)
    labels = {e.estimate.period.label for e in places}
    return League(
        basis=basis_of(ws, as_of, judged),
        metric=metric,
        definition=shown["definition"],
        unit=shown["unit"],
        currency=shown["currency"],
        period=labels.pop() if len(labels) == 1 else (period or f"to {last_day}"),
        segment=segment or "",
        places=places,
        n_bound=n_bound,
        other_definitions=others,
    )


def _nothing_known(
    metric: str, segment: str | None, period: str | None, as_of: dt.date
) -> InputError:
    place = f" in segment {segment}" if segment else ""
    when = f" in {period}" if period else ""
    return InputError(
        f"No claim of {metric}{place}{when} is known as of {as_of}. "
        "`howdah feeds` shows what each feed holds; try another --as-of or --period."
    )


def _one_definition(
    observations: pl.DataFrame, definition: str | None, metric: str
) -> tuple[pl.DataFrame, tuple[tuple[str, int], ...]]:
    """Observations of one definition, unit and currency, and what else there is."""
    keys = ["definition", "unit", "currency"]
    counts = (
        observations.group_by(keys)
        .agg(
            pl.col("entity").n_unique().alias("n"),
            pl.col("valid_to").max().alias("newest"),
        )
        # The latest reading of the most entities; ties by name, so that the answer is stable.
        .sort(["n", "newest", *keys], descending=[True, True, False, False, False])
    )
    rows = list(counts.iter_rows(named=True))
    if definition is not None:
        rows = [r for r in rows if r["definition"] == definition] + [
            r for r in rows if r["definition"] != definition
        ]
        if rows[0]["definition"] != definition:
            known = ", ".join(sorted({r["definition"] or "(not stated)" for r in rows}))
            raise InputError(f"No claim of {metric} under {definition!r}. Known: {known}.")
    chosen = rows[0]
    kept = observations.filter(*(pl.col(key) == chosen[key] for key in keys))
    others = tuple(
        (
            " ".join(part for part in (r["definition"] or "(not stated)", r["currency"]) if part),
            r["n"],
        )
        for r in rows[1:]
    )
    return kept, others


def _places(
    estimates: list[Estimate], *, better: str, scale: str, prob: float
) -> tuple[tuple[LeagueRow, ...], int]:
    """Places by value, with the band of places that each may hold.

    Two places cannot be told apart when the probability that their order is right is below
    `prob`; house effects are held to be independent between entities, which widens bands.
    """
    points = [e for e in estimates if e.status == "point" and e.value is not None]
    points.sort(key=lambda e: ((e.value or 0.0) * (1 if better == "low" else -1), e.entity))
    if not points:
        return (), len(estimates)
    ends = np.array([[e.value, e.lower, e.upper] for e in points], dtype=np.float64)
    level, lower, upper = to_scale(ends, scale).T  # type: ignore[arg-type]
    sign = -1.0 if better == "low" else 1.0
    reach = ndtri(0.5 + prob / 2)
    sd = np.maximum((upper - lower) / (2 * reach), 1e-12)
    # Sorted by level, an entity's band is its own place minus those surely above and below it.
    n_above = np.zeros(len(points), np.int64)
    n_below = np.zeros(len(points), np.int64)
    needed = ndtri(prob)
    for n in range(len(points)):
        gap = sign * (level - level[n]) / np.hypot(sd, sd[n])
        n_above[n] = int(np.count_nonzero(gap > needed))
        n_below[n] = int(np.count_nonzero(gap < -needed))
    rows = tuple(
        LeagueRow(n + 1, (int(n_above[n]) + 1, len(points) - int(n_below[n])), estimate)
        for n, estimate in enumerate(points)
    )
    return rows, len(estimates) - len(points)
