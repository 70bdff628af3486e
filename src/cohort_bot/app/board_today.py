"""What the board's page *Today* shows: how the cohort stands, and whom a moderator writes to, with the message."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from cohort_bot.app.access import MODERATOR_ALSO_OF_ENDED
from cohort_bot.app.commands import Role
from cohort_bot.app.delivery.alerts import undelivered
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.standing import LOOK_AGAIN, Record, Standing, by_urgency, read_record, standings
from cohort_bot.app.services import Services
from cohort_bot.app.words import board_today as words
from cohort_bot.app.words import cohort_progress as progress_words
from cohort_bot.app.words import digest as digest_words
from cohort_bot.app.words import outreach as outreach_words
from cohort_bot.app.words.person import checkin_line
from cohort_bot.chat.form import Form
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Button, Span
from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.membership import Cohort, Member, last_round

Line = Sequence[Span]


@dataclass(frozen=True, slots=True)
class Need:
    """Somebody who needs a person: why, what is known of them, and the message to them, ready to send."""

    member: Member
    why: str
    known: Sequence[Line]
    form: Form


@dataclass(frozen=True, slots=True)
class Today:
    """The page. `nobody` is said in place of `needs`; `blockers` are members with what blocks them."""

    cohort: Cohort
    title: str
    stands: Line
    problems: Sequence[str]
    needs_heading: str
    needs: Sequence[Need]
    nobody: str
    blockers_heading: str
    blockers: Sequence[tuple[Member, str]]
    failures_heading: str
    failures: Sequence[Line]
    retry: Button
    more: Sequence[Button]


async def today_page(services: Services, invocation: Invocation) -> Today:
    """Read for a moderator of the cohort, also of one that has ended."""

    def read(store: Store, cohort: Cohort) -> tuple[Record, dict[int, CheckIn], list[progress_words.Failure]]:
        record = read_record(store, cohort, invocation.at, services.weeks(cohort))
        return record, dict(store.checkins.newest(cohort.id)), undelivered(store, cohort)

    allowed = services.bound(Role.MODERATOR, None)
    record, newest, failures = await allowed.read(invocation, MODERATOR_ALSO_OF_ENDED, read)
    problems = []
    if services.programmes.get(record.cohort.programme) is None:
        finding = digest_words.no_programme_finding(record.cohort)
        problems = [f"{finding.problem} {finding.cure}"]
    return await asyncio.to_thread(_today, record, newest, failures, problems, invocation)


def _today(
    record: Record,
    newest: dict[int, CheckIn],
    failures: Sequence[progress_words.Failure],
    problems: Sequence[str],
    invocation: Invocation,
) -> Today:
    cohort, calendar = record.cohort, record.cohort.calendar
    people = standings(record)
    last = last_round(record.weeks, record.members)
    number = min(calendar.latest(record.at), last)
    begun = cohort.active and number > 0 and bool(people)
    at_risk = [each for each in by_urgency(people, calendar.today(record.at)) if each.risks and begun]
    blockers = [
        (member, words.blocker_line(round_, blocker))
        for member, round_, blocker in progress_words.open_blockers(people)
    ]
    return Today(
        cohort,
        words.title(cohort, number),
        words.stands(cohort, number, people, record.at, last=number >= last),
        problems,
        progress_words.needs_heading(len(at_risk)),
        [_need(cohort, each, newest.get(each.member.id), invocation) for each in at_risk],
        progress_words.nobody_at_risk() if begun else "",
        progress_words.blockers_heading(len(blockers)),
        blockers,
        progress_words.failures_heading(len(failures)),
        progress_words.failure_lines(failures),
        progress_words.retry_button({"id": str(cohort.id)}),
        words.more(cohort, begun=begun),
    )


def _need(cohort: Cohort, standing: Standing, newest: CheckIn | None, invocation: Invocation) -> Need:
    member = standing.member
    checkin = words.newest_checkin(checkin_line(newest)) if newest else (words.no_checkin(),)
    known: list[Line] = [progress_words.written(standing.outreach), checkin]
    if member.why:
        known.append((words.why_here(member.why),))
    follow = (cohort.calendar.today(invocation.at) + LOOK_AGAIN).isoformat()
    draft = {"text": outreach_words.draft(cohort, standing, invocation.actor.name), "how": "bot"}
    return Need(
        member,
        progress_words.why_they_need(standing),
        known,
        outreach_words.write_form(cohort, member, "", draft, follow),
    )
