"""Asking back when a value may mean several things. The invocation is kept as a draft for the person who sent it, and
each answer runs it again with a value that has one meaning, so that nothing is typed twice.
"""

import json

from cohort_bot.app.access import ANYONE
from cohort_bot.app.errors import Question
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services
from cohort_bot.app.words import questions as questions_words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation

ANSWER = "answer"


async def ask(services: Services, invocation: Invocation, question: Question) -> Reply:
    """The question as a reply, with a button for each meaning; the invocation is kept for them."""

    def write(store: Store) -> str:
        return keep(store, invocation, question.key, question.label, question.hint)

    return questions_words.question(question, await services.change(invocation, ANYONE, write, repeatable=True))


def keep(store: Store, invocation: Invocation, key: str, label: str, hint: str) -> str:
    """Keep the invocation; returns the token for running it again with another value for the option or field `key`.

    `label` and `hint` are those of the field for a value that is typed.
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
