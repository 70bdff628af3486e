"""The next week's card, dropped."""

from cohort_bot.app import audit, schedule
from cohort_bot.app.access import MODERATOR
from cohort_bot.app.cohorts import next_week
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.delivery.planner import opening_row
from cohort_bot.app.drafts import button, keep
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import buttons as buttons_words
from cohort_bot.app.words import schedule as schedule_words
from cohort_bot.app.words import skip as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Button
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Cohort


@reads(MODERATOR)
def skip(services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Ask before the next opening's card is dropped."""
    number = next_week(services.programmes, cohort, invocation)
    if number is None:
        raise words.no_card_left(cohort)
    if _skipped(store, cohort, number):
        raise words.already_skipped(number)
    args = {"id": str(cohort.id), "round": str(number)}
    yes = button(words.skip_card(number), "cohort.skip.yes", args, danger=True)
    told = schedule.offered(store, cohort, _change("skipped", cohort, number), invocation.actor.platform)
    opens, buttons = cohort.calendar.opens(number), schedule.buttons(yes)
    return words.skip_preview(cohort, number, opens, told, buttons, invocation.actor.platform)


def _change(what: schedule_words.What, cohort: Cohort, number: int) -> schedule_words.Change:
    opens = cohort.calendar.opens(number)
    return schedule_words.Change(what, number, opens, opens)


@changes(MODERATOR)
def skip_yes(services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Drop the card that was named."""
    number = next_week(services.programmes, cohort, invocation)
    if number is None or invocation.args.get("round") != str(number):
        raise words.card_gone()
    store.cohorts.replan(cohort.id, invocation.at)  # the row may exist already
    rows = [opening_row(cohort, number, room) for room in store.cohorts.rooms(cohort.id)]
    if not store.deliveries.skip(rows, DeliveryReason.BY_HAND, invocation.at):
        raise words.already_skipped(number)
    body = {"told": schedule.tell(store, cohort, invocation, _change("skipped", cohort, number))}
    args = {**keep(store, cohort, "cohort.skip.undo", body, invocation.at), "round": str(number)}
    audit.of_cohort(store, cohort, invocation, audits.SKIPPED, number=number)
    return words.skipped(cohort, number, Button(buttons_words.undo(), "cohort.skip.undo", args))


@changes(MODERATOR)
def skip_undo(services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Let a card come after all that was to be skipped."""
    number = next_week(services.programmes, cohort, invocation)
    if number is None or invocation.args.get("round") != str(number):
        raise words.opened_without_card(invocation.actor.platform)
    keys = [opening_row(cohort, number, room).key for room in store.cohorts.rooms(cohort.id)]
    if not store.deliveries.unskip(keys, DeliveryReason.BY_HAND):
        raise words.not_skipped(number)
    audit.of_cohort(store, cohort, invocation, audits.UNSKIPPED, number=number)
    store.cohorts.replan(cohort.id, invocation.at)
    if told := (store.draft(invocation.args.get("draft", "")) or {}).get("told"):
        schedule.tell(store, cohort, invocation, _change("unskipped", cohort, number), undoes=told)
    return words.unskipped(cohort, number, cohort.calendar.opens(number))


def _skipped(store: Store, cohort: Cohort, number: int) -> bool:
    rows = [store.deliveries.by_key(opening_row(cohort, number, room).key) for room in store.cohorts.rooms(cohort.id)]
    return all(row is not None and row.state is State.SKIPPED for row in rows)


ROWS = (
    CommandSpec("cohort.skip", Role.MODERATOR, skip, N_("Drop the next week's card"), {"": "cohort skip"}, (COHORT,)),
    CommandSpec("cohort.skip.yes", Role.MODERATOR, skip_yes),
    CommandSpec("cohort.skip.undo", Role.MODERATOR, skip_undo),
)
