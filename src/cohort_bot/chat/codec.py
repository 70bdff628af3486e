"""Messages and forms as JSON: how the ledger keeps a frozen message, and the database a form to come back to."""

import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from cohort_bot.chat import form as f
from cohort_bot.chat import message as m

_TYPES: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        m.Message,
        m.Heading,
        m.Paragraph,
        m.Bullets,
        m.Grid,
        m.Actions,
        m.Button,
        m.Strong,
        m.Link,
        m.When,
        m.Mention,
        f.Form,
        f.TextField,
        f.ChoiceField,
        f.Option,
    )
}


def dumps(message: m.Message) -> str:
    """The message as compact JSON text."""
    return json.dumps(_encode(message), ensure_ascii=False, separators=(",", ":"))


def loads(text: str) -> m.Message:
    """The message that `dumps` was given. Raises ValueError for anything else."""
    decoded = _decode(json.loads(text))
    if not isinstance(decoded, m.Message):
        raise ValueError("not a message")  # noqa: TRY004 - it is the text that is wrong
    return decoded


def dumps_form(form: f.Form) -> str:
    """The form as compact JSON text."""
    return json.dumps(_encode(form), ensure_ascii=False, separators=(",", ":"))


def loads_form(text: str) -> f.Form:
    """The form that `dumps_form` was given. Raises ValueError for anything else."""
    decoded = _decode(json.loads(text))
    if not isinstance(decoded, f.Form):
        raise ValueError("not a form")  # noqa: TRY004 - it is the text that is wrong
    return decoded


def _encode(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        body = {each.name: _encode(getattr(value, each.name)) for each in fields(value)}
        return {"_": type(value).__name__, **body}
    if isinstance(value, datetime):
        return {"_": "at", "iso": value.isoformat()}
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
