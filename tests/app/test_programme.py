"""`/cohort programme`: a workspace's own programmes, from the guide that somebody brings to the last cohort on it."""

import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import docx
import pytest

from cohort_bot.app.ports.store import Store
from cohort_bot.app.ports.workspace_programmes import MOST_IN_A_WORKSPACE
from cohort_bot.chat import i18n
from cohort_bot.chat.form import ChoiceField, FieldErrors, Form
from cohort_bot.chat.message import Message, plain
from tests.fakes.bot import MONDAY, BotUnderTest, running
from tests.fakes.memory import answers
from tests.pseudo_locale import english

pytestmark = pytest.mark.both_databases


def guide(weeks: int = 4, **titles: str) -> str:
    """A plan; `titles` replace those of weeks, such as w2."""
    parts = ["# From nurse to analyst", ""]
    for number in range(1, weeks + 1):
        parts += [f"## Week {number}: {titles.get(f'w{number}', f'Topic {number}')}", f"- Read chapter {number}", ""]
    return "\n".join(parts)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotUnderTest]:
    async with running(tmp_path) as started:
        yield started


async def send(bot: BotUnderTest, text: str = "", line: str = "/cohort programme add", **fields: str) -> Message:
    """A moderator brings a guide; the answer is a preview, questions or a refusal."""
    reply = await bot.chat.submit("moderator", await bot.form("moderator", line), text=text, **fields)
    assert isinstance(reply, Message), answers(reply)
    return reply


def said(message: Message) -> str:
    return english(plain(message))


async def add(bot: BotUnderTest, text: str = "", name: str = "my-plan") -> None:
    await bot.press("moderator", await send(bot, text or guide(), name=name), "Keep it")


async def test_a_pasted_guide_becomes_a_programme_that_a_cohort_follows(bot: BotUnderTest) -> None:
    preview = await send(bot, guide(), name="my-plan")
    assert "my-plan: From nurse to analyst" in said(preview)
    assert "Week 4: Topic 4 (1 task)" in said(preview)
    assert "4 weeks. Nothing has been saved yet." in said(preview)
    assert "my-plan" not in await bot.say("moderator", "/cohort programme list")
    kept = await bot.press("moderator", preview, "Keep it")
    assert "/cohort create programme:my-plan" in said(kept)
    assert "version 1" in await bot.say("moderator", "/cohort programme list")
    assert "Topic 1" in await bot.say("moderator", "/cohort programme show name:my-plan")
    await bot.create(options="timezone:Europe/Berlin programme:my-plan")
    await bot.join("member-1")
    await bot.until(MONDAY)
    assert "Topic 1" in bot.chat.timeline()[-1]
    assert "Checked in" in await bot.check_in("member-1", tasks=("1",))


async def test_the_programme_is_read_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await add(bot)
        await bot.create(options="timezone:Europe/Berlin programme:my-plan")
    async with running(tmp_path, chat=bot.chat, clock=bot.clock) as again:
        await again.until(MONDAY)
        assert "Topic 1" in again.chat.timeline()[-1]


async def test_a_file_is_read_and_gives_the_programme_its_name(bot: BotUnderTest) -> None:
    document = docx.Document()
    for number in (1, 2):
        document.add_heading(f"Week {number}: Part {number}", 1)
        document.add_paragraph("Read it", style="List Bullet")
    packed = io.BytesIO()
    document.save(packed)
    bot.chat.files["f1"] = ("Plan of the spring.docx", packed.getvalue())
    preview = await send(bot, file="f1")
    assert "Plan-of-the-spring: " in said(preview)
    assert "Week 2: Part 2" in said(preview)


async def test_what_a_guide_leaves_open_is_asked_and_answered(bot: BotUnderTest) -> None:
    web = "## Path A: Web\n### Week 1: HTML\n- a\n### Week 2: CSS\n- b\n"
    text = f"# Learn it\n{web}## Path B: Data\n### Week 1: SQL\n- c\n"
    questions = await send(bot, text, name="my-plan")
    assert "Please answer 1 question." in said(questions)
    form = await bot.chat.press("moderator", questions, "Answer")
    assert isinstance(form, Form)
    assert "Please pick one." in english(answers(await bot.chat.submit("moderator", form))["0"])
    preview = await bot.chat.submit("moderator", form, **{"0": "1"})
    assert isinstance(preview, Message)
    assert "SQL" in said(preview)
    assert "Week 1: HTML (" not in said(preview)


async def test_a_question_is_asked_in_the_language_of_whoever_answers(bot: BotUnderTest) -> None:
    """One moderator brings the guide in German, and goes on in Spanish."""
    asking = bot.chat.people["moderator"]
    bot.chat.people["moderator"] = replace(asking, language="de")
    text = "# 12-Week Plan\n## Week 1: A\n- a\n## Week 3: B\n- b\n"
    form = await bot.form("moderator", "/cohort programme add")
    asked = await bot.chat.submit("moderator", form, text=text, name="my-plan")
    assert isinstance(asked, Message)
    assert "Im Titel steht „12-Week Plan“, der Plan hat aber 2 Wochen. Stimmt das so?" in plain(asked)
    assert "Zeile 4: „Week 3“ folgt auf „Week 1“: Was dazwischen liegt, fehlt im Leitfaden." in plain(asked)
    bot.chat.people["moderator"] = replace(asking, language="es")
    again = await bot.chat.press("moderator", asked, "Antworten")
    assert isinstance(again, Form)
    fields = [field for field in again.fields if isinstance(field, ChoiceField)]
    assert {field.label: [option.label for option in field.options] for field in fields} == {
        "El título dice “12-Week Plan”, pero el plan tiene 2 semanas. ¿Es correcto?": ["sí, 2 semanas"],
        "Línea 4: “Week 3” va después de “Week 1”: lo que hay en medio no está en la guía.": [
            "seguir el orden del texto"
        ],
    }


@pytest.mark.parametrize(
    ("fields", "wrong", "why"),
    [
        ({}, "file", "Attach a file or paste the guide."),
        ({"text": "hello", "name": "a b"}, "name", "letters, digits and -"),
        ({"text": "hello"}, "", "no roadmap"),
        ({"file": "gone"}, "file", "couldn't get the file"),
        ({"file": "huge"}, "file", "larger than 10 MB"),
        ({"file": "scan"}, "file", "there is no text in it".capitalize()),
        ({"file": "odd"}, "", "no path inside the programme's folder"),
        ({"file": "broken"}, "", "does not pass its check"),
        ({"text": "x", "name": "taken"}, "name", "already"),
    ],
)
async def test_what_cannot_be_read_says_why_and_loses_nothing(
    bot: BotUnderTest, fields: dict[str, str], wrong: str, why: str
) -> None:
    await add(bot, name="taken")
    bot.chat.files |= {
        "huge": ("plan.pdf", b"%PDF-" + bytes(10_000_000)),
        "scan": ("plan.docx", _empty_document()),
        "odd": ("plan.zip", _zip({"p/programme.yaml": "slug: p", "p/../../x.yaml": "y"})),
        "broken": ("plan.zip", _zip({"programme.yaml": "slug: p"})),
    }
    reply = await bot.chat.submit("moderator", await bot.form("moderator", "/cohort programme add"), **fields)
    if not wrong:
        assert isinstance(reply, Message)
        assert why in said(reply)
        return
    assert isinstance(reply, FieldErrors)
    assert why in english(reply.errors[wrong])
    kept = {field.key: field.value for field in reply.form.fields}
    assert kept["text"] == fields.get("text", "")


def _empty_document() -> bytes:
    file = io.BytesIO()
    docx.Document().save(file)
    return file.getvalue()


def _zip(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


async def test_replacing_shows_what_changes_and_what_has_opened_stays(bot: BotUnderTest) -> None:
    await add(bot, guide(6))
    await bot.create(options="timezone:Europe/Berlin programme:my-plan")
    await bot.join("member-1")
    await bot.until(MONDAY)
    await bot.check_in("member-1", tasks=("1",))
    before = bot.chat.timeline()
    changed = guide(6, w1="Another start", w3="Topic 3, better").replace("## Week 6: Topic 6\n- Read chapter 6\n", "")
    preview = await send(bot, changed, line="/cohort programme replace name:my-plan")
    assert "AI 2027: new: 3; dropped: 3 and 6" in said(preview)
    assert bot.chat.timeline() == before, "nothing happens before a yes"
    assert "AI 2027" in said(await bot.press("moderator", preview, "Replace it"))
    assert bot.chat.timeline() == before, "what was posted stays"
    assert "version 2" in await bot.say("moderator", "/cohort programme list")
    await bot.until(MONDAY + timedelta(days=14))
    assert any("Topic 3, better" in each for each in bot.chat.timeline())
    assert "Read chapter 1" in await bot.say("member-1", "/progress")


async def test_a_preview_that_was_overtaken_changes_nothing(bot: BotUnderTest) -> None:
    await add(bot)
    first = await send(bot, guide(5), line="/cohort programme replace name:my-plan")
    second = await send(bot, guide(6), line="/cohort programme replace name:my-plan")
    await bot.press("moderator", second, "Replace it")
    await bot.press("moderator", first, "Replace it")
    assert "6 weeks, version 2" in await bot.say("moderator", "/cohort programme list")


async def test_a_programme_in_use_is_removed_only_after_its_cohorts_ended(bot: BotUnderTest) -> None:
    await add(bot)
    await add(bot, name="other")
    await bot.create(options="timezone:Europe/Berlin programme:my-plan")
    await bot.join("member-1")
    await bot.until(MONDAY)
    await bot.check_in("member-1", tasks=("1",))
    assert "cohorts follow it: AI 2027" in await bot.say("moderator", "/cohort programme remove name:my-plan")
    preview = await bot.message("moderator", "/cohort programme remove name:other")
    assert "other is removed." in said(await bot.press("moderator", preview, "Remove it"))
    await bot.press("moderator", await bot.message("moderator", "/cohort archive"), "End")
    await bot.press("moderator", await bot.message("moderator", "/cohort programme remove name:my-plan"), "Remove it")
    assert "my-plan" not in await bot.say("moderator", "/cohort programme list")
    assert "no programme called" in await bot.say("moderator", "/cohort programme show name:my-plan")
    assert "Topic 1" in await bot.say("member-1", "/progress"), "those who were in it keep their record"


async def test_an_exported_programme_can_be_edited_and_sent_again(bot: BotUnderTest) -> None:
    await add(bot)
    (file,) = (await bot.message("moderator", "/cohort programme export name:my-plan")).files
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "my-plan/programme.yaml" in texts
    edited = {name: text.replace("Topic 2", "Mended by hand") for name, text in texts.items()}
    bot.chat.files["zip"] = ("my-plan.zip", _zip(edited))
    preview = await send(bot, line="/cohort programme replace name:my-plan", file="zip")
    assert "Mended by hand" in said(preview)


async def test_a_programme_that_is_sent_brings_its_translations(bot: BotUnderTest) -> None:
    await add(bot)
    (file,) = (await bot.message("moderator", "/cohort programme export name:my-plan")).files
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    german = 'msgid ""\nmsgstr "Language: de\\n"\n\nmsgid "Topic 2"\nmsgstr "{}"\n'

    async def replaced(title: str) -> Message:
        texts["my-plan/translations/de.po"] = german.format(title)
        bot.chat.files["zip"] = ("my-plan.zip", _zip(texts))
        return await send(bot, line="/cohort programme replace name:my-plan", file="zip")

    assert "translations/de.po:4:1: the translation of “Topic 2” has 61" in said(await replaced("T" * 61))
    await bot.press("moderator", await replaced("Thema 2"), "Replace it")

    def titles(language: str) -> list[str]:
        with i18n.speaking(language):
            programme = bot.runtime.services.programmes.get("my-plan@2")
        assert programme is not None
        return [week.title for week in programme.weeks[:2]]

    assert titles("de") == ["Topic 1", "Thema 2"]
    assert titles("en") == ["Topic 1", "Topic 2"]
    (again,) = (await bot.message("moderator", "/cohort programme export name:my-plan")).files
    with zipfile.ZipFile(io.BytesIO(again.content)) as archive:
        assert "Thema 2" in archive.read("my-plan/translations/de.po").decode()


async def test_a_guide_that_is_sent_is_in_the_language_of_who_sends_it_or_in_the_one_that_they_pick(
    bot: BotUnderTest,
) -> None:
    with i18n.speaking("de"):
        keep = i18n._("Keep it")
    await bot.create()
    await bot.message("moderator", "/profile language:de")
    await bot.press("moderator", await send(bot, guide(), name="plan", line="/cohort programme add"), keep)
    await bot.press("moderator", await send(bot, guide(), name="lento", language="es"), keep)
    await bot.press("moderator", await send(bot, guide(), name="lent", language="und"), keep)
    found = [bot.runtime.services.programmes.get(slug) for slug in ("plan@1", "lento@2", "lent@3")]
    said_there = [(each.language, each.weeks[0].share[:20]) for each in found if each]
    assert said_there == [
        ("de", "Was du von den Aufga"),
        ("es", "Lo que terminaste de"),
        ("und", "What you finished of"),
    ]
    assert "auf Englisch" not in await bot.say("moderator", "/cohort programme show name:plan")


async def test_a_rehearsal_is_labelled_as_a_simulation(bot: BotUnderTest) -> None:
    preview = await send(bot, guide(), name="my-plan")
    assert "Simulation: From nurse to analyst" in said(await bot.press("moderator", preview, "Rehearse it"))


async def test_there_is_a_limit_and_it_is_said(bot: BotUnderTest) -> None:
    await add(bot)

    def fill(store: Store) -> None:
        documents = {"programme.yaml": ""}
        for number in range(1, MOST_IN_A_WORKSPACE):
            store.programmes.add(
                "local",
                "playground",
                f"p-{number}",
                title="t",
                weeks=1,
                content="{}",
                documents=documents,
                at=bot.clock.now(),
            )

    await bot.write(fill)
    assert f"There are {MOST_IN_A_WORKSPACE} programmes here" in await bot.say("moderator", "/cohort programme add")


async def test_another_workspace_sees_none_of_it(bot: BotUnderTest) -> None:
    await add(bot)
    here, elsewhere = await bot.read(
        lambda store: (store.programmes.newest("local", "playground"), store.programmes.newest("local", "other"))
    )
    assert [each.name for each in here] == ["my-plan"]
    assert elsewhere == []
    assert await bot.read(lambda store: store.programmes.versions("local", "other", "my-plan")) == []


async def test_names_are_suggested(bot: BotUnderTest) -> None:
    await add(bot)
    found = await bot.chat.complete("moderator", "/cohort programme show name:my")
    assert [each.value for each in found] == ["my-plan"]
    found = await bot.chat.complete("moderator", "/cohort create name:x programme:")
    assert [each.value for each in found] == ["my-plan", "backend-developer-to-ai-professor"]
