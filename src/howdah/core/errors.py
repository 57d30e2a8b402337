"""Every error that howdah raises on purpose.

```
HowdahError
├── InputError (ValueError)         something given to howdah is wrong          exit 2
│   ├── UnknownNameError (KeyError) a name that is not among the known ones
│   ├── BadDateError                a date or period that cannot be read
│   ├── SpecError                   a feed spec or market file that is not valid
│   ├── FileFormatError             a file that cannot be read as what it should be
│   ├── MissingColumnError          a table without a column that is needed
│   ├── ColumnTypeError             a column that holds something else than it should
│   ├── NotAMarketError             a folder that holds no market
│   └── ExistsError                 a target that would be overwritten
├── FeedError                       a feed that could not be pulled             exit 1
│   ├── TransientFeedError          worth another try (timeout, 429, 5xx)
│   └── TerminalFeedError           not worth another try (401, 404, truncated)
├── ModelError                      a language model that gave no answer        exit 1
│   ├── TransientModelError         worth another try (timeout, 429, 5xx, broken off)
│   └── TerminalModelError          not worth another try (401, 404, no chat completion)
├── EngineError                     an engine that could not be reached or gave up  exit 1
├── LicenceError                    licence terms forbid what was asked         exit 5
├── LookAheadError                  a look at what was not known yet            exit 1
└── StoreError                      the store could not be read or written      exit 1
    ├── StoreBusyError              another process writes to this market       exit 4
    └── StoreFullError              no room on the disk
```

A message says what happened, with what, what is allowed and what to do; the
values are attributes, so that a program need not read the sentence.
"""

import datetime as dt
import difflib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

#: Letters in which two forms of a word agree, and likeness of a word with a misspelt one.
_STEM, _MISSPELT = 4, 0.75


class HowdahError(Exception):
    """Base of every error raised on purpose."""

    exit_code: int = 1


class InputError(HowdahError, ValueError):
    """Something given to howdah is wrong; the message says what to give instead.

    Attributes
    ----------
    field
        Name of the argument that is at fault; '' where it is none alone.
    """

    exit_code = 2
    field: str = ""


class UnknownNameError(InputError, KeyError):
    """A name that is not among the known ones.

    Attributes
    ----------
    kind
        What the name is of: ``entity``, ``metric``, ``feed``, ...
    received
        The name as given.
    suggestions
        Known names that look like it, best first.
    known
        All known names.
    """

    def __init__(
        self, kind: str, received: str, known: Iterable[str], *, hint: str | None = None
    ) -> None:
        self.kind = kind
        self.received = received
        self.known = tuple(known)
        self.suggestions = closest(received, self.known)
        message = f"Unknown {kind} {received!r}."
        if self.suggestions:
            message += f" Did you mean {_spoken(self.suggestions)}?"
        if hint:
            message += f" {hint}"
        elif self.known and not self.suggestions:
            message += f" Known: {_spoken(self.known)}."
        self.message = message
        super().__init__(message)

    def __str__(self) -> str:
        # KeyError would print the repr of the message.
        return self.message


class BadDateError(InputError):
    """A date or period that cannot be read."""

    def __init__(self, received: str, allowed: str) -> None:
        self.received = received
        self.allowed = allowed
        super().__init__(f"Cannot read {received!r} as a date or period. Give {allowed}.")


class SpecError(InputError):
    """A feed spec or market file that is not valid.

    Attributes
    ----------
    path, line
        Where: the file and its 1-based line (0 when no line can be named).
    key
        Dotted key inside the file.
    """

    def __init__(self, path: Path, line: int, key: str, problem: str, allowed: str = "") -> None:
        self.path = path
        self.line = line
        self.key = key
        self.problem = problem
        place = f"{path}, line {line}" if line else str(path)
        message = f"{place}: {key}: {problem}" if key else f"{place}: {problem}"
        if allowed:
            message += f" Allowed: {allowed}."
        super().__init__(message)


class FileFormatError(InputError):
    """A file that cannot be read as what it should be."""

    def __init__(self, path: Path | str, problem: str, remedy: str = "") -> None:
        self.path = path
        self.problem = problem
        self.reason = f"{problem} {remedy}".strip()
        super().__init__(f"{path}: {self.reason}")


class MissingColumnError(InputError):
    """A table without a column that is needed."""

    def __init__(
        self,
        path: Path | str,
        missing: Sequence[str],
        found: Sequence[str],
        remedy: str = "Mend the column names in the feed's spec.",
    ) -> None:
        self.path = path
        self.missing = tuple(missing)
        self.found = tuple(found)
        hints = [
            f"{name!r} may be {_spoken(near)}"
            for name in missing
            if (near := [other for other in closest(name, found) if _is_variant(name, other)])
        ]
        message = (
            f"{path}: no column {_spoken(missing)}; the file has {_spoken(found) or 'no columns'}."
        )
        if hints:
            message += f" {'; '.join(hints)}."
        super().__init__(f"{message} {remedy}")


class ColumnTypeError(InputError):
    """A column that holds something else than it should."""

    def __init__(self, path: Path | str, column: str, found: str, expected: str) -> None:
        self.path = path
        self.column = column
        self.found = found
        self.expected = expected
        super().__init__(f"{path}: column {column!r} holds {found}; expected is {expected}.")


class NotAMarketError(InputError):
    """A folder that holds no market."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} is not a market: it has no market.toml. "
            "Make one with `howdah init DIR`, or the example with `howdah demo`."
        )


class ExistsError(InputError):
    """A target that would be overwritten."""

    def __init__(self, path: Path, remedy: str) -> None:
        self.path = path
        super().__init__(f"{path} exists already. {remedy}")


class FeedError(HowdahError):
    """A feed that could not be pulled.

    Attributes
    ----------
    feed
        Id of the feed.
    transient
        True when another try may succeed.
    """

    transient: bool = False

    def __init__(self, feed: str, problem: str) -> None:
        self.feed = feed
        self.problem = problem
        super().__init__(f"Feed {feed!r}: {problem}")


class TransientFeedError(FeedError):
    """A pull worth another try: a timeout, a 429 or a 5xx."""

    transient = True


class TerminalFeedError(FeedError):
    """A pull that fails the same way again: a 401, a 404, a body that is not the file."""


class ModelError(HowdahError):
    """A language model gave no answer.

    Attributes
    ----------
    server
        Host and port that were asked.
    problem
        What it did instead.
    transient
        True when another try may succeed.
    """

    transient: bool = False

    def __init__(self, server: str, problem: str) -> None:
        self.server = server
        self.problem = problem
        super().__init__(f"Language model at {server}: {problem}")


class TransientModelError(ModelError):
    """A question worth another try: a timeout, a 429, a 5xx, an answer that broke off."""

    transient = True


class TerminalModelError(ModelError):
    """A question that fails the same way again: a 401, a 404, an answer that is none.

    Attributes
    ----------
    is_general
        Whether every other question fails so too.
    """

    def __init__(self, server: str, problem: str, *, is_general: bool = False) -> None:
        self.is_general = is_general
        super().__init__(server, problem)


class EngineError(HowdahError):
    """An engine could not be reached, or gave up."""


class LicenceError(HowdahError):
    """The licence terms of a feed forbid what was asked."""

    exit_code = 5

    def __init__(self, feed: str, action: str, licence: str) -> None:
        self.feed = feed
        self.action = action
        super().__init__(
            f"The licence of feed {feed!r} ({licence}) does not allow to {action} its rows. "
            f"Leave it out with --without {feed}, or correct [licence] in its spec."
        )


class LookAheadError(HowdahError):
    """A look at what was published after the date that an answer is given as of.

    It is a mistake in howdah, not in what was given to it; what would have been an answer from
    hindsight is none.

    Attributes
    ----------
    as_of
        The date that the answer is given as of.
    found
        The later date that was about to be read.
    """

    def __init__(self, what: str, as_of: dt.date, found: dt.date) -> None:
        self.as_of = as_of
        self.found = found
        super().__init__(
            f"{what} of {found} would be read for an answer as of {as_of}, when it was not known. "
            "This is a fault of howdah: please report it with the command that you ran."
        )


class StoreError(HowdahError):
    """The store could not be read or written."""


class StoreBusyError(StoreError):
    """Another process writes to this market."""

    exit_code = 4

    def __init__(self, path: Path, holder: str) -> None:
        self.path = path
        self.holder = holder
        super().__init__(
            f"Another update of {path} is running ({holder}). "
            "Wait for it to end; reading works meanwhile."
        )


class StoreFullError(StoreError):
    """No room on the disk; nothing of the running write was kept."""

    def __init__(self, path: Path, detail: str) -> None:
        self.path = path
        super().__init__(
            f"No room to write under {path} ({detail}). Nothing of this pull was kept; "
            "free some space and run the update again."
        )


@contextmanager
def given_as(field: str) -> Iterator[None]:
    """Say of a wrong input, found wherever below, by which argument it came.

    Examples
    --------
    >>> try:
    ...     with given_as("review"):
    ...         raise BadDateError("soon", "a day")
    ... except InputError as error:
    ...     error.field
    'review'
    """
    try:
        yield
    except InputError as error:
        error.field = error.field or field
        raise


def closest(received: str, known: Iterable[str], *, limit: int = 3) -> tuple[str, ...]:
    """Known names that look like `received`, best first, whatever their case.

    Examples
    --------
    >>> closest("donloads", ["downloads", "stars", "dau"])
    ('downloads',)
    """
    by_fold = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(received.casefold(), by_fold, n=limit, cutoff=0.6)
    return tuple(by_fold[name] for name in near)


def _is_variant(name: str, other: str) -> bool:
    """Whether two column names are one word, misspelt or inflected.

    Examples
    --------
    >>> [_is_variant("series", other) for other in ("sereis", "Series", "users")]
    [True, True, False]
    """
    one, two = name.casefold(), other.casefold()
    if one[:_STEM] == two[:_STEM]:
        return True
    return difflib.SequenceMatcher(None, one, two).ratio() >= _MISSPELT


def _spoken(names: Sequence[str], *, limit: int = 12) -> str:
    shown = [repr(name) for name in names[:limit]]
    if len(names) > limit:
        shown.append(f"and {len(names) - limit} others")
    return ", ".join(shown)
