"""The page of who is next, from what is kept or made for it."""

import datetime as dt

from howdah.core.progress import Progress, silent
from howdah.market.basis import basis_of
from howdah.market.hits import find_hits
from howdah.market.pages import HitsPage
from howdah.market.records import kept_hits, past_odds, records_page, with_records
from howdah.market.workspace import Workspace


def hits(
    ws: Workspace, as_of: dt.date, progress: Progress = silent, *, segment: str | None = None
) -> HitsPage:
    """Candidates of every ranked list on a date, best first; those kept for it, else made anew.

    Raises
    ------
    UnknownNameError
        The market has no such segment.
    """
    if segment is not None:
        ws.find_segment(segment)
    found = kept_hits(ws, as_of)
    if found is None:
        found = find_hits(ws, as_of, progress)
    record = next(c.record for c in records_page(ws, as_of).classes if c.kind == "breakout")
    told = with_records(ws, [f for f in found if segment in {None, f.segment}], as_of)
    told.sort(key=lambda f: (-(f.probability or 0.0), f.finding_id))
    asked = [s for s in ws.config.follow.segments if segment in {None, s}]
    without = tuple(s for s in asked if all(f.segment != s for f in told))
    return HitsPage(basis_of(ws, as_of), tuple(told), record, past_odds(ws, as_of), without)
