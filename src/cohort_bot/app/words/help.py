"""Help: what the bot is, and what the person can do with it."""

from collections.abc import Iterable, Sequence

from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.words.plan import about_button, plan_button
from cohort_bot.chat.i18n import _, spans
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Span, Strong, bullets, paragraph
from cohort_bot.chat.traits import traits_of
from cohort_bot.chat.typed import in_words
from cohort_bot.core.membership import Cohort


def help_(commands: Iterable[tuple[str, CommandSpec]], role: Role, cohorts: Sequence[Cohort], platform: str) -> Message:
    """What somebody can type who is this to the cohorts here. `cohorts` are those that they are in, or may join."""
    known = [(name, row) for name, row in commands if row.who <= role]
    head = _("What I can do")
    blocks: list[Block] = [Heading(head)]
    if role is Role.MODERATOR:
        blocks += _section(_("For moderators"), [each for each in known if each[1].who is Role.MODERATOR], platform)
        blocks += _section(_("For members"), [each for each in known if each[1].who is not Role.MODERATOR], platform)
    else:
        blocks.append(paragraph(_("I keep a group together through a long programme: tasks and a check-in each week.")))
        blocks += _section(_("You can type:"), known, platform)
    if role is Role.ANYONE:
        blocks.append(paragraph(_("Once you've joined, I'll show you here what members can do."), quiet=True))
    else:
        words = _("Moderators can read your check-ins; the group sees only what you share.")
        blocks.append(paragraph(words, quiet=True))
    if role is not Role.MODERATOR and not traits_of(platform).grouped:
        blocks.append(paragraph(_("Commands that start with /cohort are for moderators."), quiet=True))
    if role is not Role.MODERATOR and len(cohorts) == 1:
        (cohort,) = cohorts
        join = [Button(_("Join"), "join", {"id": str(cohort.id)}, "primary")] if role is Role.ANYONE else []
        blocks.append(Actions((*join, plan_button(cohort), about_button(cohort))))
    return Message(head, tuple(blocks))


def _section(title: str, rows: Sequence[tuple[str, CommandSpec]], platform: str) -> list[Block]:
    return [paragraph(Strong(title)), bullets(_line(name, row, platform) for name, row in rows)]


def _line(name: str, row: CommandSpec, platform: str) -> tuple[Span, ...]:
    """Where nearly everything begins with /cohort, that may be put before the rest, too."""
    command, summary = in_words(f"/{name}"), _(row.summary)
    if traits_of(platform).grouped and not name.startswith("cohort "):
        shown = Strong(command)
        return spans("{command} (or /cohort {name}) {summary}", command=shown, name=command[1:], summary=summary)
    return (Strong(command), f" {summary}")
