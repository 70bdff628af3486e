"""What the board's page *Today* shows: how the cohort stands, and whom a moderator writes to, with the message."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cohort_bot.app.access import PAGE_FOR_MODERATORS
from cohort_bot.app.commands import Role
from cohort_bot.app.delivery.alerts import undelivered
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.outreach import Suggestion, suggestions
from cohort_bot.app.queries.standing import LOOK_AGAIN, Record, Standing, by_urgency, read_record, standings
from cohort_bot.app.services import Services
from cohort_bot.app.words import board_today as words
from cohort_bot.app.words import cohort_progress as progress_words
from cohort_bot.app.words import digest as digest_words
from cohort_bot.app.words import outreach as outreach_words
from cohort_bot.chat.form import Form
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Button, Span
from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.membership import Cohort, Member, last_round
from cohort_bot.core.outreach_order import Why

Line = Sequence[Span]


@dataclass(frozen=True, slots=True)
class Need:
    """Somebody to write to: why, what is known of them, the message to them, ready to send, and what puts them off."""

    member: Member
    why: str
    known: Sequence[Line]
    form: Form
    not_now: Button


@dataclass(frozen=True, slots=True)
class Resting:
    """Somebody who needs a person, but not today: what is known of them, and what opens a message to them."""

    member: Member
    known: Sequence[Line]
    write: Button


@dataclass(frozen=True, slots=True)
class Today:
    """The page. `nobody` is said in place of `needs`; `later` are those who need somebody and are left in peace today,
    `blockers` members with what blocks them.
    """

    cohort: Cohort
    title: str
    stands: Line
    problems: Sequence[str]
    needs_heading: str
    needs: Sequence[Need]
    nobody: str
    later_heading: str
    later: Sequence[Resting]
    blockers_heading: str
    blockers: Sequence[tuple[Member, str]]
    failures_heading: str
    failures: Sequence[Line]
    retry: Button
    more: Sequence[Button]


async def today_page(services: Services, invocation: Invocation) -> Today:
    """Read for a moderator of the cohort, also of one that has ended."""

    def read(store: Store, cohort: Cohort) -> _Read:
        return _Read(
            read_record(store, cohort, invocation.at, services.weeks(cohort)),
            store.checkins.newest(cohort.id),
            store.outreach.put_off(cohort.id, invocation.actor.user),
            {why: store.outreach.template(cohort.id, invocation.actor.user, why) for why in Why},
            undelivered(store, cohort),
        )

    found = await services.bound(Role.MODERATOR, None).read(invocation, PAGE_FOR_MODERATORS, read)
    cohort = found.record.cohort
    problems = []
    if services.programmes.get(cohort.programme) is None:
        finding = digest_words.no_programme_finding(cohort)
        problems = [f"{finding.problem} {finding.cure}"]
    return await asyncio.to_thread(_today, found, problems, invocation)


@dataclass(frozen=True, slots=True)
class _Read:
    record: Record
    newest: Mapping[int, CheckIn]
    put_off: Mapping[int, datetime]
    templates: Mapping[Why, str | None]
    failures: Sequence[progress_words.Failure]


def _today(found: _Read, problems: Sequence[str], invocation: Invocation) -> Today:
    record = found.record
    cohort, calendar = record.cohort, record.cohort.calendar
    people = standings(record)
    last = last_round(record.weeks, record.members)
    number = min(calendar.latest(record.at), last)
    begun = cohort.active and number > 0 and bool(people)
    now = suggestions(record, people, found.put_off, invocation.actor.user) if begun else []
    named = {each.standing.member.id for each in now}
    urgent = by_urgency(people, calendar.today(record.at)) if begun else []
    later = [_resting(found, each) for each in urgent if each.risks and each.member.id not in named]
    blockers = [
        (member, words.blocker_line(round_, blocker))
        for member, round_, blocker in progress_words.open_blockers(people)
    ]
    return Today(
        cohort,
        words.title(cohort, number),
        words.stands(cohort, number, people, record.at, last=number >= last),
        problems,
        words.needs_heading(len(now)),
        [_need(found, each, invocation) for each in now],
        (words.nobody_today() if later else progress_words.nobody_at_risk()) if begun else "",
        words.later_heading(len(later)),
        later,
        progress_words.blockers_heading(len(blockers)),
        blockers,
        progress_words.failures_heading(len(found.failures)),
        progress_words.failure_lines(found.failures),
        progress_words.retry_button({"id": str(cohort.id)}),
        words.more(cohort, begun=begun),
    )


def _need(found: _Read, suggestion: Suggestion, invocation: Invocation) -> Need:
    cohort, standing = found.record.cohort, suggestion.standing
    member, newest = standing.member, found.newest.get(standing.member.id)
    known: list[Line] = [(progress_words.why_they_need(standing),)] if standing.risks else []
    known += outreach_words.known(standing, newest)
    if member.why:
        known.append((words.why_here(member.why),))
    follow = (cohort.calendar.today(invocation.at) + LOOK_AGAIN).isoformat()
    template = found.templates[suggestion.why] if suggestion.why else None
    text = outreach_words.prepared(template, cohort, standing, invocation.actor.name)
    form = outreach_words.write_form(cohort, member, "", {"text": text, "how": "bot"}, follow)
    return Need(member, words.why(suggestion), known, form, words.not_now(form.args))


def _resting(found: _Read, standing: Standing) -> Resting:
    cohort, member, at = found.record.cohort, standing.member, found.record.at
    known: list[Line] = [(progress_words.why_they_need(standing),), progress_words.written(standing.outreach)]
    if member.resting(cohort.calendar, max(1, len(standing.rounds)), at):
        known.append((words.on_break(),))
    if (until := found.put_off.get(member.id)) is not None and until > at:
        known.append(words.put_off(until))
    return Resting(member, known, progress_words.write_button(cohort, member))
