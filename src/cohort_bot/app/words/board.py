"""The board: the links to it in chat, and what stands on its pages."""

from collections.abc import Sequence

from cohort_bot.app.errors import PersonError
from cohort_bot.app.queries.standing import Standing
from cohort_bot.app.words.counts import hours, members, rounds
from cohort_bot.app.words.counts import minutes as counts_minutes
from cohort_bot.app.words.lists import numbers
from cohort_bot.app.words.risks import reason
from cohort_bot.app.words.statuses import status_name
from cohort_bot.chat import formats
from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.chat.message import Button, Link, Message, paragraph
from cohort_bot.core.checkins import Status
from cohort_bot.core.comparison import Comparison
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Phase, Week
from cohort_bot.core.progress import Turnout


def link(cohort: Cohort, url: str) -> Message:
    return _once(_("Open the board of {cohort}", cohort=cohort.name), url)


def own_link(cohort: Cohort, url: str) -> Message:
    return _once(_("Open your page of {cohort}", cohort=cohort.name), url)


def _once(text: str, url: str) -> Message:
    hint = _("The link works once, within ten minutes, and is only for you.")
    return Message(text, (paragraph(Link(text, url)), paragraph(hint, quiet=True)))


def board_button(cohort: Cohort) -> Button:
    return Button(_("Open the board"), "cohort.board", {"id": str(cohort.id)})


def own_button(cohort: Cohort) -> Button:
    return Button(_("See it as a page"), "progress.page", {"id": str(cohort.id)})


def no_address() -> PersonError:
    return PersonError(
        _(
            "There's no board here yet. Whoever hosts this bot can turn it on: set PORT, and PUBLIC_URL to its https "
            "address."
        )
    )


def pages() -> dict[str, str]:
    """The pages' names, in order."""
    return {
        "today": _("Today"),
        "cohort": _("Cohort"),
        "calendar": _("Calendar"),
        "programme": _("Programme"),
    }


def sign_in_title() -> str:
    return _("Open the board")


def sign_in_text() -> str:
    return _("This link is only for you, and works once.")


def link_used() -> str:
    return _("This link has been used or is too old. Type /cohort board, or press its button in chat, for a new one.")


def session_over() -> str:
    return _("You're signed out. Type /cohort board, or press its button in chat, for a new link.")


def not_there() -> str:
    return _("There's no such page, or it isn't for you.")


def cannot_check() -> str:
    return _("I can't check right now whether you're still a moderator. Please try again in a minute.")


def sign_out() -> str:
    return _("Sign out")


def back() -> str:
    return _("Back")


def skip_to_content() -> str:
    return _("Skip to the content")


def filters(phases: Sequence[Phase]) -> dict[str, str]:
    """Whom the cohort's page can show."""
    shown = {
        "all": _("everyone"),
        "need": _("who needs someone"),
        "blocker": _("who has an open blocker"),
        "rest": _("who is on a break or excused"),
    }
    return shown | {f"phase:{each.id}": each.title for each in phases}


def show_who() -> str:
    return _("Show")


def orders() -> dict[str, str]:
    """How the members of the cohort's page can be sorted."""
    return {"need": _("who needs someone"), "name": _("name"), "phase": _("phase"), "streak": _("streak")}


def sort_by() -> str:
    return _("Sort by")


def name_has() -> str:
    return _("Name contains")


def apply() -> str:
    return _("Apply")


def members_heading() -> str:
    return _("Members by rounds")


def columns() -> tuple[str, str, str, str, str]:
    return _("Member"), _("Streak"), _("May miss"), _("Phase"), _("Rounds")


def shown_count(shown: int, all_members: int) -> str:
    if shown == all_members:
        return members(all_members)
    return ngettext("{shown} of {n} member", "{shown} of {n} members", all_members, shown=shown)


def reasons(standing: Standing) -> str:
    """Why somebody needs a person, in a line."""
    return "; ".join(map(reason, standing.risks))


def a_line(number: int) -> str:
    """How a row of rounds is broken where there is no room for it."""
    return _("A row continues below after {rounds}.", rounds=rounds(number))


def rounds_summary(statuses: Sequence[Status], first: int = 1) -> str:
    """A member's rounds from round `first` on in words: "missed 6, late 3, otherwise on time"."""
    by_status: dict[Status, list[int]] = {}
    for number, status in enumerate(statuses, start=first):
        by_status.setdefault(status, []).append(number)
    by_status.pop(Status.AHEAD, None)
    if not by_status:
        return _("no round yet")
    most = max(by_status, key=lambda status: len(by_status[status]))
    parts = [
        _("{status} {rounds}", status=status_name(status), rounds=numbers(which))
        for status, which in by_status.items()
        if status is not most
    ]
    if not parts:
        return _("always {status}", status=status_name(most))
    return _("{parts}; otherwise {status}", parts="; ".join(parts), status=status_name(most))


def trend_heading() -> str:
    return _("Who checks in")


def trend_text(trend: Sequence[Turnout]) -> str:
    """The newest round and the one before, in a sentence."""
    if not trend:
        return _("The first round hasn't opened yet.")
    return " ".join(
        _("Round {round}: {made} of {all} checked in.", round=each.round, made=each.made, all=each.of)
        for each in reversed(trend[-2:])
    )


def trend_note() -> str:
    return _("Of those for whom the round counts; the newest one may still be open. Who has left counts up to then.")


def stay_heading() -> str:
    return _("Who stays")


def stay_text(begun: int, counts: Sequence[int]) -> str:
    """The curve in a sentence."""
    if not counts:
        return _("The first round isn't over yet.")
    return ngettext(
        "Of {n} person so far, {there} checked in for round {round} or later.",
        "Of {n} people so far, {there} checked in for round {round} or later.",
        begun,
        there=counts[-1],
        round=len(counts),
    )


def stay_note() -> str:
    return _("Anyone who comes back counts for every round before.")


def learners_label() -> str:
    return _("distance learners")


def courses_label() -> str:
    return _("free online courses")


def comparisons(learners: Comparison, completed: float) -> list[tuple[str, Link]]:
    """What the two quiet lines are, and where the numbers are from."""
    dashed = _(
        "Dashed line: distance learners who paid for a course of nine months at the Open University. {people} were "
        "registered on the first day; {share} of them handed in something in week {week} or later. Later weeks are "
        "left out, as some of the courses had nothing more to hand in.",
        people=formats.number(learners.people),
        share=percent(learners.shares[-1]),
        week=len(learners.active),
    )
    dotted = _(
        "Dotted line: half of 221 free online courses were completed by fewer than {share} of those who enrolled.",
        share=_("{number}\N{NO-BREAK SPACE}%", number=formats.number(completed * 100)),
    )
    oulad = _("Counted from OULAD (Kuzilek, Hlosta and Zdrahal 2017, CC BY 4.0)")
    return [
        (dashed, Link(oulad, "https://doi.org/10.1038/sdata.2017.171")),
        (dotted, Link(_("Jordan 2015"), "https://doi.org/10.19173/irrodl.v16i3.2112")),
    ]


def rounds_heading() -> str:
    return _("Round by round")


def round_columns() -> tuple[str, ...]:
    """Of the numbers beside the pictures."""
    return _("Round"), _("Checked in"), _("Of"), _("Then or later"), _("Share"), _("Distance learners")


def percent(share: float) -> str:
    return _("{number}\N{NO-BREAK SPACE}%", number=round(share * 100))


def nobody_named() -> str:
    return _("Nobody in this cohort is like that.")


def coming_heading() -> str:
    return _("The next twelve weeks")


def calendar_columns() -> tuple[str, str, str]:
    return _("Opens"), _("Week"), _("Paper")


def weeks_off(number: int) -> str:
    return ngettext("{n} week off before it", "{n} weeks off before it", number)


def nothing_coming() -> str:
    return _("No more posts are planned.")


def calendar_actions() -> dict[str, str]:
    """What can be changed on the calendar: commands with their labels."""
    return {
        "cohort.holiday": _("Give weeks off"),
        "cohort.skip": _("Skip the next card"),
        "cohort.pick": _("Pick a paper"),
        "cohort.edit": _("Edit the cohort"),
        "cohort.announce": _("Announce something"),
    }


def programme_actions() -> dict[str, str]:
    """Commands for the programmes of the workspace, with their labels."""
    return {
        "cohort.programme.list": _("All programmes"),
        "cohort.programme.add": _("Add a programme"),
    }


def week_heading(week: Week) -> str:
    return _("Week {number}: {title}", number=week.number, title=week.title)


def week_hours(number: int) -> str:
    return hours(number)


def task_minutes(minutes: int | None) -> str:
    return counts_minutes(minutes) if minutes else ""


def share_this(week: Week) -> str:
    return _("Share: {what}", what=week.share)


def rounds_legend() -> list[tuple[Status, str]]:
    """The meaning of each shape."""
    return [(status, status_name(status)) for status in Status if status not in {Status.AHEAD, Status.OUTSIDE}]
