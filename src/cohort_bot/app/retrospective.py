"""Looking back at the end of a phase: three questions, answered privately, to be changed whenever one likes."""

from typing import Final

from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.errors import PersonError
from cohort_bot.app.join import COHORT
from cohort_bot.app.logbook import Retrospective
from cohort_bot.app.lookup import membership
from cohort_bot.app.services import Services
from cohort_bot.app.store import Store
from cohort_bot.app.views import portfolio as views
from cohort_bot.chat.form import FieldErrors, Form, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Phase

PHASE: Final = "phase"


async def retrospective(services: Services, invocation: Invocation) -> Reply:
    """The form of a phase, filled in with what was answered before."""

    def read(store: Store) -> Form:
        cohort, member, phase = _about(services, store, invocation)
        known = store.retrospectives.get(member.id, phase.id)
        return views.retrospective_form(cohort, phase, known.answers if known else {})

    return await services.database.read(read)


async def save(services: Services, invocation: Invocation) -> Reply:
    """Keep the answers; a later form replaces them."""
    answers = {key: invocation.field(key) for key, _ in views.QUESTIONS}
    errors = {
        key: f"Please keep it to {views.ANSWER_LIMIT} characters; this has {len(words)}."
        for key, words in answers.items()
        if len(words) > views.ANSWER_LIMIT
    }
    if not any(answers.values()):
        errors = {views.QUESTIONS[0][0]: "Please answer at least one of the three; a sentence is plenty."}

    def write(store: Store) -> Reply:
        cohort, member, phase = _about(services, store, invocation)
        if errors:
            return FieldErrors(views.retrospective_form(cohort, phase, answers), errors)
        new = store.retrospectives.save(member.id, Retrospective(phase.id, invocation.at, answers))
        return views.looked_back(cohort, phase, new=new)

    if errors:
        return await services.database.read(write)
    return await services.change(invocation, write)


def _about(services: Services, store: Store, invocation: Invocation) -> tuple[Cohort, Member, Phase]:
    cohort, member = membership(store, invocation)
    programme = services.programmes.get(cohort.programme)
    if programme is None:
        raise PersonError(f"The programme of {cohort.name} cannot be read right now. A moderator has to look at it.")
    wanted = invocation.args.get(PHASE, "")
    phase = next((each for each in programme.phases if each.id == wanted), None)
    if phase is None:
        raise PersonError(f"{programme.title} has no such phase any more. Please use a newer message.")
    if member.week(cohort.calendar.latest(invocation.at)) < phase.first_week:
        raise PersonError(f"“{phase.title}” is still ahead of you; look back when you have been through some of it.")
    return cohort, member, phase


ROWS = (
    CommandSpec("retrospective", Role.MEMBER, retrospective, params=(COHORT,)),
    CommandSpec("retrospective.save", Role.MEMBER, save),
)
