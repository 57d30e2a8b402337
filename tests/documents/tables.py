"""Wordings and what is expected of them, from the text files beside this one."""

from pathlib import Path


def read_table(name: str) -> list[tuple[str, str]]:
    """Lines "wording | expected" of a table, without its comments."""
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    rows = (line.split(" | ", 1) for line in lines if not line.startswith("# "))
    return [(wording, expected) for wording, expected in rows]
