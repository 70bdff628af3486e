"""Errors of the models, in the author's terms and with the position in the file."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cohort_bot.app.words.programme_check import Shown, Wrong
from cohort_bot.chat.sentence import Sentence, Value
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
            what = _unknown(key, _model(model, loc[:-1]), parent)
        elif detail["type"] == "missing":
            place = (parent.line, parent.column)
            what = Wrong.MISSING(key=str(key), purpose=_purpose(model, loc))
        else:
            what = _mismatch(detail, _label(loc), node, _purpose(model, loc))
        yield Problem(name, *place, what)


def _mismatch(  # noqa: C901, PLR0911, PLR0912 - a table
    detail: ErrorDetails, label: Value, node: Node, purpose: Value
) -> Sentence:
    context: dict[str, Any] = detail.get("ctx", {})
    shown = _shown(node)
    match detail["type"]:
        case "string_type" if node.raw:
            return Wrong.NOT_QUOTED(label=label, shown=shown, text=node.raw[:40])
        case "string_type":
            return Wrong.NOT_A_TEXT(label=label, shown=shown, purpose=purpose)
        case "int_type" | "int_from_float" | "int_parsing":
            return Wrong.NOT_WHOLE(label=label, shown=shown)
        case "bool_type":
            return Wrong.NOT_TRUE_OR_FALSE(label=label, shown=shown)
        case "tuple_type":
            return Wrong.NOT_A_LIST(label=label, shown=shown)
        case "model_type" | "dict_type" | "model_attributes_type":
            return Wrong.NOT_A_MAPPING(label=label, shown=shown, purpose=purpose)
        case "string_too_long":
            return Wrong.LONG(label=label, size=len(node.raw), most=context["max_length"])
        case "too_long":
            return Wrong.MANY(label=label, number=len(node.items or ()), most=context["max_length"])
        case "too_short":
            return Wrong.FEW(label=label, least=context["min_length"])
        case "string_pattern_mismatch" if context.get("pattern") == r"\S":
            return Wrong.BLANK(label=label, purpose=purpose)
        case "string_pattern_mismatch":
            return Wrong.OTHER_FORM(label=label, shown=shown, form=purpose or str(context.get("pattern")))
        case "greater_than_equal":
            return Wrong.MORE(label=label, shown=shown, least=str(context["ge"]))
        case "less_than_equal":
            return Wrong.LESS(label=label, shown=shown, most=str(context["le"]))
        case _:
            return Wrong.UNFIT(label=label, shown=shown, purpose=purpose)


def _label(loc: Loc) -> Value:
    """The value's name for people: its key, or the entry of a list."""
    if not loc:
        return Shown.FILE()
    if isinstance(loc[-1], str):
        return f"`{loc[-1]}`"
    key = next(part for part in reversed(loc) if isinstance(part, str))
    return Shown.ENTRY(number=loc[-1] + 1, key=key)


def _shown(node: Node) -> Sentence:
    if node.items is not None:
        return Shown.LIST()
    if node.entries is not None:
        return Shown.MAPPING()
    if node.scalar is None:
        return Shown.EMPTY()
    if isinstance(node.scalar, bool):
        return Shown.BOOLEAN(text=node.raw)
    if isinstance(node.scalar, str):
        return Shown.TEXT(text=node.raw[:40])
    return Shown.NUMBER(text=node.raw[:40])


def _unknown(key: str, model: type[BaseModel] | None, parent: Node) -> Sentence:
    known = list(model.model_fields) if model else []
    free = [name for name in known if name not in parent.keys]
    near = difflib.get_close_matches(key.lower(), free, n=1, cutoff=0.6)
    if near:
        return Wrong.KEY_NEAR(key=key, near=near[0])
    return Wrong.KEY_UNKNOWN(key=key, known=", ".join(f"`{name}`" for name in known))


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


def _purpose(model: type[BaseModel], loc: Loc) -> Value:
    """The description of the field that a place belongs to, which is marked for translation in `models`."""
    names = [index for index, part in enumerate(loc) if isinstance(part, str)]
    if not names:
        return ""
    owner = _model(model, loc[: names[-1]])
    info = owner.model_fields.get(str(loc[names[-1]])) if owner else None
    return Sentence(info.description) if info and info.description else ""
