"""What a member is answered when something cannot be done: what is the matter, and what to do next.

Nothing has been changed then, unless the sentence says so. What is said about options is in `options.py`, about the
fields of a form in `fields.py`.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from cohort_bot.app.errors import Forbidden, PersonError, Repeated
from cohort_bot.app.words.counts import characters
from cohort_bot.app.words.dates import day
from cohort_bot.chat.formats import number
from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.chat.typed import in_words, shorten, typed
from cohort_bot.core.membership import Cohort

NAMES_SHOWN: Final = 10


def cannot_save() -> str:
    return _(
        "I can't save anything right now, so nothing was changed. Please keep what you wrote and try again later; "
        "whoever hosts this bot has to fix this first."
    )


def too_many(*, form: bool) -> str:
    """So many things at once that nothing was done about this one."""
    if form:
        return _("One moment, please: that was a lot at once. Try again in ten seconds; this form wasn't saved.")
    return _("One moment, please: that was a lot at once. Try again in ten seconds; nothing was lost.")


def repeated() -> Repeated:
    return Repeated(_("I already have that, so nothing was changed."))


def unreadable() -> PersonError:
    """A payload that is not as its platform promises."""
    return PersonError(_("I couldn't read that. Please try again, or type the command instead."))


def unknown_action(platform: str) -> str:
    """A button or a form that there is no more."""
    return _("I no longer know that button or form. {help} shows what I can do.", help=typed("help", platform))


def failed(reference: str) -> str:
    """Something broke here; the log has the details under the reference."""
    return _(
        "Sorry, something went wrong on my side and nothing was changed. Please try again; if it still fails, give a "
        "moderator this reference: {reference}.",
        reference=reference,
    )


def no_programme(cohort: Cohort) -> PersonError:
    """A programme that is missing or does not pass its check."""
    text = _(
        "I can't read the programme of {cohort} right now. Nothing is lost; please tell a moderator.",
        cohort=cohort.name,
    )
    return PersonError(text)


def none_here() -> PersonError:
    text = _(
        "There's no cohort here yet. A moderator can start one with /cohort create. If yours meets in a private "
        "channel, please join it there."
    )
    return PersonError(text)


def nowhere(platform: str) -> PersonError:
    """A newcomer in a direct conversation, which says nothing about the server that they mean."""
    text = _(
        "You haven't joined a cohort yet, and from here I can't tell which one you mean. Please go to the server "
        "where yours meets and type {join} in its room, or press Join under its invitation.",
        join=typed("join", platform),
    )
    return PersonError(text)


def not_known_here(name: str, platform: str) -> PersonError:
    """A cohort that somebody names in a direct conversation, and is not in."""
    text = _(
        "You haven't joined a cohort called “{name}”, and from here I can't see the others. Please go to the server "
        "where it meets and type {join} in its room.",
        name=shorten(name),
        join=typed("join", platform),
    )
    return PersonError(text)


def several(names: Sequence[str]) -> PersonError:
    text = _(
        'There\'s more than one cohort here. Which one do you mean? Please add it, such as cohort:"{name}". You can '
        "choose from: {names}.",
        name=names[0],
        names=_named(names),
    )
    return PersonError(text)


def not_called(name: str, names: Sequence[str]) -> PersonError:
    said = shorten(name)
    if not names:
        return PersonError(_("There's no cohort called “{name}” here. In fact there's none yet.", name=said))
    text = _("There's no cohort called “{name}” here. You can choose from: {names}.", name=said, names=_named(names))
    return PersonError(text)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMES_SHOWN])


def elsewhere() -> Forbidden:
    """A button of a cohort that the person cannot see from here."""
    return Forbidden(_("That belongs to a cohort that isn't here. Please use a newer message, or type the command."))


def not_in(cohort: Cohort, platform: str, left: date | None = None, *, removed: bool = False) -> Forbidden:
    """Somebody who has not joined, has `left` on that day or was `removed` then, or whose cohort ended without them."""
    name, join = cohort.name, typed("join", platform)
    if not cohort.active:
        text = _("“{cohort}” has ended, and you had left it by then.", cohort=name)
    elif left:
        text = f"{gone(name, left, removed=removed)} " + _(
            "{join} brings you back, and {progress} still shows your record.",
            join=join,
            progress=typed("progress", platform),
        )
    else:
        text = _("You're not in “{cohort}” yet. Type {join} to join; it takes a minute.", cohort=name, join=join)
    return Forbidden(text)


def gone(name: str, left: date, *, removed: bool) -> str:
    """Since when somebody is no longer in the cohort of that name."""
    if removed:
        return _("A moderator removed you from “{cohort}” on {day}.", cohort=name, day=day(left))
    return _("You left “{cohort}” on {day}.", cohort=name, day=day(left))


def never_in() -> Forbidden:
    """A button of a cohort that the person was never in, or does not exist, or in which they are erased."""
    return Forbidden(_("You aren't in that cohort, so there's nothing to undo."))


def moderators_only() -> Forbidden:
    return Forbidden(_("Only moderators can do that. Please ask whoever runs your group."))


def over(cohort: Cohort, platform: str) -> PersonError:
    """A member's command in a cohort that a moderator has ended."""
    text = _(
        "“{cohort}” has ended, so nothing in it can be changed. {progress} still shows your record, and {profile} "
        "sends you a copy.",
        cohort=cohort.name,
        progress=typed("progress", platform),
        profile=typed("profile", platform),
    )
    return PersonError(text)


def programme_unreadable(cohort: Cohort) -> PersonError:
    """A programme that is missing or does not pass its check."""
    text = _(
        "I can't read the programme of {cohort} right now. Whoever hosts this bot can find out why with: "
        "cohort-bot content check",
        cohort=cohort.name,
    )
    return PersonError(text)


def has_ended(cohort: Cohort) -> PersonError:
    return PersonError(_("“{cohort}” has ended, so nothing in it can be changed.", cohort=cohort.name))


def old_preview(command: str = "") -> PersonError:
    if command:
        return PersonError(_("That preview is too old. Please type {command} again.", command=in_words(command)))
    return PersonError(_("That preview is too old. Please type the command again."))


def stale_preview() -> PersonError:
    """A preview that no longer shows what would happen."""
    return PersonError(_("Something has changed since that preview. Please type the command again."))


def text_too_long(most: int, length: int) -> PersonError:
    has = number(length)
    return PersonError(
        _("Please keep it to {characters}; yours has {length}.", characters=characters(most), length=has)
    )


def title_too_long(most: int, length: int) -> PersonError:
    has = number(length)
    text = _("Please keep the title to {characters}; yours has {length}.", characters=characters(most), length=has)
    return PersonError(text)


def no_channel(most: int) -> PersonError:
    text = ngettext(
        "I don't know that channel. Please give a name of at most {n} character.",
        "I don't know that channel. Please give a name of at most {n} characters.",
        most,
    )
    return PersonError(text)


def round_ahead(number: int, newest: int) -> PersonError:
    if newest:
        return PersonError(_("Round {round} hasn't opened yet. The newest is {newest}.", round=number, newest=newest))
    return PersonError(_("Round {round} hasn't opened yet. In fact none has.", round=number))


def member_gone() -> Forbidden:
    return Forbidden(_("They're no longer in this cohort. /cohort members shows who is."))


def namesakes(said: str) -> PersonError:
    text = _(
        "More than one member is called “{name}”. Use “One member” under /cohort progress, which has a button for "
        "each of them.",
        name=shorten(said),
    )
    return PersonError(text)


def nobody_called(said: str, cohort: Cohort) -> PersonError:
    text = _("“{name}” isn't in {cohort}. /cohort members shows who is.", name=shorten(said), cohort=cohort.name)
    return PersonError(text)
