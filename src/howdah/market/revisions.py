"""How a market's sources revise: kept by the last update or made anew."""

import datetime as dt
from typing import TYPE_CHECKING, cast

from howdah.estimates import flag_suspects, revision_rows, turned_round
from howdah.market.basis import basis_of
from howdah.market.derived import Derived
from howdah.market.fusing import models_of
from howdah.market.pages import SourceRevisions
from howdah.market.prints import read_prints
from howdah.market.workspace import Workspace

if TYPE_CHECKING:
    from howdah.market.pages.sources import Flip, Revision

#: Restatements that turned a change round which are listed, the newest.
MAX_FLIPS = 10

#: A change up to this, on the additive scale, is no direction that could turn round.
_LEAST_CHANGE = 0.01


def revisions(ws: Workspace, as_of: dt.date) -> SourceRevisions:
    """How far each source's figures still move by age, and what restatements turned round."""
    table = Derived(ws).stored_revisions(as_of)
    if table is None:
        models = models_of(ws, flag_suspects(ws.observations(as_of)), as_of)
        table = revision_rows(models.curves.values())
    flips = turned_round(read_prints(ws, as_of), least=_LEAST_CHANGE).head(MAX_FLIPS)
    ordered = table.sort("source", "metric", "nature", "age_from")
    return SourceRevisions(
        basis_of(ws, as_of),
        cast("tuple[Revision, ...]", tuple(ordered.iter_rows(named=True))),
        cast("tuple[Flip, ...]", tuple(flips.iter_rows(named=True))),
    )
