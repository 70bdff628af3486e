"""What a button and a form carry in the page, and so everything that a click needs a year later. Pure."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from cohort_bot.chat.form import Form
from cohort_bot.chat.message import Button

FORM_ACTION, FORM_ARGS = "_action", "_args"


def button_value(message_id: int, button: Button) -> str:
    """What a button carries in the page. It stays true for as long as the message has that button."""
    return f"{message_id} {button.action}?{urlencode(sorted(button.args.items()))}"


def form_state(form: Form) -> Mapping[str, str]:
    """The hidden inputs that say which form it is: nothing of it is kept on the server."""
    return {FORM_ACTION: form.action, FORM_ARGS: json.dumps(dict(form.args))}
