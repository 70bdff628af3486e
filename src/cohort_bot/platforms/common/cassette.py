"""What a service answered, written down so that anybody may read it, and so that it can be asked again.

Only what is known to be harmless is kept: the names of documented fields, words of fixed lists, small numbers. Ids,
addresses and tokens become numbers in the order of their appearance; texts, names and times leave their kind; fields
that are not known leave their count, and what other people made leaves nothing. Nothing else is ever written down.

A cassette has one JSON value a line: the head, then each request with its answer, in order. docs/how-to/live-check.md
describes the format.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urlsplit

import aiohttp

FORMAT: Final = 1

Kind = Literal["shape", "kept", "word", "id", "time", "url", "key", "json"]
"""What may be written down of a field: `shape`, its kind alone; `kept`, small numbers and yes or no; `word`, if it is
in the list of words; `id`, `url` and `key`, which of them it is; `json`, JSON inside a text.
"""

SMALL: Final = 1_000_000
"""Greater numbers may tell somebody's; codes and limits are smaller."""

INT32: Final = 2**31
"""The ids of a message's components are smaller, all others greater, even where a client writes them as numbers."""

HEADERS: Final = frozenset({"content-type", "date", "retry-after", "via", "x-oauth-scopes"}) | {
    f"x-ratelimit-{each}" for each in ("bucket", "global", "limit", "remaining", "reset", "reset-after", "scope")
}
CONTENT: Final = frozenset({"application/json", "application/json; charset=utf-8", "text/html", "text/plain"})
SHORT: Final = re.compile(r"true|false|[0-9]{1,4}")
ISO: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)")
STAMP: Final = re.compile(r"\d{9,10}(\.\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is known of a service. `author` says who made an element of a list, None where nobody is named."""

    api: re.Pattern[str]
    """The address of a method, whose one group is the path."""
    path: frozenset[str]
    """Parts of such paths."""
    fields: Mapping[str, Kind]
    words: frozenset[str]
    ids: re.Pattern[str]
    author: Callable[[Mapping[str, Any]], object]


def fields(**names: str) -> Mapping[str, Kind]:
    """A table of fields from the names of each kind, as in `fields(id="guild_id channel_id")`."""
    return {name: kind for kind, all_of_it in names.items() for name in all_of_it.split()}  # type: ignore[misc]


def listed(words: str) -> frozenset[str]:
    """A list of words."""
    return frozenset(words.split())


@dataclass(slots=True)
class Redactor:
    """Makes of values what may be written down. `mine` are the ids of the bot itself."""

    known: Vocabulary
    began: datetime
    mine: set[str] = field(default_factory=set)
    _seen: dict[tuple[str, str], int] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)

    def number(self, kind: str, value: str) -> str:
        """Which id, address or token it is."""
        number = self._seen.setdefault((kind, value), len(self._seen) + 1)
        return f"<{kind} {number}>"

    def value(self, value: Any, kind: Kind = "shape", *, ours: bool = False) -> Any:  # noqa: PLR0911 - for each type
        """The value as it may be written down; `ours` are requests, whose texts are measured."""
        match value:
            case Mapping():
                return self._mapping(value, ours=ours)
            case list():
                return [self.value(each, kind, ours=ours) for each in value if ours or self._may_be_told(each)]
            case None:
                return None
            case bool():
                return value if kind == "kept" else "<bool>"
            case int() | float():
                return self._figure(value, kind)
            case str():
                return self._string(value, kind, ours=ours) if value else ""
        return "<?>"

    def _may_be_told(self, element: object) -> bool:
        author = self.known.author(element) if isinstance(element, Mapping) else None
        return author is None or str(author) in self.mine

    def _mapping(self, value: Mapping[Any, Any], *, ours: bool) -> dict[str, Any]:
        found = {
            name: self.value(each, self.known.fields[name], ours=ours)
            for name, each in value.items()
            if name in self.known.fields
        }
        left_out = len(value) - len(found)
        return {**found, "?": left_out} if left_out and not ours else found

    def _figure(self, value: float, kind: Kind) -> Any:
        if kind == "id":
            return self.number("id" if value > INT32 else "figure", str(value))
        return value if kind == "kept" and isinstance(value, int) and 0 <= value < SMALL else "<number>"

    def _string(self, value: str, kind: Kind, *, ours: bool) -> Any:  # noqa: PLR0911 - one answer for each kind
        if kind in {"word", "url"} and value in self.known.words:
            return value
        if kind == "json":
            return {"json": self.value(_parsed(value), ours=ours)}
        if kind == "id" and self.known.ids.fullmatch(value):
            return self.number("id", value)
        if kind == "url" and "://" in value:
            return self.number("url", value)
        if kind == "key":
            return self.number("key", value)
        if kind == "kept" and SHORT.fullmatch(value):
            return value
        if kind == "time" and (at := _time(value)):
            return f"<time {(at - self.began).total_seconds():+.0f}>" if ours else "<time>"
        if ours and value not in self._texts:
            self._texts[value] = f"<text {len(self._texts) + 1}, {len(value)}>"
        return self._texts.get(value, "<text>")

    def path(self, url: str) -> str:
        """The path of a method, or which of the addresses that the service gave."""
        if known := self._seen.get(("url", url)):
            return f"<url {known}>"
        found = self.known.api.match(url.partition("?")[0])
        return "/".join(map(self._part, found[1].split("/"))) if found else "<elsewhere>"

    def _part(self, part: str) -> str:
        if part in self.known.path or not part:
            return part
        if self.known.ids.fullmatch(part):
            return self.number("id", part)
        known = self._seen.get(("key", part))
        return f"<key {known}>" if known else "<text>"

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Which of the headers that matter are there."""
        found = {}
        for name, value in ((name.lower(), value) for name, value in headers.items()):
            if name == "content-type":
                found[name] = value if value in CONTENT else "<text>"
            elif name in HEADERS:
                found[name] = "<number>" if value.replace(".", "", 1).isdecimal() else "<text>"
        return dict(sorted(found.items()))

    def body(self, raw: bytes) -> Any:
        """What was sent: JSON, a form with files, a form, or the size of anything else."""
        if not raw:
            return None
        if raw.startswith(b"--"):
            payload = re.search(rb'name="payload_json"[^{]*(\{.*?\})\r\n--', raw, re.DOTALL)
            return {"form": self.value(_parsed(payload[1]) if payload else None, ours=True)}
        parsed = _parsed(raw)
        if isinstance(parsed, dict | list):
            return {"json": self.value(parsed, ours=True)}
        given = dict(parse_qsl(raw.decode("latin-1")))
        if given.keys() & self.known.fields.keys():
            return {"query": self.value(given, ours=True)}
        return {"bytes": len(raw)}


def _parsed(raw: str | bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _time(value: str) -> datetime | None:
    try:
        if ISO.fullmatch(value):
            return datetime.fromisoformat(value).astimezone(UTC)
        return datetime.fromtimestamp(float(value), UTC) if STAMP.fullmatch(value) else None
    except (ValueError, OverflowError):
        return None


class Recorder:
    """Writes a cassette: `observe` is given to the platform, `step` is the name of what is being tried."""

    def __init__(self, platform: str, known: Vocabulary, began: datetime) -> None:
        self.redactor = Redactor(known, began)
        self.step = ""
        self._platform = platform
        self._month = f"{began:%Y-%m}"
        self._roles: dict[str, str] = {}
        self._entries: list[dict[str, Any]] = []

    def role(self, name: str, value: str) -> None:
        """Say which id is the bot's, the room's and so on, so that the cassette can be played elsewhere."""
        if value:
            self._roles[name] = self.redactor.number("id", value)
        if value and name.startswith("bot"):
            self.redactor.mine.add(value)

    def observe(self, config: aiohttp.TraceConfig) -> None:
        """Note every request of a session."""

        async def started(_session: object, context: Any, _params: object) -> None:
            context.sent = bytearray()

        async def sent(_session: object, context: Any, params: aiohttp.TraceRequestChunkSentParams) -> None:
            context.sent += params.chunk

        async def ended(_session: object, context: Any, params: aiohttp.TraceRequestEndParams) -> None:
            response = params.response
            context.answer = self.note(
                params.method, str(params.url), bytes(context.sent), response.status, response.headers
            )

        async def received(_session: object, context: Any, params: aiohttp.TraceResponseChunkReceivedParams) -> None:
            self.answered(context.answer, params.chunk)

        async def lost(_session: object, context: Any, params: aiohttp.TraceRequestExceptionParams) -> None:
            self.note(params.method, str(params.url), bytes(context.sent), None, {})

        config.on_request_start.append(started)
        config.on_request_chunk_sent.append(sent)
        config.on_request_end.append(ended)
        config.on_response_chunk_received.append(received)
        config.on_request_exception.append(lost)

    def note(
        self, method: str, url: str, sent: bytes, status: int | None, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """Note a request with the head of its answer, None when there was none; returns what the body belongs to."""
        answer: dict[str, Any] = {"status": status, "headers": self.redactor.headers(headers)}
        if status == 101:  # noqa: PLR2004 - from here on it is a websocket
            return answer
        query = dict(parse_qsl(urlsplit(url).query))
        request: dict[str, Any] = {"method": method, "path": self.redactor.path(url)}
        if query := self.redactor.value(query, ours=True):
            request["query"] = query
        if (body := self.redactor.body(sent)) is not None:
            request["body"] = body
        self._entries.append({"step": self.step, "request": request, "answer": answer})
        return answer

    def answered(self, answer: dict[str, Any], raw: bytes) -> None:
        """Note the body of an answer."""
        parsed = _parsed(raw)
        if isinstance(parsed, dict | list):
            answer["body"] = self.redactor.value(parsed)
        elif raw:
            answer["body"] = "<text>"

    def heard(self, event: str, payload: Mapping[str, Any]) -> None:
        """Note what the service told of by itself, such as what a person did."""
        named = self.redactor.value(event, "word")
        self._entries.append({"step": self.step, "event": named, "data": self.redactor.value(payload)})

    def save(self, folder: Path, service: str, version: str) -> Path:
        """Write the cassette as a new file of the folder, and return it."""
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{self._platform}-{self.redactor.began:%Y%m%d-%H%M%S}.jsonl"
        (folder / name).write_text("".join(f"{line}\n" for line in self.lines(service, version)), encoding="utf-8")
        return folder / name

    def lines(self, service: str, version: str) -> Iterator[str]:
        """The cassette, line by line."""
        head = {"cassette": FORMAT, "platform": self._platform, "service": service, "version": version}
        for line in ({**head, "recorded": self._month, "roles": self._roles}, *self._entries):
            yield json.dumps(line, separators=(",", ":"))
