"""Claims of many sources to one level with an interval that is right about itself."""

from howdah.estimates.fusion.calibration import WEIGHTS_UNKNOWN
from howdah.estimates.fusion.coding import Coding, Names, Numbered, code_claims, find_sizes
from howdah.estimates.fusion.documents import DOCUMENT_FORMAT, from_document, to_document
from howdah.estimates.fusion.fusing import Fusion, Options, fuse
from howdah.estimates.fusion.joining import join_names
from howdah.estimates.fusion.kept import WINDOW
from howdah.estimates.fusion.learned import SIZES, Learned, Parts, learn, solve_chunk
from howdah.estimates.fusion.learning import Prior
from howdah.estimates.fusion.maturity import YOUNG
from howdah.estimates.fusion.numbering import Tally
from howdah.estimates.fusion.queries import Claims
from howdah.estimates.fusion.results import METHOD
from howdah.estimates.fusion.reviewing import VERDICTS, Reviews
from howdah.estimates.fusion.solving import REASONS, Solved
from howdah.estimates.fusion.stage import FusedTable
from howdah.estimates.fusion.state import History, State, take_input
from howdah.estimates.fusion.statefolder import (
    StateWriter,
    digest_of,
    read_groups,
    read_state,
    state_update,
)
from howdah.estimates.fusion.static import StaticFusion
from howdah.estimates.fusion.updating import UpdatedTable

__all__ = [
    "DOCUMENT_FORMAT",
    "METHOD",
    "REASONS",
    "SIZES",
    "VERDICTS",
    "WEIGHTS_UNKNOWN",
    "WINDOW",
    "YOUNG",
    "Claims",
    "Coding",
    "FusedTable",
    "Fusion",
    "History",
    "Learned",
    "Names",
    "Numbered",
    "Options",
    "Parts",
    "Prior",
    "Reviews",
    "Solved",
    "State",
    "StateWriter",
    "StaticFusion",
    "Tally",
    "UpdatedTable",
    "code_claims",
    "digest_of",
    "find_sizes",
    "from_document",
    "fuse",
    "join_names",
    "learn",
    "read_groups",
    "read_state",
    "solve_chunk",
    "state_update",
    "take_input",
    "to_document",
]
