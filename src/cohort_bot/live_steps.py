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

BUSY: Final = f"{SAYS}: I'm being tested by whoever hosts me. Please try again in a few minutes."


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
            raise Skipped("an earlier step failed")
        return self._refs[name]

    async def dispatch(self, invocation: Invocation) -> Reply:
        """What people do while the check is connected."""
        here = invocation.direct or (invocation.place is not None and invocation.place.channel == self.room.channel)
        expected = invocation.action.startswith("live.") or invocation.action in {"help", "reply"}
        if not here or not expected or not self._options.wait:
            return text(BUSY)
        self._acts.put_nowait(invocation)
        if invocation.action == "live.form":
            return FORM
        if invocation.action == "live.late":
            await asyncio.sleep(self._options.late)
        return text(f"{SAYS}: thank you, it arrived.")

    async def complete(self, *_: object) -> Sequence[Option]:
        return ()

    async def _awaited(self, action: str, asked: str) -> Invocation:
        """The next thing of this kind that a person does in the room."""
        if self._service.listens:
            raise Skipped(self._service.listens)
        if not self._options.wait:
            raise Skipped("nobody was to be asked (--wait 0)")
        if self._nobody:
            raise Skipped(self._nobody)
        self._ask(asked)
        try:
            async with asyncio.timeout(self._options.wait):
                while (act := await self._acts.get()).action != action:
                    pass
        except TimeoutError:
            self._nobody = "nobody was there to do it"
            raise Skipped(f"nobody did it within {self._options.wait:g} s") from None
        self.person = self.person or act.actor.user
        return act

    # The steps

    def all(self) -> Sequence[tuple[str, Callable[[], Awaitable[str | None]]]]:
        return (
            ("the service tells its time", self._time),
            ("the room is fit for a cohort", self._fit),
            ("who may see the room is known", self._privacy),
            ("post", self._post),
            ("post the same again", self._post_again),
            ("find it by its mark", lambda: self._found("post")),
            ("a mark that isn't there isn't found", self._absent),
            ("post a page of chatter", self._chatter),
            ("find the mark behind it", lambda: self._found("post")),
            ("edit", self._edit),
            ("find it after the edit", lambda: self._found("post")),
            ("edit what isn't there", self._edit_nothing),
            ("post a card with everything", self._card),
            ("post a long text", self._long),
            ("more than a message holds is refused", self._overlong),
            ("open a thread", self._open_thread),
            ("open it again", self._open_thread_again),
            ("post in the thread", self._post_in_thread),
            ("the thread's post is found there alone", self._found_in_thread),
            ("post faster than allowed", self._burst),
            ("a room that isn't there is refused", self._nowhere),
            ("when somebody last wrote", self._last_written),
            ("make, move and cancel an event", self._event),
            ("upload a file", self._upload),
            ("a person presses a button", self._pressed),
            ("a person sends a form", self._form),
            ("an answer comes late", self._late),
            ("a person types a command", self._typed),
            ("open a direct conversation", self._open_direct),
            ("post directly", self._post_directly),
            ("a person writes directly", self._written),
            ("who the person is", self._identity),
            ("a person who isn't there", self._nobody_there),
            ("remove a post", self._delete),
            ("what is removed is no longer found", self._gone),
            ("remove it again", self._delete_again),
        )

    async def _time(self) -> str:
        said = await self._bot.server_time() if hasattr(self._bot, "server_time") else None
        if said is None:
            raise Skipped("it tells none")
        return f"{abs((said - self._clock.now()).total_seconds()):.0f} s from this machine's"

    async def _fit(self) -> None:
        if findings := await self._bot.check(self.room):
            raise Failed(" ".join(f"{each.problem} {each.cure}" for each in findings))

    async def _privacy(self) -> str:
        invited = await self._bot.invited_only(self.room)
        if invited is None:
            raise Failed("it isn't known")
        return "by invitation only" if invited else "open to everybody there"

    async def _post(self) -> None:
        self._refs["post"] = await self._send(self.room, text(f"{SAYS}: a first post"), self._mark)

    async def _post_again(self) -> str:
        first = self._ref("post")
        if not self._service.repeats:
            raise Skipped("nothing keeps a repeated post from appearing twice here")
        second = await self._send(self.room, text(f"{SAYS}: a first post"), self._mark)
        if second != first:
            await self.patiently(lambda: self._service.remove(self._service.made(second)))
        _expect(second == first, "it was posted twice")
        return "it came once"

    async def _found(self, name: str) -> None:
        found = await self._find(self.room, self._mark)
        _expect(found == self._ref(name), "it wasn't found" if found is None else "another post was found")

    async def _absent(self) -> None:
        _expect(await self._find(self.room, f"{self._mark}-none") is None, "something was found")

    async def _chatter(self) -> str:
        for number in range(1, self._service.page + 1):
            await self._send(self.room, text(f"{SAYS}: chatter {number}"))
        return f"{self._service.page} of them"

    async def _edit(self) -> None:
        await self.patiently(lambda: self._bot.edit(self._ref("post"), text(f"{SAYS}: the first post, edited")))

    async def _edit_nothing(self) -> None:
        nothing = replace(self._ref("post"), message_id=self._service.nothing["message"])
        await self._refused(self._bot.edit(nothing, text(f"{SAYS}: nothing")), Reason.INVALID)

    async def _refused(self, call: Awaitable[object], *reasons: Reason) -> None:
        try:
            await call
        except Refused as refused:
            _expect(refused.reason in reasons, f"it was refused otherwise: {why(refused)}")
        else:
            raise Failed("it was accepted")

    async def _card(self) -> None:
        self._refs["card"] = await self._send(self.room, _card(self._clock))

    async def _long(self) -> None:
        await self._send(self.room, text(f"{SAYS}: " + "a long text, " * 290))

    async def _overlong(self) -> str:
        code = await self._service.overlong(self.room)
        _expect(code, "it was accepted")
        return f"error {code}"

    async def _open_thread(self) -> None:
        self._thread = await self.patiently(lambda: self._bot.thread(self._ref("card"), f"{SAYS}: a thread"))
        _expect(self._thread.thread, "it is no thread")

    async def _open_thread_again(self) -> None:
        again = await self.patiently(lambda: self._bot.thread(self._ref("card"), f"{SAYS}: a thread"))
        _expect(again == self._thread, "it is another one")

    async def _post_in_thread(self) -> None:
        if self._thread is None:
            raise Skipped("an earlier step failed")
        self._refs["inside"] = await self._send(self._thread, text(f"{SAYS}: in a thread"), f"{self._mark}-in")

    async def _found_in_thread(self) -> None:
        inside = self._ref("inside")
        _expect(await self._find(inside.place, f"{self._mark}-in") == inside, "it wasn't found in the thread")
        _expect(await self._find(self.room, f"{self._mark}-in") is None, "it was found in the room")

    async def _burst(self) -> str:
        """One after the other, each tried once: more than a channel takes in a second."""
        arrived = 0
        for number in range(1, BURST + 1):
            try:
                await self._bot.send(self.room, text(f"{SAYS}: burst {number}"), f"{self._mark}-burst-{number}")
            except Refused as refused:
                _expect(refused.reason is Reason.BUSY, why(refused))
                _expect(refused.retry_after, "it was refused without a time to wait")
            else:
                arrived += 1
        return f"{arrived} of {BURST} arrived, the others were told how long to wait"

    async def _nowhere(self) -> None:
        nowhere = replace(self.room, channel=self._service.nothing["room"])
        await self._refused(self._bot.send(nowhere, text(f"{SAYS}: nowhere"), self._mark), Reason.ROOM_GONE)

    async def _last_written(self) -> None:
        bot = self._bot
        if not isinstance(bot, SeesActivity):
            raise Skipped("it can't be seen here")
        await self.patiently(lambda: bot.last_written(self.room, self._clock.now() - LATELY))

    async def _event(self) -> None:
        bot, post = self._bot, self._ref("post")
        if not isinstance(bot, SchedulesEvents):
            raise Skipped("there are no events here")
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
            Button("Press me", "live.press", {"run": self._mark}, "primary"),
            Button("Open the form", "live.form", {"run": self._mark}),
            Button("Answer late", "live.late", {"run": self._mark}),
        )
        if not self._service.listens and self._options.wait:
            await self._send(self.room, Message(SAYS, (paragraph(f"{SAYS}: buttons"), Actions(buttons))))
        act = await self._awaited("live.press", "In the room, press the button “Press me”.")
        _expect(act.kind == "button" and act.args.get("run") == self._mark, "it arrived without what it carries")

    async def _form(self) -> None:
        await self._awaited("live.form", "Press “Open the form”, write any word in it, and send it.")
        act = await self._awaited("live.sent", "Send the form.")
        _expect(act.kind == "form" and act.field("words"), "it arrived without its field")

    async def _late(self) -> None:
        await self._awaited("live.late", f"Press “Answer late”; the answer comes after {self._options.late:g} s.")
        await asyncio.sleep(self._options.late * 1.2)

    async def _typed(self) -> None:
        act = await self._awaited("help", "Type the command for help: /help, on Slack /cohort help.")
        _expect(act.kind == "command", f"it arrived as a {act.kind}")

    async def _open_direct(self) -> None:
        if not self.person:
            raise Skipped("nobody acted, and no --person was given")
        self.direct = await self.patiently(lambda: self._bot.dm(self.room.workspace, self.person))

    async def _post_directly(self) -> None:
        if self.direct is None:
            raise Skipped("there is no direct conversation")
        mark = f"{self._mark}-dm"
        ref = await self._send(self.direct, text(f"{SAYS}: a direct message"), mark)
        _expect(await self._find(self.direct, mark) == ref, "it wasn't found there")

    async def _written(self) -> None:
        if self.direct is None:
            raise Skipped("there is no direct conversation")
        act = await self._awaited("reply", "Write any word to the bot, in your direct conversation with it.")
        _expect(act.direct, "it didn't arrive as a direct message")

    async def _identity(self) -> None:
        if not self.person:
            raise Skipped("nobody acted, and no --person was given")
        _expect(await self._bot.identity(self.room.workspace, self.person), "nobody was found")
        if isinstance(self._bot, KnowsPeople):
            _expect(await self._bot.person(self.room.workspace, self.person), "nobody's rights were found")

    async def _nobody_there(self) -> None:
        nobody = await self._bot.identity(self.room.workspace, self._service.nothing["person"])
        _expect(nobody is None, "somebody was found")

    async def _delete(self) -> None:
        ref = self._ref("post")
        await self.patiently(lambda: self._service.remove(self._service.made(ref)))

    async def _gone(self) -> None:
        self._ref("post")
        _expect(await self._find(self.room, self._mark) is None, "it was found")

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
        return " ".join(f"{error.reason.value}: {error.detail}".split())
    return " ".join(str(error).split()) or type(error).__name__
