"""People: names that stand behind a title or before one.

A Chinese name is a family name of a list and one or two characters, before a word that no name
goes on with; an English one is two words with capitals. Where a text names people without a title
nothing is found: they are told from products by nothing else.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from howdah.documents.spans import Span

_TITLE_ZH = (
    r"(?:ceo|cto|cfo|coo|创始人|创办人|董事长|总裁|总经理|负责人|首席\S{2,4}官|执行长"
    r"|财务长|总监)"
)
_BEHIND_ZH = (
    r"(?=[^\u4e00-\u9fff]|表示|称|说|透露|接受|在|告诉|坦言|指出|认为|介绍|回应|强调"
    r"|补充|则|也|对|向|于|直言|宣布|解释|否认|提到|写道|预计)"
)
_SAYS = re.compile(r"[谈談][到及起判了论論]|[应應][邀该該]|[明向时時常从從][年月来來后後]")
_NAME = r"[^\W\d_]+ [^\W\d_]+(?:-[^\W\d_]+)*"
_TITLE_EN = (
    r"(?:chief \w+(?: officer)?|founder|ceo|cto|cfo|coo|president|co-founder|head of \w+|"
    r"managing director|finance director|general manager|vice[- ]president)"
)

#: Without one of these nobody is found.
_ANY = re.compile(
    rf"{_TITLE_ZH}|{_TITLE_EN}|chair(?:man|woman)|, who (?:runs|heads|leads|(?:co-)?founded|manages"
    r"|built|owns)\b"
)


def find_people(raw: str, lower: str, start: int) -> Iterator[Span]:
    """Names with a title beside them.

    Parameters
    ----------
    raw
        The text as received.
    lower
        A part of it, folded.
    start
        Where the part begins in the text.
    """
    if _ANY.search(lower) is None:
        # Most sentences have none, and this says so sooner.
        return
    for match in _pattern().finditer(lower):
        group = match.lastgroup or ""
        first, last = start + match.start(group), start + match.end(group)
        surface = raw[first:last]
        if group == "zh":
            # 谈 is a family name, and 谈到 is a verb.
            if not _SAYS.match(surface):
                yield Span(first, last, surface)
        elif all(part[:1].isupper() for part in surface.split()):
            yield Span(first, last, surface)


@cache
def _pattern() -> re.Pattern[str]:
    text = (files("howdah.documents.lexicon") / "families.toml").read_text(encoding="utf-8")
    families = tomllib.loads(text)
    family = "|".join((*families["double"], "[" + families["single"] + "]"))
    return re.compile(
        rf"{_TITLE_ZH}(?P<zh>(?:{family})[\u4e00-\u9fff]{{1,2}}?){_BEHIND_ZH}"
        rf"|(?:{_TITLE_EN}|chair(?:man|woman)?),? (?P<en>{_NAME})"
        rf"|(?P<titled>{_NAME}), (?:the |its |our |their )?(?:[a-z'-]+ )?"
        rf"(?:{_TITLE_EN}|chair(?:man|woman)?)\b"
        rf"|(?P<who>{_NAME}), who (?:runs|heads|leads|(?:co-)?founded|manages|built|owns)\b"
    )
