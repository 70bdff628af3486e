"""`/cohort post`: send what is due now, or repair posts of a week in place."""

from cohort_bot.app import audit
from cohort_bot.app.access import MODERATOR
from cohort_bot.app.cohorts import next_week
from cohort_bot.app.commands import CommandSpec, Param, Role
from cohort_bot.app.delivery import edits, keys
from cohort_bot.app.delivery.ledger import materialise
from cohort_bot.app.options import UNKNOWN_MOST, Options
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes
from cohort_bot.app.words import post as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort


@changes(MODERATOR)
def post(services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Plan and send what is due now, and retry what could not be delivered; with `repair`, edit posted messages."""
    repair = Options(POST, invocation.args).number("repair", services.weeks(cohort))
    if repair is not None:
        return _repair(services.programmes, store, cohort, repair, invocation)
    again = store.deliveries.rearm(cohort.id, invocation.at)
    # Of a large cohort the rooms and the first members: the planner goes on with the others.
    materialise(store, services.programmes, [cohort.id], invocation.at, enough=lambda: True)
    waiting = store.deliveries.waiting(cohort.id, invocation.at)
    following = next_week(services.programmes, cohort, invocation)
    opens = None if following is None else (following, cohort.calendar.opens(following))
    return words.posting(cohort, again, waiting, opens)


def _repair(programmes: Programmes, store: Store, cohort: Cohort, number: int, invocation: Invocation) -> Reply:
    """Have a week's posts edited in place to match the present programme: the card, the paper, the gate. The invitation
    belongs to no week, so it is included each time.
    """
    programme = programmes.get(cohort.programme)
    if programme is None or programme.week(number) is None:
        raise words.no_week(number)
    rooms = store.cohorts.rooms(cohort.id)
    parts = {"opening": None, "gate": None, "paper": store.deliveries.sent_parts("paper", cohort.id).get(number)}
    cards = [keys.in_room(kind, cohort.id, number, room.id, part) for room in rooms for kind, part in parts.items()]
    posted = sum(edits.request(store, key, invocation.at) for key in cards)
    invited = sum(edits.request(store, key, invocation.at) for key in keys.invitations(rooms))
    if not posted and not invited:
        raise words.not_posted(number)
    audit.of_cohort(store, cohort, invocation, audits.REPAIRED, number=number)
    return words.repairing(cohort, number, posted)


REPAIR = N_("rewrite a week's posts and the invitation where they are")
POST = CommandSpec(
    "cohort.post",
    Role.MODERATOR,
    post,
    N_("Send what's due now, and retry what didn't arrive"),
    {"": "cohort post"},
    (Param("repair", "int", REPAIR, most=UNKNOWN_MOST, suggest="week"), COHORT),
)
ROWS = (POST,)
