"""Whether the bot can work: with its tokens and in the rooms, by live calls alone; and in one channel."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Any

from slack_sdk.errors import SlackApiError

from cohort_bot.app.ports.health import Examination, Finding, Meeting
from cohort_bot.app.ports.platform import Refused, Unknown
from cohort_bot.chat.i18n import _
from cohort_bot.clocks import SystemClock
from cohort_bot.platforms.slack import failures, manifest, text
from cohort_bot.platforms.slack.api import Api
from cohort_bot.platforms.slack.workspaces import scopes_of


async def examine(bot_token: str, app_token: str, api_url: str, meetings: Iterable[Meeting]) -> Examination:
    """The tokens, the scopes, and whether the bot may read each room of its workspace."""
    team = ""

    async def token_of(asked: str) -> str | None:
        return bot_token if asked == team else None

    api = Api(api_url, token_of, SystemClock())
    await api.open()
    try:
        answer, wrong = await _call(api, "auth.test", "SLACK_BOT_TOKEN", bot_token)
        if answer is None:
            return Examination((), wrong)
        team = str(answer["team_id"])
        held = scopes_of(answer.headers)
        findings = [*wrong, *_scopes(held, manifest.SCOPES.keys() - manifest.FOR_GROUPS), *_for_groups(held)]
        if app_token:
            findings += (await _call(api, "apps.connections.open", "SLACK_APP_TOKEN", app_token))[1]
        for meeting in meetings:
            if meeting.workspace == team:  # the others have tokens of their own
                findings += await _meeting(api, meeting)
        well = _(
            "the bot is {name} in the workspace {workspace}", name=str(answer["user"]), workspace=str(answer["team"])
        )
        return Examination([well], findings, api.server.said_since())
    finally:
        await api.close()


async def _call(api: Api, method: str, setting: str, token: str) -> tuple[Any, list[Finding]]:
    try:
        async with asyncio.timeout(failures.CALL):
            return await api.client.api_call(method, headers={"Authorization": f"Bearer {token}"}), []
    except SlackApiError as error:
        reason = failures.code(error)
        if reason in failures.WRONG or reason == "not_allowed_token_type":
            cure = _("Copy it again from your app's page at api.slack.com/apps.")
            problem = _("{setting} is not a token that Slack knows ({reason}).", setting=setting, reason=reason)
            return None, [Finding(problem, cure)]
        problem = _("Slack refuses {setting}: {why}.", setting=setting, why=str(failures.failure(error)))
        return None, [Finding(problem, _("Try again in a minute."))]
    except Exception as error:  # noqa: BLE001 - any network error
        cure = _("Check the network, and SLACK_API_URL if it is set.")
        return None, [Finding(_("Slack cannot be reached ({kind}).", kind=type(error).__name__), cure)]


def _scopes(held: Collection[str], needed: Iterable[str]) -> list[Finding]:
    """The scopes that are missing from those that Slack reported; none when it reported none."""
    missing = sorted(set(needed) - set(held)) if held else []
    if not missing:
        return []
    problem = _("The app lacks the scopes {scopes}.", scopes=", ".join(missing))
    return [Finding(problem, _(failures.CURES["missing_scope"]))]


def _for_groups(held: Collection[str]) -> list[Finding]:
    """What small groups go without, if scopes for them are missing."""
    missing = ", ".join(scope for scope in manifest.FOR_GROUPS if held and scope not in held)
    problem = _(
        "Small groups get a thread in the room, which everybody there can read: the app lacks the scopes {scopes}.",
        scopes=missing,
    )
    return [Finding(problem, _(failures.CURES["missing_scope"]), bearable=True)] if missing else []


async def _meeting(api: Api, meeting: Meeting) -> list[Finding]:
    try:
        await api.read(meeting.workspace, "conversations.history", channel=meeting.channel, limit=1)
    except Refused as refused:
        problem = refused.detail.partition(". ")[0]
        cure = refused.cure or _("Give the cohort another room with /cohort room.")
        said = _("The bot cannot work in the room of {cohort}: {problem}.", cohort=meeting.cohort, problem=problem)
        return [Finding(said, cure)]
    except Unknown as unknown:
        problem = _("Slack did not answer about {cohort}: {why}.", cohort=meeting.cohort, why=str(unknown))
        return [Finding(problem, _("Try again in a minute."))]
    return []


async def room(channel: str, scopes: Collection[str], read: Callable[[], Awaitable[object]]) -> Sequence[Finding]:
    """Problems that keep a cohort from meeting in a channel: `channel` is its id, or any text that somebody typed.

    `scopes` are those that the workspace has granted, empty when they are not known; `read` reads a message there.
    """
    if not text.is_conversation(channel):
        problem = _("I don't know a channel “{channel}”.", channel=channel)
        return [Finding(problem, _(failures.CHOOSE), elsewhere=True)]
    findings = _scopes(scopes, manifest.NEEDED)
    try:
        await read()
    except Refused as refused:
        problem = _("I can't work in this channel: {problem}.", problem=refused.detail.partition(". ")[0])
        findings.append(Finding(problem, refused.cure or _("Give the cohort another channel.")))
    except Unknown as unknown:
        problem = _("Slack didn't answer: {problem}.", problem=str(unknown))
        findings.append(Finding(problem, _("Try again in a minute.")))
    return findings


def one_token(workspaces: Iterable[str]) -> Finding:
    """Several workspaces have cohorts, and there is the token of one."""
    names = ", ".join(sorted(workspaces))
    problem = _("SLACK_BOT_TOKEN works in one workspace, but there are cohorts in {names}.", names=names)
    cure = _("Let each workspace install the bot: set SLACK_CLIENT_ID and the settings that go with it.")
    return Finding(problem, cure)


def not_installed(team: str) -> Finding:
    """A workspace with cohorts has not installed the app, or no longer."""
    problem = _("The Slack workspace {workspace} hasn't installed the bot.", workspace=team)
    return Finding(problem, _("Let it install the bot at {page}.", page=manifest.INSTALL))


def unreadable(team: str) -> Finding:
    """The tokens of a workspace were encrypted with another key."""
    problem = _("SECRET_KEY does not open the tokens of the Slack workspace {workspace}.", workspace=team)
    cure = _(
        "Add the key that was set before, after the present one and a comma, and restart; or let the workspace "
        "install me again at {page}.",
        page=manifest.INSTALL,
    )
    return Finding(problem, cure)
