"""What may mean several things is asked back: each answer does the same again, with a value that has one meaning.

What was asked for is kept as a draft, so that nothing has to be typed twice, and only for whoever typed it.
"""

import json

from cohort_bot.app.commands import CommandSpec
from cohort_bot.app.errors import Question
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services
from cohort_bot.app.words import questions as views
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
