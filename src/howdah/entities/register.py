"""The register: every identifier and name that the claims of any feed use."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from howdah.core.errors import MissingColumnError
from howdah.entities.schemes import node_of

REGISTER_SCHEMA = pa.schema(
    [
        pa.field("scheme", pa.string()),
        pa.field("subject", pa.string()),
        pa.field("name", pa.string()),
        pa.field("feed", pa.string()),
        pa.field("first_recorded_at", pa.timestamp("us", tz="UTC")),
    ]
)


@dataclass(frozen=True, slots=True)
class Register:
    """Distinct (scheme, subject) pairs in alphabetic order, and their nodes.

    Attributes
    ----------
    schemes, subjects, nodes
        Row by row.
    written
        The subject as written, by node; of several spellings the first in the alphabet.
    labels
        Name that the feeds give to a node's subject, the earliest known; '' when none does.
    """

    schemes: Sequence[str]
    subjects: Sequence[str]
    nodes: Sequence[str]
    written: Mapping[str, str]
    labels: Mapping[str, str]


def read_register(table: pa.Table, *, as_of: dt.datetime | None = None) -> Register:
    """Read the register, without what was first named after a date.

    Parameters
    ----------
    table
        Columns of `REGISTER_SCHEMA`, one row or more a (scheme, subject), in any order.
    as_of
        With a time zone; None reads every row.

    Raises
    ------
    MissingColumnError
        The table lacks a column.
    """
    missing = [name for name in REGISTER_SCHEMA.names if name not in table.column_names]
    if missing:
        raise MissingColumnError("register", missing, table.column_names)
    table = table.select(REGISTER_SCHEMA.names).cast(REGISTER_SCHEMA)
    if as_of is not None:
        moment = pa.scalar(as_of, REGISTER_SCHEMA.field("first_recorded_at").type)
        table = table.filter(pc.less_equal(table["first_recorded_at"], moment))
    order = [(name, "ascending") for name in ("scheme", "subject", "first_recorded_at", "name")]
    table = table.sort_by(order)
    schemes: list[str] = []
    subjects: list[str] = []
    nodes: list[str] = []
    written: dict[str, str] = {}
    labels: dict[str, str] = {}
    last: tuple[str, str] | None = None
    for scheme, subject, name in zip(
        *(table[column].to_pylist() for column in ("scheme", "subject", "name")), strict=True
    ):
        if (scheme, subject) == last:
            node = nodes[-1]
        else:
            last = scheme, subject
            node = node_of(scheme, subject)
            schemes.append(scheme)
            subjects.append(subject)
            nodes.append(node)
            written.setdefault(node, subject)
        if name and not labels.get(node):
            labels[node] = name
    return Register(schemes, subjects, nodes, written, labels)
