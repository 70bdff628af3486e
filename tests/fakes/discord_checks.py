"""Discord's own validation of request bodies, from its API reference: what fails here is its error 50035."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from discord import Locale

from tests.fakes.discord_world import (
    BUTTON,
    CHECKBOXES,
    COMPONENTS_V2,
    CONTAINER,
    FILE,
    FILE_UPLOAD,
    GALLERY,
    INPUT,
    LABEL,
    PRIVATE,
    RADIOS,
    ROW,
    SECTION,
    SELECT,
    SEPARATOR,
    TEXT_DISPLAY,
    walk,
)

_NAME = re.compile(r"[-_'\w]{1,32}")
LOCALES = frozenset(each.value for each in Locale)
_INSIDE = {CONTAINER: {ROW, TEXT_DISPLAY, SEPARATOR, SECTION, GALLERY}, ROW: {BUTTON, SELECT}, SECTION: {TEXT_DISPLAY}}


class Invalid(Exception):
    """50035, with where and why."""


def _must(true: object, why: str) -> None:
    if not true:
        raise Invalid(why)


def size(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def message(body: Mapping[str, Any]) -> None:
    """A message to be posted or edited."""
    components = body.get("components") or []
    v2 = int(body.get("flags") or 0) & COMPONENTS_V2
    if not v2:
        _must(body.get("content") and size(body["content"]) <= 2000, "content: 1 to 2000")
        return
    _must(not body.get("content") and not body.get("embeds"), "content and embeds cannot stand beside components v2")
    everything = list(walk(components))
    _must(1 <= len(everything) <= 40, f"components: {len(everything)} of 1 to 40")
    text = sum(size(item["content"]) for item in everything if item["type"] == TEXT_DISPLAY)
    _must(text <= 4000, f"text: {text} of 4000")
    _unique(everything)
    for item in components:
        _must(item["type"] in {CONTAINER, ROW, TEXT_DISPLAY, SEPARATOR, FILE}, f"component {item['type']} at the top")
    wanted = {item["file"]["url"] for item in components if item["type"] == FILE}
    wanted |= {each["media"]["url"] for item in everything if item["type"] == GALLERY for each in item["items"]}
    _must(wanted == {f"attachment://{name}" for name in body.get("files", ())}, f"files: {wanted}")
    for each in body.get("attachments", ()):
        _must(size(each.get("description") or "") <= 1024, "attachment description: 1024")
        if str(each["filename"]).endswith(".png"):
            _must(body["raw"][each["filename"]].startswith(b"\x89PNG"), "a picture that is none")
    for item in everything:
        _component(item)
    allowed = body.get("allowed_mentions") or {}
    _must(not ("users" in allowed.get("parse", ()) and allowed.get("users")), "allowed_mentions: users twice")
    _must(len(allowed.get("users", ())) <= 100, "allowed_mentions: 100 users")
    nonce = body.get("nonce")
    _must(nonce is None or len(str(nonce)) <= 25, "nonce: 25")


def _unique(components: Sequence[Mapping[str, Any]]) -> None:
    custom = [item["custom_id"] for item in components if "custom_id" in item]
    _must(len(set(custom)) == len(custom), "custom_id: duplicated")
    numbers = [item["id"] for item in components if item.get("id")]
    _must(len(set(numbers)) == len(numbers), "id: duplicated")
    _must(all(0 <= number < 2**31 for number in numbers), "id: not a 32-bit integer")


def _component(item: Mapping[str, Any]) -> None:
    inside = _INSIDE.get(item["type"])
    if inside is not None:
        _must(item["components"], f"component {item['type']} is empty")
        _must(all(child["type"] in inside for child in item["components"]), f"a wrong child in {item['type']}")
    match item["type"]:
        case _ if item["type"] == ROW:
            _must(len(item["components"]) <= 5, "a row has at most 5 buttons")
        case _ if item["type"] == SECTION:
            _must(len(item["components"]) <= 3, "a section has at most 3 texts")
            _must(item["accessory"]["type"] == BUTTON, "the accessory is a button")
        case _ if item["type"] == BUTTON:
            _must(1 <= size(item["label"]) <= 80, "label: 80")
            _must(1 <= size(item["custom_id"]) <= 100, "custom_id: 100")
        case _ if item["type"] == TEXT_DISPLAY:
            _must(item["content"].strip(), "an empty text")
        case _ if item["type"] == GALLERY:
            _must(1 <= len(item["items"]) <= 10, "a gallery has 1 to 10 items")
            for each in item["items"]:
                _must(size(each.get("description") or "") <= 1024, "media description: 1024")


def modal(data: Mapping[str, Any]) -> None:
    """A form."""
    _must(1 <= size(data["title"]) <= 45, "title: 45")
    _must(1 <= size(data["custom_id"]) <= 100, "custom_id: 100")
    _must(1 <= len(data["components"]) <= 5, "components: 5")
    _unique(list(walk(data["components"])))
    for label in data["components"]:
        _must(label["type"] == LABEL, "only labels")
        _must(1 <= size(label["label"]) <= 45, "label: 45")
        _must(size(label.get("description") or "") <= 100, "description: 100")
        _field(label["component"])


def _field(item: Mapping[str, Any]) -> None:
    _must(1 <= size(item["custom_id"]) <= 100, "custom_id: 100")
    if item["type"] == INPUT:
        most = item.get("max_length", 4000)
        _must(1 <= most <= 4000, "max_length: 4000")
        _must(size(item.get("value") or "") <= most, "value is longer than max_length")
        _must(size(item.get("placeholder") or "") <= 100, "placeholder: 100")
        _must("label" not in item or item["label"] is None, "label: inside of a Label there is none")
        return
    if item["type"] == FILE_UPLOAD:
        fewest, most = item.get("min_values", 1), item.get("max_values", 1)
        _must(0 <= fewest <= most <= 10 and most >= 1, "files: 0 to 10, at most 10")
        _must(not (item.get("required", True) and fewest == 0), "a file that is required is at least one")
        return
    _must(item["type"] in {SELECT, RADIOS, CHECKBOXES}, f"component {item['type']} in a label")
    options = item["options"]
    fewest = 2 if item["type"] == RADIOS else 1
    _must(fewest <= len(options) <= (25 if item["type"] == SELECT else 10), f"options: {len(options)}")
    _must(len({option["value"] for option in options}) == len(options), "values: duplicated")
    for option in options:
        _must(1 <= size(option["label"]) <= 100, "option label: 100")
        _must(1 <= size(option["value"]) <= 100, "option value: 100")
    chosen = sum(bool(option.get("default")) for option in options)
    _must(chosen <= (1 if item["type"] == RADIOS else item.get("max_values", 1)), "too many defaults")


def thread(body: Mapping[str, Any]) -> None:
    """A thread that is begun without a message."""
    _must(1 <= size(body["name"]) <= 100, "name: 1 to 100")
    _must(body.get("type") in {10, 11, 12}, "type: 10 to 12")  # without one Discord makes a private thread, for now
    _must(body.get("auto_archive_duration", 1440) in {60, 1440, 4320, 10080}, "auto_archive_duration")
    _must(body["type"] == PRIVATE or "invitable" not in body, "invitable: of private threads alone")


def scheduled_event(body: Mapping[str, Any], now: datetime) -> None:
    """An event that is in none of the voice channels."""
    _must(1 <= size(body["name"]) <= 100, "name: 1 to 100")
    _must(body.get("description") is None or 1 <= size(body["description"]) <= 1000, "description: 1 to 1000")
    _must(body["privacy_level"] == 2, "privacy_level: GUILD_ONLY is 2")
    _must(body["entity_type"] == 3, "entity_type: EXTERNAL is 3")
    _must(body.get("channel_id") is None, "channel_id: none")
    _must(1 <= size((body.get("entity_metadata") or {}).get("location") or "") <= 100, "location: 1 to 100")
    _must(bool(body.get("scheduled_end_time")), "scheduled_end_time: required")
    starts, ends = (datetime.fromisoformat(body[f"scheduled_{end}_time"]) for end in ("start", "end"))
    _must(now < starts < ends, "Cannot schedule event in the past.")


def choices(found: Sequence[Mapping[str, Any]], kind: int) -> None:
    """Suggestions for an option of a kind: 4 is a whole number."""
    _must(len(found) <= 25, "choices: 25")
    for choice in found:
        _must(1 <= size(choice["name"]) <= 100, "choice name: 100")
        _must(type(choice["value"]) is (int if kind == 4 else str), f"choice value of option type {kind}")
        _must(1 <= size(str(choice["value"])) <= 100, "choice value: 100")


def commands(bodies: Sequence[Mapping[str, Any]]) -> None:
    """The application's commands."""
    _must(len(bodies) <= 100, "commands: 100")
    _names(bodies)
    for body in bodies:
        _option(body)
        _must(_total(body) <= 8000, "8000 characters in a command")


def _names(siblings: Sequence[Mapping[str, Any]]) -> None:
    """Commands, or options of one, in every language."""
    for locale in ("", *LOCALES):
        names = {localized(each, "name", locale) for each in siblings}
        _must(len(names) == len(siblings), f"names: duplicated in {locale or 'English'}")


def localized(body: Mapping[str, Any], key: str, locale: str) -> str:
    """A name or description as a client in this language shows it."""
    return str((body.get(f"{key}_localizations") or {}).get(locale, body[key]))


def _texts(body: Mapping[str, Any], key: str) -> list[str]:
    localizations = body.get(f"{key}_localizations") or {}
    _must(set(localizations) <= LOCALES, f"{key}_localizations: {set(localizations) - LOCALES}")
    return [str(body.get(key, "")), *localizations.values()]


def _option(body: Mapping[str, Any]) -> None:
    for name in _texts(body, "name"):
        _must(_NAME.fullmatch(name) and name == name.lower(), f"name: {name!r}")
    _must(all(1 <= size(each) <= 100 for each in _texts(body, "description")), "description: 100")
    options = body.get("options", ())
    _must(len(options) <= 25, "options: 25")
    _names(options)
    required = [bool(option.get("required")) for option in options]
    _must(required == sorted(required, reverse=True), "required options come first")
    kinds = {option["type"] in {1, 2} for option in options}
    _must(len(kinds) <= 1, "subcommands stand beside options")
    choices = body.get("choices", ())
    _must(len(choices) <= 25, "choices: 25")
    _must(not (choices and body.get("autocomplete")), "choices stand beside autocomplete")
    for choice in choices:
        _must(all(1 <= size(each) <= 100 for each in (*_texts(choice, "name"), str(choice["value"]))), "choice: 100")
    for option in options:
        _option(option)


def _total(body: Mapping[str, Any]) -> int:
    """Of each text the longest counts, in whatever language."""
    own = sum(max(map(size, _texts(body, key))) for key in ("name", "description", "value"))
    return own + sum(_total(each) for each in (*body.get("options", ()), *body.get("choices", ())))
