"""Is what was bought told from what was earned, and is it said when it cannot be? See README.md.

python run.py [presets] [products] [volume] [volume-large] [geo] [peers]
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

from geo import geo_rows
from peers import peer_rows
from presets import preset_rows
from products import product_rows
from volume import N_LARGE, volume_rows

from bench import data_folder, keep

Row = dict[str, object]


SECTIONS: dict[str, Callable[[], Iterator[Row]]] = {
    "presets": lambda: preset_rows(data_folder()),
    "products": product_rows,
    "volume": volume_rows,
    "volume-large": lambda: volume_rows(N_LARGE),
    "geo": lambda: geo_rows(data_folder()),
    "peers": lambda: peer_rows(data_folder()),
}


def main() -> None:
    """Run the sections that are named, or all, each kept in a file of its own."""
    for name in sys.argv[1:] or SECTIONS:
        print(f"\n{name}")
        rows = list(SECTIONS[name]())
        if rows:
            keep(Path(__file__).parent / "results", rows, name)


if __name__ == "__main__":
    main()
