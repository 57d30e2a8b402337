"""What a wording of a period says, before it is known which days that are."""

from dataclasses import dataclass
from typing import Literal

#: A length of more units than these is no period.
MOST_UNITS = 500

Edge = Literal["", "until", "since", "before", "end"]


@dataclass(frozen=True, slots=True)
class Months:
    """Months of a year: a month, a quarter, a half, a year, the first nine."""

    first: int
    count: int


@dataclass(frozen=True, slots=True)
class DaysFrom:
    """Days from one of a month on; month 0 is that of the text around."""

    month: int
    day: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class PartOfMonth:
    """Days `first` to `last` of a month, 0 its end."""

    month: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class LunarNewYear:
    """The week of the spring festival."""


@dataclass(frozen=True, slots=True)
class Relative:
    """Day, week, month or quarter so many from the day of publication."""

    unit: str
    shift: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of a week so many from the week of publication; None is the last that there was.

    The day of publication itself is it unless it must lie before ("last Monday").
    """

    day: int
    week: int | None = None
    is_before: bool = False


@dataclass(frozen=True, slots=True)
class Rolling:
    """So many units up to the publication (-1), or from it on (1)."""

    unit: str
    count: int
    direction: int


@dataclass(frozen=True, slots=True)
class Ago:
    """So many units before another period of the sentence, or else before the publication."""

    unit: str
    count: int


@dataclass(frozen=True, slots=True)
class Leaning:
    """The period of an antecedent ("the same quarter"), so many months from it.

    A unit "" takes any antecedent; with a year in the reading it is moved to that year.
    """

    unit: str
    months: int


@dataclass(frozen=True, slots=True)
class After:
    """So many days, weeks or months after the day or period told before: "nine days later"."""

    unit: str
    count: int


@dataclass(frozen=True, slots=True)
class Now:
    """The state as the text was published."""


@dataclass(frozen=True, slots=True)
class YearToDate:
    """From the start of the year to the publication."""


@dataclass(frozen=True, slots=True)
class Between:
    """From the first day of one to the last of another."""

    left: "Reading"
    right: "Reading"


@dataclass(frozen=True, slots=True)
class Ended:
    """So many months to the end of another: "the three months to June"."""

    months: int
    last: "Reading"
    is_year: bool = False


@dataclass(frozen=True, slots=True)
class StartOf:
    """The first days, weeks or months of another: "its first ten days of May"."""

    unit: str
    count: int
    whole: "Reading"


Shape = (
    Months
    | DaysFrom
    | PartOfMonth
    | LunarNewYear
    | Relative
    | Weekday
    | Rolling
    | Ago
    | After
    | Leaning
    | Now
    | YearToDate
    | Between
    | Ended
    | StartOf
)


@dataclass(slots=True)
class Reading:
    """A wording that was read, in offsets of the folded text.

    Attributes
    ----------
    year, year_shift
        The year as written, or against that of publication; both None of a bare "September".
    edge
        until: only the end is told ("by September"); since: only the begin; before: up to the day
        before its first; end: its last day ("at the end of May").
    is_fiscal
        Whether the year or quarter is one of accounts, which need not be the calendar's.
    is_future
        Whether the wording itself says that it is to come ("next June").
    is_free
        Whether it is told from the publication and takes no year from the sentence ("last June").
    quarter
        Number of the quarter of accounts that the wording says ended on a day, else 0.
    """

    start: int
    end: int
    shape: Shape
    year: int | None = None
    year_shift: int | None = None
    edge: Edge = ""
    is_fiscal: bool = False
    is_future: bool = False
    is_free: bool = False
    quarter: int = 0

    @property
    def has_year(self) -> bool:
        """Whether the wording names its year."""
        return self.year is not None or self.year_shift is not None
