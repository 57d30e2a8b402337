"""Feeds: raw bytes to claims, through declarative specs."""

from howdah.sources.articles import Articles
from howdah.sources.faults import EMPTY
from howdah.sources.fetching import Validators, download, local_files
from howdah.sources.inputs import BrokenLine, Input
from howdah.sources.mapping import Pull, compile_query
from howdah.sources.panels import COHORT_DAYS, SIMULATED, PanelClaim, PanelLog
from howdah.sources.panels import RATIOS as PANEL_RATIOS
from howdah.sources.problems import line_of, read_toml, spec_problem
from howdah.sources.reading import open_input
from howdah.sources.spec import CADENCE_DAYS, Cadence, ClaimMapping, FeedSpec, read_spec

__all__ = [
    "CADENCE_DAYS",
    "COHORT_DAYS",
    "EMPTY",
    "PANEL_RATIOS",
    "SIMULATED",
    "Articles",
    "BrokenLine",
    "Cadence",
    "ClaimMapping",
    "FeedSpec",
    "Input",
    "PanelClaim",
    "PanelLog",
    "Pull",
    "Validators",
    "compile_query",
    "download",
    "line_of",
    "local_files",
    "open_input",
    "read_spec",
    "read_toml",
    "spec_problem",
]
