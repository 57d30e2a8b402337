"""Who is who: companies, products, models; canonical ids, renames, ownership over time."""

from howdah.entities.catalogue import (
    CATALOGUE_COLUMNS,
    CATALOGUE_OPTIONAL,
    Catalogue,
    read_catalogue,
)
from howdah.entities.judgements import (
    JUDGEMENT_SCHEMA,
    Decision,
    JudgementTable,
    judgement_rows,
    latest_judgements,
)
from howdah.entities.names import fold
from howdah.entities.register import REGISTER_SCHEMA
from howdah.entities.resolver import MAPPING_SCHEMA, Resolver
from howdah.entities.review import ScoredPair, automatic_merges, review_queue
from howdah.entities.schemes import UNKNOWN_TYPE
from howdah.entities.scoring import PairScore, feature_meanings, score_pair

__all__ = [
    "CATALOGUE_COLUMNS",
    "CATALOGUE_OPTIONAL",
    "JUDGEMENT_SCHEMA",
    "MAPPING_SCHEMA",
    "REGISTER_SCHEMA",
    "UNKNOWN_TYPE",
    "Catalogue",
    "Decision",
    "JudgementTable",
    "PairScore",
    "Resolver",
    "ScoredPair",
    "automatic_merges",
    "feature_meanings",
    "fold",
    "judgement_rows",
    "latest_judgements",
    "read_catalogue",
    "review_queue",
    "score_pair",
]
