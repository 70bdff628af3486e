"""The buttons under a reminder that put it off: to tomorrow, or to the weekend."""

from cohort_bot.app.access import MEMBER
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.delivery import keys
from cohort_bot.app.delivery.message_cap import SNOOZE, heard, may_snooze, reminders
from cohort_bot.app.options import whole_number
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.services import Services, changes
from cohort_bot.app.words import snooze as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.nudges import night, snoozes


@changes(MEMBER)
def snooze(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Remind the member again later in the round, in place of its second reminder; pressed again, the instant moves."""
    calendar, at, zone = cohort.calendar, invocation.at, member.account.zone
    number = whole_number(invocation.args.get("round", ""))
    if not number or calendar.open(at) != number:
        raise words.round_closed(cohort)
    week = member.week(number)
    if store.checkins.get(member.id, number) is not None:
        raise words.checked_in_already(week)
    if not member.account.reminders:
        raise words.reminders_off(member.account.platform)
    if not may_snooze(reminders(heard(store, calendar, member.account.id, at), number, member.id)):
        raise words.both_sent(week)
    due = snoozes(calendar, number, zone, at).get(invocation.args.get("to", ""))
    if due is None:
        raise words.too_late(week, calendar.closes(number), zone)
    if member.resting(calendar, number, due):
        raise words.on_break_then()
    key, expires = keys.of_member(SNOOZE, cohort.id, number, member.id), min(calendar.closes(number), night(due, zone))
    store.deliveries.add([NewDelivery.to_member("snooze", key, member, due, round=number, expires=expires)])
    if (row := store.deliveries.by_key(key)) is not None:  # it may have been put off before, and dropped since
        store.deliveries.renew(row, due)
    if row is None or not store.deliveries.postpone(row, due, expires):
        raise words.both_sent(week)
    return words.snoozed(cohort, number, week, due)


ROWS = (CommandSpec("snooze", Role.MEMBER, snooze),)
