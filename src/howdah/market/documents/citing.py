"""Citing: the source of the market that a text means by the words it has for who states a figure.

A figure that an article gives "according to Tallow" is the word of Tallow. Where a feed of the
market brings Tallow's own, the claim goes by that name, so that what one source says is not counted
twice: `estimates.observe` marks it, and it counts only where Tallow itself says nothing.
"""

from howdah.documents.folding import fold
from howdah.market.workspace import Workspace
from howdah.sources import FeedSpec

#: Who is no voice of the house that a text names beside them.
_OTHERS = frozenset({"insider", "rumour", "investor"})


class Citations:
    """The sources that texts of a feed may cite, by all their names.

    Parameters
    ----------
    spec
        Of the feed of texts.
    """

    def __init__(self, ws: Workspace, spec: FeedSpec) -> None:
        self._named: dict[str, str] = {}
        sources = ws.speakers.beside(spec)
        for source in sources:
            known = ws.resolver.candidates(source)
            aliases = (known[0].name, *known[0].aliases) if len(known) == 1 else ()
            for alias in aliases:
                self._named.setdefault(fold(alias).lower, source)
        # What is one's own name is no other's alias.
        self._named |= {fold(source).lower: source for source in sources}

    def source_of(self, words: str, source_type: str) -> str:
        """The source that goes by some words of a text; "" where none does.

        Parameters
        ----------
        source_type
            Of who is told to state the figure: what an insider of a house says is not its word.
        """
        return "" if source_type in _OTHERS else self._named.get(fold(words).lower, "")
