"""What taking in the files of a feed did."""

from dataclasses import dataclass, field

from howdah.claims import Appended, Fault


@dataclass(slots=True)
class Taken:
    """What an intake did: files seen and unchanged, claims appended, rows set aside.

    Attributes
    ----------
    notes
        Sentences on what the claims cannot show of themselves.
    """

    files: int = 0
    unchanged: int = 0
    appended: Appended = field(default_factory=Appended)
    faults: list[Fault] = field(default_factory=list)
    notes: tuple[str, ...] = ()
