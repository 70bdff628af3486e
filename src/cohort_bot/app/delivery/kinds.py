"""Everything that is posted automatically, one row a kind: for how long it is worth sending, and what it says.

A kind's `compose` is called when the row is first claimed. It returns None when the message is no longer wanted: the
member has checked in meanwhile, a newer opening has come due.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from cohort_bot.app.delivery import group_posts, keys, message_cap, paper_meetings
from cohort_bot.app.delivery.kind import Kind, Scene
from cohort_bot.app.delivery.message_cap import MOST_DIRECT, Direct, may_snooze, one_too_many
from cohort_bot.app.delivery.planner import SILENT_AFTER
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.audits import Change
from cohort_bot.app.ports.checkins import Rounds
from cohort_bot.app.ports.outreach import OutreachResult
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery, NewDelivery, Store
from cohort_bot.app.queries import weekly
from cohort_bot.app.queries.portfolio import collect
from cohort_bot.app.queries.programme import as_read, said
from cohort_bot.app.queries.standing import history_of
from cohort_bot.app.words import alerts as alerts_words
from cohort_bot.app.words import announce as announce_words
from cohort_bot.app.words import archive as archive_words
from cohort_bot.app.words import digest as digest_words
from cohort_bot.app.words import greetings as greetings_words
from cohort_bot.app.words import old_questions as old_questions_words
from cohort_bot.app.words import outcomes as outcomes_words
from cohort_bot.app.words import outreach as outreach_words
from cohort_bot.app.words import portfolio as portfolio_words
from cohort_bot.app.words import posts as posts_words
from cohort_bot.app.words import record_changes as record_changes_words
from cohort_bot.app.words import reminders as reminders_words
from cohort_bot.app.words import schedule as schedule_words
from cohort_bot.app.words import shared_checkin as shared_checkin_words
from cohort_bot.app.words import stalled as stalled_words
from cohort_bot.app.words import week as week_words
from cohort_bot.app.words import weekly as weekly_words
from cohort_bot.chat.message import Message
from cohort_bot.core import recall
from cohort_bot.core.answers import blocker
from cohort_bot.core.checkins import CheckIn, Status, history, streak
from cohort_bot.core.delivery_states import State
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Member
from cohort_bot.core.nudges import CLOSING, nudges, offered_snoozes
from cohort_bot.core.programme import Task

LATE = timedelta(hours=1)
"""An opening posted later than this mentions the delay."""


class Undeclared(Exception):
    """A kind goes to a person, and its row does not say how it counts: a mistake in the code."""


def compose(scene: Scene) -> Message | None:
    """The message of the row, None when it is not wanted, or its reader has had enough of the bot in this round."""
    kind = KINDS[scene.row.kind]
    if kind.feature is not None and kind.feature not in scene.cohort.features:
        return None
    if not scene.direct:
        return kind.compose(scene)
    if kind.direct is None:
        raise Undeclared(scene.row.kind)
    if kind.direct is not Direct.CAPPED:
        return kind.compose(scene)
    message = kind.compose(scene) if _may_disturb(scene) else None
    return message if message and _counted(scene) < MOST_DIRECT else None


def _counted(scene: Scene) -> int:
    """How many messages its reader has got in this round that count."""
    others = (row for row in scene.heard if row.key != scene.row.key)
    return sum(KINDS[row.kind].direct is not Direct.FREE for row in others)


def _may_disturb(scene: Scene) -> bool:
    """Whether the reader wants to hear from the bot: they have not stopped it, left, or taken a break."""
    if scene.row.member_id is None:
        reader = scene.store.people.get(scene.row.account_id or 0)
        return reader is not None and reader.reminders
    member, calendar = scene.member, scene.cohort.calendar
    newest = max(1, calendar.latest(scene.at))
    return member.active and member.account.reminders and not member.resting(calendar, newest, scene.at)


def _opening(scene: Scene) -> Message | None:
    calendar, length = scene.cohort.calendar, scene.programme.length
    if scene.number > length or min(calendar.latest(scene.at), length) > scene.number:
        return None
    missed = []
    for number in range(scene.number - 1, 0, -1):
        before = scene.store.deliveries.by_key(keys.opening(scene.cohort.id, number, scene.row.room_id or 0))
        if before is None or before.state is not State.SKIPPED:
            break
        if before.reason is None or before.reason.missed:
            missed.append(number)
    late = scene.row.due if scene.at - scene.row.due > LATE else None
    return week_words.opening(
        scene.cohort, scene.programme, scene.number, scene.row.platform, late=late, missed=missed[::-1]
    )


def _own_week(scene: Scene) -> Message | None:
    member = scene.member
    if not member.active or not member.account.reminders:
        return None
    if member.on_break(scene.cohort.calendar.dates(scene.number)):
        return None  # Nothing is sent during a break; /plan still shows the week.
    intro = week_words.own_intro(scene.cohort, scene.number)
    button = week_words.check_in_button(scene.cohort, scene.number)
    intros = (intro, *reminders_words.planned(scene.store.checkins.of_member(member.id)))
    return week_words.plan(scene.programme, member.week(scene.number), (button,), intros)


def _paper(scene: Scene) -> Message | None:
    programme = as_read(scene.store, scene.cohort.id, scene.programme)
    papers = programme.papers_of(scene.number)
    if not papers:
        return None
    return week_words.paper(papers[0], posted=True, button=week_words.read_button(scene.cohort, scene.number))


def _gate(scene: Scene) -> Message | None:
    phase = scene.programme.phase_of(scene.number)
    return week_words.gate(scene.cohort, phase) if phase and phase.gate else None


def _own_gate(scene: Scene) -> Message | None:
    """The end of a phase for a member who is not on the cohort's week."""
    member = scene.member
    phase = scene.programme.phase_of(member.week(scene.number))
    resting = member.on_break(scene.cohort.calendar.dates(scene.number))
    if phase is None or phase.gate is None or not member.active or not member.account.reminders or resting:
        return None
    return week_words.gate(scene.cohort, phase)


def _portfolio(scene: Scene) -> Message | None:
    """At the end of a member's last week; not when they have slowed down and it is no longer the last."""
    member = scene.member
    if not member.active or member.week(scene.number + 1) <= scene.programme.length:
        return None
    return portfolio_words.graduated(collect(scene.store, scene.cohort, scene.programme, member, scene.at))


def _export(scene: Scene) -> Message:
    """The record that somebody asked for, also after they have left."""
    return portfolio_words.exported(collect(scene.store, scene.cohort, scene.programme, scene.member, scene.at))


def _graduation(scene: Scene) -> Message:
    members = scene.store.members.in_cohort(scene.cohort.id)
    return week_words.graduation(scene.cohort, scene.programme, len(members), scene.row.platform)


def _digest(scene: Scene) -> Message | None:
    calendar, number = scene.cohort.calendar, scene.number
    made = {
        each.member_id: each for each in scene.store.checkins.of_cohort(scene.cohort.id, number) if each.round == number
    }
    members = [m for m in scene.store.members.in_cohort(scene.cohort.id) if m.first_round <= number or m.id in made]
    resting = [m for m in members if m.id not in made and m.on_break(calendar.dates(number))]
    if not members:
        return None
    blockers = [
        (m.name, words)
        for m in members
        if m.id in made and made[m.id].share_blocker and (words := blocker(made[m.id].blockers))
    ]
    of = len(members) - len(resting)
    count = sum(m.id in made for m in members)
    last = number >= scene.programme.length
    return digest_words.digest(number, count, of, len(resting), blockers[:10], last=last)


def _nudge(scene: Scene) -> Message | None:
    member, number, calendar = scene.member, scene.number, scene.cohort.calendar
    record = _record(scene, member)
    if number in record.filed or number in record.excused or scene.at >= calendar.closes(number):
        return None
    rounds = _rounds(scene, member, record)
    if _silent(rounds):
        return None
    reminders = message_cap.reminders(scene.heard, number, member.id)
    if one_too_many(reminders, scene.row.key, scene.at):
        return None
    counted = [status for status in rounds if status.counted]
    made = _made(scene, member)
    task = _first_step(scene, member, made)
    may = may_snooze(reminders, scene.row.key)
    offered = offered_snoozes(calendar, number, member.account.zone, scene.at) if may else frozenset()
    if scene.row.part == CLOSING:
        return reminders_words.last_nudge(scene.cohort, number, member, task, made, offered)
    changed = (counted[-1], streak(rounds)) if counted and not counted[-1].made else None
    return reminders_words.nudge(scene.cohort, number, member, task, made, offered, changed)


def _record(scene: Scene, member: Member) -> Rounds:
    """Which rounds they have checked in for, at the instant of the message."""
    record = scene.store.checkins.rounds(member.id)
    return replace(record, filed={number: at for number, at in record.filed.items() if at <= scene.at})


def _made(scene: Scene, member: Member) -> Sequence[CheckIn]:
    """Their check-ins at the instant of the message: one that is composed again says what it said then."""
    return [each for each in scene.store.checkins.of_member(member.id) if each.filed_at <= scene.at]


def _first_step(scene: Scene, member: Member, made: Sequence[CheckIn]) -> Task | None:
    """The open task of their week to begin with; some may be done already when the week is repeated."""
    number = member.week(scene.number)
    week = scene.programme.week(number)
    done = {task.text for each in made if each.week == number for task in each.tasks if task.done}
    return week.first_step(done) if week else None


def _mention(scene: Scene) -> Message | None:
    """In place of a reminder that could not come directly, for members who opted in; dropped when it would be."""
    nudge = scene.store.deliveries.by_key(scene.row.args["nudge"])
    member = scene.member
    if nudge is None or not member.account.mention or compose(replace(scene, row=nudge.what)) is None:
        return None
    return reminders_words.mention(scene.cohort, scene.number, member)


def _rounds(scene: Scene, member: Member, record: Rounds) -> tuple[Status, ...]:
    return history(scene.cohort.calendar, member, record.filed, scene.at, record.excused, weeks=scene.programme.length)


def _silent(rounds: tuple[Status, ...]) -> bool:
    counted = [status for status in rounds if status.counted]
    return len(counted) >= SILENT_AFTER and not any(status.made for status in counted[-SILENT_AFTER:])


def _comeback(scene: Scene) -> Message | None:
    """The one message after two missed rounds; another is sent only after they have checked in and missed two again."""
    member, number = scene.member, scene.number
    record = _record(scene, member)
    if number in record.filed or number - 1 in record.filed or number in record.excused:
        return None
    missed = _missed(_rounds(scene, member, record))
    if len(missed) != SILENT_AFTER:
        return None
    before = (keys.of_member("comeback", scene.cohort.id, each, member.id) for each in range(missed[0] + 1, number))
    rows = (scene.store.deliveries.by_key(key) for key in before)
    if any(row is not None and row.first_try is not None for row in rows):
        return None
    made = _made(scene, member)
    return reminders_words.comeback(scene.cohort, number, member, _first_step(scene, member, made), made)


def _missed(rounds: tuple[Status, ...]) -> list[int]:
    """The missed rounds since the last check-in, forgiven or not."""
    missed: list[int] = []
    for number, status in enumerate(rounds, start=1):
        if status.made:
            missed.clear()
        elif status.counted:
            missed.append(number)
    return missed


def _questions(scene: Scene) -> Message | None:
    """Not for somebody who has gone silent, and never in place of a reminder that may still come in the round."""
    member, number, calendar = scene.member, scene.number, scene.cohort.calendar
    record = _record(scene, member)
    newest = max(record.filed, default=0)
    if not member.questions or newest < number - SILENT_AFTER:
        return None
    waiting = [] if newest >= number else nudges(calendar, number, member.account.zone)
    if sum(nudge.at > scene.at for nudge in waiting) + _counted(scene) >= MOST_DIRECT:
        return None
    answers = scene.store.recall_answers.of_member(member.id)
    weeks = {each: record.weeks[each] for each in record.filed}
    asked, given = recall.card(scene.programme, calendar, weeks, answers, number)
    left = len(asked) - len(given)
    return old_questions_words.card(scene.cohort, number, asked, given, wanted=True) if left else None


def _check_ins(scene: Scene) -> Message:
    """One line in the room in place of a card that never comes; the shared check-ins go in its thread."""
    return shared_checkin_words.check_ins(scene.number)


def _shared(scene: Scene) -> Message | None:
    member = scene.member
    checkin = scene.store.checkins.get(member.id, scene.number)
    if checkin is None or not checkin.share_thread:
        return None
    return shared_checkin_words.shared(said(scene.programme, checkin), member.name)


def _joined(scene: Scene) -> Message | None:
    ids = (row.member_id or 0 for row in (scene.row, *scene.others))
    known = (scene.store.members.get(number) for number in ids)
    names = [member.name for member in known if member is not None and member.active]
    return greetings_words.hello(scene.cohort, names) if names else None


def _outreach(scene: Scene) -> Message | None:
    entry = scene.store.outreach.get(int(scene.row.args["entry"]))
    if entry is None or not entry.words or not scene.member.active:
        return None
    return outreach_words.letter(scene.cohort, entry, mention=scene.row.args["platform"] == scene.row.platform)


def _outcome(scene: Scene) -> Message | None:
    """About all that the moderator wrote on that day and that nobody has noted, or written about, since."""
    store, cohort, args = scene.store, scene.cohort, scene.row.args
    members = {member.id: member for member in store.members.in_cohort(cohort.id)}
    written = [
        (members[number], entry)
        for number, entry in store.outreach.newest(cohort.id).items()
        if number in members
        and entry.by == args["by"]
        and entry.outcome is OutreachResult.WAITING
        and cohort.calendar.today(entry.at).isoformat() == args["day"]
    ]
    return outcomes_words.question(cohort, written) if written else None


def _moderators(scene: Scene) -> Message | None:
    week = weekly.changes(scene.store, scene.cohort, scene.number, scene.at, scene.programme.length)
    if week is None or not week.changed:
        return None
    reader = scene.store.people.get(scene.row.account_id or 0)
    workspace = reader.workspace if reader else scene.cohort.workspace
    return weekly_words.digest(scene.cohort, week, scene.row.platform, workspace, board=scene.board)


def _join_card(scene: Scene) -> Message:
    return week_words.join_card(scene.cohort, scene.programme)


def _announce(scene: Scene) -> Message | None:
    """None once it was taken back."""
    words = scene.row.args.get("text")
    return announce_words.announcement(scene.cohort, words) if words else None


def _schedule(scene: Scene) -> Message | None:
    """Not wanted when the dates have changed again, or when the room never read of the change that it takes back."""
    change, store = schedule_words.from_args(scene.number, scene.row.args), scene.store
    undone = store.deliveries.by_key(scene.row.args["undoes"])
    if scene.row.args["undoes"] and (undone is None or undone.state not in {State.SENT, State.UNKNOWN}):
        return None
    if scene.cohort.calendar.opens(scene.number) != change.opens:
        return None
    if change.what in {"skipped", "unskipped"}:
        card = store.deliveries.by_key(keys.opening(scene.cohort.id, scene.number, scene.row.room_id or 0))
        skipped = card is not None and card.state is State.SKIPPED
        if skipped != (change.what == "skipped"):
            return None
    return schedule_words.notice(scene.cohort, change, scene.row.platform)


def _closing(scene: Scene) -> Message:
    return archive_words.closing(scene.cohort)


def _alert(scene: Scene) -> Message | None:
    """None once the problem is gone; an alert whose recipient could not be reached may arrive after both problems are
    over.
    """
    parked = scene.store.deliveries.parked(scene.cohort.id)
    args = scene.row.args
    reason, detail = DeliveryReason(args["reason"]), args["detail"] or None
    if not any((row.reason, row.detail) == (reason, detail) for row in parked):
        return None
    return alerts_words.alert(scene.cohort, reason, detail, args["cure"])


def _silent_lane(scene: Scene) -> Message:
    args = scene.row.args
    return stalled_words.silent(scene.cohort, datetime.fromisoformat(args["since"]), direct=bool(args["direct"]))


def _changed(scene: Scene) -> Message | None:
    change = scene.store.audits.get(int(scene.row.args["change"]))
    if change is None or (change.action == audits.REMOVED and _undone(scene, change)):
        return None
    run = streak(history_of(scene.store, scene.cohort, scene.member, scene.at, scene.programme.length))
    return record_changes_words.told(scene.cohort, change, run, scene.row.platform)


def _undone(scene: Scene, removal: Change) -> bool:
    """Whether the removal was undone before the member was told of it."""
    later = scene.store.audits.of_member(scene.member.id)
    return any(each.action == audits.RESTORED and each.at >= removal.at for each in later)


KINDS: Final[Mapping[str, Kind]] = {
    "join-card": Kind(posts_words.JOIN_CARD, _join_card),
    "opening": Kind(posts_words.OPENING, _opening, planned=True, opens_thread=True, ahead=True),
    "own-week": Kind(posts_words.OWN_WEEK, _own_week, planned=True, direct=Direct.THROUGH),
    "paper": Kind(posts_words.PAPER, _paper, timedelta(days=7), planned=True, opens_thread=True),
    "paper-meeting": Kind(
        posts_words.PAPER_MEETING,
        paper_meetings.announced,
        timedelta(days=7),
        quotes_members=True,
        feature=Feature.PAPER_CLUB,
        event=True,
    ),
    "paper-summary": Kind(
        posts_words.PAPER_SUMMARY,
        paper_meetings.what_about,
        timedelta(days=3),
        direct=Direct.CAPPED,
        feature=Feature.PAPER_CLUB,
    ),
    "paper-open": Kind(
        posts_words.PAPER_OPEN, paper_meetings.open_again, timedelta(days=7), feature=Feature.PAPER_CLUB, event=True
    ),
    "gate": Kind(posts_words.GATE, _gate, timedelta(days=7), planned=True),
    "own-gate": Kind(posts_words.OWN_GATE, _own_gate, planned=True, direct=Direct.THROUGH),
    "portfolio": Kind(posts_words.PORTFOLIO, _portfolio, planned=True, after_end=True, direct=Direct.THROUGH),
    "export": Kind(posts_words.EXPORT, _export, after_end=True, direct=Direct.FREE),
    "graduation": Kind(posts_words.GRADUATION, _graduation, planned=True, of_all=True),
    "digest": Kind(posts_words.DIGEST, _digest, timedelta(hours=24), planned=True, quotes_members=True, of_all=True),
    "moderators": Kind(
        posts_words.MODERATORS,
        _moderators,
        timedelta(days=3),
        planned=True,
        quotes_members=True,
        direct=Direct.THROUGH,
        of_all=True,
    ),
    "nudge": Kind(posts_words.NUDGE, _nudge, timedelta(hours=3), planned=True, mentioned=True, direct=Direct.CAPPED),
    "snooze": Kind(posts_words.SNOOZE, _nudge, timedelta(hours=3), mentioned=True, direct=Direct.CAPPED),
    "mention": Kind(posts_words.MENTION, _mention),
    "comeback": Kind(posts_words.COMEBACK, _comeback, planned=True, direct=Direct.CAPPED, remembered=True),
    "questions": Kind(posts_words.QUESTIONS, _questions, planned=True, direct=Direct.CAPPED, feature=Feature.QUESTIONS),
    "check-ins": Kind(posts_words.CHECK_INS, _check_ins, opens_thread=True),
    "shared": Kind(posts_words.SHARED, _shared, withdrawn=shared_checkin_words.taken_back),
    "group": Kind(
        posts_words.GROUP, group_posts.first, timedelta(days=7), quotes_members=True, apart=True, feature=Feature.GROUPS
    ),
    "group-thread": Kind(
        posts_words.GROUP_THREAD,
        group_posts.first,
        timedelta(days=7),
        opens_thread=True,
        quotes_members=True,
        feature=Feature.GROUPS,
    ),
    "group-silent": Kind(
        posts_words.GROUP_SILENT,
        group_posts.carries_on,
        timedelta(days=7),
        direct=Direct.CAPPED,
        feature=Feature.GROUPS,
    ),
    "joined": Kind(posts_words.JOINED, _joined, timedelta(days=1), quotes_members=True, gathers=True),
    "outreach": Kind(posts_words.OUTREACH, _outreach, timedelta(days=7), by_day=True, direct=Direct.THROUGH),
    "outcome": Kind(
        posts_words.OUTCOME,
        _outcome,
        timedelta(days=7),
        quotes_members=True,
        direct=Direct.CAPPED,
        feature=Feature.OUTREACH,
        of_all=True,
    ),
    "announce": Kind(posts_words.ANNOUNCE, _announce, timedelta(days=7), withdrawn=announce_words.withdrawn),
    "changed": Kind(posts_words.CHANGED, _changed, timedelta(days=7), after_end=True, direct=Direct.THROUGH),
    "schedule": Kind(posts_words.SCHEDULE, _schedule),
    "closing": Kind(posts_words.CLOSING, _closing, after_end=True, event=True),
    "alert": Kind(posts_words.ALERT, _alert, after_end=True, notice=True, direct=Direct.FREE),
    "silent": Kind(
        posts_words.SILENT, _silent_lane, timedelta(days=1), after_end=True, notice=True, direct=Direct.FREE
    ),
}

PLANNED: Final = frozenset(name for name, kind in KINDS.items() if kind.planned)
REMEMBERED: Final = frozenset(name for name, kind in KINDS.items() if kind.remembered)
QUOTING: Final = frozenset(name for name, kind in KINDS.items() if kind.quotes_members)


def spoken_for(store: Store, row: Delivery, at: datetime) -> list[NewDelivery]:
    """What a row of a kind that gathers also covers. On the first attempt, rows not tried yet are merged into this one
    and marked skipped; on a retry, the rows merged then are used again.
    """
    if not KINDS[row.what.kind].gathers:
        return []
    speaker, reason = str(row.id), DeliveryReason.GATHERED
    others = list(store.deliveries.skipped_like(row, reason, speaker))
    if row.first_try is None and row.state is State.READY:
        waiting = store.deliveries.untried_like(row, at)
        others += [each for each in waiting if store.deliveries.put(each, State.SKIPPED, reason, at, speaker)]
    return [each.what for each in others]
