"""Claims to estimates: observations, house effects, levels, source report cards, checks."""

from howdah.estimates.cards import source_cards
from howdah.estimates.codes import row_codes, runs
from howdah.estimates.houses import learn_houses
from howdah.estimates.identities import IdentityCheck, check_identities
from howdah.estimates.implied import implied_bounds
from howdah.estimates.levels import IMMATURE, METHOD, OTHER_PARTY, estimate_levels
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
from howdah.estimates.scales import from_scale, to_scale
from howdah.estimates.suspects import flag_suspects

__all__ = [
    "CELL",
    "CLAIM_INPUT",
    "ESTIMATE_SCHEMA",
    "IMMATURE",
    "METHOD",
    "OTHER_PARTY",
    "SERIES",
    "FeedTraits",
    "IdentityCheck",
    "check_identities",
    "estimate_levels",
    "flag_suspects",
    "from_scale",
    "implied_bounds",
    "is_immature",
    "learn_houses",
    "observe",
    "row_codes",
    "runs",
    "source_cards",
    "to_records",
    "to_rows",
    "to_scale",
    "with_entities",
]
