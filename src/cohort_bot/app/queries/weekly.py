"""The changes in a cohort since its moderators' last digest, a round ago."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cohort_bot.app.ports.audits import Change
from cohort_bot.app.ports.outreach import Outreach
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.quiet import QuietGroup, quiet_groups, quiet_rooms
from cohort_bot.app.queries.standing import Standing, of_former, read_record, standings
from cohort_bot.core.membership import Cohort, Member, Room
from cohort_bot.core.nudges import settled_at
from cohort_bot.core.progress import Turnout, turnouts

CHANGES_MOST = 8


@dataclass(frozen=True, slots=True)
class Week:
    """One round's changes. `before` is the turnout of the round before, `still` are those who were and are at risk;
    `overdue` are outreaches whose day to look again has come, `silent` rooms and `silent_groups` small groups that have
    gone quiet, `changes` the newest that moderators made, `names` the members that these are about.
    """

    turnout: Turnout
    before: Turnout | None
    newly: Sequence[Standing]
    still: Sequence[Member]
    recovered: Sequence[Member]
    joined: Sequence[Member]
    left: Sequence[Member]
    blockers: Sequence[Standing]
    overdue: Sequence[tuple[Member, Outreach]]
    parked: int
    written: int
    changes: Sequence[Change]
    names: Mapping[int, str]
    silent: Sequence[Room] = ()
    silent_groups: Sequence[QuietGroup] = ()

    @property
    def quiet(self) -> bool:
        """Whether nothing needs a moderator's attention."""
        people = self.newly or self.blockers or self.overdue or self.still
        return not (people or self.parked or self.silent or self.silent_groups)

    @property
    def changed(self) -> bool:
        """Whether there is anything to tell: who needed somebody the week before and has not been written to since is
        in `/cohort progress`, and in the next digest that comes.
        """
        if self.before is None or (self.turnout.made, self.turnout.of) != (self.before.made, self.before.of):
            return True
        people = (self.newly, self.recovered, self.joined, self.left, self.blockers, self.overdue)
        silent = self.silent or self.silent_groups
        return any(people) or bool(self.parked or self.written or self.changes or silent)


def changes(store: Store, cohort: Cohort, number: int, at: datetime, weeks: int) -> Week | None:
    """What changed in round `number`, as of `at`; None for a cohort in which nobody is."""
    calendar = cohort.calendar
    since = settled_at(calendar, number - 1) if number > 1 else cohort.created_at - timedelta(milliseconds=1)
    record = read_record(store, cohort, at, weeks)
    now = standings(record)
    # What happens after the hour of the digest is the next one's, also when this one is late.
    until = settled_at(calendar, number)
    left = [each for each in store.members.left_since(cohort.id, since) if each.ended_at and each.ended_at <= until]
    if not now and not left:
        return None
    earlier = replace(record, at=since, blockers=store.checkins.newest_blockers(cohort.id, since))
    before = {each.member.id: bool(each.risks) for each in standings(earlier)}
    at_risk = [each for each in now if each.risks]
    made = store.audits.newest(cohort.id, CHANGES_MOST, since)
    today = calendar.today(at)
    rounds = [*(each.rounds for each in now), *of_former(store, record, calendar.opens(max(1, number - 1)))]
    return Week(
        turnout=turnouts(rounds, [number])[0],
        before=turnouts(rounds, [number - 1])[0] if number > 1 else None,
        newly=[each for each in at_risk if not before[each.member.id]],
        still=[each.member for each in at_risk if before[each.member.id]],
        recovered=[each.member for each in now if before[each.member.id] and not each.risks],
        joined=[each.member for each in now if since < each.member.joined_at <= until],
        left=left,
        blockers=[each for each in now if each.blocker and record.filed[each.member.id][each.blocker[0]] > since],
        overdue=[
            (each.member, each.outreach)
            for each in now
            if each.outreach and each.outreach.follow_up and each.outreach.follow_up <= today
        ],
        parked=len(store.deliveries.parked(cohort.id)),
        written=store.outreach.count_since(cohort.id, since),
        silent=quiet_rooms(store, cohort, number),
        silent_groups=quiet_groups(store, cohort, number),
        changes=made,
        names=names_of(store, made),
    )


def names_of(store: Store, changes: Iterable[Change]) -> Mapping[int, str]:
    """The names of the members that changes are about, by their row."""
    rows = {change.member_id for change in changes if change.member_id}
    return {row: member.name for row in rows if (member := store.members.get(row))}
