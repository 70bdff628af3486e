"""What takes longer than Slack waits: it is acknowledged, and the answer comes all the same."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from slack_bolt.listener import asyncio_runner

from cohort_bot.chat.form import FieldErrors, Form, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message, text
from cohort_bot.platforms.slack.adapter import SlackPlatform
from tests.fakes.slack_checks import seen
from tests.fakes.slack_server import SlackServer
from tests.platforms.slack.conftest import FORM, Toy, always


async def test_a_late_message_takes_the_place_of_the_acknowledgement(
    slack: SlackServer, platform: SlackPlatform, late: Callable[[Reply], asyncio.Event]
) -> None:
    go_on = late(text("At last"))
    payload = slack.command_payload("U2", "/checkin")
    await slack.deliver("slash_commands", payload)
    assert not slack.world.private("U2")
    go_on.set()
    assert (await slack._answer(payload)).text == "At last"


async def test_the_library_does_not_poll_for_a_request_that_waits(
    slack: SlackServer, platform: SlackPlatform, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    polls: list[float] = []

    async def poll(seconds: float) -> None:
        polls.append(seconds)
        await asyncio.sleep(seconds)

    monkeypatch.setattr(asyncio_runner, "asyncio", SimpleNamespace(sleep=poll, ensure_future=asyncio.ensure_future))
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def waiting(_invocation: Invocation) -> Reply:
        arrived.set()
        await go_on.wait()
        return text("Done")

    toy.answer = waiting
    command = asyncio.create_task(slack.command("U2", "/checkin"))
    await arrived.wait()
    go_on.set()
    assert (await command).text == "Done"
    assert not polls


async def test_a_late_form_is_a_button(
    slack: SlackServer, platform: SlackPlatform, toy: Toy, late: Callable[[Reply], asyncio.Event]
) -> None:
    go_on = late(FORM)
    payload = slack.command_payload("U2", "/checkin round:3")
    await slack.deliver("slash_commands", payload)
    slack.world.expire(payload["trigger_id"])
    go_on.set()
    ready = await slack._answer(payload)
    assert "[Open the form]" in ready.text
    toy.answer = always(FORM)
    assert (await slack.press("U2", ready, "Open the form")).text.startswith("Check in")
    assert toy.seen[-1].args == {"round": "3"}


async def test_a_form_whose_trigger_is_over_is_a_button(slack: SlackServer, platform: SlackPlatform, toy: Toy) -> None:
    toy.answer = always(FORM)
    slack.world.fail("views.open", "expired_trigger_id")
    assert "[Open the form]" in (await slack.command("U2", "/checkin")).text
    slack.world.fail("views.open", "expired_trigger_id")
    await slack.deliver("interactive", slack.shortcut_payload("U2", "checkin"))
    await slack.world.until(lambda: slack.world.inbox("U2"))
    assert "[Open the form]" in slack.world.inbox("U2")[0]


@pytest.mark.parametrize("reply", [text("Saved at last"), FieldErrors(FORM, {"done": "Please mend this."}), FORM])
async def test_a_late_submission_says_that_it_is_saving(
    slack: SlackServer, platform: SlackPlatform, toy: Toy, late: Callable[[Reply], asyncio.Event], reply: Reply
) -> None:
    toy.answer = always(FORM)
    form = await slack.command("U2", "/checkin")
    go_on = late(reply)
    sending = asyncio.create_task(slack.submit("U2", form, done="x"))
    assert form.view is not None
    identity = form.view["id"]
    await slack.world.until(lambda: "Saving…" in seen(slack.world.views[identity]["blocks"]))
    go_on.set()
    result = await sending
    expected = {Message: "Saved at last", FieldErrors: "⚠ Please mend this.", Form: "Done"}[type(reply)]
    assert expected in result.text


async def test_a_view_that_was_closed_is_answered_directly(
    slack: SlackServer, platform: SlackPlatform, toy: Toy, late: Callable[[Reply], asyncio.Event]
) -> None:
    toy.answer = always(FORM)
    form = await slack.command("U2", "/checkin")
    go_on = late(text("Saved at last"))
    payload = slack.submit_payload("U2", form, done="x")
    said = await slack.deliver("interactive", payload)
    assert said is not None
    assert said["response_action"] == "update"
    slack.world.views.clear()
    go_on.set()
    await slack.world.until(lambda: slack.world.inbox("U2"))
    assert slack.world.inbox("U2") == ["Saved at last"]
