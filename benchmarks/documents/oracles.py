"""Stand-ins for a language model: one that knows the labels, and one that chooses blindly.

They answer in place of a server, through the same questions, schemas and checks: what the best
model could gain, and what the worst could spoil.
"""

import datetime as dt
import json
import random
import re
from collections.abc import Mapping
from typing import Any

from articles import Article, Label, load_gazetteer
from scoring import is_period

from howdah.documents.lexicon import metric_lexicon
from howdah.documents.model.endpoint import Reply
from howdah.documents.passages import mark
from howdah.documents.wording import base_metric

_QUESTION = re.compile(r"^(n\d+): (\{.*\})$", re.MULTILINE)
_DAYS = re.compile(r"(\.\.\.|[\d-]{10})(?: to (\.\.\.|[\d-]{10}))?")
_FIELDS = ("metric", "subject", "period")


class Oracle:
    """Chooses by the labels of an article, and proposes what of them is not known.

    Parameters
    ----------
    article
        It is asked about this one.
    proposes
        Whether it proposes too.
    """

    model = "oracle"

    def __init__(self, article: Article, *, proposes: bool) -> None:
        self.labels, self.proposes = article.labels, proposes
        self.text = article.document.text
        self.passages = mark(article.document, load_gazetteer(), metric_lexicon()).passages

    def ask(self, question: bytes) -> Reply:
        """Answer a question as a server does."""
        body = json.loads(question)
        text = body["messages"][-1]["content"]
        if body["response_format"]["json_schema"]["name"] == "choices":
            return Reply(json.dumps({m[1]: self.chosen(json.loads(m[2]))
                                     for m in _QUESTION.finditer(text)}))  # fmt: skip
        return Reply(json.dumps({"claims": self.proposed(body) if self.proposes else []}))

    def chosen(self, told: Mapping[str, Any]) -> dict[str, int]:
        """The right alternative of each field, none where no label tells."""
        passage = self.passages[int(told["sentence"][1:])]
        same = [q for q in passage.quantities if q.surface == told["number"]]
        place = same[told.get("occurrence", 1) - 1]
        label = next(
            (
                one for one in self.labels
                if one.start is not None and one.end is not None
                and one.start < place.end and place.start < one.end
            ),
            None,
        )  # fmt: skip
        fields = [field for field in _FIELDS if field in told]
        return {
            field: 0 if label is None else _right(told[field], field, label) for field in fields
        }

    def proposed(self, body: Mapping[str, Any]) -> list[dict[str, str]]:
        """Labels of a page, in words of the text."""
        item = body["response_format"]["json_schema"]["schema"]["properties"]["claims"]["items"]
        metrics = item["properties"]["metric"]["enum"]
        shown, _ = json.JSONDecoder().raw_decode(body["messages"][-1]["content"])
        sentences = "\n".join(shown["sentences"].values())
        return [
            {
                "quote": label.quote,
                "number": "" if label.start is None else self.text[label.start : label.end],
                "subject": self.named(label),
                "metric": base_metric(label.metric),
                "period": "",
                "object": label.object if label.start is None else "",
                "modality": label.modality,
            }
            for label in self.labels
            if label.quote in sentences and base_metric(label.metric) in metrics
        ]

    def named(self, label: Label) -> str:
        """How the text names a label's subject, last before its quotation ends."""
        end = self.text.find(label.quote) + len(label.quote)
        spelt = [
            mention.surface
            for passage in self.passages
            for mention in passage.mentions
            if label.subject in mention.entities and mention.start < end
        ]
        return spelt[-1] if spelt else label.subject


class Blind:
    """Chooses any alternative with the same probability, and proposes nothing."""

    model = "blind"

    def __init__(self, seed: int) -> None:
        self.picks = random.Random(seed)

    def ask(self, question: bytes) -> Reply:
        """Answer a question as a server does."""
        body = json.loads(question)
        schema = body["response_format"]["json_schema"]
        if schema["name"] != "choices":
            return Reply('{"claims": []}')
        return Reply(json.dumps({
            n: {field: self.picks.choice(told["enum"]) for field, told in one["properties"].items()}
            for n, one in schema["schema"]["properties"].items()
        }))  # fmt: skip


def _right(shown: Mapping[str, str], field: str, label: Label) -> int:
    """Number of the alternative that a label says, 0 where none does."""
    return next((int(n) for n, one in shown.items() if n != "0" and is_it(field, one, label)), 0)


def is_it(field: str, shown: str, label: Label) -> bool:
    """Whether an alternative, as it is shown, is what a label says."""
    if field == "metric":
        return shown.partition(":")[0] == base_metric(label.metric)
    if field == "subject":
        return shown.rpartition(" (")[0] == label.subject or shown == label.subject
    if shown.startswith("as of"):
        return label.period[2] == "as_of_publication"
    days = _DAYS.match(shown)
    if days is None:
        return False
    first, last = days[1], days[2] or days[1]
    told = (*(None if day == "..." else dt.date.fromisoformat(day) for day in (first, last)), "")
    return is_period(told, (label.period[0], label.period[1], ""))
