"""The feature matrix of some products, and the gaps of ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from howdah.guidance.features import Matrix
from howdah.guidance.gaps import Gap, Spread
from howdah.guidance.sightings import Unnamed
from howdah.guidance.term import Term
from howdah.guidance.vocabulary import Feature
from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular

#: Why gaps cannot be told. vocabulary: market.toml names no feature. products: fewer than two.
#: claims: nobody says anything of any feature of them. ours: none of them is ours.
GapsMissing = Literal["", "vocabulary", "products", "claims", "ours"]


@dataclass(frozen=True)
class FeaturesPage(Tabular):
    """Products by features.

    Attributes
    ----------
    products
        All that were asked for, in order; those of which nothing is known are in `matrix` too.
    features
        Those of which anything is known, in the order of the market.
    vocabulary
        Every feature that market.toml names.
    ours
        Ids of the products that are ours.
    matrix
        Cells by product and feature.
    growths
        Growth of each product over a year, of those that have one.
    gaps
        Of ours; `gaps_missing` says why there are none to tell.
    unnamed
        Words of feature claims that name no feature of the vocabulary.
    stale_days
        Days without confirmation after which a cell is stale.
    segments
        Ids of the segments that were asked for.
    """

    basis: Basis
    products: tuple[str, ...]
    names: Mapping[str, str]
    features: tuple[str, ...]
    vocabulary: tuple[Feature, ...]
    ours: tuple[str, ...]
    matrix: Matrix
    spreads: Mapping[str, Spread]
    growths: Mapping[str, Term]
    gaps: tuple[Gap, ...]
    gaps_missing: GapsMissing
    unnamed: tuple[Unnamed, ...]
    stale_days: int
    segments: tuple[str, ...] = field(default=())

    @property
    def titles(self) -> dict[str, str]:
        """Titles of the features, by id."""
        return {feature.id: feature.title for feature in self.vocabulary}

    @property
    def known(self) -> tuple[str, ...]:
        """Products of which anything is known."""
        return tuple(p for p in self.products if any(c.sightings for c in self.matrix[p].values()))

    def rows(self) -> list[dict[str, Any]]:
        """One row a product and feature, the unknown ones among them."""
        return [
            {
                "product": cell.product,
                "feature": cell.feature,
                "state": cell.state,
                "since": None if cell.since is None else cell.since.last,
                "since_is_dated": cell.since is not None and cell.since.is_dated,
                "confirmed": cell.confirmed,
                "is_stale": cell.is_stale,
                "is_disputed": cell.is_disputed,
                "sources": list(cell.sources),
                "claims": list(cell.claim_ids),
            }
            for product in self.products
            for cell in self.matrix[product].values()
        ]
