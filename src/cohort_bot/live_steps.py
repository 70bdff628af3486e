"""What the live check tries, one method a step, with the bot's own adapter. What people write is never read."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, TypeVar

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.platform import (
    KnowsPeople,
    Reason,
    Refused,
    ScheduledEvent,
    SchedulesEvents,
    Search,
    SeesActivity,
)
from cohort_bot.chat.form import Form, Option, Reply, TextField
from cohort_bot.chat.i18n import N_, _
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import (
    Actions,
    Button,
    File,
    Grid,
    Heading,
    Link,
    Message,
    Paragraph,
    Strong,
    When,
    bullets,
    paragraph,
    text,
)
from cohort_bot.chat.place import Place, Ref
from cohort_bot.platforms.common.live_check import FILE, SAYS, Service

T = TypeVar("T")

LATELY: Final = timedelta(minutes=10)
RECENT: Final = timedelta(days=7)
"""A room in which other people have written within this time is not taken for a test room."""

PATIENCE: Final = 5
"""How often a call is made that is refused for being one too many."""

BURST: Final = 6

LONGEST: Final = 70.0
"""Seconds that one refusal may ask to wait: Slack lets some apps read a history once a minute."""

BUSY: Final = N_("I'm being tested by whoever hosts me. Please try again in a few minutes.")

THANKS: Final = N_("Thank you, it arrived.")

PRESS, OPEN, LATE = "Press me", "Open the form", "Answer late"
"""What stands on its buttons."""


class Failed(Exception):
    """A step went otherwise than it should, and how."""


class Skipped(Exception):
    """A step was not taken, and why."""


@dataclass(frozen=True, slots=True)
class Options:
    """`person` is the id of somebody for direct messages, empty for whoever acts first; `wait` are the seconds for each
    thing that a person is asked to do, 0 to ask for nothing; `anyway` is for a room in which others have written.
    """

    room: str
    person: str = ""
    wait: float = 60.0
    anyway: bool = False
    late: float = 4.0
    """Seconds after which the late answer comes: later than any platform waits for an acknowledgement."""


class Steps:
    """The steps of one run; `room` is set before the first. `ask` is called with what a person is asked to do."""

    room: Place

    def __init__(self, service: Service, clock: Clock, options: Options, ask: Callable[[str], None]) -> None:
        self._service = service
        self._bot = service.platform
        self._clock = clock
        self._options = options
        self._ask = ask
        self._mark = f"live-{secrets.token_hex(4)}"
        self._numbers = 0
        self.person = options.person
        self.direct: Place | None = None
        self._acts: asyncio.Queue[Invocation] = asyncio.Queue()
        self._nobody = ""
        self._refs: dict[str, Ref] = {}
        self._thread: Place | None = None

    async def patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """The result of a call, made again when it was one too many."""
        for turn in range(PATIENCE):
            try:
                return await call()
            except Refused as refused:
                if refused.reason is not Reason.BUSY or turn == PATIENCE - 1:
                    raise
                wait = refused.retry_after or 1.0
                if wait > LONGEST:
                    raise
            await asyncio.sleep(wait)
        raise AssertionError("unreachable")

    async def _send(self, place: Place, message: Message, mark: str = "") -> Ref:
        self._numbers += not mark
        mark = mark or f"{self._mark}-{self._numbers}"
        return await self.patiently(lambda: self._bot.send(place, message, mark))

    async def _find(self, place: Place, mark: str) -> Ref | None:
        search = Search(mark, LATELY)
        return await self.patiently(lambda: self._bot.find(place, search))

    def _ref(self, name: str) -> Ref:
        if name not in self._refs:
            raise Skipped(_("an earlier step failed"))
        return self._refs[name]

    async def dispatch(self, invocation: Invocation) -> Reply:
        """What people do while the check is connected."""
        here = invocation.direct or (invocation.place is not None and invocation.place.channel == self.room.channel)
        expected = invocation.action.startswith("live.") or invocation.action in {"help", "reply"}
        if not here or not expected or not self._options.wait:
            return text(f"{SAYS}: {_(BUSY)}")
        self._acts.put_nowait(invocation)
        if invocation.action == "live.form":
            return FORM
        if invocation.action == "live.late":
            await asyncio.sleep(self._options.late)
        return text(f"{SAYS}: {_(THANKS)}")

    async def complete(self, *_: object) -> Sequence[Option]:
        return ()

    async def _awaited(self, action: str, asked: str) -> Invocation:
        """The next thing of this kind that a person does in the room."""
        if self._service.listens:
            raise Skipped(self._service.listens)
        if not self._options.wait:
            raise Skipped(_("nobody was to be asked (--wait 0)"))
        if self._nobody:
            raise Skipped(self._nobody)
        self._ask(asked)
        try:
            async with asyncio.timeout(self._options.wait):
                while (act := await self._acts.get()).action != action:
                    pass
        except TimeoutError:
            self._nobody = _("nobody was there to do it")
            raise Skipped(_("nobody did it within {n} s", n=round(self._options.wait))) from None
        self.person = self.person or act.actor.user
        return act

    # The steps

    def all(self) -> Sequence[tuple[str, Callable[[], Awaitable[str | None]]]]:
        return (
            (N_("the service tells its time"), self._time),
            (N_("the room is fit for a cohort"), self._fit),
            (N_("who may see the room is known"), self._privacy),
            (N_("post"), self._post),
            (N_("post the same again"), self._post_again),
            (N_("find it by its mark"), lambda: self._found("post")),
            (N_("a mark that isn't there isn't found"), self._absent),
            (N_("post a page of chatter"), self._chatter),
            (N_("find the mark behind it"), lambda: self._found("post")),
            (N_("edit"), self._edit),
            (N_("find it after the edit"), lambda: self._found("post")),
            (N_("edit what isn't there"), self._edit_nothing),
            (N_("post a card with everything"), self._card),
            (N_("post a long text"), self._long),
            (N_("more than a message holds is refused"), self._overlong),
            (N_("open a thread"), self._open_thread),
            (N_("open it again"), self._open_thread_again),
            (N_("post in the thread"), self._post_in_thread),
            (N_("the thread's post is found there alone"), self._found_in_thread),
            (N_("post faster than allowed"), self._burst),
            (N_("a room that isn't there is refused"), self._nowhere),
            (N_("when somebody last wrote"), self._last_written),
            (N_("make, move and cancel an event"), self._event),
            (N_("upload a file"), self._upload),
            (N_("a person presses a button"), self._pressed),
            (N_("a person sends a form"), self._form),
            (N_("an answer comes late"), self._late),
            (N_("a person types a command"), self._typed),
            (N_("open a direct conversation"), self._open_direct),
            (N_("post directly"), self._post_directly),
            (N_("a person writes directly"), self._written),
            (N_("who the person is"), self._identity),
            (N_("a person who isn't there"), self._nobody_there),
            (N_("remove a post"), self._delete),
            (N_("what is removed is no longer found"), self._gone),
            (N_("remove it again"), self._delete_again),
        )

    async def _time(self) -> str:
        said = await self._bot.server_time() if hasattr(self._bot, "server_time") else None
        if said is None:
            raise Skipped(_("it tells none"))
        return _("{n} s from this machine's", n=round(abs((said - self._clock.now()).total_seconds())))

    async def _fit(self) -> None:
        if findings := [each for each in await self._bot.check(self.room) if not each.bearable]:
            raise Failed(" ".join(f"{each.problem} {each.cure}" for each in findings))

    async def _privacy(self) -> str:
        invited = await self._bot.invited_only(self.room)
        if invited is None:
            raise Failed(_("it isn't known"))
        return _("by invitation only") if invited else _("open to everybody there")

    async def _post(self) -> None:
        self._refs["post"] = await self._send(self.room, text(f"{SAYS}: a first post"), self._mark)

    async def _post_again(self) -> str:
        first = self._ref("post")
        if not self._service.repeats:
            raise Skipped(_("nothing keeps a repeated post from appearing twice here"))
        second = await self._send(self.room, text(f"{SAYS}: a first post"), self._mark)
        if second != first:
            await self.patiently(lambda: self._service.remove(self._service.made(second)))
        _expect(second == first, _("it was posted twice"))
        return _("it came once")

    async def _found(self, name: str) -> None:
        found = await self._find(self.room, self._mark)
        _expect(found == self._ref(name), _("it wasn't found") if found is None else _("another post was found"))

    async def _absent(self) -> None:
        _expect(await self._find(self.room, f"{self._mark}-none") is None, _("something was found"))

    async def _chatter(self) -> str:
        for number in range(1, self._service.page + 1):
            await self._send(self.room, text(f"{SAYS}: chatter {number}"))
        return _("{n} of them", n=self._service.page)

    async def _edit(self) -> None:
        await self.patiently(lambda: self._bot.edit(self._ref("post"), text(f"{SAYS}: the first post, edited")))

    async def _edit_nothing(self) -> None:
        nothing = replace(self._ref("post"), message_id=self._service.nothing["message"])
        await self._refused(self._bot.edit(nothing, text(f"{SAYS}: nothing")), Reason.INVALID)

    async def _refused(self, call: Awaitable[object], *reasons: Reason) -> None:
        try:
            await call
        except Refused as refused:
            _expect(refused.reason in reasons, _("it was refused otherwise: {why}", why=why(refused)))
        else:
            raise Failed(_("it was accepted"))

    async def _card(self) -> None:
        self._refs["card"] = await self._send(self.room, _card(self._clock))

    async def _long(self) -> None:
        await self._send(self.room, text(f"{SAYS}: " + "a long text, " * 290))

    async def _overlong(self) -> str:
        code = await self._service.overlong(self.room)
        _expect(code, _("it was accepted"))
        return _("error {code}", code=code)

    async def _open_thread(self) -> None:
        self._thread = await self.patiently(lambda: self._bot.thread(self._ref("card"), f"{SAYS}: a thread"))
        _expect(self._thread.thread, _("it is no thread"))

    async def _open_thread_again(self) -> None:
        again = await self.patiently(lambda: self._bot.thread(self._ref("card"), f"{SAYS}: a thread"))
        _expect(again == self._thread, _("it is another one"))

    async def _post_in_thread(self) -> None:
        if self._thread is None:
            raise Skipped(_("an earlier step failed"))
        self._refs["inside"] = await self._send(self._thread, text(f"{SAYS}: in a thread"), f"{self._mark}-in")

    async def _found_in_thread(self) -> None:
        inside = self._ref("inside")
        _expect(await self._find(inside.place, f"{self._mark}-in") == inside, _("it wasn't found in the thread"))
        _expect(await self._find(self.room, f"{self._mark}-in") is None, _("it was found in the room"))

    async def _burst(self) -> str:
        """One after the other, each tried once: more than a channel takes in a second."""
        arrived = 0
        for number in range(1, BURST + 1):
            try:
                await self._bot.send(self.room, text(f"{SAYS}: burst {number}"), f"{self._mark}-burst-{number}")
            except Refused as refused:
                _expect(refused.reason is Reason.BUSY, why(refused))
                _expect(refused.retry_after, _("it was refused without a time to wait"))
            else:
                arrived += 1
        return _("{n} of {most} arrived; the others were told how long to wait", n=arrived, most=BURST)

    async def _nowhere(self) -> None:
        nowhere = replace(self.room, channel=self._service.nothing["room"])
        await self._refused(self._bot.send(nowhere, text(f"{SAYS}: nowhere"), self._mark), Reason.ROOM_GONE)

    async def _last_written(self) -> None:
        bot = self._bot
        if not isinstance(bot, SeesActivity):
            raise Skipped(_("it can't be seen here"))
        await self.patiently(lambda: bot.last_written(self.room, self._clock.now() - LATELY))

    async def _event(self) -> None:
        bot, post = self._bot, self._ref("post")
        if not isinstance(bot, SchedulesEvents):
            raise Skipped(_("there are no events here"))
        starts = self._clock.now() + timedelta(days=30)
        event = ScheduledEvent(f"{SAYS}: an event", SAYS, starts, starts + timedelta(hours=1))
        later = replace(event, starts=starts + timedelta(days=1), ends=event.ends + timedelta(days=1))
        for each in (event, event, later, None):
            await self.patiently(lambda e=each: bot.schedule(post, e, ()))  # type: ignore[misc]

    async def _upload(self) -> None:
        file = File(f"{FILE}.txt", f"{SAYS}: a file\n")
        await self.patiently(lambda: self._service.upload(self.room, file))

    async def _pressed(self) -> None:
        buttons = (
            Button(PRESS, "live.press", {"run": self._mark}, "primary"),
            Button(OPEN, "live.form", {"run": self._mark}),
            Button(LATE, "live.late", {"run": self._mark}),
        )
        if not self._service.listens and self._options.wait:
            await self._send(self.room, Message(SAYS, (paragraph(f"{SAYS}: buttons"), Actions(buttons))))
        act = await self._awaited("live.press", _("In the room, press the button “{label}”.", label=PRESS))
        _expect(act.kind == "button" and act.args.get("run") == self._mark, _("it arrived without what it carries"))

    async def _form(self) -> None:
        await self._awaited("live.form", _("Press “{label}”, write any word in the form, and send it.", label=OPEN))
        act = await self._awaited("live.sent", _("Send the form."))
        _expect(act.kind == "form" and act.field("words"), _("it arrived without its field"))

    async def _late(self) -> None:
        await self._awaited(
            "live.late", _("Press “{label}”; the answer comes after {n} s.", label=LATE, n=round(self._options.late))
        )
        await asyncio.sleep(self._options.late * 1.2)

    async def _typed(self) -> None:
        act = await self._awaited("help", _("In the room, type the command for help: /help, or on Slack /cohort help."))
        _expect(act.kind == "command", _("it arrived as something else"))

    async def _open_direct(self) -> None:
        if not self.person:
            raise Skipped(_("nobody acted, and no --person was given"))
        self.direct = await self.patiently(lambda: self._bot.dm(self.room.workspace, self.person))

    async def _post_directly(self) -> None:
        if self.direct is None:
            raise Skipped(_("there is no direct conversation"))
        mark = f"{self._mark}-dm"
        ref = await self._send(self.direct, text(f"{SAYS}: a direct message"), mark)
        _expect(await self._find(self.direct, mark) == ref, _("it wasn't found there"))

    async def _written(self) -> None:
        if self.direct is None:
            raise Skipped(_("there is no direct conversation"))
        act = await self._awaited("reply", _("Write any word to the bot, in your direct conversation with it."))
        _expect(act.direct, _("it didn't arrive as a direct message"))

    async def _identity(self) -> None:
        if not self.person:
            raise Skipped(_("nobody acted, and no --person was given"))
        _expect(await self._bot.identity(self.room.workspace, self.person), _("nobody was found"))
        if isinstance(self._bot, KnowsPeople):
            _expect(await self._bot.person(self.room.workspace, self.person), _("nobody's rights were found"))

    async def _nobody_there(self) -> None:
        nobody = await self._bot.identity(self.room.workspace, self._service.nothing["person"])
        _expect(nobody is None, _("somebody was found"))

    async def _delete(self) -> None:
        ref = self._ref("post")
        await self.patiently(lambda: self._service.remove(self._service.made(ref)))

    async def _gone(self) -> None:
        self._ref("post")
        _expect(await self._find(self.room, self._mark) is None, _("it was found"))

    async def _delete_again(self) -> None:
        await self._refused(self._service.remove(self._service.made(self._ref("post"))), Reason.INVALID)


FORM: Final = Form("live.sent", "Live check", (TextField("words", "Any word"),), submit="Send")


def _card(clock: Clock) -> Message:
    """A message with one of everything."""
    spans = (Strong("strong"), " and plain, ", Link("a link", "https://example.org/"), ", ", When(clock.now()))
    grid = Grid(("1", "2"), (("First", ("●", "○")), ("Second", ("○", "●"))), (("●", "yes"), ("○", "no")))
    return Message(
        f"{SAYS}: a card",
        (
            Heading(f"{SAYS}: a card"),
            Paragraph(spans),
            bullets(["one", "two"]),
            grid,
            Actions((Button("Press me", "live.card", {"of": "card"}, "primary"), Button("Or me", "live.card"))),
            Paragraph(("A side remark.",), quiet=True),
        ),
        accent="#4f46e5",
    )


def _expect(true: object, otherwise: str) -> None:
    if not true:
        raise Failed(otherwise)


def why(error: BaseException) -> str:
    """For the operator, in one line."""
    if isinstance(error, Refused):
        return " ".join((error.detail or error.reason.value).split())
    return " ".join(str(error).split()) or type(error).__name__
