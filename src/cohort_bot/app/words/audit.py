"""What moderators did, as their fellow moderators read it."""

from collections.abc import Mapping, Sequence
from typing import Final

from cohort_bot.app.ports import audits
from cohort_bot.app.ports.audits import Change
from cohort_bot.chat.i18n import N_, _, ngettext
from cohort_bot.chat.message import Block, Heading, Message, Span, Strong, Tag, When, bullets, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort

SHOWN: Final = 15
NAME_MOST: Final = 24
WORDS_MOST: Final = 160

_DID: Final[Mapping[str, str]] = {
    audits.RECORDED: N_("recorded a check-in for {whom}, round {round}"),
    audits.EXCUSED: N_("excused {whom} for round {round}"),
    audits.REMOVED: N_("removed {whom}"),
    audits.CREATED: N_("started the cohort"),
    audits.ARCHIVED: N_("ended the cohort"),
    audits.EXPORTED: N_("took a copy of all check-ins"),
    audits.RENAMED: N_("changed the cohort's name"),
    audits.MOVED: N_("changed the schedule from week {round} on"),
    audits.HOLIDAY: N_("gave time off before week {round}"),
    audits.HOLIDAY_UNDONE: N_("took back the time off before week {round}"),
    audits.ANNOUNCED: N_("announced something"),
    audits.SKIPPED: N_("skipped the card of week {round}"),
    audits.UNSKIPPED: N_("brought back the card of week {round}"),
    audits.REPAIRED: N_("updated the posts of week {round}"),
    audits.PICKED: N_("chose the paper of week {round}"),
    audits.CODE: N_("made a code for another room"),
    audits.DIGEST_DIRECT: N_("sent the weekly digest to each moderator by direct message again"),
}
_ABOUT: Final[Mapping[str, str]] = {
    audits.NAMED: N_("named as moderators "),
    audits.ROOM_MOVED: N_("moved the room to "),
    audits.ROOM_ADDED: N_("added the room "),
    audits.ROOM_DROPPED: N_("dropped the room "),
    audits.DIGEST_ROOM: N_("sent the weekly digest to "),
}
"""What is done with channels, roles and people."""


def did(change: Change, whom: str) -> str:
    """The change of a member's record as one clause, with its reason."""
    return _(_DID[change.action], whom=whom, round=change.round or 0) + _why(change)


def listed(changes: Sequence[Change], names: Mapping[int, str], platform: str, workspace: str) -> list[Block]:
    """The changes under a title; `names` are the members' by row, `platform` and `workspace` the reader's."""
    if not changes:
        return []
    items = ((*_line(each, names, platform, workspace), ".") for each in changes)
    return [paragraph(Strong(_("Changed by moderators"))), bullets(items)]


def changes(cohort: Cohort, made: Sequence[Change], names: Mapping[int, str], platform: str, workspace: str) -> Message:
    """The newest of them, for whoever asks."""
    head = _("What moderators changed in {cohort}", cohort=cohort.name)
    blocks = listed(made, names, platform, workspace)[1:]
    return Message(head, (Heading(head), *(blocks or [paragraph(_("Nothing so far."))])))


def _line(change: Change, names: Mapping[int, str], platform: str, workspace: str) -> tuple[Span, ...]:
    who = f", {shorten(change.by_name, NAME_MOST)} "
    if change.action in _ABOUT:
        return (When(change.at, "day"), who + _(_ABOUT[change.action]), *_tags(change.words, platform, workspace))
    whom = names.get(change.member_id or 0, _("somebody"))
    return (When(change.at, "day"), who + did(change, whom))


def _why(change: Change) -> str:
    return f": {shorten(change.words, WORDS_MOST).rstrip('.')}" if change.words else ""


def _tags(words: str, platform: str, workspace: str) -> list[Span]:
    """Who or what was meant, by name for readers of the same place; elsewhere ids mean nothing."""
    there, home, *targets = words.split(" ")
    if not targets:
        return [_("nobody")]
    if there != platform or (workspace and home != workspace):
        return [ngettext("one on {platform}", "{n} on {platform}", len(targets), platform=there.title())]
    found: list[Span] = []
    for target in targets:
        kind, name = target.split(":", 1)
        found += [", "] if found else []
        found.append(Tag("channel" if kind == "channel" else "role" if kind == "role" else "person", name))
    return found
