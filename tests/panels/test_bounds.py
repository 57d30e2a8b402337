"""No counting loop leaves its arrays: once, compiled anew, with each index checked.

Otherwise they are compiled without such checks, and one that goes astray may still count right.
"""

import os
import subprocess
import sys
from pathlib import Path

#: Compiling is what takes long, so all tables are compared in one process.
_COMPARE = """
import numba
assert numba.config.BOUNDSCHECK == 1
from every_table import compare_all
compare_all()
"""


def test_every_table_is_that_of_brute_force_with_each_index_checked(tmp_path: Path) -> None:
    paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    # Kept apart from what was compiled without checks, which would be used again. It is compiled
    # as it stands: making it fast takes longer than running it slowly, and the checks are the same.
    checks = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path), "NUMBA_OPT": "0"}
    found = subprocess.run(
        [sys.executable, "-c", _COMPARE],
        env=os.environ | checks | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
