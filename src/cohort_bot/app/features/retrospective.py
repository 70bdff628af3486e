"""The retrospective at the end of a phase: three questions, answered privately; answers can be changed later."""

from typing import Final

from cohort_bot.app.access import MEMBER
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.retrospectives import Retrospective
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, reads
from cohort_bot.app.words import errors as errors_words
from cohort_bot.app.words import fields as fields_words
from cohort_bot.app.words import retrospective as retrospective_words
from cohort_bot.chat.form import FieldErrors, Form, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Phase

PHASE: Final = "phase"


@reads(MEMBER)
def retrospective(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Form:
    """The form of a phase, filled in with what was answered before."""
    phase = _phase(services, cohort, member, invocation)
    known = store.retrospectives.get(member.id, phase.id)
    return retrospective_words.retrospective_form(cohort, phase, known.answers if known else {})


async def save(services: Services, invocation: Invocation) -> Reply:
    """Store the answers; sending the form again replaces them."""
    answers = {key: invocation.field(key) for key, _ in retrospective_words.QUESTIONS}
    errors = {
        key: fields_words.too_long(retrospective_words.ANSWER_LIMIT, len(words))
        for key, words in answers.items()
        if len(words) > retrospective_words.ANSWER_LIMIT
    }
    if not any(answers.values()):
        errors = {retrospective_words.QUESTIONS[0][0]: fields_words.any_answer()}

    def write(store: Store, cohort: Cohort, member: Member) -> Reply:
        phase = _phase(services, cohort, member, invocation)
        if errors:
            return FieldErrors(retrospective_words.retrospective_form(cohort, phase, answers), errors)
        new = store.retrospectives.save(member.id, Retrospective(phase.id, invocation.at, answers))
        return retrospective_words.looked_back(cohort, phase, new=new)

    if errors:
        return await services.read(invocation, MEMBER, write)
    return await services.change(invocation, MEMBER, write)


def _phase(services: Services, cohort: Cohort, member: Member, invocation: Invocation) -> Phase:
    """The phase in the arguments. Raises PersonError when the member has not reached it."""
    programme = services.programmes.get(cohort.programme)
    if programme is None:
        raise errors_words.no_programme(cohort)
    wanted = invocation.args.get(PHASE, "")
    phase = next((phase for phase in programme.phases if phase.id == wanted), None)
    if phase is None:
        raise retrospective_words.no_phase(programme)
    if member.week(cohort.calendar.latest(invocation.at)) < phase.first_week:
        raise retrospective_words.phase_ahead(phase)
    return phase


ROWS = (
    CommandSpec("retrospective", Role.MEMBER, retrospective, params=(COHORT,)),
    CommandSpec("retrospective.save", Role.MEMBER, save),
)
