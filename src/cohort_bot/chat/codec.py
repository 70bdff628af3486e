"""Messages and forms as JSON: how the ledger keeps a frozen message, and the database a form to come back to."""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

from cohort_bot.chat import form as f
from cohort_bot.chat import message as m
from cohort_bot.chat.catalogues import ENGLISH

T = TypeVar("T")

_TYPES: dict[str, type[Any]] = {
    name: cls for module in (m, f) for name, cls in vars(module).items() if isinstance(cls, type) and is_dataclass(cls)
}


def dumps(message: m.Message) -> str:
    """The message as compact JSON text. Equal messages give equal texts, so an edit is one whose text differs."""
    blocks = ",".join([_block(each) for each in message.blocks])
    files = f',"files":{_encode(message.files)}' if message.files else ""
    head = f'{{"_":"Message","summary":{_text(message.summary)},"blocks":[{blocks}]'
    language = "" if message.language == ENGLISH else f',"language":{_json(message.language)}'
    return f'{head},"accent":{_json(message.accent)}{files}{language}}}'


def loads(text: str) -> m.Message:
    """The message that `dumps` was given. Raises ValueError for anything else."""
    return _loads(text, m.Message)


def dumps_form(form: f.Form) -> str:
    """The form as compact JSON text."""
    return _encode(form)


def loads_form(text: str) -> f.Form:
    """The form that `dumps_form` was given. Raises ValueError for anything else."""
    return _loads(text, f.Form)


def _loads(text: str, cls: type[T]) -> T:
    decoded = _decode(json.loads(text))
    if not isinstance(decoded, cls):
        raise ValueError(f"not a {cls.__name__.lower()}")  # noqa: TRY004 - it is the text that is wrong
    return decoded


_text = json.encoder.encode_basestring
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _block(block: m.Block) -> str:
    """A thousand cohorts open the same week with the same tasks: what they share is written once."""
    return _encode(block) if isinstance(block, m.WITH_BUTTONS) else _written(block)


def _parts(cls: type[Any]) -> tuple[tuple[str, str], ...]:
    names = [each.name for each in fields(cls)]
    heads = [f'{{"_":"{cls.__name__}","{names[0]}":', *(f',"{name}":' for name in names[1:])]
    return tuple(zip(heads, names, strict=True))


_PARTS = {cls: _parts(cls) for cls in _TYPES.values()}
"""By type: what is written before each field, and the field."""

_TYPES["Mixed"] = m.Mixed  # a text, and not a dataclass


def _encode(value: Any) -> str:  # noqa: PLR0911 - one a type
    """JSON text. Written here and not by the encoder of `json`: setting that up costs more than a row of buttons."""
    if isinstance(value, str):
        return f'{{"_":"Mixed","parts":{_json(value.parts)}}}' if isinstance(value, m.Mixed) else _text(value)
    if isinstance(value, tuple):
        return f"[{','.join([_encode(item) for item in value])}]"
    if parts := _PARTS.get(type(value)):
        return "".join([head + _encode(getattr(value, name)) for head, name in parts]) + "}"
    if isinstance(value, dict):
        items = ",".join([f"{_text(key)}:{_text(item)}" for key, item in value.items()])
        return f'{{"_":"map","items":{{{items}}}}}'
    if isinstance(value, datetime):
        # In UTC: equal instants are one block, whichever zone they were said in.
        return f'{{"_":"at","iso":"{value.astimezone(UTC).isoformat()}"}}'
    if isinstance(value, frozenset):
        return f'{{"_":"set","items":{_json(sorted(value))}}}'
    return _json(value)


@lru_cache(maxsize=256)
def _written(block: m.Block) -> str:
    return _encode(block)


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_decode(item) for item in value)
    if not isinstance(value, dict):
        return value
    kind = value.pop("_")
    if kind == "at":
        return datetime.fromisoformat(value["iso"])
    if kind == "set":
        return frozenset(value["items"])
    if kind == "map":
        return value["items"]
    if kind == "When" and value["style"] == "relative":  # in messages that an earlier release kept
        value["style"] = "time"
    return _TYPES[kind](**{key: _decode(item) for key, item in value.items()})
