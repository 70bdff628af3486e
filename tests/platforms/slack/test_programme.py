"""A guide that is sent as a file on Slack, with the real client library: the form, the download with the token."""

import asyncio
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


async def test_two_workspaces_at_once_each_have_their_own(tmp_path: Path) -> None:
    async with running(tmp_path, "oauth") as bot:
        one, other = bot.at("T1"), bot.at("T2")
        forms = await asyncio.gather(*(each.type("U1", "/cohort programme add") for each in (one, other)))
        guides = (GUIDE, GUIDE.replace("Lists", "Verbs"))
        previews = await asyncio.gather(
            *(
                each.slack.submit("U1", form, name="mine", text=text)
                for each, form, text in zip((one, other), forms, guides, strict=True)
            )
        )
        await asyncio.gather(
            *(each.slack.press("U1", shown, "Keep it") for each, shown in zip((one, other), previews, strict=True))
        )
        for each, has, has_not in ((one, "Lists", "Verbs"), (other, "Verbs", "Lists")):
            shown = (await each.type("U1", "/cohort programme show name:mine")).text
            assert has in shown
            assert has_not not in shown
        start = '/cohort create name:"Nurses" programme:mine timezone:Berlin starts:2027-01-04'
        await one.slack.press("U1", await one.type("U1", start), "Create it and invite the room")
        assert "cohorts follow it: Nurses" in (await one.type("U1", "/cohort programme remove name:mine")).text
        form = await one.type("U1", "/cohort programme replace name:mine")
        preview = await one.slack.submit("U1", form, text=GUIDE.replace("Sets", "Maps"))
        assert "Nurses: new: 2; dropped: 2" in preview.text
        assert "Nurses" in (await one.slack.press("U1", preview, "Replace it")).text
        removal = await other.type("U1", "/cohort programme remove name:mine")
        assert "is removed" in (await other.slack.press("U1", removal, "Remove it")).text
        assert "Maps" in (await one.type("U1", "/cohort programme show name:mine")).text
