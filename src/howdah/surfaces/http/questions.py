"""What a client asks, as a value: equal questions of one version have equal answers."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Literal, TypeAlias

Value: TypeAlias = str | int | float | bool | tuple[str, ...] | None

Form = Literal["json", "csv", "arrow", "parquet"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question to a market.

    Attributes
    ----------
    use
        Which answer of `answers.ANSWERS`.
    as_of
        Knowledge date.
    values
        Named values, sorted by name; those that were not given are absent.
    form
        In which form the answer is wanted.
    """

    use: str
    as_of: dt.date
    values: tuple[tuple[str, Value], ...] = ()
    form: Form = "json"

    def value(self, name: str) -> str | None:
        """A value that is text, None when it was not given."""
        found = dict(self.values).get(name)
        assert found is None or isinstance(found, str), name
        return found

    def text(self, name: str) -> str:
        """A value that is text and was given."""
        found = self.value(name)
        assert found is not None, name
        return found

    def number(self, name: str) -> int | None:
        """A value that is a whole number, None when it was not given."""
        found = dict(self.values).get(name)
        assert found is None or isinstance(found, int), name
        return found

    def flag(self, name: str) -> bool:
        """A value that is yes or no; no when it was not given."""
        return bool(dict(self.values).get(name))

    def several(self, name: str) -> tuple[str, ...]:
        """A value of several texts, empty when it was not given."""
        found = dict(self.values).get(name, ())
        assert isinstance(found, tuple), name
        return found

    def tag(self, version: str) -> str:
        """Digest of the question and of the version of the market it is asked of: an ETag."""
        text = f"{version}\x1f{self}"
        return hashlib.sha256(text.encode()).hexdigest()[:24]
