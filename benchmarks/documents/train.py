"""Learn the weights of linking from the tuned articles, and keep them where they are shipped.

    python benchmarks/documents/train.py

Writes src/howdah/documents/linking/weights.json: the same articles give the same file.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from articles import load_articles, load_gazetteer
from crossing import calibrated
from training import learned, lessons_of, weights_of

from howdah.documents import linking
from howdah.documents.lexicon import metric_lexicon
from howdah.documents.passages import mark

TARGET = Path(linking.__file__).parent / "weights.json"


def main() -> None:
    """Learn from all tuned articles; confidences are calibrated on the folds left out."""
    gazetteer, lexicon = load_gazetteer(), metric_lexicon()
    articles = load_articles("tuned")
    marked = [(mark(a.document, gazetteer, lexicon), a) for a in articles]
    lessons = [lessons_of(one, article) for one, article in marked]
    weights = weights_of(learned(lessons))
    weights["confidence"] = calibrated(marked, lessons)
    text = json.dumps(weights, ensure_ascii=False, indent=0, sort_keys=True)
    TARGET.write_text(text + "\n", encoding="utf-8")
    sizes = ", ".join(f"{name} {len(found)}" for name, found in weights.items())
    sys.stdout.write(f"{len(articles)} articles; weights: {sizes}\n")


if __name__ == "__main__":
    main()
