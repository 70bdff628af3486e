"""`/slack/install` and `/slack/oauth_redirect`: how a workspace installs the app. bolt's flow, our words."""

import asyncio
import html
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from slack_bolt.authorization.async_authorize import AsyncInstallationStoreAuthorize
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.oauth import OAuthStateUtils
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient

from cohort_bot.app.ports.clock import Clock
from cohort_bot.platforms.slack import failures
from cohort_bot.platforms.slack.installations import STATE_LIVES, Installations, States
from cohort_bot.platforms.slack.manifest import INSTALL, REDIRECT, SCOPES
from cohort_bot.platforms.slack.token_cipher import TokenCipher

log = logging.getLogger(__name__)

FAILURES: Final[Mapping[str, str]] = {
    "access_denied": "You chose not to install me, so nothing was installed. If you change your mind, start again.",
    "invalid_browser": "You didn't come here from the install page in this browser. Please start again.",
    "invalid_state": "This installation took longer than ten minutes, or was already finished. Please start again.",
    "missing_code": "Slack didn't say which workspace it was for. Please start again.",
    "invalid_code": "Slack didn't confirm the installation. Please start again.",
    "org_install": "I work in single workspaces, not in a whole organisation. Please start again and choose one.",
    "no_answer": "Slack didn't answer. Please start again in a minute.",
    "storage_error": "I couldn't save the installation. Please try again in a minute; if it fails again, see the log.",
}
"""bolt's and Slack's reasons -> the text for the person."""

_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}

_PAGE: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<style>body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem }}
a {{ display: inline-block; padding: .5rem 1rem; border: 1px solid; border-radius: .4rem }}</style>
<h1>{title}</h1>
<p>{words}</p>
<p><a href="{link}">{label}</a></p>
</html>
"""


@dataclass(frozen=True, slots=True)
class OAuth:
    """The app's own credentials, and the cipher for the tokens of workspaces."""

    client_id: str
    client_secret: str = field(repr=False)
    cipher: TokenCipher = field(repr=False)

    def installations(self, clock: Clock) -> Installations:
        """The workspaces that install the app."""
        return Installations(clock, self.cipher)

    def flow(self, client: AsyncWebClient, installations: Installations, api_url: str) -> "Flow":
        """How one does. Slack sends people back to the first redirect address of the manifest."""
        slack = api_url.removesuffix("/").removesuffix("/api") if api_url else "https://slack.com"
        settings = AsyncOAuthSettings(
            client_id=self.client_id,
            client_secret=self.client_secret,
            scopes=list(SCOPES),
            user_scopes=[],
            install_path=INSTALL,
            redirect_uri_path=REDIRECT,
            callback_options=AsyncCallbackOptions(_success, _failure),
            authorization_url=f"{slack}/oauth/v2/authorize",
            installation_store=installations,
            installation_store_bot_only=True,
            state_store=States(installations),
            state_expiration_seconds=int(STATE_LIVES.total_seconds()),
        )
        return Flow(client=client, settings=settings, logger=logging.getLogger("slack_bolt.oauth"))


class Failed(Exception):
    """The installation failed; the text is a key of FAILURES."""


class Flow(AsyncOAuthFlow):
    """bolt's flow: it makes and checks states and the browser's cookie, and exchanges the code for a token."""

    def cached_authorize(self) -> AsyncInstallationStoreAuthorize:
        """The authorization that bolt reads at each request; without the cache it would call `auth.test` each time."""
        return AsyncInstallationStoreAuthorize(
            logger=self.logger,
            installation_store=self.settings.installation_store,
            bot_only=True,
            cache_enabled=True,
        )

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:  # noqa: ARG002 - bolt's signature
        """The page that leads to Slack."""
        words = (
            "You'll choose a workspace at Slack and see what I'll be allowed to do there. Then type /cohort help in it."
        )
        return _page("Add cohort-bot to Slack", words, url, "Add to Slack")

    async def handle_installation(self, request: AsyncBoltRequest) -> BoltResponse:
        """The same, with headers that keep it out of caches and frames."""
        answer = await super().handle_installation(request)
        return BoltResponse(status=answer.status, body=answer.body, headers={**answer.headers, **_HEADERS})

    async def handle_callback(self, request: AsyncBoltRequest) -> BoltResponse:
        """Slack's answer: store the installation, or explain why it failed."""
        try:
            return await super().handle_callback(request)
        except Failed as failed:
            return _failed(str(failed), 502 if str(failed) == "no_answer" else 400)

    async def run_installation(self, code: str) -> Installation | None:
        """Exchange the code. bolt's own method would log it, and raise when Slack cannot be reached."""
        try:
            async with asyncio.timeout(failures.CALL):
                granted = await self.client.oauth_v2_access(
                    code=code,
                    client_id=self.settings.client_id,
                    client_secret=self.settings.client_secret,
                    redirect_uri=self.settings.redirect_uri,
                )
                team = granted.get("team") or {}
                if granted.get("is_enterprise_install") or not team.get("id"):
                    raise Failed("org_install")
                who = await self.client.auth_test(token=granted["access_token"])
        except SlackApiError as error:
            log.warning("a workspace was not installed: %s", failures.failure(error))
            return None
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("a workspace was not installed: %s", type(error).__name__)
            raise Failed("no_answer") from None
        return Installation(
            app_id=granted.get("app_id"),
            enterprise_id=(granted.get("enterprise") or {}).get("id"),
            team_id=team["id"],
            team_name=team.get("name"),
            bot_token=granted["access_token"],
            bot_id=who.get("bot_id"),
            bot_user_id=granted.get("bot_user_id"),
            bot_scopes=granted.get("scope") or "",
            user_id=(granted.get("authed_user") or {}).get("id", ""),
            installed_at=0.0,
        )

    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        """Store it. Raises BoltError, for which bolt shows the failure page."""
        try:
            await super().store_installation(request, installation)
        except Exception as error:
            log.exception("the installation of the Slack workspace %s was not kept", installation.team_id)
            raise BoltError("not kept") from error


async def _success(args: AsyncSuccessArgs) -> BoltResponse:
    team = args.installation.team_name or "your workspace"
    words = f"Type /cohort help in {team} to see what I can do, or open me under Apps."
    link = f"https://app.slack.com/client/{args.installation.team_id}"
    return _ended(200, _page(f"I'm in {team} now", words, link, f"Open {team}"))


async def _failure(args: AsyncFailureArgs) -> BoltResponse:
    return _failed(args.reason, args.suggested_status_code)


def _failed(reason: str, status: int) -> BoltResponse:
    words = FAILURES.get(reason) or f"Slack says: {reason[:80]}. Please start again."
    return _ended(status, _page("Not installed", words, INSTALL, "Start again"))


def _ended(status: int, page: str) -> BoltResponse:
    """A page at the end of an installation; the browser's cookie has done its work."""
    over = OAuthStateUtils().build_set_cookie_for_deletion()
    return BoltResponse(status=status, body=page, headers={**_HEADERS, "Set-Cookie": over})


def _page(title: str, words: str, link: str, label: str) -> str:
    values = {"title": title, "words": words, "link": link, "label": label}
    return _PAGE.format(**{name: html.escape(value, quote=name == "link") for name, value in values.items()})
