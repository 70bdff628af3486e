"""Which languages a text is in: those whose catalogue has a sentence that is in it."""

import re
from functools import cache
from string import Formatter

from babel.messages.catalog import Message
from tools.translations import TEMPLATE, forms, read, sources

LETTERS = 14
"""A sentence with fewer letters, or what begins with a small one, may be in a text by chance."""


def said(language: str, message: str) -> str:
    """A sentence of the catalogue as the language says it, for buttons and other fixed words."""
    return message if language == "en" else forms(_catalogue(language)[message])[0]


def languages_of(text: str) -> set[str]:
    """Every language of which a whole sentence is in the text."""
    plain = _without_signs(text)
    return {
        language
        for language in ("en", *sources())
        if any(longest in plain and re.search(pattern, plain) for longest, pattern in _sentences(language))
    }


def _without_signs(text: str) -> str:
    """Without what a platform makes bold or quotes with."""
    return re.sub(r"[\\*_`]", "", text)


def _catalogue(language: str) -> dict[str, Message]:
    return {message.id: message for message in read(sources()[language], language) if isinstance(message.id, str)}


@cache
def _sentences(language: str) -> tuple[tuple[str, str], ...]:
    """Each sentence that no other language has: its longest piece between placeholders, and a pattern of the whole."""
    template = read(TEMPLATE)
    others = {other: read(path, other) for other, path in sources().items()}
    found = []
    for message in template:
        if not message.id or message.context:
            continue
        english = message.id if isinstance(message.id, tuple) else (str(message.id),)
        spoken = {"en": english, **{other: forms(known[message.id]) for other, known in others.items()}}
        for form in spoken[language]:
            texts = [_without_signs(text) for text, *_ in Formatter().parse(form)]
            letters = sum(map(str.isalpha, "".join(texts)))
            shared = any(form in said for other, said in spoken.items() if other != language)
            if letters >= LETTERS and " " in form and not form[0].islower() and not shared:
                found.append((max(texts, key=len), "[^\n]{0,400}?".join(map(re.escape, texts))))
    return tuple(found)
