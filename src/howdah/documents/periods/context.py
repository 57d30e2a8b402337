"""The periods told before one: which year they lend it, and which of them it leans on."""

from dataclasses import dataclass, field

from howdah.documents.periods.days import MONTHS_OF_YEAR, Days
from howdah.documents.periods.lexicon import LEXICON
from howdah.documents.periods.readings import DaysFrom, Leaning, Months, Now, Reading
from howdah.documents.words import skip_spaces_back


@dataclass(slots=True)
class Resolved:
    """A reading and the days that it means, None when they cannot be told."""

    reading: Reading
    days: Days | None
    antecedent: "Resolved | None" = None
    note: str = ""


@dataclass(slots=True)
class Context:
    """What was resolved before, in the order of the text.

    Attributes
    ----------
    lower
        The folded text in lower case.
    """

    lower: str
    done: list[Resolved] = field(default_factory=list)

    def year_around(self, sentence: tuple[int, int]) -> int | None:
        """Year of the last period of the sentence that names one and is not compared with."""
        for other in reversed(self.done):
            if other.reading.start < sentence[0]:
                return None
            days = other.days
            if (
                not other.reading.has_year
                or days is None
                or isinstance(other.reading.shape, Leaning)
            ):
                continue
            if self.is_compared(other.reading):
                continue
            day = days.first or days.last
            if day is not None:
                return day.year
        return None

    def is_bracketed(self, reading: Reading) -> bool:
        """Whether a period opens a bracket: "1.86亿(上月第1)"."""
        return self.lower[: reading.start].rstrip().endswith("(")

    def named(self, unit: str) -> Resolved | None:
        """The last period of a unit that the text names by its number and does not compare with."""
        for other in reversed(self.done):
            if other.days is None or not isinstance(other.reading.shape, Months):
                continue
            if other.days.precision == unit and not self.is_aside(other.reading):
                return other
        return None

    def antecedent(self, unit: str, before: int) -> Resolved | None:
        """The last period that another may lean on: of its unit, or longer than a day."""
        for other in reversed(self.done):
            if other.days is None or other.reading.start >= before or self.is_aside(other.reading):
                continue
            precision = other.days.precision
            if other.days.first is None and (precision == "day" or unit == "day"):
                # A state at a date: "the same day" is the end of June of "by the end of June".
                if unit == "day" or (not unit and precision == "day"):
                    return other
                continue
            if precision == unit or (
                not unit and precision not in ("day", "as_of_publication", "week")
            ):
                return other
        return None

    def antecedent_within(self, unit: str) -> Resolved | None:
        """A period that lies in the one that is leaned on: "that year" behind a month."""
        for other in reversed(self.done):
            if (
                other.days is not None
                and other.days.precision != "as_of_publication"
                and unit in ("year", "month")
            ):
                if unit == "month" and other.days.precision != "day":
                    continue
                return other
        return None

    def is_aside(self, reading: Reading) -> bool:
        """Whether a period only serves a comparison, so that no other leans on it."""
        shape = reading.shape
        if isinstance(shape, Now) or (
            isinstance(shape, Leaning) and (shape.months or reading.has_year)
        ):
            return True
        if not reading.has_year and shape == Months(1, MONTHS_OF_YEAR):
            return True
        return self.is_compared(reading)

    def is_compared(self, reading: Reading) -> bool:
        """Whether something is compared with the period: 较9月, than in May, "8% on April"."""
        found = LEXICON.comparing.before(self.lower, skip_spaces_back(self.lower, reading.start))
        is_on = found is not None and self.lower.startswith("on", found[0])
        return found is not None and not (is_on and isinstance(reading.shape, DaysFrom))
