"""How long does the example market take from nothing to its radar? See README.md."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench import Cost, keep, median, run_child

REPEATS = 3


def main() -> None:
    """Build the example market in a new folder, several times."""
    howdah = str(Path(sys.executable).parent / "howdah")
    costs: dict[str, list[Cost]] = {"howdah demo": [], "howdah radar": [], "howdah show 豆包": []}
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as name:
            folder = str(Path(name) / "demo")
            costs["howdah demo"].append(run_child([howdah, "demo", "--dir", folder]))
            costs["howdah radar"].append(run_child([howdah, "radar", "--market", folder]))
            costs["howdah show 豆包"].append(
                run_child([howdah, "show", "豆包", "--market", folder])
            )
    rows = [
        {
            "command": name,
            "wall s": round((cost := median(runs)).wall, 2),
            "CPU s": round(cost.cpu, 2),
            "peak MB": round(cost.peak_mb),
        }
        for name, runs in costs.items()
    ]
    keep(Path(__file__).parent, rows)


if __name__ == "__main__":
    main()
