"""What came of rehearsing a programme: always said to be a simulation, with its assumptions."""

from collections.abc import Iterator, Mapping
from typing import Final

from cohort_bot.app.words import counts
from cohort_bot.app.words.lists import numbers
from cohort_bot.chat import formats
from cohort_bot.chat.i18n import N_, _, ngettext
from cohort_bot.chat.message import Heading, Message, bullets, paragraph
from cohort_bot.core.programme import Programme
from cohort_bot.core.rehearsal import Finding, Rehearsal

_SHOWN: Final = (4, 8, 13, 26, 52, 78, 104)

_FINDINGS: Final[Mapping[Finding, str]] = {
    Finding.TOO_MUCH: N_("Too much: most members wouldn't finish, or it takes much longer than other weeks: {weeks}."),
    Finding.TOO_LITTLE: N_("Very little to do, compared with other weeks: {weeks}."),
    Finding.REPEATED: N_("The same tasks as the week before: {weeks}."),
    Finding.NOTHING_TO_SHOW: N_("Nothing new to share since the week before: {weeks}."),
    Finding.PAPER_IN_A_FULL_WEEK: N_("A paper in a week that is already too much: {weeks}."),
    Finding.PAPER_OF_ANOTHER_PHASE: N_("A paper that belongs to another phase: {weeks}."),
    Finding.TWO_PAPERS: N_("More than one paper: {weeks}."),
}


def rehearsed(programme: Programme, result: Rehearsal) -> Message:
    """The whole result. It fits on a screen: the weeks to look at again, and the curve at some rounds."""
    head = title(programme)
    found = list(_found(result))
    return Message(
        head,
        (
            Heading(head),
            paragraph(assumptions(result), quiet=True),
            *(
                (paragraph(_("Weeks to take another look at:")), bullets(found))
                if found
                else (paragraph(_("No week stands out as too full, too empty or repetitive.")),)
            ),
            paragraph(_("Share of members who take part in that week or a later one (in most runs):")),
            bullets(_curve(programme, result)),
            paragraph(_("These are made-up members, not a forecast for your group."), quiet=True),
        ),
    )


def title(programme: Programme) -> str:
    return _("Simulation: {programme}", programme=programme.title)


def described(programme: Programme, result: Rehearsal) -> str:
    """What a picture of it shows, for those who don't see it."""
    return _(
        "Of {members}, all synthetic, {share} are there in the last of {weeks}.",
        members=counts.members(result.members),
        share=percent(result.there[-1][1]),
        weeks=counts.weeks(programme.length),
    )


def curve() -> str:
    return _("Take part in that week or a later one")


def bars() -> str:
    return _("Hours of each week: most get through the lower part")


def bar(number: int, minutes: int, share: float) -> str:
    """A week's hours, and how much of it most get done."""
    hours = formats.number(round(minutes / 60, 1))
    return _("Week {number}: {hours} h, {share} done by most", number=number, hours=hours, share=percent(share))


def assumptions(result: Rehearsal) -> str:
    """What the members were like; a picture of the result has it, too."""
    assumed = result.assumptions
    low, high = (f"{share * result.median_minutes / 60:.1f}" for share in assumed.hours)
    times = formats.number(assumed.behind)
    who = ngettext(
        "{n} synthetic member, {runs} runs, seed {seed}.",
        "{n} synthetic members, {runs} runs, seed {seed}.",
        result.members,
        runs=result.runs,
        seed=result.seed,
    )
    time = _(
        "Assumed: each has {low} to {high} hours per week, and none at all in {away} of weeks.",
        low=low,
        high=high,
        away=percent(assumed.away),
    )
    leaving = _(
        "{first} leave in each of the first four weeks and {later} in each later one; the risk is {times} times as "
        "high for those who got through less than half of their last four weeks.",
        first=percent(assumed.leave_first),
        later=percent(assumed.leave_later),
        times=times,
    )
    return f"{who} {time} {leaving}"


def percent(share: float) -> str:
    """Put in as a whole: "% of" in a sentence would look like a format of Python's to the tools of translators."""
    return _("{number}\N{NO-BREAK SPACE}%", number=formats.number(round(100 * share, 1)))


def _found(result: Rehearsal) -> Iterator[str]:
    for finding, sentence in _FINDINGS.items():
        affected = [number for number, what in result.findings if what is finding]
        if affected:
            yield _(sentence, weeks=numbers(affected))


def _curve(programme: Programme, result: Rehearsal) -> Iterator[str]:
    """Some weeks of the curve, the last one among them."""
    for number in (*(each for each in _SHOWN if each < programme.length), programme.length):
        low, middle, high = (round(100 * share) for share in result.there[number - 1])
        yield _("Week {number}: {middle} % ({low}–{high} %)", number=number, middle=middle, low=low, high=high)
