"""The documents do what they say.

Each document runs in a folder of its own that holds the example market as ``howdah-demo``, from
its first block to its last:

- ``console``: each ``$ howdah ...`` must end with exit code 0, or with the code in the block's
  first line (``console exit=5``), and print each line shown. ``...`` stands for what was left
  out. Ids of estimates and findings may differ: they move with each version of a method. So may
  the ends of intervals, by one in their last digit: machines round differently.
- a block whose first line names a file (``csv howdah-demo/inbox/users.csv``) is written there,
  in another encoding if ``encoding=`` says so.
- ``python``: runs; ``print`` must give what the ``text`` block after it shows, if there is one.

Other blocks (``sh``) are for the reader alone.
"""

import contextlib
import io
import re
import runpy
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from howdah.surfaces.cli import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    "README.md",
    "docs/bought-or-earned.md",
    "docs/index.md",
    "docs/tutorial.md",
    "docs/how-to/add-a-feed.md",
    "docs/how-to/audience-on-spark.md",
    "docs/how-to/check-a-feed.md",
    "docs/how-to/choose-what-to-build.md",
    "docs/how-to/find-breakouts.md",
    "docs/how-to/fuse-sources.md",
    "docs/how-to/measure-an-audience.md",
    "docs/how-to/name-your-products.md",
    "docs/how-to/read-a-number.md",
    "docs/how-to/read-a-record.md",
    "docs/how-to/read-documents.md",
    "docs/how-to/review-suspects.md",
    "docs/how-to/serve.md",
    "docs/revisions.md",
]
EXAMPLES = sorted(path.name for path in (ROOT / "examples").glob("*.py"))

_BLOCK = re.compile(r"^```(\S+)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_DERIVED_ID = re.compile(r"\b[ef][0-9a-f]{12}\b")
_INTERVAL = re.compile(r"\([^()]*? to [^()]*?\)")

_END = re.compile(r"(\d[\d,]*(?:\.(\d+))?)(tn|bn|M|k)?")
_SCALES = {"": 1.0, "k": 1e3, "M": 1e6, "bn": 1e9, "tn": 1e12}


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the words after that, and its text."""

    language: str
    words: tuple[str, ...]
    text: str

    def option(self, name: str, default: str) -> str:
        given = dict(word.split("=", 1) for word in self.words if "=" in word)
        return given.get(name, default)

    @property
    def file(self) -> str | None:
        return next((word for word in self.words if "=" not in word), None)


def blocks_of(document: str) -> list[Block]:
    text = (ROOT / document).read_text(encoding="utf-8")
    return [Block(m[1], tuple(m[2].split()), m[3]) for m in _BLOCK.finditer(text)]


def normalised(text: str) -> str:
    return " ".join(_DERIVED_ID.sub("ID", text).split())


def numbers_of(interval: str) -> list[tuple[float, float]]:
    """Each number of an interval, with one in its last digit."""
    return [
        (
            float(end[1].replace(",", "")) * (scale := _SCALES[end[3] or ""]),
            scale / 10 ** len(end[2] or ""),
        )
        for end in _END.finditer(interval)
    ]


def is_near(shown: str, real: str) -> bool:
    """Whether two intervals differ by one in the last digit shown at most."""
    if _END.sub("", shown) != _END.sub("", real):
        return False
    pairs = zip(numbers_of(shown), numbers_of(real), strict=True)
    return all(abs(one - other) <= 1.001 * last for (one, last), (other, _) in pairs)


def occurs(part: str, output: str) -> bool:
    """Whether a text is in another, but for how its intervals were rounded."""
    pattern = _INTERVAL.sub("\0", part).split("\0")
    found = re.finditer(rf"({_INTERVAL.pattern})".join(map(re.escape, pattern)), output)
    return any(all(map(is_near, _INTERVAL.findall(part), one.groups())) for one in found)


def assert_shows(shown: str, real: str, what: str) -> None:
    """Each line shown occurs in the real output."""
    output = normalised(real)
    for line in shown.splitlines():
        for part in normalised(line).split("..."):
            assert occurs(part.strip(), output), f"{what}: {part.strip()!r} is not in\n{real}"


def test_an_interval_that_is_shown_may_be_off_by_its_last_digit_alone() -> None:
    output = "Kimi 1.35M (800k to 2.28M) of Doubao (9,000 to 10,000)"
    assert occurs("1.35M (800k to 2.27M) of", output)
    assert occurs("Doubao (9,000 to 10,001)", output)
    assert not occurs("1.35M (800k to 2.26M) of", output)
    assert not occurs("1.35M (800k to 2.28k) of", output)
    assert not occurs("1.35M (800k to 2.28M) of Kimi", output)


def commands_of(text: str) -> Iterator[tuple[str, str]]:
    """(command, what it is shown to print) of a console block."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def run_console(block: Block) -> None:
    for command, shown in commands_of(block.text):
        program, *args = shlex.split(command)
        assert program == "howdah", command
        result = CliRunner().invoke(app, args, prog_name="howdah")
        assert result.exit_code == int(block.option("exit", "0")), f"{command}\n{result.output}"
        assert_shows(shown, result.output, command)


@pytest.fixture
def folder(example_market: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that a reader works in, with the example market in it."""
    shutil.copytree(example_market, tmp_path / "howdah-demo")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HOWDAH_MARKET", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    yield tmp_path
    shutil.rmtree(tmp_path / "howdah-demo")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_blocks_of_a_document_run_and_print_what_they_show(document: str, folder: Path) -> None:
    names: dict[str, object] = {}
    printed = None
    for block in blocks_of(document):
        if block.file is not None:
            target = folder / block.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(block.text.encode(block.option("encoding", "utf-8")))
        elif block.language == "console":
            run_console(block)
        elif block.language == "python":
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(block.text, document, "exec"), names)
            printed = out.getvalue()
            continue
        elif block.language == "text" and printed is not None:
            assert_shows(block.text, printed, "python")
        printed = None


def test_the_commands_that_the_readme_lists_answer(folder: Path) -> None:
    assert (folder / "howdah-demo").is_dir()
    table = re.findall(r"^\|.*`howdah .*$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    commands = [c for row in table for c in re.findall(r"`howdah ([^`]+)`", row)]
    assert len(commands) > 5
    for command in dict.fromkeys(c for c in commands if c != "trail"):
        result = CliRunner().invoke(app, shlex.split(command), prog_name="howdah")
        assert result.exit_code == 0, f"howdah {command}\n{result.output}"


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_runs_and_prints(
    example: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (folder / "howdah-demo").is_dir()
    runpy.run_path(str(ROOT / "examples" / example), run_name="__main__")
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_relative_links_lead_to_files(document: str) -> None:
    text = re.sub(_BLOCK, "", (ROOT / document).read_text(encoding="utf-8"))
    for target in _LINK.findall(text):
        if not target.startswith(("http://", "https://", "#")):
            path = (ROOT / document).parent / target.partition("#")[0]
            assert path.exists(), f"{document} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_anchors_within_a_document_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", re.sub(_BLOCK, "", text), re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    for target in _LINK.findall(text):
        if target.startswith("#"):
            assert target[1:] in anchors, f"{document} links to {target}"
