"""Speaking: the frames in which sources stand."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Frame:
    """Words around a source, what it then is where its name does not say, and their form.

    Attributes
    ----------
    is_known
        Whether the name itself has to say that it is a source: the words stand beside others too.
    """

    pattern: re.Pattern[str]
    form: str = "frame"
    kind: str = ""
    is_known: bool = False


@cache
def frames() -> tuple[Frame, ...]:
    """The frames that come with howdah."""
    text = (files("howdah.documents") / "speaking.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    return tuple(
        Frame(
            re.compile(re.sub(r"@([a-z_]+)", lambda word: told["words"][word[1]], pattern)),
            table["form"],
            table.get("kind", ""),
            table.get("known", False),
        )
        for table in told["frame"]
        for pattern in table["patterns"]
    )
