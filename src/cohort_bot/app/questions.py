"""What may mean several things is asked back: each answer does the same again, with a value that has one meaning.

What was asked for is kept as a draft, so that nothing has to be typed twice, and only for whoever typed it.
"""

import json

from cohort_bot.app.access import ANYONE
from cohort_bot.app.errors import Question
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services
from cohort_bot.app.words import questions as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation

ANSWER = "answer"


async def ask(services: Services, invocation: Invocation, question: Question) -> Reply:
    """The question with a button for each meaning; what was asked for is kept until one is pressed."""

    def write(store: Store) -> str:
        return keep(store, invocation, question.key, question.label, question.hint)

    return words.question(question, await services.change(invocation, ANYONE, write, repeatable=True))


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
