"""Cross-validation: claims of each article by models that were learnt from others."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from articles import Article
from scipy.optimize import minimize
from scoring import FIELDS, agreement, pairs
from training import Lessons, learned, lessons_of

from howdah.documents.claims import DocumentClaim
from howdah.documents.extracting import claims_of
from howdah.documents.linking import (
    Bound,
    Calibration,
    ChoiceModel,
    bind,
    evidence,
    find_sources,
)
from howdah.documents.passages import Marked

FOLDS = 5

#: Fields that have to be right for a claim to be right: all that are scored.
ESSENTIAL = frozenset(FIELDS)

Crossed = list[tuple[Article, Marked, list[DocumentClaim]]]


#: What is known of each claim of a fold, and whether it is right in all that is stored of it.
Told = list[tuple[dict[str, float], bool]]


def crossed(marked: Sequence[tuple[Marked, Article]], folds: int = FOLDS) -> Crossed:
    """Claims of each article from models and a calibration that did not see it, in order."""
    read = _read(marked, [lessons_of(*pair) for pair in marked], folds)
    told = [_told(one) for one in read]
    by_fold = [
        fitted([row for n, rows in enumerate(told) if n % folds != fold for row in rows])
        for fold in range(folds)
    ]
    found: Crossed = []
    for n, one in enumerate(read):
        claims = claims_of(one.marked, one.models, by_fold[n % folds], bound=one.bound)
        found.append((one.article, one.marked, claims))
    return sorted(found, key=lambda row: row[0].name)


def calibrated(
    marked: Sequence[tuple[Marked, Article]], lessons: Sequence[Lessons], folds: int = FOLDS
) -> dict[str, float]:
    """Intercept and slopes of the log odds of being right, from the claims of all folds."""
    found = fitted([row for one in _read(marked, lessons, folds) for row in _told(one)])
    return {"intercept": found.intercept, **found.slopes}


@dataclass(frozen=True, slots=True)
class Read:
    """An article, what its numbers are bound to, and by which models."""

    article: Article
    marked: Marked
    models: Mapping[str, ChoiceModel]
    bound: list[Bound]


def _read(
    marked: Sequence[tuple[Marked, Article]], lessons: Sequence[Lessons], folds: int
) -> list[Read]:
    """Each article by the models of the folds that it is not in."""
    models = [
        learned([one for n, one in enumerate(lessons) if n % folds != fold])
        for fold in range(folds)
    ]
    return [
        Read(article, one, models[n % folds], list(bind(one, models[n % folds], find_sources(one))))
        for n, (one, article) in enumerate(marked)
    ]


def _told(read: Read) -> Told:
    """Evidence of the claims of an article, and which of them are right."""
    known = {b.number.quantity.start: evidence(b) for b in read.bound}
    claims = claims_of(read.marked, read.models, Calibration(), bound=read.bound)
    kept = [c for c in claims if c.status != "rejected" and c.value_start is not None]
    matched = pairs(kept, [label for label in read.article.labels if label.start is not None])
    hits = {id(c) for c, label in matched if agreement(c, label) >= ESSENTIAL}
    return [(known[c.value_start], id(c) in hits) for c in kept if c.value_start in known]


def fitted(told: Told) -> Calibration:
    """The calibration that makes what came true of claims likeliest.

    Slopes but that of the product are held near none: there are few claims to learn them from.
    """
    names = sorted({name for known, _ in told for name in known})
    x = np.array([[1.0, *(known.get(name, 0.0) for name in names)] for known, _ in told])
    y = np.array([right for _, right in told], dtype=float)
    middle = np.array([0.0, *(float(name == "product") / 2 for name in names)])

    def loss(weights: np.ndarray) -> float:
        score = x @ weights
        held = weights - middle
        return float(np.sum(np.logaddexp(0, score) - y * score)) + float(held @ held)

    found = minimize(loss, middle).x
    slopes = {name: round(float(w), 3) for name, w in zip(names, found[1:], strict=True)}
    return Calibration(round(float(found[0]), 3), slopes)


def reliability(rows: Crossed, n_bins: int = 5) -> list[tuple[float, float, int]]:
    """Mean confidence, share right and count of claims, by confidence."""
    told = []
    for article, _, claims in rows:
        kept = [c for c in claims if c.status != "rejected" and c.value_start is not None]
        matched = pairs(kept, [label for label in article.labels if label.start is not None])
        hits = {id(c) for c, label in matched if agreement(c, label) >= ESSENTIAL}
        told += [(c.confidence, id(c) in hits) for c in kept]
    told.sort()
    size = math.ceil(len(told) / n_bins)
    bins = [told[at : at + size] for at in range(0, len(told), size)]
    return [
        (sum(p for p, _ in b) / len(b), sum(hit for _, hit in b) / len(b), len(b)) for b in bins
    ]
