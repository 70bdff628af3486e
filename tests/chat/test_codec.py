"""Frozen messages and forms: they come back as they were, in the text that JSON's own encoder would write."""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.chat import codec
from cohort_bot.chat.form import ChoiceField, Form, Option, TextField
from cohort_bot.chat.message import (
    Actions,
    Bullets,
    Button,
    File,
    Grid,
    Heading,
    Link,
    Mention,
    Message,
    Paragraph,
    Section,
    Strong,
    Tag,
    When,
)

words = st.text(max_size=20)
args = st.dictionaries(words, words, max_size=2)
spans = (
    words
    | st.builds(Strong, words)
    | st.builds(Link, words, words)
    | st.builds(When, st.datetimes(timezones=st.timezones()), st.sampled_from(["day", "time"]))
    | st.builds(Mention, words)
    | st.builds(Tag, st.sampled_from(["channel", "role", "person"]), words)
)
lines = st.lists(spans, max_size=3).map(tuple)
buttons = st.builds(Button, words, words, args)
cells = st.lists(words, max_size=2).map(tuple)
blocks = (
    st.builds(Heading, words)
    | st.builds(Paragraph, lines, st.booleans())
    | st.builds(Bullets, st.lists(lines, max_size=3).map(tuple))
    | st.builds(Grid, cells, st.lists(st.tuples(words, cells)).map(tuple), st.lists(st.tuples(words, words)).map(tuple))
    | st.builds(Actions, st.lists(buttons, max_size=2).map(tuple))
    | st.builds(Section, lines, buttons)
)
files = st.lists(st.builds(File, words, words), max_size=1).map(tuple)
messages = st.builds(Message, words, st.lists(blocks, max_size=4).map(tuple), st.none() | words, files)


def reference(value: Any) -> Any:  # noqa: PLR0911 - one a type
    """What is handed to JSON's encoder."""
    if isinstance(value, Message):
        names = ["summary", "blocks", "accent", *(["files"] if value.files else [])]
        return {"_": "Message"} | {name: reference(getattr(value, name)) for name in names}
    if is_dataclass(value):
        return {"_": type(value).__name__} | {each.name: reference(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [reference(each) for each in value]
    if isinstance(value, dict):
        return {"_": "map", "items": value}
    if isinstance(value, frozenset):
        return {"_": "set", "items": sorted(value)}
    if isinstance(value, datetime):
        return {"_": "at", "iso": value.astimezone(UTC).isoformat()}
    return value


def text_of(value: Any) -> str:
    return json.dumps(reference(value), ensure_ascii=False, separators=(",", ":"))


@given(messages)
def test_a_message_comes_back_and_its_text_never_changes(message: Message) -> None:
    """What is posted is edited when its text is another one: another text for the same message would edit them all."""
    text = codec.dumps(message)
    assert text == text_of(message)
    assert codec.loads(text) == message


def test_a_form_comes_back() -> None:
    choice = ChoiceField("tasks", "Tasks", (Option("1", "First"), Option("2", "Second")), True, frozenset({"2", "1"}))
    form = Form(
        "save", "“Week 1”\n", (TextField("done", "Done", "long", "x\\y\x00", required=True), choice), {"id": "7"}
    )
    assert codec.loads_form(codec.dumps_form(form)) == form
    assert codec.dumps_form(form) == text_of(form)


def test_a_time_that_an_earlier_release_kept_as_relative_is_read_as_an_instant() -> None:
    at = When(datetime(2027, 1, 4, 8, tzinfo=UTC))
    kept = codec.dumps(Message("x", (Paragraph((at,)),))).replace('"time"', '"relative"')
    assert codec.loads(kept).blocks == (Paragraph((at,)),)
