"""Messages as JSON: how the ledger keeps a frozen message."""

import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

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


def _encode(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        body = {f.name: _encode(getattr(value, f.name)) for f in fields(value)}
        return {"_": type(value).__name__, **body}
    if isinstance(value, datetime):
        return {"_": "at", "iso": value.isoformat()}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
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
    if kind == "map":
        return value["items"]
    return _TYPES[kind](**{key: _decode(item) for key, item in value.items()})
