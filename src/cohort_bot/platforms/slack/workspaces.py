"""The workspaces that have the app, and its token in each: the one from a setting, or all that installed it by
OAuth.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from cohort_bot.app.ports.platform import Finding
from cohort_bot.chat.i18n import N_
from cohort_bot.platforms.common.errors import CannotConnect, WrongToken
from cohort_bot.platforms.slack import failures
from cohort_bot.platforms.slack.api import retry_startup

NOT_HERE = N_("I'm not installed in this workspace (any more). Whoever manages it can install me again.")

_GONE = Finding(
    "Slack says that the workspace took my access away.",
    "Install the app again at api.slack.com/apps, set SLACK_BOT_TOKEN to the token there, and restart.",
)


def scopes_of(headers: Mapping[str, str]) -> frozenset[str]:
    """The scopes of a token by an answer's headers; empty when they name none."""
    header = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
    return frozenset(scope.strip() for scope in header.split(",") if scope.strip())


class Workspaces(Protocol):
    """The workspaces that have the app."""

    async def open(self) -> None:
        """Read what is needed before anything is posted. Raises WrongToken or CannotConnect."""

    async def token(self, team: str) -> str | None:
        """The bot's token in a workspace, None where the app is not installed (any more)."""

    def scopes(self, team: str) -> frozenset[str]:
        """The scopes granted in the workspace; empty when they are not known."""

    def identity(self, team: str) -> frozenset[str]:
        """The bot's ids in the workspace, which identify its own posts; empty when they are not known."""

    async def gone(self, team: str) -> None:
        """The workspace removed the app's access."""

    def findings(self) -> Sequence[Finding]:
        """Problems that keep the app from working in a workspace."""


class OneWorkspace:
    """The workspace of SLACK_BOT_TOKEN."""

    def __init__(self, client: AsyncWebClient, token: str) -> None:
        self._client = client
        self._token = token
        self._scopes: frozenset[str] = frozenset()
        self._who: AuthorizeResult | None = None
        self._gone = False
        self.team = ""
        """Its id, known when opened."""

    async def open(self) -> None:
        """Ask Slack which bot user the token belongs to. Raises WrongToken or CannotConnect."""
        try:
            answer = await retry_startup(partial(self._client.auth_test, token=self._token))
        except SlackApiError as error:
            if failures.code(error) in failures.WRONG:
                raise WrongToken(
                    N_(
                        "SLACK_BOT_TOKEN is not a token that Slack knows; copy it again from OAuth & Permissions > "
                        "Bot User OAuth Token (xoxb-…) at api.slack.com/apps"
                    )
                ) from error
            raise failures.refusal(error) from error
        except Exception as error:
            raise CannotConnect(
                N_("Slack cannot be reached ({kind}); check the network and SLACK_API_URL"), kind=type(error).__name__
            ) from error
        self.team = str(answer["team_id"])
        self._scopes = scopes_of(answer.headers)
        self._who = AuthorizeResult.from_auth_test_response(bot_token=self._token, auth_test_response=answer)

    def authorized(self, team: str | None) -> AuthorizeResult | None:
        """For bolt, at each request; the answer of `auth.test` at the start serves them all."""
        return self._who if team in (None, self.team) else None

    async def token(self, team: str) -> str | None:
        """The token, in its own workspace."""
        return self._token if team == self.team and not self._gone else None

    def scopes(self, team: str) -> frozenset[str]:
        """The scopes that Slack reported for the token."""
        return self._scopes if team == self.team else frozenset()

    def identity(self, team: str) -> frozenset[str]:
        """As reported by `auth.test`."""
        known = self._who if team == self.team else None
        return frozenset(filter(None, (known.bot_id, known.bot_user_id))) if known else frozenset()

    async def gone(self, team: str) -> None:
        """Stop posting; the operator gets the cure."""
        self._gone = self._gone or team == self.team

    def findings(self) -> Sequence[Finding]:
        """That the workspace removed the access."""
        return (_GONE,) if self._gone else ()
