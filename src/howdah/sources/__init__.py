"""Feeds: raw bytes to claims, through declarative specs."""

from howdah.sources.fetching import Validators, download, local_files
from howdah.sources.mapping import EMPTY, Pull, compile_lists, compile_query
from howdah.sources.reading import BrokenLine, Input, open_input
from howdah.sources.spec import CADENCE_DAYS, FeedSpec, read_spec

__all__ = [
    "CADENCE_DAYS",
    "EMPTY",
    "BrokenLine",
    "FeedSpec",
    "Input",
    "Pull",
    "Validators",
    "compile_lists",
    "compile_query",
    "download",
    "local_files",
    "open_input",
    "read_spec",
]
