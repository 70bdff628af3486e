"""OAuth as Slack documents it: the consent page, the code that comes back, and `oauth.v2.access`."""

import base64
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import web

from tests.fakes import published
from tests.fakes.slack_api import refusal
from tests.fakes.slack_world import World

REDIRECT = "/slack/oauth_redirect"


@dataclass
class OAuth:
    """The app's credentials and the codes that were given out. `worlds` are the workspaces by their ids."""

    worlds: Mapping[str, World]
    client_id: str = "11.22"
    client_secret: str = "client-secret"
    codes: dict[str, tuple[str, Sequence[str]]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    enterprise: bool = False
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def consent(self, address: str, team: str, *, allow: bool = True) -> str:
        """What a person does on Slack's page at this address: the path and query to which Slack sends them back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert urlsplit(address).path == "/oauth/v2/authorize", address
        assert asked["client_id"] == self.client_id
        if not allow:
            return f"{REDIRECT}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = f"code-{next(self._numbers)}"
        self.codes[code] = (team, asked["scope"].split(","))
        return f"{REDIRECT}?{urlencode({'code': code, 'state': asked['state']})}"

    async def access(self, request: web.Request) -> web.Response:
        """`oauth.v2.access`: a code for a token."""
        given = {**request.query, **(await request.post())}
        first = next(iter(self.worlds.values()))
        first.calls.append(("oauth.v2.access", given))
        if fault := first.fault("oauth.v2.access"):
            return refusal("oauth.v2.access", fault)
        return published.slack("oauth.v2.access", self._exchanged(given, request.headers.get("Authorization", "")))

    def _exchanged(self, given: Mapping[str, Any], authorization: str) -> Mapping[str, Any]:
        basic = base64.b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""
        name, _, secret = basic.partition(":")
        if (given.get("client_id") or name) != self.client_id:
            return {"ok": False, "error": "invalid_client_id"}
        if (given.get("client_secret") or secret) != self.client_secret:
            return {"ok": False, "error": "bad_client_secret"}
        code = str(given.get("code"))
        if code in self.used or code not in self.codes:
            return {"ok": False, "error": "invalid_code"}
        self.used.add(code)
        team, scopes = self.codes[code]
        world = self.worlds[team]
        world.installed(f"xoxb-{team}-{next(self._numbers)}", scopes)
        return {
            "ok": True,
            "app_id": "A1",
            "authed_user": {"id": "U1"},
            "scope": ",".join(scopes),
            "token_type": "bot",
            "access_token": world.bot_token,
            "bot_user_id": world.bot_user,
            "team": None if self.enterprise else {"id": team, "name": f"Workspace {team}"},
            "enterprise": {"id": "E1", "name": "Enterprise"} if self.enterprise else None,
            "is_enterprise_install": self.enterprise,
        }


class Browser:
    """A person's browser on the bot's pages. `get` asks for a path with headers: (status, body, response headers)."""

    def __init__(self, get: Callable[..., Any]) -> None:
        self._get = get
        self.cookies: dict[str, str] = {}

    async def open(self, path: str) -> tuple[int, str]:
        """The page, as it is shown; cookies are kept."""
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        status, body, said = await self._get(path, headers if self.cookies else {})
        for name, value in said:
            if name == "set-cookie":
                assert "Secure" in value
                assert "HttpOnly" in value
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return status, body

    async def install(self, oauth: OAuth, team: str, *, allow: bool = True) -> tuple[int, str]:
        """Go through it: the install page, Slack's consent, back."""
        return await self.open(oauth.consent(await self.begin(), team, allow=allow))

    async def begin(self) -> str:
        """The address at Slack to which the install page leads."""
        status, page = await self.open("/slack/install")
        assert status == 200, page
        return page.split('<a href="')[1].split('"')[0].replace("&amp;", "&")


def asgi_get(app: Any) -> Callable[..., Any]:
    """Asks an ASGI app for pages as a server would."""

    async def get(path: str, headers: Mapping[str, str], method: str = "GET") -> tuple[int, str, list[tuple[str, str]]]:
        said: list[Any] = []
        place, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": place,
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        await app(scope, receive, send)
        pairs = [(name.decode(), value.decode()) for name, value in said[0]["headers"]]
        return int(said[0]["status"]), b"".join(part.get("body", b"") for part in said[1:]).decode(), pairs

    return get
