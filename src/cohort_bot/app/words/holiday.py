"""Weeks off for a whole cohort."""

from collections.abc import Sequence
from datetime import date

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.counts import weeks
from cohort_bot.app.words.shifts import Shift, shift_spans
from cohort_bot.chat.i18n import _, spans
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Paragraph, When, bullets, paragraph
from cohort_bot.core.membership import Cohort


def holiday_begun(week: int) -> PersonError:
    """A week that opened while its preview was read."""
    return PersonError(_("Week {week} has opened in the meantime. Please type /cohort holiday again.", week=week))


def holiday_on() -> PersonError:
    return PersonError(_("The time off has started, so it stays. The next week opens as announced."))


def no_week_off(cohort: Cohort, after: date | None) -> PersonError:
    if after is None:
        return PersonError(_("“{cohort}” has no weeks left to open, so there's nothing to move.", cohort=cohort.name))
    text = _("“{cohort}” opens no week after {day}, so there's nothing to move.", cohort=cohort.name, day=str(after))
    return PersonError(text)


def take_off() -> str:
    return _("Give the week off")


def holiday_preview(
    cohort: Cohort, rounds: int, shifts: Sequence[Shift], told: Sequence[Block], buttons: tuple[Button, ...]
) -> Message:
    """`told` is what the room would read."""
    head = _("{weeks} off for {cohort}?", weeks=weeks(rounds), cohort=cohort.name)
    return Message(
        head,
        (
            Heading(head),
            paragraph(
                _("The time off comes before week {week}, and all later weeks move with it:", week=shifts[0].number)
            ),
            bullets(shift_spans(shift) for shift in shifts),
            paragraph(_("Nothing has changed yet. Weeks off don't affect anyone's streak."), quiet=True),
            *told,
            Actions(buttons),
        ),
    )


def holiday_given(cohort: Cohort, rounds: int, first: Shift, undo: Button) -> Message:
    head = _("{cohort} has {weeks} off.", cohort=cohort.name, weeks=weeks(rounds))
    return Message(head, (paragraph(head), _moved(first), Actions((undo,))))


def holiday_undone(cohort: Cohort, first: Shift) -> Message:
    head = _("The time off in {cohort} is cancelled.", cohort=cohort.name)
    return Message(head, (paragraph(head), _moved(first)))


def _moved(first: Shift) -> Paragraph:
    return paragraph(
        *spans("Week {week} opens {new} instead of {old}.", week=first.number, new=When(first.new), old=When(first.old))
    )
