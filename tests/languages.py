"""Which languages a text is in: those whose catalogue has a sentence that is in it."""

import re
from collections.abc import Iterator
from functools import cache
from string import Formatter

from babel.messages.catalog import Message
from tools.translations import TEMPLATE, forms, read, sources

LETTERS = 14
"""A sentence with fewer letters may be in a text by chance."""


def said(language: str, message: str) -> str:
    """A sentence of the catalogue as the language says it, for buttons and other fixed words."""
    return message if language == "en" else forms(_catalogue(language)[message])[0]


def languages_of(text: str) -> set[str]:
    """Every language of which a whole sentence is in the text."""
    plain = re.sub(r"[\\*_`]", "", text)
    return {language for language in ("en", *sources()) if _sentences(language).search(plain)}


def _catalogue(language: str) -> dict[str, Message]:
    return {message.id: message for message in read(sources()[language], language) if isinstance(message.id, str)}


@cache
def _sentences(language: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(set(_patterns(language)), key=len, reverse=True)), re.DOTALL)


def _patterns(language: str) -> Iterator[str]:
    template = read(TEMPLATE)
    others = {other: read(path, other) for other, path in sources().items()}
    for message in template:
        if not message.id or message.context:
            continue
        english = message.id if isinstance(message.id, tuple) else (str(message.id),)
        spoken = {"en": english, **{other: forms(found[message.id]) for other, found in others.items()}}
        for form in spoken[language]:
            texts = [text for text, *_ in Formatter().parse(form)]
            letters = sum(map(str.isalpha, "".join(texts)))
            shared = any(form in forms_ for other, forms_ in spoken.items() if other != language)
            if letters >= LETTERS and " " in form and not shared:
                yield "[^\n]{0,200}?".join(re.escape(re.sub(r"[*_`]", "", text)) for text in texts)
