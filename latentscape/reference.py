"""The reference pages, the schema and ``--explain``, all made from the declarations."""

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from latentscape.config import Config, settings_in
from latentscape.errors import InputError
from latentscape.lartpc.geometry import Detector
from latentscape.tables import Table

NAMED = {"samples": "<sample>", "models": "<model>", "sweeps": "<sweep>"}


def schema() -> dict[str, Any]:
    """Return the JSON schema of the configuration."""
    content = Config.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **content}


def explain(key: str) -> str:
    """Return what a key means, its default, and what is allowed.

    Parameters
    ----------
    key : str
        Dotted key, as ``samples.proton.tree``; empty for the top level.

    Raises
    ------
    InputError
        If there is no such key; the message lists the keys that are there.
    """
    if not key:
        return "\n".join(
            f"{name}: {field.description}" for name, field in Config.model_fields.items()
        )
    model: type[BaseModel] = Config
    parts = key.split(".")
    field: FieldInfo | None = None
    named = False
    for position, part in enumerate(parts):
        if named:
            # A name which the user chose, of a sample or a model.
            named = False
            continue
        if part not in model.model_fields:
            place = ".".join(parts[:position]) or "the configuration"
            raise InputError(
                f"{place} has no key {part!r}. Allowed: {', '.join(model.model_fields)}."
            )
        field = model.model_fields[part]
        inner = settings_in(field.annotation)
        named = get_origin(field.annotation) is dict and bool(inner)
        if inner:
            model = inner[0]
        elif position < len(parts) - 1:
            raise InputError(f"{'.'.join(parts[: position + 1])} has no keys below it.")
    assert field is not None
    lines = [
        f"{key}: {field.description}",
        f"  default: {default_of(field)}",
        f"  allowed: {allowed(field)}",
    ]
    if settings_in(field.annotation):
        lines += [f"  {name}: {inside.description}" for name, inside in model.model_fields.items()]
    return "\n".join(lines)


def default_of(field: FieldInfo) -> str:
    """Return a field's default as it would be written in YAML."""
    if field.default is PydanticUndefined:
        return "none, it must be given"
    if isinstance(field.default, BaseModel):
        return "that of each key below"
    plain = TypeAdapter(Any).dump_python(field.default, mode="json", exclude_defaults=True)
    return json.dumps(plain, ensure_ascii=False)


def allowed(field: FieldInfo) -> str:
    """Return what a field allows, in words."""
    bounds = []
    signs = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
    for rule in field.metadata:
        for name, sign in signs.items():
            bound = getattr(rule, name, None)
            if bound is not None:
                bounds.append(f"{sign} {bound}")
    return " ".join([_type_in_words(field.annotation), *bounds])


def _type_in_words(annotation: Any) -> str:
    words = {int: "integer", float: "number", str: "text", bool: "true or false"}
    words[type(None)] = "nothing"
    arguments = get_args(annotation)
    if annotation in words:
        return words[annotation]
    if isinstance(annotation, type) and not arguments:
        return f"mapping ({annotation.__name__})"
    match get_origin(annotation):
        case origin if origin is Literal:
            text = ", ".join(str(value) for value in arguments)
        case origin if origin is dict:
            text = f"mapping of {_type_in_words(arguments[0])} to {_type_in_words(arguments[1])}"
        case origin if origin is tuple and arguments[-1] is Ellipsis:
            text = f"list of {_type_in_words(arguments[0])}"
        case origin if origin is tuple:
            parts = [_type_in_words(argument) for argument in arguments]
            text = (
                f"[{'; '.join(parts) if any(',' in part for part in parts) else ', '.join(parts)}]"
            )
        case origin if origin is Annotated:
            text = _type_in_words(arguments[0])
        case _:
            text = " or ".join(_type_in_words(argument) for argument in arguments)
    return text


def rows(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield every dotted key below a model with its field, in the order of declaration."""
    for name, field in model.model_fields.items():
        key = f"{prefix}{name}"
        inner = settings_in(field.annotation)
        yield key, field
        is_repeated = name in NAMED and bool(prefix)  # as the keys of the top level
        if not inner or is_repeated:
            continue
        below = f"{key}.{NAMED[name]}." if name in NAMED else f"{key}."
        yield from rows(inner[0], below)


def config_page() -> str:
    """Return the reference page of the configuration, in Markdown."""
    lines = [
        "# Configuration",
        "",
        "Every key, made from the configuration models by `make docs`. `<sample>`, `<model>` and",
        "`<sweep>` stand for the names that you choose.",
        "",
        *_key_table(Config),
    ]
    return "\n".join(lines) + "\n"


def detector_page() -> str:
    """Return the reference page of detector files, in Markdown."""
    lines = [
        "# Detector files",
        "",
        "Every key of `resources/detectors/<name>.yaml`, made by `make docs`.",
        "",
        *_key_table(Detector),
    ]
    return "\n".join(lines) + "\n"


def _key_table(model: type[BaseModel]) -> list[str]:
    lines = ["| key | meaning | default | allowed |", "|---|---|---|---|"]
    for key, field in rows(model):
        cells = (f"`{key}`", field.description or "", default_of(field), allowed(field))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return lines


def tables_page(tables: dict[str, list[Table]]) -> str:
    """Return the reference page of all tables, in Markdown, by the part they belong to."""
    lines = ["# Tables", "", "Every table and column, made from the declarations by `make docs`."]
    for part, declared in tables.items():
        lines += ["", f"## {part}"]
        for table in declared:
            lines += [
                "",
                f"### {table.name}",
                "",
                f"{table.meaning}. Key: {', '.join(table.key) or 'none'}.",
                "",
                "| column | type | unit | meaning |",
                "|---|---|---|---|",
            ]
            for c in table.columns:
                empty = " (may be missing)" if c.nullable else ""
                lines.append(f"| `{c.name}` | `{c.type}` | {c.unit} | {c.meaning}{empty} |")
    return "\n".join(lines) + "\n"
