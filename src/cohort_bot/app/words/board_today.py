"""What stands on the board's page *Today*, besides what the moderators' card says in the same words."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cohort_bot.app.queries.outreach import Suggestion
from cohort_bot.app.queries.standing import Standing
from cohort_bot.app.words.counts import members
from cohort_bot.app.words.outreach import suggested
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import Button, Span, When
from cohort_bot.core.checkins import Status
from cohort_bot.core.membership import Cohort
from cohort_bot.core.progress import turnouts


def title(cohort: Cohort, number: int) -> str:
    return _("{cohort} · round {round}", cohort=cohort.name, round=number) if number else cohort.name


def stands(cohort: Cohort, number: int, people: Sequence[Standing], at: datetime, *, last: bool) -> tuple[Span, ...]:
    """How the cohort is doing, in one sentence. `number` is the newest round, 0 before the first; after the `last`
    there is none.
    """
    if cohort.archived_at is not None:
        day = When(cohort.archived_at, "day")
        return spans("It ended on {day}, with {members}.", day=day, members=members(len(people)))
    if not number:
        opens = When(cohort.calendar.opens(1))
        return spans("The first week opens {opens}, with {members} so far.", opens=opens, members=members(len(people)))
    if not people:
        return (_("Nobody is in the cohort. The invitation in the room has a Join button."),)
    now = turnouts((each.rounds for each in people), [number])[0]
    closes = cohort.calendar.closes(number)
    values: dict[str, Span | int] = {"made": now.made, "all": now.of, "round": number}
    if at < closes:
        turnout = spans(
            "{made} of {all} checked in for round {round}, which is open until {closes}", **values, closes=When(closes)
        )
    elif last:
        turnout = spans("{made} of {all} checked in for round {round}, which was the last one", **values)
    else:
        turnout = spans("{made} of {all} checked in for round {round}, which has closed", **values)
    resting = sum(each.rounds[number - 1] in {Status.BREAK, Status.EXCUSED} for each in people)
    others = [_needing(sum(bool(each.risks) for each in people))]
    if resting:
        others.insert(0, ngettext("{n} is on a break or excused", "{n} are on a break or excused", resting))
    return (*turnout, f"; {'; '.join(others)}.")


def _needing(number: int) -> str:
    if not number:
        return _("nobody needs you right now")
    return ngettext("{n} person needs someone", "{n} people need someone", number)


def needs_heading(number: int) -> str:
    return _("Who to write to today: {number}", number=number)


def nobody_today() -> str:
    return _("Nobody to write to today.")


def later_heading(number: int) -> str:
    return _("Need someone, but not today: {number}", number=number)


def why(suggestion: Suggestion) -> str:
    return f"{suggested(suggestion)}."


def on_break() -> str:
    return _("They're on a break.")


def put_off(until: datetime) -> tuple[Span, ...]:
    return spans("You put them off until {day}.", day=When(until, "day"))


def not_now(args: Mapping[str, str]) -> Button:
    """Puts a member off; `args` say which."""
    return Button(_("Not now"), "cohort.notnow", args)


def why_here(text: str) -> str:
    return _("Why they are here: {text}", text=text)


def ways() -> tuple[tuple[str, str], ...]:
    """How a message goes out: the choice in the form, and what its button says."""
    return (("bot", _("Send")), ("self", _("I wrote myself")))


def copy() -> str:
    return _("Copy")


def copied() -> str:
    return _("Copied")


def more(cohort: Cohort, *, begun: bool) -> tuple[Button, ...]:
    """What else can be done; about members only while there is something to do for them."""
    args = {"id": str(cohort.id)}
    about = (
        Button(_("Write to somebody else"), "cohort.choose", {**args, "for": "write"}),
        Button(_("Log outreach"), "cohort.choose", {**args, "for": "log"}),
        Button(_("Excuse"), "cohort.choose", {**args, "for": "excuse"}),
    )
    return (*(about if begun else ()), Button(_("Export"), "cohort.export", args))


def blocker_line(number: int, words: str) -> str:
    return _("round {round}: {blocker}", round=number, blocker=words)
