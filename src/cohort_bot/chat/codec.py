"""Messages and forms as JSON: how the ledger keeps a frozen message, and the database a form to come back to."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cohort_bot.chat import form as f
from cohort_bot.chat import message as m

_TYPES: dict[str, type[Any]] = {
    cls.__name__: cls
    for cls in (
        m.Message,
        m.Heading,
        m.Paragraph,
        m.Bullets,
        m.Grid,
        m.Actions,
        m.Button,
        m.File,
        m.Strong,
        m.Link,
        m.When,
        m.Mention,
        m.Tag,
        f.Form,
        f.TextField,
        f.ChoiceField,
        f.Option,
    )
}


def dumps(message: m.Message) -> str:
    """The message as compact JSON text."""
    blocks = ",".join([_block(each) for each in message.blocks])
    files = f',"files":{_json(_encode(message.files))}' if message.files else ""
    head = f'{{"_":"Message","summary":{_json(message.summary)},"blocks":[{blocks}]'
    return f'{head},"accent":{_json(message.accent)}{files}}}'


def loads(text: str) -> m.Message:
    """The message that `dumps` was given. Raises ValueError for anything else."""
    decoded = _decode(json.loads(text))
    if not isinstance(decoded, m.Message):
        raise ValueError("not a message")  # noqa: TRY004 - it is the text that is wrong
    return decoded


def dumps_form(form: f.Form) -> str:
    """The form as compact JSON text."""
    return _json(_encode(form))


def loads_form(text: str) -> f.Form:
    """The form that `dumps_form` was given. Raises ValueError for anything else."""
    decoded = _decode(json.loads(text))
    if not isinstance(decoded, f.Form):
        raise ValueError("not a form")  # noqa: TRY004 - it is the text that is wrong
    return decoded


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _block(block: m.Block) -> str:
    """A thousand cohorts open the same week with the same tasks: what they share is written once."""
    return _json(_encode(block)) if isinstance(block, m.Actions) else _written(block)


@lru_cache(maxsize=256)
def _written(block: m.Block) -> str:
    return _json(_encode(block))


_FIELDS = {cls: tuple(each.name for each in fields(cls)) for cls in _TYPES.values()}


def _encode(value: Any) -> Any:  # noqa: PLR0911 - one a type
    if isinstance(value, str):
        return value
    if names := _FIELDS.get(type(value)):
        return {"_": type(value).__name__, **{name: _encode(getattr(value, name)) for name in names}}
    if isinstance(value, datetime):
        # In UTC: equal instants are one block, whichever zone they were said in.
        return {"_": "at", "iso": value.astimezone(UTC).isoformat()}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, frozenset):
        return {"_": "set", "items": sorted(value)}
    if isinstance(value, dict):
        return {"_": "map", "items": dict(value)}
    return value


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
    return _TYPES[kind](**{key: _decode(item) for key, item in value.items()})
