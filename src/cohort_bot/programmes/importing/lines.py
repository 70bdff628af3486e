"""A guide's lines: headings, bullets, table rows and text, without the marks of Markdown, their numbers kept."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

# A star or a dash without a space behind it is a bullet only where it cannot be emphasis or a sign before a number.
_SIGN = re.compile(
    r"(?:(?:[•‣◦·▪■●○►▸✓✔✅☑☐❏➤→–—−]\s*|[*+-]\s+|\[[ xX]?\](?!\()\s*)+|-(?=[^\W\d])|\*(?=\w)(?!.*\*))(?=\S)"
)
_NUMBER = re.compile(r"(?:\(?\d{1,2}[.)]|[a-hA-H][.)])\s+(?=\S)")
_HASHES = re.compile(r"(#{1,6})(?=[^\s#!])")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)(?:\s+#+)?\s*$")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(?P<inside>.+?)(?<=\S)\1\s*:?\s*")
_TREE = re.compile(r"[\s│├└─┬┼┌┐┘┤|`+]*[├└─│][\s│├└─┬┼┌┐┘┤]*")
_URL = re.compile(r"https?://[^\s<>()\[\]\"]+[^\s<>()\[\]\".,;:!?'’]")
_SENTENCE_ENDS = (".", "!", "?", ":", ";", "…", "。")
HEADING_LIMIT = 80
"""A longer line is running text and no heading."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address with the words that stood for it."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the guide that says something. `body` is it without its bullet and marks; `number` counts from 1."""

    number: int
    indent: int
    bullet: Literal["", "sign", "number"]
    body: str
    heading: int = 0
    """The level of a heading, 1 to 6, and 0 for everything else."""
    strong: bool = False
    """Whether all of it is in bold type: a heading in many guides."""
    cells: tuple[str, ...] = ()
    """Of a table's row; the first row of a table has `header`."""
    header: bool = False
    code: bool = False
    links: tuple[Link, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether it has no bullet and is no table's row."""
        return not self.bullet and not self.cells

    @property
    def sentence(self) -> bool:
        """Whether it reads as running text and not as a title."""
        if self.heading:
            return False
        return len(self.body) > HEADING_LIMIT or self.body.rstrip("\"'”’)*_").endswith(_SENTENCE_ENDS)


def lines_of(text: str) -> list[Line]:
    """The lines that say something; rules such as ----- and blank lines do not."""
    raw = re.split(r"\r\n|\r|\n", text.lstrip("\ufeff"))
    raw = [_HASHES.sub(r"\1 ", line, count=1) if line.startswith("#") else line for line in raw]
    tables, fenced, underlined = _blocks(raw)
    found: list[Line] = []
    for number, line in enumerate(raw, start=1):
        if number in tables:
            if row := tables[number]:
                found.append(row)
        elif number in underlined:
            body, links = _plain(line.strip())
            found.append(Line(number, 0, "", body, heading=underlined[number], links=links))
        elif any(sign.isalnum() for sign in line):
            found.append(_line(number, line, code=number in fenced))
    return [line for line in found if any(sign.isalnum() for sign in line.body) or line.links]


def lines_of_table(rows: Iterable[tuple[int, Sequence[str]]], is_header: Callable[[Sequence[str]], bool]) -> list[Line]:
    """The rows of a sheet with their numbers. What stands above the first header is text; another may follow later."""
    found: list[Line] = []
    for number, cells in rows:
        plain = [_plain(cell) for cell in cells]
        texts = tuple(text for text, _ in plain)
        links = tuple(link for _, links in plain for link in links)
        header = is_header(texts)
        body = " | ".join(filter(None, texts))
        if header or any(line.cells for line in found):
            found.append(Line(number, 0, "", body, cells=texts, header=header, links=links))
        else:
            found.append(Line(number, 0, "", body, links=links))
    return found


def bare(text: str) -> str:
    """A heading or title without the marks of Markdown around it."""
    return re.sub(r"^#{1,6}\s+|\s+#+$", "", text).strip().strip("*_").strip()


_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_INLINE = MarkdownIt("commonmark").enable("strikethrough").disable(["entity", "escape"])


def _blocks(raw: Sequence[str]) -> tuple[dict[int, Line | None], set[int], dict[int, int]]:
    """The rows of tables by line (None for what says nothing), the lines in fences, and underlined headings' levels."""
    tables: dict[int, Line | None] = {}
    fenced: set[int] = set()
    underlined: dict[int, int] = {}
    tokens = _MARKDOWN.parse("\n".join(raw))
    for index, token in enumerate(tokens):
        first, last = token.map or (0, 0)
        if token.type == "table_open":
            tables |= dict.fromkeys(range(first + 1, last + 1))
            for row in _rows(tokens[index:]):
                tables[row.number] = row
        elif token.type == "fence":
            fenced |= set(range(first + 1, last + 1))
            # The fences themselves, with the language that one may name, say nothing.
            tables[first + 1] = None
            if last > first + 1 and raw[last - 1].strip().startswith(token.markup):
                tables[last] = None
        elif token.type == "heading_open" and token.markup in {"=", "-"} and last - first == 2:  # noqa: PLR2004
            underlined[first + 1] = 1 if token.markup == "=" else 2
    return tables, fenced, underlined


def _rows(tokens: Sequence[Token]) -> Iterator[Line]:
    """The rows of the table that begins here."""
    header, cells, number = True, list[tuple[str, tuple[Link, ...]]](), 0
    for token in tokens:
        if token.type == "table_close":
            return
        if token.type == "tr_open":
            cells, number = [], (token.map or [0])[0] + 1
        elif token.type == "inline":
            cells.append(_plain(token.content.replace("<br>", " ").replace("<br/>", " ")))
        elif token.type == "thead_close":
            header = False
        elif token.type == "tr_close":
            texts = tuple(text for text, _ in cells)
            if any(texts):
                links = tuple(link for _, found in cells for link in found)
                yield Line(number, 0, "", " | ".join(filter(None, texts)), cells=texts, header=header, links=links)


def _line(number: int, raw: str, *, code: bool = False) -> Line:
    tree = _TREE.match(raw)
    text = raw[tree.end() :].strip() if tree else raw.strip()
    indent = tree.end() if tree else len(raw.expandtabs(4)) - len(raw.expandtabs(4).lstrip())
    if tree:
        return _with_marks_dropped(Line(number, indent, "sign", text, code=code))
    if text.startswith(">"):
        text = text.lstrip("> ")
    if code:
        return Line(number, indent, "", text, code=True)
    if found := _HEADING.match(text):
        return _with_marks_dropped(Line(number, indent, "", found[2], heading=len(found[1])))
    if found := _SIGN.match(text):
        return _with_marks_dropped(Line(number, indent, "sign", text[found.end() :]))
    if found := _NUMBER.match(text):
        return _with_marks_dropped(Line(number, indent, "number", text[found.end() :]))
    return _with_marks_dropped(Line(number, indent, "", text, strong=_STRONG.fullmatch(text) is not None))


def _with_marks_dropped(line: Line) -> Line:
    body, links = _plain(line.body)
    return replace(line, body=body, links=links)


def _plain(text: str) -> tuple[str, tuple[Link, ...]]:
    """The text as Markdown shows it, and its links. A bare address stays in the text."""
    if not re.search(r"[*_`\[<~]|https?://", text):
        return text, ()
    said: list[str] = []
    links: list[Link] = []
    begin, url = 0, ""
    for token in _INLINE.parseInline(text)[0].children or []:
        if token.type in {"text", "code_inline"}:
            said.append(token.content)
        elif token.type == "link_open":
            begin, url = len(said), str(token.attrGet("href") or "")
        elif token.type == "link_close":
            title = "".join(said[begin:]).strip()
            if re.match(r"https?://", url) and title != url:
                links.append(Link(title or url, url))
        elif token.type == "image" or (
            token.type == "html_inline" and not re.match(r"</?[A-Za-z][^>]*>|<!--", token.content)
        ):
            said.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            said.append(" ")
    body = "".join(said).strip()
    known = {link.url for link in links}
    links += [Link(url, url) for url in _URL.findall(body) if url not in known]
    return body, tuple(links)
