"""What may mean several things is asked back: each answer does the same again, with a value that has one meaning.

What was asked for is kept as a draft, so that nothing has to be typed twice, and only for whoever typed it.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.errors import Question
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services
from cohort_bot.app.views import asking as views
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation

ANSWER = "answer"


async def run(services: Services, row: CommandSpec, invocation: Invocation) -> Reply:
    """The reply of a row's handler, or the question that has to be answered first."""
    try:
        return await row.handler(services, invocation)
    except Question as question:
        asked = question  # its name ends with the clause
    draft = await services.database.write(lambda store: keep(store, invocation, asked.key, asked.label, asked.hint))
    return views.question(asked, draft)


def keep(store: Store, invocation: Invocation, key: str, label: str, hint: str) -> str:
    """Keep what was asked for; the token for doing it again with another value for the option or field `key`.

    `label` and `hint` are of the field where that is written.
    """
    body = {
        "action": ANSWER,
        "user": invocation.actor.user,
        "key": key,
        "label": label,
        "hint": hint,
        "again": invocation.action,
        "kind": invocation.kind,
        "args": json.dumps(dict(invocation.args)),
        "fields": json.dumps({name: list(values) for name, values in invocation.fields.items()}),
    }
    return store.add_draft(body, invocation.at)


async def answer(services: Services, invocation: Invocation) -> Reply:
    """Do again what was asked for, with the answer."""
    again, body = await _kept(services, invocation)
    key = body["key"]
    value = invocation.args.get("value") or invocation.field("value")
    if key in again.fields:
        again = replace(again, fields={**again.fields, key: (value,)})
    else:
        again = replace(again, args={**again.args, key: value})
    row = services.table.get(again.action)
    if row is None:
        raise views.no_longer()
    return await run(services, row, again)


async def other(services: Services, invocation: Invocation) -> Reply:
    """Ask for another value than those that were offered."""
    again, body = await _kept(services, invocation)
    typed = again.field(body["key"]) or again.args.get(body["key"], "")
    return views.other_form(typed, invocation.args.get("draft", ""), body["label"], body["hint"])


async def _kept(services: Services, invocation: Invocation) -> tuple[Invocation, Mapping[str, str]]:
    token = invocation.args.get("draft", "")
    body = await services.database.read(lambda store: store.draft(token))
    if body is None or (body.get("action"), body.get("user")) != (ANSWER, invocation.actor.user):
        raise views.no_longer()
    kind: Literal["command", "form"] = "form" if body["kind"] == "form" else "command"
    again = replace(
        invocation,
        action=body["again"],
        kind=kind,
        args=json.loads(body["args"]),
        fields={name: tuple(values) for name, values in json.loads(body["fields"]).items()},
    )
    return again, body


ROWS = (CommandSpec(ANSWER, Role.ANYONE, answer), CommandSpec("answer.other", Role.ANYONE, other))
