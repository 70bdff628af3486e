"""Form, FieldErrors and Message -> modal views and the home tab. Pure.

Everything that a submitted form needs is in its `private_metadata`: it works after a restart and a year later.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cohort_bot.app.commands import CommandSpec, Param
from cohort_bot.app.words import platforms as platforms_words
from cohort_bot.chat.form import ChoiceField, Field, FieldErrors, FileField, Form, Option, Reply, TextField
from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Actions, Button, Message
from cohort_bot.chat.typed import in_words
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.common.option_fields import is_date, label, option_field
from cohort_bot.platforms.slack import ids, limits, render, text
from cohort_bot.platforms.slack.commands import PLATFORM
from cohort_bot.platforms.slack.text import Json

MESSAGE_VIEW: Final = "message"
"""The callback_id of a view that only shows something."""

HOME_TITLE = "cohort-bot"


@dataclass(frozen=True, slots=True)
class Asked:
    """A command whose required options are missing: a modal made from its row asks for them."""

    spec: CommandSpec
    given: Mapping[str, str]


def view(reply: Reply | Asked, origin: ids.State) -> Json:
    """Any reply as a modal; `origin` is where the request came from. Raises CannotRender."""
    match reply:
        case Message():
            return _message(reply, origin)
        case FieldErrors():
            return _form(reply.form, reply.errors, origin)
        case Form():
            return _form(reply, {}, origin)
        case Asked():
            return _options(reply, origin)


def errors(reply: FieldErrors) -> Mapping[str, str]:
    """The errors to correct by block_id; those without a field are shown at the first one."""
    keys = [each.key for each in reply.form.fields]
    by_block: dict[str, str] = {}
    for key, words in reply.errors.items():
        block = key if key in keys else keys[0] if keys else key
        by_block[block] = limits.cut(
            text.clean(f"{by_block[block]} {words}" if block in by_block else words), limits.ERROR
        )
    return by_block


def saving(title: str) -> Json:
    """Shown while a submission takes longer than Slack waits."""
    return {
        "type": "modal",
        "callback_id": MESSAGE_VIEW,
        "title": text.plain(title, limits.TITLE),
        "close": text.plain("Close", limits.TITLE),
        "blocks": [{"type": "section", "text": text.plain("Saving…", limits.TEXT)}],
    }


def home(replies: Sequence[Message], buttons: Sequence[Button]) -> Json:
    """The home tab from the reply, buttons first."""
    shown = list(render.blocks(Message(HOME_TITLE, (Actions(tuple(buttons)),)))) if buttons else []
    for reply in replies:
        room = limits.VIEW_BLOCKS - len(shown) - 1
        if room <= 0:
            break
        shown += [{"type": "divider"}] if shown else []
        shown += render.shortened(reply, room, limits.VIEW)
    return {"type": "home", "callback_id": "home", "blocks": _distinct(shown)}


def _distinct(blocks: Sequence[Json]) -> list[Json]:
    """Unique block ids, which a view needs when it combines several messages."""
    return [{**block, "block_id": f"b{number}"} for number, block in enumerate(blocks)]


def _message(message: Message, origin: ids.State) -> Json:
    return {
        "type": "modal",
        "callback_id": MESSAGE_VIEW,
        "title": text.plain(message.summary if len(message.summary) <= limits.TITLE else HOME_TITLE, limits.TITLE),
        "close": text.plain("Close", limits.TITLE),
        "private_metadata": ids.dumps(replace(origin, action="", args={}, command=False)),
        "blocks": render.shortened(message, limits.VIEW_BLOCKS),
    }


def _form(form: Form, errors: Mapping[str, str], origin: ids.State) -> Json:
    blocks: list[Json] = list(_title(form.title))
    for each in form.fields:
        blocks.append(_input(each))
        if each.key in errors:
            blocks.append(_error(errors[each.key]))
    keys = {each.key for each in form.fields}
    blocks += [_error(words) for key, words in errors.items() if key not in keys]
    state = replace(origin, action=form.action, args=form.args, command=False)
    return _modal(form.action, form.title, form.submit, blocks or [_nothing()], state)


def _options(asked: Asked, origin: ids.State) -> Json:
    name = asked.spec.name_on(PLATFORM)
    blocks = [
        *_title(_(asked.spec.summary)),
        *(_option(param, asked.given.get(param.name, "")) for param in asked.spec.params),
    ]
    kept = {key: value for key, value in asked.given.items() if key not in {param.name for param in asked.spec.params}}
    state = replace(origin, action=asked.spec.action, args=kept, command=True)
    return _modal(asked.spec.action, in_words(f"/{name}"), _("Continue"), blocks, state)


def _modal(callback: str, title: str, submit: str, blocks: Sequence[Json], state: ids.State) -> Json:
    return {
        "type": "modal",
        "callback_id": limits.cut(callback, limits.ACTION),
        "title": text.plain(title, limits.TITLE),
        "submit": text.plain(submit, limits.TITLE),
        "close": text.plain(_("Cancel"), limits.TITLE),
        "private_metadata": ids.dumps(state),
        "blocks": list(blocks[: limits.VIEW_BLOCKS]),
    }


def _title(title: str) -> Iterator[Json]:
    """A title that is too long for the view's title becomes its first block."""
    if len(title) > limits.TITLE:
        yield {"type": "header", "text": text.plain(title, limits.HEADER)}


def _error(words: str) -> Json:
    return {"type": "context", "elements": [text.plain(f"⚠ {words}", limits.TEXT)]}


def _nothing() -> Json:
    return {"type": "context", "elements": [text.plain(platforms_words.nothing_to_fill_in(), limits.TEXT)]}


def _input(asked: Field) -> Json:
    shown: Json = {
        "type": "input",
        "block_id": asked.key,
        "label": text.plain(asked.label, limits.LABEL),
        "element": _element(asked),
        "optional": not (isinstance(asked, TextField) and asked.required),
    }
    if asked.hint:
        shown["hint"] = text.plain(asked.hint, limits.LABEL)
    return shown


def _element(asked: Field) -> Json:
    match asked:
        case TextField():
            return _text_element(asked)
        case ChoiceField():
            return _choice_element(asked)
        case FileField():
            kinds = [kind.removeprefix(".") for kind in asked.kinds]
            return {"type": "file_input", "action_id": asked.key, "filetypes": kinds, "max_files": 1}


def _text_element(asked: TextField) -> Json:
    if asked.kind == "date":
        element: Json = {"type": "datepicker", "action_id": asked.key}
        return {**element, "initial_date": asked.value} if is_date(asked.value) else element
    most = min(asked.limit, limits.INPUT)
    element = {"type": "plain_text_input", "action_id": asked.key, "max_length": most}
    if asked.kind == "long":
        element["multiline"] = True
    if asked.value:
        element["initial_value"] = text.clean(asked.value)[:most]
    return element


def _choice_element(asked: ChoiceField) -> Json:
    most = limits.CHECKBOXES if asked.many else limits.SELECT
    if len(asked.options) > most:
        raise CannotRender(f"{asked.key} has {len(asked.options)} options, Slack takes {most}")
    options = [_choice(option) for option in asked.options]
    chosen = [shown for shown in options if shown["value"] in asked.value]
    element: Json = {"action_id": asked.key, "options": options}
    if asked.many:
        element |= {"type": "checkboxes"} | ({"initial_options": chosen} if chosen else {})
        return element
    few = len(options) <= limits.CHECKBOXES
    element |= {"type": "radio_buttons" if few else "static_select"}
    return element | ({"initial_option": chosen[0]} if chosen else {})


def _choice(option: Option) -> Json:
    return {"text": text.plain(option.label, limits.OPTION), "value": option.value}


def _option(param: Param, value: str) -> Json:
    """An option of a command as a field; channels and people are picked from Slack's own lists."""
    picker = {"channel": ("channels_select", "initial_channel"), "member": ("users_select", "initial_user")}
    if param.kind not in picker:
        return _input(option_field(param, value))
    kind, initial = picker[param.kind]
    return {
        "type": "input",
        "block_id": param.name,
        "label": text.plain(label(param), limits.LABEL),
        "element": {"type": kind, "action_id": param.name} | ({initial: value} if value else {}),
        "optional": not param.required,
    }
