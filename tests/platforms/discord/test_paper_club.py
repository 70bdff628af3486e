"""The paper club on Discord, with the real client library."""

from datetime import UTC, datetime
from pathlib import Path

from tests.platforms.discord.cohort import running

FIRST_DAY = datetime(2027, 1, 6, 17, tzinfo=UTC)


async def test_members_propose_vote_and_present(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        server = bot.server
        await bot.create()
        await bot.join("member-1", "member-2")
        mine = await server.slash("member-1", "general", "club propose", title="Attention", link="arXiv:1706.03762")
        assert mine.private
        assert "(https://arxiv.org/abs/1706.03762" in mine.text.replace("(<", "(")
        shown = await server.slash("member-2", "general", "club show")
        assert "2 votes" in (await server.press("member-2", shown, "Vote for 1")).text
        assert "you're not" in (await server.slash("member-3", "general", "club show")).text.lower()
        told = await server.slash("member-1", "general", "club present", date="2027-01-12", time="19:00")
        assert "you present “Attention”" in told.text
        await bot.until(FIRST_DAY)
        said = [each.text for each in server.channel("general").messages]
        assert any(
            "presents" in text and f"<t:{int(datetime(2027, 1, 12, 18, tzinfo=UTC).timestamp())}" in text
            for text in said
        )
