"""`/questions`: up to three questions a round on earlier weeks, answered in one's head; they also come unasked."""

from collections.abc import Mapping, Sequence

from cohort_bot.app.access import MEMBER, where
from cohort_bot.app.cohorts import read_programme
from cohort_bot.app.commands import GROUPED, CommandSpec, Role
from cohort_bot.app.options import whole_number
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import old_questions as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core import recall
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.recall import Answer, Asked

ASKED_MEMBER = where(Feature.QUESTIONS, MEMBER)


@reads(ASKED_MEMBER)
def card(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Show the questions of this round."""
    number = cohort.calendar.latest(invocation.at)
    asked, given, _answers = _of_round(services, store, cohort, member, number)
    if not asked:
        return words.none_due(cohort, wanted=member.questions)
    return words.card(cohort, number, asked, given, wanted=member.questions)


@reads(ASKED_MEMBER)
def show(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Show the answer to a question."""
    number, each, _left, _answers = _meant(services, invocation, store, cohort, member)
    return words.answer(cohort, number, each)


@changes(ASKED_MEMBER)
def answer(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Record whether the member knew the answer; the last press counts."""
    number, each, left, answers = _meant(services, invocation, store, cohort, member)
    known, question = invocation.args.get("known") == "1", each.recall.key
    store.recall_answers.put(member.id, Answer(question, number, known), invocation.at)
    gap = recall.next_gap(answers, question, number, known=known)
    return words.noted(cohort, number, gap, left)


@changes(MEMBER)
def off(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Send the member no more questions."""
    store.members.set_questions(member.id, wanted=False)
    store.cohorts.replan(cohort.id, invocation.at)
    return words.switched_off(cohort, invocation.actor.platform)


@changes(ASKED_MEMBER)
def on(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Send the member questions again."""
    store.members.set_questions(member.id, wanted=True)
    store.cohorts.replan(cohort.id, invocation.at)
    return words.switched_on(cohort)


def _of_round(
    services: Services, store: Store, cohort: Cohort, member: Member, number: int
) -> tuple[Sequence[Asked], Mapping[str, bool], Sequence[Answer]]:
    """The questions of a round, which of them were known, and all answers of the member."""
    programme = read_programme(services.programmes, store, cohort)
    if not programme.has_recall:
        raise words.no_questions(programme.title)
    weeks, answers = store.checkins.rounds(member.id).weeks, store.recall_answers.of_member(member.id)
    return *recall.card(programme, cohort.calendar, weeks, answers, number), answers


def _meant(
    services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member
) -> tuple[int, Asked, Sequence[Asked], Sequence[Answer]]:
    """The round and the question of a button, what else of that round has no answer, and all answers of the member.

    A card is good until the next round closes.
    """
    number = whole_number(invocation.args.get("round", ""))
    if number >= 1 and cohort.calendar.latest(invocation.at) - 1 <= number <= cohort.calendar.latest(invocation.at):
        asked, given, answers = _of_round(services, store, cohort, member, number)
        for each in asked:
            if each.key == invocation.args.get("question"):
                return number, each, [one for one in asked if one is not each and one.key not in given], answers
    raise words.old_card(invocation.actor.platform)


ROWS = (
    CommandSpec(
        "questions",
        Role.MEMBER,
        card,
        N_("Answer a few questions on earlier weeks, in your head"),
        {"": "questions", GROUPED: "cohort questions"},
        (COHORT,),
    ),
    CommandSpec("questions.show", Role.MEMBER, show),
    CommandSpec("questions.answer", Role.MEMBER, answer),
    CommandSpec("questions.off", Role.MEMBER, off),
    CommandSpec("questions.on", Role.MEMBER, on),
)
