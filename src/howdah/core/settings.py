"""The one table of settings; nothing else reads the environment.

Each setting has a name, a default, a unit and a sentence of help. Its value comes
from the environment variable ``HOWDAH_<NAME>`` when that is set. The reference page
``docs/reference/settings.md`` is generated from this table.
"""

import os
from dataclasses import dataclass

from howdah.core.errors import InputError


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table."""

    name: str
    default: str | int | float
    unit: str
    help: str

    @property
    def variable(self) -> str:
        """Name of the environment variable that overrides the default."""
        return f"HOWDAH_{self.name.upper()}"


SETTINGS: tuple[Setting, ...] = (
    Setting("market", "", "folder", "The market to use when --market is not given."),
    Setting("memory_gb", 1.0, "GB", "Memory that one scan or sort may use before it spills."),
    Setting("threads", 0, "threads", "Threads of the local engine; 0 takes every core."),
    Setting("max_input_gb", 20.0, "GB", "Largest input after decompression; more is refused."),
    Setting(
        "max_compression_ratio",
        200,
        "times",
        "Largest ratio of a compressed input's size to its packed size; more is refused as a bomb.",
    ),
    Setting(
        "max_document_mb",
        20.0,
        "MB",
        "Largest article, page, PDF, mail or feed that is read as a document; more is refused.",
    ),
    Setting("http_timeout_seconds", 30.0, "seconds", "Longest silence of a feed's server."),
    Setting(
        "http_attempts",
        5,
        "tries",
        "Tries of one pull, or question to a language model, when the server is busy or failing.",
    ),
    Setting(
        "llm_timeout_seconds", 120.0, "seconds", "Longest time that a language model may answer in."
    ),
    Setting("prob", 0.9, "probability", "Mass inside the intervals that are shown."),
    Setting(
        "spark_python",
        "",
        "path",
        "Python of Spark's workers, with howdah installed; without it the path of this one.",
    ),
    Setting(
        "serve_requests_per_second",
        1000,
        "requests",
        "What `howdah serve` answers one client on and on; twice as many at once.",
    ),
    Setting("serve_cache_mb", 64.0, "MB", "Answers that `howdah serve` keeps in memory."),
    Setting(
        "serve_render_mb",
        1000.0,
        "MB",
        "Memory beyond which the process that makes answers for `howdah serve` is replaced.",
    ),
    Setting(
        "serve_prepared_dates",
        6,
        "dates",
        "Ends of months before the market's date that `howdah serve` prepares for the slider.",
    ),
    Setting("bench_data", "", "folder", "Where benchmarks find or make their larger data."),
)

_BY_NAME = {setting.name: setting for setting in SETTINGS}


def get(name: str) -> str | int | float:
    """Value of a setting, from the environment or its default, in the default's type.

    Raises
    ------
    InputError
        The environment variable holds no number where one is expected.

    Examples
    --------
    >>> get("prob")
    0.9
    """
    setting = _BY_NAME[name]
    text = os.environ.get(setting.variable)
    if text is None:
        return setting.default
    try:
        return type(setting.default)(text)
    except ValueError:
        raise InputError(
            f"{setting.variable}={text!r} is not a number of {setting.unit}. {setting.help}"
        ) from None


def get_text(name: str) -> str:
    """Value of a setting that is text."""
    return str(get(name))


def get_number(name: str) -> float:
    """Value of a setting that is a number."""
    return float(get(name))


def secret(variable: str) -> str | None:
    """Value of a secret, by the environment variable that a feed spec or an option names.

    Secrets are named elsewhere and read here, so that none is ever written to a file.
    """
    return os.environ.get(variable)
