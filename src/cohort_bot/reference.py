"""The reference pages, from the code: `python -m cohort_bot.reference docs/reference`. A test holds them together."""

import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path

import click

from cohort_bot.app.commands import CommandSpec, Param, Role
from cohort_bot.app.table import TABLE
from cohort_bot.chat.traits import traits_of
from cohort_bot.cli import main, subcommands
from cohort_bot.platforms import installed
from cohort_bot.programmes.schema import MODELS
from cohort_bot.settings import Settings
from cohort_bot.storage.tables import metadata

NOTE = "<!-- Made from the code by `make docs`; changes here are lost. -->\n"
WHO = {Role.ANYONE: "anyone", Role.MEMBER: "members", Role.MODERATOR: "moderators"}
KINDS = {
    "text": "text",
    "int": "whole number",
    "date": "date, YYYY-MM-DD",
    "time": "time, HH:MM",
    "day": "day of the week",
    "zone": "city, IANA name or one's present time",
    "cohort": "a cohort's name",
    "member": "a member",
    "people": "roles and people, picked after `@`",
    "channel": "a channel",
    "choice": "one of the choices",
}


def commands() -> Iterator[str]:
    """What people type."""
    yield "# Commands in chat\n"
    yield "Every answer is private to whoever typed. Options are optional unless marked with **!**.\n"
    where = " and ".join(each.title for name in installed.platforms() if (each := traits_of(name)).typed_options)
    yield f"On {where} options are written `name:value`, with quotes around spaces; a needed one that is left out is"
    yield "asked for in a form. `cohort` may be added wherever someone is in more than one.\n"
    for spec in TABLE.rows:
        names = _names(spec)
        if not names:
            continue
        first = next(iter(names))
        yield f"## {first}\n"
        elsewhere = "".join(f" On {where}: `{name}`." for name, where in names.items() if name != first)
        yield f"{spec.summary}. For {WHO[spec.who]}.{elsewhere}\n"
        if spec.params:
            yield "| Option | Kind | What for |\n|---|---|---|"
            yield from (_param(param) for param in spec.params)
            yield ""


def _names(spec: CommandSpec) -> Mapping[str, str]:
    """What is typed for it, each with the platforms on which it is."""
    names: dict[str, list[str]] = {}
    for platform in installed.platforms():
        if name := spec.name_on(platform):
            names.setdefault(f"/{name}", []).append(traits_of(platform).title)
    return {name: " and ".join(titles) for name, titles in names.items()}


def _param(param: Param) -> str:
    kind = KINDS[param.kind]
    if param.kind == "int":
        kind += f", {param.least} to {param.most}"
    if param.choices:
        kind = ", ".join(f"`{option.value}`" for option in param.choices)
    return f"| `{param.name}`{' **!**' if param.required else ''} | {kind} | {param.summary} |"


def command_line() -> Iterator[str]:
    """What an operator types."""
    yield "# Command line\n"
    yield "Exit codes: 0 when it worked, 1 when something must be fixed, 2 for a wrong setting or call. What is said is"
    yield "in the language of the terminal (`LANG`), if it is on board; JSON's keys are the same in every language.\n"
    for typed, command in subcommands(main, "cohort-bot"):
        words = " ".join(typed)
        if isinstance(command, click.Group):
            continue
        with click.Context(command, info_name=words) as context:
            usage = command.get_usage(context).removeprefix("Usage: ")
            yield f"## {words}\n"
            yield f"{inspect.cleandoc(command.help or '')}\n"
            yield f"```text\n{usage}\n```\n"
            rows = [record for param in command.params if (record := param.get_help_record(context))]
            if rows:
                yield "| Option | What for |\n|---|---|"
                yield from (f"| `{name}` | {about} |" for name, about in rows)
                yield ""


def settings() -> Iterator[str]:
    """What the environment says."""
    yield "# Settings\n"
    yield "Read from the environment and from a file `.env`; the environment wins. A wrong one ends the start with one"
    yield "line that says the cure. Those marked secret are never shown in logs, errors or exports.\n"
    yield "| Setting | Default | What for |\n|---|---|---|"
    about = typing.get_type_hints(Settings, include_extras=True)
    for item in fields(Settings):
        if item.name in {"environment", "process"}:
            continue
        default = "" if item.default in {MISSING, None, ""} else f"`{item.default}`"
        secret = "" if item.repr else " Secret."
        yield f"| `{item.name.upper()}` | {default} | {about[item.name].__metadata__[0]}{secret} |"
    for each in installed.settings():
        yield f"| `{each.name}` |  | {each.about}{' Secret.' if each.secret else ''} |"
    yield ""


def programme() -> Iterator[str]:
    """What an author writes."""
    yield "# Programme files\n"
    yield "A programme is a folder: `programme.yaml`, a file for each phase, `papers.yaml`. Editors with JSON Schema"
    yield "complete and check them (`content/schema/`); `cohort-bot content check` names every mistake with its line.\n"
    for name, model in MODELS.items():
        body = model.model_json_schema()
        yield f"## {name}\n"
        yield from _object(body)
        for title, part in body.get("$defs", {}).items():
            yield f"### {title.removesuffix('Model')}\n"
            yield from _object(part)


def _object(body: Mapping[str, typing.Any]) -> Iterator[str]:
    yield f"{body.get('description', '')}\n"
    yield "| Key | Kind | What for |\n|---|---|---|"
    needed = body.get("required", ())
    for key, value in body.get("properties", {}).items():
        about = value.get("description", "").replace("|", "\\|")
        yield f"| `{key}`{' **!**' if key in needed else ''} | {_type(value)} | {about} |"
    yield ""


def _type(value: Mapping[str, typing.Any]) -> str:
    if "$ref" in value:
        return str(value["$ref"]).rsplit("/", 1)[1].removesuffix("Model")
    if "anyOf" in value:
        return " or ".join(_type(one) for one in value["anyOf"] if one.get("type") != "null")
    kind = str(value.get("type", "text"))
    if kind == "array":
        return f"list of {_type(value['items'])}"
    limits = [
        f"{words} {value[key]}"
        for key, words in (("minimum", "from"), ("maximum", "to"), ("maxLength", "of at most"))
        if key in value
    ]
    return " ".join([{"string": "text", "integer": "number"}.get(kind, kind), *limits]) + (
        " characters" * ("maxLength" in value)
    )


def database() -> Iterator[str]:
    """What is kept."""
    yield "# Database\n"
    yield "Instants are milliseconds since 1970 in UTC; dates and wall times are ISO text with the name of their zone."
    for table in metadata.sorted_tables:
        yield f"## {table.name}\n"
        yield f"{table.info['about']}\n"
        yield "| Column | Kind | Points to |\n|---|---|---|"
        for column in table.columns:
            points = next((f"row of `{key.column.table.name}`" for key in column.foreign_keys), "")
            kind = type(column.type).__name__.lower().replace("biginteger", "number").replace("integer", "number")
            yield f"| `{column.name}` | {kind}{', may be empty' if column.nullable else ''} | {points} |"
        yield ""


PAGES: Mapping[str, Callable[[], Iterator[str]]] = types.MappingProxyType(
    {
        "commands.md": commands,
        "command-line.md": command_line,
        "settings.md": settings,
        "programme.md": programme,
        "database.md": database,
    }
)


def page(name: str) -> str:
    """The whole text of a page."""
    return NOTE + "\n" + "\n".join(PAGES[name]()).rstrip() + "\n"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    for written in PAGES:
        (folder / written).write_text(page(written), encoding="utf-8")
