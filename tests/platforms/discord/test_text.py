"""What a person typed stays what they typed, whatever it looks like."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.chat.message import Link, Mention, Strong, When
from cohort_bot.platforms.discord import text
from tests.platforms.discord.markdown import read

TRICKS = (
    "@everyone",
    "@here",
    "@HERE",
    "<@&1234567890123456789>",
    "<@1234567890123456789>",
    "<@!123>",
    "<#123>",
    "</checkin:1>",
    "<id:customize>",
    "<:emoji:1>",
    "<a:emoji:1>",
    "<t:1>",
    "<t:1:R>",
    "[x](http://y)",
    "[x](<http://y.example>)",
    "[https://good.example](https://evil.example)",
    "`code`",
    "```\nblock\n```",
    "||spoiler||",
    "**bold**",
    "*italic*",
    "_italic_",
    "__under__",
    "~~gone~~",
    "# head",
    "## head",
    "-# small",
    "> quote",
    ">>> all",
    "- list",
    "* list",
    "+ list",
    "1. list",
    "12) list",
    "\\*not escaped\\*",
    "\\",
    "\\\\@everyone",
    "a\r# head",
    "a\u2028# head",
    "a\x0b- list",
    "\u200b# head",
    " \u2060 > quote",
    "@\u200beveryone",
    "\u202e<@1>",
    "\x00<@1>",
    "<\x00@1>",
    "@\x00everyone",
    "https://x.example/a_b_c*d*",
    "https://x.example/`code`||spoiler||",
    "(https://x.example/y).",
    "https://x.example/>@everyone",
    "https://x.example/<@1>",
    "https://[broken",
    "https://",
)
HARMLESS = {"address", "bare address"}
_DROPPED = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def seen(typed: str) -> str:
    return _DROPPED.sub("", _LINE_ENDS.sub("\n", typed))


@pytest.mark.parametrize("typed", TRICKS)
def test_a_trick_is_shown_and_not_done(typed: str) -> None:
    found, shown = read(text.escape(typed))
    assert found <= HARMLESS
    assert shown == seen(typed)


@given(
    st.lists(st.sampled_from([*TRICKS, " ", "\n", "a", "*", "_", "<", ">", "@", "`", "|", "-", "#", "1."]), max_size=8)
)
def test_any_mixture_of_tricks(parts: list[str]) -> None:
    typed = "".join(parts)
    found, shown = read(text.escape(typed))
    assert found <= HARMLESS, text.escape(typed)
    assert shown == seen(typed)


@given(st.text(max_size=80))
def test_any_text(typed: str) -> None:
    found, shown = read(text.escape(typed))
    assert found <= HARMLESS
    assert shown == seen(typed)


@given(st.lists(st.sampled_from(TRICKS), min_size=1, max_size=4).map(" ".join))
def test_bold_is_nothing_but_bold(typed: str) -> None:
    shown = text.strong(f"x{typed}x")
    assert shown.startswith("**")
    assert shown.endswith("**")
    assert "\n" not in shown
    found, _ = read(shown[2:-2])
    assert not found


@given(st.lists(st.sampled_from(TRICKS), min_size=1, max_size=4).map(" ".join))
def test_the_label_of_a_link_is_nothing_but_a_label(label: str) -> None:
    shown = text.link(label, "https://example.org/a_(b)?c=d e")
    if "://" in label:
        assert shown == "<https://example.org/a_%28b%29?c=d%20e>"
    else:
        inside = shown.removesuffix("](<https://example.org/a_%28b%29?c=d%20e>)").removeprefix("[")
        assert read(inside)[0] == set()


def test_an_address_stays_clickable_and_nothing_else_of_it() -> None:
    assert text.escape("see https://x.example/a_b, and") == "see <https://x.example/a_b>, and"
    assert text.escape("https://x.example/a*b*") == "<https://x.example/a*b>\\*"


def test_only_web_addresses_become_links() -> None:
    assert text.link("click", "javascript:alert(1)") == "click (javascript:alert(1))"
    assert text.link("", "https://example.org") == "<https://example.org>"


def test_spans() -> None:
    at = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
    spans = (Strong("Next: "), "1. x ", Mention("123"), When(at), Link("notes", "https://e.org"))
    assert text.spans(spans) == "**Next:** 1\\. x <@123><t:1799049600:F>[notes](<https://e.org>)"
    assert text.span(When(at, "day")) == "<t:1799049600:D>"
    assert text.span(When(at)) == "<t:1799049600:F>"
    assert text.span(Mention("everyone")) == "@\u200beveryone"
    assert text.spans((Strong("a"), Strong("b"))) == "**a**\u200b**b**"
    assert text.spans(("\\*", Strong("b"))) == "\\\\\\***b**"
