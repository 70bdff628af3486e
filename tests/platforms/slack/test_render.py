"""Message -> Block Kit: every limit at its edge and one beyond, and nothing typed by a person that does anything."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.app.words import platforms
from cohort_bot.chat.message import (
    Actions,
    Button,
    Grid,
    Heading,
    Link,
    Mention,
    Message,
    Paragraph,
    Section,
    Span,
    Strong,
    When,
    bullets,
    paragraph,
    text,
)
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.slack import forms, ids, limits, render
from cohort_bot.platforms.slack.text import Json, clean
from tests.fakes.slack_checks import block_problems, mrkdwn_seen, seen, view_problems
from tests.fakes.toy import card

AT = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
TRICKS = [
    "<!channel>",
    "<!everyone> <!here>",
    "<@U12345>",
    "<#C12345|general>",
    "&lt;!channel&gt;",
    "&amp;",
    "*bold* _italic_ ~gone~ `code` ```block```",
    "> quoted",
    ":tada: :skin-tone-2:",
    "https://example.org/?a=1&b=<2>",
    "<https://evil.example|click>",
    "<!date^1799049600^{date}|now>",
    "@channel @here @everyone",
    "@U12345",
    "1. one\n- two\n# three",
    "{date_long}",
]
SPANS: list[Span] = [
    "text",
    Strong("strong"),
    Link("a link", "https://example.org/a|b>c"),
    Link("bad", "javascript:alert(1)"),
    When(AT),
    When(AT, "day"),
    Mention("U2"),
    Mention("not a user>"),
]


def problems(message: Message) -> list[str]:
    return [problem for part in render.parts(message) for problem in block_problems(part.blocks, 50)]


def shown(message: Message) -> str:
    return "\n".join(seen(part.blocks) for part in render.parts(message))


def test_one_of_everything() -> None:
    part = render.single(card())
    assert not block_problems(part.blocks, 50)
    assert [block["type"] for block in part.blocks] == [
        "header",
        "rich_text",
        "rich_text",
        "rich_text",
        "actions",
        "rich_text",
    ]
    lines = seen(part.blocks).splitlines()
    assert lines[0] == "Week 3: Vectors and matrices"
    assert "• Read [the notes](https://example.org/notes)" in lines
    assert "[Check in]  [Say hello]" in lines
    assert "<!date^1799652600^{date_long}, {time}|Mon 11 Jan 2027 07:30 UTC>" in part.text
    button = part.blocks[4]["elements"][0]
    assert (button["action_id"], json.loads(button["value"]), button["style"]) == ("ask", {"round": "3"}, "primary")


def date(form: str, fallback: str) -> dict[str, object]:
    return {"type": "date", "timestamp": 1799049600, "format": form, "fallback": fallback}


def test_spans() -> None:
    elements = render.single(Message("s", (Paragraph(tuple(SPANS)),))).blocks[0]["elements"][0]["elements"]
    assert elements == [
        {"type": "text", "text": "text"},
        {"type": "text", "text": "strong", "style": {"bold": True}},
        {"type": "link", "url": "https://example.org/a%7Cb%3Ec", "text": "a link"},
        {"type": "text", "text": "bad (javascript:alert(1))"},
        date("{date_long}, {time}", "Mon 04 Jan 2027 08:00 UTC"),
        date("{date_long}", "Mon 04 Jan 2027"),
        {"type": "user", "user_id": "U2"},
        {"type": "text", "text": "@not a user>"},
    ]
    assert not problems(Message("s", (Paragraph(tuple(SPANS)), Paragraph(tuple(SPANS), quiet=True), bullets(SPANS))))


@pytest.mark.parametrize("trick", TRICKS)
def test_what_people_type_is_text(trick: str) -> None:
    message = Message(
        trick,
        (
            Heading(trick),
            paragraph(trick, Strong(trick)),
            paragraph(trick, quiet=True),
            bullets([trick, (Strong(trick), trick)]),
            Grid(("1",), ((trick.splitlines()[0], ("●",)),), (("●", trick),)),
            Actions((Button(trick[:75], "a", {"x": trick}),)),
        ),
    )
    assert not problems(message)
    part = render.parts(message)[0]
    assert "mrkdwn" not in json.dumps(part.blocks), "only elements that cannot be read as anything else"
    assert '"emoji": true' not in json.dumps(part.blocks)
    kinds = {each["type"] for block in part.blocks for each in _all(block)}
    assert not kinds & {"link", "user", "usergroup", "channel", "emoji", "broadcast", "date"}
    assert "CALLS" not in mrkdwn_seen(part.text)
    assert mrkdwn_seen(part.text).startswith(clean(trick))
    assert json.loads(part.blocks[-1]["elements"][0]["value"]) == {"x": trick}


def _all(value: object) -> list[dict[str, str]]:
    if isinstance(value, dict):
        own = [value] if isinstance(value.get("type"), str) else []
        return own + [each for item in value.values() for each in _all(item)]
    return [each for item in value for each in _all(item)] if isinstance(value, list) else []


typed = st.text(max_size=400) | st.sampled_from(TRICKS) | st.lists(st.sampled_from(TRICKS)).map("".join)
spans = typed | typed.map(Strong) | st.just(When(AT)) | st.just(Mention("U2"))
blocks = (
    st.builds(Section, st.lists(spans, max_size=4).map(tuple), st.just(Button("Write", "write")))
    | typed.map(Heading)
    | st.builds(Paragraph, st.lists(spans, max_size=4).map(tuple), st.booleans())
    | st.lists(st.lists(spans, max_size=3).map(tuple), max_size=4).map(bullets)
)


@given(st.builds(Message, typed, st.lists(blocks, max_size=6).map(tuple)))
def test_any_message_holds_every_limit(message: Message) -> None:
    assert not problems(message)
    assert not block_problems(render.single(message).blocks, 50)
    for part in render.parts(message):
        assert 0 < len(part.text) <= limits.FALLBACK or not message.summary
        said = mrkdwn_seen(part.text)
        assert "CALLS" not in said.replace("CALLS @U2", "")


@given(typed)
def test_a_paragraph_reads_as_it_was_typed(said: str) -> None:
    lines = seen(render.single(Message("s", (paragraph("a", said, "z"),))).blocks)
    assert lines.replace("\n", "") == ("a" + clean(said) + "z").replace("\n", "")


@given(typed)
def test_a_text_beside_a_button_reads_as_it_was_typed(said: str) -> None:
    lines = shown(Message("s", (Section(("a ", said, " z"), Button("Write", "write")),)))
    assert lines.replace("\n", "") == f"a {clean(said)} z".replace("\n", "") + "[Write]"


def test_a_button_stands_beside_its_line_unless_the_words_would_format_it() -> None:
    button = Button("Write to Ann", "write", {"member": "2"})
    (section,) = render.single(Message("s", (Section((Strong("Ann"), ": missed <2>, ", When(AT)), button),))).blocks
    assert (section["type"], section["accessory"]["value"]) == ("section", '{"member":"2"}')
    assert section["text"]["text"].startswith("*Ann*: missed &lt;2")
    for trick in ("*Ann*", "a_b_", ":wave:", "> quoted", "~no~", "`x`", "a:b"):
        line, below = render.single(Message("s", (Section((Strong(trick), ": missed"), button),))).blocks
        assert (line["type"], below["type"]) == ("rich_text", "actions"), trick
        assert trick in seen([line])


def test_control_characters_are_left_out() -> None:
    assert shown(text("a\x00b\x1bc\ud800e\r\nf\u2028g")) == "abce\nf\ng"


def test_a_text_cannot_turn_round_what_follows_it() -> None:
    assert shown(text("a \u202eb\u202c c")) == "a \u202eb\u202c c"
    assert shown(text("a \u202e\u2066b\nc")) == "a \u202e\u2066b\u2069\u202c\nc"
    assert shown(Message("s", (paragraph("\u202eevil", " has joined"),))) == "\u202eevil\u202c has joined"


@pytest.mark.parametrize("size", [2999, 3000, 3001, 6001, 30_000])
def test_long_paragraphs(size: int) -> None:
    message = Message("s", (paragraph("x" * size),))
    assert not problems(message)
    assert shown(message).replace("\n", "") == "x" * size


@pytest.mark.parametrize(("size", "kind"), [(150, "header"), (151, "rich_text")])
def test_headings(size: int, kind: str) -> None:
    message = Message("s", (Heading("x" * size),))
    assert render.single(message).blocks[0]["type"] == kind
    assert not problems(message)
    assert shown(message) == "x" * size


@pytest.mark.parametrize(("count", "parts"), [(50, 1), (51, 2), (101, 3)])
def test_many_blocks_become_parts(count: int, parts: int) -> None:
    message = Message("s", tuple(paragraph(f"line {number}") for number in range(count)))
    found = render.parts(message)
    assert len(found) == parts
    assert not problems(message)
    assert shown(message).splitlines() == [f"line {number}" for number in range(count)]
    if parts > 1:
        assert found[0].text == f"s (1 of {parts})"
        single = render.single(message)
        assert not block_problems(single.blocks, 50)
        assert seen(single.blocks).endswith(platforms.cut())


def test_buttons_at_their_limits() -> None:
    message = Message("s", (Actions(tuple(Button("x" * 80, "same", {"n": str(n)}) for n in range(26))),))
    assert not problems(message)
    row = render.single(message).blocks[0]["elements"]
    assert [each["action_id"] for each in row[:3]] == ["same", "same#1", "same#2"]
    assert row[0]["text"]["text"] == "x" * 74 + "…"
    edge = "x" * (limits.VALUE - len('{"x":""}'))
    assert not problems(Message("s", (Actions((Button("b", "a", {"x": edge}),)),)))
    with pytest.raises(CannotRender, match="2001"):
        render.parts(Message("s", (Actions((Button("b", "a", {"x": edge + "x"}),)),)))


def test_a_large_grid_is_split_between_lines() -> None:
    rows = tuple((f"Member {number:03}", tuple("●" * 40)) for number in range(100))
    message = Message("s", (Grid(tuple(map(str, range(1, 41))), rows, (("●", "on time"),)),))
    assert not problems(message)
    assert shown(message).count("Member") == 100


def test_the_notification_text_is_cut_between_lines() -> None:
    message = Message("sum", tuple(paragraph(f"{n} ", When(AT), "&" * 100) for n in range(40)))
    said = render.single(message).text
    assert len(said) <= 4000
    assert said.endswith("\n…")
    assert "CALLS" not in mrkdwn_seen(said)


def test_a_message_without_blocks_is_its_summary() -> None:
    assert render.parts(Message("Just <this>"))[0].text == "Just &lt;this&gt;"
    assert shown(Message("Just <this>")) == "Just <this>"
    assert not problems(Message("", ()))


def members(rows: int, columns: int = 8, name: str = "Member", head: str = "Member") -> Grid:
    numbers = tuple(str(number) for number in range(1, columns + 1))
    cells = tuple("●○"[number % 2] for number in range(columns))
    lines = tuple((f"{name} {number}", cells) for number in range(rows))
    return Grid(numbers, lines, (("●", "on time"), ("○", "missed, forgiven")), head)


def kinds(blocks: Sequence[Json]) -> list[str]:
    return [block["type"] for block in blocks]


def test_the_members_are_a_table_with_a_legend_below_it() -> None:
    (part,) = render.parts(Message("s", (members(2),)))
    assert not block_problems(part.blocks, 50)
    table, legend = part.blocks
    assert [cell["text"] for cell in table["rows"][0]] == ["Member", *map(str, range(1, 9))]
    assert [cell["text"] for cell in table["rows"][1]] == ["Member 0", *"●○●○●○●○"]
    assert table["column_settings"] == [{"is_wrapped": True}] + [{"align": "center"}] * 8
    assert seen([legend]) == "● on time · ○ missed, forgiven"
    assert "Member 0: 1 on time, 2 missed, forgiven" in part.text, "screen readers read this"


def test_a_message_holds_one_table_and_a_view_none() -> None:
    chart, two = members(2, head=""), members(3)
    message = Message("s", (chart, two, two))
    assert not problems(message)
    assert kinds(render.single(message).blocks).count("table") == 1
    assert kinds(render.single(message).blocks)[0] == "rich_text", "a chart stays one"
    assert "table" not in kinds(render.blocks(message))
    view = forms.view(message, ids.State())
    assert not view_problems(view)
    assert seen(view["blocks"]).count("Member 1") == 3


@pytest.mark.parametrize(
    ("grid", "table"),
    [
        (members(99, 19), True),
        (members(100), False),
        (members(5, 20), False),
        (members(90, 8, "N" * 99), True),
        (members(95, 8, "N" * 105), False),
        (Grid(("1", "2"), (("", ("", " ")),), (), "Member"), True),
        (Grid((), (), (), "Member"), True),
    ],
)
def test_what_is_more_than_a_table_holds_is_text(grid: Grid, table: bool) -> None:
    message = Message("s", (grid,))
    assert not problems(message)
    assert ("table" in [kind for part in render.parts(message) for kind in kinds(part.blocks)]) is table


@pytest.mark.parametrize(
    "change",
    [
        {"rows": []},
        {"rows": [[{"type": "raw_text", "text": ""}]]},
        {"rows": [[{"type": "mrkdwn", "text": "x"}]]},
        {"rows": [[{"type": "raw_text", "text": "x"}] * 21]},
        {"rows": [[{"type": "raw_text", "text": "x"}]] * 101},
        {"rows": [[{"type": "raw_text", "text": "x"}], [{"type": "raw_text", "text": "x"}] * 2]},
        {"rows": [[{"type": "raw_text", "text": "x" * 101}]] * 100},
        {"column_settings": [{"align": "middle"}]},
    ],
)
def test_a_table_that_slack_would_refuse_is_found(change: Json) -> None:
    table, *_ = render.parts(Message("s", (members(2),)))[0].blocks
    assert not block_problems([table], 50)
    assert block_problems([{**table, **change}], 50)
    assert block_problems([table, table], 50)
    assert view_problems({"type": "home", "blocks": [table]})
