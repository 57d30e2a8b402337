"""Claims to estimates: observations, house effects, levels, source report cards, checks."""

from howdah.estimates.cards import source_cards
from howdah.estimates.houses import flag_suspects, learn_houses
from howdah.estimates.identities import IdentityCheck, check_identities
from howdah.estimates.implied import implied_bounds
from howdah.estimates.levels import METHOD, estimate_levels
from howdah.estimates.observations import (
    CELL,
    CLAIM_INPUT,
    SERIES,
    FeedTraits,
    observe,
    with_entities,
)
from howdah.estimates.records import ESTIMATE_SCHEMA, to_records, to_rows
from howdah.estimates.scales import from_scale, to_scale

__all__ = [
    "CELL",
    "CLAIM_INPUT",
    "ESTIMATE_SCHEMA",
    "METHOD",
    "SERIES",
    "FeedTraits",
    "IdentityCheck",
    "check_identities",
    "estimate_levels",
    "flag_suspects",
    "from_scale",
    "implied_bounds",
    "learn_houses",
    "observe",
    "source_cards",
    "to_records",
    "to_rows",
    "to_scale",
    "with_entities",
]
