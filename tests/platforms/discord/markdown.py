"""A reader of Discord's Markdown, independent of the code that writes it: what would a client make of a text?"""

import re

_BEGINNINGS = {
    "heading": re.compile(r"\s*#{1,3}\s"),
    "subtext": re.compile(r"\s*-#\s"),
    "quote": re.compile(r"\s*>"),
    "list": re.compile(r"\s*(?:[-*+]|\d+[.)])\s"),
}
_INLINE = {
    "address": re.compile(r"<(https?://[^\s<>]+)>"),
    "bare address": re.compile(r"https?://[^\s<]+"),
    "mention": re.compile(r"<@!?\d+>"),
    "role": re.compile(r"<@&\d+>"),
    "channel": re.compile(r"<#\d+>"),
    "command": re.compile(r"</[^>]+>"),
    "emoji": re.compile(r"<a?:\w+:\d+>"),
    "time": re.compile(r"<t:-?\d+(:\w)?>"),
    "guide": re.compile(r"<id:\w+>"),
    "everyone": re.compile(r"@(everyone|here)", re.IGNORECASE),
    "link": re.compile(r"\[[^\]]*\]\([^)]*\)"),
    "code": re.compile(r"`+[^`]+`+"),
    "spoiler": re.compile(r"\|\|.+?\|\|", re.DOTALL),
    "bold": re.compile(r"\*\*.+?\*\*", re.DOTALL),
    "italic": re.compile(r"\*[^*\s][^*]*\*|_[^_\s][^_]*_"),
    "underline": re.compile(r"__.+?__", re.DOTALL),
    "strike": re.compile(r"~~.+?~~", re.DOTALL),
}
_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_UNSEEN = "\u200b"


def read(text: str) -> tuple[set[str], str]:
    """The constructs that a client would find, and what a person would see."""
    found: set[str] = set()
    shown = ""
    position = 0
    while position < len(text):
        if position == 0 or text[position - 1] == "\n":
            found |= {name for name, begins in _BEGINNINGS.items() if begins.match(text, position)}
        if escaped := _ESCAPE.match(text, position):
            shown += escaped[1]
            position = escaped.end()
            continue
        for name, construct in _INLINE.items():
            if match := construct.match(text, position):
                found.add(name)
                shown += match[1] if name == "address" else match[0]
                position = match.end()
                break
        else:
            shown += text[position]
            position += 1
    return found, shown.replace(_UNSEEN, "")
