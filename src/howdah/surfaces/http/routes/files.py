"""How addresses say in OpenAPI that an answer may be a file."""

from typing import Any

_BINARY = {"schema": {"type": "string", "format": "binary"}}

#: Forms of a table.
TABLES: dict[str, Any] = {
    "text/csv": {"schema": {"type": "string"}},
    "application/vnd.apache.arrow.stream": _BINARY,
    "application/vnd.apache.parquet": _BINARY,
}

#: An answer that is always a file.
FILES: dict[int | str, dict[str, Any]] = {200: {"content": TABLES}}
