"""How well are claims read out of texts? See README.md.

    python benchmarks/documents/run.py [SET] [--alone]

--alone leaves out the comparison with libraries, which are an extra and slow, and keeps that of the
last run with its day.

A set other than "tuned" is scored with the committed weights. The tuned one is what they were
learnt from, so its articles are scored by models learnt from the others.
"""

import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

from articles import Article, load_articles, load_gazetteer
from beside import BESIDE, claims_beside
from crossing import Crossed, crossed, reliability
from scoring import Score, score

from bench import keep
from howdah.documents.claims import DocumentClaim
from howdah.documents.extracting import claims_of, extract
from howdah.documents.gate import Gate
from howdah.documents.lexicon import metric_lexicon
from howdah.documents.linking import learned_calibration, learned_models
from howdah.documents.passages import mark

LEARNT_FROM = "tuned"
SEED = 0
SPEED_SECONDS = 3.0
RESULTS = Path(__file__).parent / "results"
ALONE = "--alone"


def main() -> None:
    """Score a set of articles and keep the table."""
    given = [word for word in sys.argv[1:] if word != ALONE]
    name = given[0] if given else LEARNT_FROM
    gazetteer, lexicon = load_gazetteer(), metric_lexicon()
    articles = load_articles(name)
    marked = [(mark(a.document, gazetteer, lexicon), a) for a in articles]
    if name == LEARNT_FROM:
        rows = crossed(marked)
    else:
        models, told = learned_models(), learned_calibration()
        rows = [(article, one, claims_of(one, models, told)) for one, article in marked]
    table = [{"articles": name, "group": group, **found.row()} for group, found in _groups(rows)]
    table += [{"articles": name, "group": f"{group}: share of pairs right", **found.fields()}
              for group, found in _groups(rows) if group in {"all", "zh", "en"}]  # fmt: skip
    table += _kept_beside(name) if ALONE in sys.argv else _beside(name, articles)
    accepted = _accepted(rows)
    every = dict(_groups(rows))["all"].n_not_achieved
    table.append({"articles": name, "group": "accepted only", **accepted.row()})
    table.append({"articles": name, "group": "of all that did not happen, accepted as fact",
                  "share": accepted.n_as_asserted / max(every, 1)})  # fmt: skip
    table += [
        {
            "articles": name,
            "group": f"confidence about {told:.2f}",
            "share right": right,
            "claims": n,
        }
        for told, right, n in reliability(rows)
    ]
    table.append({"articles": name, "group": "swapped subjects caught", "share": _swapped(rows)})
    table.append({"articles": name, "group": "documents a second a core", "n": _speed(articles)})
    keep(RESULTS, table, name)


def _groups(rows: Crossed) -> list[tuple[str, Score]]:
    found: dict[str, Score] = defaultdict(Score)
    for article, _, claims in rows:
        told = score(article, claims)
        for group in ("all", article.document.lang, *(f"trap {t}" for t in article.traps)):
            found[group].add(told)
    return sorted(found.items(), key=lambda item: (item[0].startswith("trap"), item[0]))


def _beside(name: str, articles: list[Article]) -> list[dict[str, object]]:
    """Scores of what one would build of libraries, on the same articles."""
    gazetteer = load_gazetteer()
    table = []
    for beside in BESIDE:
        found: dict[str, Score] = defaultdict(Score)
        for article in articles:
            claims = claims_beside(article, gazetteer, beside)
            if claims is not None:
                found[article.document.lang].add(score(article, claims))
        for lang, told in sorted(found.items()):
            group = f"beside, {lang}: {beside}"
            table.append({"articles": name, "group": group, **told.row()})
            table.append(
                {"articles": name, "group": f"{group}: share of pairs right", **told.fields()}
            )
    return table


def _kept_beside(name: str) -> list[dict[str, object]]:
    """The same of the last run, with the day on which it was made."""
    kept = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return [
        {"made": kept["date"], **row} for row in kept["rows"] if row["group"].startswith("beside")
    ]


def _accepted(rows: Crossed) -> Score:
    found = Score()
    for article, _, claims in rows:
        found.add(score(article, [c for c in claims if c.status == "accepted"]))
    return found


def _swapped(rows: Crossed) -> float:
    """Share of claims that the gate rejects when their subject is exchanged for another.

    The other is one that the document names, cited where it stands nearest: in the quotation, if
    it stands there.
    """
    picks = random.Random(SEED)
    models = learned_models()
    caught = n = 0
    for _, marked, claims in rows:
        gate = Gate(marked, models)
        names = sorted({m.entities[0] for m in marked.mentions})
        for claim in claims:
            others = [name for name in names if name != claim.subject]
            if claim.status == "rejected" or claim.value_start is None or not others:
                continue
            n += 1
            other = picks.choice(others)
            caught += gate.checked(_exchanged(claim, other, marked.mentions)).status == "rejected"
    return caught / max(n, 1)


def _exchanged(claim: DocumentClaim, other: str, mentions: Iterable) -> DocumentClaim:  # type: ignore[type-arg]
    assert claim.value_start is not None
    named = [m for m in mentions if other in m.entities]
    mention = min(named, key=lambda m: abs(m.start - claim.value_start))
    return replace(
        claim, subject=other, subject_surface=mention.surface, subject_start=mention.start,
        subject_end=mention.end,
        subject_inherited=not claim.start <= mention.start < claim.end,
    )  # fmt: skip


def _speed(articles: list[Article]) -> float:
    gazetteer = load_gazetteer()
    extract(articles[0].document, gazetteer)
    started = time.process_time()
    n = 0
    while time.process_time() - started < SPEED_SECONDS:
        for article in articles:
            extract(article.document, gazetteer)
            n += 1
    return n / (time.process_time() - started)


if __name__ == "__main__":
    main()
