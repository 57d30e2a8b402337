"""JSON: a list of records in one document, or one document a line."""

import json
from pathlib import Path

import duckdb

from howdah.core.errors import FileFormatError, closest
from howdah.engines import text_literal
from howdah.sources.decoding import find_encoding, opened, write_utf8
from howdah.sources.inputs import ROW, BrokenLine, json_path
from howdah.sources.spec import FeedSpec, Format

_MAX_LINE_BYTES = 16_000_000


def documents_query(
    connection: duckdb.DuckDBPyConnection,
    spec: FeedSpec,
    path: Path,
    file_format: Format,
    folder: Path,
) -> tuple[str, list[BrokenLine]]:
    """SQL of the records as ``_json``, and those that are no JSON objects.

    Parameters
    ----------
    folder
        Temporary folder, for text that the engine cannot read as it stands.

    Raises
    ------
    FileFormatError
        The file is no JSON, or has nothing at the spec's `records`.
    """
    if spec.unpivot is not None:
        raise FileFormatError(path, "is JSON, and [unpivot] works on tables.", "Drop it.")
    encoding = find_encoding(path, spec.encoding)
    text = path
    if encoding != "utf-8" or path.suffix.lower() in {".zst", ".gz"}:
        text = folder / "input.json"
        write_utf8(path, encoding, text)
    literal = text_literal(str(text))
    if file_format == "jsonl":
        # Each line is taken as text, so that a broken one is quarantined and the rest read.
        query = (
            f"SELECT trim(line, ' \t\r') AS _json FROM read_csv({literal}, header = false, "
            "delim = '\x1f', quote = '', escape = '', comment = '', columns = {'line': 'VARCHAR'}, "
            f"auto_detect = false, compression = 'none', max_line_size = {_MAX_LINE_BYTES}) "
            "WHERE trim(line, ' \t\r') <> ''"
        )
    else:
        _check_records(connection, spec, path, text)
        records = json_path(spec.records)
        document = f"(SELECT content::JSON AS doc FROM read_text({literal}))"
        at, every = text_literal(records), text_literal(f"{records}[*]")
        query = (
            f"SELECT unnest(CASE WHEN json_type(doc, {at}) = 'ARRAY' "
            f"THEN json_extract(doc, {every}) ELSE [json_extract(doc, {at})] END)::VARCHAR "
            f"AS _json FROM {document}"
        )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE documents AS SELECT *, row_number() OVER () AS {ROW}, "
        "json_valid(_json) AND coalesce(json_type(try_cast(_json AS JSON)) = 'OBJECT', false) "
        f"AS is_object FROM ({query})"
    )
    broken = connection.sql(
        f"SELECT {ROW}, _json, json_valid(_json) FROM documents WHERE NOT is_object ORDER BY {ROW}"
    ).fetchall()
    reasons = {True: "the record is not a JSON object", False: "the line is not JSON"}
    lines = [BrokenLine(row, "", record, reasons[is_valid]) for row, record, is_valid in broken]
    return f"SELECT _json, {ROW} FROM documents WHERE is_object", lines


def _check_records(
    connection: duckdb.DuckDBPyConnection, spec: FeedSpec, path: Path, text: Path
) -> None:
    with opened(text) as file:
        head = file.read(64).lstrip()
    if head[:1] not in {b"{", b"["}:
        raise FileFormatError(
            path,
            "is not JSON: it starts with neither { nor [.",
            "For one object a line set format = 'jsonl'.",
        )
    at = text_literal(json_path(spec.records))
    kind, keys = connection.sql(
        f"SELECT json_type(doc, {at}), json_keys(doc)::JSON "
        f"FROM (SELECT content::JSON AS doc FROM read_text({text_literal(str(text))}))"
    ).fetchall()[0]
    if kind in {"ARRAY", "OBJECT"}:
        return
    names = json.loads(keys) if keys else []
    near = closest(spec.records, names)
    raise FileFormatError(
        path,
        f"has no list of records at {spec.records!r}; its keys are {', '.join(names) or 'none'}.",
        f"Did you mean records = {near[0]!r}?" if near else "Mend `records` in the spec.",
    )
