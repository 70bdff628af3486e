"""Asks a loopback service what a cassette says that the real one was asked, and compares the answers.

What is compared: statuses, error codes, which documented fields there are, their types, what is kept of their values,
and which id, address or text it is: so that a repeated post has the id of the first, and a page has its order.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import aiohttp

from cohort_bot.platforms.common.cassette import FORMAT, HEADERS, Vocabulary

MARK: Final = re.compile(r"<(\w+) (\d+)(?:, (\d+))?>")
TIME: Final = re.compile(r"<time ([+-]\d+)>")
COMPARED: Final = HEADERS & {"content-type", "date", "x-oauth-scopes"}
TOO_MANY: Final = 429
BAD: Final = 400
NOTHING: Final = object()
Where = tuple[int, str, str]
"""Line, step and method."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the loopback service answers otherwise: the line of the cassette, the method and the field."""

    line: int
    step: str
    method: str
    at: str
    recorded: str
    here: str

    def __str__(self) -> str:
        where = f"line {self.line}, “{self.step}”, {self.method}"
        return f"{where}: {self.at or 'the answer'} was {self.recorded}, here it is {self.here}"


@dataclass(slots=True)
class Cassette:
    """A file, read."""

    name: str
    head: Mapping[str, Any]
    entries: Sequence[Mapping[str, Any]]

    @classmethod
    def read(cls, path: Path) -> "Cassette":
        head, *entries = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        assert head["cassette"] == FORMAT, f"{path.name} has format {head['cassette']}, this is {FORMAT}"
        return cls(path.stem, head, entries)


@dataclass(slots=True)
class Player:
    """Plays a cassette to the service at `api`. `roles` are the ids there, `token` what a request is sent with, and
    `stamp` how a time is written.
    """

    known: Vocabulary
    api: str
    roles: Mapping[str, str]
    token: Callable[[str], str]
    stamp: Callable[[datetime], str]
    began: datetime
    act: Callable[[Callable[[Any], Any], Mapping[str, Any]], Mapping[str, Any] | None] = lambda *_: None
    """Does what a person did by an event, whose numbers the first argument makes ids of, and returns the event here."""
    played: int = 0
    passed_over: int = 0
    """Requests that answer a person, whose act is not played."""
    _values: dict[tuple[str, str], Any] = field(default_factory=dict)
    _numbers: dict[tuple[str, str], str] = field(default_factory=dict)
    _found: list[Difference] = field(default_factory=list)

    async def play(
        self, cassette: Cassette, enough: Callable[[Difference], bool] = lambda _: False
    ) -> Sequence[Difference]:
        """The differences, each once a step; up to the first of which one is enough."""
        for name, mark in cassette.head["roles"].items():
            if name in self.roles:
                self._bind("id", str(MARK.fullmatch(mark)[2]), self.roles[name])  # type: ignore[index]
        async with aiohttp.ClientSession() as session:
            for number, entry in enumerate(cassette.entries, start=2):
                if "event" in entry:
                    if here := self.act(self._filled, entry["data"]):
                        self.played += 1
                        self._compare((number, entry["step"], f"event {entry['event']}"), "", entry["data"], here)
                elif entry["answer"]["status"] == TOO_MANY:
                    assert "retry-after" in entry["answer"]["headers"], "it does not say how long to wait"
                elif (path := self._path(entry["request"]["path"])) is None or self._of_nobody(entry["request"]):
                    self.passed_over += 1
                else:
                    await self._ask(session, number, entry, path)
                if any(map(enough, self._found)):
                    break
        return list({(each.method, each.at, each.step): each for each in reversed(self._found)}.values())[::-1]

    async def _ask(self, session: aiohttp.ClientSession, number: int, entry: Mapping[str, Any], path: str) -> None:
        asked, answer = entry["request"], entry["answer"]
        given: dict[str, Any] = {"params": self._filled(asked.get("query", {}))}
        match asked.get("body"):
            case {"json": body}:
                given["json"] = self._filled(body)
            case {"query": body}:
                given["data"] = self._filled(body)
            case {"form": body}:
                given["data"] = self._form(self._filled(body))
            case {"bytes": size}:
                given["data"] = b"x" * size
        headers = {"Authorization": self.token(path)} if path.startswith(self.api) else {}
        async with session.request(asked["method"], path, headers=headers, **given) as response:
            raw, status, said = await response.read(), response.status, response.headers
        self.played += 1
        where = (number, entry["step"], f"{asked['method']} {re.sub('<[^>]+>', '*', asked['path'])}")
        try:
            live = json.loads(raw)
        except ValueError:
            live = raw.decode(errors="replace") or NOTHING
        outcome, here = _outcome(answer["status"], answer.get("body")), _outcome(status, live)
        if outcome != here and (answer["status"] is not None or "refused" in outcome + here):
            self._differs(where, "the outcome", outcome, here)
            return
        for name in sorted(COMPARED & answer["headers"].keys()):
            recorded, here = answer["headers"][name], said.get(name, "nothing")
            if here == "nothing" or (not recorded.startswith("<") and recorded != here):
                self._differs(where, f"header {name}", recorded, here)
        if "body" in answer:
            self._compare(where, "", answer["body"], live)

    # What is asked

    def _path(self, path: str) -> str | None:
        """The address, None for one that the service has not given here."""
        if path.startswith("<"):
            found = MARK.fullmatch(path)
            return self._values.get(("url", found[2])) if found else None
        parts = path.split("/")
        if "<text>" in parts or any(map(self._unknown, parts)):
            return None
        return self.api + "/".join(str(self._filled(part)) for part in parts)

    def _unknown(self, part: Any) -> bool:
        """Whether it is a token that the service has not given here."""
        found = MARK.fullmatch(str(part))
        return found is not None and found[1] == "key" and ("key", found[2]) not in self._values

    def _of_nobody(self, request: Mapping[str, Any]) -> bool:
        """Whether it opens a form for somebody who has not acted here."""
        body = (request.get("body") or {}).get("json") or {}
        return isinstance(body, dict) and self._unknown(body.get("trigger_id"))

    def _filled(self, value: Any) -> Any:  # noqa: PLR0911 - one answer for each kind
        match value:
            case {"json": inner} if len(value) == 1:
                return json.dumps(self._filled(inner))
            case dict():
                return {name: self._filled(each) for name, each in value.items()}
            case list():
                return [self._filled(each) for each in value]
            case str() if found := TIME.fullmatch(value):
                return self.stamp(self.began + timedelta(seconds=int(found[1])))
            case str() if found := MARK.fullmatch(value):
                return self._made_up(*found.groups())
            case "<number>":
                return 1
            case "<bool>":
                return False
            case "<text>":
                return "x"
        return value

    def _made_up(self, kind: str, number: str, size: str | None) -> Any:
        """What was bound, or something of its kind that is the same each time."""
        if (kind, number) not in self._values:
            made: Any = f"t{number}".ljust(int(size), "x")[: int(size)] if size else f"k{number}"
            made = {"figure": int(number) + 1000, "url": f"https://example.org/{number}", "id": number}.get(kind, made)
            self._values[kind, number] = made
            self._numbers.setdefault((kind, str(made)), number)
        return self._values[kind, number]

    @staticmethod
    def _form(payload: Any) -> aiohttp.FormData:
        data = aiohttp.FormData()
        data.add_field("payload_json", json.dumps(payload))
        for number, each in enumerate(payload.get("attachments", ())):
            data.add_field(f"files[{number}]", b"x", filename=str(each.get("filename", "file")))
        return data

    # What is answered

    def _bind(self, kind: str, number: str, value: Any) -> bool:
        """Whether the recorded number and the value belong together, from now on or already."""
        if self._numbers.setdefault((kind, str(value)), number) != number:
            return False
        return str(self._values.setdefault((kind, number), value)) == str(value)

    def _differs(self, where: Where, at: str, recorded: object, here: object) -> None:
        self._found.append(Difference(*where, at, _said(recorded), _said(here)))

    def _compare(self, where: Where, at: str, recorded: Any, live: Any) -> None:
        match recorded:
            case dict() if isinstance(live, dict):
                names = {name for name in live if name in self.known.fields}
                for name in sorted(names | recorded.keys() - {"?"}):
                    self._compare(where, f"{at}.{name}", recorded.get(name, NOTHING), live.get(name, NOTHING))
            case list() if isinstance(live, list):
                for one, other in self._pairs(where, at, recorded, live):
                    self._compare(where, f"{at}[]", one, other)
            case _ if not self._same(recorded, live):
                self._differs(where, at, recorded, live)

    def _pairs(self, where: Where, at: str, recorded: list[Any], live: list[Any]) -> list[tuple[Any, Any]]:
        """The elements that belong together: those of one id, as far as they are known by now, else in their order."""
        ids, here = [self._bound(each) for each in recorded], [_identity(each) for each in live]
        common = [each for each in ids if each is not None and each in here]
        if common != [each for each in here if each in common]:
            self._differs(where, at, "in one order", "in another")
        pairs = [(recorded[ids.index(each)], live[here.index(each)]) for each in common]
        new = [each for each, known in zip(recorded, ids, strict=True) if known not in common]
        found = [each for each, known in zip(live, here, strict=True) if known not in common]
        if len(new) != len(found):
            self._differs(where, at, f"{len(recorded)} elements", f"{len(live)}")
        return [*pairs, *zip(new, found, strict=False)]

    def _bound(self, element: Any) -> Any:
        found = MARK.fullmatch(str(_identity(element)))
        return self._values.get((found[1], found[2])) if found and found[1] == "id" else None

    def _same(self, recorded: Any, live: Any) -> bool:  # noqa: PLR0911 - one answer for each kind
        if not isinstance(recorded, str) or not recorded.startswith("<"):
            return type(recorded) is type(live) and bool(recorded == live)
        if found := MARK.fullmatch(recorded):
            kind, number, size = found.groups()
            if isinstance(live, bool) or not isinstance(live, int if kind == "figure" else str):
                return False
            if kind == "id" and not self.known.ids.fullmatch(str(live)):
                return False
            return self._values.get((kind, number)) == live if size else self._bind(kind, number, live)
        match recorded:
            case "<text>":
                return isinstance(live, str) and live != ""
            case "<time>":
                return isinstance(live, str) and bool(re.match(r"\d{4}-\d\d-\d\dT|\d{9,10}\.", live))
            case "<number>":
                return isinstance(live, int | float) and not isinstance(live, bool)
            case "<bool>":
                return isinstance(live, bool)
        return False


def _outcome(status: int | None, body: Any) -> str:
    """The status and the error's code; without a status only whether it was refused."""
    code = body.get("code") or body.get("error") if isinstance(body, dict) else None
    refused = f"refused with {code}" if code or (status or 0) >= BAD else ""
    return f"{status or ''} {refused}".strip()


def _identity(element: Any) -> Any:
    return element.get("id", element.get("ts")) if isinstance(element, dict) else None


def _said(value: object) -> str:
    if value is NOTHING:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) < 60 else f"{text[:60]}…"


def explained(each: Difference, row: Mapping[str, Any]) -> bool:
    """Whether a row of the list of known differences is about it."""
    return (
        each.method in row.get("methods", [each.method])
        and each.step in row.get("steps", [each.step])
        and any(fnmatchcase(each.at, at) for at in row["at"])
        and fnmatchcase(each.recorded, row.get("recorded", "*"))
        and fnmatchcase(each.here, row.get("here", "*"))
    )


def iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def epoch(at: datetime) -> str:
    return f"{at.timestamp():.6f}"
