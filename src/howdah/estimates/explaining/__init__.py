"""Why an estimate is what it is, and why it changed: parts that add up to it."""

from howdah.estimates.explaining.breaks import Break, Shifts, shifts_since
from howdah.estimates.explaining.changes import (
    KINDS,
    Change,
    Part,
    State,
    claims_replaced,
    explain_change,
)
from howdah.estimates.explaining.contributions import NOTES, Contributions, explain_level
from howdah.estimates.explaining.fitted import Cell, Fitted, find_cell

__all__ = [
    "KINDS",
    "NOTES",
    "Break",
    "Cell",
    "Change",
    "Contributions",
    "Fitted",
    "Part",
    "Shifts",
    "State",
    "claims_replaced",
    "explain_change",
    "explain_level",
    "find_cell",
    "shifts_since",
]
