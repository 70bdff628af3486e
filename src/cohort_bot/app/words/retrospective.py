"""Looking back at the end of a phase."""

from collections.abc import Mapping
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.fields import short_title
from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.i18n import N_, _
from cohort_bot.chat.message import Actions, Button, Message, Strong, paragraph
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Phase, Programme


def no_phase(programme: Programme) -> PersonError:
    text = _("{programme} no longer has that phase. Please use a newer message.", programme=programme.title)
    return PersonError(text)


def phase_ahead(phase: Phase) -> PersonError:
    text = _("“{phase}” is still ahead of you; look back once you've done some of it.", phase=phase.title)
    return PersonError(text)


QUESTIONS: Final = (
    ("learned", N_("What can you do now that you couldn't before?")),
    ("hard", N_("What was hard, and what helped?")),
    ("change", N_("What will you do differently from here?")),
)
"""Key and question; a question fits a form's label on every platform (Discord: 45 characters)."""


ANSWER_LIMIT: Final = 1000


def retrospective_form(cohort: Cohort, phase: Phase, answers: Mapping[str, str]) -> Form:
    """Three questions about a phase, with what was answered before."""
    hint = _("Only you see your answers; they go into your portfolio")
    fields = tuple(
        TextField(key, _(question), "long", answers.get(key, ""), ANSWER_LIMIT, hint=hint)
        for key, question in QUESTIONS
    )
    title = short_title(_("Looking back: {phase}", phase=phase.title))
    return Form("retrospective.save", title, fields, {"id": str(cohort.id), "phase": phase.id})


def looked_back(cohort: Cohort, phase: Phase, *, new: bool) -> Message:
    if new:
        head = _("Saved: your review of “{phase}”.", phase=phase.title)
    else:
        head = _("Updated: your review of “{phase}”.", phase=phase.title)
    again = Button(_("Change it"), "retrospective", {"id": str(cohort.id), "phase": phase.id})
    words = _(
        "It goes into your portfolio. You'll get that at the end, or any time with Export my data in your profile."
    )
    return Message(head, (paragraph(Strong(head)), paragraph(words), Actions((again,))))
