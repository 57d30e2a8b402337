"""A judgement over HTTP waits for its turn."""

import shutil
import threading
from pathlib import Path

import pytest

import howdah
from howdah.claims import write_lock
from howdah.surfaces.http import rendering
from howdah.surfaces.http.rendering import Desk


@pytest.fixture
def folder(restating_market: tuple[Path, dict[str, int]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(restating_market[0], tmp_path / "market"))


def _judged(folder: Path) -> dict[str, str]:
    claim = howdah.open(folder).show("alpha").series[0].statements[0].claim_id
    return {"claim": claim, "verdict": "keep", "by": "analyst", "note": ""}


def test_a_judgement_waits_while_another_writes(folder: Path) -> None:
    values = _judged(folder)
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with write_lock(folder / "lake"):
            locked.set()
            done.wait(1.0)

    other = threading.Thread(target=hold)
    other.start()
    locked.wait(10)
    rendered = Desk(folder).write("judge_claim", values, "v")
    other.join()
    assert rendered.problem is None


def test_a_judgement_does_not_wait_for_ever(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_PATIENCE_SECONDS", 0.3)
    values = _judged(folder)
    with write_lock(folder / "lake"):
        rendered = Desk(folder).write("judge_claim", values, "v")
    assert rendered.problem is not None
    assert rendered.problem.status == 409
