"""How much one person, and one workspace, may ask for at once."""

from pathlib import Path

from cohort_bot.app.dispatch import COMMANDS, WORKSPACE_COMMANDS
from cohort_bot.app.rates import Rate
from tests.fakes.bot import running


def test_a_rate_holds_within_any_span_and_forgets_who_was_silent_longest() -> None:
    rate = Rate(most=2, within=10, remembered=2)
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


async def test_a_workspace_as_a_whole_has_a_rate_too(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        rate = bot.application.dispatcher._workspaces
        now = bot.clock.elapsed()
        assert all(rate.allows(("local", "playground"), now) for _ in range(WORKSPACE_COMMANDS))
        assert "One moment" in str(await bot.chat.type("member-1", "/help", "general"))
        bot.clock.skip(10)
        assert "One moment" not in str(await bot.chat.type("member-2", "/help", "general"))
