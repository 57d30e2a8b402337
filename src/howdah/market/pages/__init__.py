"""What the use cases return: typed records that surfaces show and Python users hold."""

from howdah.market.pages.audience import Audience, AudiencePage
from howdah.market.pages.basis import Basis, basis_text, basis_union, shortened, vintages_text
from howdah.market.pages.comparison import Comparison, ComparisonLine
from howdah.market.pages.entity import (
    EntityPage,
    Later,
    RelatedSeries,
    Restatement,
    Series,
    Together,
    choose_estimate,
    later_text,
)
from howdah.market.pages.explanation import ChangePart, ExplainedClaim, Explanation, OtherSeries
from howdah.market.pages.feeds import FeedReport, FeedsReport
from howdah.market.pages.league import League, LeagueRow, LeagueTable, LeftOut
from howdah.market.pages.passage import (
    Against,
    Passage,
    PassagesToReview,
    UnknownName,
    against_text,
)
from howdah.market.pages.radar import Findings, Radar, finding_row
from howdah.market.pages.records import ClassRecord, HitsPage, RecordsPage
from howdah.market.pages.sources import SourceCards, SourceRevisions
from howdah.market.pages.statement import Statement, said_text, said_texts
from howdah.market.pages.suspects import SuspectClaim, Suspects
from howdah.market.pages.tabular import Tabular
from howdah.market.pages.trail import PanelCell, Trail, TrailClaim

__all__ = [
    "Against",
    "Audience",
    "AudiencePage",
    "Basis",
    "ChangePart",
    "ClassRecord",
    "Comparison",
    "ComparisonLine",
    "EntityPage",
    "ExplainedClaim",
    "Explanation",
    "FeedReport",
    "FeedsReport",
    "Findings",
    "HitsPage",
    "Later",
    "League",
    "LeagueRow",
    "LeagueTable",
    "LeftOut",
    "OtherSeries",
    "PanelCell",
    "Passage",
    "PassagesToReview",
    "Radar",
    "RecordsPage",
    "RelatedSeries",
    "Restatement",
    "Series",
    "SourceCards",
    "SourceRevisions",
    "Statement",
    "SuspectClaim",
    "Suspects",
    "Tabular",
    "Together",
    "Trail",
    "TrailClaim",
    "UnknownName",
    "against_text",
    "basis_text",
    "basis_union",
    "choose_estimate",
    "finding_row",
    "later_text",
    "said_text",
    "said_texts",
    "shortened",
    "vintages_text",
]
