"""A guide that is sent as a file on Slack, with the real client library: the form, the download with the token."""

from pathlib import Path

import pytest

from tests.platforms.slack.cohort import running

GUIDE = "# From nurse to analyst\n\n## Week 1: Lists\n- Read\n\n## Week 2: Sets\n- Write\n"


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_file_becomes_a_programme(tmp_path: Path, mode: str) -> None:
    async with running(tmp_path, mode) as bot:
        slack = bot.slack
        form = await bot.type("U1", "/cohort programme add")
        sent = slack.attach("nurse-to-analyst.md", GUIDE.encode())
        preview = await slack.submit("U1", form, file=sent)
        assert "nurse-to-analyst: From nurse to analyst" in preview.text
        assert "Week 2: Sets" in preview.text
        kept = await slack.press("U1", preview, "Keep it")
        assert "programme:nurse-to-analyst" in kept.text
        assert "nurse-to-analyst" in (await bot.type("U1", "/cohort programme list")).text
        await bot.type("U1", "/cohort programme export name:nurse-to-analyst")
        (upload,) = slack.world.uploads.values()
        assert upload.name == "nurse-to-analyst.zip"


async def test_without_the_scope_the_form_says_what_else_to_do(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        slack = bot.slack
        form = await bot.type("U1", "/cohort programme add")
        slack.world.scopes.discard("files:read")
        sent = slack.attach("a.md", GUIDE.encode())
        wrong = await slack.submit("U1", form, file=sent)
        assert "paste the guide" in str(wrong.errors)
        preview = await slack.submit("U1", form, text=GUIDE, name="my-plan")
        assert "my-plan: From nurse to analyst" in preview.text
