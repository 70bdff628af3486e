"""Slack's Web API over the world, as its public documentation describes the methods that the bot uses."""

import asyncio
import json
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from tests.fakes import published
from tests.fakes.slack_checks import block_problems, view_problems
from tests.fakes.slack_world import Channel, Fault, HistoryLimit, Json, Posted, PostLimit, Upload, World

NEEDS: Mapping[str, tuple[str, ...]] = {
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "conversations.join": ("channels:join",),
    "files.getUploadURLExternal": ("files:write",),
    "files.completeUploadExternal": ("files:write",),
    "files.delete": ("files:write",),
    "users.info": ("users:read",),
}


RESPONSES = 5
"""So often a response_url may be used: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses"""


class SlackError(Exception):
    """Slack's answer {"ok": false, "error": …}."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.body = {"ok": False, "error": error, **more}


def _refused(error: str, problems: list[str]) -> SlackError:
    """With what is wrong, as Slack says it."""
    return SlackError(error, response_metadata={"messages": [f"[ERROR] {each}" for each in problems]})


class WebApi:
    """The methods; `handle` is the aiohttp handler of /api/{method}."""

    def __init__(self, world: World, address: Callable[[], str]) -> None:
        self._world = world
        self._address = address
        self._used_at: dict[str, float] = {}
        self._responses: Counter[str] = Counter()
        """How often each response_url was used."""
        self._methods: Mapping[str, Callable[[Json], Json | Awaitable[Json]]] = {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.postEphemeral": self._ephemeral,
            "chat.getPermalink": self._permalink,
            "conversations.open": self._open,
            "conversations.join": self._join,
            "conversations.info": self._info,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "files.getUploadURLExternal": self._upload_url,
            "files.completeUploadExternal": self._uploaded,
            "files.delete": self._file_deleted,
            "users.info": self._user,
            "views.open": self._view_open,
            "views.update": self._view_update,
            "views.publish": self._view_publish,
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        method = request.match_info["method"]
        given = await _given(request)
        self._world.calls.append((method, given))
        fault = self._world.fault(method) or self._too_often(method, given)
        if fault is not None and fault.kind == "none":
            fault = None
        if fault is not None and fault.kind != "lose":
            return await _faulty(request, method, fault)
        body = await self._answer(request, method, given)
        if fault is not None:
            _break(request)
        await self._world.notify()
        scopes = {"x-oauth-scopes": ",".join(sorted(self._world.scopes))}
        scopes["x-accepted-oauth-scopes"] = ",".join(NEEDS.get(method, ()))
        return published.slack(method, body, headers=scopes)

    def _too_often(self, method: str, given: Json) -> Fault | None:
        """The limits of who reads histories, and of who posts to a channel, in real seconds."""
        limit: HistoryLimit | PostLimit | None = None
        key = ""
        if method in {"conversations.history", "conversations.replies"}:
            limit, key = self._world.history_limit, method
        elif method in {"chat.postMessage", "chat.postEphemeral"}:
            limit, key = self._world.post_limit, str(given.get("channel"))
        if limit is None:
            return None
        now = asyncio.get_running_loop().time()
        if (wait := self._used_at.get(key, now - limit.seconds) + limit.seconds - now) > 0:
            limit.refused += 1
            return Fault("error", "ratelimited", 429, wait)
        self._used_at[key] = now
        return None

    async def respond(self, request: web.Request) -> web.Response:
        """A response_url."""
        body = await request.json()
        self._world.calls.append(("response_url", body))
        fault = self._world.fault("response_url")
        if fault is not None and fault.kind != "lose":
            await self._world.notify()
            if fault.kind == "drop":
                _break(request)
            said = {"Retry-After": f"{fault.retry_after:g}"} if fault.retry_after is not None else None
            return web.Response(status=500 if fault.status == 200 else fault.status, headers=said)
        self._responses[request.path] += 1
        if self._responses[request.path] > RESPONSES:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        if body.get("blocks") and (problems := block_problems(body["blocks"], 50)):
            return web.json_response(_refused("invalid_blocks", problems).body, status=400)
        channel, user = request.match_info["channel"], request.match_info["user"]
        private = user if body.get("response_type") != "in_channel" else None
        post = Posted(
            self._world.ts(), channel, body["text"], body.get("blocks") or [], body.get("thread_ts"), private=private
        )
        post.request, post.by = request.match_info["request"], self._world.bot_user
        (self._world.ephemerals if private else self._world.channels[channel].messages).append(post)
        await self._world.notify()
        if fault is not None:
            _break(request)
        return web.Response(text="ok")

    async def _answer(self, request: web.Request, method: str, given: Json) -> Json:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            if method == "apps.connections.open":
                if token != self._world.app_token:
                    raise SlackError("invalid_auth")
                return {
                    "ok": True,
                    "url": self._address().replace("http", "ws", 1) + f"/socket?n={self._world.number()}",
                }
            if method == "api.test":
                return {"ok": True}
            if self._world.revoked:
                raise SlackError("token_revoked")
            if token != self._world.bot_token:
                raise SlackError("invalid_auth" if token else "not_authed")
            if method not in self._methods:
                raise SlackError("unknown_method")
            for scope in NEEDS.get(method, ()):
                self._must_have(scope)
            found = self._methods[method](given)
            return {"ok": True, **(await found if isinstance(found, Awaitable) else found)}
        except SlackError as error:
            return error.body

    def _must_have(self, scope: str) -> None:
        if scope not in self._world.scopes:
            raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(self._world.scopes)))

    # Methods

    def _auth_test(self, _given: Json) -> Json:
        return {
            "url": f"https://{self._world.team.lower()}.slack.com/",
            "team": f"Workspace {self._world.team}",
            "user": "cohort-bot",
            "team_id": self._world.team,
            "user_id": self._world.bot_user,
            "bot_id": "B1",
            "is_enterprise_install": False,
        }

    def _channel(self, given: Json) -> Channel:
        name = str(given.get("channel", ""))
        if name.startswith("U"):
            return self._direct(name)
        found = self._world.channels.get(name)
        if found is None or (found.private and not found.member):
            raise SlackError("channel_not_found")
        return found

    def _direct(self, user: str) -> Channel:
        self._direct_or_refused(user)
        return self._world.dm_of(user)

    def _direct_or_refused(self, user: str) -> None:
        person = self._world.people.get(user)
        if person is None:
            raise SlackError("user_not_found")
        if person.bot:
            raise SlackError("cannot_dm_bot")
        if person.deleted:
            raise SlackError("user_disabled")

    def _post(self, given: Json) -> Json:
        channel = self._channel(given)
        if channel.archived:
            raise SlackError("is_archived")
        if not channel.member and "chat:write.public" not in self._world.scopes:
            raise SlackError("not_in_channel")
        blocks = self._blocks(given)
        thread = given.get("thread_ts")
        if not any(post.ts == thread for post in channel.messages):
            thread = None  # https://github.com/slack-go/slack/issues/1571
        post = Posted(self._world.ts(), channel.id, given.get("text", ""), blocks, thread, given.get("metadata") or {})
        post.by = self._world.bot_user
        channel.messages.append(post)
        return {"channel": channel.id, "ts": post.ts, "message": post.record(metadata=True)}

    @staticmethod
    def _blocks(given: Json) -> list[Json]:
        """The blocks of a message, which may be text alone."""
        blocks: list[Json] = given.get("blocks") or []
        if blocks and (problems := block_problems(blocks, 50)):
            raise _refused("invalid_blocks", problems)
        if not blocks and not given.get("text"):
            raise SlackError("no_text")
        if len(given.get("text", "")) > 40_000:
            raise SlackError("msg_too_long")
        return blocks

    def _delete(self, given: Json) -> Json:
        channel = self._channel(given)
        found = next((post for post in channel.messages if post.ts == given["ts"]), None)
        if found is None:
            raise SlackError("message_not_found")
        if found.by != self._world.bot_user:
            raise SlackError("cant_delete_message")
        channel.messages.remove(found)
        return {"channel": channel.id, "ts": found.ts}

    def _update(self, given: Json) -> Json:
        channel = self._channel(given)
        post = next((post for post in channel.messages if post.ts == given["ts"]), None)
        if post is None:
            raise SlackError("message_not_found")
        if post.by != self._world.bot_user:
            raise SlackError("cant_update_message")
        blocks = self._blocks(given)
        if "text" in given:  # with which blocks are removed that are not given again
            post.text, post.blocks = given["text"], blocks
        post.blocks, post.edited = blocks or post.blocks, self._world.ts()
        post.metadata = given.get("metadata", post.metadata)
        record = post.record(metadata=True)
        said = {key: record[key] for key in record if key not in {"ts", "thread_ts"}}
        return {"channel": channel.id, "ts": post.ts, "text": post.text, "message": said}

    def _ephemeral(self, given: Json) -> Json:
        channel = self._channel(given)
        if not channel.member:
            raise SlackError("not_in_channel")
        post = Posted(self._world.ts(), channel.id, given.get("text", ""), self._blocks(given), private=given["user"])
        self._world.ephemerals.append(post)
        return {"message_ts": post.ts}

    def _permalink(self, given: Json) -> Json:
        channel = self._channel(given)
        if all(post.ts != given["message_ts"] for post in channel.messages):
            raise SlackError("message_not_found")
        link = f"https://loopback.slack.com/archives/{channel.id}/p{given['message_ts'].replace('.', '')}"
        return {"channel": channel.id, "permalink": link}

    def _open(self, given: Json) -> Json:
        """One conversation for the same people, in whatever order they are named."""
        users = str(given.get("users") or "").split(",")
        if users == [""]:
            raise SlackError("users_list_not_supplied")
        if len(users) > 8:
            raise SlackError("too_many_users")
        if len(users) == 1:
            self._must_have("im:write")
            return {"channel": {"id": self._direct(users[0]).id}}
        self._must_have("mpim:write")
        for user in users:
            self._direct_or_refused(user)
        return {"channel": {"id": self._world.group_of(users).id}}

    def _upload_url(self, given: Json) -> Json:
        number = f"F{self._world.number()}"
        self._world.uploads[number] = Upload(str(given["filename"]), int(given["length"]))
        return {"upload_url": f"{self._address()}/upload/{self._world.team}/{number}", "file_id": number}

    async def upload(self, request: web.Request) -> web.Response:
        """The bytes, at the address that was given for them."""
        upload = self._world.uploads[request.match_info["file"]]
        raw = await _bytes(request)
        if len(raw) != upload.length:
            return web.Response(status=400, text="not the length that was announced")
        upload.text = raw.decode(errors="replace")
        return web.Response(text=f"OK - {len(raw)}")

    def _uploaded(self, given: Json) -> Json:
        channel = self._world.channels.get(str(given.get("channel_id", "")))
        if channel is None:  # unlike chat.postMessage it takes no person
            raise SlackError("channel_not_found")
        files = given["files"]
        for file in files:
            if self._world.uploads[file["id"]].text is None:
                raise SlackError("file_not_found")
            self._world.uploads[file["id"]].channel = channel.id
        thread, by = given.get("thread_ts"), self._world.bot_user
        post = Posted(self._world.ts(), channel.id, "", (), thread, by=by, subtype="file_share", files=files)
        channel.messages.append(post)
        return {"files": files}

    def _file_deleted(self, given: Json) -> Json:
        """The app's own; its message goes with it."""
        if self._world.uploads.pop(str(given.get("file")), None) is None:
            raise SlackError("file_not_found")
        for channel in self._world.channels.values():
            channel.messages[:] = [post for post in channel.messages if given["file"] not in str(post.files)]
        return {}

    def _join(self, given: Json) -> Json:
        channel = self._channel(given)
        if channel.archived:
            raise SlackError("is_archived")
        if channel.private or channel.with_user or channel.group:
            raise SlackError("method_not_supported_for_channel_type")
        channel.member = True
        return {"channel": {"id": channel.id}}

    def _info(self, given: Json) -> Json:
        channel = self._channel(given)
        return {"channel": {"id": channel.id, "name": channel.name, "is_member": channel.member}}

    def _history(self, given: Json) -> Json:
        channel = self._readable(given)
        return self._seen(
            [post for post in channel.messages if post.thread is None and _within(post, given)][::-1], given
        )

    def _replies(self, given: Json) -> Json:
        channel = self._readable(given)
        root = [post for post in channel.messages if post.ts == given["ts"]]
        if not root:
            raise SlackError("thread_not_found")
        replies = [post for post in channel.messages if post.thread == given["ts"] and _within(post, given)]
        return self._seen(root + replies, given)

    def _seen(self, posts: list[Posted], given: Json) -> Json:
        """A page, within the limit, with metadata for who may see it."""
        limit = self._world.history_limit
        if limit is not None:
            limit.asked.append(int(given.get("limit") or 100))
            given = {**given, "limit": min(limit.asked[-1], limit.messages)}
        if self._world.metadata_withheld or "metadata.message:read" not in self._world.scopes:
            given = {**given, "include_all_metadata": False}
        page = self._paged(posts, given)
        for message in page["messages"]:
            if self._world.metadata_renamed and "metadata" in message:
                message["metadata"] = {**message["metadata"], "event_type": "another"}
            replies = [post.ts for post in self._channel(given).messages if post.thread == message["ts"]]
            if replies:
                message |= {"thread_ts": message["ts"], "reply_count": len(replies), "latest_reply": max(replies)}
        return page

    def _readable(self, given: Json) -> Channel:
        channel = self._channel(given)
        kind = "im" if channel.with_user else "mpim" if channel.group else "groups" if channel.private else "channels"
        self._must_have(f"{kind}:history")
        if not channel.member:
            raise SlackError("not_in_channel")
        return channel

    @staticmethod
    def _paged(posts: list[Posted], given: Json) -> Json:
        start, size = int(given.get("cursor") or 0), int(given.get("limit") or 100)
        metadata = str(given.get("include_all_metadata", "0")) in {"1", "true", "True"}
        more = len(posts) > start + size
        return {
            "messages": [post.record(metadata=metadata) for post in posts[start : start + size]],
            "has_more": more,
            "response_metadata": {"next_cursor": str(start + size) if more else ""},
        }

    def _user(self, given: Json) -> Json:
        person = self._world.people.get(str(given.get("user")))
        if person is None:
            raise SlackError("user_not_found")
        wanted = str(given.get("include_locale", "")).lower() in {"1", "true"}
        return {"user": person.record(self._world.team, locale=wanted)}

    def _view_open(self, given: Json) -> Json:
        if why := self._world.use(str(given.get("trigger_id"))):
            raise SlackError(why)
        return {"view": self._world.keep_view(_checked(given), trigger=given["trigger_id"])}

    def _view_update(self, given: Json) -> Json:
        view = self._world.views.get(given.get("view_id", ""))
        if view is None:
            raise SlackError("not_found")
        _must_be_current(view, given)
        return {"view": self._world.keep_view(_checked(given), view_id=given["view_id"])}

    def _view_publish(self, given: Json) -> Json:
        _must_be_current(self._world.homes.get(given["user_id"], {}), given)
        self._world.homes[given["user_id"]] = self._world.keep_view(_checked(given), view_id=f"H{given['user_id']}")
        return {"view": self._world.homes[given["user_id"]]}


def _within(post: Posted, given: Json) -> bool:
    """Whether it is between `oldest` and `latest`, these two left out unless they are to be included."""
    oldest, latest = float(given.get("oldest") or 0), float(given.get("latest") or "inf")
    if str(given.get("inclusive", "0")).lower() in {"1", "true"}:
        return oldest <= float(post.ts) <= latest
    return oldest < float(post.ts) < latest


def _must_be_current(view: Json, given: Json) -> None:
    if given.get("hash", now := view.get("hash")) != now:
        raise SlackError("hash_conflict")


def _checked(given: Json) -> Json:
    view: Json = given["view"]
    if problems := view_problems(view):
        raise _refused("invalid_arguments", problems)
    return view


async def _given(request: web.Request) -> Json:
    json_body = request.content_type == "application/json"
    given: Json = {**request.query, **(await request.json() if json_body else await request.post())}
    for name in given.keys() & {"blocks", "metadata", "attachments", "view", "files"}:
        if isinstance(given[name], str):
            given[name] = json.loads(given[name])
    return given


async def _bytes(request: web.Request) -> bytes:
    """A file as it is, or as the field of a form."""
    if request.content_type != "multipart/form-data":
        return await request.read()
    (part,) = (await request.post()).values()
    assert isinstance(part, web.FileField)
    return part.file.read()


def refusal(method: str, fault: Fault) -> web.Response:
    """The answer with the error."""
    said = {"ok": False, "error": fault.error}
    if fault.error == "missing_scope":
        said |= {"needed": ",".join(NEEDS[method]), "provided": "commands"}
    if fault.retry_after is None:
        return published.slack(method, said, fault.status)
    if fault.retry_after >= 1:
        return published.slack(method, said, fault.status, {"Retry-After": str(math.ceil(fault.retry_after))})
    # Slack says whole seconds; a test need not wait one.
    return web.json_response(said, status=fault.status, headers={"Retry-After": f"{fault.retry_after:g}"})


async def _faulty(request: web.Request, method: str, fault: Fault) -> web.StreamResponse:
    match fault.kind:
        case "error":
            return refusal(method, fault)
        case "status":
            return web.Response(status=fault.status, text="<html>upstream error</html>", content_type="text/html")
        case "hang":
            await asyncio.Event().wait()
    _break(request)
    raise AssertionError("unreachable")


def _break(request: web.Request) -> None:
    """Cut the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError("cut by the test")
