"""Looking back at the end of a phase."""

from collections.abc import Mapping
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.message import Actions, Button, Message, Strong, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Phase, Programme


def no_phase(programme: Programme) -> PersonError:
    """A phase that the programme no longer has."""
    return PersonError(f"{programme.title} has no such phase any more. Please use a newer message.")


def phase_ahead(phase: Phase) -> PersonError:
    """Looking back at what is still to come."""
    return PersonError(f"“{phase.title}” is still ahead of you; look back when you have been through some of it.")


QUESTIONS: Final = (
    ("learned", "What can you do now that you could not?"),
    ("hard", "What was hard, and what helped?"),
    ("change", "What will you do differently from here?"),
)
"""Key and question; a question fits a form's label on every platform (Discord: 45 characters)."""


ANSWER_LIMIT: Final = 1000


TITLE_MOST: Final = 45


def retrospective_form(cohort: Cohort, phase: Phase, answers: Mapping[str, str]) -> Form:
    """Three questions about a phase, with what was answered before."""
    fields = tuple(
        TextField(key, question, "long", answers.get(key, ""), ANSWER_LIMIT, hint="Only you and moderators see it")
        for key, question in QUESTIONS
    )
    title = f"Looking back: {phase.title}"
    return Form("retrospective.save", shorten(title, TITLE_MOST), fields, {"id": str(cohort.id), "phase": phase.id})


def looked_back(cohort: Cohort, phase: Phase, *, new: bool) -> Message:
    """After the answers were kept."""
    head = f"{'Kept' if new else 'Changed'}: your look back at “{phase.title}”."
    again = Button("Change it", "retrospective", {"id": str(cohort.id), "phase": phase.id})
    words = "It goes into your portfolio, which is yours at the end, and earlier with Export my data in your profile."
    return Message(head, (paragraph(Strong(head)), paragraph(words), Actions((again,))))
