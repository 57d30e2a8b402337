"""One direction on one page, from what the other use cases say of it."""

import datetime as dt
from collections.abc import Sequence

from howdah.core.errors import InputError
from howdah.core.progress import Progress, silent
from howdah.guidance.disproof import find_disproofs
from howdah.market.basis import basis_of
from howdah.market.decisions import decisions
from howdah.market.directions import directions
from howdah.market.entry import entry
from howdah.market.features import features
from howdah.market.pages import League
from howdah.market.pages.brief import BriefPage
from howdah.market.radar import radar
from howdah.market.rank import rank
from howdah.market.workspace import Workspace

#: Places of the league that a brief shows.
_MOST_MEMBERS = 8

_N_STEPS = 5


def brief(
    ws: Workspace,
    segment: str,
    as_of: dt.date,
    progress: Progress = silent,
    without: Sequence[str] = (),
) -> BriefPage:
    """Everything that speaks for or against going into a segment.

    Parameters
    ----------
    without
        Feeds whose claims of features are left out.

    Raises
    ------
    UnknownNameError
        No such segment, or a giant that the catalogue does not know.
    InputError
        The date is to come.
    """
    asked = ws.find_segment(segment)
    progress("directions", 0, _N_STEPS)
    ranking = directions(ws, as_of)
    part = ranking.simulated if asked.simulated else ranking.real
    group = next((g for g in part.groups if any(p.segment == asked.id for p in g)), ())
    place = next((p for p in group if p.segment == asked.id), None)
    progress("features", 1, _N_STEPS)
    matrix = features(ws, [asked.id], as_of, without=without)
    progress("entries", 2, _N_STEPS)
    giants = entry(ws, asked.id, as_of) if ws.config.giants.companies else None
    progress("findings", 3, _N_STEPS)
    found = radar(ws, as_of)
    league = _league(ws, asked.headline, asked.id, as_of)
    progress("decisions", 4, _N_STEPS)
    taken = decisions(ws, as_of, asked.id)
    disproofs, untested = find_disproofs(part.table[asked.id])
    places = () if league is None else league.places[:_MOST_MEMBERS]
    progress("done", _N_STEPS, _N_STEPS)
    return BriefPage(
        basis=basis_of(ws, as_of),
        segment=asked.id,
        title=asked.title,
        title_zh=asked.title_zh,
        headline=asked.headline,
        is_simulated=asked.simulated,
        terms=part.table[asked.id],
        place=place,
        n_ranked=len(group),
        without=part.without if place is not None else (),
        members=places,
        n_members=len(ws.members(asked)),
        features=matrix,
        entry=giants,
        disproofs=disproofs,
        untested=untested,
        findings=tuple(f for f in found.findings if f.segment == asked.id),
        decisions=taken,
    )


def _league(ws: Workspace, headline: str, segment: str, as_of: dt.date) -> League | None:
    """The league of a segment, None where nothing is known of its headline."""
    try:
        return rank(ws, headline, as_of, segment=segment)
    except InputError:
        return None
