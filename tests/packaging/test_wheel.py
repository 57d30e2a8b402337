"""What people install: the wheel holds the app and its data, and nothing of where it was built."""

import gzip
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

ROOT = Path(__file__).parents[2]

#: As in a checkout that somebody works in: none of it may go into what is installed.
LITTER = (
    ".venv/pyvenv.cfg",
    "howdah-demo/market.toml",
    "src/howdah/core/__pycache__/x.cpython-311.pyc",
    "src/howdah/surfaces/web/bundle/assets/__pycache__/x.pyc",
    "web/node_modules/preact/package.json",
)

#: Hosts of registries, and folders of people's and build machines.
_FOREIGN = re.compile(rb"registry\.[a-z]+\.[a-z]+|/home/\w+/|/root/|/Users/\w+/")


def _build(checkout: Path, kind: str, folder: Path) -> Path:
    """Build a wheel or an sdist by the project's own backend, offline."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = folder.iterdir()
    return found


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with its bundle, so that nothing is fetched, and with litter."""
    assert (ROOT / "src/howdah/surfaces/web/bundle/index.html").is_file(), "./run web"
    folder = tmp_path_factory.mktemp("packaging") / "checkout"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", "node_modules", "__pycache__", "bench-data", "howdah-demo", ".*_cache"
    )
    shutil.copytree(ROOT, folder, ignore=ignored)
    for name in LITTER:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("litter", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the wheel by their names."""
    with zipfile.ZipFile(_build(checkout, "wheel", tmp_path_factory.mktemp("wheel"))) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@pytest.mark.slow
def test_the_wheel_holds_the_whole_app(wheel: dict[str, bytes]) -> None:
    bundle = "howdah/surfaces/web/bundle/"
    made = ROOT / "src" / bundle
    wanted = {bundle + p.relative_to(made).as_posix() for p in made.rglob("*") if p.is_file()}
    assert wanted <= set(wheel)
    page = wheel[f"{bundle}index.html"].decode()
    asked = re.findall(r'(?:src|href)="/([^"]+)"', page)
    assert asked
    assert all(bundle + name in wheel for name in asked)


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package(wheel: dict[str, bytes]) -> None:
    source = ROOT / "src"
    own = {
        path.relative_to(source).as_posix()
        for path in (source / "howdah").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in wheel if not name.startswith("howdah-")} == own
    assert "howdah/py.typed" in own


@pytest.mark.slow
def test_the_wheel_holds_nothing_of_where_it_was_built(
    wheel: dict[str, bytes], checkout: Path
) -> None:
    places = (str(checkout).encode(), str(ROOT).encode(), sys.prefix.encode())
    for name, content in wheel.items():
        assert not re.search(r"__pycache__|\.pyc$|node_modules|\.map$|(^|/)tests?/", name)
        assert content != b"litter", name
        text = _unpacked(name, content)
        assert not any(place in text for place in places), name
        if not name.startswith("howdah/markets/"):
            # What products are called is data.
            assert _FOREIGN.search(text) is None, (name, _FOREIGN.search(text))


@pytest.mark.slow
def test_an_sdist_is_enough_to_build_the_app(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = _build(checkout, "sdist", tmp_path_factory.mktemp("sdist"))
    with tarfile.open(path) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    assert not set(LITTER) & names
    needed = {"hatch_build.py", "pyproject.toml", "LICENSE", "README.md", "web/bundle.py"}
    sources = {p.relative_to(ROOT).as_posix() for p in (ROOT / "web" / "src").rglob("*.tsx")}
    assert needed | sources <= names


def _unpacked(name: str, content: bytes) -> bytes:
    if name.endswith(".gz"):
        return gzip.decompress(content)
    if name.endswith(".br"):
        return bytes(pa.CompressedInputStream(pa.BufferReader(content), "brotli").read())
    return content
