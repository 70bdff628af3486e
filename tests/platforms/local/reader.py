"""A reader of the playground's pages, independent of the code that writes them: what would a browser make of them?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"input", "meta", "link", "img", "br", "rect", "path"}


@dataclass(slots=True)
class Element:
    """An element and what is in it."""

    tag: str
    attributes: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(each if isinstance(each, str) else each.text for each in self.children)

    @property
    def classes(self) -> list[str]:
        """Its classes."""
        return self.attributes.get("class", "").split()

    def walk(self) -> Iterator["Element"]:
        """It, and all elements in it, in the page's order."""
        yield self
        for each in self.children:
            if isinstance(each, Element):
                yield from each.walk()

    def all(self, tag: str = "", **attributes: str) -> list["Element"]:
        """The elements in it with the tag and the attributes; `kind` is a class, other names as they are written."""
        kind = attributes.pop("kind", None)
        return [
            each
            for each in self.walk()
            if tag in ("", each.tag)
            and (kind is None or kind in each.classes)
            and attributes.items() <= each.attributes.items()
        ]

    def one(self, tag: str = "", **attributes: str) -> "Element":
        """The only such element."""
        (found,) = self.all(tag, **attributes)
        return found


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def read(html: str) -> Element:
    """The page's elements. A tag that is closed out of turn is an error."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    assert len(parser._open) == 1, f"<{parser._open[-1].tag}> is never closed"
    return parser.root


def said(card: Element) -> str:
    """What a card says, a block to a line."""
    blocks = [each for each in card.walk() if each.tag in ("h2", "p", "li", "tr", "button")]
    return "\n".join(block.text for block in blocks)


def values(form: Element) -> list[tuple[str, str]]:
    """What a browser would send of a form as it stands."""
    found = []
    for each in form.walk():
        if each.tag == "textarea":
            found.append((each.attributes["name"], each.text.removeprefix("\n")))
        elif each.tag == "input" and (
            each.attributes.get("type") not in ("checkbox", "radio") or "checked" in each.attributes
        ):
            found.append((each.attributes["name"], each.attributes.get("value", "on")))
    return found
