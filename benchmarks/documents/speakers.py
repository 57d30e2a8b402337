"""Whether two ways to write a source mean one: a name, a role, a document, "we"."""

import re
from functools import cache

from articles import Label, load_gazetteer

from howdah.documents.folding import fold

#: A company speaking of itself, and the documents in which it speaks.
_OWN = re.compile(
    r"本公司|本集團|本集团|公司|我們|我们|報告|报告|公告|[季年中]報|[季年中]报|财报|財報|招股|聲明|声明"
    r"|\b(?:we|our|the company|the firm|the group|filing|results|report|prospectus|release)\b"
)


def is_same_source(told: str, told_type: str, label: Label) -> bool:
    """Whether a claim's source is the label's.

    One is written in the other; or both are a company's statement, and name one company or one of
    them is the company's word for itself or for its document; or both are an executive, and the
    name and the role stand side by side in the article.
    """
    one, other = told.lower(), label.source.lower()
    if not one or not other:
        return one == other
    if one in other or other in one:
        return True
    if told_type != label.source_type:
        return False
    if told_type == "company_statement":
        named = (_entity(told), _entity(label.source))
        is_own = any(
            name == "" and _OWN.search(text) is not None
            for name, text in zip(named, (one, other), strict=True)
        )
        return is_own or (named[0] != "" and named[0] == named[1])
    return told_type == "executive" and one in label.beside.lower()


@cache
def _entity(text: str) -> str:
    """The entity that a source names, "" when the catalogue knows none."""
    names = [mention.entities[0] for mention in _gazetteer().find(fold(text))]
    return names[-1] if names else ""


_gazetteer = cache(load_gazetteer)
