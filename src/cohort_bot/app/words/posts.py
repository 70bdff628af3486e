"""The kinds of posts as moderators read them; each is translated where it is shown."""

from collections.abc import Sequence

from cohort_bot.chat.i18n import N_, _, ngettext

ALERT = N_("a warning to moderators")
ANNOUNCE = N_("an announcement")
CHANGED = N_("the notice of a changed record")
CHECK_INS = N_("the heading of shared check-ins")
CLOSING = N_("the goodbye")
COMEBACK = N_("the message after two missed rounds")
DIGEST = N_("the week's digest")
EXPORT = N_("a member's own record")
GATE = N_("the end of a phase")
GRADUATION = N_("the end of the programme")
GROUP = N_("the beginning of a small group")
GROUP_THREAD = N_("the thread of a small group")
GROUP_SILENT = N_("the word that a small group carries on")
JOINED = N_("the news that someone joined")
JOIN_CARD = N_("the invitation")
MENTION = N_("a reminder in the thread")
MODERATORS = N_("the moderators' digest")
NUDGE = N_("a reminder")
OPENING = N_("the week's card")
OUTCOME = N_("a follow-up question")
OUTREACH = N_("a moderator's private message")
OWN_GATE = N_("the end of a member's own phase")
OWN_WEEK = N_("a member's own week")
PAPER = N_("the paper of the month")
PAPER_MEETING = N_("the date on which a paper is presented")
PAPER_OPEN = N_("the news that nobody presents a paper any more")
PAPER_SUMMARY = N_("the question what a paper was about")
PORTFOLIO = N_("a member's portfolio")
QUESTIONS = N_("questions on earlier weeks")
SCHEDULE = N_("the notice of changed dates")
SHARED = N_("a shared check-in")
SILENT = N_("the notice of a late post")
SNOOZE = N_("a snoozed reminder")


def in_room(post: str, channel: str) -> str:
    """A post of a kind, and the room in which it appears."""
    return _("{post} in #{channel}", post=_(post), channel=channel)


def for_people(post: str, names: Sequence[str]) -> str:
    """Posts of a kind, and who gets one; of several the first is named."""
    name, others = names[0], len(names) - 1
    if not others:
        return _("{post} for {name}", post=_(post), name=name)
    values = {"post": _(post), "name": name}
    return ngettext("{post} for {name} and {n} other", "{post} for {name} and {n} others", others, **values)
