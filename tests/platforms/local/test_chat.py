"""The playground's chat service."""

import asyncio
from datetime import timedelta
from pathlib import Path

from cohort_bot.chat.message import plain, text
from cohort_bot.platforms.local.chat import Chat
from tests.fakes.toy import START, card


def _said(chat: Chat, person: str = "member-1", channel: str = "general") -> list[str]:
    return [plain(each.message) for each in chat.timeline(channel, person)[0]]


def test_what_was_posted_survives_a_restart(tmp_path: Path) -> None:
    first = Chat(tmp_path / "chat.db")
    root = first.post("general", card(), START, mark="m")
    first.open_thread(root, "A title")
    first.open_thread(root, "Another title")
    first.post("general", text("inside"), START, root=root)
    first.keep("shift", "60")
    first.keep("shift", "120")
    first.close()
    again = Chat(tmp_path / "chat.db")
    (posted,) = again.timeline("general", "member-1")[0]
    assert (posted.message, posted.posted_at, posted.title, posted.edited) == (card(), START, "A title", False)
    assert [plain(reply.message) for reply in posted.replies] == ["inside"]
    assert again.find("general", None, "m", START) == root
    assert (again.value("shift"), again.value("else")) == ("120", None)
    again.close()


def test_it_syncs_every_change_to_disk(tmp_path: Path) -> None:
    chat = Chat(tmp_path / "chat.db")
    assert chat._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert chat._db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    chat.close()


def test_the_same_mark_twice_is_two_messages(chat: Chat) -> None:
    first = chat.post("general", text("one"), START, mark="m")
    chat.post("general", text("one"), START + timedelta(hours=1), mark="m")
    assert _said(chat) == ["one", "one"]
    assert chat.find("general", None, "m", START) == first


def test_a_private_answer_is_seen_and_dismissed_by_one(chat: Chat) -> None:
    answer = chat.post("general", text("psst"), START, private="member-1", prompt="/x")
    assert (_said(chat), _said(chat, "member-2")) == (["psst"], [])
    assert chat.unread("member-2") == {}
    assert not chat.dismiss(answer, "member-2")
    assert chat.dismiss(answer, "member-1")
    assert not chat.dismiss(answer, "member-1")
    assert _said(chat) == []
    public = chat.post("general", text("for all"), START)
    assert not chat.dismiss(public, "member-1")


def test_what_is_unread_is_counted_per_person(chat: Chat) -> None:
    first = chat.post("general", text("one"), START)
    second = chat.post("general", text("two"), START)
    assert chat.unread("member-1") == {"general": 2}
    chat.read_up_to("member-1", "general", second)
    chat.read_up_to("member-1", "general", first)
    assert chat.unread("member-1") == {}
    assert chat.unread("member-2") == {"general": 2}


def test_earlier_messages_come_page_by_page(chat: Chat) -> None:
    for number in range(5):
        chat.post("general", text(str(number)), START)
    last, more = chat.timeline("general", "member-1", most=2)
    assert ([plain(each.message) for each in last], more) == (["3", "4"], True)
    before, more = chat.timeline("general", "member-1", before=last[0].id, most=3)
    assert ([plain(each.message) for each in before], more) == (["0", "1", "2"], False)


def test_what_is_not_there_cannot_be_changed(chat: Chat) -> None:
    assert chat.get(1) is None
    assert not chat.edit(1, text("x"))
    assert not chat.open_thread(1, "x")


async def test_who_watches_is_told(chat: Chat) -> None:
    seen = chat.version
    watchers = [asyncio.create_task(chat.changed(seen)) for _ in range(3)]
    await asyncio.sleep(0)
    assert not any(watcher.done() for watcher in watchers)
    chat.post("general", text("new"), START)
    assert await asyncio.gather(*watchers) == [seen + 1] * 3
    assert await chat.changed(seen) == seen + 1, "who comes late is not left waiting"
