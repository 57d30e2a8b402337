"""Wide tables made long: one row a cell of the columns that match."""

import re
from pathlib import Path

from howdah.core.errors import FileFormatError
from howdah.engines import quoted
from howdah.sources.expressions import is_numeric
from howdah.sources.inputs import ROW
from howdah.sources.spec import Unpivot


def long_query(query: str, rule: Unpivot, path: Path, columns: dict[str, str]) -> str:
    """SQL of a table made long.

    Parameters
    ----------
    query
        SQL of the table.
    columns
        Name to type of its columns.

    Raises
    ------
    FileFormatError
        No column matches, or a new name is taken.
    """
    wide = [name for name in columns if re.fullmatch(rule.columns, name)]
    if not wide:
        raise FileFormatError(
            path,
            f"no column matches unpivot.columns = {rule.columns!r}; it has {', '.join(columns)}.",
            "Mend the expression in the spec.",
        )
    kept = [name for name in columns if name not in wide]
    taken = {name.casefold() for name in kept} & {rule.name.casefold(), rule.value.casefold()}
    if taken:
        raise FileFormatError(
            path,
            f"it has a column {taken.pop()!r} already.",
            "Give unpivot.name and unpivot.value other names.",
        )
    # A typed file may hold whole numbers in one month and fractions in another.
    kinds = {columns[name] for name in wide}
    if len(kinds) > 1:
        kind = "DOUBLE" if all(is_numeric(kind) for kind in kinds) else "VARCHAR"
        cast = ", ".join(f"{quoted(name)}::{kind} AS {quoted(name)}" for name in wide)
        query = f"SELECT * REPLACE ({cast}) FROM ({query})"
    names = ", ".join(quoted(name) for name in wide)
    selected = ", ".join(quoted(name) for name in (*kept, rule.name, rule.value, ROW))
    return (
        f"SELECT {selected} FROM ({query}) UNPIVOT INCLUDE NULLS "
        f"({quoted(rule.value)} FOR {quoted(rule.name)} IN ({names}))"
    )
