"""What people do in the page -> Invocation. Pure: no HTTP, no database, no clock."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from urllib.parse import urlencode

from cohort_bot.app.commands import CommandSpec, Param, Table
from cohort_bot.app.errors import PersonError
from cohort_bot.app.readable import readable
from cohort_bot.app.typed_command import options, quoted
from cohort_bot.app.words import platforms
from cohort_bot.app.words import playground as playground_words
from cohort_bot.app.words import typed_command as typed_command_words
from cohort_bot.chat.form import Form
from cohort_bot.chat.i18n import _
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Actions, Button, Message
from cohort_bot.chat.place import Actor, Place, people
from cohort_bot.chat.typed import shorten

PLATFORM = "local"
SUGGESTIONS = 25

_OPEN_VALUE = re.compile(r'(?:^|\s)([A-Za-z][\w-]*)[:：](?:["“”„]([^"“”„]*)|([^\s"“”„]*))$')


@dataclass(frozen=True, slots=True)
class Origin:
    """Who did it, where and when. `id` names what they did: the same when it is sent twice."""

    id: str
    actor: Actor
    place: Place
    at: datetime


# Typed lines


def typed(
    line: str, table: Table, origin: Origin, platform: str = PLATFORM, names: Mapping[str, str] = MappingProxyType({})
) -> Invocation:
    """`/checkin round:3` as an invocation; `names` are people's, by id. Raises PersonError with what to type."""
    spec, rest = _command(line, table, platform)
    args = dict(options(rest, spec))
    for param in spec.params:
        if param.kind == "people" and param.name in args:
            args[param.name] = people(_people(args[param.name], names))
    return Invocation(
        id=origin.id,
        action=spec.action,
        kind="command",
        actor=origin.actor,
        place=origin.place,
        at=origin.at,
        args=args,
    )


def _people(said: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """People by their ids or names, with commas between names."""
    ids = {name.casefold(): user for user, name in names.items()}
    for part in said.split(","):
        if user := ids.get(part.strip().removeprefix("@").casefold()):
            yield "person", user
            continue
        for word in part.split():
            user = word.removeprefix("@")
            yield ("person" if user in names else "unknown", user)


def _command(line: str, table: Table, platform: str) -> tuple[CommandSpec, str]:
    line = line.strip()
    if not line.startswith("/"):
        raise typed_command_words.no_slash()
    names = dict(table.commands(platform))
    words = line[1:].split()
    for size in range(len(words), 0, -1):
        spec = names.get(" ".join(words[:size]).lower())
        if spec is not None:
            return spec, _after_words(line[1:], size)
    raise _unknown_command(words, list(names))


def _after_words(text: str, count: int) -> str:
    return re.sub(rf"^\s*(?:\S+\s*){{{count}}}", "", text) if count else text


def _unknown_command(words: Sequence[str], names: Sequence[str]) -> PersonError:
    first = words[0].lower() if words else ""
    longer = [name for name in names if name.startswith(f"{first} ")] if first else []
    if longer and len(words) == 1:
        return typed_command_words.half_a_command(first, longer)
    typed_name = " ".join(words[:2]).lower()
    near = difflib.get_close_matches(typed_name, names, 1, 0.5) or difflib.get_close_matches(first, names, 1, 0.5)
    return typed_command_words.no_command(shorten(typed_name, 40), next(iter(near), None))


# What could be typed next


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`line` is the whole command box when it is taken; `label` and `detail` are what the list shows."""

    line: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ValueWanted:
    """The value of an option is being typed: only the application can suggest one. `before` is the line up to it."""

    action: str
    args: Mapping[str, str]
    option: str
    typed: str
    before: str


def suggest(line: str, table: Table, platform: str = PLATFORM) -> Sequence[Suggestion] | ValueWanted:
    """Commands, then options of the command, then values, as far as the line has got."""
    if not line.startswith("/"):
        return ()
    names = dict(table.commands(platform))
    lowered = " ".join(line[1:].lower().split())
    chosen = max((name for name in names if f"{lowered} ".startswith(f"{name} ")), key=len, default=None)
    if chosen is None or not (line[-1].isspace() or len(lowered) > len(chosen)):
        starts = [name for name in names if name.startswith(lowered)]
        inside = [name for name in names if lowered in name and name not in starts]
        return [Suggestion(f"/{n} ", f"/{n}", _(names[n].summary)) for n in (starts + inside)[:SUGGESTIONS]]
    spec = names[chosen]
    rest = _after_words(line[1:], len(chosen.split()))
    return _suggest_option(line, rest, spec)


def _suggest_option(line: str, rest: str, spec: CommandSpec) -> Sequence[Suggestion] | ValueWanted:
    params = {param.name: param for param in spec.params}
    match = _OPEN_VALUE.search(rest)
    if match and (param := params.get(match[1].lower())):
        so_far = match[2] if match[2] is not None else match[3]
        before = line[: len(line) - len(match[0].lstrip())] + f"{param.name}:"
        return ValueWanted(spec.action, _tolerant(rest[: match.start()], spec), param.name, so_far, before)
    fragment = "" if rest[-1:].isspace() else (rest.split() or [""])[-1]
    used = _tolerant(rest[: len(rest) - len(fragment)], spec)
    before = line[: len(line) - len(fragment)]
    return [
        Suggestion(f"{before}{name}:", f"{name}:", _what_for(param))
        for name, param in params.items()
        if name not in used and name.startswith(fragment.lower())
    ]


def _what_for(param: Param) -> str:
    summary = _(param.summary)
    return _("{summary} (needed)", summary=summary) if param.required else summary


def taken(before: str, value: str, label: str) -> Suggestion:
    """A suggested value, and the line when it is taken."""
    return Suggestion(f"{before}{quoted(value)} ", value, "" if label == value else label)


def _tolerant(text: str, spec: CommandSpec) -> Mapping[str, str]:
    try:
        return options(text, spec)
    except PersonError:
        return {}


# Buttons


def button_value(message_id: int, button: Button) -> str:
    """What a button carries in the page. It stays true for as long as the message has that button."""
    return f"{message_id} {button.action}?{urlencode(sorted(button.args.items()))}"


def button_message(value: str) -> int:
    """The message that a pressed button belongs to. Raises PersonError."""
    head = value.partition(" ")[0]
    if not (head.isascii() and head.isdigit() and len(head) < len(str(2**62))):
        raise platforms.unknown_button(page=True)
    return int(head)


@readable
def pressed(value: str, message_id: int, message: Message, origin: Origin) -> tuple[Invocation, Button]:
    """A press as an invocation, and the button. Raises PersonError when the message no longer has it."""
    for button in buttons(message):
        if button_value(message_id, button) == value:
            invocation = Invocation(
                id=origin.id,
                action=button.action,
                kind="button",
                actor=origin.actor,
                place=origin.place,
                at=origin.at,
                args=button.args,
            )
            return invocation, button
    raise playground_words.message_changed()


def buttons(message: Message) -> Iterator[Button]:
    """All buttons of a message."""
    for block in message.blocks:
        if isinstance(block, Actions):
            yield from block.buttons


# Forms

FORM_ACTION, FORM_ARGS = "_action", "_args"


def form_state(form: Form) -> Mapping[str, str]:
    """The hidden inputs that say which form it is: nothing of it is kept on the server."""
    return {FORM_ACTION: form.action, FORM_ARGS: json.dumps(dict(form.args))}


@readable
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
        args = json.loads(state.get(FORM_ARGS, "{}"))
        if not isinstance(args, dict) or not all(isinstance(item, str) for item in args.values()):
            raise ValueError
        "".join([*args, *args.values()]).encode()  # half a surrogate pair is no text
        action = state[FORM_ACTION]
    except (KeyError, ValueError, RecursionError):
        raise platforms.incomplete_form() from None
    return Invocation(
        id=origin.id,
        action=action,
        kind="form",
        actor=origin.actor,
        place=origin.place,
        at=origin.at,
        args=args,
        fields=fields,
    )
