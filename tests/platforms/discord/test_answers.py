"""Commands, buttons, forms and completions, on the real client: answered once, in time, privately."""

import asyncio
import logging
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

import pytest

from cohort_bot.app.dispatch import AT_ONCE
from cohort_bot.chat.form import Form, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import File, Message
from cohort_bot.chat.place import Place
from cohort_bot.platforms.discord import answers
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from cohort_bot.platforms.discord.drafts import MemoryDrafts
from tests.fakes.discord_server import DiscordServer, Fault, Posted
from tests.fakes.toy import FORM, TABLE, Toy, card
from tests.platforms.discord.cohort import running
from tests.platforms.discord.conftest import started

CALLBACK = "/callback$"
WAITING = 30


async def posted(server: DiscordServer, platform: DiscordPlatform) -> Posted:
    """The toy's card in #general."""
    place = Place("discord", str(server.world.guild), str(server.channel("general").id))
    await platform.send(place, card(), "card")
    return server.channel("general").messages[-1]


async def test_a_command_is_answered_privately(server: DiscordServer, platform: DiscordPlatform, toy: Toy) -> None:
    shown = await server.slash("member-1", "general", "echo", words="hello *you*")
    assert shown.text == "hello \\*you\\*"
    assert shown.private
    assert not shown.deferred
    seen = toy.seen[0]
    assert (seen.action, seen.kind, dict(seen.args)) == ("echo", "command", {"words": "hello *you*"})
    assert (seen.actor.workspace, seen.actor.user) == (None, str(server.world.people["member-1"].id))
    assert seen.place == Place("discord", str(server.world.guild), str(server.channel("general").id))
    assert not seen.actor.admin
    assert not seen.direct
    assert not server.channel("general").messages


@pytest.mark.parametrize("slow", [False, True])
async def test_a_file_comes_with_the_private_answer_also_when_that_takes_long(
    server: DiscordServer, platform: DiscordPlatform, toy: Toy, monkeypatch: pytest.MonkeyPatch, *, slow: bool
) -> None:
    async def with_file(_invocation: Invocation) -> Reply:
        await asyncio.sleep(0.1 if slow else 0)
        return Message("Here", files=(File("record.csv", "a,é\n"),))

    monkeypatch.setattr(toy, "dispatch", with_file)
    if slow:
        monkeypatch.setattr(answers, "DEFER_AFTER", 0.05)
    await platform.stop(0)
    await platform.start(TABLE, toy.dispatch, toy.complete)
    shown = await server.slash("member-1", "general", "echo", words="x")
    assert (shown.private, shown.deferred) == (True, slow)
    assert shown.message is not None
    assert shown.message.body["files"] == {"record.csv": "a,é\n"}


async def test_who_moderates(server: DiscordServer, platform: DiscordPlatform, toy: Toy) -> None:
    role = server.world.new_id()
    server.world.roles[role] = "Helpers"
    server.world.people["member-1"].roles.add(role)
    await server.invite()
    await server.slash("member-1", "general", "cohort progress", member="member-2")
    await server.slash("moderator", "general", "cohort create", name="AI")
    assert str(role) in toy.seen[0].actor.roles
    assert dict(toy.seen[0].args) == {"member": str(server.world.people["member-2"].id)}
    assert [seen.actor.admin for seen in toy.seen] == [False, True]


async def test_roles_and_people_are_known_by_mention_id_and_name(
    server: DiscordServer, platform: DiscordPlatform, toy: Toy
) -> None:
    world = server.world
    helpers, study, ann = world.new_id(), world.new_id(), world.people["member-1"].id
    world.roles |= {helpers: "Helpers", study: "Study Mentors"}
    await server.invite()
    for said, meant in {
        f"<@&{helpers}>": f"role:{helpers}",
        f"<@{ann}><@!{ann}>, <@&{study}>": f"person:{ann} person:{ann} role:{study}",
        f"{helpers} {ann}": f"role:{helpers} person:{ann}",
        "@study mentors": f"role:{study}",
        "@Helpers @Nobody": f"role:{helpers} unknown:@Nobody",
        f"@everyone <@&{world.guild}>": f"unknown:@everyone unknown:{world.guild}",
        "role:1 person:2 <": "unknown:role:1 unknown:person:2 unknown:<",
        "nobody": "unknown:nobody",
    }.items():
        await server.slash("moderator", "general", "named", who=said)
        assert toy.seen[-1].args["who"] == meant, said
    assert str(world.guild) not in toy.seen[-1].actor.roles, "the role that everybody has is none"


async def test_a_button_runs_its_action(server: DiscordServer, platform: DiscordPlatform, toy: Toy) -> None:
    shown = await server.press("member-1", await posted(server, platform), "Say hello")
    assert shown.text == "hello from the button"
    assert toy.seen[0].kind == "button"


async def test_in_a_thread_and_in_a_direct_conversation(
    server: DiscordServer, platform: DiscordPlatform, toy: Toy
) -> None:
    place = Place("discord", str(server.world.guild), str(server.channel("general").id))
    root = await platform.send(place, card(), "root")
    inside = await platform.thread(root, "Week 3")
    await server.slash("member-1", server.world.threads()[0], "echo", words="x")
    assert toy.seen[-1].place == inside
    direct = await platform.dm("", str(server.world.people["member-1"].id))
    await platform.send(direct, card(), "dm")
    form = await server.press("member-1", server.inbox("member-1").messages[0], "Check in")
    assert form.title == FORM.title
    seen = toy.seen[-1]
    assert seen.place == direct
    assert seen.direct
    assert not seen.actor.admin


async def test_a_form_is_filled_in_and_sent(server: DiscordServer, platform: DiscordPlatform, toy: Toy) -> None:
    form = await server.press("member-1", await posted(server, platform), "Check in")
    shown = await server.submit("member-1", form, tasks=["1", "3"], done="two\nlines", share="thread")
    assert shown.text == "Round 3: two\nlines"
    sent = toy.seen[-1]
    assert (sent.action, sent.kind, dict(sent.args)) == ("ask.sent", "form", {"round": "3"})
    assert sent.fields["tasks"] == ("1", "3")
    assert sent.fields["share"] == ("thread",)
    assert sent.field("when") == ""


async def test_a_form_that_is_wrong_comes_back_filled_in(
    server: DiscordServer, platform: DiscordPlatform, toy: Toy
) -> None:
    form = await server.slash("member-1", "general", "ask")
    wrong = await server.submit("member-1", form, tasks=["2"])
    assert "Nothing is saved yet" in wrong.text
    assert "**What did you do?**: Please write a sentence" in wrong.text
    assert wrong.private
    again = await server.press("member-1", wrong, "Fix it")
    assert [option["value"] for option in again.form["tasks"]["options"] if option.get("default")] == ["2"]
    assert (await server.submit("member-1", again, done="Done")).text == "Round 3: Done"
    # Pressed a second time: still there.
    assert (await server.press("member-1", wrong, "Fix it")).title == FORM.title


async def test_when_the_draft_is_gone_the_action_that_opened_the_form_runs_again(
    server: DiscordServer, toy: Toy
) -> None:
    async with started(server, toy, drafts=MemoryDrafts(most=0)):
        form = await server.slash("member-1", "general", "ask")
        wrong = await server.submit("member-1", form, tasks=["2"])
        again = await server.press("member-1", wrong, "Fix it")
        assert again.title == FORM.title
        assert (toy.seen[-1].action, dict(toy.seen[-1].args)) == ("ask", {"round": "3"})


async def test_a_form_and_a_button_outlive_a_restart(
    server: DiscordServer, toy: Toy, platform: DiscordPlatform
) -> None:
    message = await posted(server, platform)
    form = await server.press("member-1", message, "Check in")
    await platform.stop(0)
    async with started(server, toy):
        assert (await server.submit("member-1", form, done="After")).text == "Round 3: After"
        assert (await server.press("member-1", message, "Check in")).title == FORM.title


async def test_suggestions(server: DiscordServer, platform: DiscordPlatform) -> None:
    with_zone = next(command for command in server.http.commands if command["name"] == "echo")
    next(option for option in with_zone["options"] if option["name"] == "fruit")["autocomplete"] = True
    assert await server.suggest("member-1", "general", "echo", "fruit", "ap") == ["apple", "apricot"]
    assert await server.suggest("member-1", "general", "echo", "fruit", "zz") == []


async def test_what_takes_long_says_so_first(
    server: DiscordServer, platform: DiscordPlatform, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "DEFER_AFTER", 0.05)
    waiting = asyncio.create_task(server.slash("member-1", "general", "wait"))
    await server.until(lambda: server.callbacks)
    assert server.callbacks[0] == {"type": 5, "data": {"flags": 64}}
    toy.go_on.set()
    shown = await waiting
    assert shown.text == "That took a while."
    assert shown.deferred
    assert shown.private


async def test_however_many_wait_for_their_turn_each_is_acknowledged_and_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        monkeypatch.setattr(answers, "DEFER_AFTER", 0.05)
        bot.server.callbacks.clear()
        card = bot.server.channel("general").messages[0]
        turns = bot.runtime.dispatcher._turns
        for _ in range(AT_ONCE):
            await turns.acquire()
        people = [bot.server.world.add_person(f"visitor-{number}").name for number in range(WAITING)]
        waiting = [asyncio.create_task(bot.server.press(person, card, "Join")) for person in people]
        await bot.server.until(lambda: sum(each["type"] == 5 for each in bot.server.callbacks) == WAITING)
        for _ in range(AT_ONCE):
            turns.release()
        assert all("Open the form" in each.buttons for each in await asyncio.gather(*waiting))


async def test_the_more_wait_the_sooner_they_are_told_that_work_continues(
    server: DiscordServer, platform: DiscordPlatform, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "DEFER_AFTER", 30.0)
    monkeypatch.setattr(answers, "A_NOTICE", 10.0)
    monkeypatch.setattr(answers, "DEFER_AT_ONCE", 0.02)

    def heard(number: int) -> bool:
        return len(toy.seen) == number

    waiting = []
    for number in range(1, 4):
        waiting.append(asyncio.create_task(server.slash("member-1", "general", "wait")))
        await server.until(partial(heard, number))
    await server.until(lambda: server.callbacks)
    toy.go_on.set()
    assert [each.deferred for each in await asyncio.gather(*waiting)] == [False, False, True]


@pytest.mark.parametrize(("kind", "times"), [("lose", 1), ("lose", 3), ("drop", 1), ("drop", 3), ("hang", 1)])
async def test_whatever_becomes_of_thinking_the_answer_comes_once(
    server: DiscordServer,
    platform: DiscordPlatform,
    toy: Toy,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kind: Literal["lose", "drop", "hang"],
    times: int,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(answers, "DEFER_AFTER", 0.02)
    monkeypatch.setattr(answers, "DEFER_WITHIN", 0.5)
    server.fail(Fault(kind, "POST", CALLBACK, times=times))
    waiting = asyncio.create_task(server.slash("member-1", "general", "wait"))
    fits = "was answered already" if kind == "lose" and times == 1 else "arrived is not known"
    await server.until(lambda: fits in caplog.text or ((kind, times) == ("drop", 1) and server.callbacks))
    toy.go_on.set()
    assert (await waiting).text == "That took a while."
    assert len(server.private["member-1"]) == 1
    assert (await waiting).deferred is not (kind == "drop" and times == 3)


async def test_a_draft_that_takes_long_to_find_is_opened_by_a_button(
    server: DiscordServer, platform: DiscordPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = await server.submit("member-1", await server.slash("member-1", "general", "ask"), tasks=["2"])
    found, drafts = asyncio.Event(), platform.drafts

    class Slow:
        keep = drafts.keep

        async def get(self, token: str) -> Form | None:
            await found.wait()
            return await drafts.get(token)

    assert platform._answers is not None
    monkeypatch.setattr(platform._answers, "_drafts", Slow())
    monkeypatch.setattr(answers, "DEFER_AFTER", 0.02)
    waiting = asyncio.create_task(server.press("member-1", wrong, "Fix it"))
    await server.until(lambda: server.callbacks[-1]["type"] == 5)
    found.set()
    again = await server.press("member-1", await waiting, "Open the form")
    assert [option["value"] for option in again.form["tasks"]["options"] if option.get("default")] == ["2"]


async def test_a_draft_that_cannot_be_kept_is_told(
    server: DiscordServer, platform: DiscordPlatform, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def full(_form: Form, _user: str) -> str:
        raise OSError("no space left")

    monkeypatch.setattr(platform.drafts, "keep", full)
    shown = await server.submit("member-1", await server.slash("member-1", "general", "ask"), tasks=["2"])
    assert "went wrong on my side" in shown.text
    assert "no space left" in caplog.text


@pytest.mark.parametrize("long", [False, True])
async def test_a_form_that_comes_late_is_opened_by_a_button(
    server: DiscordServer, platform: DiscordPlatform, toy: Toy, monkeypatch: pytest.MonkeyPatch, long: bool
) -> None:
    async def slow(invocation: Invocation) -> Reply:
        toy.seen.append(invocation)
        if invocation.kind == "command":
            await asyncio.sleep(0.1)
        return FORM

    monkeypatch.setattr(toy, "dispatch", slow)
    monkeypatch.setattr(answers, "DEFER_AFTER", 0.05)
    await platform.stop(0)
    await platform.start(TABLE, toy.dispatch, toy.complete)
    shown = await server.slash("member-1", "general", "echo", words="x" * 200 if long else "hello")
    if long:
        assert "type the command again" in shown.text
        return
    assert (await server.press("member-1", shown, "Open the form")).title == FORM.title
    assert (toy.seen[-1].action, dict(toy.seen[-1].args)) == ("echo", {"words": "hello"})


async def test_a_form_that_answers_a_form_is_opened_by_a_button(
    server: DiscordServer, platform: DiscordPlatform, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forms(invocation: Invocation) -> Reply:
        return replace(FORM, title=f"After {invocation.kind}")

    monkeypatch.setattr(toy, "dispatch", forms)
    await platform.stop(0)
    await platform.start(TABLE, toy.dispatch, toy.complete)
    form = await server.slash("member-1", "general", "ask")
    second = await server.submit("member-1", form)
    assert (await server.press("member-1", second, "Open the form")).title == "After form"


async def test_a_mistake_in_a_form_is_told(
    server: DiscordServer, platform: DiscordPlatform, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrong(_invocation: Invocation) -> Reply:
        return Form("ask.sent", "Nothing in it", ())

    monkeypatch.setattr(toy, "dispatch", wrong)
    await platform.stop(0)
    await platform.start(TABLE, toy.dispatch, toy.complete)
    assert "couldn't show" in (await server.slash("member-1", "general", "ask")).text


async def test_an_answer_that_comes_too_late_is_logged(
    server: DiscordServer, platform: DiscordPlatform, toy: Toy, caplog: pytest.LogCaptureFixture
) -> None:
    server.deadline = -1
    await unanswered(server, "came too late", caplog)
    assert server.errors == [10062]
    assert len(toy.seen) == 1, "what was done stays done"


async def unanswered(server: DiscordServer, words: str, caplog: pytest.LogCaptureFixture) -> None:
    """Type a command that is not answered, until the log says why."""
    caplog.set_level(logging.INFO)
    task = asyncio.create_task(server.slash("member-1", "general", "echo", words="x"))
    await server.until(lambda: words in caplog.text)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_an_answer_whose_receipt_was_lost_is_not_given_twice(
    server: DiscordServer, platform: DiscordPlatform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.fail(Fault("lose", "POST", CALLBACK))
    shown = await server.slash("member-1", "general", "echo", words="once")
    assert shown.text == "once"
    await server.until(lambda: "was answered already" in caplog.text)
    assert server.errors == [40060]
    assert len(server.private["member-1"]) == 1


async def test_a_dropped_answer_is_given_again(server: DiscordServer, platform: DiscordPlatform) -> None:
    server.fail(Fault("drop", "POST", CALLBACK))
    assert (await server.slash("member-1", "general", "echo", words="again")).text == "again"


async def test_an_answer_comes_in_time_whatever_fails_twice(
    server: DiscordServer, platform: DiscordPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "ALMOST", 0.1)
    for fault in ("drop", "error"):
        server.fail(Fault(fault, "POST", CALLBACK, times=2))
        assert (await server.slash("member-1", "general", "echo", words=fault)).text == fault


async def test_an_answer_that_discord_wants_later_is_given_again(
    server: DiscordServer, platform: DiscordPlatform
) -> None:
    server.fail(Fault("error", "POST", CALLBACK, 429, {"retry_after": 0.05}, {"Via": "1.1 google"}))
    assert (await server.slash("member-1", "general", "echo", words="again")).text == "again"


async def test_an_answer_that_three_calls_fail_to_give_comes_in_time(
    server: DiscordServer, platform: DiscordPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a 429 and a 500 the library waits three seconds, and after the first 500 of a new try one."""
    assert answers.ALMOST + 1 < 0.9 * answers.DEFER_WITHIN
    monkeypatch.setattr(answers, "ALMOST", 0.1)
    server.fail(Fault("error", "POST", CALLBACK, 429, {"retry_after": 0.02}, {"Via": "1.1 google"}))
    server.fail(Fault("error", "POST", CALLBACK, times=2))
    assert (await server.slash("member-1", "general", "echo", words="again")).text == "again"


async def test_thinking_that_comes_too_late_undoes_nothing(
    server: DiscordServer,
    platform: DiscordPlatform,
    toy: Toy,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(answers, "DEFER_AFTER", 0.02)
    server.deadline = -1
    task = asyncio.create_task(server.slash("member-1", "general", "wait"))
    await server.until(lambda: "came too late" in caplog.text)
    toy.go_on.set()
    await server.until(lambda: server.errors == [10062, 10062])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_refused_answer_is_logged(
    server: DiscordServer, platform: DiscordPlatform, caplog: pytest.LogCaptureFixture
) -> None:
    server.fail(Fault("error", "POST", CALLBACK, 400, {"code": 50035, "message": "Invalid Form Body"}))
    await unanswered(server, "Discord refused the answer", caplog)


async def test_many_at_once_are_answered_each(server: DiscordServer, platform: DiscordPlatform) -> None:
    shown = await asyncio.gather(
        *(server.slash("member-1", "general", "echo", words=f"number {number}") for number in range(50))
    )
    assert [each.text for each in shown] == [f"number {number}" for number in range(50)]
