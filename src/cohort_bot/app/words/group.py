"""A member's small group: asking for one, leaving it, and what stands at the beginning of its conversation."""

from collections.abc import Sequence
from datetime import datetime

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.lists import listed
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import Actions, Block, Button, Link, Mention, Message, Span, Strong, When, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import Cohort, Member


def title(number: int, names: Sequence[str]) -> str:
    """The conversation's name; the number makes it one of its kind."""
    return _("Small group {number}: {names}", number=number, names=listed(names))


def opening(
    heading: str,
    people: Sequence[Member],
    new: Sequence[Member],
    platform: str,
    *,
    mention: bool,
    in_room: bool,
    watched: bool,
) -> Message:
    """The first message to a group. `new` have joined people who were a group before; empty when all are new.
    `watched`: a moderator hears when the group has gone quiet.
    """
    called: list[Span] = []
    for member in people:
        called += [Mention(member.account.user) if mention else Strong(member.name), ", "]
    hello = _("this is a thread for your small group.") if in_room else _("this is your small group.")
    blocks: list[Block] = [paragraph(*called, hello)]
    if new:
        names = listed([member.name for member in new])
        blocks.append(
            paragraph(
                ngettext(
                    "{names} is new in it, so it begins again here.",
                    "{names} are new in it, so it begins again here.",
                    len(new),
                    names=names,
                )
            )
        )
    blocks.append(paragraph(_("To begin with: what would you most like to be able to do a month from now, and why?")))
    reads = _("Anybody in this channel can read along.") if in_room else _("I don't read along here.")
    seen = _("If nobody writes for two weeks, I tell a moderator just that.") if watched else ""
    leave = _("{leave} takes you out, and I won't tell anybody.", leave=typed("group leave", platform))
    quiet = " ".join(sentence for sentence in (reads, seen, leave) if sentence)
    return Message(heading, (*blocks, paragraph(quiet, quiet=True)))


def carries_on(cohort: Cohort) -> Message:
    """To somebody who has been silent for three rounds, once."""
    head = _("Your small group in {cohort} carries on without you for now.", cohort=cohort.name)
    rest = _(
        "You've been away for a while, and that's fine. Whenever you'd like a group again, check in or press the "
        "button, and I'll find you one."
    )
    return Message(head, (paragraph(head), paragraph(rest), Actions((find(cohort),))))


def find(cohort: Cohort) -> Button:
    return Button(_("Find me a group"), "group.join", {"id": str(cohort.id)}, "primary")


def _leave(cohort: Cohort, label: str) -> Button:
    return Button(label, "group.leave", {"id": str(cohort.id)})


def waiting(cohort: Cohort, others: int, when: datetime) -> Message:
    """They have asked for a group and are not in one yet; `others` also wait."""
    head = _("I'm looking for a small group for you in {cohort}.", cohort=cohort.name)
    how = spans(
        "I put three to five people together {when}, as soon as there are enough: people who are awake at the same "
        "time, at a similar point of the plan, and write about similar things.",
        when=When(when),
    )
    if others:
        many = ngettext("One other person is waiting, too.", "{n} others are waiting, too.", others)
    else:
        many = _("Nobody else is waiting yet.")
    seen = _("Moderators can see who's in which group; what you write in it is between you.")
    stop = _leave(cohort, _("I don't want one any more"))
    return Message(
        head, (paragraph(head), paragraph(*how), paragraph(many), paragraph(seen, quiet=True), Actions((stop,)))
    )


def shown(
    cohort: Cohort, others: Sequence[Member], since: datetime, address: str | None, opens: datetime | None
) -> Message:
    """The group that they are in, and where it talks, or when its conversation begins."""
    if not others:
        head = _("You're alone in your small group at the moment. I'll find you company as soon as I can.")
    else:
        names = listed([member.name for member in others])
        head = _("You're in a small group of {cohort} with {names}.", cohort=cohort.name, names=names)
    if opens is not None:
        where = spans("Your conversation begins {when}, when it's day for all of you.", when=When(opens))
    elif address:
        link = Link(_("the conversation"), address)
        where = spans("It began {when}: {link}", when=When(since, "day"), link=link)
    else:
        where = spans("It began {when}.", when=When(since, "day"))
    return Message(head, (paragraph(head), paragraph(*where), Actions((_leave(cohort, _("Leave the group")),))))


def none_yet(cohort: Cohort) -> Message:
    """They have not asked for one."""
    head = _("You're not in a small group of {cohort}.", cohort=cohort.name)
    what = _(
        "A small group is three to five people who talk among themselves. It's up to you, and you can leave at any "
        "time without a word."
    )
    return Message(head, (paragraph(head), paragraph(what), Actions((find(cohort),))))


def left(cohort: Cohort, platform: str) -> Message:
    head = _("You're out of small groups in {cohort}. I haven't told anybody.", cohort=cohort.name)
    rest = _(
        "If you were in a conversation, it may stay in your list until you leave or close it there. {join} finds you "
        "another group whenever you like.",
        join=typed("group join", platform),
    )
    return Message(head, (paragraph(head), paragraph(rest, quiet=True)))


def over(cohort: Cohort) -> PersonError:
    return PersonError(_("{cohort} has reached its end, so I don't make any new groups.", cohort=cohort.name))


def in_none(platform: str) -> PersonError:
    return PersonError(
        _(
            "You're not in a small group and not waiting for one. {join} finds you one.",
            join=typed("group join", platform),
        )
    )
