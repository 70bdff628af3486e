"""What a person types into Discord's client, as it sends it: a command with its options, a form's fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes import discord_checks as checks
from tests.fakes.discord_world import FILE_UPLOAD, INPUT, RADIOS, World


def command(
    registered: Sequence[Mapping[str, Any]], world: World, words: str, options: Mapping[str, object], focused: str = ""
) -> dict[str, Any]:
    """A registered command with its options, of which one may still be typed. Whatever the client's language calls
    them, it sends the English names.
    """
    name, *rest = words.split()
    found = next((each for each in registered if name in _names(each)), None)
    assert found is not None, f"/{name} is not registered"
    data: dict[str, Any] = {"id": found["id"], "name": found["name"], "type": 1, "options": []}
    inner, spec = data, found
    for word in rest:
        spec = next(each for each in spec["options"] if word in _names(each))
        inner["options"] = [{"name": spec["name"], "type": spec["type"], "options": []}]
        inner = inner["options"][0]
    known = {option["name"]: option for option in spec.get("options", ())}
    english = {name: key for key, option in known.items() for name in _names(option)}
    options = {english[name]: value for name, value in options.items()}
    focused = english.get(focused, focused)
    for key, value in options.items():
        inner["options"].append(_option(world, known[key], value, focused=key == focused))
    lacking = [key for key, option in known.items() if option.get("required") and key not in options]
    assert focused or not lacking, f"/{words} needs {lacking}"
    if resolved := _resolved(world, inner["options"]):
        data["resolved"] = resolved
    return data


def _resolved(world: World, options: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The people and channels that are named, as Discord adds them."""
    found: dict[str, dict[str, Any]] = {}
    for option in options:
        if option["type"] == 6 and (person := world.by_id(int(option["value"]))):
            member = {**world.member_json(person), "permissions": world.permissions(person)}
            shown = {key: value for key, value in member.items() if key not in {"user", "deaf", "mute"}}
            found.setdefault("users", {})[option["value"]] = person.user()
            found.setdefault("members", {})[option["value"]] = shown
        if option["type"] == 7 and (channel := world.channels.get(int(option["value"]))):
            shown = {"id": str(channel.id), "name": channel.name, "type": channel.type}
            found.setdefault("channels", {})[option["value"]] = {**shown, "permissions": str(world.may(channel))}
    return found


def _names(entry: Mapping[str, Any]) -> set[str]:
    return {entry["name"], *(entry.get("name_localizations") or {}).values()}


def _option(world: World, option: Mapping[str, Any], value: object, *, focused: bool) -> dict[str, Any]:
    found = {"name": option["name"], "type": option["type"], "value": value}
    if focused:
        return {**found, "focused": True}
    match option["type"]:
        case 4:
            assert isinstance(value, int)
            assert option["min_value"] <= value <= option["max_value"]
        case 6:
            found["value"] = str(world.person(str(value)).id)
        case 7:
            found["value"] = str(world.channel(str(value)).id)
        case _:
            assert isinstance(value, str)
            allowed = [choice["value"] for choice in option.get("choices", ())]
            assert not allowed or value in allowed
    return found


def focused_kind(data: Mapping[str, Any]) -> int:
    """The type of the option that is being typed."""
    for option in data.get("options", ()):
        if option.get("focused"):
            return int(option["type"])
        if option.get("options"):
            return focused_kind(option)
    return 3


def filled(item: Mapping[str, Any], given: Mapping[str, str | Sequence[str]]) -> dict[str, Any]:
    """A field of a form as the client sends it, with what was there where nothing is given."""
    key = item["custom_id"]
    found: dict[str, Any] = {"type": item["type"], "custom_id": key, "id": 100}
    if item["type"] == INPUT:
        value = given.get(key, item.get("value") or "")
        assert isinstance(value, str)
        assert checks.size(value) <= item.get("max_length", 4000), f"{key}: the client takes no more"
        assert value or not item.get("required", True), f"{key}: the client wants it"
        return {**found, "value": value}
    if item["type"] == FILE_UPLOAD:
        sent = given.get(key, ())
        return {**found, "values": [sent] if isinstance(sent, str) else list(sent)}
    known = [option["value"] for option in item["options"]]
    defaults = [option["value"] for option in item["options"] if option.get("default")]
    chosen = given.get(key, defaults)
    values = [chosen] if isinstance(chosen, str) else list(chosen)
    assert not set(values) - set(known), f"{key}: no such option"
    if item["type"] == RADIOS:
        assert len(values) <= 1
        return {**found, "value": values[0] if values else None}
    assert item.get("min_values", 1) <= len(values) <= item.get("max_values", 1)
    return {**found, "values": values}
