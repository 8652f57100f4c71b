"""Says in plain words what pydantic found wrong: the option, its value, and what to write instead."""

import json
import re
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tagwire.definitions.document import Document, did_you_mean, dotted, shown
from tagwire.definitions.lines import Path
from tagwire.definitions.values import MINE

_TEXT = '"…"'
_EXPECTED = {
    "string_type": ("text in quotes", _TEXT),
    "int_type": ("a whole number", "1"),
    "float_type": ("a number", "1.5"),
    "bool_type": ("true or false", "true"),
    "list_type": ("a list", f"[{_TEXT}]"),
    "tuple_type": ("a list", f"[{_TEXT}]"),
    "dict_type": ("a table", f"{{ NAME = {_TEXT} }}"),
    "model_type": ("a table", f"{{ NAME = {_TEXT} }}"),
}
"""What a value should have been, by the type of pydantic's error, and what that looks like."""
_QUOTED = re.compile(r"'([^']*)'")


def explain(error: ValidationError, model: type[BaseModel], document: Document) -> None:
    """Report every error as a problem of the document."""
    for each in error.errors(include_url=False):
        path: Path = each["loc"]
        if path[-1] == "[key]" and each["type"] == MINE:  # pydantic's mark: the name of a table, not what is in it
            path = path[:-1]
        document.report(path, *_explained(each, path, model))


def _explained(error: ErrorDetails, path: Path, model: type[BaseModel]) -> tuple[str, str]:
    """Give what is wrong and what would be right."""
    key, value, kind = dotted(path), shown(error["input"]), error["type"]
    context: Mapping[str, Any] = error.get("ctx", {})
    match kind:
        case _ if kind == MINE:
            return f"{key}: {context['what']}", context["right"]
        case "extra_forbidden":
            return f"{key} is not an option", _other_option(path, model)
        case "missing":
            return f"{key} is missing", f"write {key} = {_example(path, model, _TEXT)}"
        case "literal_error":
            return f"{key}: {value} is not one of its values", _other_value(error["input"], context["expected"])
        case "greater_than_equal" | "less_than_equal":
            right = f"the smallest is {context['ge']}" if "ge" in context else f"the largest is {context['le']}"
            return f"{key}: {value} is out of bounds", right
    expected, look = _EXPECTED.get(kind, ("what belongs here", _TEXT))
    return f"{key}: {value} is not {expected}", f"write {key} = {_example(path, model, look)}"


def _other_option(path: Path, model: type[BaseModel]) -> str:
    options = _type_at(path[:-1], model).model_fields
    return did_you_mean(str(path[-1]), options) or "options are: " + ", ".join(options)


def _other_value(value: object, expected: str) -> str:
    near = did_you_mean(value, _QUOTED.findall(expected)) if isinstance(value, str) else ""
    return near or "write " + expected.replace("'", '"')


def _example(path: Path, model: type[BaseModel], look: str) -> str:
    """Give the example that stands with an option, as TOML writes it; without one, what its type looks like."""
    while isinstance(path[-1], int):
        path, look = path[:-1], f"[{look}]"
    around = _type_at(path[:-1], model)
    examples = around.model_fields[path[-1]].examples if hasattr(around, "model_fields") else None
    return json.dumps(examples[0], ensure_ascii=False) if examples else look


def _type_at(path: Path, model: type[BaseModel]) -> Any:
    """Give the type of the value at `path`: a table's option, or the items of a list or of a table of names."""
    found: Any = model
    for part in path:
        found = found.model_fields[part].annotation if hasattr(found, "model_fields") else get_args(found)[-1]
    return found
