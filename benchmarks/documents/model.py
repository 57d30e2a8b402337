"""What could a language model gain or spoil beside the rules? See README.md.

    python benchmarks/documents/model.py [SET]

No model is asked: one that knows the labels, and one that chooses blindly, stand in for it. The
rules are the committed ones: of "tuned" they have learnt from these very articles.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

from articles import Article, load_articles, load_gazetteer
from oracles import Blind, Oracle
from scoring import Score, score

from bench import keep
from howdah.documents.extracting import extract
from howdah.documents.mentions import Gazetteer
from howdah.documents.model import Answers, Assistant

SEED = 0


def main() -> None:
    """Score the rules with and without the stand-ins, and keep the table."""
    name = sys.argv[1] if len(sys.argv) > 1 else "untuned"
    articles, gazetteer = load_articles(name), load_gazetteer()
    table = []
    for who in ("rules alone", "knows, chooses", "knows, chooses and proposes", "chooses blindly"):
        found, counts = Score(), dict.fromkeys(("n_choices", "n_changed", "n_turned_down",
                                                "n_proposed", "n_passed"), 0)  # fmt: skip
        for article in articles:
            told, account = _read(who, article, gazetteer)
            found.add(told)
            for key in counts:
                counts[key] += account.get(key, 0)
        table.append(
            {"articles": name, "who": who, **found.row(), "accepted": found.n_accepted, **counts}
        )
        table.append({"articles": name, "who": f"{who}: share of pairs right", **found.fields()})
    keep(Path(__file__).parent / "results", table, f"model-{name}")


def _read(who: str, article: Article, gazetteer: Gazetteer) -> tuple[Score, dict]:  # type: ignore[type-arg]
    if who == "rules alone":
        return score(article, extract(article.document, gazetteer)), {}
    stand_in = Blind(SEED) if "blindly" in who else Oracle(article, proposes="proposes" in who)
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant(stand_in, Answers(Path(folder) / "answers.db"))
        claims = assistant.extract(article.document, gazetteer)
    return score(article, claims), assistant.account.row()


if __name__ == "__main__":
    main()
