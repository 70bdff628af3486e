"""The command table: every feature's rows. Adding a command is its row in its feature's file and one line here."""

from collections.abc import Sequence

from cohort_bot.app import (
    checkin,
    cohort,
    help,  # noqa: A004 - a feature like the others
    home,
    join,
    outreach,
    overview,
    pause,
    plan,
    posting,
    profile,
    progress,
    roster,
    schedule,
    slip,
)
from cohort_bot.app.commands import Table
from cohort_bot.app.lookup import visible
from cohort_bot.app.services import Services
from cohort_bot.chat.form import Option
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core import zones
from cohort_bot.core.rounds import DAYS


async def _zones(_services: Services, _invocation: Invocation, typed: str) -> Sequence[Option]:
    return [Option(name, name.replace("_", " ")) for name in zones.suggest(typed)]


async def _cohorts(services: Services, invocation: Invocation, typed: str) -> Sequence[Option]:
    seen = await services.database.read(lambda store: visible(store, invocation))
    names = [whose.cohort.name for whose in seen if whose.cohort.active]
    return [Option(name, name) for name in names if typed.casefold() in name.casefold()]


async def _days(_services: Services, _invocation: Invocation, typed: str) -> Sequence[Option]:
    return [Option(day, day) for day in DAYS if day.casefold().startswith(typed.casefold())]


TABLE = Table(
    rows=(
        *join.ROWS,
        *checkin.ROWS,
        *plan.ROWS,
        *progress.ROWS,
        *overview.ROWS,
        *outreach.ROWS,
        *pause.ROWS,
        *slip.ROWS,
        *profile.ROWS,
        *cohort.ROWS,
        *schedule.ROWS,
        *roster.ROWS,
        *posting.ROWS,
        *home.ROWS,
        *help.ROWS,
    ),
    completers={"zone": _zones, "cohort": _cohorts, "day": _days, "member": roster.suggested},
)
