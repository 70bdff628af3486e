"""`/cohort board`: a one-time link to the cohort's board in the browser; members get one to their own page."""

from cohort_bot.app import board_links
from cohort_bot.app.access import MEMBER_OR_FORMER, MODERATOR_ALSO_OF_ENDED
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes
from cohort_bot.app.words import board as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort, Member


@changes(MODERATOR_ALSO_OF_ENDED)
def board(services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Answer with a link to the board."""
    return words.link(cohort, _link(services, invocation, store, cohort, "today"))


@changes(MEMBER_OR_FORMER)
def own(services: Services, invocation: Invocation, store: Store, cohort: Cohort, _member: Member) -> Reply:
    """Answer with a link to the member's own page."""
    return words.own_link(cohort, _link(services, invocation, store, cohort, "mine"))


def _link(services: Services, invocation: Invocation, store: Store, cohort: Cohort, page: str) -> str:
    if not services.board_url:
        raise words.no_address()
    return f"{services.board_url}/enter?t={board_links.make(store, invocation, cohort, page)}"


ROWS = (
    CommandSpec(
        "cohort.board",
        Role.MODERATOR,
        board,
        N_("Open the cohort's board in the browser"),
        {"": "cohort board"},
        (COHORT,),
    ),
    CommandSpec("progress.page", Role.MEMBER, own),
)
