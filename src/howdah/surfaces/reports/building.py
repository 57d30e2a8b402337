"""The report's part on what to build: asked of the market once, and seen in one language."""

from collections.abc import Sequence
from dataclasses import dataclass

from howdah.market import Market
from howdah.market.config import MarketConfig
from howdah.market.pages.decisions import DecisionsPage
from howdah.market.pages.directions import DirectionsPage, RecordPage
from howdah.market.pages.entry import EntryPage
from howdah.market.pages.features import FeaturesPage
from howdah.surfaces.reports.directing import Directing
from howdah.surfaces.reports.featuring import Featuring
from howdah.surfaces.reports.grids import Grid
from howdah.surfaces.reports.words import Words


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the market says of what to build, in no language yet.

    Attributes
    ----------
    entry
        Of the segment that the market names first or follows first, with the map of all; None
        where no giant is declared.
    """

    directions: DirectionsPage
    record: RecordPage
    entry: EntryPage | None
    features: FeaturesPage
    decisions: DecisionsPage


@dataclass(frozen=True, slots=True)
class BuildView:
    """What the template of that part is given."""

    ranks: tuple[Grid, ...]
    terms: tuple[Grid, ...]
    record: str
    record_grid: Grid | None
    decided: Grid
    giants: Grid | None
    nowhere: tuple[str, ...]
    entered: str
    answer: str
    outcomes: tuple[str, ...]
    matrix: Grid
    matrix_note: str
    gaps: Grid
    no_gaps: str
    decisions: Grid
    n_later: int


def gather_guidance(market: Market, as_of: str, without: Sequence[str]) -> Guidance:
    """Ask the market what to build.

    Parameters
    ----------
    without
        Feeds whose rows do not leave the market.
    """
    config = market.config
    real = [s.id for s in config.segment if not s.simulated]
    entered = next((s for s in config.follow.segments if s in real), next(iter(real), None))
    has_giants = bool(config.giants.companies) and entered is not None
    return Guidance(
        directions=market.directions(as_of),
        record=market.directions_record(as_of),
        entry=market.entry(entered, as_of) if has_giants and entered is not None else None,
        features=market.features(as_of=as_of, without=without),
        decisions=market.decisions(as_of=as_of),
    )


def build_view(guidance: Guidance, words: Words, config: MarketConfig) -> BuildView:
    """The part in one language."""
    t = words.t
    directing = Directing(words, config)
    featuring = Featuring(words, directing)
    pages, entry = guidance.directions, guidance.entry
    said, record_grid = directing.record(guidance.record.record)
    giants, nowhere = (None, ()) if entry is None else directing.giants(entry)
    titles = {s.id: words.title(s) for s in config.segment}
    terms = [directing.terms(pages.real, t("build.terms"))] if pages.real.table else []
    if pages.simulated.table:
        terms.append(directing.terms(pages.simulated, t("build.terms_simulated")))
    return BuildView(
        ranks=directing.ranks(pages.real),
        terms=tuple(terms),
        record=said,
        record_grid=record_grid,
        decided=directing.decided(guidance.record.decided),
        giants=giants,
        nowhere=nowhere,
        entered="" if entry is None else titles[entry.segment],
        answer="" if entry is None else directing.answer(entry),
        outcomes=() if entry is None else directing.outcomes(entry),
        matrix=featuring.matrix(guidance.features),
        matrix_note=featuring.note(guidance.features),
        gaps=featuring.gaps(guidance.features),
        no_gaps=gaps_text(guidance.features, words),
        decisions=featuring.decisions(
            guidance.decisions.lines, {**guidance.decisions.names, **titles}
        ),
        n_later=guidance.decisions.n_later,
    )


def gaps_text(page: FeaturesPage, words: Words) -> str:
    """Why there are no gaps to show; '' where there are."""
    t = words.t
    if page.gaps_missing:
        return t("build.no_answer", reason=t.name("no_gaps", page.gaps_missing))
    return "" if page.gaps else t("feature.no_gaps")
