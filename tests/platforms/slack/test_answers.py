"""Commands, buttons, forms, shortcuts and the home tab on the real bolt: answered once, in time, privately."""

import asyncio
import gc
import weakref
from collections.abc import Callable
from dataclasses import replace

import pytest

from cohort_bot.chat.form import FieldErrors, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Actions, Button, File, Message, paragraph, text
from cohort_bot.chat.place import Actor, Place
from cohort_bot.platforms.slack import api
from cohort_bot.platforms.slack.adapter import SlackPlatform
from tests.fakes import published
from tests.fakes.bot import StillClock
from tests.fakes.slack_checks import seen
from tests.fakes.slack_server import SlackServer
from tests.platforms.slack.conftest import FORM, Toy, always

CARD = Message("Card", (paragraph("Card"), Actions((Button("Check in", "checkin", {"round": "3"}),))))


async def posted(slack: SlackServer, platform: SlackPlatform) -> None:
    await platform.send(Place("slack", "T1", "C1"), CARD, "card")


# Files

FILE = Message("The record", (paragraph("The record"),), files=(File("record.csv", "a,é\n"),))


async def test_a_file_goes_into_the_direct_messages_of_who_asked_and_the_answer_says_so(
    slack: SlackServer, platform: SlackPlatform, toy: Toy
) -> None:
    toy.answer = always(FILE)
    answer = await slack.command("U1", "/checkin")
    assert answer.text == "The record\nIt's in your direct messages with me."
    (upload,) = slack.world.uploads.values()
    assert (upload.name, upload.text, upload.channel) == ("record.csv", "a,é\n", slack.world.dm_of("U1").id)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("missing_scope", "I couldn't send you the file. Paste the output of “cohort-bot slack manifest”"),
        ("internal_error", "Slack didn't say whether the file arrived."),
    ],
)
async def test_a_file_that_slack_does_not_take_is_told_with_what_helps(
    slack: SlackServer, platform: SlackPlatform, toy: Toy, error: str, said: str
) -> None:
    toy.answer = always(FILE)
    slack.world.fail("files.completeUploadExternal", error)
    assert said in (await slack.command("U1", "/checkin")).text
    assert len(slack.world.uploads) == 1, "it is not tried again by itself"


# In time


async def test_a_command_is_answered_privately(slack: SlackServer, platform: SlackPlatform, toy: Toy) -> None:
    answer = await slack.command("U1", "/checkin round:3")
    assert answer.text == "checkin {'round': '3'} {}"
    assert slack.world.private("U1") == [answer.text]
    assert not slack.world.posts()
    seen_ = toy.seen[0]
    assert seen_.actor == Actor(
        "slack",
        "T1",
        "U1",
        "Sample Moderator",
        admin=True,
        zone="Europe/Berlin",
        handle="sample.moderator",
        locale="en-US",
    )
    assert (seen_.kind, seen_.place, seen_.direct) == ("command", Place("slack", "T1", "C1"), False)
    await slack.command("U3", "/cohort plan", "C2")
    assert toy.seen[1].actor == Actor(
        "slack", "T1", "U3", "Sample Member 2", zone="America/Los_Angeles", handle="sample.member.2", locale="en-US"
    )


async def test_a_command_opens_a_form_and_errors_stay_in_it(
    slack: SlackServer, platform: SlackPlatform, toy: Toy
) -> None:
    toy.answer = always(FORM)
    form = await slack.command("U2", "/checkin")
    assert form.view is not None
    assert form.view["callback_id"] == "checkin.save"
    toy.answer = always(FieldErrors(FORM, {"done": "Please write something."}))
    again = await slack.submit("U2", form, done="")
    assert again.errors == {"done": "Please write something."}
    toy.answer = toy.echo
    result = await slack.submit("U2", again, done="all of it\nand more")
    assert result.text.endswith("checkin.save {'round': '3'} {'done': ('all of it\\nand more',), 'next': ()}")
    assert toy.seen[-1].place == Place("slack", "T1", "C1")
    assert toy.seen[-1].kind == "form"


async def test_a_button_of_a_message(slack: SlackServer, platform: SlackPlatform, toy: Toy) -> None:
    await posted(slack, platform)
    answer = await slack.press("U2", slack.world.posts()[0], "Check in")
    assert answer.text == "checkin {'round': '3'} {}"
    assert toy.seen[0].kind == "button"
    assert slack.world.timeline() == ["Card\n[Check in]"], "the message stays as it is"


async def test_a_button_in_a_view_answers_there(slack: SlackServer, platform: SlackPlatform, toy: Toy) -> None:
    toy.answer = always(FORM)
    form = await slack.command("U2", "/checkin")
    toy.answer = always(CARD)
    result = await slack.submit("U2", form, done="x")
    toy.answer = always(FORM)
    assert (await slack.press("U2", result, "Check in")).text.startswith("Check in\nDone")
    assert toy.seen[-1].place == Place("slack", "T1", "C1")


async def test_what_is_missing_is_asked_for(slack: SlackServer, platform: SlackPlatform, toy: Toy) -> None:
    form = await slack.command("U2", "/cohort create day:Tuesday")
    assert not toy.seen
    assert form.text.startswith("/cohort create\n")
    result = await slack.submit("U2", form, name="AI & <you>", channel="C2")
    assert result.text.endswith("{'name': 'AI & <you>', 'day': 'Tuesday', 'channel': 'C2'} {}")
    assert toy.seen[0].kind == "command"


async def test_help_is_answered_and_what_is_not_known_is_told(
    slack: SlackServer, platform: SlackPlatform, toy: Toy
) -> None:
    assert (await slack.command("U2", "/cohort")).text.startswith("help")
    assert "Did you mean /cohort create?" in (await slack.command("U2", "/cohort creat name:x")).text
    assert "There's no /cohort secret" in (await slack.command("U2", "/cohort secret")).text
    assert [each.action for each in toy.seen] == ["help"]


async def test_a_shortcut_opens_a_form_or_carries_the_link_of_a_message(
    slack: SlackServer, platform: SlackPlatform, toy: Toy
) -> None:
    toy.answer = always(FORM)
    assert (await slack.shortcut("U2", "checkin")).text.startswith("Check in")
    assert toy.seen[0].place is None
    await posted(slack, platform)
    toy.answer = toy.echo
    post = slack.world.posts()[0]
    answer = await slack.message_shortcut("U2", "checkin.evidence", post)
    assert f"archives/C1/p{post.ts.replace('.', '')}" in answer.text
    slack.world.fail("chat.getPermalink", "message_not_found")
    assert "went wrong" in (await slack.message_shortcut("U2", "checkin.evidence", post)).text


async def test_the_home_tab_shows_the_plan_with_buttons(slack: SlackServer, platform: SlackPlatform, toy: Toy) -> None:
    home = await slack.open_home("U2")
    assert seen(home["blocks"]) == "[Check in]  [Join]  [Plan]\nplan {} {}"
    assert (toy.seen[0].place, toy.seen[0].actor.user) == (None, "U2")
    answer = await slack.press("U2", home, "Join")
    assert answer.view is not None
    assert answer.text.endswith("join {} {}")
    toy.answer = always(FORM)
    assert (await slack.press("U2", home, "Check in")).text.startswith("Check in")


async def test_events_that_are_not_ours_are_acknowledged(slack: SlackServer, platform: SlackPlatform) -> None:
    await slack.event({"type": "app_home_opened", "user": "U2", "tab": "messages", "channel": "DU2"})
    hello = {"channel": "C1", "channel_type": "channel", "user": "U2", "text": "hello", "ts": "1800000000.000001"}
    await slack.event({"type": "message", **hello})
    with published.unchecked():
        await slack.event({"type": "something_new"})
        closed = {**slack._interaction("view_closed", "U2"), "view": {"callback_id": "message"}}
        await slack.deliver("interactive", closed)


# Twice, wrong, slow, stopping


async def test_what_is_delivered_twice_is_answered_once(slack: SlackServer, platform: SlackPlatform, toy: Toy) -> None:
    payload = slack.command_payload("U2", "/checkin")
    await asyncio.gather(slack.deliver("slash_commands", payload), slack.deliver("slash_commands", payload))
    await slack.deliver("slash_commands", payload)
    await slack._answer(payload)
    assert len(toy.seen) == len(slack.world.ephemerals) == 1


async def test_a_form_that_is_delivered_twice_gets_the_same_result(
    slack: SlackServer, platform: SlackPlatform, toy: Toy
) -> None:
    toy.answer = always(FORM)
    form = await slack.command("U2", "/checkin")
    toy.answer = toy.echo
    payload = slack.submit_payload("U2", form, done="x")
    first, second = await asyncio.gather(slack.send_form(payload), slack.send_form(payload))
    assert first.text == second.text
    assert len(toy.seen) == 2


class Watched(Message):
    """One of which can be told whether it is still kept."""


async def test_a_reply_is_not_kept_when_it_has_been_given(
    slack: SlackServer, platform: SlackPlatform, toy: Toy
) -> None:
    replies: list[weakref.ref[Watched]] = []

    async def answer(_: Invocation) -> Reply:
        reply = Watched("Said")
        replies.append(weakref.ref(reply))
        return reply

    toy.answer = answer
    for _ in range(3):
        await slack.command("U2", "/checkin")
    await platform.stop(1)
    gc.collect()
    assert [reply for reply in replies if reply() is not None] == []
    assert len(replies) == 3


async def test_an_event_that_is_repeated_is_worked_on_once(
    slack: SlackServer, platform: SlackPlatform, toy: Toy
) -> None:
    event = {"type": "app_home_opened", "user": "U2", "tab": "home", "channel": "DU2"}
    assert await slack.event(event, identity="Ev1") is None
    await slack.world.until(lambda: slack.world.homes.get("U2"))
    assert await slack.event(event, identity="Ev1", retry=1) is None
    assert await slack.event(event, identity="Ev1", retry=2) is None
    assert len(toy.seen) == 1


async def test_a_handler_that_breaks_is_answered_and_logged(
    slack: SlackServer, platform: SlackPlatform, toy: Toy, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_invocation: Invocation) -> Reply:
        raise RuntimeError("a bug")

    toy.answer = broken
    assert "went wrong on my side" in (await slack.command("U2", "/checkin")).text
    assert "a bug" in caplog.text


async def test_a_reply_that_slack_cannot_show(slack: SlackServer, platform: SlackPlatform, toy: Toy) -> None:
    toy.answer = always(replace(FORM, args={"x": "y" * 4000}))
    assert "too long" in (await slack.command("U2", "/checkin")).text
    toy.answer = always(Message("s", tuple(paragraph(str(n)) for n in range(120))))
    long = await slack.command("U2", "/checkin")
    await slack.world.until(lambda: len(slack.world.ephemerals) == 4)
    assert long.text.startswith("0\n1")


async def test_an_answer_is_tried_again_while_somebody_waits(
    slack: SlackServer, platform: SlackPlatform, toy: Toy
) -> None:
    world = slack.world
    world.break_down("response_url", 500)
    assert (await slack.command("U2", "/checkin")).text.startswith("checkin")
    world.fail("response_url", "ratelimited", retry_after=0.01)
    assert (await slack.command("U2", "/checkin")).text.startswith("checkin")
    world.drop("response_url")
    assert (await slack.command("U2", "/checkin")).text.startswith("checkin")


async def test_an_answer_that_fails_several_times_in_a_row_comes_late(
    slack: SlackServer, platform: SlackPlatform, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One call in ten fails in bad hours, and four in a row now and then."""
    monkeypatch.setattr(api, "AGAIN", (0.0, 0.0, 0.0))
    monkeypatch.setattr(api, "LONGER", (0.0, 0.0))
    slack.world.break_down("response_url", 500, times=3)
    slack.world.fail("response_url", "ratelimited", retry_after=0, times=2)
    assert (await slack.command("U2", "/checkin")).text.startswith("checkin")


@pytest.mark.parametrize("fault", ["lose_answer", "drop", "break_down"])
async def test_a_form_opens_although_a_call_fails(
    slack: SlackServer, platform: SlackPlatform, toy: Toy, fault: str
) -> None:
    toy.answer = always(FORM)
    getattr(slack.world, fault)("views.open")
    assert (await slack.command("U2", "/checkin")).view is not None
    assert not slack.world.ephemerals, "and nothing is said about it"


async def test_an_answer_that_does_not_arrive_is_logged(
    slack: SlackServer, platform: SlackPlatform, toy: Toy, caplog: pytest.LogCaptureFixture
) -> None:
    slack.world.fail("response_url", "ratelimited", retry_after=30)
    await slack.deliver("slash_commands", slack.command_payload("U2", "/checkin"))
    await slack.world.until(lambda: any(method == "response_url" for method, _ in slack.world.calls))
    assert (await slack.command("U2", "/checkin")).text.startswith("checkin")
    assert "did not arrive" in caplog.text


async def test_people_are_asked_about_once_and_again_when_they_change(
    slack: SlackServer, platform: SlackPlatform, toy: Toy, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "AGAIN", (0.0,))

    def asked() -> int:
        return sum(method == "users.info" for method, _ in slack.world.calls)

    await slack.command("U2", "/checkin")
    await slack.command("U2", "/checkin")
    assert asked() == 1
    person = slack.world.people["U2"]
    person.admin, person.zone = True, "Asia/Tokyo"
    await slack.user_changed("U2")
    await slack.user_changed("U4")
    await slack.command("U2", "/checkin")
    assert (toy.seen[-1].actor.admin, toy.seen[-1].actor.zone, asked()) == (True, "Asia/Tokyo", 1)
    clock.skip(601)
    slack.world.fail("users.info", "internal_error", times=2)
    await slack.command("U2", "/checkin")
    assert (toy.seen[-1].actor.admin, toy.seen[-1].actor.zone) == (False, "Asia/Tokyo"), "nobody is admin on trust"


async def test_a_guest_from_elsewhere_is_no_admin(slack: SlackServer, platform: SlackPlatform, toy: Toy) -> None:
    record = slack.world.people["U1"].record("T2")
    platform._people.learn("T1", record)
    await slack.command("U1", "/checkin")
    assert not toy.seen[0].actor.admin


async def test_a_stop_waits_for_what_is_acknowledged(
    slack: SlackServer, platform: SlackPlatform, toy: Toy, late: Callable[[Reply], asyncio.Event]
) -> None:
    toy.answer = always(FORM)
    form = await slack.command("U2", "/checkin")
    go_on = late(text("At last"))
    payload = slack.command_payload("U2", "/checkin")
    await slack.deliver("slash_commands", payload)
    stopping = asyncio.create_task(platform.stop(5))
    await asyncio.sleep(0)
    assert "restarting" in (await slack.command("U3", "/checkin")).text
    refused = await slack.submit("U2", form, done="what I typed stays")
    assert "restarting" in refused.errors["done"]
    go_on.set()
    await stopping
    assert slack.world.private("U2") == ["At last"]


async def test_a_stop_does_not_wait_for_ever(
    slack: SlackServer, platform: SlackPlatform, toy: Toy, late: Callable[[Reply], asyncio.Event]
) -> None:
    late(text("Never"))
    await slack.deliver("slash_commands", slack.command_payload("U2", "/checkin"))
    async with asyncio.timeout(1):
        await platform.stop(0.05)
