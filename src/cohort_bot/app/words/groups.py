"""The small groups of a cohort, as its moderators see and change them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.lists import listed
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Strong, When, bullets, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import Cohort, Member

A_PAGE = 20
"""So many groups are shown at a time."""


@dataclass(frozen=True, slots=True)
class Together:
    """The people of one group, and since when."""

    names: Sequence[str]
    since: datetime


def overview(
    cohort: Cohort,
    groups: Sequence[Together],
    waiting: Sequence[str],
    when: datetime | None,
    page: int,
    platform: str,
) -> Message:
    """All groups, a page at a time, and who waits for one."""
    head = _("Small groups in {cohort}", cohort=cohort.name)
    if not groups and not waiting:
        none = _(
            "Nobody has asked for one yet. Members do that with {join}; three are enough for the first.",
            join=typed("group join", platform),
        )
        return Message(head, (Heading(head), paragraph(none)))
    shown = groups[page * A_PAGE : (page + 1) * A_PAGE]
    blocks: list[Block] = [Heading(head)]
    if shown:
        blocks.append(
            bullets(
                spans("{names}, since {day}", names=listed(each.names), day=When(each.since, "day")) for each in shown
            )
        )
    if waiting:
        some = listed(waiting) if len(waiting) <= A_PAGE else ngettext("{n} person", "{n} people", len(waiting))
        blocks.append(paragraph(Strong(_("Waiting: {names}", names=some))))
    if when is not None:
        blocks.append(paragraph(*spans("I put people together again {when}.", when=When(when)), quiet=True))
    if shown:
        move = _("{command} member:Ada with:Ben moves Ada to Ben's group.", command=typed("cohort groups", platform))
        blocks.append(paragraph(move, quiet=True))
    turns = [(page - 1, _("Earlier")), (page + 1, _("More"))]
    buttons = tuple(
        Button(label, "cohort.groups", {"id": str(cohort.id), "page": str(to)})
        for to, label in turns
        if to >= 0 and to * A_PAGE < len(groups)
    )
    return Message(head, (*blocks, *([Actions(buttons)] if buttons else [])))


def move_preview(member: Member, others: Sequence[Member], yes: Button) -> Message:
    names = listed([each.name for each in others])
    head = _("Move {member} to {names}?", member=member.name, names=names)
    how = _("I'll open a new conversation for all of them, and tell {member} that you did it.", member=member.name)
    return Message(head, (paragraph(head), paragraph(how), Actions((yes,))))


def move() -> str:
    return _("Move them")


def again_preview(people: Sequence[Member], yes: Button) -> Message:
    """They are together already: their conversation may be gone."""
    names = listed([each.name for each in people])
    head = _("{names} are together already. Begin a new conversation for them?", names=names)
    return Message(head, (paragraph(head), Actions((yes,))))


def again() -> str:
    return _("Begin a new one")


def begun_again(people: Sequence[Member]) -> Message:
    names = listed([each.name for each in people])
    return Message(_("I'm beginning a new conversation for {names}, when it's day for all of them.", names=names))


def moved(member: Member, others: Sequence[Member]) -> Message:
    names = listed([each.name for each in others])
    return Message(_("{member} is in a group with {names} now.", member=member.name, names=names))


def no_seat(member: Member, platform: str) -> PersonError:
    return PersonError(
        _(
            "{member} hasn't asked for a small group. Only they can, with {join}.",
            member=member.name,
            join=typed("group join", platform),
        )
    )


def in_no_group(member: Member) -> PersonError:
    return PersonError(_("{member} isn't in a small group yet, so nobody can join them there.", member=member.name))


def full(other: Member) -> PersonError:
    return PersonError(
        _("The group of {member} is full: with more than five people it would not be a small group.", member=other.name)
    )


def apart(member: Member, other: Member) -> PersonError:
    return PersonError(
        _(
            "{member} and {other} have no room in common, so they can't be in one group.",
            member=member.name,
            other=other.name,
        )
    )


def with_whom(member: Member, platform: str) -> PersonError:
    return PersonError(
        _(
            "Who should {member} be with? Add one person of the other group: {command} member:{name} with:Ben",
            member=member.name,
            name=f'"{member.name}"' if " " in member.name else member.name,
            command=typed("cohort groups", platform),
        )
    )
