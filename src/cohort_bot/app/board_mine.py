"""A member's own page on the board, and the portfolio that they can keep: their whole record, and nobody else's."""

from collections.abc import Sequence
from dataclasses import dataclass

from cohort_bot.app.access import PAGE_FOR_MEMBERS
from cohort_bot.app.cohorts import read_programme
from cohort_bot.app.commands import Role
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.portfolio import Portfolio, collect
from cohort_bot.app.services import Services
from cohort_bot.app.words import board_mine as words
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.progress import by_week


@dataclass(frozen=True, slots=True)
class Mine:
    """The record as a whole, and by phase."""

    folio: Portfolio
    phases: Sequence[words.PhasePart]

    @property
    def begun(self) -> Sequence[words.PhasePart]:
        """The phases in which something was finished, or looked back on."""
        return [each for each in self.phases if each.actions or each.worked or each.answers]


async def mine_page(services: Services, invocation: Invocation) -> Mine:
    """The actor's own record, also after they left."""

    def read(store: Store, cohort: Cohort, member: Member) -> Mine:
        programme = read_programme(services.programmes, store, cohort)
        folio = collect(store, cohort, programme, member, invocation.at)
        statuses = by_week(member, folio.rounds)
        return Mine(folio, [words.part(folio, phase, statuses) for phase in programme.phases])

    return await services.bound(Role.MEMBER, None).read(invocation, PAGE_FOR_MEMBERS, read)
