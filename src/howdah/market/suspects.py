"""Claims that are held to be wrong: the queue of a reviewer, and the verdicts that empty it."""

import datetime as dt

import numpy as np
import polars as pl

from howdah.claims import ClaimVerdict, Verdict, write_lock
from howdah.core.calendar import Period, end_of_day
from howdah.core.errors import InputError
from howdah.core.estimate import derived_id
from howdah.estimates import SERIES
from howdah.market.basis import basis_of
from howdah.market.derived import Derived
from howdah.market.fusing import fuse
from howdah.market.observing import observations_at
from howdah.market.pages import SuspectClaim, Suspects
from howdah.market.parts import last_periods
from howdah.market.show import statement_of
from howdah.market.trail import claim_like, claim_rows
from howdah.market.workspace import Workspace

#: How far off counts: beyond this factor a claim is as wrong as can be.
_FARTHEST = 1000.0

#: What the copies of a group have in common.
_GROUP = ("source", "original", "metric")

#: Fewest characters of a group's id: g and six digits.
_LEAST_ID = 7

#: A claim whose factor has no meaning counts as this far off.
_UNKNOWN = 2.0


def suspects_at(ws: Workspace, as_of: dt.date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Suspects as known on a date, and the levels of the last periods: kept, or made anew."""
    derived = Derived(ws)
    kept, levels = derived.stored_suspects(as_of), derived.stored_levels(as_of)
    if kept is not None and levels is not None:
        return kept, levels
    made = fuse(ws, observations_at(ws, as_of), as_of).levels
    return made.suspects, last_periods(made.estimates)


def suspects(ws: Workspace, as_of: dt.date, *, limit: int | None = None) -> Suspects:
    """Suspect claims that no reviewer has judged, the most consequential first.

    What a source repeats from another of one metric is one entry, in the place of the first of
    its claims.

    What is followed comes first. Then a claim weighs as its entity's place among those of its
    metric (0 for the smallest, 1 for the largest) times the logarithm of how far off it is.
    """
    every, levels = suspects_at(ws, as_of)
    kept = ws.verdicts.read(end_of_day(as_of))
    is_reviewed = every["reason"] == "reviewed"
    queue = _by_consequence(ws, every.filter(~is_reviewed), levels)
    entries = _entries(queue)
    shown = entries.head(limit) if limit is not None else entries
    rows = {row["claim_id"]: row for row in _rows_of(ws, shown).iter_rows(named=True)}
    return Suspects(
        basis=basis_of(ws, as_of),
        suspects=tuple(
            SuspectClaim(
                entity=row["entity"],
                name=rows[row["claim_id"]]["entity_name"],
                statement=statement_of(
                    rows[row["claim_id"]]
                    | {"reason": row["reason"], "factor": row["factor"], "verdict": 0}
                ),
                level=row["level"],
                lower=row["lower"],
                upper=row["upper"],
                is_followed=row["is_followed"],
                original=row["original"],
                n_claims=row["n_claims"],
                group=row["group"],
                first_period=Period(*row["first_period"].values()).label,
                last_period=Period(*row["last_period"].values()).label,
            )
            for row in shown.iter_rows(named=True)
        ),
        n_entries=entries.height,
        n_suspects=queue.height,
        n_followed=int(queue["is_followed"].sum()),
        n_judged=kept.height,
    )


def _entries(queue: pl.DataFrame) -> pl.DataFrame:
    """Claims of the queue, the copies of each source, original and metric as one."""
    grouped = _with_groups(queue)
    periods = pl.struct("valid_from", "valid_to", "precision").sort_by("valid_to", "valid_from")
    # A claim that is suspect in several series is an entry of each.
    alone = pl.struct("claim_id", *SERIES)
    key = pl.when(pl.col("group") == "").then(alone)
    shown = ("claim_id", "entity", "reason", "factor", "original", "level", "lower", "upper")
    return grouped.group_by("group", key.alias("series"), maintain_order=True).agg(
        pl.col(shown).first(),
        pl.col("is_followed").any(),
        pl.col("claim_id").n_unique().alias("n_claims"),
        periods.first().alias("first_period"),
        periods.last().alias("last_period"),
    )


def _with_groups(rows: pl.DataFrame) -> pl.DataFrame:
    """Suspects with the ``group`` of those that are copies of which there are several."""
    copies = rows.filter((pl.col("reason") == "copied") & (pl.col("original") != ""))
    groups = (
        copies.group_by(_GROUP)
        .agg(n=pl.col("claim_id").n_unique())
        .filter(pl.col("n") > 1)
        .select(_GROUP)
    )
    ids = [derived_id("g", *key) for key in groups.iter_rows()]
    known = groups.with_columns(
        pl.lit("copied").alias("reason"), pl.Series("group", ids, pl.String)
    )
    return rows.join(known, on=[*_GROUP, "reason"], how="left", maintain_order="left").with_columns(
        pl.col("group").fill_null("")
    )


def _rows_of(ws: Workspace, shown: pl.DataFrame) -> pl.DataFrame:
    if shown.is_empty():
        return shown
    return claim_rows(ws, shown["claim_id"].unique().sort().to_list())


def _by_consequence(ws: Workspace, rows: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    followed = {
        entity
        for segment_id in ws.config.follow.segments
        for entity in ws.members(ws.find_segment(segment_id))
    }
    followed |= {ws.resolve(name).canonical_id for name in ws.config.follow.products}
    kind = [name for name in SERIES if name != "entity"]
    sizes = (
        levels.lazy()
        .drop_nulls("value")
        .select(
            "entity",
            *kind,
            (pl.col("value").rank("average") / pl.len()).over(kind).alias("size"),
        )
        .unique(["entity", *kind])
        .collect()
    )
    factor = pl.col("factor").fill_null(_UNKNOWN).clip(1 / _FARTHEST, _FARTHEST)
    return (
        rows.join(sizes, on=["entity", *kind], how="left")
        .with_columns(
            pl.col("entity").is_in(sorted(followed)).alias("is_followed"),
            (pl.col("size").fill_null(0.0) * factor.log().abs() / np.log(_FARTHEST)).alias(
                "weight"
            ),
        )
        .sort("is_followed", "weight", "claim_id", *SERIES, descending=[True, True, *[False] * 6])
    )


def judge_claim(
    ws: Workspace, claim: str, verdict: Verdict, *, by: str, note: str = ""
) -> ClaimVerdict:
    """Record that a claim is kept, whatever the rules say, or dropped; the last verdict holds.

    Nothing is rewritten: the verdict is appended, and a later one can take it back. It is of this
    claim: what its source prints later is another claim.

    Parameters
    ----------
    claim
        Id of a claim, or six or more of its first digits.

    Raises
    ------
    InputError
        No claim has the id, several have it, or the claim states no number.
    """
    claim_id = claim_like(ws, claim.strip().lower())
    metric = str(claim_rows(ws, [claim_id])["metric"][0])
    if metric not in ws.metrics or ws.metrics[metric].scale == "none":
        raise InputError(
            f"Claim {claim_id} is about {metric}, which has no number, so it is in no estimate. "
            "Give a claim that states one."
        )
    said = ClaimVerdict(claim_id, verdict, ws.now(), by, note)
    with write_lock(ws.folder / "lake"):
        ws.verdicts.append([said])
    ws.forget()
    return said


def judge_group(
    ws: Workspace, group: str, as_of: dt.date, verdict: Verdict, *, by: str, note: str = ""
) -> tuple[ClaimVerdict, ...]:
    """Record one verdict on every claim of a group of copies, as it is on a date.

    What the source copies later is no part of it.

    Parameters
    ----------
    group
        Id of a group of the queue, or six or more of its first digits behind the g.

    Raises
    ------
    InputError
        No group of the queue has the id, or several have it.
    """
    wanted = group.strip().lower()
    rows = _with_groups(suspects_at(ws, as_of)[0].filter(pl.col("reason") != "reviewed"))
    own = rows.filter(pl.col("group").str.starts_with(wanted) & (pl.col("group") != ""))
    n_groups = own["group"].n_unique()
    if n_groups != 1 or len(wanted) < _LEAST_ID:
        found = "None" if not n_groups else "More than one" if n_groups > 1 else "Too little of one"
        raise InputError(
            f"{found} of the groups of suspect claims as of {as_of} is named by {wanted!r}. "
            "`howdah review --suspects` shows the groups there are; give g and six digits or more."
        )
    now = ws.now()
    said = tuple(
        ClaimVerdict(claim_id, verdict, now, by, note)
        for claim_id in own["claim_id"].unique().sort().to_list()
    )
    with write_lock(ws.folder / "lake"):
        ws.verdicts.append(said)
    ws.forget()
    return said
