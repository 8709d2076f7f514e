"""A small checker of JSON documents against the schemas in docs/schemas: what those schemas use, no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parent.parent / "docs" / "schemas"
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_KNOWN = {
    "$schema", "$defs", "$ref", "title", "description", "type", "properties", "required", "items", "enum",
    "additionalProperties", "anyOf", "oneOf", "const", "pattern", "format", "minimum",
}  # fmt: skip


def check(document: Any, name: str) -> None:
    """Assert that a document is what docs/schemas/`name`.json says; the message names the first wrong place."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    wrong = _wrong(document, schema, schema, "$")
    assert wrong is None, f"{name}: {wrong}"


def _wrong(value: Any, schema: Any, root: Any, where: str) -> str | None:
    if schema is True:
        return None
    if schema is False:
        return f"{where} may not be there"
    unknown = schema.keys() - _KNOWN
    if unknown:
        return f"{where}: the checker does not know {sorted(unknown)}"
    if "$ref" in schema:
        return _wrong(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, where)
    for word in ("anyOf", "oneOf"):
        if word in schema and all(_wrong(value, one, root, where) for one in schema[word]):
            return f"{where} fits none of its alternatives"
    return _wrong_value(value, schema, where) or _wrong_parts(value, schema, root, where)


def _wrong_value(value: Any, schema: dict[str, Any], where: str) -> str | None:
    types = schema.get("type")
    if types is not None and not any(_is(value, one) for one in ([types] if isinstance(types, str) else types)):
        return f"{where} is {type(value).__name__}, not {types}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{where} is {value!r}, not one of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        return f"{where} is {value!r}, not {schema['const']!r}"
    if "pattern" in schema and isinstance(value, str):
        import re

        if re.search(schema["pattern"], value) is None:
            return f"{where} is {value!r}, which is not like {schema['pattern']}"
    if "minimum" in schema and _is(value, "number") and value < schema["minimum"]:
        return f"{where} is {value}, under {schema['minimum']}"
    return None


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name])


def _wrong_parts(value: Any, schema: dict[str, Any], root: Any, where: str) -> str | None:
    if isinstance(value, dict):
        missing = [name for name in schema.get("required", ()) if name not in value]
        if missing:
            return f"{where} lacks {missing}"
        known = schema.get("properties", {})
        for name, part in value.items():
            wrong = _wrong(part, known.get(name, schema.get("additionalProperties", True)), root, f"{where}.{name}")
            if wrong:
                return wrong
    if isinstance(value, list):
        for position, part in enumerate(value):
            wrong = _wrong(part, schema.get("items", True), root, f"{where}[{position}]")
            if wrong:
                return wrong
    return None
