"""What people do on the loopback Discord is told to the bot as the documentation says, and as it can be read."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fakes.discord_gateway import DIRECT_MESSAGES, GUILD_MESSAGES, GUILDS
from tests.fakes.discord_server import Answer, DiscordServer
from tests.fakes.discord_world import ATTACH, EPHEMERAL, MANAGE_GUILD, MESSAGE_CONTENT, SEND
from tests.platforms.discord.test_documented import Client, client, saying
from tests.platforms.discord.test_gateway_rules import Wire, wire

COMMAND: dict[str, Any] = {
    "name": "do", "description": "Do it", "name_localizations": {"de": "mach"},
    "options": [
        {"type": 3, "name": "words", "description": "what", "description_localizations": {"de": "was"}},
        {"type": 4, "name": "number", "description": "how many", "min_value": 1, "max_value": 9},
        {"type": 6, "name": "who", "description": "for whom"},
        {"type": 7, "name": "where", "description": "in which room"},
        {"type": 3, "name": "one", "description": "of several", "autocomplete": True},
    ],
}  # fmt: skip
ANOTHER = {"name": "more", "description": "More"}


@asynccontextmanager
async def connected(server: DiscordServer, intents: int = GUILDS) -> AsyncIterator[tuple[Client, Wire]]:
    """A bot with its commands."""
    async with client(server) as bot, wire(server) as on:
        await on.identify(intents)
        await on.until("READY")
        await bot.ask("PUT", f"applications/{server.world.application}/commands", [COMMAND, ANOTHER])
        yield bot, on


async def told(
    bot: Client, on: Wire, act: Callable[[], Any], data: Mapping[str, Any], kind: int = 4
) -> tuple[dict[str, Any], Any]:
    """What the bot was told of an act, and what came of it."""
    doing = asyncio.create_task(act())
    event = await on.until("INTERACTION_CREATE")
    path = f"interactions/{event['id']}/{event['token']}/callback"
    assert await bot.ask("POST", path, {"type": kind, "data": dict(data)}) == (204, None)
    return event, await doing


# Commands


async def test_commands_are_read_as_they_were_registered(server: DiscordServer) -> None:
    """https://docs.discord.com/developers/interactions/application-commands#endpoints"""
    path = f"applications/{server.world.application}/commands"

    def same(given: Any, found: Any) -> bool:
        if isinstance(given, dict):
            return all(same(each, found.get(name)) for name, each in given.items())
        return len(given) == len(found) and all(map(same, given, found)) if isinstance(given, list) else given == found

    async with client(server) as bot:
        status, put = await bot.ask("PUT", path, [COMMAND, ANOTHER])
        assert status == 200
        assert same([COMMAND, ANOTHER], put)
        assert await bot.ask("GET", path, with_localizations="true") == (200, put)
        _, plain = await bot.ask("GET", path)
        assert [each["id"] for each in plain] == [each["id"] for each in put]
        assert "localizations" not in str([list(each) for each in (*plain, *plain[0]["options"])])
        assert (await bot.ask("POST", path, {**ANOTHER, "description": "Others"}))[0] == 200, "one of its name"
        assert (await bot.ask("POST", path, {"name": "third", "description": "New"}))[0] == 201
        _, all_of_them = await bot.ask("GET", path)
        assert {each["name"]: each["description"] for each in all_of_them} == {
            "do": "Do it", "more": "Others", "third": "New",
        }  # fmt: skip
        assert await bot.ask("PUT", path, []) == (200, [])
        assert await bot.ask("GET", path) == (200, []), "all others are overwritten"


# Interactions


async def test_an_interaction_says_who_did_it_and_where_as_it_can_be_read(server: DiscordServer) -> None:
    """https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object"""
    world = server.world
    member = world.person("member-1")
    member.locale, member.nick, member.attaches, world.locale = "de", "Em", False, "fr"
    world.add_role("helpers", "member-1")
    async with connected(server) as (bot, on):
        for who, manages in (("member-1", False), ("moderator", True)):
            event, _ = await told(bot, on, lambda who=who: server.slash(who, "general", "do"), saying("x"))  # type: ignore[misc]
            person = world.person(who)
            _, shown = await bot.ask("GET", f"guilds/{world.guild}/members/{person.id}")
            permissions = int(event["member"].pop("permissions"))
            assert event["member"] == {**shown, "joined_at": event["member"]["joined_at"]}
            assert bool(permissions & MANAGE_GUILD) is manages
            assert bool(permissions & ATTACH) is person.attaches
            _, room = await bot.ask("GET", f"channels/{server.channel('general').id}")
            room["last_message_id"] = event["channel"]["last_message_id"]  # the answer is newer
            assert (event["channel_id"], event["channel"]) == (room["id"], room)
            assert (event["guild_id"], event["guild"]["id"]) == (str(world.guild), str(world.guild))
            assert (event["locale"], event["guild_locale"], event["guild"]["locale"]) == (person.locale, "fr", "fr")
            assert (event["context"], event["authorizing_integration_owners"]) == (0, {"0": str(world.guild)})
            assert (event["application_id"], event["version"], event["type"]) == (str(world.application), 1, 2)
            assert not {"user", "message"} & event.keys()
        await server.deny("general", ATTACH)
        event, _ = await told(bot, on, lambda: server.slash("member-1", "general", "do"), saying("x"))
        assert int(event["app_permissions"]) & (ATTACH | SEND) == SEND, "what the bot may do there"
        direct = server.inbox("member-1")
        event, _ = await told(bot, on, lambda: server.slash("member-1", direct, "do"), saying("x"))
        _, shown = await bot.ask("GET", f"guilds/{world.guild}/members/{member.id}")
        assert (event["user"], event["channel_id"]) == (shown["user"], str(direct.id))
        assert (event["context"], event["authorizing_integration_owners"]) == (1, {"0": "0"})
        assert not {"member", "guild", "guild_id", "guild_locale"} & event.keys()


async def test_options_come_as_they_were_typed(server: DiscordServer) -> None:
    """…/interactions/receiving-and-responding#interaction-object-application-command-interaction-data-option-structure"""
    who, where = server.world.person("member-2"), server.channel("study-hall")
    async with connected(server) as (bot, on):
        given = {"words": "Hello", "number": 7, "who": "member-2", "where": "study-hall"}
        event, _ = await told(bot, on, lambda: server.slash("member-1", "general", "do", **given), saying("x"))
        data = event["data"]
        _, commands = await bot.ask("GET", f"applications/{server.world.application}/commands")
        assert (data["id"], data["name"], data["type"]) == (commands[0]["id"], "do", 1)
        assert [(each["name"], each["type"], each["value"]) for each in data["options"]] == [
            ("words", 3, "Hello"), ("number", 4, 7), ("who", 6, str(who.id)), ("where", 7, str(where.id)),
        ]  # fmt: skip
        resolved = data["resolved"]
        assert resolved["users"][str(who.id)]["username"] == "member-2"
        assert not {"user", "deaf", "mute"} & resolved["members"][str(who.id)].keys()
        assert resolved["channels"][str(where.id)]["name"] == "study-hall"
        choices = [{"name": "One", "value": "1"}, {"name": "Two", "value": "2"}]
        suggest = lambda: server.suggest("member-1", "general", "do", "one", "o")  # noqa: E731
        event, seen = await told(bot, on, suggest, {"choices": choices}, kind=8)
        assert (event["type"], seen) == (4, ["1", "2"])
        assert event["data"]["options"] == [{"name": "one", "type": 3, "value": "o", "focused": True}]
        event, _ = await told(bot, on, lambda: server.slash("member-1", "general", "mach"), saying("x"))
        assert event["data"]["name"] == "do", "in whatever language it was typed"


FIELDS: Mapping[int, tuple[Mapping[str, Any], Mapping[str, Any], Any, Mapping[str, Any]]] = {
    4: ({"style": 1, "value": "as it was"}, {"value": ""}, "new", {"value": "new"}),
    21: ({}, {"value": None}, "b", {"value": "b"}),
    22: ({"min_values": 0, "max_values": 2}, {"values": []}, ["a", "b"], {"values": ["a", "b"]}),
}
"""Of each field: what it needs, what it sends when it is left empty, what a person gives, and what is sent then."""


@pytest.mark.parametrize("kind", FIELDS)
async def test_a_form_sends_what_was_filled_in(server: DiscordServer, kind: int) -> None:
    """https://docs.discord.com/developers/components/reference: the “interaction response structure” of each"""
    needs, empty, given, sent = FIELDS[kind]
    values = ("a", "b", "c")
    options = {} if kind == 4 else {"options": [{"label": each, "value": each} for each in values]}
    field = {"type": kind, "custom_id": "done", "required": False, **needs, **options}
    form = {"title": "A form", "custom_id": "form", "components": [{"type": 18, "label": "Done", "component": field}]}
    nothing: Any = [] if kind == 22 else ""
    async with connected(server) as (bot, on):
        for answers, wanted in (({"done": given}, sent), ({"done": nothing}, empty) if kind != 21 else ({}, empty)):
            _, opened = await told(bot, on, lambda: server.slash("member-1", "general", "do"), form, kind=9)
            submit = lambda opened=opened, answers=answers: server.submit("member-1", opened, **answers)  # noqa: E731
            event, _ = await told(bot, on, submit, saying("Thank you"))
            assert (event["type"], event["data"]["custom_id"]) == (5, "form")
            (label,) = event["data"]["components"]
            inner = label["component"]
            assert (label["type"], isinstance(inner.pop("id"), int)) == (18, True)
            assert inner == {"type": kind, "custom_id": "done", **wanted}


async def test_a_file_of_a_form_is_what_was_picked(server: DiscordServer) -> None:
    """https://docs.discord.com/developers/components/reference#file-upload, …/resources/message#attachment-object"""
    field = {"type": 19, "custom_id": "done", "required": False, "min_values": 0}
    form = {"title": "A form", "custom_id": "form", "components": [{"type": 18, "label": "Done", "component": field}]}
    async with connected(server) as (bot, on):
        for picked in ([], [("notes.txt", b"My notes")]):
            _, opened = await told(bot, on, lambda: server.slash("member-1", "general", "do"), form, kind=9)
            numbers = [server.attach(*each) for each in picked]
            submit = lambda opened=opened, numbers=numbers: server.submit("member-1", opened, done=numbers)  # noqa: E731
            event, _ = await told(bot, on, submit, saying("Thank you"))
            assert event["data"]["components"][0]["component"]["values"] == numbers
            known = event["data"].get("resolved", {}).get("attachments", {})
            assert list(known) == numbers
            for number, (name, content) in zip(numbers, picked, strict=True):
                file = known[number]
                assert (file["id"], file["filename"], file["size"], file["ephemeral"]) == (
                    number,
                    name,
                    len(content),
                    True,
                )
                async with bot.session.get(file["url"]) as response:
                    assert await response.read() == content


async def test_what_followed_stays_when_the_answer_is_gone(server: DiscordServer) -> None:
    """https://docs.discord.com/developers/interactions/receiving-and-responding#followup-messages"""
    async with connected(server) as (bot, on):
        event, _ = await told(bot, on, lambda: server.slash("member-1", "general", "do"), saying("first"))
        hook = f"webhooks/{event['application_id']}/{event['token']}"
        status, more = await bot.ask("POST", hook, saying("more"))
        assert status == 200
        assert await bot.ask("DELETE", f"{hook}/messages/@original") == (204, None)
        for method in ("GET", "DELETE", "PATCH"):
            body = saying("again") if method == "PATCH" else None
            assert await bot.ask(method, f"{hook}/messages/@original", body) == (404, 10008)
        status, changed = await bot.ask("PATCH", f"{hook}/messages/{more['id']}", saying("changed"))
        assert (status, changed["id"], changed["components"][0]["content"]) == (200, more["id"], "changed")
        assert (await bot.ask("POST", hook, saying("last")))[0] == 200
        assert [each.text for each in server.channel("general").messages] == ["changed", "last"]


@pytest.mark.parametrize("private", [True, False])
async def test_what_follows_a_deferred_answer_at_once_is_the_answer(server: DiscordServer, private: bool) -> None:
    """…/interactions/receiving-and-responding#create-followup-message: “the loading message will be edited instead”,
    “the ephemeral flag will be ignored”, however it is edited first"""
    async with connected(server) as (bot, on):
        for method, place in (("POST", ""), ("PATCH", "/messages/@original")):
            asked = asyncio.create_task(server.slash("member-1", "general", "do"))
            event = await on.until("INTERACTION_CREATE")
            path = f"interactions/{event['id']}/{event['token']}/callback"
            deferred = {"type": 5, "data": {"flags": EPHEMERAL * private}}
            assert await bot.ask("POST", path, deferred) == (204, None)
            hook = f"webhooks/{event['application_id']}/{event['token']}"
            status, first = await bot.ask(method, hook + place, saying("answer", EPHEMERAL * (not private)))
            assert (status, bool(first["flags"] & EPHEMERAL)) == (200, private)
            assert await bot.ask("GET", f"{hook}/messages/@original") == (200, first)
            assert ((await asked).text, (await asked).private) == ("answer", private)
            _, second = await bot.ask("POST", hook, saying("more", EPHEMERAL * (not private)))
            assert (second["id"] != first["id"], bool(second["flags"] & EPHEMERAL)) == (True, not private)


MENTIONS: Mapping[str, tuple[Any, tuple[bool, bool, bool]]] = {
    "nothing said": (None, (True, True, True)),
    "nobody": ({"parse": []}, (False, False, False)),
    "people": ({"parse": ["users"]}, (True, False, False)),
    "roles": ({"parse": ["roles"]}, (False, True, False)),
    "everyone": ({"parse": ["everyone"]}, (False, False, True)),
    "this person": ({"parse": [], "users": ["{person}"]}, (True, False, False)),
    "another person": ({"parse": [], "users": ["1"], "roles": ["1"]}, (False, False, False)),
    "this role": ({"roles": ["{role}"]}, (False, True, False)),
}
"""Who of a person, a role and everyone, all named in a message, is mentioned when that is allowed."""


async def test_only_who_may_be_mentioned_is(server: DiscordServer) -> None:
    """https://docs.discord.com/developers/resources/message#allowed-mentions-object"""
    person, role = server.world.person("member-1").id, server.world.add_role("helpers")
    room = f"channels/{server.channel('general').id}/messages"
    async with client(server) as bot:
        for what, (allowed, wanted) in MENTIONS.items():
            body = saying(f"<@{person}> <@&{role}> @everyone")
            if allowed is not None:
                body["allowed_mentions"] = json.loads(
                    json.dumps(allowed).replace("{person}", str(person)).replace("{role}", str(role))
                )
            _, shown = await bot.ask("POST", room, body)
            found = (shown["mentions"], shown["mention_roles"], shown["mention_everyone"])
            assert tuple(map(bool, found)) == wanted, what
            assert {each["id"] for each in shown["mentions"]} <= {str(person)}


ENDS: Mapping[int | None, bool] = {1000: False, 1001: False, 4000: True, 4900: True, None: True}
"""By which code a client closes its connection, none where it breaks, and whether the session can be resumed."""


@pytest.mark.parametrize("code", ENDS)
async def test_how_a_connection_ended_says_whether_its_session_is_over(server: DiscordServer, code: int | None) -> None:
    """https://docs.discord.com/developers/events/gateway#initiating-a-disconnect"""
    async with wire(server) as on:
        await on.identify(GUILDS)
        ready = await on.until("READY")
        await on.until("GUILD_CREATE")
        if code is None:
            server.gateway.abort()
            await on.closed()
        else:
            await on.ws.close(code=code)
    await server.until(lambda: not any(each.socket for each in server.gateway.sessions.values()))
    async with wire(server) as on:
        await on.send(6, {"token": server.token, "session_id": ready["session_id"], "seq": 2})
        await on.ws.receive_json(timeout=5)
        said = await on.ws.receive_json(timeout=5)
        assert (said["op"], said["t"]) == ((0, "RESUMED") if ENDS[code] else (9, None))


async def test_a_press_comes_with_its_message_as_it_can_be_read(server: DiscordServer) -> None:
    """…/interactions/receiving-and-responding#interaction-object-message-component-data-structure"""
    button = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}
    said = saying("Press me")
    said["components"].append({"type": 1, "components": [button]})
    room = f"channels/{server.channel('general').id}/messages"
    async with connected(server) as (bot, on):
        _, shown = await bot.ask("POST", room, said)
        message = server.channel("general").messages[-1]
        for kind in (4, 6, 7):  # an answer, nothing yet, a change in place
            press = lambda: server.press("member-1", message, "Go")  # noqa: E731
            event, answer = await told(bot, on, press, {**said, "flags": said["flags"]} if kind != 6 else {}, kind)
            assert (event["type"], event["data"]) == (3, {"custom_id": "go", "component_type": 2})
            assert event["message"] == shown
            assert isinstance(answer, Answer)
            assert (answer.message is message) is (kind != 4)
        status, found = await bot.ask("GET", f"{room}/{message.id}")
        assert (status, found["components"]) == (200, shown["components"])


async def test_what_people_write_comes_as_it_can_be_read(server: DiscordServer) -> None:
    """https://docs.discord.com/developers/events/gateway-events#message-create, and #message-update"""
    world = server.world
    world.enabled_intents = MESSAGE_CONTENT
    general, direct = server.channel("general"), server.inbox("member-1")
    async with connected(server, GUILDS | GUILD_MESSAGES | DIRECT_MESSAGES | MESSAGE_CONTENT) as (bot, on):
        for where in (general, direct):
            first = await server.write("member-1", "Hello", where=where)
            event = await on.until("MESSAGE_CREATE")
            more = {key: event.pop(key) for key in ("guild_id", "member") if key in event}
            assert ("guild_id" in more, "member" in more) == (where is general, where is general)
            assert "user" not in more.get("member", {})
            path = f"channels/{where.id}/messages/{first.id}"
            assert await bot.ask("GET", path) == (200, event)
            assert (event["content"], event["author"]["username"]) == ("Hello", "member-1")
            await server.rewrite(first, "Hello again")
            changed = await on.until("MESSAGE_UPDATE")
            assert (changed["content"], changed["id"], event["edited_timestamp"]) == ("Hello again", event["id"], None)
            assert datetime.fromisoformat(changed["edited_timestamp"]) > datetime.fromisoformat(event["timestamp"])
            assert changed["timestamp"] == event["timestamp"], "it was sent when it was sent"
            _, found = await bot.ask("GET", path)
            assert found == {key: value for key, value in changed.items() if key not in more}


# Direct conversations, people and events


async def test_a_direct_conversation_is_one_for_each_person(server: DiscordServer) -> None:
    """https://docs.discord.com/developers/resources/user#create-dm"""
    world = server.world
    async with client(server) as bot:
        opened = []
        for name in ("member-1", "member-1", "member-2"):
            person = world.person(name)
            status, shown = await bot.ask("POST", "users/@me/channels", {"recipient_id": str(person.id)})
            assert (status, shown["type"], [each["id"] for each in shown["recipients"]]) == (200, 1, [str(person.id)])
            assert "guild_id" not in shown
            opened.append(shown["id"])
        assert opened[0] == opened[1] != opened[2]
        _, me = await bot.ask("GET", "users/@me")
        assert (me["id"], me["bot"]) == (str(world.bot.id), True)


async def test_a_scheduled_event_is_read_as_it_was_made_until_it_is_over() -> None:
    """https://docs.discord.com/developers/resources/guild-scheduled-event"""
    now = [datetime(2027, 1, 4, 12, 0, tzinfo=UTC)]
    async with DiscordServer(lambda: now[0]) as server, client(server) as bot:
        path = f"guilds/{server.world.guild}/scheduled-events"
        body = {
            "name": "Paper club", "description": "We read", "privacy_level": 2, "entity_type": 3,
            "entity_metadata": {"location": "Online"}, "scheduled_start_time": "2027-01-04T18:00:00+00:00",
            "scheduled_end_time": "2027-01-04T19:00:00+00:00",
        }  # fmt: skip
        status, made = await bot.ask("POST", path, body)
        assert (status, made["status"], made["creator_id"]) == (200, 1, str(server.world.bot.id))
        assert {key: made[key] for key in body} == body
        assert made["guild_id"] == str(server.world.guild)
        assert await bot.ask("GET", path) == (200, [made])
        changed = {**made, "name": "Another club", "description": None}
        assert await bot.ask("PATCH", f"{path}/{made['id']}", {"name": "Another club", "description": None}) == (
            200, changed,
        )  # fmt: skip
        for hours, wanted in ((6.5, 2), (7.5, None)):
            now[0] = datetime(2027, 1, 4, 12, 0, tzinfo=UTC) + timedelta(hours=hours)
            _, listed = await bot.ask("GET", path)
            assert [each["status"] for each in listed] == ([wanted] if wanted else [])
        assert await bot.ask("PATCH", f"{path}/{made['id']}", {"name": "Too late"}) == (400, 180000)
        now[0] = datetime(2027, 1, 4, 12, 0, tzinfo=UTC)
        assert await bot.ask("DELETE", f"{path}/{made['id']}") == (204, None)
        assert await bot.ask("GET", path) == (200, [])
        theirs = server.http.events.by_somebody(**body)
        assert await bot.ask("PATCH", f"{path}/{theirs['id']}", {"name": "Mine"}) == (403, 50013)
        assert await bot.ask("DELETE", f"{path}/{theirs['id']}") == (403, 50013)


async def test_a_wrong_token_is_refused_everywhere(server: DiscordServer) -> None:
    """https://docs.discord.com/developers/topics/opcodes-and-status-codes#http"""
    async with client(server) as bot:
        server_token, server.token = server.token, "wrong"
        for path in ("users/@me", f"channels/{server.channel('general').id}/messages", "gateway/bot"):
            assert await bot.ask("GET", path) == (401, 0)
        server.token = server_token
        status, gateway = await bot.ask("GET", "gateway/bot")
        assert (status, gateway["url"], gateway["shards"]) == (200, server.gateway_url, 1)
        assert gateway["session_start_limit"]["remaining"] <= gateway["session_start_limit"]["total"]
