"""What `howdah extract` does: documents and names in, claims out."""

import datetime as dt
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pyarrow as pa

from howdah.core.calendar import parse_date
from howdah.core.errors import InputError
from howdah.documents.claims import DocumentClaim
from howdah.documents.extracting import cite, extract
from howdah.documents.folding import fold
from howdah.documents.mentions import read_gazetteer
from howdah.documents.reading import read_documents
from howdah.documents.strangers import propose_names
from howdah.engines import output_file
from howdah.surfaces.cli.answer import write_json
from howdah.surfaces.cli.progress import working
from howdah.surfaces.cli.words import counted

_TYPES = {
    "subject_start": pa.int64(), "subject_end": pa.int64(), "subject_inherited": pa.bool_(),
    "value": pa.float64(), "value_low": pa.float64(), "value_high": pa.float64(),
    "value_start": pa.int64(), "value_end": pa.int64(), "period_start": pa.date32(),
    "period_end": pa.date32(), "start": pa.int64(), "end": pa.int64(), "confidence": pa.float64(),
}  # fmt: skip

#: Columns of the claims' file, in order.
SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in DocumentClaim().row()])

#: Unknown names that are told.
_MOST_NAMES = 8


def run(
    files: Sequence[Path],
    published_at: str,
    entities: Path,
    out: Path,
    lang: Literal["auto", "zh", "en"],
    publication: str,
    accept: float,
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Read the documents, extract their claims and write them."""
    day = parse_date(published_at, today=dt.datetime.now(dt.UTC).date())
    twice = [path for path, n in Counter(files).items() if n > 1]
    if twice:
        raise InputError(f"{twice[0]} is given twice. Give each document once.")
    claims: list[DocumentClaim] = []
    unknown: Counter[str] = Counter()
    n_documents = 0
    with working("reading") as progress, output_file(out, force=force) as output:
        gazetteer = read_gazetteer(entities)
        for number, path in enumerate(files):
            progress(f"extracting {path.name}", number, len(files))
            for document in read_documents(
                path, lang=lang, publication=publication, published_at=day
            ):
                n_documents += 1
                found = extract(document, gazetteer, accept=accept)
                claims += [cite(claim, document) for claim in found]
                folded = fold(document.text)
                proposed = propose_names(folded, gazetteer.find(folded))
                names = [s.surface for s in proposed] + [c.stranger for c in found if c.stranger]
                unknown.update(dict.fromkeys(names))
        rows = [claim.row() for claim in claims]
        output.write(pa.Table.from_pylist(rows, schema=SCHEMA))
    summary = _summary(n_documents, claims, unknown)
    if as_json:
        write_json({"out": out.resolve(), **summary})
    else:
        sys.stderr.write("".join(f"{line}\n" for line in (f"wrote {out}", *_said(summary))))


def _summary(
    n_documents: int, claims: Sequence[DocumentClaim], unknown: Counter[str]
) -> dict[str, object]:
    status = Counter(claim.status for claim in claims)
    reasons = Counter(claim.reason for claim in claims if claim.reason)
    return {
        "n_documents": n_documents,
        "n_claims": len(claims),
        "n_accepted": status["accepted"],
        "n_review": status["review"],
        "n_rejected": status["rejected"],
        "rejected_because": dict(sorted(reasons.items())),
        "unknown_names": [name for name, _ in unknown.most_common(_MOST_NAMES)],
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
        lines.append(f"not among the entities, so nothing is claimed of them: {', '.join(names)}")
    return lines
