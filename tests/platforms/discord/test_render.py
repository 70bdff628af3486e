"""Messages as Components V2, at each limit and one beyond it."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.app.words import week as views
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
    Strong,
    bullets,
    paragraph,
    plain,
)
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.discord import ids, limits, render
from tests.fakes import discord_checks as checks
from tests.fakes.bot import LIBRARY
from tests.fakes.discord_world import BUTTON, COMPONENTS_V2, TEXT_DISPLAY, walk
from tests.fakes.toy import card


def body(message: Message, mark: str = "") -> list[Mapping[str, Any]]:
    """The message as it is sent, checked against Discord's limits."""
    view = render.message(message, ids.component_ids(mark) if mark else ids.NO_NUMBERS).view
    components: list[Mapping[str, Any]] = list(view.to_components())
    checks.message({"components": components, "flags": COMPONENTS_V2})
    return components


def markdown(message: Message) -> str:
    return "\n".join(item["content"] for item in walk(body(message)) if item["type"] == TEXT_DISPLAY)


def test_a_card_with_one_of_everything() -> None:
    components = body(card(), "m" * 24)
    assert len(components) == 1
    container = components[0]
    assert container["accent_color"] == 0x4F46E5
    text = markdown(card())
    assert text.startswith("### Week 3: Vectors and matrices")
    assert "**see a matrix as a map**" in text
    assert "[the notes](<https://example.org/notes>)" in text
    assert "```\n" in text
    assert "-# ● checked in · ○ missed" in text
    assert re.search(r"-# Closes <t:\d+:F>", text)
    buttons = [item for item in walk(components) if item["type"] == BUTTON]
    assert [button["custom_id"] for button in buttons] == ["ask|round=3", "echo|words=hello from the button"]


def test_only_those_who_are_meant_are_notified() -> None:
    message = Message("x", (paragraph(Mention("11"), " ", Mention("everyone"), " <@22> @everyone", Mention("11")),))
    allowed = render.message(message).mentions.to_dict()
    assert allowed["users"] == [11]
    assert allowed["parse"] == []
    assert not render.message(Message("<@22>")).mentions.to_dict()["users"]


def test_a_message_without_blocks_says_its_summary() -> None:
    assert markdown(Message("Done. *Really*")) == "Done. \\*Really\\*"
    assert markdown(Message("Only buttons", (Actions((Button("Go", "help"),)),))) == "Only buttons"


def test_4000_characters_and_one_more() -> None:
    assert markdown(Message("s", (paragraph("a" * 4000),))) == "a" * 4000
    longer = markdown(Message("s", (paragraph("a" * 4001),)))
    assert longer.endswith(render.left_out())
    assert 3900 < len(longer) <= 4000


def test_length_is_counted_as_discord_counts_at_its_strictest() -> None:
    assert limits.size("a🙂") == 3
    assert markdown(Message("s", (paragraph("🙂" * 2001),))).endswith(render.left_out())


def test_what_is_too_long_ends_at_a_paragraph() -> None:
    words = "\n\n".join(f"Paragraph {number}. " + "word " * 50 for number in range(40))
    found = markdown(Message("s", (paragraph(words), Actions((Button("Go", "help"),)))))
    assert found.count("Paragraph") > 10
    kept = found.removesuffix("\n" + render.left_out())
    assert kept.endswith("word…")
    assert [
        item
        for item in walk(body(Message("s", (paragraph(words), Actions((Button("Go", "help"),))))))
        if item["type"] == BUTTON
    ]


def test_never_cut_inside_a_link_or_a_code_block() -> None:
    links = Paragraph(tuple(Link(f"Text {number}", f"https://example.org/{'x' * 80}/{number}") for number in range(60)))
    found = markdown(Message("s", (links,))).removesuffix("\n" + render.left_out())
    assert re.fullmatch(r"(\[Text \d+\]\(<https://example.org/x+/\d+>\))+…", found)

    rows = tuple((f"Member number {number}", ("●",) * 12) for number in range(200))
    grid = Grid(tuple(str(n) for n in range(12)), rows, (("●", "on time"),))
    found = markdown(Message("s", (Heading("Everybody"), grid)))
    assert found.count("```") == 2
    assert re.search(r"… and \d+ more\n```\n" + re.escape(render.left_out()), found)


def test_never_cut_inside_an_address() -> None:
    long = "https://example.org/" + "a" * limits.TEXT
    found = markdown(Message("s", (paragraph("Read this: ", "x" * 100 + " " + long),)))
    assert found == "Read this: " + "x" * 100 + "…\n" + render.left_out()


def test_items_of_a_list_stay_whole() -> None:
    found = markdown(Message("s", (bullets(f"item {number} " + "x" * 100 for number in range(60)),)))
    lines = found.split("\n")
    assert lines[-1] == render.left_out()
    assert all(re.fullmatch(r"- item \d+ x{100}", line) for line in lines[:-2])


def test_buttons_within_the_limits() -> None:
    five = Actions(tuple(Button(f"B{number}", "help", {"n": str(number)}) for number in range(5)))
    six = Actions(tuple(Button(f"B{number}", "help", {"n": str(number)}) for number in range(6)))
    assert sum(item["type"] == 1 for item in walk(body(Message("s", (five,))))) == 1
    assert sum(item["type"] == 1 for item in walk(body(Message("s", (six,))))) == 2
    label = next(i for i in walk(body(Message("s", (Actions((Button("x" * 81, "help"),)),)))) if i["type"] == BUTTON)
    assert limits.size(label["label"]) == 80


def beside(words: str, number: int) -> Section:
    return Section((Strong(f"P{number}"), f": {words}"), Button(f"Write to P{number}", "write", {"n": str(number)}))


def test_a_button_stands_beside_its_line() -> None:
    (container,) = body(Message("s", (Heading("Who"), beside("missed", 1), beside("missed", 2))), "m" * 24)
    heading, one, two = container["components"]
    assert heading["id"] == ids.component_ids("m" * 24)[1], "the mark stays in the first text"
    assert [each["components"][0]["content"] for each in (one, two)] == ["**P1**: missed", "**P2**: missed"]
    assert [each["accessory"]["label"] for each in (one, two)] == ["Write to P1", "Write to P2"]
    first = body(Message("s", (beside("missed", 1),)), "m" * 24)[0]["components"]
    assert (first[0]["content"], first[0]["id"]) == ("s", ids.component_ids("m" * 24)[1])


@given(st.text(max_size=30) | st.sampled_from(["", "-", "x" * 2000]), st.integers(0, 12))
def test_a_line_that_is_blank_or_too_long_leaves_its_button(words: str, number: int) -> None:
    lines = [Section((words,), Button(str(n), "write", {"n": str(n)})) for n in range(number)]
    found = body(Message("s", (Heading("Who"), *lines, paragraph("end" * 500))))
    assert [item["label"] for item in walk(found) if item["type"] == BUTTON] == [str(n) for n in range(number)]


def test_forty_components_and_more() -> None:
    def message(rows: int) -> Message:
        buttons = tuple(Button(str(number), "help", {"n": str(number)}) for number in range(rows * 5))
        return Message("s", (Actions(buttons),))

    body(message(6))  # 1 container, 1 text, 6 rows, 30 buttons
    with pytest.raises(CannotRender, match="40 components"):
        body(message(7))


def test_a_custom_id_of_100_and_one_more() -> None:
    args = {"name": "x" * (100 - len("cohort.create|name="))}
    assert len(ids.encode("cohort.create", args)) == 100
    body(Message("s", (Actions((Button("Go", "cohort.create", args),)),)))
    with pytest.raises(CannotRender, match="101 of 100"):
        body(Message("s", (Actions((Button("Go", "cohort.create", {"name": args["name"] + "x"}),)),)))


def test_two_buttons_that_do_the_same_are_a_mistake() -> None:
    with pytest.raises(CannotRender, match="do the same"):
        body(Message("s", (Actions((Button("A", "help"), Button("B", "help"))),)))


@given(
    st.from_regex(r"[a-z.]{1,10}", fullmatch=True),
    st.dictionaries(st.text("ab|=%~", min_size=1), st.text(max_size=5), max_size=3),
)
def test_custom_ids_come_back_as_they_went(action: str, args: dict[str, str]) -> None:
    try:
        custom_id = ids.encode(action, args)
    except CannotRender:
        return
    assert ids.decode(custom_id) == (action, args)


@given(st.text(min_size=1, max_size=24))
def test_a_mark_is_two_positive_32_bit_numbers(mark: str) -> None:
    first, second = ids.component_ids(mark)
    assert first is not None
    assert second is not None
    assert 0 < first < 2**31
    assert 0 < second < 2**31
    assert first != second


def test_the_mark_is_in_every_kind_of_message() -> None:
    first, second = ids.component_ids("mark")
    for message in (Message("only a summary"), Message("s", (Actions((Button("Go", "help"),)),)), card()):
        container = body(message, "mark")[0]
        assert container["id"] == first
        assert next(child.get("id") for child in container["components"] if child["type"] == TEXT_DISPLAY) == second


def test_every_week_and_paper_of_the_programme_fits_whole() -> None:
    programme = LIBRARY.get(LIBRARY.slugs()[0])
    assert programme is not None
    for number in range(1, programme.length + 1):
        assert render.left_out() not in markdown(views.plan(programme, number))
    for paper in programme.papers:
        assert render.left_out() not in markdown(views.paper(paper, posted=True))


@given(st.text(max_size=40))
def test_a_name_cannot_break_out_of_the_grid(name: str) -> None:
    grid = Grid(("1",), ((name, ("●",)), ("``` @everyone", ("●",))), (("●", "on time"),))
    found = markdown(Message("s", (grid,)))
    assert found.count("`") == 6
    assert found.count("\n") == 5


@given(
    st.lists(
        st.one_of(
            st.text(max_size=2000).map(paragraph),
            st.text(max_size=100).map(Heading),
            st.lists(st.text(max_size=500)).map(bullets),
        ),
        max_size=8,
    )
)
def test_whatever_is_said_is_within_the_limits(blocks: list[Any]) -> None:
    body(Message("summary", tuple(blocks)))


def test_strong_text_that_is_too_long_is_left_out() -> None:
    assert plain(Message("s", (paragraph(Strong("x" * 5000)),)))
    assert (
        markdown(Message("s", (paragraph("before"), paragraph(Strong("x" * 5000))))) == f"before\n{render.left_out()}"
    )
