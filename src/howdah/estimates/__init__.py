"""Claims to estimates: observations, house effects, levels, source report cards, checks."""

from howdah.estimates.cards import CARD_COLUMNS, source_cards
from howdah.estimates.cells import IMMATURE, is_immature_note
from howdah.estimates.codes import is_shared, row_codes, runs
from howdah.estimates.fusion import METHOD, VERDICTS
from howdah.estimates.identities import IdentityCheck, check_identities
from howdah.estimates.implied import implied_bounds
from howdah.estimates.levels import Levels, estimate_levels
from howdah.estimates.maturing import REVISION_COLUMNS, revision_rows
from howdah.estimates.models import Models, learn_models
from howdah.estimates.observations import (
    CELL,
    CLAIM_INPUT,
    SERIES,
    FeedTraits,
    is_immature,
    observe,
    with_entities,
)
from howdah.estimates.records import ESTIMATE_SCHEMA, to_records, to_rows
from howdah.estimates.reprints import restated, turned_round
from howdah.estimates.scales import from_scale, to_scale
from howdah.estimates.statements import STATEMENT_INPUT
from howdah.estimates.suspects import flag_suspects

__all__ = [
    "CARD_COLUMNS",
    "CELL",
    "CLAIM_INPUT",
    "ESTIMATE_SCHEMA",
    "IMMATURE",
    "METHOD",
    "REVISION_COLUMNS",
    "SERIES",
    "STATEMENT_INPUT",
    "VERDICTS",
    "FeedTraits",
    "IdentityCheck",
    "Levels",
    "Models",
    "check_identities",
    "estimate_levels",
    "flag_suspects",
    "from_scale",
    "implied_bounds",
    "is_immature",
    "is_immature_note",
    "is_shared",
    "learn_models",
    "observe",
    "restated",
    "revision_rows",
    "row_codes",
    "runs",
    "source_cards",
    "to_records",
    "to_rows",
    "to_scale",
    "turned_round",
    "with_entities",
]
