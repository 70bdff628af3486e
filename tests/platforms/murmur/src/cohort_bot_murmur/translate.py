"""What people say on Murmur -> Invocation. Pure.

`/checkin round:3` is a command. An answer to a message of the bot presses the button of that name, or
fills in the form: a line `key: value` a field, further lines belong to the field before. Anything else that is said to
the bot alone is a message to it.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cohort_bot.app.commands import Table
from cohort_bot.app.errors import PersonError
from cohort_bot.chat import codec
from cohort_bot.chat.form import ChoiceField, Form
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Actor, Place
from cohort_bot.platforms.common import typed_lines
from cohort_bot.platforms.common.origin import Origin

NAME = "murmur"
WORKSPACE = "hall"


def invocation(event: Mapping[str, Any], table: Table, at: datetime) -> Invocation:
    """What the person means. Raises PersonError with what to say instead."""
    actor = Actor(NAME, WORKSPACE, event["by"], event["name"], admin=event["admin"])
    place = Place(NAME, WORKSPACE, event["room"], event.get("thread"))
    origin = Origin(event["id"], actor, place, at)
    extra = event.get("extra") or {}
    if "form" in extra:
        return _filled(codec.loads_form(extra["form"]), event["text"], origin)
    direct = event["room"].startswith("@") and not event["text"].startswith("/")
    if direct and event["text"] not in [button["label"] for button in extra.get("buttons", ())]:
        return origin.message(event["text"], event["id"], event.get("answers", ""))
    if "buttons" in extra:
        return _pressed(extra["buttons"], event["text"], origin)
    return typed_lines.invocation(event["text"], table, origin, NAME)


def _pressed(buttons: list[Mapping[str, Any]], said: str, origin: Origin) -> Invocation:
    for button in buttons:
        if button["label"].casefold() == said.strip().casefold():
            return origin.invocation("button", button["action"], button["args"])
    labels = ", ".join(button["label"] for button in buttons)
    raise PersonError(f"Please answer with one of: {labels}.")


def _filled(form: Form, said: str, origin: Origin) -> Invocation:
    fields = {
        field.key: tuple(sorted(field.value)) if isinstance(field, ChoiceField) else (field.value,)
        for field in form.fields
    }
    key = ""
    for line in said.split("\n"):
        begins = re.match(r"(\w+): ?(.*)", line)
        if begins and begins[1] in fields:
            key = begins[1]
            fields[key] = (begins[2],)
        elif key:
            fields[key] = (f"{fields[key][0]}\n{line}",)
    for field in form.fields:
        if isinstance(field, ChoiceField):
            fields[field.key] = tuple(re.findall(r"[^\s,]+", " ".join(fields[field.key])))
    return origin.invocation("form", form.action, form.args, fields)
