"""Errors of the models, in the author's terms and with the position in the file."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cohort_bot.programmes.problems import Problem
from cohort_bot.programmes.source import Node, Source

M = TypeVar("M", bound=BaseModel)
Loc = Sequence[str | int]


def validate(source: Source, model: type[M]) -> tuple[M | None, tuple[Problem, ...]]:
    """The file as the model (None if it is refused), and all problems of the file."""
    if source.root is None:
        return None, source.problems
    # What could not be read correctly is said once, by the reader.
    reported = {(problem.line, problem.column) for problem in source.problems}
    try:
        return model.model_validate(source.root.plain), source.problems
    except ValidationError as error:
        explained = _explained(source.name, source.root, model, error)
        more = (problem for problem in explained if (problem.line, problem.column) not in reported)
        return None, source.problems + tuple(more)


def _explained(name: str, root: Node, model: type[BaseModel], error: ValidationError) -> Iterator[Problem]:
    for detail in error.errors(include_url=False, include_input=False):
        loc = detail["loc"]
        node = _node(root, loc)
        if detail["type"] == "too_short" and node.items:
            continue  # it has entries; what is wrong with them is said for each
        parent, key = _node(root, loc[:-1]), loc[-1] if loc else ""
        place = (node.line, node.column)
        if detail["type"] == "extra_forbidden" and isinstance(key, str):
            place = parent.keys.get(key, place)
            wrong, cure = (
                f"the key `{key}` is not known here",
                _suggestion(key, _model(model, loc[:-1]), parent),
            )
        elif detail["type"] == "missing":
            place = (parent.line, parent.column)
            wrong, cure = f"`{key}` is missing", f"add `{key}: …`. {_purpose(model, loc)}".rstrip()
        else:
            wrong, cure = _mismatch(detail, _label(loc), node, _purpose(model, loc))
        yield Problem(name, *place, wrong, cure)


def _mismatch(  # noqa: C901, PLR0911, PLR0912 - a table
    detail: ErrorDetails, label: str, node: Node, purpose: str
) -> tuple[str, str]:
    context: dict[str, Any] = detail.get("ctx", {})
    shown = _shown(node)
    match detail["type"]:
        case "string_type" if node.raw:
            return f"{label} is {shown} to YAML, not a text", f'put it in quotes: "{node.raw[:40]}"'
        case "string_type":
            return f"{label} is {shown}, not a text", f"write a text. {purpose}".rstrip()
        case "int_type" | "int_from_float" | "int_parsing":
            return f"{label} is {shown}", "write a whole number in digits, without quotes"
        case "bool_type":
            return f"{label} is {shown}", "write true or false, without quotes"
        case "tuple_type":
            return f"{label} is {shown}, not a list", "begin each entry with `- ` on a line of its own"
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"{label} is {shown}", f"write `key: value` lines here. {purpose}".rstrip()
        case "string_too_long":
            limit = context["max_length"]
            return f"{label} has {len(node.raw):,} characters", f"shorten it to {limit:,} at most"
        case "too_long":
            return f"{label} has {len(node.items or ())} entries", f"keep {context['max_length']} at most"
        case "too_short":
            return f"{label} has no entries", f"write at least {context['min_length']}"
        case "string_pattern_mismatch" if context.get("pattern") == r"\S":
            return f"{label} is blank", f"write a text. {purpose}".rstrip()
        case "string_pattern_mismatch":
            return f"{label} is {shown}", f"write it in this form: {purpose or context.get('pattern')}"
        case "greater_than_equal":
            return f"{label} is {shown}", f"write {context['ge']} or more"
        case "less_than_equal":
            return f"{label} is {shown}", f"write {context['le']} or less"
        case _:
            return f"{label}: {detail['msg']}", purpose or "fix it"


def _label(loc: Loc) -> str:
    """The value's name for people: its key, or the entry of a list."""
    if not loc:
        return "the file"
    if isinstance(loc[-1], str):
        return f"`{loc[-1]}`"
    key = next((part for part in reversed(loc) if isinstance(part, str)), "the list")
    return f"entry {loc[-1] + 1} of `{key}`"


def _shown(node: Node) -> str:
    if node.items is not None:
        return "a list"
    if node.entries is not None:
        return "a mapping of keys"
    if node.scalar is None:
        return "empty"
    if isinstance(node.scalar, bool):
        return f"{node.raw} (true or false)"
    if isinstance(node.scalar, str):
        return f'the text "{node.raw[:40]}"'
    return f"the number {node.raw[:40]}"


def _suggestion(key: str, model: type[BaseModel] | None, parent: Node) -> str:
    known = list(model.model_fields) if model else []
    free = [name for name in known if name not in parent.keys]
    near = difflib.get_close_matches(key.lower(), free, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(known)}"


def _node(root: Node, loc: Loc) -> Node:
    """The node at a place that pydantic names, or the nearest above it."""
    node = root
    for part in loc:
        if isinstance(part, int) and node.items is not None and part < len(node.items):
            node = node.items[part]
        elif isinstance(part, str) and node.entries is not None and part in node.entries:
            node = node.entries[part]
        else:
            break
    return node


def _model(model: type[BaseModel], loc: Loc) -> type[BaseModel] | None:
    found: type[BaseModel] | None = model
    for part in loc:
        if isinstance(part, str) and found is not None:
            info = found.model_fields.get(part)
            found = _inner(info.annotation) if info else None
    return found


def _inner(annotation: object) -> type[BaseModel] | None:
    """The model inside an annotation such as `tuple[Model, ...]` or `Model | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _inner(part))), None)


def _purpose(model: type[BaseModel], loc: Loc) -> str:
    """The description of the field that a place belongs to."""
    names = [index for index, part in enumerate(loc) if isinstance(part, str)]
    if not names:
        return ""
    owner = _model(model, loc[: names[-1]])
    info = owner.model_fields.get(str(loc[names[-1]])) if owner else None
    return (info.description or "") if info else ""
