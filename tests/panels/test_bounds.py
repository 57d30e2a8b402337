"""No counting loop leaves its arrays: once, compiled anew, with each index checked.

Otherwise they are compiled without such checks, and one that goes astray may still count right.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: Comparisons with brute force that touch every table, one process for all: it is compiling that
#: takes long.
CHECKED = (
    "tests/kernels/activity/test_tallies.py",
    "tests/kernels/activity/test_entries.py",
    "tests/panels/test_counts.py",
    "tests/panels/test_retention.py::test_every_cell_is_that_of_brute_force",
    "tests/panels/test_overlap.py::test_every_cell_is_that_of_brute_force",
    "tests/panels/test_migration.py::test_every_flow_is_that_of_brute_force",
)

_RUN = """
import sys, numba, pytest
assert numba.config.BOUNDSCHECK == 1
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", *sys.argv[1:]]))
"""


def test_no_counting_loop_leaves_its_arrays(tmp_path: Path) -> None:
    # What was compiled without checks would be used again.
    kept = str(tmp_path / "kernels")
    found = subprocess.run(
        [sys.executable, "-c", _RUN, "--basetemp", str(tmp_path / "tests"), *CHECKED],
        env=os.environ | {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": kept},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout + found.stderr
