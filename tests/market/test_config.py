"""The market file: errors name the line and what is allowed."""

from pathlib import Path

import pytest

from howdah.core.errors import SpecError
from howdah.market.config import read_config


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('title = "T"\ntittle_zh = "T"\n', 2, "Did you mean 'title_zh'"),
        ('title = "T"\n\n[follow]\nsegments = ["a"]\n', 4, "no segment 'a'"),
        ('title = "T"\nas_of = "never"\n', 2, "should be a date"),
        ('title = "T"\n[follow\n', 2, "not valid TOML"),
        ('title = "T"\n[[segment]]\nid = "a"\ntitle = "A"\n', 2, "is required and missing"),
    ],
)
def test_an_error_names_the_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    (tmp_path / "market.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match=said) as caught:
        read_config(tmp_path)
    assert caught.value.line == line
