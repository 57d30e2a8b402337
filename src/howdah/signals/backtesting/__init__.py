"""Back-tests: what breakouts would have said at past origins, and how often that came true."""

from howdah.signals.backtesting.account import (
    differences,
    fdr_frame,
    flagged_before,
    leads_frame,
    mean_scores,
    pooled_fdr,
    records,
    scores_frame,
)
from howdah.signals.backtesting.bench import OWN, Backtest, run_backtest
from howdah.signals.backtesting.origins import origins_between

__all__ = [
    "OWN",
    "Backtest",
    "differences",
    "fdr_frame",
    "flagged_before",
    "leads_frame",
    "mean_scores",
    "origins_between",
    "pooled_fdr",
    "records",
    "run_backtest",
    "scores_frame",
]
