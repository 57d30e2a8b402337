"""Texts in the words of the API: they come from below in those of the command line."""

import re
from urllib.parse import quote, urlencode

from howdah.core.finding import Finding

#: Commands that a message may send its reader to, and the addresses that answer the same.
_ADDRESSES: tuple[tuple[str, str], ...] = (
    (r"decisions", "GET /api/v1/decisions"),
    (r"explain (\w+) (\w+)", r"GET /api/v1/explain/\1?metric=\2"),
    (r"feeds", "GET /api/v1/feeds"),
    (r"judge ID correct --set FIELD=VALUE", r'"fields": {"FIELD": "VALUE"}'),
    (r"metrics", "GET /api/v1/market"),
    (r"radar", "GET /api/v1/radar"),
    (r"rank (\S+) --segment (\S+)", r"GET /api/v1/leagues/\1?segment=\2"),
    (r"review --documents", "GET /api/v1/review/passages"),
    (r"review --suspects", "GET /api/v1/review/claims"),
)

#: What only the command line does, so that an error over HTTP may name it as well.
_SHELL_ALONE = r"(?:demo|init|update)\b"

_COMMAND = re.compile(rf"`howdah (?!{_SHELL_ALONE})([^`]+)`")
_SETTING = re.compile(r"--set (\w+=)")
_VALUE = re.compile(r"--as-of (today)")
_OPTION = re.compile(r"--([a-z][a-z-]*)")
#: What somebody else wrote, as errors quote it.
_QUOTED = re.compile(r"""((?<!\w)'[^']*'|(?<!\w)"[^"]*")""")


def in_words_of_api(text: str) -> str:
    """A text with addresses for commands and parameters for options.

    What stands in quotes was given by somebody and stays.

    Examples
    --------
    >>> in_words_of_api("`howdah feeds` shows what each holds; try another --as-of.")
    '`GET /api/v1/feeds` shows what each holds; try another `as_of`.'
    """
    parts = _QUOTED.split(text)
    # Every second part is what a quotation splits off.
    parts[::2] = [_told(part) for part in parts[::2]]
    return "".join(parts)


def next_address(finding: Finding) -> str:
    """The address that shows what to look at next about a finding."""
    match finding.kind:
        case "growth" | "slump" | "acceleration" | "launch" | "crossing":
            path = f"entities/{quote(finding.entity, safe=':/')}"
        case "overtaking":
            loser = finding.params.get("loser_entity") or finding.params.get("loser")
            pair = [("entity", finding.entity), ("entity", str(loser or ""))]
            path = f"compare?{urlencode(pair, safe=':/')}"
        case "breakout":
            path = "hits"
        case "measurement":
            path = "feeds"
        case "copycat" | "inflow" | "contradiction" | "identity_gap" | "event":
            path = f"trail/{finding.finding_id}"
    return f"GET /api/v1/{path}"


def _told(text: str) -> str:
    text = _COMMAND.sub(lambda found: f"`{_address(found[1])}`", text)
    text = _SETTING.sub(r"fields.\1", text)
    text = _VALUE.sub(r"`as_of=\1`", text)
    return _OPTION.sub(lambda found: f"`{_parameter(found[1])}`", text)


def _address(command: str) -> str:
    for pattern, address in _ADDRESSES:
        found = re.fullmatch(pattern, command)
        if found is not None:
            return found.expand(address)
    return f"howdah {command}"


def _parameter(option: str) -> str:
    return "fields" if option == "set" else option.replace("-", "_")
