"""A YAML file as a tree of nodes that know their line and column, read so that no file can do harm.

Nothing here needs aliases, tags or several documents, so they are refused: what remains is plain data.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

import yaml

from cohort_bot.app.words.programme_check import Wrong, Yaml
from cohort_bot.chat.sentence import Sentence
from cohort_bot.programmes.compiled import MAX_BYTES
from cohort_bot.programmes.problems import Problem

# The models are six levels deep. libyaml takes quadratic time with depth, so reading stops here.
MAX_DEPTH = 20

_Loader: type[yaml.CSafeLoader] | type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_UNSEEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_CURES = (
    ("tab character", Yaml.SPACES),
    ("cannot start any token", Yaml.START),
    ("mapping values are not allowed", Yaml.COLON),
    ("could not find expected ':'", Yaml.KEY),
    ("did not find expected key", Yaml.ALIGN),
    ("did not find expected '-' indicator", Yaml.DASHES),
    ("expected <block end>", Yaml.ALIGN),
    ("quoted scalar", Yaml.QUOTES),
    ("undefined alias", Yaml.WRITE_OUT),
    ("unknown escape character", Yaml.ESCAPE),
)

Plain = str | int | float | bool | None | tuple["Plain", ...] | dict[str, "Plain"]


@dataclass(frozen=True, eq=False)
class Node:
    """A value with its place. A list has `items`, a mapping `entries`, anything else is a `scalar`."""

    line: int
    column: int
    scalar: str | int | float | bool | None = None
    raw: str = ""
    items: tuple["Node", ...] | None = None
    entries: dict[str, "Node"] | None = None
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)

    @cached_property
    def plain(self) -> Plain:
        """The bare value; lists are tuples."""
        if self.items is not None:
            return tuple(item.plain for item in self.items)
        if self.entries is not None:
            return {key: value.plain for key, value in self.entries.items()}
        return self.scalar

    def get(self, *path: str) -> "Node | None":
        """The node under these keys, None when there is none or something in between is no mapping."""
        node: Node | None = self
        for key in path:
            node = node.entries.get(key) if node is not None and node.entries is not None else None
        return node

    def each(self, *path: str) -> tuple["Node", ...]:
        """The entries of the list under these keys; empty when there is no list."""
        node = self.get(*path)
        return node.items if node is not None and node.items is not None else ()

    def text(self, *path: str) -> str | None:
        """The text under these keys, None when there is none."""
        node = self.get(*path)
        return node.scalar if node is not None and isinstance(node.scalar, str) else None

    def number(self, *path: str) -> int | None:
        """The whole number under these keys, None when there is none."""
        node = self.get(*path)
        value = node.scalar if node is not None else None
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def at(self, *path: str) -> "Node":
        """The node under these keys, or the nearest above it: where to point at."""
        return self.get(*path) or self


@dataclass(frozen=True)
class Source:
    """A file as read. `root` is None when it could not be read as YAML at all."""

    name: str
    root: Node | None
    problems: tuple[Problem, ...]


class _RefusedError(Exception):
    def __init__(self, what: Sentence, line: int = 1, column: int = 1) -> None:
        super().__init__(what)
        self.what, self.line, self.column = what, line, column


def read(path: Path, name: str) -> Source:
    """Read a file; whatever is wrong with it ends up in `problems`, under `name`. Never raises."""
    try:
        text = _text(path)
        unseen = tuple(_unseen(text, name))
        if unseen:
            return Source(name, None, unseen)
        builder = _Builder(_Loader(text), name)
        return Source(name, builder.document(), tuple(builder.problems))
    except _RefusedError as error:
        return Source(name, None, (Problem(name, error.line, error.column, error.what),))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(part for part in (error.context, error.problem) if part)
        cure = next((cure for sign, cure in _CURES if sign in reason), Yaml.HERE)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return Source(name, None, (Problem(name, line, column, Wrong.NOT_YAML(reason=reason, cure=cure())),))
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        return Source(name, None, (Problem(name, 1, 1, Wrong.NOT_YAML(reason=reason, cure=Yaml.FILE())),))


def _text(path: Path) -> str:
    try:
        if path.is_dir():
            raise _RefusedError(Wrong.FOLDER())
        if path.exists() and not path.is_file():  # a pipe or a device may never end
            raise _RefusedError(Wrong.NOT_ORDINARY())
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _RefusedError(Wrong.MISSING_FILE()) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _RefusedError(Wrong.UNREADABLE(reason=reason)) from error
    if len(data) > MAX_BYTES:
        raise _RefusedError(Wrong.LARGE(most=MAX_BYTES))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _RefusedError(Wrong.UTF16())
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8", errors="replace")
        byte = error.object[error.start]
        raise _RefusedError(Wrong.NOT_UTF8(byte=f"{byte:02X}"), *_place(before, len(before))) from error


def unseen(text: str) -> str | None:
    """The first character that no reader would see."""
    found = _UNSEEN.search(text)
    return found[0] if found else None


def _unseen(text: str, name: str) -> Iterator[Problem]:
    for match in islice(_UNSEEN.finditer(text), 20):
        yield Problem(name, *_place(text, match.start()), Wrong.INVISIBLE(code=f"{ord(match[0]):04X}"))


def _place(text: str, index: int) -> tuple[int, int]:
    """Line and column of an index, from 1."""
    before = text[:index].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _where(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


class _Builder:
    def __init__(self, loader: yaml.CSafeLoader | yaml.SafeLoader, name: str) -> None:
        self.loader = loader
        self.name = name
        self.problems: list[Problem] = []

    def next(self) -> yaml.Event:
        event = self.loader.get_event()
        assert event is not None  # noqa: S101 - the stream's end comes before the parser runs dry
        return event

    def document(self) -> Node | None:
        """The only document, None when the file is empty."""
        self.next()  # the stream's start
        if isinstance(event := self.next(), yaml.StreamEndEvent):
            self.problems.append(Problem(self.name, 1, 1, Wrong.EMPTY_FILE()))
            return None
        root = self.node(self.next(), 0)
        self.next()  # the document's end
        if not isinstance(event := self.next(), yaml.StreamEndEvent):
            self.refuse(event, Wrong.DOCUMENT())
        return root

    def refuse(self, event: yaml.Event, what: Sentence) -> None:
        self.problems.append(Problem(self.name, *_where(event), what))

    def node(self, event: yaml.Event, depth: int) -> Node:
        line, column = _where(event)
        if depth > MAX_DEPTH:
            raise _RefusedError(Wrong.DEEP(), line, column)
        if isinstance(event, yaml.AliasEvent):
            self.refuse(event, Wrong.ALIAS(name=str(event.anchor)))
            return Node(line, column)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.refuse(event, Wrong.TAG(tag=tag.replace("tag:yaml.org,2002:", "!!")))
        if isinstance(event, yaml.ScalarEvent):
            return Node(line, column, self.scalar(event), event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(child := self.next(), yaml.SequenceEndEvent):
                items.append(self.node(child, depth + 1))
            return Node(line, column, items=tuple(items))
        return self.mapping(line, column, depth)

    def mapping(self, line: int, column: int, depth: int) -> Node:
        entries: dict[str, Node] = {}
        keys: dict[str, tuple[int, int]] = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(self.next(), depth + 1)
            if not isinstance(event, yaml.ScalarEvent):
                self.refuse(event, Wrong.KEY())
            elif key.raw in entries:
                self.refuse(event, Wrong.KEY_TWICE(key=key.raw, line=str(keys[key.raw][0])))
            else:
                entries[key.raw] = value
                keys[key.raw] = (key.line, key.column)
        return Node(line, column, entries=entries, keys=keys)

    def scalar(self, event: yaml.ScalarEvent) -> str | int | float | bool | None:
        """The value as YAML 1.1 reads it, except that only plain decimal numbers are numbers."""
        text: str = event.value
        if event.style or event.tag is not None:
            return text
        tag: str = self.loader.resolve(yaml.ScalarNode, text, event.implicit)  # type: ignore[no-untyped-call]
        if tag.endswith(":int") and _WHOLE.fullmatch(text):
            return int(text)
        if tag.endswith(":float"):
            return math.nan  # refused wherever it stands; the message shows the text
        if tag.endswith(":bool"):
            return text.lower() in {"true", "yes", "on"}
        return None if tag.endswith(":null") else text
