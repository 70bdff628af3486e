"""One interaction, answered once, in time and privately."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

import aiohttp
import discord
from discord import app_commands
from discord.utils import MISSING

from cohort_bot.app.commands import Table
from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports import Clock, Complete, Dispatch
from cohort_bot.chat.form import FieldErrors, Form, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message, text
from cohort_bot.chat.place import Actor
from cohort_bot.platforms.discord import failures, forms, ids, limits, render, translate
from cohort_bot.platforms.discord.client import Client
from cohort_bot.platforms.discord.commands import PLATFORM
from cohort_bot.platforms.discord.drafts import Drafts

log = logging.getLogger(__name__)

DEFER_AFTER = 1.5
"""Seconds of work after which the person sees that it goes on; Discord gives up on an interaction after three."""

SUGGEST_WITHIN = 2.5
ANSWER_WITHIN = 10.0

Interaction = discord.Interaction[Client]
Kind = discord.InteractionType

STOPPING = text("One moment, please: I am starting again. Try it in a minute; nothing was changed.")
UNSHOWABLE = text("I could not show that; the operator's log says why. What you did is not lost.")
TYPE_AGAIN = text("That took long. Please type the command again: it will be quicker now.")


class Answers:
    """Takes interactions for a platform. Keeps nothing per message; `drafts` are the forms that are to be mended."""

    def __init__(self, table: Table, dispatch: Dispatch, complete: Complete, clock: Clock, drafts: Drafts) -> None:
        self._table = table
        self._dispatch = dispatch
        self._complete = complete
        self._clock = clock
        self._drafts = drafts
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def take(self, interaction: Interaction) -> None:
        """Answer it. Whatever goes wrong is logged, for there is nobody else to tell."""
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        try:
            try:
                await self._take(interaction)
            except PersonError as error:
                await self._send(interaction, render.message(text(str(error))))
        except discord.HTTPException as error:
            self._unanswered(interaction, error)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("interaction %s: the answer did not arrive: %s", interaction.id, error)
        except Exception:
            log.exception("interaction %s could not be answered", interaction.id)

    async def stop(self, grace: float) -> None:
        """Take no more; wait for what runs, then cancel it."""
        self._stopping = True
        if self._running:
            _, late = await asyncio.wait(set(self._running), timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _take(self, interaction: Interaction) -> None:
        data: translate.Data = dict(interaction.data or {})
        origin = self._origin(interaction)
        match interaction.type:
            case Kind.autocomplete:
                await self._suggest(interaction, data, origin)
            case Kind.application_command:
                await self._run(interaction, translate.command(data, self._table, origin, _roles(interaction.guild)))
            case Kind.component:
                await self._press(interaction, translate.pressed(data, origin))
            case Kind.modal_submit:
                invocation, opener = translate.submitted(data, origin)
                await self._run(interaction, invocation, opener)

    async def _press(self, interaction: Interaction, invocation: Invocation) -> None:
        if invocation.action != ids.FORM:
            await self._run(interaction, invocation)
            return
        args = dict(invocation.args)
        opener = args.pop(ids.OPENER, "")
        form = await self._drafts.get(args.pop(ids.DRAFT, ""))
        if form is not None:
            await self._send(interaction, forms.modal(form, opener))
            return
        invocation = translate.pressed({"custom_id": ids.encode(opener or ids.FORM, args)}, self._origin(interaction))
        await self._run(interaction, invocation)

    async def _run(self, interaction: Interaction, invocation: Invocation, opener: str = "") -> None:
        """Run the handler; when it takes long, say so first and put the answer in its place."""
        if self._stopping:
            await self._send(interaction, render.message(STOPPING))
            return
        work = asyncio.ensure_future(self._dispatch(invocation))
        try:
            done, _ = await asyncio.wait({work}, timeout=DEFER_AFTER)
            if not done:
                await self._defer(interaction)
            reply = await work
        except asyncio.CancelledError:
            work.cancel()
            raise
        if not interaction.response.is_done() and isinstance(reply, Form) and invocation.kind != "form":
            await self._send(interaction, self._modal(reply, invocation.action))
            return
        message = await self._message(reply, invocation, opener)
        await self._send(interaction, self._shown(message))

    async def _defer(self, interaction: Interaction) -> None:
        """Win time. The work goes on whatever becomes of this: it is not undone because nobody waits for it."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await interaction.response.defer(ephemeral=True, thinking=True)
        except discord.HTTPException as error:
            self._unanswered(interaction, error)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("interaction %s: “thinking” did not arrive: %s", interaction.id, error)

    async def _message(self, reply: Reply, invocation: Invocation, opener: str) -> Message:
        """A reply as a message, also a form that can no longer be shown as one."""
        match reply:
            case Message():
                return reply
            case FieldErrors():
                return forms.mend(reply, await self._drafts.keep(reply.form), opener or invocation.action)
            case Form() if invocation.kind == "form":
                return forms.kept(reply, await self._drafts.keep(reply), opener)
            case Form():
                try:
                    ids.encode(invocation.action, invocation.args)
                except limits.Unsayable:
                    return TYPE_AGAIN
                return forms.opening(reply, invocation.action, invocation.args)

    def _modal(self, form: Form, opener: str) -> discord.ui.Modal | render.Shown:
        try:
            return forms.modal(form, opener)
        except limits.Unsayable:
            log.exception("a form cannot be shown")
            return render.message(UNSHOWABLE)

    def _shown(self, message: Message) -> render.Shown:
        try:
            return render.message(message)
        except limits.Unsayable:
            log.exception("a message cannot be shown")
            return render.message(UNSHOWABLE)

    async def _send(self, interaction: Interaction, shown: discord.ui.Modal | render.Shown) -> None:
        """The answer, privately; tried twice when the connection breaks: the second time cannot do any harm."""

        async def once() -> None:
            response, late = interaction.response, interaction.response.is_done()
            if isinstance(shown, render.Shown):
                files = shown.uploads() or MISSING
                if late:
                    await interaction.edit_original_response(view=shown.view, attachments=files)
                else:
                    await response.send_message(view=shown.view, files=files, ephemeral=True)
            elif not late:
                await response.send_modal(shown)

        await _twice(once)

    async def _suggest(self, interaction: Interaction, data: translate.Data, origin: translate.Origin) -> None:
        wanted = translate.completing(data, self._table, origin)
        choices: list[app_commands.Choice[str | int | float]] = []
        if wanted is not None and not self._stopping:
            try:
                async with asyncio.timeout(SUGGEST_WITHIN):
                    found = await self._complete(wanted.so_far, wanted.option, wanted.typed)
            except TimeoutError:
                found = ()
            choices = [
                app_commands.Choice(
                    name=limits.cut(option.label, limits.CHOICE) or option.value,
                    value=int(option.value) if wanted.whole else option.value,
                )
                for option in found
                if 0 < limits.size(option.value) <= limits.CHOICE
            ][: limits.CHOICES]
        await interaction.response.autocomplete(choices)

    def _origin(self, interaction: Interaction) -> translate.Origin:
        user, channel = interaction.user, interaction.channel
        guild = None if interaction.guild_id is None else str(interaction.guild_id)
        roles = user.roles if isinstance(user, discord.Member) else []
        parent = channel.parent_id if isinstance(channel, discord.Thread) else None
        actor = Actor(
            PLATFORM,
            None,
            str(user.id),
            user.display_name,
            admin=guild is not None and interaction.permissions.manage_guild,
            roles=frozenset(str(role.id) for role in roles if not role.is_default()),
        )
        where = translate.place(
            guild,
            None if interaction.channel_id is None else str(interaction.channel_id),
            None if parent is None else str(parent),
        )
        return translate.Origin(str(interaction.id), actor, where, self._clock.now(), direct=guild is None)

    def _unanswered(self, interaction: Interaction, error: discord.HTTPException) -> None:
        """Nobody to tell any more: what was done is in the database, and the person will look again."""
        match error.code:
            case failures.UNKNOWN_INTERACTION:
                log.warning("interaction %s: the answer came too late", interaction.id)
            case failures.ALREADY_ANSWERED:
                log.info("interaction %s had its answer already", interaction.id)
            case _:
                log.error("interaction %s: Discord refused the answer: %s", interaction.id, error)


def _roles(guild: discord.Guild | None) -> Mapping[str, str]:
    """The server's roles, id to name, without the one that everybody has."""
    return {str(role.id): role.name for role in guild.roles if not role.is_default()} if guild else {}


async def _twice(call: Callable[[], Awaitable[None]]) -> None:
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            await call()
    except (aiohttp.ClientError, OSError) as error:
        log.info("trying the answer again: %s", error)
        async with asyncio.timeout(ANSWER_WITHIN):
            await call()
