"""A bot of a few rows for testing platforms: it echoes, asks, refuses, shows a card and takes its time."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cohort_bot.app.commands import CommandSpec, Param, Role, Table
from cohort_bot.app.delivery.upcoming import Upcoming
from cohort_bot.app.errors import PersonError
from cohort_bot.app.services import Services
from cohort_bot.chat.form import ChoiceField, FieldErrors, Form, Option, Reply, TextField
from cohort_bot.chat.i18n import _, spans
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import (
    Actions,
    Button,
    Grid,
    Heading,
    Link,
    Mention,
    Message,
    Paragraph,
    Strong,
    When,
    bullets,
    paragraph,
    refusal,
    text,
)

START = datetime(2027, 1, 4, 7, 30, tzinfo=UTC)
LATELY = timedelta(minutes=10)
"""How far back a message is looked for that was sent a moment ago."""

FRUIT = ("apple", "apricot", "blood orange", "cherry")


async def _unused(_services: Services, _invocation: Invocation) -> Reply:
    raise AssertionError("the toy answers in dispatch")


def _row(action: str, summary: str, *params: Param, name: str | None = None) -> CommandSpec:
    names = {} if summary == "" else {"": name or action}
    return CommandSpec(action, Role.ANYONE, _unused, summary, names, params)


TABLE = Table(
    (
        _row(
            "echo",
            "Say it again",
            Param("words", "text", "what to say", required=True),
            Param("fruit", "text", "a fruit"),
        ),
        _row("ask", "Ask with a form"),
        _row("ask.sent", ""),
        _row("reply", ""),
        _row("fail", "Refuse politely"),
        _row("wait", "Take a while"),
        _row("card", "Show everything that a message can be"),
        _row("named", "Name roles and people", Param("who", "people", "roles and people")),
        _row("cohort.create", "Start a cohort", Param("name", "text", "its name"), name="cohort create"),
        _row("cohort.progress", "See the cohort", Param("member", "member", "only theirs"), name="cohort progress"),
    )
)

TASKS = ChoiceField(
    "tasks",
    "Which tasks did you do?",
    (Option("1", "Read chapter one"), Option("2", "Solve five exercises"), Option("3", "Write it down")),
    many=True,
)
FORM = Form(
    "ask.sent",
    "Check-in: week 3",
    (
        TASKS,
        TextField("done", "What did you do?", "long", required=False, hint="Links in it are your evidence."),
        TextField("when", "When will you go on?", "date"),
        ChoiceField("share", "Who may read it?", (Option("thread", "The group"), Option("nobody", "Only me"))),
    ),
    args={"round": "3"},
    submit="Check in",
)


def card(at: datetime = START) -> Message:
    """A message with one of everything."""
    goal = spans(
        "Goal: {goal}. About 10 hours. {who}", goal=Strong(_("see a matrix as a map")), who=Mention("member-1")
    )
    notes = spans("Read {notes}", notes=Link(_("the notes"), "https://example.org/notes"))
    closes = spans("Closes {at}", at=When(at + timedelta(days=7)))
    return Message(
        _("Week 3: Vectors and matrices"),
        (
            Heading(_("Week 3: Vectors and matrices")),
            paragraph(*goal),
            bullets([_("Watch chapters one to three"), notes]),
            Grid(
                tuple(str(number) for number in range(1, 13)),
                (("Sample Member 1", tuple("●●○●●●–●●●●○")), ("Sample Member 2", tuple("●○○●●◐–●●●●●"))),
                (("●", _("checked in")), ("○", _("missed")), ("◐", _("late")), ("–", _("holiday"))),
            ),
            Actions(
                (
                    Button(_("Check in"), "ask", {"round": "3"}, "primary"),
                    Button(_("Say hello"), "echo", {"words": "hello from the button"}),
                )
            ),
            Paragraph(closes, True),
        ),
        accent="#4f46e5",
    )


class Toy:
    """`dispatch` and `complete` for a platform. `seen` is what arrived; /wait ends when `go_on` is set."""

    def __init__(self) -> None:
        self.seen: list[Invocation] = []
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()

    async def dispatch(self, invocation: Invocation) -> Reply:  # noqa: PLR0911 - one answer for each row
        self.seen.append(invocation)
        match invocation.action:
            case "echo":
                return text(invocation.args.get("words", "nothing"))
            case "ask":
                return FORM
            case "ask.sent":
                return _sent(invocation)
            case "fail":
                return refusal("That cannot be done today. Please try tomorrow.")
            case "reply":
                return text(f"You wrote: {invocation.field('text')}")
            case "wait":
                self.begun.set()
                await self.go_on.wait()
                return text("That took a while.")
            case _:
                return card(invocation.at)

    async def complete(self, _invocation: Invocation, _option: str, typed: str) -> Sequence[Option]:
        return [Option(fruit, fruit.title()) for fruit in FRUIT if fruit.startswith(typed.lower())]


def _sent(invocation: Invocation) -> Reply:
    if done := invocation.field("done"):
        return text(f"Round {invocation.args['round']}: {done}")
    tasks = replace(TASKS, value=frozenset(invocation.fields.get("tasks", ())))
    return FieldErrors(
        replace(FORM, fields=(tasks, *FORM.fields[1:])), {"done": "Please write a sentence, however short."}
    )


class MovedClock:
    """TimeControl for a platform alone: something is due every Monday at 08:00 UTC; `visited` are its instants.

    What is in `posts` goes out with the next act or move.
    """

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self.visited: list[datetime] = []
        self.posts: list[Awaitable[object]] = []

    def now(self) -> datetime:
        return self._now

    async def next_due(self) -> datetime | None:
        monday = (self._now - timedelta(days=self._now.weekday())).replace(hour=8, minute=0)
        return monday if monday > self._now else monday + timedelta(days=7)

    async def settle(self) -> None:
        while self.posts:
            await self.posts.pop(0)

    async def next_post(self) -> Upcoming | None:
        due = await self.next_due()
        return Upcoming(due, "the week's card in #general") if due else None

    async def a_week_on(self, channel: str) -> datetime | None:
        return None

    async def advance(self, to: datetime) -> None:
        if to < self._now:
            raise PersonError("The clock cannot go back. Please pick a later time.")
        while (due := await self.next_due()) is not None and due <= to:
            self._now = due
            self.visited.append(due)
        self._now = to
        await self.settle()
