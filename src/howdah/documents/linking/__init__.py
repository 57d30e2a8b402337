"""Linking: what each number is of, about whom, when, by whom and how it is meant."""

from howdah.documents.linking.binding import Bound, Told, after, bind, bind_one, measure_of, summed
from howdah.documents.linking.confidence import Calibration
from howdah.documents.linking.evidence import evidence
from howdah.documents.linking.groups import group_of
from howdah.documents.linking.metrics import UNCLASSIFIED, metric_candidates, takes
from howdah.documents.linking.model import (
    Choice,
    ChoiceModel,
    learn,
    learned_calibration,
    learned_models,
    prior_weights,
)
from howdah.documents.linking.nouns import own_words_of
from howdah.documents.linking.periods import period_candidates
from howdah.documents.linking.sources import Sources, find_sources
from howdah.documents.linking.statements import statement_candidates
from howdah.documents.linking.subjects import subject_candidates
from howdah.documents.numbers import Before, Number

__all__ = [
    "UNCLASSIFIED",
    "Before",
    "Bound",
    "Calibration",
    "Choice",
    "ChoiceModel",
    "Number",
    "Sources",
    "Told",
    "after",
    "bind",
    "bind_one",
    "evidence",
    "find_sources",
    "group_of",
    "learn",
    "learned_calibration",
    "learned_models",
    "measure_of",
    "metric_candidates",
    "own_words_of",
    "period_candidates",
    "prior_weights",
    "statement_candidates",
    "subject_candidates",
    "summed",
    "takes",
]
