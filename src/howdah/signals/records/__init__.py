"""The record of findings: past ones held against what was known later."""

from howdah.signals.records.analogues import MOST_ANALOGUES, closest
from howdah.signals.records.cases import Base, Case, Judged
from howdah.signals.records.judging import LATE_TESTS, TESTS, UNSCORABLE, judge_origin
from howdah.signals.records.known import require_known
from howdah.signals.records.odds import odds_like, tally_odds
from howdah.signals.records.origins import HORIZON_MONTHS, origin_pairs
from howdah.signals.records.tally import tally
from howdah.signals.records.weighing import order_weight

__all__ = [
    "HORIZON_MONTHS",
    "LATE_TESTS",
    "MOST_ANALOGUES",
    "TESTS",
    "UNSCORABLE",
    "Base",
    "Case",
    "Judged",
    "closest",
    "judge_origin",
    "odds_like",
    "order_weight",
    "origin_pairs",
    "require_known",
    "tally",
    "tally_odds",
]
