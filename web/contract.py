"""Writes the app's types of the API's answers, from the shapes that the API describes itself with.

The shapes are those of ``src/howdah/surfaces/http/schemas.json``, which ``docs/generate.py`` makes
from the code. The types stand in ``src/contract.ts``, made before each check of types.
"""

import json
import re
from pathlib import Path
from typing import Any

WEB = Path(__file__).resolve().parent
SCHEMAS = WEB.parent / "src" / "howdah" / "surfaces" / "http" / "schemas.json"
TYPES = WEB / "src" / "contract.ts"

_NAME = re.compile(r"[A-Za-z_]\w*")

_SCALARS = {
    "boolean": "boolean", "integer": "number", "null": "null", "number": "number",
    "string": "string",
}  # fmt: skip


def write() -> None:
    """Write the types, where they are not those that are there."""
    text = types_text(json.loads(SCHEMAS.read_text(encoding="utf-8")))
    if not TYPES.is_file() or TYPES.read_text(encoding="utf-8") != text:
        TYPES.write_text(text, encoding="utf-8")


def types_text(schemas: dict[str, Any]) -> str:
    """Every component as an interface, and the data of every answer by its name."""
    parts = ["// Made by web/contract.py from what the API says of itself."]
    for name, schema in schemas["components"].items():
        parts.append(f"{_comment(schema)}export interface {name} {_members(schema)}")
    data = {name: one for name, one in schemas["answers"].items() if one is not None}
    told = "".join(f"  {name}: {_type(one)};\n" for name, one in data.items())
    parts.append(f"/** The data of every answer. */\nexport interface Answers {{\n{told}}}")
    return "\n\n".join(parts) + "\n"


def _members(schema: dict[str, Any]) -> str:
    required = schema["required"]
    lines = [
        f"{_comment(one, '  ')}  {_key(name)}{'' if name in required else '?'}: {_type(one)};\n"
        for name, one in schema["properties"].items()
    ]
    return f"{{\n{''.join(lines)}}}"


def _type(schema: dict[str, Any]) -> str:  # noqa: PLR0911 - a line a form
    """A schema of the few forms that `howdah.surfaces.http.shapes` makes."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "prefixItems" in schema:
        return f"[{', '.join(_type(one) for one in schema['prefixItems'])}]"
    if schema["type"] == "array":
        item = _type(schema["items"])
        return f"({item})[]" if " | " in item else f"{item}[]"
    if schema["type"] == "object":
        value = _type(schema["additionalProperties"])
        if "propertyNames" in schema:
            return f"{{ [K in {_type(schema['propertyNames'])}]?: {value} }}"
        return f"{{ [key: string]: {value} }}"
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " | ".join(dict.fromkeys(_SCALARS[kind] for kind in kinds))


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else json.dumps(name)


def _comment(schema: dict[str, Any], indent: str = "") -> str:
    text = schema.get("description", "").replace("*/", "* /")
    return f"{indent}/** {text} */\n" if text else ""


if __name__ == "__main__":
    write()
