"""How long does the command line take to start? See README.md."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench import Cost, keep, median, run_child

REPEATS = 15


def main() -> None:
    """Start both in turn, and print medians and the ratio."""
    python = sys.executable
    commands = {
        "python -c pass": [python, "-c", "pass"],
        "howdah --help": [str(Path(python).parent / "howdah"), "--help"],
    }
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for n in range(REPEATS + 1):
        for name, command in commands.items():
            cost = run_child(command)
            if n:
                costs[name].append(cost)
    base = median(costs["python -c pass"])
    rows = [
        {
            "command": name,
            "CPU ms": round(1000 * (cost := median(runs)).cpu, 1),
            "wall ms": round(1000 * cost.wall, 1),
            "CPU / python": round(cost.cpu / base.cpu, 2),
            "wall / python": round(cost.wall / base.wall, 2),
        }
        for name, runs in costs.items()
    ]
    keep(Path(__file__).parent, rows)


if __name__ == "__main__":
    main()
