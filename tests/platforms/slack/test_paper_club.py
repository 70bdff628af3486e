"""The paper club on Slack, with the real client library."""

from datetime import UTC, datetime
from pathlib import Path

from tests.platforms.slack.cohort import running


async def test_members_propose_and_vote(tmp_path: Path, mode: str) -> None:
    async with running(tmp_path, mode) as bot:
        slack = bot.slack
        await bot.create()
        await bot.join("U2")
        mine = await bot.type("U2", "/cohort club propose title:Attention link:arXiv:1706.03762")
        assert "1 vote" in str(mine.messages[0].blocks)
        assert "https://arxiv.org/abs/1706.03762" in str(mine.messages[0].blocks)
        back = await slack.press("U2", mine, "Take my proposal back")
        assert "Nobody has proposed a paper yet." in str(back.messages[0].blocks)
        await bot.until(datetime(2027, 1, 11, 10, tzinfo=UTC))
        told = await bot.type("U2", "/cohort club present date:2027-01-12 time:19:00")
        assert "You're presenting" in told.text
        sure = await slack.press("U2", told, "I can't present it")
        await slack.press("U2", sure, "Tell the group")
        await bot.settle()
        posts = [str(post.blocks) for post in slack.world.posts("C1")]
        assert any("presents" in text for text in posts)
        assert "is off; it was planned for" in posts[-1]
