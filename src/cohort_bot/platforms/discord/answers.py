"""One interaction, answered once, in time and privately."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import aiohttp
import discord
from discord import app_commands
from discord.utils import MISSING

from cohort_bot.app.commands import Table
from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.platform import Complete, Dispatch, Lost, Speak
from cohort_bot.app.words import platforms as platforms_words
from cohort_bot.chat.catalogues import ENGLISH, closest
from cohort_bot.chat.form import FieldErrors, Form, Reply
from cohort_bot.chat.i18n import speaking
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message, Picture, text
from cohort_bot.chat.place import Actor
from cohort_bot.platforms.common import language
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.common.origin import Origin
from cohort_bot.platforms.common.pictures import Pictures
from cohort_bot.platforms.common.tasks import BackgroundTasks
from cohort_bot.platforms.discord import failures, forms, ids, limits, render, translate
from cohort_bot.platforms.discord.commands import PLATFORM
from cohort_bot.platforms.discord.connection import Client
from cohort_bot.platforms.discord.drafts import Drafts

log = logging.getLogger(__name__)

DEFER_AFTER = 1.5
"""Seconds of work after which the person sees that it continues; Discord gives up on an interaction after three."""

A_NOTICE = 0.0025
"""Seconds of the event loop that such a notice takes on a slow machine. With many under way all of them are sent sooner
by what they take together, because the last one has to arrive in time, too.
"""

DEFER_AT_ONCE = 0.25
"""They are never sent sooner than after so many seconds: each costs as much as an answer."""

SUGGEST_WITHIN = 2.5

DEFER_WITHIN = 3.0
"""Seconds to wait for “thinking” to arrive; after that it is too late, and the answer must not wait for it."""

ANSWER_WITHIN = 10.0

ALMOST = 1.6
"""Seconds after which an answer is tried again: after two refusals in passing the library would wait until the
interaction has expired. So early that a third one leaves time for the try that it makes a second later.
"""

_NOT_TAKEN: Final = frozenset({400, 403, 413})
"""HTTP statuses of a file that is too large, is not allowed, or is wrong in Discord's eyes."""

Interaction = discord.Interaction[Client]
Kind = discord.InteractionType


@dataclass(frozen=True, slots=True)
class _Ready:
    """The reply to show: the form while one can be opened, otherwise the message."""

    message: Message
    form: Form | None = None
    opener: str = ""
    to: Invocation | None = None
    """What it replies to."""
    pictures: Mapping[str, bytes] = field(default_factory=dict)


class Answers:
    """Takes interactions for a platform. Keeps nothing per message; `drafts` are the forms that are to be corrected."""

    def __init__(self, table: Table, dispatch: Dispatch, complete: Complete, clock: Clock, drafts: Drafts) -> None:
        self._table = table
        self._dispatch = dispatch
        self._complete = complete
        self._clock = clock
        self._drafts = drafts
        self.lost: Lost | None = None
        """Called for an answer that did not arrive."""
        self.speak: Speak | None = None
        """Called before something is said that nothing was dispatched for."""
        self._pictures = Pictures()
        self._running = BackgroundTasks()

    async def take(self, interaction: Interaction) -> None:
        """Answer the interaction. Every error is logged, because nobody else can be informed."""
        try:
            with self._running.work(), speaking(closest(str(interaction.locale)), client=True):
                data, origin = dict(interaction.data or {}), self._origin(interaction)
                if interaction.type is Kind.autocomplete:
                    await self._suggest(interaction, data, origin)
                elif self._running.stopping:
                    await self._send(interaction, self._said(text(platforms_words.stopping())))
                else:
                    await self._answer(interaction, self._work(interaction, data, origin))
        except discord.HTTPException as error:
            self._unanswered(interaction, error)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("interaction %s: the answer did not arrive: %s", interaction.id, error)
        except Exception:
            log.exception("interaction %s could not be answered", interaction.id)

    async def hear(self, message: discord.Message) -> None:
        """Answer a message that a person wrote to the bot directly, once for each version of it.

        A message from anywhere else is ignored, whatever Discord sends: others would read the answer.
        """
        if message.author.bot or message.guild is not None or message.is_system():
            return
        try:
            with self._running.work(), speaking(ENGLISH):  # a message does not say its author's locale
                direct = await message.author.create_dm()
                if direct.id == message.channel.id:
                    await self._reply(message, direct)
        except (discord.HTTPException, discord.RateLimited) as error:
            log.error("message %s: Discord refused the answer: %s", message.id, error)  # noqa: TRY400 - it says it all
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("message %s: the answer did not arrive: %s", message.id, error)
        except Exception:
            log.exception("message %s could not be answered", message.id)

    async def _reply(self, message: discord.Message, direct: discord.DMChannel) -> None:
        origin = self._wrote(message, direct)
        answers = message.reference.message_id if message.reference else None
        files = len(message.attachments) + len(message.stickers)
        invocation = origin.message(message.content, str(message.id), str(answers or ""), files)
        if self._running.stopping:
            reply: Reply = text(platforms_words.stopping())
        else:
            reply = await self._dispatch(invocation)
        shown = self._said(reply if isinstance(reply, Message) else text(platforms_words.wrong()))

        async def once() -> None:
            await direct.send(view=shown.view, nonce=ids.nonce(origin.id), allowed_mentions=shown.mentions)

        try:
            await _retry(once)
        except (discord.HTTPException, aiohttp.ClientError, TimeoutError, OSError):
            if self.lost is not None:
                await self.lost(invocation)
            raise

    def _wrote(self, message: discord.Message, direct: discord.DMChannel) -> Origin:
        """Who wrote it, and a version of the message as the id: the same when Discord sends the event twice."""
        author, edited = message.author, message.edited_at
        actor = Actor(
            PLATFORM, None, str(author.id), author.display_name, handle=author.name, name_seen=False
        )  # in direct messages their name in the server is not shown
        version = f"{message.id}" if edited is None else f"{message.id}:{edited.timestamp():.6f}"
        place = translate.place(None, str(direct.id), None)
        return Origin(version, actor, place, self._clock.now(), direct=True)

    async def stop(self, grace: float) -> None:
        """Take no more; wait for running work, then cancel it."""
        self._running.stopping = True
        await self._running.drain(grace)

    async def _work(self, interaction: Interaction, data: translate.Data, origin: Origin) -> _Ready:
        """The part that may take time or fail."""

        async def translated() -> tuple[Invocation | _Ready, str]:
            match interaction.type:
                case Kind.application_command:
                    return translate.command(data, self._table, origin, _roles(interaction.guild)), ""
                case Kind.component:
                    pressed = translate.pressed(data, origin)
                    again = pressed.action == ids.FORM
                    return (await self._opened_again(pressed, origin) if again else pressed), ""
                case _:
                    return translate.submitted(data, origin)

        try:
            invocation, opener = await language.translated(translated, origin.actor, self.speak)
            if isinstance(invocation, _Ready):
                if self.speak is not None:
                    await self.speak(origin.actor)
                return invocation
            ready = await self._ready(await self._dispatch(invocation), invocation, opener)
            return await self._with_pictures(ready, interaction)
        except PersonError as error:
            return _Ready(text(str(error)))
        except Exception:
            log.exception("interaction %s failed", interaction.id)
            return _Ready(text(platforms_words.wrong()))

    async def _with_pictures(self, ready: _Ready, interaction: Interaction) -> _Ready:
        """The reply with its pictures drawn, where files may be attached."""
        if not any(isinstance(block, Picture) for block in ready.message.blocks):
            return ready
        may = interaction.app_permissions.attach_files
        if interaction.guild_id is not None:
            may = may and interaction.permissions.attach_files
        return replace(ready, pictures=await self._pictures.of(ready.message)) if may else ready

    async def _opened_again(self, pressed: Invocation, origin: Origin) -> _Ready | Invocation:
        """The form that a button reopens; when it is no longer stored, the command that opened it first."""
        args = dict(pressed.args)
        opener = args.pop(ids.OPENER, "")
        form = await self._drafts.get(args.pop(ids.DRAFT, ""))
        if form is not None:
            return _Ready(forms.opening(form, ids.FORM, pressed.args), form, opener)
        return translate.pressed({"custom_id": ids.encode(opener or ids.FORM, args)}, origin)

    async def _ready(self, reply: Reply, invocation: Invocation, opener: str) -> _Ready:
        """The reply as it is sent, with what stands in for a form that cannot be opened any more."""
        match reply:
            case Message():
                return _Ready(reply, to=invocation)
            case FieldErrors():
                draft = await self._drafts.keep(reply.form, invocation.actor.user)
                return _Ready(forms.corrections(reply, draft, opener or invocation.action), to=invocation)
            case Form() if invocation.kind == "form":
                draft = await self._drafts.keep(reply, invocation.actor.user)
                return _Ready(forms.kept(reply, draft, opener), to=invocation)
            case Form():
                try:
                    ids.encode(invocation.action, invocation.args)
                except CannotRender:
                    return _Ready(text(platforms_words.type_again()), reply, invocation.action, invocation)
                again = forms.opening(reply, invocation.action, invocation.args)
                return _Ready(again, reply, invocation.action, invocation)

    async def _answer(self, interaction: Interaction, work: Coroutine[Any, Any, _Ready]) -> None:
        """Send the result of the work; when that takes long, show “thinking” first and replace it with the answer."""
        notice: list[asyncio.Task[bool]] = []

        def think() -> None:
            notice.append(asyncio.create_task(self._defer(interaction)))

        late = asyncio.get_running_loop().call_later(self._defer_after(), think)
        try:
            ready = await work
            thinking = bool(notice) and await notice[0]
        except asyncio.CancelledError:
            for each in notice:
                each.cancel()
            raise
        finally:
            late.cancel()
        try:
            await self._deliver(interaction, ready, thinking=thinking)
        except (discord.HTTPException, aiohttp.ClientError, TimeoutError, OSError) as error:
            had = isinstance(error, discord.HTTPException) and error.code == failures.ALREADY_ANSWERED
            if self.lost is not None and ready.to is not None and not had:
                await self.lost(ready.to)
            raise

    async def _deliver(self, interaction: Interaction, ready: _Ready, *, thinking: bool) -> None:
        """Send the answer; its words alone if Discord does not take its pictures."""
        try:
            await self._show(interaction, ready, thinking=thinking)
        except discord.HTTPException as error:
            if not ready.pictures or error.status not in _NOT_TAKEN:
                raise
            log.info("interaction %s: the picture was refused: %s", interaction.id, error)
            await self._show(interaction, replace(ready, pictures=render.NO_PICTURES), thinking=thinking)

    async def _show(self, interaction: Interaction, ready: _Ready, *, thinking: bool) -> None:
        """Send the answer, or replace “thinking” with it."""
        if not thinking:
            await self._send(interaction, self._shown(ready))
            return
        said = self._said(ready.message, ready.pictures)
        try:
            await self._replace(interaction, said)
        except discord.NotFound as error:
            if error.code != failures.UNKNOWN_WEBHOOK:
                raise
            await self._send(interaction, said)  # “thinking” had not arrived after all

    def _defer_after(self) -> float:
        return max(min(DEFER_AFTER, DEFER_AT_ONCE), DEFER_AFTER - len(self._running) * A_NOTICE)

    async def _defer(self, interaction: Interaction) -> bool:
        """Gain time; returns whether the person sees, or may see, that work continues.

        The work continues whatever the outcome: it is not undone because nobody waits for it.
        """
        try:
            await _retry(lambda: interaction.response.defer(ephemeral=True, thinking=True), DEFER_WITHIN)
        except discord.HTTPException as error:
            self._unanswered(interaction, error)
            return error.code == failures.ALREADY_ANSWERED  # the first try had arrived
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("interaction %s: whether “thinking” arrived is not known: %s", interaction.id, error)
        return True

    def _shown(self, ready: _Ready) -> discord.ui.Modal | render.Shown:
        if ready.form is None:
            return self._said(ready.message, ready.pictures)
        try:
            return forms.modal(ready.form, ready.opener)
        except CannotRender:
            log.exception("a form cannot be shown")
            return render.message(text(platforms_words.unshowable()))

    def _said(self, message: Message, pictures: Mapping[str, bytes] = render.NO_PICTURES) -> render.Shown:
        try:
            return render.message(message, pictures=pictures)
        except CannotRender:
            if pictures:
                return self._said(message)  # a picture may be one component too many
            log.exception("a message cannot be shown")
            return render.message(text(platforms_words.unshowable()))

    @staticmethod
    async def _send(interaction: Interaction, shown: discord.ui.Modal | render.Shown) -> None:
        """Send the answer, privately and at once."""

        async def once() -> None:
            if isinstance(shown, render.Shown):
                files = shown.uploads() or MISSING
                await interaction.response.send_message(view=shown.view, files=files, ephemeral=True)
            else:
                await interaction.response.send_modal(shown)

        try:
            await _retry(once, ALMOST)
        except TimeoutError:
            await _retry(once)

    @staticmethod
    async def _replace(interaction: Interaction, shown: render.Shown) -> None:
        """Replace “thinking” with the answer."""

        async def once() -> None:
            await interaction.edit_original_response(view=shown.view, attachments=shown.uploads() or MISSING)

        await _retry(once)

    async def _suggest(self, interaction: Interaction, data: translate.Data, origin: Origin) -> None:
        wanted = translate.completing(data, self._table, origin)
        choices: list[app_commands.Choice[str | int | float]] = []
        if wanted is not None and not self._running.stopping:
            try:
                async with asyncio.timeout(SUGGEST_WITHIN):
                    options = await self._complete(wanted.so_far, wanted.option, wanted.typed)
            except TimeoutError:
                options = ()
            choices = [
                app_commands.Choice(
                    name=limits.cut(option.label, limits.CHOICE) or option.value,
                    value=int(option.value) if wanted.whole else option.value,
                )
                for option in options
                if 0 < limits.size(option.value) <= limits.CHOICE
            ][: limits.CHOICES]
        await interaction.response.autocomplete(choices)

    def _origin(self, interaction: Interaction) -> Origin:
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
            handle=user.name,
            name_seen=guild is not None,  # in direct messages their name in the server is not shown
            locale=str(interaction.locale),
        )
        where = translate.place(
            guild,
            None if interaction.channel_id is None else str(interaction.channel_id),
            None if parent is None else str(parent),
        )
        locale = "" if interaction.guild_locale is None else str(interaction.guild_locale)
        return Origin(str(interaction.id), actor, where, self._clock.now(), direct=guild is None, locale=locale)

    def _unanswered(self, interaction: Interaction, error: discord.HTTPException) -> None:
        """The person can no longer be answered: the change is in the database, and they will look again."""
        match error.code:
            case failures.UNKNOWN_INTERACTION:
                log.warning("interaction %s: the answer came too late", interaction.id)
            case failures.ALREADY_ANSWERED:
                log.info("interaction %s was answered already", interaction.id)
            case _:
                log.error("interaction %s: Discord refused the answer: %s", interaction.id, error)


def _roles(guild: discord.Guild | None) -> Mapping[str, str]:
    """The server's roles, id to name, without the one that everybody has."""
    return {str(role.id): role.name for role in guild.roles if not role.is_default()} if guild else {}


async def _retry(call: Callable[[], Awaitable[object]], within: float = ANSWER_WITHIN) -> None:
    """Try again when the connection breaks, at most twice: that is harmless.

    Not after a time-out: whichever is slow, Discord or this process, would only get more work.
    """
    async with asyncio.timeout(within):
        for _ in range(2):
            try:
                await call()
            except (aiohttp.ClientError, OSError) as error:
                log.info("trying the answer again: %s: %s", type(error).__name__, error)
            else:
                return
        await call()
