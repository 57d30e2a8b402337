"""Cross-validation: claims of each article by models that were learnt from others."""

import math
from collections.abc import Sequence

import numpy as np
from articles import Article
from scipy.optimize import minimize
from scoring import agreement, pairs
from training import learned

from howdah.documents.claims import DocumentClaim
from howdah.documents.extracting import claims_of
from howdah.documents.linking.confidence import Calibration, logit
from howdah.documents.passages import Marked

FOLDS = 5

#: Fields that have to be right for a claim to be right in what is stored of it.
ESSENTIAL = frozenset(
    {"value", "unit", "currency", "metric", "subject", "period", "modality", "object"}
)

Crossed = list[tuple[Article, Marked, list[DocumentClaim]]]


def crossed(
    marked: Sequence[tuple[Marked, Article]],
    folds: int = FOLDS,
    calibration: Calibration | None = None,
) -> Crossed:
    """Claims of each article from models that did not see it, in the order of the articles.

    Parameters
    ----------
    calibration
        None leaves confidences the raw products of probabilities.
    """
    found: Crossed = []
    for fold in range(folds):
        models = learned([pair for n, pair in enumerate(marked) if n % folds != fold])
        for n, (one, article) in enumerate(marked):
            if n % folds == fold:
                found.append((article, one, claims_of(one, models, calibration or Calibration())))
    return sorted(found, key=lambda row: row[0].name)


def calibrated(rows: Crossed) -> dict[str, float]:
    """Intercept and slope from the logit of the raw confidence to that of being right."""
    raw, right = [], []
    for article, _, claims in rows:
        kept = [c for c in claims if c.status != "rejected" and c.value_start is not None]
        matched = pairs(kept, [label for label in article.labels if label.start is not None])
        hits = {id(c) for c, label in matched if agreement(c, label) >= ESSENTIAL}
        raw += [logit(c.confidence) for c in kept]
        right += [id(c) in hits for c in kept]
    x, y = np.array(raw), np.array(right, dtype=float)

    def loss(weights: np.ndarray) -> float:
        score = weights[0] + weights[1] * x
        return float(np.sum(np.logaddexp(0, score) - y * score)) + 0.01 * float(weights @ weights)

    found = minimize(loss, np.array([0.0, 1.0])).x
    return {"intercept": round(float(found[0]), 3), "slope": round(float(found[1]), 3)}


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
