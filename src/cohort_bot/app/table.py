"""The command table: every feature's rows, in the order of use, in which help and suggestions show them.

Adding a command is its row in its feature's file and one line here.
"""

from collections.abc import Iterator
from typing import Any

from cohort_bot.app import completers
from cohort_bot.app.commands import COMMAND, Table
from cohort_bot.app.features import (
    announce,
    answer,
    archive,
    board,
    break_,
    checkin,
    cohort_progress,
    create,
    digest_channel,
    edit,
    excuse,
    export,
    features,
    group,
    groups,
    help,  # noqa: A004 - a feature like the others
    holiday,
    home,
    join,
    leave,
    members,
    old_questions,
    outcomes,
    outreach,
    own_calendar,
    paper,
    paper_club,
    pick,
    plan,
    post,
    profile,
    programme,
    progress,
    record,
    remove,
    reply,
    retrospective,
    retry,
    room,
    skip,
    slip,
    snooze,
)
from cohort_bot.chat.typed import CONTEXT

TABLE = Table(
    rows=(
        *checkin.ROWS,
        *reply.ROWS,
        *plan.ROWS,
        *progress.ROWS,
        *paper.ROWS,
        *paper_club.ROWS,
        *old_questions.ROWS,
        *break_.ROWS,
        *slip.ROWS,
        *snooze.ROWS,
        *group.ROWS,
        *profile.ROWS,
        *own_calendar.ROWS,
        *join.ROWS,
        *help.ROWS,
        *leave.ROWS,
        *cohort_progress.ROWS,
        *board.ROWS,
        *outreach.ROWS,
        *outcomes.ROWS,
        *groups.ROWS,
        *members.ROWS,
        *announce.ROWS,
        *post.ROWS,
        *pick.ROWS,
        *holiday.ROWS,
        *skip.ROWS,
        *edit.ROWS,
        *features.ROWS,
        *record.ROWS,
        *excuse.ROWS,
        *remove.ROWS,
        *room.ROWS,
        *create.ROWS,
        *programme.ROWS,
        *export.ROWS,
        *archive.ROWS,
        *retrospective.ROWS,
        *retry.ROWS,
        *digest_channel.ROWS,
        *home.ROWS,
        *answer.ROWS,
    ),
    completers={
        COMMAND: completers.commands,
        "zone": completers.zones,
        "cohort": completers.cohorts,
        "day": completers.days,
        "member": completers.members,
        "own programmes": completers.own_programmes,
        "programmes": completers.programmes,
        "own round": completers.own_rounds,
        "round": completers.rounds,
        "week": completers.weeks,
    },
)


def extract(*_babel: Any, **_options: Any) -> Iterator[tuple[int, str, tuple[str, str], list[str]]]:
    """For `make locales` (`locales/babel.cfg`): the words that people type, each an entry of its own."""
    for word in TABLE.words:
        yield 1, "pgettext", (CONTEXT, word), ["typed: lower case, without spaces, at most 32 letters"]
