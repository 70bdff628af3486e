"""Writing to members, and noting what came of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.outreach import Outreach, OutreachResult
from cohort_bot.app.queries.outreach import Suggestion
from cohort_bot.app.queries.standing import Standing
from cohort_bot.app.words.cohort_progress import NAME_MOST, reasons, written
from cohort_bot.app.words.cohort_progress import outcome as outcome_words
from cohort_bot.app.words.dates import short_day
from cohort_bot.app.words.fields import about_args, short_title
from cohort_bot.app.words.lists import listed, quoted
from cohort_bot.app.words.person import checkin_line
from cohort_bot.app.words.zones import clock
from cohort_bot.chat.form import ChoiceField, Form, Option, TextField
from cohort_bot.chat.i18n import N_, _, ngettext, spans
from cohort_bot.chat.message import (
    Actions,
    Block,
    Button,
    Heading,
    Mention,
    Message,
    Span,
    Strong,
    When,
    bullets,
    paragraph,
    text,
)
from cohort_bot.chat.typed import shorten
from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.outreach_order import Why
from cohort_bot.core.risks import Sign
from cohort_bot.core.templates import filled


def old_button() -> PersonError:
    return PersonError(_("I no longer know that button. /cohort progress has the current ones."))


def nobody_in(cohort: Cohort) -> PersonError:
    return PersonError(_("Nobody is in {cohort} yet.", cohort=cohort.name))


PAGE = 10
WORDS_LIMIT = 1500
NOTE_LIMIT = 500
LAST_MOST = 300
"""Characters of a form's title (Discord)."""


PURPOSES: Final[Mapping[str, tuple[str, str]]] = {
    "write": (N_("Who do you want to write to?"), "cohort.write"),
    "log": (N_("Who did you write or talk to?"), "cohort.log"),
    "excuse": (N_("Whose round should not count?"), "cohort.excuse.form"),
    "person": (N_("Whose record do you want to see?"), "cohort.person"),
}
"""What somebody is chosen for: the question, and the button's action."""


def choose(cohort: Cohort, purpose: str, ordered: Sequence[Standing], page: int) -> Message:
    """Whom it is about, in this order, with what is known and who wrote to them last."""
    question, action = PURPOSES[purpose]
    head = _(question)
    pages = max(1, -(-len(ordered) // PAGE))
    page = min(page, pages - 1)
    shown = ordered[page * PAGE : (page + 1) * PAGE]
    args = {"id": str(cohort.id)}
    buttons = [Button(each.member.name, action, {**args, "member": str(each.member.id)}) for each in shown]
    turns = [
        Button(label, "cohort.choose", {**args, "for": purpose, "page": str(to)})
        for label, to in ((_("Back"), page - 1), (_("Next"), page + 1))
        if 0 <= to < pages
    ]
    blocks: list[Block] = [Heading(head), bullets(reasons(each) for each in shown)]
    blocks += [Actions(tuple(buttons[start : start + 5])) for start in range(0, len(buttons), 5)]
    if turns:
        shown_page = _("Page {page} of {pages}", page=page + 1, pages=pages)
        blocks += [paragraph(shown_page, quiet=True), Actions(tuple(turns))]
    return Message(head, tuple(blocks))


def blocker_in(standing: Standing) -> str:
    """What is in a member's way, as a draft quotes it; empty when nothing is."""
    return shorten(standing.blocker[1], 200).rstrip(".") if standing.blocker else ""


def prepared(kept: str | None, cohort: Cohort, standing: Standing, moderator: str) -> str:
    """The words to begin with: the moderator's own template for the same reason (`kept`), filled in, else ours."""
    mine = kept and filled(kept, standing.member.account.name, cohort.name, blocker_in(standing))
    return mine if mine and len(mine) <= WORDS_LIMIT else draft(cohort, standing, moderator)


def draft(cohort: Cohort, standing: Standing, moderator: str) -> str:
    """A first draft of a private message: it names what was seen and asks one thing, and never scolds."""
    signs = {risk.sign for risk in standing.risks}
    name = standing.member.account.name  # to themselves they are who they are
    if Sign.STUCK in signs and standing.blocker:
        seen = _(
            "Hi {member}, you wrote that this was in your way: “{blocker}”. Is it still?",
            member=name,
            blocker=blocker_in(standing),
        )
        offer = _("Would it help to look at it together, or should I ask the group?")
    elif signs:
        seen = _(
            "Hi {member}, I haven't heard from you in {cohort} for a while, and that's fine. How are you doing?",
            member=name,
            cohort=cohort.name,
        )
        offer = _("If it's too much, you can take a break or slow down with one tap. What would make this week doable?")
    else:
        seen = _(
            "Hi {member}, I look after {cohort} and wanted to hear how it's going for you.",
            member=name,
            cohort=cohort.name,
        )
        offer = _("Is there anything the group or I can do?")
    return f"{seen}\n\n{offer}\n\n{moderator}"


_SUGGESTED: Final[Mapping[Why, str]] = {
    Why.STUCK: N_("keeps checking in and is stuck, so help would be welcome now"),
    Why.PATCHY: N_("comes and goes; a question often helps"),
    Why.FIRST: N_("missed the last round, after checking in before"),
}


def suggested(suggestion: Suggestion) -> str:
    """Why a word to somebody would help, as a clause without its subject."""
    missed = suggestion.missed
    match suggestion.why:
        case Why.NEWCOMER if any(status.made for status in suggestion.standing.rounds):
            return ngettext("is new here, and missed {n} round", "is new here, and missed {n} rounds", missed)
        case Why.NEWCOMER:
            return _("is new here, and hasn't checked in yet")
        case Why.LATELY:
            return ngettext("was here until lately, {n} round ago", "was here until lately, {n} rounds ago", missed)
        case Why.SILENT:
            return ngettext("has been silent for {n} round", "has been silent for {n} rounds", missed)
        case Why.GONE:
            return ngettext("has been gone for {n} round", "has been gone for {n} rounds", missed)
    return _(_SUGGESTED[suggestion.why]) if suggestion.why else _("is doing fine, as far as I can see")


def known(standing: Standing, newest: CheckIn | None) -> list[tuple[Span, ...]]:
    """What a moderator reads before they write: the newest check-in, who wrote last, and with which words."""
    last = standing.outreach
    joined = When(standing.member.joined_at, "day")
    lines = [
        (Strong(_("Their newest check-in:")), " ", *checkin_line(newest))
        if newest
        else spans("They joined on {day} and haven't checked in yet.", day=joined),
        written(last),
    ]
    if last is not None and last.words:
        lines.append((Strong(_("The last words to them:")), " ", quoted(shorten(last.words, LAST_MOST))))
    return lines


def card(
    suggestion: Suggestion,
    place: tuple[int, int],
    newest: CheckIn | None,
    words: str,
    args: Mapping[str, str],
    done: str = "",
) -> Message:
    """One person to write to: why, their newest check-in, the last words to them, and a draft. `place` is the number of
    the card and of all, `done` what the press before did.
    """
    member = suggestion.standing.member
    number, of = place
    head = _("{n} of {all}: {member}", n=number, all=of, member=member.name)
    blocks: list[Block] = [paragraph(done)] if done else []
    blocks += [Heading(head), paragraph(Strong(member.name), f" {suggested(suggestion)}.")]
    blocks += [
        *(paragraph(*line) for line in known(suggestion.standing, newest)),
        paragraph(Strong(_("Your message:"))),
        *(paragraph(line) for line in words.split("\n\n") if line.strip()),
    ]
    about = {**args, "member": str(member.id)}
    buttons = (
        Button(_("Send"), "cohort.outreach.send", about, "primary"),
        Button(_("Edit"), "cohort.outreach.edit", about),
        Button(_("I wrote myself"), "cohort.outreach.self", about),
        Button(_("Not now"), "cohort.outreach.later", about),
    )
    return Message(head, (*blocks, Actions(buttons)))


def edit_form(member: Member, words: str, known: str, args: Mapping[str, str]) -> Form:
    fields = (TextField("text", _("Your message"), "long", words, WORDS_LIMIT, required=True, hint=known),)
    title = short_title(_("Write to {member}", member=member.name))
    return Form("cohort.outreach.save", title, fields, args, _("Send"))


def did(what: str, name: str) -> str:
    """What one press has done for the member of this name."""
    return _(_DID[what], member=name)


SENT, SELF, LATER, GONE = "sent", "self", "later", "gone"
_DID: Final[Mapping[str, str]] = {
    SENT: N_("Your message to {member} is on its way."),
    SELF: N_("Noted that you wrote to {member} yourself."),
    LATER: N_("Not now: {member} will be suggested again in three days."),
    GONE: N_("{member} is no longer in the cohort, so nothing was sent."),
}


def enough(cohort: Cohort, why: str, sent: Sequence[str], put_off: Sequence[str], done: str) -> Message:
    """The end of a turn: `why` it ends, to whom was written, who was put off."""
    head = _(_ENDS[why], cohort=cohort.name)
    lines = [done] if done else []
    lines.append(head)
    if sent:
        lines.append(_("You wrote to {names}. In a week I'll ask you what came of it.", names=listed(sent)))
    if put_off:
        lines.append(_("Not now: {names}.", names=listed(put_off)))
    results = Button(_("What came of it so far"), "cohort.outreach.results", {"id": str(cohort.id)})
    return Message(head, (*(paragraph(line) for line in lines), Actions((results,))))


NOBODY, EVERYBODY, TIME, PEOPLE = "nobody", "everybody", "time", "people"
_ENDS: Final[Mapping[str, str]] = {
    NOBODY: N_("Nobody in {cohort} needs a word from you today."),
    EVERYBODY: N_("That's everybody in {cohort} for today."),
    TIME: N_("A quarter of an hour is over. That's enough for today."),
    PEOPLE: N_("Five people. That's enough for today."),
}


def old_card() -> PersonError:
    return PersonError(
        _("That card is no longer the current one. Use the newest one, or /cohort outreach to begin again.")
    )


def not_now(member: Member, until: date) -> Message:
    return text(_("OK, not now. I'll suggest {member} again from {day} on.", member=member.name, day=short_day(until)))


def before(last: Outreach | None, at: datetime) -> str:
    """Who turned to them last, for whoever is about to."""
    if last is None:
        return _("Nobody has written to them yet.")
    if last.held_until is not None:
        return _(
            "{moderator} already has a message waiting for their morning.", moderator=shorten(last.by_name, NAME_MOST)
        )
    days = (at - last.at).days
    values: dict[str, str | int] = {
        "moderator": shorten(last.by_name, NAME_MOST),
        "outcome": outcome_words(last.outcome),
    }
    if days == 0:
        return _("{moderator} wrote to them today; {outcome}.", **values)
    if days == 1:
        return _("{moderator} wrote to them yesterday; {outcome}.", **values)
    return ngettext(
        "{moderator} wrote to them {n} day ago; {outcome}.",
        "{moderator} wrote to them {n} days ago; {outcome}.",
        days,
        **values,
    )


def write_form(cohort: Cohort, member: Member, known: str, values: Mapping[str, str], follow_up: str) -> Form:
    """The words to send, ready to be changed. `known` says who wrote last; `values` are what is filled in."""
    ways = (
        Option("bot", _("Send it for me, as a direct message")),
        Option("self", _("I'll send it myself; show me the text to copy")),
    )
    fields = (
        TextField("text", _("Your message"), "long", values["text"], WORDS_LIMIT, required=True, hint=known),
        ChoiceField("how", _("Who sends it?"), ways, value=frozenset({values["how"]})),
        TextField(
            "follow", _("Follow up on"), "date", follow_up, 20, hint=_("A date such as 2027-01-31, or leave it empty")
        ),
    )
    title = short_title(_("Write to {member}", member=member.name))
    return Form("cohort.write.save", title, fields, about_args(cohort, member), _("Go"))


def log_form(cohort: Cohort, member: Member, known: str, values: Mapping[str, str]) -> Form:
    outcomes = tuple(Option(each.name.lower(), outcome_words(each)) for each in OutreachResult)
    fields = (
        TextField("when", _("When did you talk?"), "date", values["when"], 20, required=True, hint=known),
        ChoiceField("outcome", _("What came of it?"), outcomes, value=frozenset({values["outcome"]})),
        TextField("note", _("A note for the other moderators"), "long", values["note"], NOTE_LIMIT),
        TextField(
            "follow",
            _("Follow up on"),
            "date",
            values["follow"],
            20,
            hint=_("A date such as 2027-01-31, or leave it empty"),
        ),
    )
    title = short_title(_("Outreach to {member}", member=member.name))
    return Form("cohort.log.save", title, fields, about_args(cohort, member))


def carried(member: Member, follow_up: date | None, held: datetime | None) -> Message:
    """The message goes out; `held` is when, if that is not now because it is night for the member."""
    if held is not None:
        lead = spans(
            "It's night for {member}, so I'll deliver it at {time} their time, {when}. If it can't wait, write to them "
            "yourself.",
            member=member.name,
            time=clock(member.account.zone, held),
            when=When(held),
        )
        head = _("Your message to {member} goes out in their morning.", member=member.name)
        noted = _with_reminder(_("The other moderators can see that you wrote."), follow_up)
        return Message(head, (paragraph(*lead), paragraph(noted)))
    noted = _("It's on its way to {member}, and the other moderators can see that you wrote.", member=member.name)
    head = _with_reminder(noted, follow_up)
    tail = _("If it can't be delivered, /cohort progress says why and what to do.")
    return Message(head, (paragraph(head), paragraph(tail, quiet=True)))


def to_copy(member: Member, words: str, follow_up: date | None) -> Message:
    noted = _with_reminder(_("Noted: you're writing to {member} yourself.", member=member.name), follow_up)
    copy = _("Here's your text to copy:")
    head = f"{noted} {copy}"
    return Message(head, (paragraph(head), paragraph(words)))


def logged(member: Member, outcome: OutreachResult, follow_up: date | None) -> Message:
    noted = _("Noted for {member}: {outcome}.", member=member.name, outcome=outcome_words(outcome))
    return Message(_with_reminder(noted, follow_up))


def _with_reminder(words: str, follow_up: date | None) -> str:
    if follow_up is None:
        return words
    again = _("I'll remind you on {day}, in the weekly digest.", day=short_day(follow_up))
    return f"{words} {again}"


def letter(cohort: Cohort, entry: Outreach, mention: bool) -> Message:
    """What the member gets: the moderator's words as they are, and whom to answer."""
    who: Span = Mention(entry.by) if mention else Strong(entry.by_name)
    lines = [paragraph(line) for line in entry.words.split("\n\n") if line.strip()]
    tail = spans(
        "From {moderator}, a moderator of {cohort}. Please answer them directly: nobody reads answers here.",
        moderator=who,
        cohort=cohort.name,
    )
    head = _("A message from {moderator} of {cohort}", moderator=entry.by_name, cohort=cohort.name)
    return Message(head, (*lines, paragraph(*tail)))
