"""How much one person, and one workspace, may ask for at once."""

import asyncio
from collections import Counter
from pathlib import Path

from cohort_bot.app.dispatch import AT_ONCE, COMMANDS, PRESSES, WORKSPACE_COMMANDS
from cohort_bot.app.ports.watch import InvocationResult, Nobody
from cohort_bot.app.rate_limit import RateLimit
from cohort_bot.chat.form import Form
from tests.fakes.bot import running


def test_a_rate_holds_within_any_span_and_forgets_who_was_silent_longest() -> None:
    rate = RateLimit(most=2, within=10, remembered=2)
    found = {at: rate.allows("a", at) for at in (0, 1, 2, 9.9, 10, 10.5, 11)}
    assert [at for at, allowed in found.items() if allowed] == [0, 1, 10, 11]
    rate.allows("b", 11)
    rate.allows("c", 11)
    assert len(rate._recent) == 2
    assert rate.allows("a", 11), "forgotten, and so free again"


async def test_one_person_gets_a_friendly_word_and_the_others_are_answered(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        said = [str(await bot.chat.type("member-1", "/help", "general")) for _ in range(COMMANDS + 1)]
        assert ["One moment" in each for each in said] == [False] * COMMANDS + [True]
        assert "One moment" not in str(await bot.chat.type("member-2", "/help", "general"))
        bot.clock.skip(10)
        assert "One moment" not in str(await bot.chat.type("member-1", "/help", "general"))


async def test_buttons_and_forms_have_rates_of_their_own(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1", "member-2")
        profile = await bot.message("member-1", "/profile")
        said = [str(await bot.chat.press("member-1", profile, "Erase my data")) for _ in range(PRESSES + 1)]
        assert ["One moment" in each for each in said] == [False] * PRESSES + [True]
        assert "nothing was lost" in said[-1]
        assert "One moment" not in str(await bot.chat.press("member-2", profile, "Erase my data"))
        await bot.days(4)
        form = await bot.chat.type("member-1", "/checkin", "general")
        assert isinstance(form, Form), "commands are counted by themselves"
        said = [str(await bot.chat.submit("member-1", form, "general", done="x")) for _ in range(PRESSES + 1)]
        assert ["One moment" in each for each in said] == [False] * PRESSES + [True]
        assert "this form wasn't saved" in said[-1]


class Counted(Nobody):
    """How many ended how."""

    def __init__(self) -> None:
        self.outcomes: Counter[InvocationResult] = Counter()

    def invoked(self, platform: str, action: str, outcome: InvocationResult, seconds: float) -> None:
        self.outcomes[outcome] += 1


async def test_of_a_flood_of_presses_only_so_many_are_worked_on(tmp_path: Path) -> None:
    counted = Counted()
    async with running(tmp_path, watch=counted) as bot:
        await bot.create()
        await bot.join("member-1")
        profile = await bot.message("member-1", "/profile")
        counted.outcomes.clear()
        await asyncio.gather(*(bot.chat.press("member-1", profile, "Erase my data") for _ in range(500)))
        assert counted.outcomes == {InvocationResult.ANSWERED: PRESSES, InvocationResult.TOO_MANY: 500 - PRESSES}


async def test_a_workspace_as_a_whole_has_a_rate_too(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        rate = bot.runtime.dispatcher._workspaces
        now = bot.clock.elapsed()
        assert all(rate.allows(("local", "playground"), now) for _ in range(WORKSPACE_COMMANDS))
        assert "One moment" in str(await bot.chat.type("member-1", "/help", "general"))
        bot.clock.skip(10)
        assert "One moment" not in str(await bot.chat.type("member-2", "/help", "general"))


async def test_so_many_run_at_once_and_the_others_follow_in_their_order(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        turns, people = bot.runtime.dispatcher._turns, ["moderator", "member-1", "member-2"]
        answered: list[str] = []

        async def one(person: str) -> None:
            await bot.chat.type(person, "/help", "general")
            answered.append(person)

        for _ in range(AT_ONCE):
            assert not turns.locked()
            await turns.acquire()
        waiting = [asyncio.create_task(one(person)) for person in people]
        await asyncio.sleep(0.02)
        assert answered == []
        turns.release()
        await asyncio.gather(*waiting)
        assert answered == people
