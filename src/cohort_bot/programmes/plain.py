"""Core's types as JSON and back. Nothing is checked: what is read here was checked before it was written."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def dumps(value: Any) -> str:
    """A dataclass as compact JSON."""
    return json.dumps(asdict(value), ensure_ascii=False, separators=(",", ":"))


def loads(kind: type[T], text: str | bytes) -> T:
    """The dataclass that `dumps` was given. Raises ValueError for anything else."""
    return from_plain(kind, json.loads(text))


def from_plain(kind: type[T], plain: object) -> T:
    """The dataclass of what `json` has read. Raises ValueError."""
    wanted: Any = kind
    try:
        made: T = _maker(wanted)(plain)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a {kind.__name__}") from error
    return made


@cache
def _maker(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of this type of what JSON has for it."""
    if isinstance(kind, type) and is_dataclass(kind):
        types = get_type_hints(kind)
        makers = {each.name: _maker(types[each.name]) for each in fields(kind)}
        return lambda plain: kind(**{name: makers[name](value) for name, value in plain.items()})
    origin, of = get_origin(kind), get_args(kind)
    if origin in {tuple, frozenset}:
        item = _maker(of[0])
        return lambda plain: origin(item(each) for each in plain)
    if origin is Mapping:
        item = _maker(of[1])
        return lambda plain: {key: item(value) for key, value in plain.items()}
    if origin is UnionType:
        (one,) = (_maker(each) for each in of if each is not NoneType)
        return lambda plain: None if plain is None else one(plain)
    return lambda plain: plain
