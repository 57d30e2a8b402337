"""Evidence: what is known of a bound number that tells how likely its claim is right."""

import math

from howdah.documents.linking.binding import Bound
from howdah.documents.linking.confidence import logit
from howdah.documents.linking.metrics import UNCLASSIFIED

#: Choices whose probabilities make up a claim's.
_WEIGHING = ("metric", "subject", "period", "modality")


def evidence(bound: Bound) -> dict[str, float]:
    """What tells how likely a claim is right.

    The log odds of the product of its choices' probabilities, of the least of them and of its
    source, and what is harder than the rest: metrics that are not listed, changes, whom and when
    another sentence says, sentences with many numbers.
    """
    told = [bound.probabilities[choice] for choice in _WEIGHING]
    number, mention, period = bound.number, bound.subject.mention, bound.period
    sentence = number.passage.sentence
    is_own = mention is not None and sentence.start <= mention.start < sentence.end
    is_dated = period.word is not None and sentence.start <= period.word.start < sentence.end
    return {
        "product": logit(math.prod(told)),
        "least": logit(min(told)),
        "source": logit(bound.probabilities["source"]),
        "unclassified": float(bound.metric == UNCLASSIFIED),
        "change": float(bool(number.quantity.change)),
        "inherited": float(not is_own),
        "undated": float(not is_dated),
        "nameless": float(mention is None),
        "row": float(number.cell is not None),
        "interval": float(number.quantity.comparator != "eq"),
        "numbers": math.log(len(number.passage.quantities)),
        "plain": float(number.quantity.unit in {"", "count"}),
    }
