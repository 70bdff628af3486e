"""Help and suggestions show what the person can do, in the order of use; what is mistyped gets a fitting hint."""

import re

import pytest

from cohort_bot.app.errors import PersonError
from cohort_bot.app.table import TABLE
from cohort_bot.app.words import plan as plan_words
from cohort_bot.app.words.week import opening
from cohort_bot.chat.message import Actions, plain
from cohort_bot.core.programme import Programme
from tests.fakes.bot import BotUnderTest, shipped

pytestmark = pytest.mark.usefixtures("joined")

SCREEN = 1000
"""Characters that fit on a phone's screen: 25 lines of 40."""


OF_MEMBERS = [
    *("checkin", "plan", "progress", "paper"),
    *("club show", "club propose", "club present", "club cancel", "club summary"),
    *("questions", "break", "slip"),
    *("group join", "group show", "group leave"),
    *("profile", "join", "help", "leave"),
]
"""What members can do, in the order of use."""


def listed(help_text: str) -> list[str]:
    """The commands at the beginnings of the lines."""
    return re.findall(r"^\W*/([a-z]+(?: [a-z]+)*) [A-Z]", help_text, re.MULTILINE)


async def test_a_newcomer_is_told_what_it_is_and_how_to_begin(bot: BotUnderTest) -> None:
    reply = await bot.message("member-2", "/help")
    assert listed(plain(reply)) == ["join", "help"]
    assert "I keep a group together through a long programme" in plain(reply)
    assert "Commands that start with /cohort are for moderators." in plain(reply)
    assert "[Join]  [See the whole plan]  [Questions and what to expect]" in plain(reply)


async def test_a_member_reads_what_members_can_do_in_the_order_of_use(bot: BotUnderTest) -> None:
    said = await bot.say("member-1", "/help")
    assert listed(said) == OF_MEMBERS
    assert "the group sees only what you share" in said
    assert said.endswith("[See the whole plan]  [Questions and what to expect]")
    leaving = await bot.message("member-1", "/leave")
    await bot.press("member-1", leaving, "Leave")
    assert "checkin" in listed(await bot.say("member-1", "/help")), "who has left reads it, too"


async def test_a_moderator_reads_all_of_it_their_own_first(bot: BotUnderTest) -> None:
    said = await bot.say("moderator", "/help")
    known = listed(said)
    assert known[0] == "cohort progress"
    assert known[-1] == "leave"
    assert len(known) == len(list(TABLE.commands("local")))


async def test_cohort_alone_is_help_for_who_types_it(bot: BotUnderTest) -> None:
    for person in ("member-1", "member-2", "moderator"):
        assert await bot.say(person, "/cohort") == await bot.say(person, "/help"), person


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/cohort foo", "There's no /cohort foo. You can use progress, "),
        ("/cohort progess", "There's no /cohort progess. Did you mean /cohort progress?"),
        ("/chekin", "Did you mean /checkin?"),
    ],
)
async def test_a_mistyped_command_gets_a_hint_that_fits(bot: BotUnderTest, line: str, says: str) -> None:
    with pytest.raises(PersonError, match=re.escape(says)):
        await bot.type("member-1", line)


@pytest.mark.parametrize(
    ("person", "typed", "suggested"),
    [
        ("member-2", "", ["join", "help"]),
        ("member-1", "", OF_MEMBERS),
        ("member-1", "cohort", []),
        ("moderator", "cohort a", ["cohort announce", "cohort archive"]),
    ],
)
async def test_commands_are_suggested_to_who_may_use_them(
    bot: BotUnderTest, person: str, typed: str, suggested: list[str]
) -> None:
    assert await bot.chat.commands(person, typed) == suggested


async def test_each_page_about_the_programme_fits_a_screen_and_nothing_is_left_out(bot: BotUnderTest) -> None:
    programme: Programme = shipped()
    invitation = bot.chat.posts("general")[0]
    menu = await bot.press("member-2", await bot.press("member-2", invitation, "See the whole plan"), "Questions")
    said = ""
    for page in plan_words.PAGES:
        shown = await bot.press("member-2", menu, plan_words._PAGES[page])
        assert len(plain(shown)) < SCREEN, page
        said += plain(shown)
        back = await bot.press("member-2", shown, "Continue reading")
        assert back == menu
        if page == "questions":
            for entry in programme.faq:
                answer = await bot.press("member-2", shown, entry.question[:40])
                assert entry.answer in plain(answer)
                assert len(plain(answer)) < SCREEN
    names = [skill.name for skill in programme.skills] + [strength.name for strength in programme.strengths]
    assert all(f"{name}:" in said for name in names)
    reality = programme.reality_check
    assert all(line in said for line in (*reality.enjoy, *reality.miss, *reality.challenges))


async def test_the_invitation_says_what_one_gets_before_who_reads_it(bot: BotUnderTest) -> None:
    invitation = bot.chat.posts("general")[0]
    said = invitation.text
    parts = (
        "Each week, 6 to 11 hours: a card with the tasks, and a short check-in.",
        "Each month: a paper to read together.",
        "5 phases: Foundation in AI theory, Deep learning in depth,",
        "At the end: a portfolio of what you did",
        "Moderators can read your check-ins; the group sees only what you share.",
    )
    places = [said.index(part) for part in parts]
    assert places == sorted(places)
    more = await bot.press("member-2", invitation, "Who reads what")
    assert "Moderators: your check-ins, your hours per week and why you joined." in plain(more)
    assert any(isinstance(block, Actions) and block.buttons[0].action == "join" for block in more.blocks)


async def test_what_the_programme_says_about_itself_is_on_the_card_of_its_week(bot: BotUnderTest) -> None:
    assert "What you already bring: API design, Cloud platforms, SQL" in await bot.say("member-1", "/plan week:1")
    assert "A new skill starts here: Teaching. Teach real learners" in await bot.say("member-1", "/plan week:24")
    for week in (2, 25):
        assert "What you already bring" not in await bot.say("member-1", f"/plan week:{week}")
    assert "skill starts here: Teaching" not in await bot.say("member-1", "/plan week:25")


async def test_when_it_is_time_to_decide_the_card_leads_to_what_to_expect(bot: BotUnderTest) -> None:
    programme, cohort = shipped(), await bot.read(lambda store: store.cohorts.get(1))
    assert cohort is not None
    last = programme.phases[-1].first_week
    for week in (1, last - 1, last, last + 1):
        card = opening(cohort, programme, week, "local", late=None, missed=())
        assert ("[What to expect]" in plain(card)) == (week == last), week
