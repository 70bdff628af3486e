"""Answers to a question that the bot asked back (`app/questions.py`)."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from cohort_bot.app.access import ANYONE
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.errors import Question
from cohort_bot.app.questions import ANSWER, ask
from cohort_bot.app.services import Services
from cohort_bot.app.words import questions as questions_words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation


async def answer(services: Services, invocation: Invocation) -> Reply:
    """Run the kept action again with the value that was chosen or typed."""
    again, body = await _kept(services, invocation)
    key = body["key"]
    value = invocation.args.get("value") or invocation.field("value")
    if key in again.fields:
        again = replace(again, fields={**again.fields, key: (value,)})
    else:
        again = replace(again, args={**again.args, key: value})
    if services.table.get(again.action) is None:
        raise questions_words.no_longer()
    try:
        return await services.run(again.action, again)
    except Question as question:
        return await ask(services, again, question)


async def other(services: Services, invocation: Invocation) -> Reply:
    """Open a field for a value that was not among the buttons."""
    again, body = await _kept(services, invocation)
    typed = again.field(body["key"]) or again.args.get(body["key"], "")
    return questions_words.other_form(typed, invocation.args.get("draft", ""), body["label"], body["hint"])


async def _kept(services: Services, invocation: Invocation) -> tuple[Invocation, Mapping[str, str]]:
    token = invocation.args.get("draft", "")
    body = await services.read(invocation, ANYONE, lambda store: store.draft(token))
    if body is None or (body.get("action"), body.get("user")) != (ANSWER, invocation.actor.user):
        raise questions_words.no_longer()
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
