"""Confidence: how likely a claim is right in all that is stated of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

#: Nothing is certain, and nothing impossible.
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """From what is known of a claim to the share of such claims that are right.

    The choices of one claim are not independent, and the models are surer than they should be of
    texts that they did not learn from: logit of confidence = intercept + sum of slope * evidence,
    as found on articles left out.
    """

    intercept: float = 0.0
    slopes: Mapping[str, float] = field(default_factory=lambda: {"product": 1.0})

    def confidence(self, told: Mapping[str, float]) -> float:
        """Probability that a claim is right.

        Examples
        --------
        >>> Calibration(0.0, {"product": 0.5}).confidence({"product": logit(0.2)})
        0.3333
        """
        score = self.intercept + sum(self.slopes.get(name, 0.0) * x for name, x in told.items())
        return round(1.0 / (1.0 + math.exp(-score)), 4)


def logit(probability: float) -> float:
    """Log odds of a probability, kept off 0 and 1."""
    kept = min(max(probability, _LEAST), 1.0 - _LEAST)
    return math.log(kept / (1.0 - kept))
