"""What the board's pages say of simulated cohorts and what chat's cards say, both beside one oracle.

The oracle follows the rules word by word, from the rounds that were filed; it shares no code with what it judges.
`WORLDS=50` tries more cohorts.
"""

import asyncio
import html as entities
import os
import random
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cohort_bot.app.ports.store import Store
from cohort_bot.chat.message import Grid, Message, Section, plain
from cohort_bot.core.checkins import CheckIn, TaskState
from cohort_bot.core.membership import Member
from cohort_bot.core.programme import Task
from cohort_bot.core.risks import Sign
from cohort_bot.platforms.local.chat import Person
from tests.board.conftest import URL, BoardUnderTest
from tests.fakes.bot import OneGuide, StillClock, running
from tests.properties.test_risk import WORDS, why
from tests.properties.test_streak import length, told
from tests.properties.worlds import Plan, members, plans, programme
from tests.pseudo_locale import english

WEEKS, ROUNDS = 12, 16
MINUTES = (20, 75)
TASKS = tuple(Task(name, name, minutes) for name, minutes in zip(("Read", "Write"), MINUTES, strict=True))
GUIDE = programme(WEEKS)
GUIDE = replace(GUIDE, weeks=tuple(replace(week, tasks=TASKS) for week in GUIDE.weeks))
IN_CHAT = {"●": "made", "◐": "late", "○": "missed", "✕": "missed", "‖": "out", "◇": "out", "…": "open", "·": "out"}
DRAWN = {"n": "made", "l": "late", "f": "missed", "m": "missed", "w": "missed", "b": "out", "e": "out", "o": "open"}
SHOWN = 8
"""The rounds of chat's grid and trend."""


@dataclass
class Life:
    """A member, with what they filed: by round when, the ticks of the two tasks, the blocker."""

    member: Member
    filed: Mapping[int, tuple[datetime, tuple[bool, bool], str]]
    excused: frozenset[int]


class World:
    """A cohort as of `at`."""

    def __init__(self, plan: Plan, at: datetime, lives: Sequence[Life]) -> None:
        self.plan, self.at, self.lives = plan, at, lives

    def __repr__(self) -> str:
        return f"{len(self.lives)} members as of {self.at}"


@st.composite
def worlds(draw: st.DrawFn) -> World:
    plan = draw(plans(rounds=ROUNDS))
    almanac = plan.almanac
    at = almanac.closes(draw(st.integers(9, ROUNDS))) + draw(st.integers(-100, 100)) * timedelta(hours=1)
    lives = []
    for number in range(1, 9):
        member = draw(members(plan, number, weeks=6))
        if member.joined_at > at:
            continue
        if draw(st.integers(0, 3)) == 0:
            left = almanac.opens(draw(st.integers(3, ROUNDS))) + timedelta(hours=draw(st.integers(0, 200)))
            member = replace(member, left_at=left if member.joined_at < left <= at else None)
        filed = {}
        habit = draw(st.sampled_from(("xxxx...gl", "xxxxxxx..gl", "x....l", "xx")))
        dice = random.Random(draw(st.integers()))  # noqa: S311 - a simulation
        for told_in, how in enumerate(dice.choices(habit, k=ROUNDS), start=1):
            waits = {"x": almanac.opens(told_in), "g": almanac.closes(told_in) + timedelta(hours=24)}
            when = waits.get(how, almanac.closes(told_in) + timedelta(days=9))
            in_time = when <= at and (member.left_at is None or when <= member.left_at)
            if how != "." and in_time and told_in >= member.first_round and 1 <= week_of(member, told_in) <= WEEKS:
                ticks = draw(st.tuples(st.booleans(), st.booleans()))
                filed[told_in] = when, ticks, draw(st.sampled_from(WORDS))
        lives.append(Life(member, filed, frozenset(draw(st.sets(st.integers(1, ROUNDS), max_size=2)))))
    return World(plan, at, lives)


def week_of(member: Member, number: int) -> int:
    return number - sum(slip.weeks for slip in member.slips if slip.from_round <= number)


@dataclass
class Facts:
    """What has to be said of a member."""

    rounds: list[str]
    streak: int
    skips: int
    reasons: set[tuple[Sign, tuple[int, ...]]]
    weeks: int
    minutes: int


class Oracle:
    """What has to be said of a world, from the rules alone."""

    def __init__(self, world: World) -> None:
        self.of: dict[str, Facts] = {}
        histories = []
        here = [life for life in world.lives if life.member.left_at is None]
        for life in world.lives:
            filed = {number: entry[0] for number, entry in life.filed.items()}
            rounds = told(world.plan.almanac, life.member, filed, life.excused, world.at, WEEKS)
            histories.append(rounds)
            done = {
                (week_of(life.member, number), task)
                for number, (_, ticks, _) in life.filed.items()
                for task, ticked in enumerate(ticks)
                if ticked
            }
            reasons = why(rounds, {number: blocker for number, (_, _, blocker) in life.filed.items()})
            minutes = sum(MINUTES[task] for _, task in done)
            facts = Facts(rounds, *length(rounds), reasons, len({week for week, _ in done}), minutes)
            if life in here:
                self.of[life.member.account.name] = facts
        almanac = world.plan.almanac
        slowest = max((sum(slip.weeks for slip in life.member.slips) for life in here), default=0)
        self.newest = min(almanac.latest(world.at), WEEKS + slowest)
        over = [n for n in range(1, self.newest + 1) if world.at - almanac.closes(n) > timedelta(hours=24)]
        begun = [life for life in world.lives if over and life.member.first_round <= over[-1]]
        self.numbers = []
        for number in range(1, self.newest + 1):
            states = [rounds[number - 1] for rounds in histories]
            made = sum(state in {"made", "late"} for state in states)
            row = [str(number), str(made), str(sum(state != "out" for state in states)), "", ""]
            if number in over:
                later = sum(max(life.filed, default=0) >= number for life in begun)
                row[3:] = [str(later), f"{round(100 * later / max(1, len(begun)))} %"]
            self.numbers.append(row)


def reason(sign: Sign, rounds: tuple[int, ...]) -> str:
    """The beginning of a reason in words, without the rounds."""
    match sign:
        case Sign.SILENT:
            return f"missed the last {len(rounds)} rounds"
        case Sign.PATCHY:
            return f"missed {len(rounds)} of the last"
        case Sign.STUCK:
            return "reported a blocker in rounds"


def named(text: str) -> set[int]:
    """The rounds that a reason names: "1, 3 to 5 and 8"."""
    found: set[int] = set()
    for first, last in re.findall(r"(\d+)(?: to (\d+))?", text):
        found.update(range(int(first), int(last or first) + 1))
    return found


def hours(minutes: int) -> str:
    """To the nearest hour; minutes where that is none."""
    near = (minutes + 30) // 60
    return f"{near} hour{'s' if near != 1 else ''}" if near else f"{minutes} minute{'s' if minutes != 1 else ''}"


def drawn(row: str) -> list[str]:
    """The rounds that a row of the heat map draws, read from its lines."""
    found: list[str] = []
    for width, piece in re.findall(r'<svg viewBox="0 0 (\d+) 1"[^>]*>(.*?)</svg>', row):
        cells = ["out"] * int(width)
        for kind, line in re.findall(r'<path class=(\w) d="([^"]*)"/>', piece):
            x = 0
            for gap, run in re.findall(r"m(\d+) 0h(\d+)", line):
                x += int(gap)
                cells[x : x + int(run)] = [DRAWN[kind]] * int(run)
                x += int(run)
        found += cells
    return found


def text_of(page: str) -> str:
    """What a page says, without its marks."""
    body = page.partition("<main")[2].partition("</main>")[0]
    words = re.sub(r"<[^>]+>", " ", re.sub(r"<span class=\"drawn\"[^>]*>.*?</span>", " ", body))
    return " ".join(english(entities.unescape(words)).split()).replace(" .", ".")


def says(said: str, facts: Facts) -> None:
    """A record, in chat or on a page, has the streak, what may be missed, the weeks and the hours."""
    if facts.streak:
        assert f"Streak: {facts.streak} round{'s' if facts.streak != 1 else ''}." in said
        left = ("The next miss would end it", "miss one more", "miss two of any eight")[facts.skips]
        assert left in said
    else:
        assert "No streak yet" in said
    assert f"{facts.weeks} of {WEEKS} weeks" in said
    if facts.minutes:
        assert f"{hours(facts.minutes)} of the programme" in said


def at_risk(said: str, oracle: Facts) -> None:
    """The words of a member's reasons are all that the oracle gives, with the rounds."""
    parts = [part for part in said.split(";") if part.strip()]
    assert len(parts) == len(oracle.reasons), said
    for sign, rounds in oracle.reasons:
        (mine,) = [part for part in parts if reason(sign, rounds) in part]
        where = mine.partition("(")[2] or mine.partition("in rounds")[2]
        assert named(where) == set(rounds), mine


async def fill(store_of: BoardUnderTest, world: World) -> None:
    """The world as rows of the database."""

    def write(store: Store) -> None:
        calendar = world.plan.calendar
        cohort = store.cohorts.add(
            platform="local",
            workspace="playground",
            name="World",
            programme=GUIDE.slug,
            calendar=replace(calendar, moves=(), holidays=()),
            at=world.at,
            creator="moderator",
        )
        for move in calendar.moves:
            store.cohorts.add_move(cohort.id, move)
        for holiday in calendar.holidays:
            store.cohorts.add_holiday(cohort.id, holiday, world.at)
        store.cohorts.add_room(cohort.id, "local", "playground", "general")
        for life in world.lives:
            who = life.member.account
            account = store.people.add("local", "playground", who.user, who.name, who.zone)
            member = store.members.add(cohort.id, account, life.member.joined_at, life.member.first_round, None, "")
            for slip in life.member.slips:
                store.members.add_slip(member.id, slip)
            for pause in life.member.breaks:
                store.members.add_break(member.id, pause)
            for number, (when, ticks, blocker) in life.filed.items():
                tasks = tuple(TaskState(task.short, done) for task, done in zip(TASKS, ticks, strict=True))
                week = week_of(life.member, number)
                store.checkins.save(CheckIn(member.id, number, week, when, tasks, blockers=blocker), when)
            for number in life.excused:
                store.checkins.excuse(member.id, number, "", "moderator", world.at)
            if life.member.left_at:
                store.members.set_left(member.id, life.member.left_at)

    await store_of.bot.write(write)


async def judge(world: World) -> None:
    oracle = Oracle(world)
    with tempfile.TemporaryDirectory() as folder:
        clock = StillClock(world.at)
        async with running(Path(folder), clock=clock, programmes=OneGuide(GUIDE), board_url=URL) as bot:
            for life in world.lives:
                who = life.member.account
                bot.chat.people[who.user] = Person(who.user, who.name, who.zone)
            board = BoardUnderTest(bot)
            await fill(board, world)
            browser = board.signed_in("moderator")
            page = english((await browser.get("/board/1/cohort")).text)
            today = text_of((await browser.get("/board/1/today")).text)
            card = await bot.message("moderator", "/cohort progress")
            of_page(page, oracle)
            of_card(card, oracle)
            for name, facts in oracle.of.items():
                for risk in facts.reasons if len([1 for each in oracle.of.values() if each.reasons]) <= 6 else ():
                    assert reason(*risk) in today, name
            for life in world.lives:
                name = life.member.account.name
                if name not in oracle.of:
                    continue
                known = oracle.of[name]
                link = re.search(rf"/board/1/member/\d+(?=\"[^>]*>{name}<)", page)
                assert link
                said = english(plain(await bot.message("moderator", f'/cohort progress member:"{name}"')))
                shown = text_of((await browser.get(link[0])).text)
                own = english(plain(await bot.message(life.member.account.user, "/progress")))
                opened = board.signed_in(life.member.account.user)
                mine = text_of((await opened.get("/board/1/mine")).text)
                for each in (said, shown, own, mine):
                    says(each, known)
                for risk in known.reasons:
                    assert reason(*risk) in said
                    assert reason(*risk) in shown


def of_page(page: str, oracle: Oracle) -> None:
    """The cohort's page: rounds, streak, what may be missed, reasons; the numbers of the trend and of who stays."""
    rows = re.findall(r'<tr><th scope="row"><a[^>]*>([^<]*)</a></th>(.*?)</tr>', page, re.DOTALL)
    assert {name for name, _ in rows} == set(oracle.of)
    for name, row in rows:
        facts = oracle.of[name]
        streak, skips = re.findall(r"<td>(\d+)</td>", row)
        assert (int(streak), int(skips)) == (facts.streak, facts.skips), name
        assert drawn(row)[: oracle.newest] == facts.rounds[: oracle.newest], name
        needs = re.search(r'<p class="needs">(.*?)</p>', row)
        at_risk(entities.unescape(needs[1]) if needs else "", facts)
    first_safe = next((n for n, (name, _) in enumerate(rows) if not oracle.of[name].reasons), len(rows))
    assert all(not oracle.of[name].reasons for name, _ in rows[first_safe:]), "who needs someone comes first"
    body = page.partition('aria-labelledby="numbers"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in body.split("</tr>")]
    shown = [[cell.replace("\N{NO-BREAK SPACE}", " ") for cell in row[:5]] for row in cells if row]
    assert shown == oracle.numbers[::-1]


def of_card(card: Message, oracle: Oracle) -> None:
    """Chat's card: the newest rounds of everybody, the trend, the reasons of the first ones."""
    grids = [block for block in card.blocks if isinstance(block, Grid)]
    first = max(1, oracle.newest - SHOWN + 1)
    numbers = oracle.numbers[first - 1 :]
    if oracle.of:
        *trend, grid = grids
        assert {name for name, _ in grid.rows} == set(oracle.of)
        for name, cells in grid.rows:
            assert [IN_CHAT[cell] for cell in cells] == oracle.of[name].rounds[first - 1 : oracle.newest], name
        if oracle.newest > 1:
            _, made, of = trend[0].rows
            if closed := numbers[:-1]:
                assert [list(pair) for pair in zip(made[1], of[1], strict=True)][:-1] == [row[1:3] for row in closed]
    sections = [block for block in card.blocks if isinstance(block, Section)]
    needing = [name for name, facts in oracle.of.items() if facts.reasons]
    assert len(sections) == min(6, len(needing))
    for section in sections:
        said = english("".join(str(getattr(span, "text", span)) for span in section.spans))
        name, _, rest = said.partition(": ")
        at_risk(rest.partition(".")[0], oracle.of[name])


def test_pages_and_cards_say_what_the_oracle_says() -> None:
    @settings(
        max_examples=int(os.environ.get("WORLDS", "2")),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],  # a cohort takes a second: none is tried again to find a smaller one
        report_multiple_bugs=False,
    )
    @given(worlds())
    def examples(world: World) -> None:
        asyncio.run(judge(world))

    examples()
