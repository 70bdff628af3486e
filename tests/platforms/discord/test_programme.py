"""A guide that is sent as a file on Discord, with the real client library: the form, the download, the preview."""

import io
from pathlib import Path

import docx

from tests.fakes.discord_world import FILE_UPLOAD
from tests.platforms.discord.cohort import CREATE, running

GUIDE = "# From nurse to analyst\n\n## Week 1: Lists\n- Read\n\n## Week 2: Sets\n- Write\n"


def document() -> bytes:
    """The same as a Word file."""
    made = docx.Document()
    for number, (title, task) in enumerate([("Lists", "Read"), ("Sets", "Write")], start=1):
        made.add_heading(f"Week {number}: {title}", 1)
        made.add_paragraph(task, style="List Bullet")
    packed = io.BytesIO()
    made.save(packed)
    return packed.getvalue()


async def test_a_file_becomes_a_programme_that_a_cohort_follows(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        server = bot.server
        form = await server.slash("moderator", "general", "cohort programme add")
        assert form.form["file"]["type"] == FILE_UPLOAD
        sent = server.attach("nurse-to-analyst.docx", document())
        preview = await server.submit("moderator", form, file=sent)
        assert preview.private
        assert "Week 2: Sets" in preview.text
        kept = await server.press("moderator", preview, "Keep it")
        assert "programme:nurse-to-analyst" in kept.text
        shown = await server.slash("moderator", "general", "cohort programme list")
        assert "nurse-to-analyst" in shown.text
        assert "nurse-to-analyst" in await server.suggest(
            "moderator", "general", "cohort programme show", "name", "nur"
        )
        preview = await server.slash(
            "moderator", "general", "cohort create", name="Nurses", programme="nurse-to-analyst", timezone="Berlin"
        )
        assert "Lists" in preview.text
        await server.press("moderator", preview, CREATE)
        refused = await server.slash("moderator", "general", "cohort programme remove", name="nurse-to-analyst")
        assert "cohorts follow it: Nurses" in refused.text
        form = await server.slash("moderator", "general", "cohort programme replace", name="nurse-to-analyst")
        preview = await server.submit("moderator", form, text=GUIDE.replace("Sets", "Maps"))
        assert "Nurses" in preview.text
        assert "dropped: 2" in preview.text
        assert "Nurses" in (await server.press("moderator", preview, "Replace it")).text
        bot.clock.skip(60)
        exported = await server.slash("moderator", "general", "cohort programme export", name="nurse-to-analyst")
        assert exported.message is not None
        assert "nurse-to-analyst.zip" in exported.message.body["files"]


async def test_a_file_that_is_gone_keeps_what_was_typed(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        server = bot.server
        form = await server.slash("moderator", "general", "cohort programme add")
        sent = server.attach("a.txt", b"x")
        server.files[sent] = ("a.txt", b"\x89PNG\0")
        wrong = await server.submit("moderator", form, file=sent, name="my-plan")
        assert "UTF-8" in wrong.text
        again = await server.press("moderator", wrong, "Fix it")
        assert again.form["name"]["value"] == "my-plan"
        preview = await server.submit("moderator", again, text=GUIDE)
        assert "my-plan: From nurse to analyst" in preview.text


async def test_a_member_may_not_add_one(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        answer = await bot.server.slash("member-1", "general", "cohort programme add")
        assert "Only moderators" in answer.text
