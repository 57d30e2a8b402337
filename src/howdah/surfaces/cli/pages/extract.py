"""What `howdah extract` does: documents and names in, claims out."""

import datetime as dt
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import typer

from howdah.core.calendar import parse_date
from howdah.core.errors import FileFormatError, InputError
from howdah.core.progress import Progress
from howdah.documents.claims import DocumentClaim
from howdah.documents.extracting import cite, extract
from howdah.documents.folding import fold
from howdah.documents.mentions import Gazetteer, read_gazetteer
from howdah.documents.reading import read_documents
from howdah.documents.spans import Document
from howdah.documents.strangers import propose_names
from howdah.engines import output_file
from howdah.engines.tables import QUARANTINE_SCHEMA
from howdah.surfaces.cli.answer import QUARANTINED, write_json
from howdah.surfaces.cli.progress import working
from howdah.surfaces.cli.words import counted

if TYPE_CHECKING:
    from howdah.documents.model import Assistant

_TYPES = {
    "subject_start": pa.int64(), "subject_end": pa.int64(), "subject_inherited": pa.bool_(),
    "value": pa.float64(), "value_low": pa.float64(), "value_high": pa.float64(),
    "value_start": pa.int64(), "value_end": pa.int64(), "period_start": pa.date32(),
    "period_end": pa.date32(), "start": pa.int64(), "end": pa.int64(), "confidence": pa.float64(),
}  # fmt: skip

#: Columns of the claims' file, in order.
SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in DocumentClaim().row()])

#: Claims that are written at once.
_BATCH = 4096

#: Unknown names that are told, and that are counted: in many texts most names stand once.
_MOST_NAMES = 8
_MOST_COUNTED = 20_000

#: Files that could not be read that the screen tells.
_MOST_UNREAD = 3

#: What reads a document for claims.
Reads = Callable[[Document], list[DocumentClaim]]


@dataclass(slots=True)
class _Counts:
    """What was found in all documents."""

    n_documents: int = 0
    status: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    unread: list[tuple[int, FileFormatError]] = field(default_factory=list)

    def add(self, claims: Sequence[DocumentClaim]) -> None:
        self.n_documents += 1
        self.status.update(claim.status for claim in claims)
        self.reasons.update(claim.reason for claim in claims if claim.reason)

    def meet(self, names: Iterable[str]) -> None:
        """Count the names of a document, and forget the rarest of too many."""
        self.unknown.update(list(names))
        if len(self.unknown) > _MOST_COUNTED:
            self.unknown = Counter(dict(self.unknown.most_common(_MOST_COUNTED // 2)))

    def quarantine(self) -> pa.Table:
        """The files that could not be read, by their place among those given, and why."""
        rows = [
            {"row": number, "column": "", "text": str(error.path), "reason": error.reason}
            for number, error in self.unread
        ]
        return pa.Table.from_pylist(rows, schema=QUARANTINE_SCHEMA)


def run(
    files: Sequence[Path],
    published_at: str,
    entities: Path,
    out: Path,
    lang: Literal["auto", "zh", "en"],
    publication: str,
    accept: float,
    llm: str | None,
    llm_model: str | None,
    *,
    force: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Read the documents, extract their claims and write them.

    A file that cannot be read is set aside with its reason, and the run goes on; where none of
    them can be, that is an error.
    """
    day = parse_date(published_at, today=dt.datetime.now(dt.UTC).date())
    paths = _listed(files)
    assistant = _assistant(llm, llm_model, out)
    counts = _Counts()
    with working("reading") as progress, output_file(out, force=force) as output:
        gazetteer = read_gazetteer(entities)

        def reads(document: Document) -> list[DocumentClaim]:
            if assistant is None:
                return extract(document, gazetteer, accept=accept)
            return assistant.extract(document, gazetteer, accept=accept)

        def reading(path: Path) -> tuple[Document, ...]:
            return read_documents(path, lang=lang, publication=publication, published_at=day)

        batches = _batches(
            _readable(_told(paths, progress), reading, counts), gazetteer, reads, counts
        )
        output.write(pa.RecordBatchReader.from_batches(SCHEMA, batches))
        if counts.unread and not counts.n_documents:
            raise counts.unread[0][1]
        output.quarantine(counts.quarantine())
    summary = _summary(counts)
    said = _said(summary)
    if assistant is not None:
        account = assistant.account
        summary["model"] = {"name": assistant.name, "server": assistant.server, **account.row()}
        said += account.sentences(f"{assistant.name} at {assistant.server}")
    if as_json:
        write_json({"out": out.resolve(), **summary})
    else:
        sys.stderr.write("".join(f"{line}\n" for line in (f"wrote {out}", *said)))
    if counts.unread:
        sys.stderr.write("".join(f"{line}\n" for line in _unread(counts, len(paths), out)))
        if strict:
            raise typer.Exit(QUARANTINED)


def _readable(
    paths: Iterator[Path], reading: Callable[[Path], tuple[Document, ...]], counts: _Counts
) -> Iterator[Document]:
    """The documents of files; one that cannot be read is counted with its reason."""
    for number, path in enumerate(paths, 1):
        try:
            found = reading(path)
        except FileFormatError as error:
            counts.unread.append((number, error))
            continue
        yield from found


def _unread(counts: _Counts, n_files: int, out: Path) -> Iterator[str]:
    """What is said of files that could not be read."""
    n, place = counted(len(counts.unread), "file"), out.with_name(f"{out.name}.quarantine.parquet")
    yield f"{n} of {n_files:,} could not be read; each is in {place} with its reason:"
    yield from (f"  {error}" for _, error in counts.unread[:_MOST_UNREAD])


def _assistant(url: str | None, model: str | None, out: Path) -> "Assistant | None":
    if url is None and model is None:
        return None
    if url is None or model is None:
        raise InputError(
            "A language model needs both --llm URL, the base of its interface, and "
            "--llm-model NAME. Give both, or neither."
        )
    # Most runs ask none, and start sooner without what asking takes.
    from howdah.documents.model import Answers, Assistant, Endpoint  # noqa: PLC0415

    return Assistant(Endpoint(url, model), Answers(out.with_name(f"{out.name}.answers.db")))


def _listed(given: Sequence[Path]) -> list[Path]:
    """Files that are given, and those in folders and below, by name; none twice."""
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            inside = (f for f in path.rglob("*") if f.is_file() and not f.name.startswith("."))
            found += sorted(inside)
        elif path.exists():
            found.append(path)
        else:
            raise FileFormatError(path, "there is no such file.")
    twice = [path for path, n in Counter(found).items() if n > 1]
    if twice:
        raise InputError(f"{twice[0]} is given twice. Give each document once.")
    return found


def _told(paths: Sequence[Path], progress: Progress) -> Iterator[Path]:
    for number, path in enumerate(paths):
        progress(f"extracting {path.name}", number, len(paths))
        yield path


def _batches(
    documents: Iterator[Document], gazetteer: Gazetteer, reads: Reads, counts: _Counts
) -> Iterator[pa.RecordBatch]:
    """The claims of documents, so many at a time that memory stays flat."""
    rows: list[dict[str, object]] = []
    for document in documents:
        found = reads(document)
        counts.add(found)
        folded = fold(document.text)
        proposed = propose_names(folded, gazetteer.find(folded))
        names = [s.surface for s in proposed] + [c.stranger for c in found if c.stranger]
        counts.meet(dict.fromkeys(names))
        rows += [cite(claim, document).row() for claim in found]
        if len(rows) >= _BATCH:
            yield pa.RecordBatch.from_pylist(rows, schema=SCHEMA)
            rows = []
    if rows:
        yield pa.RecordBatch.from_pylist(rows, schema=SCHEMA)


def _summary(counts: _Counts) -> dict[str, object]:
    status = counts.status
    return {
        "n_documents": counts.n_documents,
        "n_quarantined": len(counts.unread),
        "n_claims": status.total(),
        "n_accepted": status["accepted"],
        "n_review": status["review"],
        "n_rejected": status["rejected"],
        "rejected_because": dict(sorted(counts.reasons.items())),
        "unknown_names": [name for name, _ in counts.unknown.most_common(_MOST_NAMES)],
    }


def _said(summary: dict[str, object]) -> list[str]:
    n_claims, n_documents = summary["n_claims"], summary["n_documents"]
    assert isinstance(n_claims, int)
    assert isinstance(n_documents, int)
    lines = [
        (
            f"{counted(n_claims, 'claim')} of {counted(n_documents, 'document')}: "
            f"{summary['n_accepted']} accepted, {summary['n_review']} for review, "
            f"{summary['n_rejected']} rejected"
        )
    ]
    names = summary["unknown_names"]
    assert isinstance(names, list)
    if names:
        lines.append(f"not among the entities; what may be about them waits: {', '.join(names)}")
    return lines
