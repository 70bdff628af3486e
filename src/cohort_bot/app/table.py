"""The command table: every feature's rows. Adding a command is its row in its feature's file and one line here."""

from cohort_bot.app import (
    checkin,
    cohort,
    digestroom,
    help,  # noqa: A004 - a feature like the others
    home,
    join,
    outreach,
    overview,
    papers,
    pause,
    plan,
    posting,
    profile,
    progress,
    retrospective,
    room,
    roster,
    schedule,
    slip,
    suggest,
)
from cohort_bot.app.commands import Table

TABLE = Table(
    rows=(
        *join.ROWS,
        *checkin.ROWS,
        *plan.ROWS,
        *papers.ROWS,
        *progress.ROWS,
        *overview.ROWS,
        *outreach.ROWS,
        *pause.ROWS,
        *slip.ROWS,
        *profile.ROWS,
        *retrospective.ROWS,
        *cohort.ROWS,
        *schedule.ROWS,
        *digestroom.ROWS,
        *room.ROWS,
        *roster.ROWS,
        *posting.ROWS,
        *home.ROWS,
        *help.ROWS,
    ),
    completers={
        "zone": suggest.zones,
        "cohort": suggest.cohorts,
        "day": suggest.days,
        "member": roster.suggested,
        "own round": suggest.own_rounds,
        "round": suggest.rounds,
        "week": suggest.weeks,
    },
)
