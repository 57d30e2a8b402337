"""Naming what a feed speaks of: the line of the catalogue that makes an entity known."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from howdah.entities import CATALOGUE_COLUMNS, CATALOGUE_OPTIONAL

#: The file that a new name goes to.
CATALOGUE = Path("entities") / "catalogue.csv"


@dataclass(frozen=True, slots=True)
class Naming:
    """What to add to which file, so that a name is known.

    Attributes
    ----------
    file
        Path inside the market's folder.
    line
        A row under that file's header; a `type` other than product may stand in it.
    """

    file: str
    line: str

    def __str__(self) -> str:
        return f"add the line {self.line} to {self.file}"


def naming_of(folder: Path, name: str) -> Naming:
    """The line that declares a product of that name in a market's catalogue."""
    path = folder / CATALOGUE
    columns = [*CATALOGUE_COLUMNS, *CATALOGUE_OPTIONAL]
    if path.is_file():
        with path.open(encoding="utf-8-sig", newline="") as file:
            columns = next(csv.reader(file), columns)
    cells = {"canonical": name, "type": "product"}
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([cells.get(c.strip(), "") for c in columns])
    return Naming(CATALOGUE.as_posix(), out.getvalue())
