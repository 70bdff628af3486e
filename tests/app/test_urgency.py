"""Who comes first on the moderators' card."""

from tests.fakes.bot import BotUnderTest


async def test_who_is_away_comes_before_who_is_here_and_stuck(joined: BotUnderTest) -> None:
    await joined.join("member-2")
    for number in range(1, 6):
        await joined.days(7)
        await joined.check_in("member-1", f"/checkin round:{number}", blockers="No GPU")
        if number <= 2:
            await joined.check_in("member-2", f"/checkin round:{number}")
    await joined.days(1.5)
    said = await joined.say("moderator", "/cohort progress")
    assert said.index("Sample Member 2: missed") < said.index("Sample Member 1: reported a blocker")


async def test_the_best_member_with_two_different_blockers_needs_nobody(joined: BotUnderTest) -> None:
    for number, words in ((1, "No GPU"), (2, "My proof has a gap")):
        await joined.days(7)
        await joined.check_in("member-1", f"/checkin round:{number}", tasks=("1",), blockers=words)
    said = await joined.say("moderator", "/cohort progress")
    assert "Nobody is at risk right now." in said
    assert "My proof has a gap" in said, "an open blocker is shown all the same"
