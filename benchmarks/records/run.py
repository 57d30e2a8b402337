"""Make the record that the example market brings along, and say what it cost.

Run it after a change of a detector, of the example's feeds, segments or names: the record in
``src/howdah/markets/ai/records`` is taken in only where it rests on the same.

    python benchmarks/records/run.py [--market DIR]
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import howdah
from howdah.core.track import record_text

BROUGHT = Path(__file__).parents[2] / "src" / "howdah" / "markets" / "ai" / "records"


def main() -> None:
    """Build the example without its record, make it, and write it into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--market", type=Path, help="a built example market; made if absent")
    given = parser.parse_args().market
    with tempfile.TemporaryDirectory() as name:
        folder = given or howdah.copy_example(Path(name) / "market")
        market = howdah.open(folder)
        if given is None:
            # The record that the copy brought is not the one to be made.
            shutil.rmtree(folder / "records", ignore_errors=True)
            market.update()
        started = time.process_time()
        page = market.keep_records(bring_out=BROUGHT)
        seconds = time.process_time() - started
    print(f"{len(page.origins)} origins, {seconds:.0f} CPU seconds")
    for one in page.classes:
        print(f"{one.kind}: {record_text(one.record)}")


if __name__ == "__main__":
    main()
