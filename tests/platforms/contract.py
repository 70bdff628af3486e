"""What every platform must do, whatever it talks to.

A platform's tests subclass `PlatformContract` and say with a fixture how it is made and how a person uses it:

class TestMine(PlatformContract):
    @pytest.fixture
    async def harness(self, toy: Toy) -> AsyncIterator[Harness]:
        ...  # start the platform with TABLE, toy.dispatch and toy.complete
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import pytest

from cohort_bot.app.ports.platform import ChatPlatform, Reason, Refused, Search, SeesDeletions
from cohort_bot.chat.message import text
from cohort_bot.chat.place import Place, Ref
from tests.fakes.toy import LATELY, Toy, card
from tests.pseudo_locale import english

ONE, OTHER = "member-1", "member-2"
HINT = "Please write a sentence, however short."
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
TEXTS = {
    "100,000 characters": "0123456789" * 10_000,
    "right to left": "مرحبا بالعالم, שלום עולם \u202eevil\u202c end",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "HTML": "<script>alert(1)</script> <b>x</b> &amp; &lt; \"quoted\" 'too'",
    "Markdown": "*a* _b_ ~c~ `d` **e** [f](https://example.org) | g | # h",
    "mentions": "@everyone <@1> <!channel> </echo:1> {{ 7 * 7 }} {% raw %}",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A form that a person has before them. `errors` is all that it says is to be mended."""

    title: str
    labels: Sequence[str]
    errors: str = ""
    filled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Harness(Protocol):
    """How a platform is used in a test. People are called ONE and OTHER; texts are what a reader sees, in order."""

    whole: int
    """How many characters of one text are shown at least."""

    @property
    def platform(self) -> ChatPlatform:
        """The platform, started with the toy bot."""

    def room(self, name: str = "general") -> Place:
        """The channel "general" or "study-hall"."""

    def nowhere(self) -> Place:
        """A channel that does not exist."""

    async def direct(self, person: str) -> Place:
        """What the port says of the person's direct conversation."""

    def now(self) -> datetime:
        """The instant at which the platform says that a message is posted now."""

    async def type(self, person: str, command: str, **options: str) -> None:
        """Send a command in "general"; nothing happens when the bot does not listen."""

    async def write(self, person: str, words: str) -> None:
        """Write to the bot directly."""

    async def press(self, person: str, label: str) -> None:
        """Press the button in the newest message of "general"."""

    async def submit(self, person: str, **answers: str | Sequence[str]) -> None:
        """Send the form that the person has before them."""

    async def asked(self, person: str) -> Asked | None:
        """The form that the person has before them."""

    async def private(self, person: str) -> Sequence[str]:
        """The answers that only this person sees."""

    async def shown(self, place: Place) -> Sequence[str]:
        """What everybody who may look into the place sees there, threads left out."""

    async def everything(self, person: str) -> Sequence[str]:
        """All that the person sees anywhere, in threads, directly and privately."""


@pytest.mark.both_languages
class PlatformContract:
    """The checks. Times are the platform's; `past` is before everything."""

    @pytest.fixture
    def toy(self) -> Toy:
        return Toy()

    # Posting

    async def test_a_message_is_shown_and_has_a_ref(self, harness: Harness) -> None:
        place = harness.room()
        refs = [await harness.platform.send(place, text(words), words) for words in ("first", "second")]
        assert await harness.shown(place) == ["first", "second"]
        assert [ref.place for ref in refs] == [place, place]
        assert len({ref.message_id for ref in refs}) == 2
        assert await harness.shown(harness.room("study-hall")) == []
        assert "first" in await harness.everything(OTHER)

    async def test_all_of_a_card_is_shown(self, harness: Harness) -> None:
        await harness.platform.send(harness.room(), card(), "card")
        shown = english("\n".join(await harness.shown(harness.room())))
        for words in (
            "Week 3: Vectors and matrices",
            "see a matrix as a map",
            "Watch chapters one to three",
            "the notes",
        ):
            assert words in shown
        for words in ("●", "checked in", "Check in", "Say hello", "Closes "):
            assert words in shown

    @pytest.mark.parametrize("words", TEXTS.values(), ids=TEXTS)
    async def test_text_is_shown_as_it_is(self, harness: Harness, words: str) -> None:
        await harness.platform.send(harness.room(), text(words), "m")
        shown = "".join(await harness.shown(harness.room()))
        if len(words) <= harness.whole:
            # What turns the reading direction round may be dropped: it is not seen, and is used to deceive.
            assert TURNS.sub("", shown) == TURNS.sub("", words)
        else:
            assert shown[: harness.whole] == words[: harness.whole]

    async def test_a_place_that_is_not_there(self, harness: Harness) -> None:
        nowhere = harness.nowhere()
        with pytest.raises(Refused) as refused:
            await harness.platform.send(nowhere, text("Hello?"), "m")
        assert refused.value.reason is Reason.ROOM_GONE
        with pytest.raises(Refused) as refused:
            await harness.platform.find(nowhere, Search("m", LATELY))
        assert refused.value.reason is Reason.ROOM_GONE
        findings = await harness.platform.check(nowhere)
        assert findings
        assert all(finding.problem and finding.cure for finding in findings)
        assert await harness.platform.check(harness.room()) == []

    # Finding again

    async def test_a_message_is_found_by_its_mark(self, harness: Harness) -> None:
        bot, place = harness.platform, harness.room()
        assert await bot.find(place, Search("m1", LATELY)) is None
        refs = {mark: await bot.send(place, text(f"is {mark}"), mark) for mark in ("m1", "m2", "m3")}
        for mark, ref in refs.items():
            assert await bot.find(place, Search(mark, LATELY)) == ref
        assert await bot.find(place, Search("m", LATELY)) is None, "a mark is compared as a whole"
        assert await bot.find(harness.room("study-hall"), Search("m1", LATELY)) is None

    async def test_a_message_from_before_is_not_found(self, harness: Harness) -> None:
        ref = await harness.platform.send(harness.room(), text("Hello"), "m")
        assert await harness.platform.find(harness.room(), Search("m", timedelta(hours=-1))) is None
        assert await harness.platform.find(harness.room(), Search("m", LATELY)) == ref

    async def test_a_message_is_found_among_many_by_where_it_is(self, harness: Harness) -> None:
        """So it is checked whether marks can be seen, however much was written since."""
        bot, room = harness.platform, harness.room()
        root = await bot.send(room, text("root"), "root")
        for place in (room, await bot.thread(root, "A title"), await harness.direct(ONE)):
            refs = [await bot.send(place, text(mark), mark) for mark in ("m1", "m2", "m3")]
            assert await bot.find(place, Search("m2", LATELY, newest=refs[1].message_id)) == refs[1]
            assert await bot.find(place, Search("m4", LATELY, newest=refs[1].message_id)) is None

    async def test_it_is_known_what_is_still_there(self, harness: Harness) -> None:
        bot = harness.platform
        for place in (harness.room(), await harness.direct(ONE)):
            ref = await bot.send(place, text("Hello"), "m")
            if isinstance(bot, SeesDeletions):
                assert not await bot.deleted(ref)
                assert await bot.deleted(Ref(place, "999999999"))

    # Changing

    async def test_an_edit_replaces_what_is_said(self, harness: Harness) -> None:
        bot, place = harness.platform, harness.room()
        ref = await bot.send(place, text("before"), "m")
        await bot.send(place, text("another"), "n")
        await bot.edit(ref, text("after"))
        assert await harness.shown(place) == ["after", "another"]
        assert await bot.find(place, Search("m", LATELY)) == ref
        with pytest.raises(Refused) as refused:
            await bot.edit(Ref(place, "999999999"), text("nothing there"))
        assert refused.value.reason is Reason.INVALID

    async def test_a_thread_is_opened_once_and_takes_messages(self, harness: Harness) -> None:
        bot, place = harness.platform, harness.room()
        root = await bot.send(place, text("root"), "root")
        thread = await bot.thread(root, "A title")
        assert await bot.thread(root, "Another title") == thread
        assert thread != place
        inside = await bot.send(thread, text("inside"), "in")
        assert inside.place == thread
        assert await bot.thread(inside, "Deeper") == thread, "there is no thread in a thread"
        assert await harness.shown(thread) == ["inside"]
        assert await harness.shown(place) == ["root"]
        assert await bot.find(thread, Search("in", LATELY)) == inside
        assert await bot.find(place, Search("in", LATELY)) is None
        assert await bot.find(thread, Search("root", LATELY)) is None

    async def test_a_direct_conversation_is_private(self, harness: Harness) -> None:
        place = await harness.direct(ONE)
        assert await harness.direct(ONE) == place
        assert await harness.direct(OTHER) != place
        ref = await harness.platform.send(place, text("Psst"), "m")
        assert await harness.platform.find(place, Search("m", LATELY)) == ref
        assert await harness.shown(place) == ["Psst"]
        assert await harness.shown(harness.room()) == []
        assert "Psst" in await harness.everything(ONE)
        assert "Psst" not in await harness.everything(OTHER)
        assert await harness.platform.check(place) == []

    # Answering

    async def alone(self, harness: Harness, words: str) -> None:
        """The words reached ONE and nobody else."""
        assert words in await harness.private(ONE)
        assert words not in await harness.everything(OTHER)
        assert words not in await harness.shown(harness.room())

    async def test_what_is_typed_is_answered_to_who_typed_it(self, harness: Harness, toy: Toy) -> None:
        await harness.type(ONE, "echo", words="hello *you* <b>", fruit="blood orange")
        seen = toy.seen[0]
        assert (seen.kind, seen.action, seen.place) == ("command", "echo", harness.room())
        assert dict(seen.args) == {"words": "hello *you* <b>", "fruit": "blood orange"}
        assert seen.at.utcoffset() == timedelta()
        await self.alone(harness, "hello *you* <b>")

    async def test_what_is_written_to_the_bot_is_answered_to_who_wrote_it(self, harness: Harness, toy: Toy) -> None:
        await harness.write(ONE, "I read *chapter one*")
        (seen,) = toy.seen
        assert (seen.kind, seen.action, seen.field("text")) == ("message", "reply", "I read *chapter one*")
        assert seen.args["message"], "by which an edit is known"
        assert seen.place == await harness.direct(ONE)
        answer = "You wrote: I read *chapter one*"
        assert [each for each in await harness.everything(ONE) if each == answer] == [answer]
        assert answer not in await harness.everything(OTHER)
        assert answer not in await harness.shown(harness.room())

    async def test_two_people_get_an_answer_each(self, harness: Harness, toy: Toy) -> None:
        await harness.type(ONE, "echo", words="for one")
        await harness.type(OTHER, "echo", words="for the other")
        assert list(await harness.private(ONE)) == ["for one"]
        assert list(await harness.private(OTHER)) == ["for the other"]
        assert len({seen.id for seen in toy.seen}) == 2
        assert len({seen.actor.user for seen in toy.seen}) == 2

    async def test_a_button_is_answered_to_who_pressed_it(self, harness: Harness, toy: Toy) -> None:
        await harness.platform.send(harness.room(), card(), "card")
        await harness.press(ONE, "Say hello")
        assert (toy.seen[0].kind, toy.seen[0].action, dict(toy.seen[0].args)) == (
            "button",
            "echo",
            {"words": "hello from the button"},
        )
        await self.alone(harness, "hello from the button")
        assert len(await harness.shown(harness.room())) == 1

    async def test_a_form_is_put_before_who_asked(self, harness: Harness, toy: Toy) -> None:
        await harness.type(ONE, "ask")
        asked = await harness.asked(ONE)
        assert asked is not None
        assert asked.title == "Check-in: week 3"
        labels = ("Which tasks did you do?", "What did you do?", "When will you go on?", "Who may read it?")
        assert tuple(asked.labels) == labels
        assert await harness.asked(OTHER) is None
        assert await harness.private(OTHER) == []
        await harness.submit(ONE, tasks=("1", "3"), done="All\nof <it>", share="thread")
        sent = toy.seen[-1]
        assert (sent.kind, sent.action, dict(sent.args)) == ("form", "ask.sent", {"round": "3"})
        assert set(sent.fields["tasks"]) == {"1", "3"}
        assert (sent.fields["done"], sent.fields["share"]) == (("All\nof <it>",), ("thread",))
        assert await harness.asked(ONE) is None
        await self.alone(harness, "Round 3: All\nof <it>")

    async def test_what_is_to_be_mended_is_said_to_who_filled_it_in(self, harness: Harness, toy: Toy) -> None:
        await harness.type(ONE, "ask")
        await harness.submit(ONE, tasks=("1",), share="thread")
        asked = await harness.asked(ONE)
        assert asked is not None
        assert HINT in asked.errors
        assert asked.filled["tasks"] == ("1",)
        assert await harness.asked(OTHER) is None
        assert not any(HINT in each for each in await harness.everything(OTHER))
        await harness.submit(ONE, done="Now it is there")
        assert toy.seen[-1].fields["tasks"] == ("1",)
        await self.alone(harness, "Round 3: Now it is there")

    # Stopping

    async def test_what_runs_ends_when_it_stops_and_nothing_new_begins(self, harness: Harness, toy: Toy) -> None:
        running = asyncio.create_task(harness.type(ONE, "wait"))
        await toy.begun.wait()
        stopping = asyncio.create_task(harness.platform.stop(10))
        done, _ = await asyncio.wait([stopping], timeout=0.02)
        assert not done, "it waits for what runs"
        await harness.type(OTHER, "echo", words="too late")
        assert [seen.action for seen in toy.seen] == ["wait"]
        toy.go_on.set()
        await asyncio.wait_for(asyncio.gather(running, stopping), 5)
        assert "That took a while." in await harness.private(ONE)

    async def test_what_does_not_end_is_cut_off(self, harness: Harness, toy: Toy) -> None:
        running = asyncio.create_task(harness.type(ONE, "wait"))
        await toy.begun.wait()
        await asyncio.wait_for(harness.platform.stop(0.01), 5)
        await asyncio.wait([running], timeout=5)
        assert running.done()
        assert await harness.private(ONE) == []
