"""Every action of the table in every role and from another workspace: nothing seen and nothing changed by who may not.

The matrix is made of the table: a new row is in it, as a command, as a button and as a form, with arguments that are
forged from what really is in the database.
"""

import asyncio
import itertools
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import Literal

import pytest

from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.ports.platform import Reason, Refused
from cohort_bot.app.ports.store import Store
from cohort_bot.app.table import TABLE
from cohort_bot.chat.form import ChoiceField, FieldErrors, Form, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Actions, Message, plain
from cohort_bot.chat.place import Place
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Member
from cohort_bot.platforms.local.chat import Person
from cohort_bot.storage.database import SqliteDatabase
from tests.app.personas import FAR, HERE, NAMED, PERSONAS, Persona, somebody
from tests.fakes.bot import BotUnderTest, Step
from tests.fakes.memory import WORKSPACE

SECRETS = ("Sample Member 1", "Sample Member 2", "my blocker", "my reason", "member-1", "member-2")
"""What only moderators, or the person alone, may read."""


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads go to the writer's thread: thousands of tries take half the time, and a read that wrote would be seen."""
    monkeypatch.setattr(SqliteDatabase, "read", SqliteDatabase.write)


async def begin(it: BotUnderTest) -> None:
    """A cohort in its third week; one has checked in, one is excused, the moderator has looked at every preview."""
    it.chat.people |= {name: Person(name, name.title()) for name in ("boss", "friend", "m", "gone")}
    await it.create()
    await it.join("member-1", "member-2")
    await it.days(4)
    await it.check_in("member-1", tasks=("1",), done="my secret", blockers="my blocker")
    it.chat.fail_next(Refused(Reason.ROOM_GONE))  # a card that waits for Try again
    await it.days(14)
    await it.say("moderator", '/cohort excuse member:member-2 round:1 reason:"my reason"')
    await it.join("gone")
    await it.press("moderator", await it.message("moderator", "/cohort remove member:gone"), "Remove")
    removal = await it.read(lambda store: store.audits.newest(1, 1)[0])
    assert removal == await it.read(lambda store: store.audits.get(int(REMOVAL)))
    off = await it.message("moderator", "/cohort holiday rounds:1")
    await it.chat.press("moderator", off, "Give the week off")  # so that there is something to undo
    for line in PREVIEWS:
        assert isinstance(await it.type("moderator", line), Message)
    guide = await it.form("moderator", "/cohort programme add")
    sent = await it.chat.submit("moderator", guide, name="Mine", text="# Mine\n## Week 1: Lists\n- my guide\n")
    assert isinstance(sent, Message)
    await it.write(lambda store: store.moderators.replace(1, "local", WORKSPACE, NAMED))
    await it.write(lambda store: store.cohorts.add_room(1, "local", FAR, "general"))
    await it.write(lambda store: store.people.add_id(_member(store).account.id, "w-1"))
    await it.settle()


@pytest.fixture
def beginning() -> Sequence[Step]:
    return (begin,)


def _member(store: Store) -> Member:
    member = store.members.get(1)
    assert member is not None
    return member


REMOVAL = "3"
"""The row of somebody's removal in the log of changes, which can be undone."""

PREVIEWS = (
    '/cohort create name:"Another"',
    "/cohort edit day:friday channel:study-hall",
    "/cohort holiday rounds:1",
    '/cohort announce text:"hello"',
    "/cohort remove member:member-2",
    "/cohort edit moderators_channel:lounge",
)


class Watched:
    """What one may read of the database, again only when somebody has written since."""

    def __init__(self, bot: BotUnderTest) -> None:
        self._bot = bot
        self._base = sqlite3.connect(f"file:{bot.folder / 'bot.db'}?mode=ro", uri=True)
        self._version = 0
        self._state: Mapping[str, list[tuple[object, ...]]] = {}

    def close(self) -> None:
        self._base.close()

    def dump(self) -> Mapping[str, list[tuple[object, ...]]]:
        """Every row of every table."""
        (version,) = self._base.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version, self._state = version, dump(self._bot)
        return self._state


def dump(bot: BotUnderTest) -> Mapping[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    path = bot.folder / "bot.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: sorted(base.execute(f"SELECT * FROM {name}"), key=repr) for name in tables}  # noqa: S608


def drafts(state: Mapping[str, list[tuple[object, ...]]], action: str = "") -> list[str]:
    """The tokens of all previews, or of those whose button runs the action."""
    return [str(row[0]) for row in state["drafts"] if action in str(row[1])]


def some_drafts(state: Mapping[str, list[tuple[object, ...]]], row: CommandSpec, number: int) -> list[str]:
    """The previews that this row would carry out, and one of another row, each time the next: who may not, may not with
    any of them, and the personas together try all.
    """
    own_ones = drafts(state, f'"{row.action}"')
    others = [token for token in drafts(state) if token not in own_ones]
    return [*own_ones, others[number % len(others)]]


def forged(
    row: CommandSpec, tokens: list[str]
) -> Iterator[tuple[Literal["command", "button", "form"], dict[str, str]]]:
    """Arguments that would do something if nobody looked who sends them."""
    given = {
        "name": "Mine", "starts": "2027-06-07", "timezone": "UTC", "day": "friday", "time": "18:00", "rounds": "2",
        "channel": "study-hall", "text": "hello", "member": "member-2", "round": "3", "reason": "because",
        "week": "4", "repair": "1", "title": "Any paper", "link": "https://example.org/paper",
        "weeks": "1", "from": "2027-01-20", "until": "2027-01-30", "hours": "5", "pace": "cohort",
        "reminders": "off", "for": "write", "moderators": "role:mentors person:friend person:member-3",
    }  # fmt: skip
    options = {param.name: given[param.name] for param in row.params if param.name in given}
    yield "command", options
    yield "command", {**options, "cohort": "AI 2027"}
    yield "command", {**options, "id": "1"}
    for number, member in (("1", "1"), ("1", "2"), ("01", "2"), ("99", "2")):
        for token in (*tokens, "forged") if (number, member) == ("1", "2") else tokens[:1]:
            round_ = {
                "round": options.get("round", "4"),
                "page": "0",
                "member": member,
                "draft": token,
                "room": "2",
                "for": "log",
                "change": REMOVAL,
                "name": "Mine",
                "entry": "1",
                "to": "answered",
            }
            yield "button", {**options, **round_, "id": number}
    yield (
        "form",
        {**options, "id": "1", "round": "1", "member": "2", "draft": next(iter(tokens), ""), "cohort": "AI 2027"},
    )
    yield "form", {**options, "cohort": "AI 2027"}


FIELDS = {
    "done": ("forged",), "blockers": ("forged",), "next": ("forged",), "share": ("thread", "blocker"), "tasks": ("1",),
    "timezone": ("UTC",), "hours": ("5",), "why": ("forged",), "member": ("member-2",), "reason": ("because",),
    "text": ("forged",), "how": ("bot",), "follow": ("2027-02-01",), "when": ("2027-01-11",), "outcome": ("answered",),
    "note": ("forged",), "rounds": ("2",), "round": ("2",),
    "on": tuple(each.value for each in Feature if each is not Feature.QUIET),
}  # fmt: skip
_ids = itertools.count()


async def attempt(bot: BotUnderTest, who: Persona, row: CommandSpec, kind: str, args: Mapping[str, str]) -> Reply:
    bot.clock.skip(10)
    invocation = Invocation(
        f"matrix-{next(_ids)}",
        row.action,
        kind,  # type: ignore[arg-type]
        who.actor,
        who.place,
        bot.clock.now(),
        args=args,
        fields=FIELDS if kind == "form" else {},
        direct=who.direct,
    )
    return await bot.runtime.dispatcher(invocation)


def words(reply: Reply) -> str:
    """All that a reply shows, and what its fields hold."""
    if isinstance(reply, Message):
        return plain(reply)
    form: Form = reply.form if isinstance(reply, FieldErrors) else reply
    values = (str(sorted(field.value)) if isinstance(field, ChoiceField) else field.value for field in form.fields)
    return "\n".join((form.title, *values))


def own(who: Persona, row: CommandSpec) -> bool:
    """Whether the persona may do it to themselves or to their own place, so that something may change."""
    if row.action == "cohort.create" or who.role is None:
        # An admin starts cohorts in their own workspace; the preview of this one is refused all the same.
        return row.action == "cohort.create" and who.actor.admin and who.place is not None and not who.direct
    return row.who <= who.role


def tries() -> list[tuple[Persona, CommandSpec]]:
    return [(who, row) for who in PERSONAS for row in TABLE.rows if not own(who, row)]


@pytest.mark.parametrize("who", PERSONAS, ids=lambda who: who.name)
async def test_nothing_is_seen_and_nothing_changed(bot: BotUnderTest, who: Persona) -> None:
    await nothing(bot, who, SECRETS)


STUDY_HALL = Place("local", WORKSPACE, "study-hall")
OUTSIDERS = (
    Persona("somebody of the workspace in another channel", somebody("member-3"), STUDY_HALL, None),
    Persona("the same in a thread", somebody("member-3"), Place("local", WORKSPACE, "study-hall", "1"), None),
    Persona("the same in a direct message", somebody("member-3"), Place("local", WORKSPACE, "dm-member-3"), None, True),
    Persona("the same on their own page", somebody("member-3"), None, None),
)
"""Who is in the workspace and not in the private channel in which the cohort meets."""


@pytest.mark.parametrize("who", OUTSIDERS, ids=lambda who: who.name)
async def test_nothing_of_a_cohort_in_a_private_channel_is_seen_from_outside_of_it(
    bot: BotUnderTest, who: Persona
) -> None:
    """Neither its name, nor its plan, nor its papers; and nobody joins it from there."""
    await bot.write(lambda store: store.cohorts.set_channel(1, "general", private=True))
    await nothing(bot, who, (*SECRETS, "AI 2027", "From backend developer"))


async def test_who_is_in_the_private_channel_sees_the_cohort_and_who_has_joined_sees_it_from_everywhere(
    bot: BotUnderTest,
) -> None:
    await bot.write(lambda store: store.cohorts.set_channel(1, "general", private=True))
    assert "Week" in await bot.say("member-1", "/plan", "study-hall")
    assert "Only moderators" not in await bot.say("moderator", "/cohort members", "study-hall")
    assert "no cohort here" in await bot.say("member-3", "/join", "study-hall")
    assert "Welcome" in await bot.say("member-3", "/join timezone:UTC", "general")
    assert "Week" in await bot.say("member-3", "/plan", "study-hall")
    await bot.write(lambda store: store.cohorts.add_room(1, "local", WORKSPACE, "lounge"))
    assert isinstance(await bot.type("friend", "/join", "study-hall"), Form), "one room that all see is enough"


async def nothing(bot: BotUnderTest, who: Persona, secrets: tuple[str, ...]) -> None:
    """Nothing of these is told to somebody, whatever they try, and nothing is changed."""
    watched = Watched(bot)
    before = watched.dump()
    posts = len(bot.chat.sent)
    count = 0
    for number, row in enumerate(TABLE.rows, PERSONAS.index(who) if who in PERSONAS else 0):
        if own(who, row):
            continue
        attempts = list(forged(row, some_drafts(before, row, number)))
        replies = await asyncio.gather(*(attempt(bot, who, row, kind, args) for kind, args in attempts))
        for (kind, args), reply in zip(attempts, replies, strict=True):
            said = words(reply)
            what = f"{who.name}: {row.action} as {kind} with {dict(args)} was told {said!r}"
            assert "reference" not in said, what
            visible = [secret for secret in secrets if secret in said and secret not in args.values()]
            # A member may read their own name and words.
            mine = ("Sample Member 1", "my blocker", "member-1") if who.role is Role.MEMBER else ()
            assert not set(visible) - set(mine), what
            count += 1
        after = watched.dump()
        assert after == before, f"{who.name}: {row.action} changed {[n for n in before if before[n] != after[n]]}"
    watched.close()
    await bot.settle()
    assert dump(bot) == before
    assert len(bot.chat.sent) == posts, "nothing goes out"
    assert count > len(TABLE.rows)


def test_the_matrix_reaches_every_row_that_not_everybody_may_use() -> None:
    tried = {(row.action, who.role) for who, row in tries()}
    for row in TABLE.rows:
        assert (row.action, None) in tried, row.action
        if row.who is Role.MODERATOR:
            assert {(row.action, Role.ANYONE), (row.action, Role.MEMBER)} <= tried, row.action


async def test_whoever_is_back_may_do_what_a_member_may_and_sees_no_more(bot: BotUnderTest) -> None:
    """Whatever they do who had left takes them up again, and shows nobody else's."""
    database, at = bot.runtime.database, bot.clock.now()
    who = next(each for each in PERSONAS if each.name == "a member")
    for row in TABLE.rows:
        if row.who is not Role.MODERATOR:
            continue
        await database.write(lambda store: store.people.set_gone(_member(store).account.id, at))
        left = await database.read(lambda store: store.members.in_cohort(1))
        assert [each.name for each in left] == ["Sample Member 2"]
        kind, args = next(forged(row, []))
        said = words(await attempt(bot, who, row, kind, args))
        assert not {"Sample Member 2", "my reason", "member-2"} & {secret for secret in SECRETS if secret in said} - {
            *args.values()
        }, f"{row.action}: {said}"
        assert await database.read(lambda store: _member(store).account.gone_at) is None, row.action


MODERATORS = (
    Persona("who created it", somebody("moderator"), HERE, Role.MODERATOR),
    Persona("an admin of the workspace", somebody("boss", admin=True), HERE, Role.MODERATOR),
    Persona("a holder of the named role", somebody("m", role="mentors"), HERE, Role.MODERATOR),
    Persona(
        "a holder of the named role where accounts are global",
        somebody("m", None, role="mentors"),
        HERE,
        Role.MODERATOR,
    ),
    Persona("the named person", somebody("friend"), HERE, Role.MODERATOR),
)


LOOKS = frozenset(
    "cohort." + each
    for each in (
        *("announce", "archive", "changes", "choose", "create", "edit", "excuse.form", "features", "groups", "holiday"),
        "log",
        *("members", "outreach", "outreach.edit", "outreach.results"),
        *("board", "programme.add", "programme.answer", "programme.answered", "programme.export", "programme.file"),
        *("programme.list", "programme.rehearse", "programme.remove", "programme.replace", "programme.show"),
        *("person", "progress", "record.form", "remove", "remove.ask", "remove.form", "room.drop", "skip", "write"),
    )
)
"""What only shows something or asks first; every other row of a moderator must have changed something."""


def apart(store: Store, at: datetime, moderator: str) -> None:
    """Two members in groups of their own, and the preview of a move."""
    for member in (1, 2):
        store.groups.join(member, at)
        store.groups.form(1, [member], at)
    body = {"action": "cohort.groups.move", "cohort": "1", "user": moderator, "member": "1", "with": "2"}
    store.add_draft(body, at)


@pytest.mark.parametrize("moderator", MODERATORS, ids=lambda who: who.name)
async def test_a_moderator_may_and_the_arguments_do_something(bot: BotUnderTest, moderator: Persona) -> None:
    """Otherwise the matrix could pass because its arguments mean nothing."""
    changed: set[str] = set()
    # What waits goes out with some of the others; some void a preview, or leave nothing to change, and come later.
    first = ("cohort.retry", "cohort.create", "cohort.create.yes", "cohort.edit", "cohort.edit.yes", "cohort.room")
    then = ("cohort.room.add", "cohort.excuse", "cohort.excuse.save")
    order = (*first, *then, "", "cohort.remove.yes", "cohort.archive.yes")
    for row in sorted(TABLE.rows, key=lambda row: order.index(row.action if row.action in order else "")):
        if row.who is not Role.MODERATOR:
            continue
        state = dump(bot)
        if row.action.startswith(("cohort.outreach.", "cohort.notnow")):
            # Somebody is shown, a minute after what was done before.
            bot.clock.move_to(bot.clock.now() + timedelta(minutes=1))
            turn = {"action": "cohort.outreach", "cohort": "1", "user": moderator.actor.user, "words": "forged"}
            turn |= {"began": bot.clock.now().isoformat(), "done": "", "member": "2", "for": row.action}
            await bot.write(lambda store, turn=turn: store.add_draft(turn, bot.clock.now()))  # type: ignore[misc]
            state = dump(bot)
        if row.action == "cohort.groups.move":
            await bot.write(lambda store: apart(store, bot.clock.now(), moderator.actor.user))
            state = dump(bot)
        previewed = "cohort.announce.yes" if row.action == "cohort.announce.undo" else row.action
        for kind, args in forged(row, drafts(state, previewed)):
            said = words(await attempt(bot, moderator, row, kind, args))
            assert "Only moderators" not in said, row.action
            assert "reference" not in said, said
        await bot.settle()
        after = dump(bot)
        before = {name: rows for name, rows in state.items() if name not in {"drafts", "invocations"}}
        if any(after[name] != rows for name, rows in before.items()):
            changed.add(row.action)
    wanted = {row.action for row in TABLE.rows if row.who is Role.MODERATOR} - LOOKS
    assert changed == wanted, f"nothing: {sorted(wanted - changed)}; something: {sorted(changed - wanted)}"


@pytest.mark.parametrize("line", PREVIEWS[1:4], ids=lambda line: line.split()[1])
async def test_a_named_role_that_was_taken_away_between_two_clicks_is_gone(bot: BotUnderTest, line: str) -> None:
    action = "cohort." + line.split()[1]
    row, yes = TABLE.get(action), TABLE.get(f"{action}.yes")
    assert row is not None
    assert yes is not None
    mentor, demoted = Persona("", somebody("m", role="mentors"), HERE, None), Persona("", somebody("m"), HERE, None)
    args = {"day": "friday", "rounds": "1", "text": "hello", "moderators": "person:member-3"}
    given = {param.name: args[param.name] for param in row.params if param.name in args}
    preview = await attempt(bot, mentor, row, "command", given)
    assert isinstance(preview, Message)
    button = next(each for block in preview.blocks if isinstance(block, Actions) for each in block.buttons)
    before = dump(bot)
    assert "Only moderators" in words(await attempt(bot, demoted, yes, "button", button.args))
    await bot.settle()
    assert dump(bot) == before
    assert "Only moderators" not in words(await attempt(bot, mentor, yes, "button", button.args))


async def test_a_role_that_was_taken_away_between_two_clicks_is_gone(bot: BotUnderTest) -> None:
    await bot.message("moderator", "/cohort archive")
    demoted = Persona("demoted", somebody("somebody-else"), HERE, Role.ANYONE)
    row = TABLE.get("cohort.archive.yes")
    assert row is not None
    before = dump(bot)
    assert "Only moderators" in words(await attempt(bot, demoted, row, "button", {"id": "1"}))
    await bot.settle()
    assert dump(bot) == before
