"""Questions on earlier weeks: the card of a round, an answer, and what becomes of it."""

from collections.abc import Mapping, Sequence

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words import counts
from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Section, Strong, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import Cohort
from cohort_bot.core.recall import Asked


def card(cohort: Cohort, number: int, asked: Sequence[Asked], given: Mapping[str, bool], *, wanted: bool) -> Message:
    """The questions of a round. `given` are those that have their answer; `wanted`: the card also comes by itself."""
    head = ngettext("{n} question on an earlier week", "{n} questions on earlier weeks", len(asked))
    how = _("Answer in your head, then press Show. Only you see this.")
    blocks: list[Block] = [Heading(head), paragraph(how, quiet=True)]
    for each in asked:
        if each.key in given:
            blocks.append(
                paragraph(_week_of(each), f" {each.recall.question} ", Strong(_result(known=given[each.key])))
            )
        else:
            blocks.append(Section((_week_of(each), f" {each.recall.question}"), show_button(cohort, number, each)))
    return Message(head, (*blocks, Actions((switch(cohort, wanted=wanted),))))


def _week_of(each: Asked) -> Strong:
    return Strong(_("Week {week}:", week=each.week))


def _result(*, known: bool) -> str:
    return _("You knew it.") if known else _("Not yet.")


def show_button(cohort: Cohort, number: int, each: Asked) -> Button:
    return Button(_("Show"), "questions.show", _args(cohort, number, each))


def _args(cohort: Cohort, number: int, each: Asked) -> dict[str, str]:
    return {"id": str(cohort.id), "round": str(number), "question": each.key}


def switch(cohort: Cohort, *, wanted: bool) -> Button:
    args = {"id": str(cohort.id)}
    if wanted:
        return Button(_("No more questions"), "questions.off", args)
    return Button(_("Send me questions each week"), "questions.on", args)


def answer(cohort: Cohort, number: int, each: Asked) -> Message:
    """What was asked, and the answer, with the two buttons that say how it went."""
    head = _("Week {week}: the answer", week=each.week)
    args = _args(cohort, number, each)
    knew = Button(_("Knew it"), "questions.answer", {**args, "known": "1"}, "primary")
    not_yet = Button(_("Not yet"), "questions.answer", {**args, "known": "0"})
    blocks = (
        paragraph(Strong(each.recall.question)),
        paragraph(each.recall.answer),
        paragraph(_("To read again: {source}", source=each.recall.source), quiet=True),
        Actions((knew, not_yet)),
    )
    return Message(head, blocks)


def noted(cohort: Cohort, number: int, gap: int | None, left: Sequence[Asked]) -> Message:
    """After an answer: in how many weeks it comes again, None for never; `left` are the round's other questions."""
    if gap is None:
        head = _("Noted. You've known this one three times in a row, so it won't come again.")
    else:
        head = _("Noted. This one comes again in about {weeks}.", weeks=counts.weeks(gap))
    if not left:
        return Message(head, (paragraph(head), paragraph(_("That was the last one this week."))))
    following = left[0]
    button = show_button(cohort, number, following)
    return Message(head, (paragraph(head), Section((_week_of(following), f" {following.recall.question}"), button)))


def none_due(cohort: Cohort, *, wanted: bool) -> Message:
    head = _("No questions this week")
    when = _(
        "Questions come about four weeks after a week that you've checked in for, and again about thirteen and "
        "twenty-six weeks after it."
    )
    return Message(head, (Heading(head), paragraph(when), Actions((switch(cohort, wanted=wanted),))))


def switched_off(cohort: Cohort, platform: str) -> Message:
    words = _(
        "I won't send you questions any more. {questions} still shows you some whenever you like.",
        questions=typed("questions", platform),
    )
    return Message(words, (paragraph(words), Actions((switch(cohort, wanted=False),))))


def switched_on(cohort: Cohort) -> Message:
    words = _("I'll send you up to three questions a week, about weeks that you've checked in for.")
    return Message(words, (paragraph(words), Actions((switch(cohort, wanted=True),))))


def no_questions(title: str) -> PersonError:
    return PersonError(_("“{programme}” has no questions on its weeks.", programme=title))


def old_card(platform: str) -> PersonError:
    """A button of a card from an earlier round, or of a question that the programme no longer has."""
    return PersonError(
        _(
            "That question is from an earlier card. {questions} shows this week's.",
            questions=typed("questions", platform),
        )
    )
