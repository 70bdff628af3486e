"""What people do on the loopback Slack is told to the app as the documentation says, and as it can be read."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier

from tests.fakes.slack_delivery import HttpDelivery, Kind, NotAcknowledged
from tests.fakes.slack_server import Answer, SlackServer
from tests.fakes.slack_world import Posted
from tests.platforms.slack.test_documented import FORM, PERSON, PLAIN, ROOM, Client, bot, section

__all__ = ["bot"]

# What comes with an event

SENT: Mapping[str, tuple[Kind, Mapping[str, Any], bool]] = {
    "command": ("slash_commands", {"text": "Hello"}, True),
    "press": ("interactive", {}, False),
    "form": ("interactive", {"response_action": "errors", "errors": {"done": "mend it"}}, True),
    "event": ("events_api", {}, False),
}
"""What is sent, what it is answered with, and whether an answer is taken: of commands and forms, whose pages say so."""


def _sent(slack: SlackServer, what: str) -> dict[str, Any]:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "v"}
    post = Posted(slack.world.ts(), ROOM, "x", [{"type": "actions", "elements": [button]}], by="UBOT")
    event = {"type": "event_callback", "event": {"type": "app_uninstalled", "event_ts": slack.world.ts()}}
    rest = {"token": "x", "team_id": "T1", "api_app_id": "A1", "event_id": "Ev1", "event_time": 1}
    made: dict[str, Callable[[], dict[str, Any]]] = {
        "command": lambda: slack.command_payload(PERSON, "/answer"),
        "press": lambda: slack.press_payload(PERSON, post, "Go"),
        "form": lambda: slack.submit_payload(PERSON, Answer("", view=slack.world.keep_view(FORM))),
        "event": lambda: {**event, **rest, "is_ext_shared_channel": False, "authorizations": []},
    }
    return made[what]()


@pytest.mark.parametrize(("what", "retry"), [*((what, 0) for what in SENT), ("event", 2)])
async def test_what_comes_by_socket_mode(slack: SlackServer, what: str, retry: int) -> None:
    """https://docs.slack.dev/apis/events-api/using-socket-mode"""
    kind, said, taken = SENT[what]
    payload = _sent(slack, what)
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{slack.address}/socket") as ws:
        assert (await ws.receive_json(timeout=5))["type"] == "hello"
        delivered = asyncio.create_task(slack.deliver(kind, payload, retry=retry))
        frame = await ws.receive_json(timeout=5)
        again = {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""} if kind == "events_api" else {}
        envelope = {"type": kind, "payload": payload, "accepts_response_payload": taken, **again}
        assert frame == {**envelope, "envelope_id": frame["envelope_id"]}
        await ws.send_json({"envelope_id": frame["envelope_id"], **({"payload": said} if taken else {})})
        assert (await delivered or {}) == said


CONTENT = {"events_api": "application/json"}
REASONS = {"http_timeout", "too_many_redirects", "connection_failed", "ssl_error", "http_error", "unknown_error"}


@pytest.mark.parametrize(("what", "retry"), [*((what, 0) for what in SENT), ("event", 2)])
async def test_what_comes_by_http(slack: SlackServer, what: str, retry: int) -> None:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack, …/apis/events-api#error-handling; the
    signature is checked by Slack's own library."""
    kind, said, _ = SENT[what]
    payload, seen = _sent(slack, what), []

    async def take(body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        seen.append((body, {name.lower(): value for name, value in headers.items()}))
        return 200, json.dumps(said) if said else ""

    assert (await HttpDelivery("secret", take).deliver(kind, payload, retry=retry) or {}) == said
    ((body, headers),) = seen
    assert SignatureVerifier("secret").is_valid_request(body, headers)
    assert not SignatureVerifier("another").is_valid_request(body, headers)
    assert not SignatureVerifier("secret").is_valid_request(body + b"x", headers)
    assert headers["content-type"] == CONTENT.get(kind, "application/x-www-form-urlencoded")
    if kind == "events_api":
        assert json.loads(body) == payload
    assert headers.get("x-slack-retry-num") == (str(retry) if retry else None)
    assert (headers.get("x-slack-retry-reason") in REASONS) is bool(retry)


@pytest.mark.parametrize("status", [200, 204, 302, 404, 500])
@pytest.mark.parametrize("what", SENT)
async def test_what_counts_as_an_acknowledgement(slack: SlackServer, what: str, status: int) -> None:
    """https://docs.slack.dev/apis/events-api#responding: of an event any “HTTP 2xx”; of the others “HTTP 200 OK”, as in
    …/interactivity/handling-user-interaction#acknowledgment_response"""

    async def take(_body: bytes, _headers: Mapping[str, str]) -> tuple[int, str]:
        return status, ""

    delivered = HttpDelivery("secret", take).deliver(SENT[what][0], _sent(slack, what))
    if status == 200 or (status == 204 and what == "event"):
        assert await delivered is None
        return
    with pytest.raises(NotAcknowledged):
        await delivered


@pytest.mark.parametrize("kind", [None, "ephemeral", "in_channel"])
async def test_an_answer_at_once_is_seen_by_whom_it_is_for(slack: SlackServer, kind: str | None) -> None:
    """https://docs.slack.dev/interactivity/implementing-slash-commands: `response_type` of what is acknowledged with"""
    said = json.dumps({"text": "Hello", **({"response_type": kind} if kind else {})}).encode()

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": said})

    slack.serve_http(app)
    assert (await slack.command(PERSON, "/answer")).text == "Hello"
    everybody, alone = slack.world.timeline(ROOM), slack.world.private(PERSON)
    assert (everybody, alone) == ((["Hello"], []) if kind == "in_channel" else ([], ["Hello"]))


# What a form sends

OPTIONS = [{"text": {"type": "plain_text", "text": value}, "value": value} for value in ("a", "b")]
FIELDS: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any], Any, Mapping[str, Any]]] = {
    "plain_text_input": (
        {}, {"value": None}, {"initial_value": "as it was"}, "new", {"value": "new"},
    ),
    "checkboxes": (
        {"options": OPTIONS}, {"selected_options": []}, {"initial_options": OPTIONS[:1]}, ["b"],
        {"selected_options": OPTIONS[1:]},
    ),
    "radio_buttons": (
        {"options": OPTIONS}, {"selected_option": None}, {"initial_option": OPTIONS[0]}, "b",
        {"selected_option": OPTIONS[1]},
    ),
    "static_select": (
        {"options": OPTIONS}, {"selected_option": None}, {"initial_option": OPTIONS[0]}, "b",
        {"selected_option": OPTIONS[1]},
    ),
    "datepicker": (
        {}, {"selected_date": None}, {"initial_date": "2027-01-01"}, "2027-02-01", {"selected_date": "2027-02-01"},
    ),
    "users_select": ({}, {"selected_user": None}, {"initial_user": "U3"}, "U4", {"selected_user": "U4"}),
}  # fmt: skip
"""Of each element: what it needs, what it sends when it is left empty, what it may begin with, what a person gives and
what is sent then."""
BEGINS = {"initial_value": "value", "initial_options": "selected_options", "initial_option": "selected_option"}
BEGINS |= {"initial_date": "selected_date", "initial_user": "selected_user"}


async def test_what_a_form_sends_is_what_was_filled_in(bot: Client) -> None:
    """https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload and, for what is left empty,
    https://docs.slack.dev/changelog/2020-09-full-state-on-view-submisson-and-block-actions: “We’ll send null”"""
    for kind, (needs, empty, begins, given, sent) in FIELDS.items():
        for initial in ({}, begins):
            element = {"type": kind, "action_id": "a", **needs, **initial}
            view = {**FORM, "blocks": [{**FORM["blocks"][0], "element": element}]}
            opened = (await bot.must("views.open", trigger_id=bot.slack.world.trigger(), view=view))["view"]
            untouched = {BEGINS[name]: value for name, value in initial.items()} or empty
            for answers, wanted in (({}, untouched), ({"done": given}, sent)):
                payload = bot.slack.submit_payload(PERSON, Answer("", view=opened), **answers)
                assert payload["view"]["state"]["values"] == {"done": {"a": {"type": kind, **wanted}}}
                assert {key: payload["view"][key] for key in FORM} == view


async def test_a_view_keeps_what_it_was_given_through_its_changes(bot: Client) -> None:
    """https://docs.slack.dev/surfaces/modals, and the pages of views.open, views.update and views.publish"""
    trigger = bot.slack.world.trigger()
    opened = (await bot.must("views.open", trigger_id=trigger, view=FORM))["view"]
    changed = {**FORM, "private_metadata": "changed", "title": {**PLAIN, "text": "y"}}
    updated = (await bot.must("views.update", view_id=opened["id"], hash=opened["hash"], view=changed))["view"]
    assert opened["id"] == updated["id"] == opened["root_view_id"]
    assert opened["hash"] != updated["hash"], "by which a change of what is not there any more is refused"
    assert {key: opened[key] for key in FORM} == FORM
    assert {key: updated[key] for key in FORM} == changed
    assert bot.slack.world.opened(trigger) == updated
    home = {"type": "home", "blocks": section("home")}
    first, again = [(await bot.must("views.publish", user_id=PERSON, view=home))["view"] for _ in range(2)]
    assert (first["id"], first["type"]) == (again["id"], "home")
    for method, where, view, hashes in (
        ("views.update", {"view_id": opened["id"]}, FORM, (opened["hash"], updated["hash"])),
        ("views.publish", {"user_id": PERSON}, home, (first["hash"], again["hash"])),
    ):
        said = [(await bot.ask(method, **where, view=view, hash=each)).get("error") for each in (*hashes, hashes[1])]
        assert said == ["hash_conflict", None, "hash_conflict"], method


# What people do


@pytest.fixture
def told(slack: SlackServer, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is handed to the app, which has nothing to say."""
    handed: list[dict[str, Any]] = []

    async def keep(_kind: str, payload: dict[str, Any], *, retry: int = 0) -> None:
        handed.append(payload)

    monkeypatch.setattr(slack, "deliver", keep)
    return handed


async def test_what_people_write_comes_as_it_can_be_read(bot: Client, told: list[dict[str, Any]]) -> None:
    """https://docs.slack.dev/reference/events/message, and …/message/message_changed"""
    slack, direct = bot.slack, (await bot.must("conversations.open", users=PERSON))["channel"]["id"]
    for channel, kind in ((direct, "im"), (ROOM, "channel")):
        post = await slack.write(PERSON, "Hello", channel=channel, kind=kind)
        payload = told.pop()
        event = payload["event"]
        assert (payload["type"], payload["team_id"], payload["api_app_id"]) == ("event_callback", "T1", "A1")
        assert payload["authorizations"][0]["user_id"] == slack.world.bot_user
        assert (event["channel"], event["channel_type"], event["user"]) == (channel, kind, PERSON)
        (found,) = (await bot.must("conversations.history", channel=channel))["messages"]
        assert found == {key: event[key] for key in found}
        assert "bot_id" not in event
        await slack.rewrite(post, "Hello again")
        changed = told.pop()["event"]
        (found,) = (await bot.must("conversations.history", channel=channel))["messages"]
        assert (changed["subtype"], changed["message"]) == ("message_changed", found)
        assert (changed["previous_message"]["text"], changed["channel"]) == ("Hello", channel)
        assert (found["ts"], found["edited"]["user"]) == (post.ts, PERSON)
        assert post.ts < found["edited"]["ts"] < changed["ts"]
    for _ in range(2):
        await slack.write(PERSON, "once more")
    assert len({each["event_id"] for each in told}) == 2, "each event has an id of its own"


async def test_a_press_comes_with_its_message_as_it_can_be_read(bot: Client) -> None:
    """https://docs.slack.dev/reference/interaction-payloads/block_actions-payload"""
    slack = bot.slack
    button = {"type": "button", "action_id": "go", "text": {**PLAIN, "text": "Go"}, "value": "v"}
    blocks = [*section("Press me"), {"type": "actions", "elements": [button]}]
    root = (await bot.must("chat.postMessage", channel=ROOM, text="Press me", blocks=blocks))["ts"]
    await bot.must("chat.postMessage", channel=ROOM, text="Press me", blocks=blocks, thread_ts=root)
    for number, post in enumerate(list(slack.world.channels[ROOM].messages)):
        payload = slack.press_payload(PERSON, post, "Go")
        found = (await bot.must("conversations.replies", channel=ROOM, ts=root))["messages"][number]
        told_of = {"reply_count", "latest_reply", "thread_ts"} if number == 0 else set()
        assert payload["message"] == {key: found[key] for key in found.keys() - told_of}
        (action,) = payload["actions"]
        made = {"block_id": action["block_id"], "action_ts": action["action_ts"]}
        assert action == {**button, **made}
        assert action["block_id"] in [block["block_id"] for block in payload["message"]["blocks"]]
        there = {"type": "message", "message_ts": post.ts, "channel_id": ROOM, "is_ephemeral": False}
        assert payload["container"] == {**there, **({"thread_ts": root} if number else {})}
        assert (payload["user"]["id"], payload["team"]["id"], payload["channel"]["id"]) == (PERSON, "T1", ROOM)
    view = (await bot.must("views.open", trigger_id=slack.world.trigger(), view={**FORM, "blocks": blocks}))["view"]
    payload = slack.press_payload(PERSON, view, "Go")
    assert payload["view"] == view
    assert payload["container"] == {"type": "view", "view_id": view["id"]}
    assert not {"message", "channel", "response_url"} & payload.keys()


async def test_a_trigger_is_used_once_and_not_for_long(bot: Client) -> None:
    """https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses: once, within three seconds"""
    world = bot.slack.world
    first = bot.slack.command_payload(PERSON, "/answer")
    second = bot.slack.command_payload(PERSON, "/answer")
    assert first["trigger_id"] != second["trigger_id"]
    world.expire(second["trigger_id"])
    said = [
        (await bot.ask("views.open", trigger_id=each["trigger_id"], view=FORM)).get("error")
        for each in (first, first, second)
    ]
    assert said == [None, "exchanged_trigger_id", "expired_trigger_id"]


async def test_a_command_can_be_answered_five_times(bot: Client) -> None:
    """https://docs.slack.dev/interactivity/handling-user-interaction#message_responses"""
    first, second = (bot.slack.command_payload(PERSON, "/answer")["response_url"] for _ in range(2))
    statuses = []
    for number, url in enumerate([first] * 6 + [second]):
        async with bot.session.post(url, json={"text": f"answer {number}"}) as response:
            statuses.append(response.status)
    assert statuses == [200] * 5 + [404, 200]
    assert bot.slack.world.private(PERSON) == [f"answer {number}" for number in (0, 1, 2, 3, 4, 6)]


async def test_a_person_is_told_of_as_they_can_be_read(bot: Client, told: list[dict[str, Any]]) -> None:
    """https://docs.slack.dev/reference/events/user_change, and …/reference/methods/users.info"""
    world = bot.slack.world
    world.people[PERSON].zone, world.people[PERSON].deleted = "Asia/Tokyo", True
    await bot.slack.user_changed(PERSON)
    event = told.pop()["event"]
    found = (await bot.must("users.info", user=PERSON, include_locale=True))["user"]
    event["user"]["profile"].pop("fields")
    assert (event["type"], event["user"]) == ("user_change", found)
    assert (found["tz"], found["deleted"], found["is_bot"], found["is_admin"]) == ("Asia/Tokyo", True, False, False)
    offsets = [(await bot.must("users.info", user=user))["user"]["tz_offset"] for user in ("U2", "U3", "U4")]
    assert offsets == [9 * 3600, -8 * 3600, 5.5 * 3600], "of the zone that it names"
    assert (await bot.must("users.info", user="U1"))["user"]["is_admin"]
    assert (await bot.must("users.info", user=(await bot.must("auth.test"))["user_id"]))["user"]["is_bot"]
    assert (await bot.ask("chat.postMessage", channel=PERSON, text="x"))["error"] == "user_disabled"


async def test_a_conversation_is_one_for_the_same_people(bot: Client) -> None:
    """https://docs.slack.dev/reference/methods/conversations.open: “in whatever order”"""
    opened = [
        (await bot.must("conversations.open", users=users))["channel"]["id"]
        for users in ("U2", "U3", "U2", "U2,U3", "U3,U2", "U2,U3,U4")
    ]
    assert opened[0] == opened[2]
    assert opened[3] == opened[4]
    assert len(set(opened)) == 4
    assert (await bot.must("chat.postMessage", channel="U2", text="x"))["channel"] == opened[0], (
        "a person's is the same"
    )
    assert (await bot.ask("conversations.open", users=",".join(["U2"] * 9)))["error"] == "too_many_users"


async def test_a_file_of_a_form_is_for_who_may_read_files(bot: Client) -> None:
    """https://docs.slack.dev/reference/objects/file-object: `url_private_download` asks for a token with files:read"""
    slack = bot.slack
    number = slack.attach("notes.txt", b"My notes")
    element = {"type": "file_input", "action_id": "a"}
    view = {**FORM, "blocks": [{**FORM["blocks"][0], "element": element}]}
    opened = (await bot.must("views.open", trigger_id=slack.world.trigger(), view=view))["view"]
    files: list[dict[str, Any]] = []
    for given, wanted in (({}, []), ({"done": number}, [(number, "notes.txt", 8)])):
        payload = slack.submit_payload(PERSON, Answer("", view=opened), **given)
        files = payload["view"]["state"]["values"]["done"]["a"]["files"]
        assert [(each["id"], each["name"], each["size"]) for each in files] == wanted
    url, own = files[0]["url_private_download"], f"Bearer {slack.world.bot_token}"
    for token, scopes, content in (
        ("Bearer another", set(), None),
        (own, {"files:read"}, None),
        (own, set(), b"My notes"),
    ):
        slack.world.scopes -= scopes
        async with bot.session.get(url, headers={"Authorization": token}) as response:
            body = await response.read()
        slack.world.scopes |= scopes
        assert body == content if content else body.startswith(b"<!DOCTYPE html>")


async def test_a_code_is_a_token_once_for_the_app_it_was_given_to(bot: Client) -> None:
    """https://docs.slack.dev/reference/methods/oauth.v2.access"""
    slack, oauth = bot.slack, bot.slack.oauth
    query = f"client_id={oauth.client_id}&scope=chat:write,commands&state=s"
    code = parse_qs(urlsplit(oauth.consent(f"https://slack.com/oauth/v2/authorize?{query}", "T1")).query)["code"][0]
    ours = {"client_id": oauth.client_id, "client_secret": oauth.client_secret, "code": code}
    said = []
    for given in ({"client_id": "9"}, {"client_secret": "x"}, {"code": "x"}, {}, {}):
        async with bot.session.post(slack.api_url + "oauth.v2.access", data={**ours, **given}) as response:
            said.append(await response.json())
            assert response.status == 200
    codes = ["invalid_client_id", "bad_client_secret", "invalid_code", None, "invalid_code"]
    assert [each.get("error") for each in said] == codes
    assert (said[3]["team"]["id"], said[3]["token_type"], said[3]["scope"]) == ("T1", "bot", "chat:write,commands")
    assert said[3]["access_token"] == slack.world.bot_token
    me = await bot.must("auth.test")
    assert (me["user_id"], me["team_id"]) == (said[3]["bot_user_id"], "T1")
    assert (await bot.ask("users.info", user=PERSON))["error"] == "missing_scope", "it may do what was consented to"


async def test_an_envelope_comes_by_one_connection_and_by_none_that_is_to_be_replaced(slack: SlackServer) -> None:
    """https://docs.slack.dev/apis/events-api/using-socket-mode: “any of the connections”, any may acknowledge"""
    came: list[tuple[str, str]] = []

    async def read(name: str, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            frame = message.json()
            came.append((name, frame.get("reason") or frame["envelope_id"]))
            if "envelope_id" in frame:
                await old.send_json({"envelope_id": frame["envelope_id"]})  # which it may do to its end

    socket = f"{slack.address}/socket"
    async with aiohttp.ClientSession() as session, session.ws_connect(socket) as old, session.ws_connect(socket) as new:
        assert [(await each.receive_json(timeout=5))["num_connections"] for each in (old, new)] == [1, 2]
        reading = [asyncio.create_task(read("old", old)), asyncio.create_task(read("new", new))]
        for number in range(8):
            if number == 4:
                await slack.socket.refresh(0)
            await slack.deliver("slash_commands", slack.command_payload(PERSON, "/answer"))
        for task in reading:
            task.cancel()
    by_old = [said for name, said in came if name == "old"]
    assert (by_old[-1], by_old.count("refresh_requested")) == ("refresh_requested", 1), "and nothing after it"
    envelopes = [said for _, said in came if said != "refresh_requested"]
    assert len(envelopes) == len(set(envelopes)) == 8


async def test_a_workspace_has_its_own_token_and_nothing_of_another(bot: Client) -> None:
    """https://docs.slack.dev/authentication/tokens, and the errors of auth.test"""
    world = bot.slack.world
    own = world.bot_token
    for token, error in (("", "not_authed"), ("xoxb-another", "invalid_auth"), (world.app_token, "invalid_auth")):
        async with bot.session.post(
            bot.slack.api_url + "auth.test", headers={"Authorization": f"Bearer {token}"} if token else {}
        ) as response:
            assert (response.status, (await response.json())["error"]) == (200, error)
    me = await bot.must("auth.test")
    assert (me["team_id"], me["user_id"], world.bot_token) == ("T1", world.bot_user, own)
    world.revoked = True
    assert (await bot.ask("auth.test"))["error"] == "token_revoked"
