"""How many of the names in Chinese articles are proposed when nobody knows any? See README.md.

python benchmarks/documents/strangers.py [tuned] [untuned]
"""

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import keep
from documents.articles import load_articles, load_gazetteer
from howdah.documents import tagger
from howdah.documents.folding import fold
from howdah.documents.strangers import propose_names

Row = dict[str, object]


def main() -> None:
    """Propose the names of articles with an empty catalogue, without and with the tagger."""
    for articles in sys.argv[1:] or ("tuned",):
        rows = [_row(articles, "patterns", is_tagged=False)]
        if tagger.is_installed():
            rows.append(_row(articles, "patterns and tagger", is_tagged=True))
        keep(Path(__file__).parent / "results", rows, f"strangers-{articles}")


def _row(articles: str, by: str, *, is_tagged: bool) -> Row:
    gazetteer = load_gazetteer()
    n_name = n_found = n_proposed = n_good = 0
    cpu = 0.0
    for article in load_articles(articles):
        if article.document.lang != "zh":
            continue
        folded = fold(article.document.text)
        known = {
            folded.text[a:b]
            for a, b in ((m.start, m.end) for m in gazetteer.find(folded))
            if not folded.text[a:b].isascii()
        }
        started = time.process_time()
        if is_tagged:
            spans = propose_names(folded, ())
        else:
            with mock.patch.object(tagger, "_tagger", return_value=None):
                spans = propose_names(folded, ())
        cpu += time.process_time() - started
        proposed = {fold(span.surface).text for span in spans}
        n_name += len(known)
        n_found += sum(_is_near(name, proposed) for name in known)
        n_proposed += len(proposed)
        n_good += sum(_is_near(name, known) for name in proposed)
    return {
        "articles": articles, "by": by, "names": n_name, "found": n_found / n_name,
        "proposals": n_proposed, "of these names": n_good / n_proposed, "CPU s": cpu,
    }  # fmt: skip


def _is_near(name: str, others: Iterable[str]) -> bool:
    return any(name in other or other in name for other in others)


if __name__ == "__main__":
    main()
