"""The paper club: proposed and voted on by members, overruled by moderators, on the real database."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from cohort_bot.app.features import paper_club
from cohort_bot.app.ports.paper_club import Part
from cohort_bot.app.ports.platform import Reason, Refused
from cohort_bot.chat.form import FieldErrors
from cohort_bot.chat.message import Message, plain
from cohort_bot.core.features import GENTLE, Feature
from tests.app.test_paper import FIRST, PROGRAMME, SECOND, begin, posted, wednesday
from tests.fakes.bot import BotUnderTest, Step
from tests.pseudo_locale import english

ATTENTION = '/club propose title:"Attention Is All You Need" link:arXiv:1706.03762v5'
DEEP = '/club propose title:"Deep learning" link:10.1038/nature14539'


@pytest.fixture
def beginning() -> Sequence[Step]:
    return (begin,)


async def test_members_propose_and_vote_and_the_winner_is_read(bot: BotUnderTest) -> None:
    week = FIRST.week or 0
    empty = await bot.say("member-1", "/club show")
    assert f"week {week}?" in empty
    assert "Nobody has proposed a paper yet." in empty
    assert FIRST.title in empty
    mine = await bot.say("member-1", ATTENTION)
    assert "1: Attention Is All You Need (https://arxiv.org/abs/1706.03762) · 1 vote (yours)" in mine, mine
    assert "you will read Attention Is All You Need" in mine
    assert "1: Attention" in await bot.say("member-2", "/club show")
    assert "already proposed that paper" in await bot.say(
        "member-2", '/club propose title:"Transformers" link:https://arxiv.org/pdf/1706.03762'
    )
    two = await bot.message("member-2", DEEP)
    assert "already proposed a paper" in await bot.say("member-2", '/club propose title:"A" link:https://x.org')
    both = await bot.press("member-2", two, "Vote for 1")
    assert "2 votes (yours)" in english(plain(both))
    await bot.until(wednesday(week))
    assert "Attention Is All You Need" in posted(bot)[-1]
    assert "Attention Is All You Need" in await bot.say("member-1", "/paper")
    assert f"week {SECOND.week}?" in await bot.say("member-1", "/club show"), "the next month begins afresh"
    assert "no longer up" in (await bot.press("member-1", two, "Vote for 1")).summary


async def test_a_proposal_taken_back_leaves_the_programmes_paper(bot: BotUnderTest) -> None:
    proposed = await bot.message("member-1", ATTENTION)
    back = await bot.press("member-1", proposed, "Take my proposal back")
    assert "Nobody has proposed a paper yet." in english(plain(back))
    await bot.until(wednesday(FIRST.week or 0))
    assert FIRST.title in posted(bot)[-1]


async def test_the_moderators_pick_wins_and_ends_the_vote(bot: BotUnderTest) -> None:
    proposed = await bot.message("member-1", ATTENTION)
    week = FIRST.week or 0
    await bot.say("moderator", f'/cohort pick week:{week} title:"Scaling laws" link:2001.08361')
    two = await bot.say("member-2", DEEP)
    assert f"A moderator has chosen “Scaling laws” for week {week}" in two
    assert "A moderator has chosen" in (await bot.press("member-1", proposed, "Take my proposal back")).summary
    assert "https://arxiv.org/abs/2001.08361" in await bot.say("member-1", "/club show")
    await bot.until(wednesday(week))
    assert "Scaling laws" in posted(bot)[-1]


async def test_more_than_the_most_and_what_is_no_paper_is_refused(
    bot: BotUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper_club, "MOST", 1)
    await bot.say("member-1", ATTENTION)
    assert "Five papers are already up" in await bot.say("member-2", DEEP)
    assert "can't make a link of “attention”" in await bot.say("member-2", "/club propose title:A link:attention")


async def test_it_can_be_switched_off_and_after_the_last_paper_says_so(bot: BotUnderTest) -> None:
    await bot.write(lambda store: store.cohorts.set_features(1, GENTLE - {Feature.PAPER_CLUB}))
    for line in ("/club show", ATTENTION):
        assert "A moderator can switch it on with /cohort features" in await bot.say("member-1", line)
    await bot.write(lambda store: store.cohorts.set_features(1, GENTLE))
    last = max(paper.week or 0 for paper in PROGRAMME.papers)
    bot.clock.move_to(wednesday(last) - timedelta(days=3))
    assert "no more papers to vote on" in await bot.say("member-1", "/club show")


async def test_erasing_oneself_takes_proposal_and_votes_and_counts_again(bot: BotUnderTest) -> None:
    await bot.say("member-1", ATTENTION)
    two = await bot.message("member-2", DEEP)
    await bot.press("member-2", two, "Vote for 1")
    exported = await bot.read(lambda store: store.paper_club.of_member(1))
    assert [each.title for each in exported.proposed] == ["Attention Is All You Need"]
    assert exported.voted == {FIRST.week: "Attention Is All You Need"}
    shown = await bot.message("member-1", "/profile")
    asked = await bot.press("member-1", shown, "Erase my data")
    await bot.press("member-1", asked, "Erase everything")
    assert await bot.read(lambda store: store.paper_club.of_member(1)) == Part([], {}, [])
    left = await bot.say("member-2", "/club show")
    assert "Attention" not in left
    assert f"you will read {FIRST.title}" in left


async def test_one_presents_the_group_is_told_and_three_lines_are_kept(bot: BotUnderTest) -> None:
    assert "haven't presented" in await bot.say("member-1", "/club summary")
    await bot.until(wednesday(FIRST.week or 0))
    assert "within the next sixty days" in await bot.say("member-1", "/club present date:2027-09-01 time:19:00")
    told = await bot.say("member-1", "/club present date:2027-01-20 time:19:00")
    assert f"You're presenting “{FIRST.title}”" in told
    await bot.say("member-1", "/club present date:2027-01-21 time:20:00")
    await bot.settle()
    said = [text for text in bot.chat.timeline() if " presents " in text]
    assert len(said) >= 1
    assert FIRST.title in said[-1]
    starts = datetime(2027, 1, 21, 19, tzinfo=UTC)
    assert (await bot.read(lambda store: store.paper_club.meetings(1)))[FIRST.week or 0].starts == starts
    assert "already offered to present" in await bot.say("member-2", "/club present date:2027-01-22 time:20:00")
    calendar = await bot.message("member-2", "/profile calendar")
    (file,) = calendar.files
    assert f"Paper club: {FIRST.title}" in file.text.replace("\r\n ", "")
    assert "20270121T190000Z" in file.text
    await bot.until(starts)
    assert not [sent for sent in bot.chat.inbox("member-1") if "How was it?" in sent.text]
    await bot.until(starts + timedelta(hours=14))
    (question,) = [sent for sent in bot.chat.inbox("member-1") if "How was it?" in sent.text]
    assert question.at == datetime(2027, 1, 21, 20, tzinfo=UTC), "an hour after it began, once, though it was moved"
    form = await bot.chat.press("member-1", question, "Write three lines")
    refused = await bot.chat.submit("member-1", form, about="a\nb\nc\nd")
    assert isinstance(refused, FieldErrors)
    kept = await bot.chat.submit("member-1", form, about="Read it three times.\n\nFirst for the gist.")
    assert isinstance(kept, Message)
    past = await bot.press("member-2", kept, "Past papers")
    assert "Read it three times. First for the gist." in plain(past)
    assert "already been presented" in await bot.say("member-1", "/club present date:2027-01-23 time:20:00")
    profile = await bot.message("member-1", "/profile")
    asked = await bot.press("member-1", profile, "Erase my data")
    await bot.press("member-1", asked, "Erase everything")
    (meeting,) = (await bot.read(lambda store: store.paper_club.meetings(1))).values()
    assert meeting.member_id is None
    assert meeting.summary


def said(bot: BotUnderTest) -> list[str]:
    """What the room was told about who presents."""
    return [text for text in bot.chat.timeline() if " presents " in text or " is off; it was planned " in text]


PRESENT = "/club present date:2027-01-21 time:20:00"
AFTER = datetime(2027, 1, 20, 12, tzinfo=UTC)


@pytest.mark.both_databases
async def test_who_steps_back_is_asked_first_and_the_room_is_told_without_a_name(bot: BotUnderTest) -> None:
    assert "haven't offered to present" in await bot.say("member-1", "/club cancel")
    await bot.until(AFTER)
    offered = await bot.message("member-1", PRESENT)
    await bot.settle()
    assert f"Sample Member 1 presents {FIRST.title}" in english(plain(await bot.message("member-2", "/paper")))
    assert "presents" in await bot.say("member-1", "/club show")
    sure = await bot.press("member-1", offered, "I can't present it")
    assert len(said(bot)) == 1, "nothing has changed yet"
    await bot.press("member-1", sure, "Tell the group")
    await bot.settle()
    assert len(said(bot)) == 2
    assert "is off; it was planned for" in said(bot)[1]
    assert "Would you like to present it" in said(bot)[1]
    assert "Member 1" not in said(bot)[1]
    assert await bot.read(lambda store: store.paper_club.meetings(1)) == {}
    assert "Paper club" not in (await bot.message("member-2", "/profile calendar")).files[0].text
    assert "haven't offered to present" in english(plain(await bot.press("member-1", sure, "Tell the group")))
    assert "You're presenting" in await bot.say("member-2", PRESENT)
    await bot.settle()
    assert "Sample Member 2 presents" in said(bot)[2]
    shown = await bot.press("member-2", await bot.message("member-2", "/paper"), "What do we read next?")
    assert f"week {SECOND.week}?" in english(plain(shown))
    await bot.press("member-2", shown, "I can't present it")


async def test_a_paper_is_offered_once_it_is_chosen_and_another_pick_is_told(bot: BotUnderTest) -> None:
    """The room never reads of a paper that is not read in the end."""
    week = FIRST.week or 0
    early = await bot.say("member-1", "/club present date:2027-01-09 time:20:00")
    assert f"The paper for week {week} isn't chosen yet" in early
    await bot.until(AFTER - timedelta(weeks=2))
    await bot.say("moderator", f'/cohort pick week:{week} title:"Scaling laws" link:2001.08361')
    assert "You're presenting “Scaling laws”" in await bot.say("member-1", PRESENT)
    await bot.say("moderator", f'/cohort pick week:{week} title:"Adam" link:1412.6980')
    await bot.settle()
    told = [text for text in said(bot) if "Adam (https://arxiv.org/abs/1412.6980)" in text]
    assert len(told) == 1
    assert told == said(bot)[-1:]


async def test_an_offer_and_stepping_back_within_a_moment_are_not_told(bot: BotUnderTest) -> None:
    """As when the bot could not post in between."""
    await bot.until(AFTER)
    bot.chat.fail_next(Refused(Reason.BUSY, "", 600.0))
    sure = await bot.press("member-1", await bot.message("member-1", PRESENT), "I can't present it")
    await bot.press("member-1", sure, "Tell the group")
    bot.clock.skip(601)
    await bot.days(1)
    assert said(bot) == []


@pytest.mark.both_databases
@pytest.mark.parametrize("how", ["leaves", "is removed", "is gone", "erases"])
async def test_the_paper_of_who_is_no_longer_there_is_free(bot: BotUnderTest, how: str) -> None:
    await bot.until(AFTER)
    await bot.say("member-1", PRESENT)
    await bot.settle()
    match how:
        case "leaves":
            left = await bot.press("member-1", await bot.message("member-1", "/leave"), "Leave")
            await bot.press("member-1", left, "Undo")
            await bot.until(AFTER + timedelta(minutes=15))
            assert len(said(bot)) == 1, "nobody hears of what was undone"
            await bot.press("member-1", await bot.message("member-1", "/leave"), "Leave")
        case "is removed":
            sure = await bot.message("moderator", '/cohort remove member:"Sample Member 1"')
            await bot.press("moderator", sure, "Remove")
        case "is gone":
            bot.chat.left.add("member-1")
        case "erases":
            sure = await bot.press("member-1", await bot.message("member-1", "/profile"), "Erase my data")
            await bot.press("member-1", sure, "Erase everything")
    await bot.days(1)
    assert len(said(bot)) == 2
    assert "is off; it was planned" in said(bot)[1]
    if how == "leaves":
        assert "Good to have you back" in await bot.say("member-1", "/join timezone:Berlin")
        assert "haven't offered to present" in await bot.say("member-1", "/club cancel")
    assert "You're presenting" in await bot.say("member-2", "/club present date:2027-01-23 time:20:00")
