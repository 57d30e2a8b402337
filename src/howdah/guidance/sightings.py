"""Sightings: what each claim says of a product's feature, and how well it is dated.

A claim of a feature is an event with the feature's words as its object. A release is dated by who
reports it; a feature on a list was absent before, where an earlier snapshot of the list had none;
all else says "no later than" the day that it speaks of, or was published.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from howdah.core.wording import ACHIEVED
from howdah.guidance.entries import RELEASES
from howdah.guidance.vocabulary import Vocabulary

#: Claims of a feature itself, of its release, and of its end.
FEATURE = "feature"
FEATURE_RELEASE = "feature_release"
FEATURE_REMOVED = "feature_removed"

#: Work on something that may become a feature.
_WORK = ("rd_start", "in_development")

#: What a claim says. rumoured: nobody stands by it, so it decides nothing.
Says = Literal["has", "had", "announced", "denied", "rumoured"]

_DENIED = ("denied", "negated")
_HEARSAY = ("rumour", "leak")


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one claim says of one feature of one product.

    Attributes
    ----------
    product
        Whose feature it is.
    about
        Whom the claim names: the product, or what belongs to it.
    first, last
        Days between which it began, or was announced or denied; `first` is None where it is no
        later than `last`.
    words
        As the claim puts it.
    """

    product: str
    about: str
    feature: str
    says: Says
    first: dt.date | None
    last: dt.date
    source: str
    feed: str
    claim_id: str
    words: str

    @property
    def is_dated(self) -> bool:
        """Whether it was not so before `first`, as far as the source tells."""
        return self.first is not None


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Words of a feature claim that name no feature of the vocabulary."""

    product: str
    words: str
    source: str
    claim_id: str


def sighting_metrics(vocabulary: Vocabulary) -> tuple[str, ...]:
    """Metrics of the claims that `find_sightings` reads."""
    events = (FEATURE, FEATURE_RELEASE, FEATURE_REMOVED, *RELEASES, *_WORK)
    return tuple(dict.fromkeys((*events, *vocabulary.metrics)))


def find_sightings(
    claims: pl.DataFrame,
    vocabulary: Vocabulary,
    owners: Mapping[str, Collection[str]],
    lists: Collection[str],
) -> tuple[tuple[Sighting, ...], tuple[Unnamed, ...]]:
    """What claims say of features, and words that name none.

    Parameters
    ----------
    claims
        Of `sighting_metrics`, every print of them, with ``entity``.
    owners
        Products that what a claim is about counts for: itself, and what it belongs to.
    lists
        Feeds whose snapshots show who is not there.

    Returns
    -------
    sightings, unnamed
        In order of product, feature, day and claim.
    """
    snapshots = _snapshots(claims.filter(pl.col("feed").is_in(list(lists))))
    sightings: list[Sighting] = []
    unnamed: dict[tuple[str, str], Unnamed] = {}
    for row in claims.sort("claim_id").iter_rows(named=True):
        says = _says(row, vocabulary)
        if says is None or row["entity"] not in owners:
            continue
        features = vocabulary.counted_by(row["metric"]) or vocabulary.named(row["object"])
        for product in owners[row["entity"]]:
            if not features and row["metric"] in {FEATURE, FEATURE_RELEASE, FEATURE_REMOVED}:
                found = Unnamed(product, row["object"], row["source"], row["claim_id"])
                unnamed.setdefault((product, row["object"]), found)
            sightings += _sightings(row, product, says, features, snapshots)
    sightings.sort(key=lambda s: (s.product, s.feature, s.last, s.claim_id))
    return tuple(sightings), tuple(unnamed[key] for key in sorted(unnamed))


def _sightings(
    row: Mapping[str, Any],
    product: str,
    says: Says,
    features: Collection[str],
    snapshots: Mapping[str, list[dt.date]],
) -> Iterator[Sighting]:
    first, last = _days(row, snapshots)
    for feature in features:
        yield Sighting(
            product, row["entity"], feature, says, first, last, row["source"], row["feed"],
            row["claim_id"], row["object"],
        )  # fmt: skip


def _says(row: Mapping[str, Any], vocabulary: Vocabulary) -> Says | None:
    """What a claim says of the feature that it names; None where it says nothing of it."""
    metric, modality = row["metric"], row["modality"]
    is_count, is_end = metric in vocabulary.metrics, metric == FEATURE_REMOVED
    least = row["value"] if row["value_low"] is None else row["value_low"]
    if is_count and (least is None or modality not in ACHIEVED):
        return None
    says: Says = "rumoured"
    if row["sensitivity"] in _HEARSAY:
        return says
    if is_count:
        says = "has" if least > 0 else "denied"
    elif modality in _DENIED:
        # That a feature has gone is denied by whoever says that it is there.
        says = "has" if is_end else "denied"
    elif modality in ACHIEVED:
        says = "announced" if metric in _WORK else "had" if is_end else "has"
    elif modality == "planned" and not is_end:
        says = "announced"
    return says


def _days(
    row: Mapping[str, Any], snapshots: Mapping[str, list[dt.date]]
) -> tuple[dt.date | None, dt.date]:
    stated = row["published_at"] or row["recorded_at"]
    last = row["valid_to"] or stated.date()
    if row["feed"] in snapshots:
        before = [day for day in snapshots[row["feed"]] if day < last]
        return (before[-1] + dt.timedelta(1) if before else None), last
    is_event = row["metric"] != FEATURE and row["valid_to"] is not None
    return (row["valid_from"] if is_event else None), last


def _snapshots(claims: pl.DataFrame) -> dict[str, list[dt.date]]:
    """Days of the snapshots of each list that speaks of features."""
    days = claims.filter(pl.col("valid_to").is_not_null()).group_by("feed")
    found = days.agg(pl.col("valid_to").unique().sort())
    return dict(found.iter_rows())
