"""Articles: the documents of a file that tell what is needed, and the reader of their claims."""

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from howdah.claims import Fault
from howdah.core.errors import FileFormatError
from howdah.core.estimate import derived_id
from howdah.documents.claims import DocumentClaim
from howdah.documents.extracting import cite, extract
from howdah.documents.folding import Folded, fold
from howdah.documents.lexicon import MetricLexicon, metric_lexicon
from howdah.documents.model import Answers, Assistant, Endpoint
from howdah.documents.reading import read_documents
from howdah.documents.spans import Document, Mention
from howdah.documents.strangers import propose_names
from howdah.documents.tagger import is_installed
from howdah.market.documents.names import Names, names_of
from howdah.market.documents.passages import learnt_words
from howdah.market.documents.tables import CLAIM_FIELDS, DocumentTables
from howdah.market.workspace import Workspace
from howdah.sources import FeedSpec

#: Changes when documents are to be read anew though nothing about them changed.
_READER = "reader.2"

#: A file whose text tells no date may be named after its day.
_NAMED_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?!\d)")

#: Characters of a text that the quarantine shows.
_MOST_SHOWN = 300

NO_DATE = (
    "no day of publication is told: give it a dateline, or begin the file's name with the day, as "
    "2024-11-14"
)
NO_PUBLICATION = "no publication is named: say whose texts these are with `source` in the spec"


@dataclass(frozen=True, slots=True)
class Article:
    """A document with what identifies it in its feed.

    Attributes
    ----------
    place
        What stays when the text is corrected: the address of an entry, else of the file.
    number
        Which one of its file it is, from 1.
    """

    document: Document
    place: str
    raw: str
    number: int


@dataclass(frozen=True)
class Reader:
    """Reads articles for claims, with a market's names and words."""

    names: Names
    words: tuple[tuple[str, str], ...]
    lang: str
    accept: float
    assistant: Assistant | None = None

    @cached_property
    def lexicon(self) -> MetricLexicon:
        """The lexicon with the market's own words."""
        return metric_lexicon(self.words)

    def basis(self, document: Document, folded: Folded, mentions: Sequence[Mention]) -> str:
        """Digest of all that a reading of a document depends on.

        A catalogue that grows by names that do not stand in it leaves it as it is.
        """
        gazetteer, entities = self.names.gazetteer, self.names.entities
        parts = [
            _READER, version("howdah"), str(is_installed()), self.lang, str(self.accept),
            document.lang, document.publication, str(document.published_at), document.text,
        ]  # fmt: skip
        for mention in mentions:
            parts.append(f"{mention.start}-{mention.end}")
            for name in mention.entities:
                known = gazetteer[name]
                entity = entities.get(name)
                parts += ["" if entity is None else entity.canonical_id, known.type, known.parent]
                parts.append(str(self.names.identifiers.get(name)))
        parts += [f"{word}={metric}" for word, metric in self.words if word in folded.lower]
        if self.assistant is not None:
            parts.append(f"model {self.assistant.name}")
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]

    def read(self, document: Document) -> list[DocumentClaim]:
        """Claims of a document, of any standing."""
        reads = extract if self.assistant is None else self.assistant.extract
        return reads(document, self.names.gazetteer, lexicon=self.lexicon, accept=self.accept)

    def was_unanswered(self, article: Article) -> bool:
        """Whether a language model gave no answer about an article that was read last."""
        return self.assistant is not None and self.assistant.was_unanswered(article.document)


def reader_of(ws: Workspace, spec: FeedSpec, tables: DocumentTables) -> Reader:
    """The reader of a feed's texts, with what its market has learnt."""
    assert spec.documents is not None
    aliases, words = learnt_words(tables)
    asked = spec.documents.llm
    assistant = None
    if asked is not None:
        endpoint = Endpoint(asked.url, asked.model, asked.key.env)
        assistant = Assistant(endpoint, Answers(ws.folder / "lake" / "documents" / "answers.db"))
    return Reader(
        names_of(ws, spec, aliases), words, spec.documents.lang, spec.documents.accept, assistant
    )


def articles_of(
    spec: FeedSpec, path: Path, place: str, raw: str
) -> tuple[list[Article], list[Fault]]:
    """Documents of a file that tell what is needed, and those that do not with why."""
    assert spec.documents is not None
    try:
        documents = read_documents(path, lang=spec.documents.lang)
    except FileFormatError as error:
        return [], [Fault(1, "", place, str(error).removeprefix(f"{error.path}: "))]
    articles: list[Article] = []
    faults: list[Fault] = []
    taken: Counter[str] = Counter()
    for number, document in enumerate(documents, 1):
        named = document
        if named.published_at is None and len(documents) == 1:
            named = replace(named, published_at=_day_of_name(place))
        if not named.publication:
            named = replace(named, publication=spec.source)
        for column, told, reason in (
            ("published_at", named.published_at, NO_DATE),
            ("publication", named.publication, NO_PUBLICATION),
        ):
            if not told:
                faults.append(Fault(number, column, _shown(document), reason))
                break
        else:
            # One of a feed or mailbox, though it be the only one, is not its file.
            is_whole = document.doc == str(path)
            own = place if is_whole else document.link or f"{place}#{document.title}"
            taken[own] += 1
            own = own if taken[own] == 1 else f"{own}#{taken[own]}"
            articles.append(Article(replace(named, doc=own), own, raw, number))
    return articles, faults


def _day_of_name(place: str) -> dt.date | None:
    match = _NAMED_DAY.match(Path(place).name)
    try:
        return dt.date.fromisoformat(match[0]) if match else None
    except ValueError:
        return None


def _shown(document: Document) -> str:
    text = document.title or document.text
    return " ".join(text.split())[:_MOST_SHOWN]


def unknown_names(
    reader: Reader, document: Document, claims: Sequence[DocumentClaim]
) -> tuple[str, ...]:
    """What looks like a name in the sentences that claim something and is none of the market's."""
    folded = fold(document.text)
    proposed = propose_names(folded, reader.names.gazetteer.find(folded))
    quotes = " ".join(dict.fromkeys(claim.quote for claim in claims))
    names = [claim.stranger for claim in claims if claim.stranger]
    return tuple(dict.fromkeys([*(s.surface for s in proposed if s.surface in quotes), *names]))


def passages_of_article(
    reader: Reader, article: Article, claims: Sequence[DocumentClaim], feed: str, reading_id: str
) -> Iterator[dict[str, object]]:
    """Rows of the passages of an article, of the claims that it was read for."""
    document = article.document
    seen: Counter[tuple[object, ...]] = Counter()
    for claim in claims:
        if claim.value_start is None:
            within: tuple[object, ...] = (claim.metric, claim.subject, claim.object)
        else:
            within = (claim.value_start - claim.start,)
        seen[claim.quote, *within] += 1
        n = seen[claim.quote, *within]
        entity = reader.names.entities.get(claim.subject)
        identifier = reader.names.identifiers.get(claim.subject)
        block = next(
            (b for b in document.blocks if b.start <= claim.start and claim.end <= b.end), claim
        )
        cited = cite(claim, document)
        yield {
            "passage_id": derived_id(
                "r", feed, article.place, claim.quote, *map(str, within), str(n)
            ),
            "reading_id": reading_id,
            **{name: getattr(claim, name) for name in CLAIM_FIELDS.names},
            "stranger": claim.stranger,
            "subject": claim.subject if entity is None else entity.canonical_id,
            "scheme": "" if identifier is None else identifier.scheme,
            "identifier": "" if identifier is None else identifier.value,
            "paragraph_start": block.start,
            "paragraph_end": block.end,
            "file_start": cited.start,
            "file_end": cited.end,
        }
