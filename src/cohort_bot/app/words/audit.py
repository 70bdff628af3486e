"""What moderators did, as their fellow moderators read it."""

from collections.abc import Mapping, Sequence
from typing import Final

from cohort_bot.app.ports import audits
from cohort_bot.app.ports.audits import Change
from cohort_bot.app.words.counts import weeks
from cohort_bot.app.words.dates import openings
from cohort_bot.app.words.platforms import titled
from cohort_bot.chat.catalogues import own_name
from cohort_bot.chat.i18n import N_, Value, _, ngettext, spans
from cohort_bot.chat.message import Block, Heading, Message, Span, Strong, Tag, When, bullets, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort

SHOWN: Final = 15
NAME_MOST: Final = 24
WORDS_MOST: Final = 160


def somebody() -> str:
    return _("someone")


_DID: Final[Mapping[str, str]] = {
    audits.RECORDED: N_("{moderator} recorded a check-in for {whom}, round {round}"),
    audits.EXCUSED: N_("{moderator} excused {whom} for round {round}"),
    audits.REMOVED: N_("{moderator} removed {whom}"),
    audits.RESTORED: N_("{moderator} undid the removal of {whom}"),
    audits.GROUPED: N_("{moderator} moved {whom} to another small group"),
    audits.CREATED: N_("{moderator} started the cohort"),
    audits.ARCHIVED: N_("{moderator} ended the cohort"),
    audits.EXPORTED: N_("{moderator} exported all check-ins"),
    audits.PROGRAMME: N_("{moderator} replaced the programme with a new version"),
    audits.SWITCHED: N_("{moderator} changed which features are on"),
    audits.RENAMED: N_("{moderator} changed the cohort's name"),
    audits.LANGUAGE: N_("{moderator} changed the language of its posts"),
    audits.MOVED: N_("{moderator} changed the schedule from week {round} on"),
    audits.HOLIDAY: N_("{moderator} gave the cohort time off before week {round}"),
    audits.HOLIDAY_UNDONE: N_("{moderator} cancelled the time off before week {round}"),
    audits.ANNOUNCED: N_("{moderator} posted an announcement"),
    audits.UNANNOUNCED: N_("{moderator} withdrew an announcement"),
    audits.SKIPPED: N_("{moderator} skipped the card of week {round}"),
    audits.UNSKIPPED: N_("{moderator} brought back the card of week {round}"),
    audits.REPAIRED: N_("{moderator} rewrote the posts of week {round}"),
    audits.PICKED: N_("{moderator} chose the paper for week {round}"),
    audits.CODE: N_("{moderator} made a code for another room"),
    audits.DIGEST_DIRECT: N_("{moderator} had the weekly digest sent to each moderator by direct message again"),
    audits.NAMED: N_("{moderator} set the moderators to {about}"),
    audits.ROOM_MOVED: N_("{moderator} moved the cohort to {about}"),
    audits.ROOM_ADDED: N_("{moderator} added the room {about}"),
    audits.ROOM_DROPPED: N_("{moderator} dropped the room {about}"),
    audits.DIGEST_ROOM: N_("{moderator} had the weekly digest sent to {about}"),
}
_ABOUT: Final = frozenset([audits.NAMED, audits.ROOM_MOVED, audits.ROOM_ADDED, audits.ROOM_DROPPED, audits.DIGEST_ROOM])
"""What is done with channels, roles and people."""


def done(change: Change, whom: str) -> tuple[Span, ...]:
    """The change of a member's record: when, who did what, and the reason."""
    return (When(change.at, "day"), ", ", *_did(change, whom=whom, round=change.round or 0), _why(change))


def them() -> str:
    return _("them")


def _did(change: Change, **values: Value) -> tuple[Span, ...]:
    return spans(_DID[change.action], moderator=shorten(change.by_name, NAME_MOST), **values)


def listed(changes: Sequence[Change], names: Mapping[int, str], platform: str, workspace: str) -> list[Block]:
    """The changes under a title; `names` are the members' by row, `platform` and `workspace` the reader's."""
    if not changes:
        return []
    items = ((*_line(each, names, platform, workspace), ".") for each in changes)
    return [paragraph(Strong(_("Changed by moderators"))), bullets(items)]


def changes(cohort: Cohort, made: Sequence[Change], names: Mapping[int, str], platform: str, workspace: str) -> Message:
    head = _("What moderators changed in {cohort}", cohort=cohort.name)
    blocks = listed(made, names, platform, workspace)[1:]
    return Message(head, (Heading(head), *(blocks or [paragraph(_("Nothing so far."))])))


def _line(change: Change, names: Mapping[int, str], platform: str, workspace: str) -> tuple[Span, ...]:
    if change.action in _ABOUT:
        about = tuple(_tags(change.words, platform, workspace))
        return (When(change.at, "day"), ", ", *_did(change, about=about))
    return done(change, names.get(change.member_id or 0) or somebody())


def _why(change: Change) -> str:
    return f": {shorten(_value(change), WORDS_MOST).rstrip('.')}" if change.words else ""


def _value(change: Change) -> str:
    """The reason, or the new value in the reader's language; rows of earlier versions have it in words."""
    match change.action, change.words.split(" "):
        case audits.HOLIDAY | audits.HOLIDAY_UNDONE, [number]:
            return weeks(int(number))
        case audits.MOVED, [day, at, zone]:
            return openings(int(day), at, zone)
        case audits.LANGUAGE, [language]:
            return own_name(language)
    return change.words


def _tags(words: str, platform: str, workspace: str) -> list[Span]:
    """Who or what was meant, by name for readers of the same place; elsewhere ids mean nothing."""
    there, home, *targets = words.split(" ")
    if not targets:
        return [_("nobody")]
    if there != platform or (workspace and home != workspace):
        return [ngettext("one on {platform}", "{n} on {platform}", len(targets), platform=titled(there))]
    found: list[Span] = []
    for target in targets:
        kind, _colon, name = target.partition(":")
        found += [", "] if found else []
        found.append(Tag("channel" if kind == "channel" else "role" if kind == "role" else "person", name))
    return found
