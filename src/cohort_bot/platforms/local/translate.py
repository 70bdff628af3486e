"""What people do in the page -> Invocation. Pure: no HTTP, no database, no clock."""

import json
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from cohort_bot.app.commands import Table
from cohort_bot.app.typed_command import quoted
from cohort_bot.app.words import platforms as platforms_words
from cohort_bot.app.words import playground as playground_words
from cohort_bot.chat.form import Form
from cohort_bot.chat.i18n import _
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Button, Message, buttons
from cohort_bot.chat.typed import in_words
from cohort_bot.platforms.common import typed_lines
from cohort_bot.platforms.common.option_fields import missing, option_field
from cohort_bot.platforms.common.origin import Origin
from cohort_bot.platforms.common.payloads import reject_malformed
from cohort_bot.platforms.local import ids
from cohort_bot.platforms.local.commands import PLATFORM

# Typed lines


def command(line: str, table: Table, origin: Origin, names: Mapping[str, str] = MappingProxyType({})) -> Invocation:
    """`/checkin round:3` as an invocation; `names` are people's, by id. Raises PersonError with what to type."""
    return typed_lines.invocation(line, table, origin, PLATFORM, lambda typed: people_in(typed, names))


def written(line: str, table: Table, origin: Origin, names: Mapping[str, str] = MappingProxyType({})) -> Invocation:
    """What is typed in one's own direct conversation: a command, or a message to the bot. Raises PersonError."""
    return command(line, table, origin, names) if line.lstrip().startswith("/") else origin.message(line, origin.id)


def people_in(typed: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """People by their ids or names, with commas between names."""
    ids = {name.casefold(): user for user, name in names.items()}
    for part in typed.split(","):
        if user := ids.get(part.strip().removeprefix("@").casefold()):
            yield "person", user
            continue
        for word in part.split():
            user = word.removeprefix("@")
            yield ("person" if user in names else "unknown", user)


def asked(line: str, table: Table) -> Form | None:
    """The form for a command from which something was left out that it needs; None when nothing was.

    Sent, it is the same command again (`completed`). Raises PersonError.
    """
    spec, given = typed_lines.typed(line, table, PLATFORM)
    if not missing(spec, given):
        return None
    fields = tuple(option_field(param, given.get(param.name, "")) for param in spec.params)
    return Form(in_words(f"/{spec.name_on(PLATFORM)}"), _(spec.summary), fields, submit=_("Continue"))


def completed(posted: Iterable[tuple[str, str]]) -> str | None:
    """The line that a form of `asked` stands for, None for any other form."""
    fields = dict(posted)
    name = fields.get(ids.FORM_ACTION, "")
    if not name.startswith("/"):
        return None
    given = (f"{key}:{quoted(value)}" for key, value in fields.items() if not key.startswith("_") and value.strip())
    return " ".join([name, *given])


# Buttons


def button_message(value: str) -> int:
    """The message that a pressed button belongs to. Raises PersonError."""
    head = value.partition(" ")[0]
    if not (head.isascii() and head.isdigit() and len(head) < len(str(2**62))):
        raise platforms_words.unknown_button(page=True)
    return int(head)


@reject_malformed
def pressed(value: str, message_id: int, message: Message, origin: Origin) -> tuple[Invocation, Button]:
    """A press as an invocation, and the button. Raises PersonError when the message no longer has it."""
    for button in buttons(message):
        if ids.button_value(message_id, button) == value:
            return origin.invocation("button", button.action, button.args), button
    raise playground_words.message_changed()


# Forms


@reject_malformed
def submitted(posted: Iterable[tuple[str, str]], origin: Origin) -> Invocation:
    """A sent form as an invocation; names that begin with _ are the page's own. Raises PersonError."""
    state: dict[str, str] = {}
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in posted:
        if name.startswith("_"):
            state[name] = value
        else:  # browsers send line ends as CR LF
            fields[name] = (*fields.get(name, ()), value.replace("\r\n", "\n"))
    try:
        args = json.loads(state.get(ids.FORM_ARGS, "{}"))
        if not isinstance(args, dict) or not all(isinstance(item, str) for item in args.values()):
            raise ValueError
        "".join([*args, *args.values()]).encode()  # half a surrogate pair is no text
        action = state[ids.FORM_ACTION]
    except (KeyError, ValueError, RecursionError):
        raise platforms_words.incomplete_form() from None
    return origin.invocation("form", action, args, fields)
