"""Spans -> Slack's text objects. Text typed by a person can never become a mention, a link, bold or an emoji.

Running text is `rich_text`: its elements say what they are, and a text element is shown as it is, so nothing has to be
guessed about mrkdwn, which knows no escape for `*`, `_`, `~` and back-quotes. Only the notification text of a message
is mrkdwn; there `&`, `<` and `>` are escaped, which are all that can form a mention or a link.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import Any, Final
from urllib.parse import urlsplit

from cohort_bot.app.words.dates import padded_weekday
from cohort_bot.chat import characters
from cohort_bot.chat.message import Drawn, Link, Mention, Span, Strong, Tag, When, span_text
from cohort_bot.platforms.slack import limits

Json = dict[str, Any]

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Control characters, and half surrogates, which are no text at all.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_TURNS = re.compile("[\u202a\u202b\u202d\u202e]|[\u2066-\u2068]|\u202c|\u2069")
_USER = re.compile(r"[UW][A-Z0-9]{1,30}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{1,30}")
_CONVERSATION = re.compile(r"[CDG][A-Z0-9]{1,30}")
_SCHEMES = ("http", "https", "mailto")
_IN_URL = re.compile(r"[\s<>|\"\x00-\x20\x7f]")
_FORMATTING = re.compile(r"[*_~`]|:\S+:|^\s*>", re.MULTILINE)
_MARKED = re.compile(r"<(?P<to>[^<>|]+)(?:\|(?P<label>[^<>]*))?>")
_FORMATS: Final = {"day": "{date_long}", "time": "{date_long}, {time}"}
"""None of the `pretty` ones: they say "yesterday", also of a week that was to close."""


def clean(text: str) -> str:
    """The text without control characters, with newlines as line ends and changes of the reading direction ended."""
    if text.replace("\n", "").isprintable():  # so it has none of these
        return text
    return "\n".join(map(_turned_back, _UNSEEN.sub("", _LINE_ENDS.sub("\n", text)).split("\n")))


def _turned_back(line: str) -> str:
    """The line with every turn of the reading direction ended in it, so that the words around it stay as they are."""
    open_: list[str] = []
    for turn in _TURNS.findall(line):
        if turn in "\u202c\u2069":
            if open_ and open_[-1] == turn:
                open_.pop()
        else:
            open_.append("\u2069" if turn in "\u2066\u2067\u2068" else "\u202c")
    return line + "".join(reversed(open_))


def plain(text: str, most: int) -> Json:
    """A plain text object on one line: shown as it is, without turning `:words:` into emoji."""
    return {"type": "plain_text", "text": limits.cut(" ".join(clean(text).split()), most) or "…", "emoji": False}


def lines(text: str, most: int = limits.TEXT) -> Json:
    """A plain text object that keeps its lines."""
    return {"type": "plain_text", "text": limits.cut(clean(text), most) or "…", "emoji": False}


def escape(text: str) -> str:
    """The text for mrkdwn, where `&`, `<` and `>` begin mentions and links."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def read(mrkdwn: str) -> str:
    """What a person typed, from the mrkdwn in which Slack hands it on: links and mentions as they were read."""
    shown = _MARKED.sub(lambda mark: _marked(mark["to"], mark["label"] or ""), mrkdwn)
    return clean(shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def _marked(to: str, label: str) -> str:
    if to[:1] in {"@", "#", "!"}:
        return (
            (label if label[:1] in {"@", "#"} else f"{to[0].replace('!', '')}{label}")
            if label
            else to.replace("!", "@")
        )
    address = to.removeprefix("mailto:")
    return f"{label} ({address})" if label and not address.endswith(label) else address


def rich(spans: Iterable[Span]) -> list[Json]:
    """The spans as elements of a rich text section; empty ones are left out, Slack refuses them."""
    return [element for span in spans if (element := _element(span)) is not None]


def mrkdwn(spans: Iterable[Span]) -> str:
    """The spans as mrkdwn, for the notification text."""
    return "".join(map(_mrkdwn, spans))


def emphasised(spans: Sequence[Span]) -> str | None:
    """The spans as mrkdwn with bold; None where their words would format it: `*bold*`, `:emoji:`, quotations."""
    if _FORMATTING.search("".join(" " if isinstance(span, When) else span_text(span) for span in spans)):
        return None
    return "".join(map(_emphasised, spans))


def _emphasised(span: Span) -> str:
    match span:
        case Strong() if span.text.strip():
            return f"*{escape(span.text)}*"
        case Drawn():
            return span.text
    return _mrkdwn(span)


def sections(spans: Iterable[Span], most: int = limits.TEXT) -> Iterator[list[Json]]:
    """The elements in groups of at most `most` characters each; a longer text continues in the next group."""
    group: list[Json] = []
    room = most
    for element in rich(spans):
        rest = element
        while rest["type"] == "text" and len(rest["text"]) > room:
            head, tail = _split(rest["text"], room)
            if head:
                group.append({**rest, "text": head})
            if group:
                yield group
            group, room, rest = [], most, {**rest, "text": tail}
        group.append(rest)
        room = max(room - len(rest.get("text", "")), 0)
    if group:
        yield group


def pieces(text: str, most: int) -> Sequence[str]:
    """Whole lines in pieces of at most `most` characters; only a longer line is cut in two."""
    parts: list[str] = []
    for line in clean(text).split("\n"):
        cuts = list(_cuts(line, most))
        for each in cuts:
            if parts and len(parts[-1]) + 1 + len(each) <= most:
                parts[-1] += f"\n{each}"
            else:
                parts.append(each)
    return parts


def _cuts(line: str, most: int) -> Iterator[str]:
    while len(line) > most:
        place = characters.boundary(line, most) or most
        yield line[:place]
        line = line[place:]
    yield line


def _split(text: str, room: int) -> tuple[str, str]:
    """At the last space before the limit if there is one in its second half."""
    place = text.rfind(" ", room // 2, room)
    place = place + 1 if place >= 0 else characters.boundary(text, room)
    return text[:place], text[place:]


def _element(span: Span) -> Json | None:  # noqa: PLR0911 - one answer for each kind of span
    match span:
        case Strong():
            text = clean(span.text)
            return {"type": "text", "text": text, "style": {"bold": True}} if text else None
        case Drawn():
            return {"type": "text", "text": span.text}
        case Link() if url := _address(span.url):
            return {"type": "link", "url": url, "text": limits.cut(clean(span.text), limits.TEXT) or url}
        case Link():
            return {"type": "text", "text": clean(f"{span.text} ({span.url})")}
        case When():
            return {
                "type": "date",
                "timestamp": _timestamp(span),
                "format": _FORMATS[span.style],
                "fallback": _fallback(span),
            }
        case Mention() if _USER.fullmatch(span.user):
            return {"type": "user", "user_id": span.user}
        case Mention():
            return {"type": "text", "text": clean(f"@{span.user}")}
        case Tag():
            return _tag(span)
        case str():
            text = clean(span)
            return {"type": "text", "text": text} if text else None


def _tag(tag: Tag) -> Json:
    if tag.kind == "channel" and _CHANNEL.fullmatch(tag.id):
        return {"type": "channel", "channel_id": tag.id}
    if tag.kind == "person" and _USER.fullmatch(tag.id):
        return {"type": "user", "user_id": tag.id}
    return {"type": "text", "text": clean(span_text(tag))}


def _mrkdwn(span: Span) -> str:  # noqa: PLR0911 - the same
    match span:
        case Strong():
            return escape(span.text)
        case Drawn():
            return ""  # it would be read out sign by sign
        case Link() if url := _address(span.url):
            label = escape(" ".join(span.text.split())).replace("|", "¦")
            return f"<{escape(url)}|{label}>" if label else f"<{escape(url)}>"
        case Link():
            return escape(f"{span.text} ({span.url})")
        case When():
            return f"<!date^{_timestamp(span)}^{_FORMATS[span.style]}|{_fallback(span)}>"
        case Mention() if _USER.fullmatch(span.user):
            return f"<@{span.user}>"
        case Mention():
            return escape(f"@{span.user}")
        case Tag():
            element = _tag(span)
            known = {"channel": f"<#{span.id}>", "user": f"<@{span.id}>"}
            return known.get(element["type"]) or escape(element["text"])
        case str():
            return escape(span)


def _address(url: str) -> str:
    """The address with characters that would end it percent-encoded; empty when it is not a web address."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return ""
    safe = _IN_URL.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), url)
    return safe if scheme in _SCHEMES and len(safe) <= limits.URL else ""


def _timestamp(when: When) -> int:
    return int(when.at.timestamp())


def _fallback(when: When) -> str:
    at = when.at.astimezone(UTC)
    return padded_weekday(at) if when.style == "day" else f"{padded_weekday(at)} {at:%H:%M} UTC"


def is_conversation(said: str) -> bool:
    """Whether it is the id of a channel or a direct conversation, and not a name that somebody typed."""
    return _CONVERSATION.fullmatch(said) is not None
