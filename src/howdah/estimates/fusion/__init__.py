"""Claims of many sources to one level with an interval that is right about itself."""

from howdah.estimates.fusion.coding import Coding, Names, Numbered, code_claims, find_sizes
from howdah.estimates.fusion.documents import from_document, to_document
from howdah.estimates.fusion.fusing import Fusion, Options, fuse
from howdah.estimates.fusion.learned import SIZES, Learned, Parts, learn, solve_chunk
from howdah.estimates.fusion.learning import Prior
from howdah.estimates.fusion.results import METHOD
from howdah.estimates.fusion.reviewing import VERDICTS, Reviews
from howdah.estimates.fusion.solving import REASONS, Solved
from howdah.estimates.fusion.stage import Claims, FusedTable
from howdah.estimates.fusion.static import StaticFusion

__all__ = [
    "METHOD",
    "REASONS",
    "SIZES",
    "VERDICTS",
    "Claims",
    "Coding",
    "FusedTable",
    "Fusion",
    "Learned",
    "Names",
    "Numbered",
    "Options",
    "Parts",
    "Prior",
    "Reviews",
    "Solved",
    "StaticFusion",
    "code_claims",
    "find_sizes",
    "from_document",
    "fuse",
    "learn",
    "solve_chunk",
    "to_document",
]
