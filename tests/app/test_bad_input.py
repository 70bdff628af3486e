"""Whatever a person sends: a clear private answer that says what to do; nothing lost, executed or doubled."""

from datetime import timedelta

import pytest

from cohort_bot.chat.form import FieldErrors, Form
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message, buttons, plain
from cohort_bot.chat.place import Place
from tests.fakes.bot import BotUnderTest
from tests.fakes.memory import WORKSPACE, answers

NASTY = {
    "html": "<script>alert(1)</script> <b>bold</b> &amp;",
    "markdown": "# head\n> quote\n[link](https://example.org) **bold** `code` @everyone <@&1> <!channel>",
    "right-to-left": "\u202e\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈 👍🏽",
    "control": "a\x00b\x1b[31mc\x7f\u2028d",
    "quotes": "'; DROP TABLE checkins; -- \" \\ %s {0} ${x}",
}


async def checkins(bot: BotUnderTest) -> int:
    return await bot.read(lambda store: len(store.checkins.of_cohort(1)))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('/cohort create name:"X" starts:soon', "such as 2027-01-04"),
        ('/cohort create name:"X" starts:2027-02-30', "2027-02-30"),
        ('/cohort create name:"X" starts:2020-01-06', "has already passed"),
        ('/cohort create name:"X" starts:2099-01-05', "two years"),
        ('/cohort create name:"X" starts:9999-12-31', "two years"),
        ('/cohort create name:"X" day:Blursday', "such as Monday"),
        ('/cohort create name:"X" day:M', "such as Monday"),
        ('/cohort create name:"X" time:25:00', "such as 09:00"),
        ('/cohort create name:"X" time:9', "could be more than one time of day"),
        ('/cohort create name:"X" timezone:Berlim', "Europe/Berlin"),
        ('/cohort create name:"X" timezone:../../etc/passwd', "../../etc/passwd"),
        ('/cohort create name:"X" programme:nothing', "backend-developer-to-ai-professor"),
        (f'/cohort create name:"{"x" * 51}"', "1 to 50"),
        ('/cohort create name:"ai 2027"', "already"),
        ("/cohort create", "name"),
        ("/join cohort:nowhere", "no cohort called"),
        ("/checkin round:0", "between 1"),
        ("/checkin round:-1", "between 1"),
        ("/checkin round:one", "whole number"),
        ("/checkin round:\u0663", "whole number"),
        ("/checkin round:99999999999999999999", "whole number"),
        ("/checkin round:7", "hasn't opened yet"),
        ("/checkin cohort:other", "no cohort called"),
        ("/plan week:117", "has 116 weeks"),
    ],
)
async def test_a_wrong_option_is_named_with_what_would_be_right(cohort: BotUnderTest, line: str, said: str) -> None:
    who = "moderator" if line.startswith("/cohort") else "member-1"
    assert said in await cohort.say(who, line)
    assert len(await cohort.members()) == 2
    assert await checkins(cohort) == 0


async def test_an_action_that_no_longer_exists_is_answered(cohort: BotUnderTest) -> None:
    gone = Invocation("x", "gone", "button", cohort.chat.actor("member-1"), None, cohort.clock.now())
    reply = await cohort.runtime.dispatcher(gone)
    assert isinstance(reply, Message)
    assert "/help" in plain(reply)


async def test_what_only_members_or_moderators_may_is_refused_with_a_way_on(cohort: BotUnderTest) -> None:
    assert "/join" in await cohort.say("member-3", "/checkin")
    assert "/join" in await cohort.say("member-3", "/progress")
    assert "Only moderators" in await cohort.say("member-3", '/cohort create name:"Mine"')


async def test_joining_twice_changes_nothing(cohort: BotUnderTest) -> None:
    assert "already" in await cohort.say("member-1", "/join timezone:Tokyo")
    found = await cohort.members()
    assert len(found) == 2
    assert found[0].account.zone == "Europe/Berlin"
    await cohort.settle()
    assert sum("joined AI 2027" in text for text in cohort.chat.timeline()) == 2


async def test_leaving_and_coming_back_keeps_the_record(cohort: BotUnderTest) -> None:
    await cohort.check_in("member-1", tasks=("1",))
    leave = await cohort.message("member-1", "/leave")
    assert "You've left" in str(await cohort.chat.press("member-1", leave, "Leave"))
    assert len(await cohort.members()) == 1
    assert "Good to have you back" in await cohort.say("member-1", "/join timezone:Berlin")
    assert "1 round" in await cohort.say("member-1", "/progress")


async def test_joining_a_cohort_that_has_ended_says_so(cohort: BotUnderTest) -> None:
    at = cohort.clock.now()
    await cohort.write(lambda store: store.cohorts.archive(1, at))
    for line in ("/join", '/join cohort:"AI 2027"'):
        assert "ended" in await cohort.say("member-3", line)
    before = len(cohort.chat.posts())
    await cohort.days(8)
    assert len(cohort.chat.posts()) == before, "nothing more goes out"


async def test_the_same_form_twice_is_one_record(cohort: BotUnderTest) -> None:
    form = await cohort.form("member-1", "/checkin")
    await cohort.chat.submit("member-1", form, tasks=("1",), share=("thread",))
    assert "Updated" in str(await cohort.chat.submit("member-1", form, tasks=("1",), share=("thread",)))
    await cohort.settle()
    assert await checkins(cohort) == 1
    root = next(sent for sent in cohort.chat.posts() if sent.message.summary.startswith("Week 1"))
    assert len(cohort.chat.timeline(thread=root.ref.message_id)) == 1


async def test_the_same_invocation_twice_is_carried_out_once(cohort: BotUnderTest) -> None:
    again = Invocation(
        "twice",
        "checkin.save",
        "form",
        cohort.chat.actor("member-1"),
        Place("local", WORKSPACE, "general"),
        cohort.clock.now(),
        fields={"done": ("first",)},
    )
    assert "Checked in" in str(await cohort.runtime.dispatcher(again))
    assert "already" in str(await cohort.runtime.dispatcher(again))


async def test_a_form_of_a_round_that_is_long_over_is_refused_and_says_which_are_open(cohort: BotUnderTest) -> None:
    form = await cohort.form("member-1", "/checkin")
    await cohort.days(29)
    reply = await cohort.chat.submit("member-1", form, done="too late")
    assert isinstance(reply, Message)
    assert "rounds 2 to 5" in plain(reply)
    assert await checkins(cohort) == 0


async def test_a_preview_that_waited_too_long_creates_nothing(bot: BotUnderTest) -> None:
    preview = await bot.message("moderator", '/cohort create name:"AI 2027" timezone:UTC')
    bot.clock.move_to(bot.clock.now() + timedelta(days=10))
    reply = await bot.chat.press("moderator", preview, "Create")
    assert "passed" in str(reply)
    assert not await bot.read(lambda store: store.cohorts.in_workspace("local", WORKSPACE))


async def test_a_preview_of_a_room_that_is_not_there_says_so_and_creates_nothing(bot: BotUnderTest) -> None:
    preview = await bot.message("moderator", '/cohort create name:"AI 2027" timezone:UTC channel:nowhere')
    assert "Week 1" not in plain(preview), "what is wrong is not at the end of a plan"
    assert not buttons(preview)
    assert preview.summary in plain(preview), "and a screen reader says it first"


async def test_a_preview_pressed_twice_creates_one(bot: BotUnderTest) -> None:
    preview = await bot.message("moderator", '/cohort create name:"AI 2027" timezone:UTC')
    await bot.chat.press("moderator", preview, "Create")
    assert "Already created" in str(await bot.chat.press("moderator", preview, "Create"))
    taken = await bot.message("moderator", '/cohort create name:"ai 2027" timezone:UTC')
    assert "Already created" not in plain(taken), "that is another preview"
    assert "moderators" in str(await bot.chat.press("member-1", preview, "Create"))
    await bot.settle()
    assert len(bot.chat.timeline()) == 1


async def test_a_hundred_thousand_characters_come_back_in_the_form_with_a_word(cohort: BotUnderTest) -> None:
    form = await cohort.form("member-1", "/checkin")
    long = "x" * 100_000
    reply = await cohort.chat.submit("member-1", form, done=long, blockers=long, next=long)
    assert set(answers(reply)) == {"done", "blockers", "next"}
    assert isinstance(reply, FieldErrors)
    assert any(getattr(field, "value", "") == long for field in reply.form.fields), "nothing of it is lost"
    assert await checkins(cohort) == 0


@pytest.mark.parametrize("kind", NASTY)
async def test_text_of_every_kind_is_kept_and_posted_as_text(cohort: BotUnderTest, kind: str) -> None:
    words = NASTY[kind]
    await cohort.check_in("member-1", done=words, blockers=f"On {words}", next=words, share=("thread", "blocker"))
    await cohort.settle()
    found = await cohort.read(lambda store: store.checkins.of_cohort(1)[0])
    words = words.replace("\0", "")  # PostgreSQL keeps it nowhere, so nobody does
    assert (found.done, found.blockers, found.next_step) == (words.strip(), f"On {words}".strip(), words.strip())
    root = next(sent for sent in cohort.chat.posts() if sent.message.summary.startswith("Week 1"))
    assert words.strip() in cohort.chat.timeline(thread=root.ref.message_id)[0]


async def test_a_form_with_wrong_answers_comes_back_with_what_to_mend(cohort: BotUnderTest) -> None:
    form = await cohort.form("member-3", "/join")
    reply = await cohort.chat.submit("member-3", form, timezone="Atlantis", hours="many", why="x" * 400)
    errors = answers(reply)
    assert "Atlantis" in errors["timezone"]
    assert {"hours", "why"} <= errors.keys()
    assert len(await cohort.members()) == 2
    assert "Welcome" in str(await cohort.chat.submit("member-3", reply, timezone="Munich", hours="", why=""))


async def test_values_that_no_form_offers_are_left_out(cohort: BotUnderTest) -> None:
    answer = await cohort.check_in("member-1", tasks=("99", "-1", "x"), share=("everyone",))
    assert "0 of" in answer


async def test_six_commands_at_once_are_one_too_many(cohort: BotUnderTest) -> None:
    cohort.clock.skip(60)
    replies = [await cohort.chat.type("member-1", "/plan") for _ in range(6)]
    assert all("One moment" not in str(reply) for reply in replies[:5])
    assert "One moment" in str(replies[5])
    assert isinstance(await cohort.form("member-2", "/checkin"), Form), "others are not held up"


async def test_a_fault_shows_a_reference_and_the_log_has_it_without_the_text(
    cohort: BotUnderTest, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a fault in the code")

    monkeypatch.setattr("cohort_bot.app.features.checkin._entry", broken)
    reply = await cohort.chat.submit("member-1", await cohort.form("member-1", "/checkin"), done="my secret")
    assert isinstance(reply, Message)
    reference = plain(reply).rsplit(" ", 1)[-1].strip(".")
    assert reference in caplog.text
    assert "my secret" not in caplog.text
