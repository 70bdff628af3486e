"""Messages and forms as HTML: every text stays text, whatever it is."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.app.words.week import opening
from cohort_bot.chat import codec
from cohort_bot.chat.form import ChoiceField, FieldErrors, Form, Option, TextField
from cohort_bot.chat.i18n import speaking
from cohort_bot.chat.message import (
    Actions,
    Bullets,
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
    plain,
    text,
)
from cohort_bot.core.membership import Cohort
from cohort_bot.core.rounds import Calendar
from cohort_bot.platforms.local import forms, render
from cohort_bot.platforms.local import text as text_
from cohort_bot.platforms.local.text import Viewer
from tests.fakes.bot import LIBRARY, shipped
from tests.fakes.toy import FORM, START, card
from tests.platforms.local.reader import Element, read, said, values

VIEWER = Viewer(ZoneInfo("Asia/Kolkata"), START, {"member-1": "Sample Member 1"})
CONTEXT = {"_as": "member-1", "_in": "general", "_thread": "", "_title": "t"}


def _message(message: Message) -> Element:
    return read(str(render.message(message, VIEWER, 7)))


def _form(form: Form | FieldErrors) -> Element:
    return read(str(forms.form(form, "an-id", CONTEXT, action="/submit", cancel="/"))).one("form")


def _everywhere(word: str) -> Message:
    spans: tuple[Span, ...] = (word, Strong(word), Mention(word), Link(word, "https://example.org"))
    return Message(
        word,
        (
            Heading(word),
            Paragraph(spans),
            Bullets((spans,)),
            Grid((word,), ((word, (word,)),), ((word, word),)),
            Actions((Button(word, word, {word: word}),)),
            Section(spans, Button(word, word)),
        ),
        accent=word,
    )


def _asking(word: str) -> FieldErrors:
    fields = (
        TextField(word, word, "long", word, hint=word),
        TextField("line", word, "line", word, required=True),
        ChoiceField("one", word, (Option(word, word),), value=frozenset({word}), hint=word),
    )
    return FieldErrors(Form(word, word, fields, {word: word}, submit=word), {word: word, "line": word, "-": word})


def _tags(element: Element) -> list[str]:
    return [each.tag for each in element.walk()]


@given(st.text() | st.text("<>\"'&/=! script-img{}%#"))
def test_no_text_becomes_a_tag(word: str) -> None:
    shown = _message(_everywhere(word))
    assert _tags(shown) == _tags(_message(_everywhere("x")))
    assert shown.one("h2").text == word
    assert {each.text for each in shown.all("button")} == {word}
    form = _form(_asking("x" if word in {"", "line", "one", "-"} else word))  # the fields' own names
    assert _tags(form) == _tags(_form(_asking("x")))


@given(st.text())
def test_a_text_is_shown_to_the_letter(word: str) -> None:
    assert said(_message(text(word))) == word


@given(st.text() | st.sampled_from(["javascript:alert(1)", "data:text/html,x", "http://[", "//x", " javascript:x"]))
def test_only_links_of_the_web_and_of_mail_are_links(url: str) -> None:
    shown = _message(Message("", (Paragraph((Link("here", url),)),)))
    for link in shown.all("a"):
        assert link.attributes["href"].strip().lower().startswith(("http:", "https:", "mailto:"))
        assert link.attributes["rel"] == "noopener"


@pytest.mark.parametrize(
    ("said", "links"),
    [
        ("See https://example.org/a.", ["https://example.org/a"]),
        ("(https://example.org/a_(b)) and HTTP://example.org!", ["https://example.org/a_(b)", "HTTP://example.org"]),
        ("“https://example.org/?a=1&b=%3C”.", ["https://example.org/?a=1&b=%3C"]),
        ("https://example.org\nhttps://example.net", ["https://example.org", "https://example.net"]),
        ("https://例え.jp/道。", ["https://例え.jp/道"]),
        ("https://example.org/\u202egpj.exe", ["https://example.org/"]),
        ("https://example.org<script>", ["https://example.org"]),
        ('https://example.org/"onclick="x', ["https://example.org/"]),
        ("javascript://example.org/%0aalert(1) xhttps://example.org http:// https://[ ftp://example.org", []),
        ("https://..... https://?", []),
        ("www.example.org, mail@example.org", []),
    ],
)
def test_addresses_that_were_typed_are_links(said: str, links: list[str]) -> None:
    body = Message("", (Heading(said), Paragraph((said,)), Bullets(((Strong(said),),))))
    shown = _message(body)
    assert [link.attributes["href"] for link in shown.one("p").all("a")] == links
    assert [link.text for link in shown.one("strong").all("a")] == links
    assert (shown.one("h2").text, shown.one("p").text, shown.one("li").text) == (said, said, said)


@given(st.lists(st.text("aps:/.()[]\u202e \n<>\"'") | st.sampled_from(["http://", "https://", "HTTPS://a."])))
def test_a_typed_link_leads_where_it_says(pieces: list[str]) -> None:
    said = "".join(pieces)
    shown = _message(text(said)).one("p")
    assert shown.text == said
    for link in shown.all("a"):
        assert link.attributes == {"href": link.text, "rel": "noopener", "target": "_blank"}
        assert link.text.lower().startswith(("http://", "https://"))


@pytest.mark.parametrize("url", ["https://example.org/?a=1&b=2", "http://example.org", "mailto:x@example.org"])
def test_a_link_leads_where_it_says(url: str) -> None:
    assert _message(Message("", (Paragraph((Link("here", url),)),))).one("a").attributes["href"] == url


def test_times_are_the_viewers() -> None:
    at = datetime(2027, 1, 3, 20, 0, tzinfo=UTC)
    shown = _message(Message("", (Paragraph((When(at), When(at, "day"))),)))
    times = shown.all("time")
    assert [each.text for each in times] == ["Mon 4 Jan 2027, 01:30", "Mon 4 Jan 2027"]
    for each in times:
        assert each.attributes["datetime"] == "2027-01-03T20:00:00+00:00"
        assert each.attributes["title"] == "Mon 4 Jan 2027, 01:30 (Asia/Kolkata)"


def test_a_card_has_its_parts() -> None:
    shown = _message(card())
    assert shown.one("rect").attributes["fill"] == "#4f46e5"
    assert shown.one(kind="mention").text == "@Sample Member 1"
    assert [each.text for each in shown.all("th", scope="row")] == ["Sample Member 1", "Sample Member 2"]
    assert len(shown.all("th", scope="col")) == 12
    assert shown.all("td", title="missed")[0].text == "○ missed"
    assert shown.one("ul", kind="legend").all("li")[0].text == "● checked in"
    first, second = shown.all("button")
    assert (first.attributes["data-action"], first.classes) == ("ask", ["primary"])
    assert (second.attributes["value"], second.attributes["form"]) == (
        "7 echo?words=hello+from+the+button",
        "presses",
    )


def test_a_message_without_blocks_says_its_summary() -> None:
    assert said(_message(Message("Just this"))) == "Just this"


@pytest.mark.parametrize("accent", ["red", "#12345", "url(x)", "#123456;x"])
def test_an_accent_is_a_colour(accent: str) -> None:
    assert not _message(Message("x", accent=accent)).all("svg")


def test_a_form_shows_what_is_known() -> None:
    form = _form(FORM)
    assert form.one("h2").text == "Check-in: week 3"
    assert [each.attributes["type"] for each in form.all("input", name="tasks")] == ["checkbox"] * 3
    assert [each.attributes["type"] for each in form.all("input", name="share")] == ["radio"] * 2
    assert form.one("input", name="when").attributes["type"] == "date"
    assert form.one("textarea").attributes["maxlength"] == "1000"
    known = dict(values(form))
    assert (known["_id"], known["_action"], known["_args"]) == ("an-id", "ask.sent", '{"round": "3"}')
    assert not form.all(kind="alert")
    for field in [*form.all("textarea"), *form.all("input", name="when")]:
        assert form.one("label", **{"for": field.attributes["id"]}).text
        for described in field.attributes["aria-describedby"].split():
            assert form.one(id=described).text


def test_a_form_to_mend_shows_what_was_written_and_what_is_wrong() -> None:
    fields = (TextField("done", "Done", "long", "\nfirst\n\nlast\n"), TextField("zone", "Zone", "zone", "Nowhere"))
    form = _form(FieldErrors(Form("x", "X", fields), {"zone": "There is no Nowhere.", "other": "And one more."}))
    assert dict(values(form)) | {"done": "\nfirst\n\nlast\n", "zone": "Nowhere"} == dict(values(form))
    wrong = form.one(**{"aria-invalid": "true"})
    assert wrong.attributes["name"] == "zone"
    assert form.one(id=wrong.attributes["aria-describedby"].strip()).text == "There is no Nowhere."
    assert form.one(kind="alert").text == "And one more."


def test_a_label_is_one_short_line() -> None:
    assert text_.label("a\n b") == "a b"
    assert len(text_.label("x" * 1000)) == 120


def test_the_texts_of_a_guide_in_another_language_are_marked_as_that() -> None:
    """A screen reader speaks English with an English voice (WCAG 3.1.2), also after the card was kept."""
    cohort = Cohort(1, "local", "sample", "AI", "guide", Calendar(date(2027, 1, 4), time(9), "UTC"), START, "sample")
    guide = shipped()
    for language, week, marked in (("de", 5, True), ("de", 4, False), ("en", 5, False)):
        with speaking(language):
            programme = LIBRARY.get(guide.slug)
            assert programme is not None
            card = opening(cohort, programme, week, "local", late=None, missed=())
            kept = codec.loads(codec.dumps(card))
            assert (kept, plain(kept)) == (card, plain(card))
            shown = _message(kept)
        told = guide.week(week)
        assert told is not None
        words = {told.title, told.goal, told.share, *(task.text for task in told.tasks)}
        foreign = {each.text for each in shown.all("span", lang="en")}
        assert (words <= foreign, bool(foreign)) == (marked, marked), language
        assert not any("Teile" in each or "Woche" in each for each in foreign)
