"""Who is who: companies, products, models; canonical ids, renames, ownership over time."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

#: The module of each name: who only looks a name up must not pay for the tables.
_HOMES = {
    "CATALOGUE_COLUMNS": "catalogue",
    "CATALOGUE_OPTIONAL": "catalogue",
    "JUDGEMENT_SCHEMA": "judgements",
    "MAPPING_SCHEMA": "resolver",
    "REGISTER_SCHEMA": "register",
    "UNKNOWN_TYPE": "schemes",
    "Catalogue": "catalogue",
    "Decision": "judgements",
    "JudgementTable": "judgements",
    "PairScore": "scoring",
    "Resolver": "resolver",
    "ScoredPair": "review",
    "automatic_merges": "review",
    "feature_meanings": "scoring",
    "fold": "names",
    "judgement_rows": "judgements",
    "latest_judgements": "judgements",
    "read_catalogue": "catalogue",
    "review_queue": "review",
    "score_pair": "scoring",
}

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


def __getattr__(name: str) -> Any:  # noqa: ANN401 - module attributes are of any type
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
