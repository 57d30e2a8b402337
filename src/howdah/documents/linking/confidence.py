"""Confidence: how likely a claim is right in all that is stored of it."""

import math
from dataclasses import dataclass

#: Nothing is certain, and nothing impossible.
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """From the product of the choices' probabilities to the share of such claims that are right.

    The choices of one claim are not independent, and the models are surer than they should be of
    texts that they did not learn from: logit of confidence = intercept + slope * logit of product,
    as found on articles left out.
    """

    intercept: float = 0.0
    slope: float = 1.0

    def confidence(self, product: float) -> float:
        """Probability that a claim is right.

        Examples
        --------
        >>> Calibration(0.0, 0.5).confidence(0.2)
        0.3333
        """
        score = self.intercept + self.slope * logit(product)
        return round(1.0 / (1.0 + math.exp(-score)), 4)


def logit(probability: float) -> float:
    """Log odds of a probability, kept off 0 and 1."""
    kept = min(max(probability, _LEAST), 1.0 - _LEAST)
    return math.log(kept / (1.0 - kept))
