"""Made-up names that tests of events share, and a document read with them."""

import datetime as dt

from howdah.documents.claims import DocumentClaim
from howdah.documents.events import claims_of_events
from howdah.documents.lexicon import metric_lexicon
from howdah.documents.linking import ChoiceModel, prior_weights
from howdah.documents.mentions import Entity, Gazetteer
from howdah.documents.passages import Marked, mark
from howdah.documents.reading import read_text

PUBLISHED = dt.date(2025, 6, 10)

_ROWS = (
    ("Quellmar Robotics", "company", "", ("Quellmar",)),
    ("Otterbat", "product", "Quellmar Robotics", ()),
    ("Fenwhistle", "company", "", ()),
    ("Saltmoor Group", "company", "", ("Saltmoor",)),
    ("Larkspindle Capital", "investor", "", ()),
    ("Hobbin Ventures", "investor", "", ()),
    ("Dray County Trust", "organisation", "", ()),
    ("Wicker-9B", "model", "Fenwhistle", ()),
    ("栗棚科技", "company", "", ("栗棚",)),
    ("问雁", "product", "栗棚科技", ()),
    ("苍苔汽车", "company", "", ()),
    ("梳云智能", "company", "", ("梳云",)),
    ("砚湖-70B", "model", "梳云智能", ()),
    ("松针资本", "investor", "", ()),
    ("芒种创投", "investor", "", ()),
    ("蓼溪医院", "organisation", "", ()),
    ("手机输入法", "segment", "", ()),
)  # fmt: skip

NAMES = Gazetteer(
    {name: Entity(name, kind, parent, (name, *more)) for name, kind, parent, more in _ROWS}
)

#: What grammar says alone, so that no test hangs on what was learnt.
MODELS = {name: ChoiceModel(weights) for name, weights in prior_weights().items()}


def read(text: str) -> Marked:
    """A text as published on a Tuesday."""
    lang = "zh" if any("\u4e00" <= char <= "\u9fff" for char in text) else "en"
    document = read_text(text, "doc", lang=lang, publication="", published_at=PUBLISHED)
    return mark(document, NAMES, metric_lexicon())


def claims(text: str) -> list[DocumentClaim]:
    """Claims of the events of a text."""
    return list(claims_of_events(read(text), MODELS))


def told(text: str) -> set[tuple[str, str, str, str]]:
    """Relation, subject, object and modality of the events of a text."""
    return {(c.metric, c.subject, c.object, c.modality) for c in claims(text)}
