"""The vocabulary: claim, estimate, finding, metric definitions, calendar, errors, settings."""

from howdah.core.calendar import Period, parse_date, parse_period
from howdah.core.claim import CLAIM_COLUMNS, CLAIM_SCHEMA
from howdah.core.entity import Entity, Identifier, Judgement, Relation
from howdah.core.errors import HowdahError, InputError
from howdah.core.estimate import Estimate
from howdah.core.finding import Finding
from howdah.core.metrics import Metric, MetricRegistry, builtin_metrics

__all__ = [
    "CLAIM_COLUMNS",
    "CLAIM_SCHEMA",
    "Entity",
    "Estimate",
    "Finding",
    "HowdahError",
    "Identifier",
    "InputError",
    "Judgement",
    "Metric",
    "MetricRegistry",
    "Period",
    "Relation",
    "builtin_metrics",
    "parse_date",
    "parse_period",
]
