"""Which product has which feature, and what ours lack."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from howdah.claims import read_claims
from howdah.core.calendar import end_of_day
from howdah.core.errors import UnknownNameError
from howdah.core.progress import Progress, silent
from howdah.estimates import CLAIM_INPUT, with_entities
from howdah.guidance.features import known_features, make_matrix
from howdah.guidance.gaps import find_gaps, find_spreads
from howdah.guidance.growing import member_growths
from howdah.guidance.sightings import find_sightings, sighting_metrics
from howdah.guidance.term import Term
from howdah.guidance.vocabulary import Feature, Vocabulary
from howdah.market.basis import basis_of
from howdah.market.giants import check_not_ahead, subjects_of
from howdah.market.levels import models_for
from howdah.market.observing import observations_at
from howdah.market.pages.features import FeaturesPage, GapsMissing
from howdah.market.steps import market_changes
from howdah.market.workspace import Workspace

#: Fewer products can lack nothing against each other.
_LEAST_PRODUCTS = 2

_N_STEPS = 2


def features(
    ws: Workspace,
    targets: Sequence[str],
    as_of: dt.date,
    ours: Sequence[str] = (),
    without: Sequence[str] = (),
    progress: Progress = silent,
) -> FeaturesPage:
    """The feature matrix of segments and entities.

    Parameters
    ----------
    targets
        Ids of segments or names of entities; without any, every segment that is not simulated.
    ours
        Names of our products; without any those of market.toml, as far as they are among these.
    without
        Feeds whose claims are left out.

    Raises
    ------
    UnknownNameError
        A target is no segment, and no entity goes by it or several do.
    InputError
        The date is to come.
    """
    check_not_ahead(ws, as_of)
    progress("reading features", 0, _N_STEPS)
    segments, products = _asked(ws, targets)
    own = [ws.resolve(name).canonical_id for name in (ours or ws.config.ours.products)]
    if ours:
        products = list(dict.fromkeys([*products, *own]))
    own = [product for product in dict.fromkeys(own) if product in products]
    vocabulary = Vocabulary(tuple(Feature(**f.model_dump()) for f in ws.config.feature))
    owners = _owners(ws, products, as_of)
    claims = _claims(ws, vocabulary, list(owners), as_of).filter(
        ~pl.col("feed").is_in(list(without))
    )
    lists = [spec.id for spec in ws.specs.values() if spec.nature == "list"]
    sightings, unnamed = find_sightings(claims, vocabulary, owners, lists)
    every = [feature.id for feature in vocabulary.features]
    stale_days = ws.config.features.stale_days
    matrix = make_matrix(sightings, products, every, as_of, stale_days=stale_days)
    known = known_features(matrix)
    shown = make_matrix(sightings, products, known, as_of, stale_days=stale_days)
    missing = _missing(vocabulary, products, known, own)
    progress("growth", 1, _N_STEPS)
    growths = _growths(ws, products, as_of)
    progress("done", _N_STEPS, _N_STEPS)
    named = {*products, *(s.about for s in sightings)}
    return FeaturesPage(
        basis=basis_of(ws, as_of, claims),
        products=tuple(products),
        names={entity: ws.resolver.entity(entity).name for entity in sorted(named)},
        features=known,
        vocabulary=vocabulary.features,
        ours=tuple(own),
        matrix=shown,
        spreads=find_spreads(shown, known),
        growths=growths,
        gaps=() if missing else find_gaps(shown, own, known, growths),
        gaps_missing=missing,
        unnamed=unnamed,
        stale_days=stale_days,
        segments=tuple(segments),
    )


def _asked(ws: Workspace, targets: Sequence[str]) -> tuple[list[str], list[str]]:
    """Segments and products that are meant."""
    segments: list[str] = []
    products: dict[str, None] = {}
    for target in targets or [s.id for s in ws.config.segment if not s.simulated]:
        segment = ws.config.find_segment(target)
        if segment is not None:
            segments.append(segment.id)
            products |= dict.fromkeys(ws.members(segment))
            continue
        try:
            products[ws.resolve(target).canonical_id] = None
        except UnknownNameError as error:
            ids = ", ".join(s.id for s in ws.config.segment)
            error.message += f" No segment has that id either; segments: {ids}."
            raise
    return segments, list(products)


def _missing(
    vocabulary: Vocabulary, products: Sequence[str], known: Sequence[str], own: Sequence[str]
) -> GapsMissing:
    if not vocabulary.features:
        return "vocabulary"
    if len(products) < _LEAST_PRODUCTS:
        return "products"
    if not known:
        return "claims"
    return "" if own else "ours"


def _owners(ws: Workspace, products: Sequence[str], as_of: dt.date) -> dict[str, tuple[str, ...]]:
    """Products that each entity counts for: a product has what belongs to it."""
    owners: dict[str, dict[str, None]] = {}
    for product in products:
        below = [e.canonical_id for e, _ in ws.resolver.descendants(product, as_of=as_of)]
        for entity in (product, *below):
            owners.setdefault(entity, {})[product] = None
    return {entity: tuple(found) for entity, found in owners.items()}


def _claims(
    ws: Workspace, vocabulary: Vocabulary, entities: Sequence[str], as_of: dt.date
) -> pl.DataFrame:
    """Every print of the claims about features: the first one tells since when it was known."""
    batches = read_claims(
        ws.engine,
        ws.store,
        as_of=end_of_day(as_of),
        subjects=subjects_of(ws, entities),
        metrics=sighting_metrics(vocabulary),
        prints="all",
        columns=CLAIM_INPUT,
    )
    return pl.concat(with_entities(batches, ws.mapping)).filter(
        pl.col("valid_to").is_null() | (pl.col("valid_to") <= as_of)
    )


def _growths(ws: Workspace, products: Sequence[str], as_of: dt.date) -> dict[str, Term]:
    """Growth of each product under the headline of the segment that the market names first."""
    headlines: dict[str, list[str]] = {}
    of_segment = {segment.id: segment for segment in ws.config.segment}
    for product in products:
        segment = of_segment.get(ws.segments.get(product, ""))
        metric = ws.metrics.metrics.get(segment.headline) if segment else None
        # What nobody reported is in no tally, so a tally's growth may be that of reports.
        if segment is not None and metric is not None and metric.count != "tally":
            headlines.setdefault(segment.headline, []).append(product)
    if not headlines:
        return {}
    seen = observations_at(ws, as_of, metrics=sorted(headlines))
    seen = seen.filter(pl.col("scheme") != "list")
    models = models_for(ws, as_of, seen)
    change = market_changes(seen)
    found: dict[str, Term] = {}
    for headline, some in headlines.items():
        rows = seen.filter((pl.col("metric") == headline) & pl.col("entity").is_in(some))
        found |= member_growths(rows, models, as_of, change)
    return found
