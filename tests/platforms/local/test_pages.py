"""The pages as plain forms, and the pieces that the script asks for."""

import asyncio
import base64
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from cohort_bot import sample_cohort
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import go_on_in
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import File, Message, Paragraph, Strong, text
from cohort_bot.chat.place import Actor
from cohort_bot.platforms.local.answers import Answers
from cohort_bot.platforms.local.chat import Chat
from cohort_bot.platforms.local.faces import face
from cohort_bot.platforms.local.guide import Guide
from cohort_bot.web.server import serve
from tests.fakes.toy import START, TABLE, Toy, card
from tests.platforms.local.reader import Element, read, said, values
from tests.platforms.local.visitor import Visitors

ME = {"_as": "member-1", "_in": "general"}


async def _page(visitors: Visitors, **query: str) -> Element:
    answer = await visitors.client.get("/", params=query)
    assert answer.status_code == 200
    return read(answer.text)


# The page


async def test_a_page_has_what_tests_and_people_hold_on_to(visitors: Visitors) -> None:
    page = await _page(visitors)
    assert page.one(**{"data-testid": "person-switch"}).one("summary").text.endswith("Sample Moderator")
    assert [each.attributes["data-person"] for each in page.all("a") if "data-person" in each.attributes] == [
        "moderator",
        "member-1",
        "member-2",
        "member-3",
    ]
    box = page.one(**{"data-testid": "command-box"})
    assert (box.attributes["role"], box.attributes["enterkeyhint"]) == ("combobox", "send")
    assert page.one(id=box.attributes["aria-controls"]).attributes["role"] == "listbox"
    for hook in ("send", "timeline", "form-dialog", "clock-now", "clock-next", "clock-day", "clock-week", "clock-date"):
        assert len(page.all(**{"data-testid": hook})) == 1
    identities = [each.attributes["id"] for each in page.walk() if "id" in each.attributes]
    assert len(identities) == len(set(identities))


async def test_a_file_of_a_private_answer_can_be_downloaded_by_who_asked_and_by_nobody_else(
    visitors: Visitors, toy: Toy
) -> None:
    async def with_file(_invocation: Invocation) -> Reply:
        return Message("The record", files=(File("record.csv", "\ufeffa,é\n"),))

    await visitors.platform.start(TABLE, with_file, toy.complete)
    await visitors.type("member-1", "echo", words="x")
    link = (await _page(visitors, **ME)).one("a", download="record.csv")
    kind, _, held = link.attributes["href"].partition(";base64,")
    assert (kind, base64.b64decode(held).decode()) == ("data:text/plain;charset=utf-8", "\ufeffa,é\n")
    assert not (await _page(visitors, _as="member-2", _in="general")).all("a", download="record.csv")


async def test_a_page_asks_for_nothing_from_elsewhere_and_has_no_script_in_it(visitors: Visitors) -> None:
    await visitors.platform.send(visitors.room(), card(), "m")
    page = await _page(visitors, **ME)
    for each in page.walk():
        assert "style" not in each.attributes
        assert not any(name.startswith("on") for name in each.attributes)
        assert not (each.tag in ("script", "style") and each.text)
        for name in ("src", "href", "action"):
            at = each.attributes.get(name, "/")
            if at.startswith("/static/"):
                assert (await visitors.client.get(at)).status_code == 200
            elif each.attributes.get("rel") != "noopener":
                assert at.startswith(("/", "#")), at


async def test_the_tour_says_what_to_type_as_whom_and_where(visitors: Visitors) -> None:
    tour = (await _page(visitors)).one(id="tour")
    chips = tour.all("a", kind="chip")
    assert [each.text for each in chips] == ['/cohort create name:"AI 2027"', "/join", "/checkin", "/progress"]
    assert [each.attributes.get("data-fill") for each in chips] == ['/cohort create name:"AI 2027"', None, None, None]
    followed = read((await visitors.client.get(chips[1].attributes["href"])).text)
    assert followed.one(**{"data-testid": "command-box"}).attributes["value"] == "/join"
    assert followed.one("a", **{"aria-current": "true"}).attributes["data-person"] == "member-1"


async def test_a_step_is_ticked_off_once_it_is_done_and_stays_so(visitors: Visitors, chat: Chat) -> None:
    assert [each.text for each in (await visitors.look("member-1")).all(kind="mark")] == ["1", "2", "3", "4", "5"]
    for action in ("checkin.save", "checkin.save", "something else"):
        visitors.platform.guide.done(action)
    now = visitors.now()
    for later in (timedelta(minutes=1), timedelta(days=7)):
        at = (now + later).isoformat()
        assert (await visitors.post("/clock", {"_to": at}, script=True)).status_code == 204
    page = await visitors.look("member-1")
    assert [each.text for each in page.all(kind="mark")] == ["1", "2", "✓", "✓", "5"]
    assert page.one(id="tour-count").text == "2/ of 5"
    assert [done for _, done in Guide(chat).steps] == [False, False, True, True, False], "after a restart"


async def test_what_was_refused_or_only_asked_is_not_done(chat: Chat, toy: Toy) -> None:
    done: list[str] = []
    people = Visitors(chat)
    people.platform.answers = Answers(chat, people.now, done.append)
    await people.platform.start(TABLE, toy.dispatch, toy.complete)
    for command in ("fail", "ask"):
        await people.type("member-1", command)
    await people.type("member-1", "echo", words="hello")
    await people.platform.stop(1)
    await people.client.aclose()
    assert done == ["echo"]


async def test_everybody_has_a_face_of_their_own(visitors: Visitors) -> None:
    people = sample_cohort.script().people
    assert len({face(person.id) for person in people}) == len(people) == 14
    answer = await visitors.client.get("/faces/member-1.svg")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.text == face("member-1") == face("member-1")
    named = Message("", (Paragraph((Strong("Sample Member 1"), " and ", Strong("others"))),))
    await visitors.platform.send(visitors.room(), named, "m")
    (post,) = (await visitors.look("member-2")).all(kind="card")
    assert [each.attributes["src"] for each in post.all("img")] == ["/faces/member-1.svg"]


async def test_an_address_that_means_nothing_shows_the_first_person_and_channel(visitors: Visitors) -> None:
    page = await _page(visitors, _as="nobody", _in="../x", _before="-1")
    assert page.one("a", **{"aria-current": "true"}).attributes["data-person"] == "moderator"
    assert page.one("a", **{"aria-current": "page"}).attributes["data-channel"] == "general"


async def test_times_are_those_of_who_looks(visitors: Visitors) -> None:
    await visitors.platform.send(visitors.room(), text("Hello"), "m")
    shown = {}
    for person in ("member-1", "member-2"):
        page = await visitors.look(person)
        shown[person] = (page.one(**{"data-testid": "clock-now"}).text, page.one(kind="by").one("time").text)
    assert shown == {
        "member-1": ("Mon 4 Jan 2027, 08:30", "08:30"),
        "member-2": ("Sun 3 Jan 2027, 23:30", "23:30"),
    }


async def test_days_are_told_apart(visitors: Visitors) -> None:
    for number in range(3):
        await visitors.platform.send(visitors.room(), text(str(number)), str(number))
        await visitors.time.advance(visitors.time.now() + timedelta(hours=18))
    page = await visitors.look("member-1")
    assert [each.text for each in page.all("li", kind="day")] == ["Mon 4 Jan 2027", "Tue 5 Jan 2027"]


async def test_unread_messages_are_counted_until_they_are_looked_at(visitors: Visitors) -> None:
    bot = visitors.platform
    await bot.send(await bot.dm("playground", "member-1"), text("Psst"), "m")
    root = await bot.send(visitors.room("study-hall"), text("Hello"), "n")
    await bot.send(await bot.thread(root, "Talk"), text("inside"), "o")

    async def unread(channel: str) -> list[str]:
        return [each.text for each in (await visitors.look("member-1", channel)).all(kind="unread")]

    assert await unread("general") == ["2 new", "1 new"]
    assert await unread("study-hall") == ["1 new"]
    assert await unread("inbox") == []
    assert await unread("general") == []


async def test_earlier_messages_are_a_page_away(visitors: Visitors) -> None:
    for number in range(101):
        await visitors.platform.send(visitors.room(), text(f"number {number}"), str(number))
    page = await visitors.look("member-1")
    assert len(page.all("article")) == 100
    earlier = read((await visitors.client.get(page.one("li", kind="earlier").one("a").attributes["href"])).text)
    assert [said(each) for each in earlier.all(kind="card")] == ["number 0"]


# Acting without the script


async def test_a_command_is_a_plain_form(visitors: Visitors, toy: Toy) -> None:
    form = (await _page(visitors, **ME)).one("form", id="composer")
    sent = dict(values(form)) | {"_line": "/echo words:hello"}
    answer = await visitors.post("/type", sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?_as=member-1&_in=general#m-1")
    again = await visitors.post("/type", sent)
    assert again.status_code == 303
    assert [seen.id for seen in toy.seen] == [sent["_id"]] * 2, "sent twice it is the same invocation"
    article = (await _page(visitors, **ME)).all("article")[0]
    assert article.one(kind="prompt").text == " · /echo words:hello"
    assert "Only you can see this" in article.text


async def test_every_page_has_ids_of_its_own(visitors: Visitors) -> None:
    found = [
        dict(values(form))["_id"]
        for _ in range(2)
        for form in (await _page(visitors)).all("form")
        if form.all(name="_id")
    ]
    assert len(found) == len(set(found)) == 4


async def test_a_mistyped_command_is_kept_and_answered(visitors: Visitors, toy: Toy) -> None:
    answer = await visitors.post("/type", {**ME, "_line": '/ecko "<b>'})
    page = read(answer.text)
    assert answer.status_code == 422
    assert page.one(id="alert").text == "There's no command /ecko \"<b>. Did you mean /echo?"
    assert page.one(**{"data-testid": "command-box"}).attributes["value"] == '/ecko "<b>'
    assert not toy.seen


async def test_a_form_without_the_script(visitors: Visitors, toy: Toy) -> None:
    page = read((await visitors.post("/type", {**ME, "_line": "/ask"})).text)
    dialog = page.one("dialog")
    assert "open" in dialog.attributes
    wrong = read((await visitors.post("/submit", values(dialog.one("form")))).text).one("dialog")
    assert wrong.one(kind="error").text == "Please write a sentence, however short."
    right = [(name, "I did it" if name == "done" else value) for name, value in values(wrong.one("form"))]
    answer = await visitors.post("/submit", right)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?_as=member-1&_in=general#m-1")
    ids = [seen.id for seen in toy.seen]
    assert len(set(ids)) == 3
    assert list(await visitors.private("member-1")) == ["Round 3: I did it"]
    assert (await visitors.look("member-1")).one(kind="prompt").text == " · Check-in: week 3"


# Buttons, threads and private answers


async def test_a_button_in_a_thread_answers_there(visitors: Visitors, toy: Toy) -> None:
    bot = visitors.platform
    root = await bot.send(visitors.room(), text("root"), "m")
    thread = await bot.thread(root, "Talk")
    await bot.send(thread, card(), "n")
    await visitors.press("member-1", "Say hello")
    assert toy.seen[-1].place == thread
    inside = (await visitors.look("member-1")).one(kind="thread")
    assert [said(each) for each in inside.all(kind="card")][1:] == ["hello from the button"]
    await visitors.press("member-2", "Check in")
    await visitors.submit("member-2", done="Yes")
    assert toy.seen[-1].place == thread
    inside = (await visitors.look("member-2")).one(kind="thread")
    assert [said(each) for each in inside.all(kind="card")][1:] == ["Round 3: Yes"]


async def test_a_button_that_is_gone_or_not_ones_own_is_answered(visitors: Visitors, toy: Toy) -> None:
    await visitors.type("member-1", "card")
    value = (await visitors.look("member-1")).all("button", form="presses")[0].attributes["value"]
    for person, channel in (("member-2", "general"), ("member-1", "study-hall"), ("member-1", "inbox")):
        answer = await visitors.post("/press", {"_as": person, "_in": channel, "_button": value}, script=True)
        assert (answer.status_code, answer.text) == (422, "That message is no longer there. Please reload the page.")
    ref = await visitors.platform.send(visitors.room(), card(), "m")
    value = (await visitors.look("member-1")).all("button", form="presses")[-1].attributes["value"]
    await visitors.platform.edit(ref, text("Nothing to press any more"))
    answer = await visitors.post("/press", {**ME, "_button": value}, script=True)
    assert (answer.status_code, "changed in the meantime" in answer.text) == (422, True)
    assert [seen.action for seen in toy.seen] == ["card"]


@pytest.mark.parametrize("thread", ["attic", "999", "9" * 40, "inbox", "study-hall", "private"])
async def test_a_form_for_a_thread_that_is_not_there_does_nothing(visitors: Visitors, toy: Toy, thread: str) -> None:
    chat = visitors.platform.chat
    elsewhere = {
        "inbox": chat.post("dm-member-1", text("Psst"), START),
        "study-hall": chat.post("study-hall", text("Hello"), START),
        "private": chat.post("general", text("Only for two"), START, private="member-2"),
    }
    form = {**ME, "_action": "ask.sent", "_args": '{"round": "3"}', "done": "All", "_thread": thread}
    if thread in elsewhere:
        form["_thread"] = str(elsewhere[thread])
    answer = await visitors.post("/submit", form, script=True)
    assert (answer.status_code, "no longer there" in answer.text) == (422, True)
    assert not toy.seen


async def test_a_private_answer_is_dismissed(visitors: Visitors) -> None:
    await visitors.type("member-1", "echo", words="psst")
    article = (await visitors.look("member-1")).one("article")
    answer = {**ME, "_message": article.attributes["data-message-id"]}
    assert article.one(kind="dismiss").attributes["value"] == answer["_message"]
    await visitors.post("/dismiss", {**answer, "_as": "member-2"})
    assert await visitors.private("member-1") == ["psst"]
    assert (await visitors.post("/dismiss", answer)).status_code == 303
    assert (await visitors.post("/dismiss", answer, script=True)).status_code == 204
    assert await visitors.private("member-1") == []


async def test_an_answer_in_the_inbox_needs_no_mark(visitors: Visitors) -> None:
    await visitors.post("/type", {"_as": "member-1", "_in": "inbox", "_line": "/echo words:hi"})
    article = (await visitors.look("member-1", "inbox")).one("article")
    assert "Only you" not in article.text
    assert (await visitors.look("member-2", "inbox")).all("article") == []


# Completion


async def test_what_can_be_typed_is_suggested(visitors: Visitors) -> None:
    async def suggested(line: str) -> list[str]:
        answer = await visitors.client.get("/complete", params={**ME, "_line": line})
        return [each["line"] for each in answer.json()]

    assert await suggested("/ec") == ["/echo "]
    assert await suggested("/echo ") == ["/echo words:", "/echo fruit:"]
    assert await suggested("/echo words:x fruit:b") == ['/echo words:x fruit:"blood orange" ']
    assert await suggested("/coh") == ["/cohort create ", "/cohort progress "]

    async def speak(_actor: Actor) -> None:
        go_on_in("de")

    visitors.platform.look_up_language(speak)
    assert await suggested("/coh") == ["/cohort starten ", "/cohort fortschritt "]
    assert await suggested("/cohort fort mit") == []
    assert await suggested("/cohort fortschritt mit") == ["/cohort fortschritt mitglied:"]
    await visitors.platform.stop(0)
    assert await suggested("/echo fruit:b") == []


# The clock


async def test_the_clock_moves_to_what_is_due_and_to_a_wall_time(visitors: Visitors) -> None:
    clock = visitors.time

    async def buttons(person: str) -> dict[str, str]:
        page = await visitors.look(person)
        return {each.attributes["data-testid"]: each.attributes["value"] for each in page.all("button", name="_to")}

    offered = await buttons("member-1")
    for _ in range(2):  # pressed twice it is one move
        assert (await visitors.post("/clock", {**ME, "_to": offered["clock-next"]}, script=True)).status_code == 204
    assert clock.now() == datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
    await visitors.post("/clock", {**ME, "_to": (await buttons("member-1"))["clock-week"]})
    assert clock.now() == datetime(2027, 1, 11, 8, 0, tzinfo=UTC)
    assert clock.visited == [START.replace(hour=8, minute=0), datetime(2027, 1, 11, 8, 0, tzinfo=UTC)]
    await visitors.post("/clock", {"_as": "member-2", "_in": "general", "_wall": "2027-01-12T09:00"})
    assert clock.now() == datetime(2027, 1, 12, 17, 0, tzinfo=UTC)


async def test_a_day_is_a_day_on_the_wall_when_the_clocks_change(visitors: Visitors) -> None:
    await visitors.time.advance(datetime(2027, 3, 27, 8, 0, tzinfo=UTC))  # 09:00 in Berlin, the day before
    button = (await visitors.look("member-1")).one(**{"data-testid": "clock-day"})
    await visitors.post("/clock", {**ME, "_to": button.attributes["value"]})
    assert visitors.time.now() == datetime(2027, 3, 28, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("posted", "says"),
    [
        ({"_to": "2027-01-04T07:29:00+00:00"}, "cannot go back"),
        ({"_wall": "soon"}, "2027-01-04 09:00"),
        ({}, "2027-01-04 09:00"),
        ({"_wall": "9999-12-31T23:59"}, "three years"),
        ({"_to": "2031-01-01T00:00:00+00:00"}, "three years"),
        ({"_to": "0001-01-01T00:00:00+14:00"}, "cannot go back"),
    ],
)
async def test_a_move_that_cannot_be_made_is_answered(visitors: Visitors, posted: dict[str, str], says: str) -> None:
    answer = await visitors.post("/clock", {**ME, **posted}, script=True)
    assert (answer.status_code, says in answer.text) == (422, True)
    assert visitors.time.now() == START


# What appears by itself


async def test_a_change_is_told_and_the_stream_ends_with_the_bot(chat: Chat, toy: Toy) -> None:
    bot = Visitors(chat).platform
    await bot.start(TABLE, toy.dispatch, toy.complete)
    server = await serve(bot.asgi(), "127.0.0.1", 0)
    async with (
        httpx2.AsyncClient(trust_env=False, timeout=5) as client,
        client.stream("GET", f"http://127.0.0.1:{server.port}/events") as events,
    ):
        assert events.headers["Content-Type"].startswith("text/event-stream")
        lines = (line async for line in events.aiter_lines() if line)
        assert await anext(lines) == f"data: {chat.version}"
        chat.post("general", text("new"), START)
        assert await anext(lines) == f"data: {chat.version}"
        await bot.stop(0)
        async with asyncio.timeout(5):
            rest = [line async for line in lines]
        assert len(rest) <= 1
    await server.stop()


async def test_before_the_start_and_after_the_end_it_says_so(visitors: Visitors) -> None:
    await visitors.platform.stop(0)
    for path, posted in (("/type", {"_line": "/ask"}), ("/clock", {"_to": "2027-02-01T00:00:00+00:00"})):
        answer = await visitors.post(path, {**ME, **posted}, script=True)
        assert (answer.status_code, "try again" in answer.text) == (503, True)
    assert visitors.time.now() == START
    assert (await visitors.client.get("/")).status_code == 200


async def test_words_without_a_slash_are_a_message_to_the_bot_only_in_the_inbox(visitors: Visitors, toy: Toy) -> None:
    await visitors.post("/type", {**ME, "_in": "inbox", "_line": "I read chapter one"})
    assert [(seen.action, seen.field("text")) for seen in toy.seen] == [("reply", "I read chapter one")]
    answer = (await visitors.look("member-1", "inbox")).all(kind="card")[-1]
    assert "You wrote: I read chapter one" in said(answer)
    assert not (await visitors.look("member-2", "inbox")).all(kind="card")
    await visitors.post("/type", {**ME, "_in": "inbox", "_line": "/echo words:hello"})
    assert toy.seen[-1].action == "echo"
    refused = await visitors.post("/type", {**ME, "_line": "I read chapter one"}, script=True)
    assert refused.status_code == 422
    assert len(toy.seen) == 2
