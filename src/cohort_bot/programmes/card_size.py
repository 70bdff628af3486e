"""How long the card of a week or of a paper becomes, and how long it may be."""

import re
from collections.abc import Iterable
from typing import Final

from cohort_bot.core.programme import Paper, Week

# Discord allows 4,000 characters in all texts of a message with components (docs.discord.com, components
# reference), Slack 3,000 in one section (docs.slack.dev, section block). The rest is for what views add:
# headings, dates, buttons.
CARD_BUDGET: Final = 3000
_MINUTES: Final = " (16 h 40 min)"
"""What a card adds to a task with minutes, at its longest."""

# Discord and Slack escape what would be markup, which makes it longer.
_ESCAPED: Final = {"&": 5, "<": 4, ">": 4, **dict.fromkeys("*_~`|\\#-[]()", 2)}
_MARKUP: Final = re.compile(f"[{re.escape(''.join(_ESCAPED))}]")


def week_size(week: Week) -> int:
    """The characters of a week's opening card once escaped, in UTF-16 units to be safe."""
    resources = [text for resource in week.resources for text in (resource.title, resource.url)]
    return size_of([week.title, week.goal, week.share, week.note, *resources], [task.text for task in week.tasks])


def paper_size(paper: Paper) -> int:
    """The characters of a paper's card, likewise."""
    return size_of([paper.title, paper.authors, paper.venue, paper.url, paper.why, *paper.questions])


def size_of(texts: Iterable[str | None], tasks: Iterable[str | None] = ()) -> int:
    """The characters of a card with these texts and tasks."""
    return sum(map(_rendered, [*texts, *(f"{task or ''}{_MINUTES}" for task in tasks)]))


def _rendered(text: str | None) -> int:
    text = text or ""
    units = len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + sum(_ESCAPED[sign] - 1 for sign in _MARKUP.findall(text))
