"""Does reading many documents need more memory than reading few? See README.md.

    python benchmarks/documents/scale.py [N]

Writes folders of documents of one sentence, in Chinese and English, a tenth of N and N (100,000),
and reads each with `howdah extract` in a process of its own.
"""

import json
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import data_folder, keep, run_child

N = 100_000
SEED = 0
A_FOLDER = 1000

_NAMES = (
    "canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin\n"
    "Larkwise,company,,,,Larkwise Labs\nPip,product,Larkwise,皮普,,\nFern,product,,,,\n"
    "榆问,product,榆木科技,,榆問,\n榆木科技,company,,,,\n柏语,product,,,柏語,\n"
)
_SHAPES = (
    "{a} had {x:.1f} million daily active users in {month} {year}, {who} Research says.\n",
    "{b} plans to spend over ${m} million on advertising next year.\n",
    "{a} raised ${k} million in a Series B led by {who} Capital.\n",
    "{year}年{n}月，榆问的日活跃用户为{w}万。\n",
    "榆木科技否认裁员{k}人。\n",
    "該公司表示，榆問{n}月的月活約{w}萬。\n",
)
_MONTHS = ("January", "March", "May", "July", "September", "October", "November")
_SYLLABLES = ("Tal", "Mer", "Oak", "Fin", "Dor", "Wes", "Lin", "Har", "Bel", "Cor", "Ash", "Vey")


def main() -> None:
    """Read folders of documents and keep what each cost."""
    n_most = int(sys.argv[1]) if len(sys.argv) > 1 else N
    folder = data_folder() / "documents"
    folder.mkdir(exist_ok=True)
    names = folder / "names.csv"
    names.write_text(_NAMES, encoding="utf-8")
    rows = []
    for n in (n_most // 10, n_most):
        texts = folder / str(n)
        write(texts, n)
        out = folder / f"{n}.parquet"
        cost = run_child([
            sys.executable, "-m", "howdah", "extract", str(texts), "--published-at", "2025-01-09",
            "--entities", str(names), "--out", str(out), "--force", "--json",
        ])  # fmt: skip
        told = json.loads(cost.answer)["data"]
        rows.append(
            {
                "documents": told["n_documents"], "claims": told["n_claims"],
                "peak MB": cost.peak_mb, "CPU s": cost.cpu, "documents a second": n / cost.cpu,
            }
        )  # fmt: skip
    keep(Path(__file__).parent / "results", rows, "scale")


def write(folder: Path, n: int) -> None:
    """Write documents, a thousand a folder, each as its number tells."""
    for number in range(n):
        path = folder / f"{number // A_FOLDER:04d}" / f"{number:06d}.txt"
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made(number), encoding="utf-8")


def made(number: int) -> str:
    """One document; names that no file of names holds differ from text to text."""
    pick = random.Random(SEED + number)
    values = {
        "a": pick.choice(("Pip", "Fern", "Larkwise Labs")), "b": pick.choice(("Fern", "Larkwise")),
        "x": pick.uniform(1, 90), "m": pick.randint(5, 400), "k": pick.randint(20, 900),
        "w": pick.randint(100, 9000), "n": pick.randint(1, 12), "month": pick.choice(_MONTHS),
        "year": pick.choice((2023, 2024)),
        "who": "".join(pick.choices(_SYLLABLES, k=3)).capitalize(),
    }  # fmt: skip
    return pick.choice(_SHAPES).format(**values)


if __name__ == "__main__":
    main()
