"""The whole plan, for those who have not seen the guide behind it."""

from pathlib import Path

from cohort_bot.chat.message import plain
from cohort_bot.platforms.discord import limits
from tests.fakes.bot import running, shipped


async def test_the_invitation_leads_to_the_whole_plan_also_before_joining(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.settle()
        invitation = bot.chat.posts("general")[-1]
        assert "[Join]  [See the whole plan]" in invitation.text
        plan = await bot.press("member-1", invitation, "See the whole plan")
        words = plain(plan)
        programme = shipped()
        assert all(f"Weeks {p.first_week} to {p.last_week}: {p.title}" in words for p in programme.phases)
        assert all(action.text in words for p in programme.phases for action in p.actions)
        assert all(item.text in words for items in (programme.horizons or {}).values() for item in items)
        assert limits.size(words) < limits.TEXT
