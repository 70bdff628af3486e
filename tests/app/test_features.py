"""What is on in a cohort: the form, what a feature that is off answers."""

from cohort_bot.chat.form import ChoiceField
from cohort_bot.chat.message import Message, plain
from cohort_bot.core.features import GENTLE, Feature
from tests.fakes.bot import BotUnderTest


async def test_a_moderator_switches_off_and_on_and_the_others_read_of_it(cohort: BotUnderTest) -> None:
    form = await cohort.form("moderator", "/cohort features")
    (boxes,) = form.fields
    assert isinstance(boxes, ChoiceField)
    assert boxes.value == frozenset(each.value for each in GENTLE)
    assert {option.value for option in boxes.options} == {each.value for each in Feature}
    done = await cohort.chat.submit("moderator", form, on=())
    assert isinstance(done, Message)
    assert "all of these are off" in plain(done)
    found = await cohort.read(lambda store: store.cohorts.get(1))
    assert found is not None
    assert found.features == frozenset()
    done = await cohort.chat.submit("moderator", await cohort.form("moderator", "/cohort features"), on=("quiet",))
    assert isinstance(done, Message)
    assert "A word in the digest" in plain(done)
    changes = await cohort.read(lambda store: store.audits.newest(1, 5))
    assert [change.action for change in changes][:2] == ["switched", "switched"]


async def test_nobody_else_may(cohort: BotUnderTest) -> None:
    assert "moderators" in await cohort.say("member-1", "/cohort features")
