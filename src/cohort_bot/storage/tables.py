"""The tables. Only Text and Integer: SQLite's STRICT tables refuse what they would otherwise store as anything.

Instants are milliseconds since 1970 in UTC, wall times and dates are ISO text beside the name of their zone.
"""

from collections.abc import Iterable

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Text, UniqueConstraint, text

from cohort_bot.core import delivery_states
from cohort_bot.core.delivery_states import State
from cohort_bot.storage.columns import BIG, Instant, integers, parent, row_id, table, texts
from cohort_bot.storage.columns import metadata as metadata  # noqa: PLC0414 - imported from here, it has all tables

LIVE = text("archived_at IS NULL")
"""Cohorts that have not ended."""


def _one_of(states: Iterable[State]) -> str:
    """The condition that a delivery is in one of these states, as the schema spells it."""
    return f"state IN ({', '.join(repr(state.value) for state in states)})"


cohorts = table(
    "cohorts",
    "A group on its way through a programme: its name, calendar, language and how far its posts are planned.",
    row_id(),
    *texts("platform", "workspace", "name", "name_key", "programme", "start", "at", "zone", "creator"),
    Column("created_at", Instant, nullable=False),
    Column("archived_at", Instant),
    Column("moderators_channel", Text),
    Column("features", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default="en"),
    Column("planned_until", Instant, nullable=False),
    Column("next_due", Instant, nullable=False),
    Index("ux_cohorts_name", "platform", "workspace", "name_key", unique=True, sqlite_where=LIVE),
)
Index("ix_cohorts_next_due", cohorts.c.next_due, sqlite_where=LIVE)

moves = table(
    "moves",
    "From which round on a cohort meets on another day, time or zone.",
    row_id(),
    parent("cohort_id", "cohorts"),
    *integers("round", "weekday"),
    *texts("at", "zone"),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("cohort_id", "round"),
    CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
)

holidays = table(
    "holidays",
    "Weeks off before a round.",
    row_id(),
    parent("cohort_id", "cohorts"),
    *integers("before", "rounds"),
    UniqueConstraint("cohort_id", "before"),
)

rooms = table(
    "rooms",
    "Where a cohort meets: a channel of a workspace of a platform.",
    row_id(),
    parent("cohort_id", "cohorts"),
    *texts("platform", "workspace", "channel"),
    Column("private", Integer, nullable=False, server_default="0"),
    UniqueConstraint("cohort_id", "platform", "workspace", "channel"),
    Index("ix_rooms_channel", "platform", "workspace", "channel"),
)

people = table("people", "One person; nothing but a number that their accounts share.", row_id())

accounts = table(
    "accounts",
    "A person on a platform: their user id, what they and the account are called, time zone, language, how they may be "
    "reached, when it was asked about them.",
    row_id(),
    parent("person_id", "people", index=True),
    *texts("platform", "workspace", "user", "name"),
    Column("handle", Text, nullable=False, server_default=""),
    Column("zone", Text, nullable=False),
    Column("reminders", Integer, nullable=False),
    Column("mention", Integer, nullable=False, server_default="0"),
    Column("closed_at", Instant),
    Column("gone_at", Instant),
    Column("asked_at", Instant, nullable=False, server_default="0", index=True),
    Column("lost", Text),
    Column("erased", Integer, nullable=False, server_default="0"),
    Column("locale", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default=""),
    UniqueConstraint("platform", "workspace", "user"),
)

other_ids = table(
    "other_ids",
    "Further user ids under which a platform knows an account.",
    row_id(),
    parent("account_id", "accounts", index=True),
    *texts("platform", "workspace", "user"),
    UniqueConstraint("platform", "workspace", "user"),
)

members = table(
    "members",
    "A person in a cohort: what they are called there, since when, from which round on, their hours, why they joined.",
    row_id(),
    parent("cohort_id", "cohorts"),
    parent("person_id", "people", index=True),
    parent("account_id", "accounts"),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
    Column("first_round", Integer, nullable=False),
    Column("hours", Integer),
    Column("why", Text, nullable=False),
    Column("shown", Text, nullable=False, server_default=""),
    Column("questions", Integer, nullable=False, server_default="1"),
    UniqueConstraint("cohort_id", "person_id"),
)

slips = table(
    "slips",
    "From which round on a member does earlier weeks.",
    row_id(),
    parent("member_id", "members", index=True),
    *integers("from_round", "weeks"),
)

breaks = table(
    "breaks",
    "Dates that a member takes off.",
    row_id(),
    parent("member_id", "members", index=True),
    *texts("first", "last"),
)

checkins = table(
    "checkins",
    "What a member reported for a round.",
    row_id(),
    parent("member_id", "members"),
    *integers("round", "week"),
    Column("filed_at", Instant, nullable=False),
    Column("edited_at", Instant),
    *texts("tasks", "done", "blockers", "next_step"),
    *integers("share_thread", "share_blocker"),
    UniqueConstraint("member_id", "round"),
    Index("ix_checkins_record", "member_id", "round", "filed_at", "week"),
)

checkin_edits = table(
    "checkin_edits",
    "What a check-in said before it was edited.",
    row_id(),
    parent("checkin_id", "checkins", index=True),
    Column("replaced_at", Instant, nullable=False),
    Column("body", Text, nullable=False),
)

excuses = table(
    "excuses",
    "Rounds that do not count for a member, with the reason that a moderator gave.",
    row_id(),
    parent("member_id", "members"),
    Column("round", Integer, nullable=False),
    *texts("reason", "by"),
    Column("at", Instant, nullable=False),
    UniqueConstraint("member_id", "round"),
)

deliveries = table(
    "deliveries",
    "The ledger: everything that goes out by itself, once by its key, and how far it got.",
    row_id(),
    Column("key", Text, nullable=False, unique=True),
    *texts("kind", "platform"),
    parent("cohort_id", "cohorts"),
    parent("room_id", "rooms", nullable=True),
    parent("account_id", "accounts", nullable=True),
    parent("member_id", "members", nullable=True),
    Column("round", Integer),
    Column("part", Text),
    Column("in_thread", Integer, nullable=False),
    Column("args", Text, nullable=False),
    Column("due", Instant, nullable=False),
    Column("expires", Instant),
    *texts("lane", "mark", "state"),
    *integers("fence", "attempts"),
    Column("first_try", Instant),
    Column("message_id", Text),
    Column("channel", Text),
    Column("thread", Text),
    Column("reason", Text),
    Column("detail", Text),
    Column("updated", Instant, nullable=False),
    Column("job_id", BIG),
    CheckConstraint(_one_of(State), name="state"),
    CheckConstraint("(room_id IS NULL) <> (account_id IS NULL)", name="target"),
    Index("ix_deliveries_cohort_id_state_kind", "cohort_id", "state", "kind"),
)
OPEN = _one_of(delivery_states.OPEN)
"""The rows that the courier still has to process."""

OPEN_IN_LANE = _one_of(state for state in State if state not in delivery_states.OPEN).replace(" IN ", " NOT IN ")
"""The same rows, where those of one lane are looked for. It is spelled in another way, so that only the lanes' index
fits: PostgreSQL knows from a calm hour that almost no row is open, and would go through all of them for each.
"""

Index("ix_deliveries_open", deliveries.c.due, deliveries.c.id, sqlite_where=text(OPEN))
_BY_LANE = (deliveries.c.lane, deliveries.c.due, deliveries.c.id)
Index("ix_deliveries_open_lane", *_BY_LANE, sqlite_where=text(OPEN_IN_LANE))
TO_A_PERSON = text("account_id IS NOT NULL")
"""Direct messages: those that somebody has had lately are counted before another one."""

Index("ix_deliveries_account_id", deliveries.c.account_id, deliveries.c.updated, sqlite_where=TO_A_PERSON)
for _of in (deliveries.c.member_id, deliveries.c.room_id):
    Index(f"ix_deliveries_{_of.name}", _of, sqlite_where=text(f"{_of.name} IS NOT NULL"))
FOR_A_WHILE = "room_id IS NULL AND expires IS NOT NULL"
"""Direct messages that make no sense after some time."""

Index("ix_deliveries_expires", deliveries.c.expires, sqlite_where=text(FOR_A_WHILE))
PARKED = f"state = '{State.PARKED.value}'"
"""The rows that wait for a person."""

Index("ix_deliveries_parked", deliveries.c.id, sqlite_where=text(PARKED))

payloads = table(
    "payloads",
    "What a delivery says, frozen. Apart from its row, which moves on several times and is short without it.",
    Column("delivery_id", BIG, ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("payload", Text, nullable=False),
)

invocations = table(
    "invocations",
    "Commands, clicks and forms of the last two days that changed something, so that a repeat does not.",
    Column("id", Text, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)

drafts = table(
    "drafts",
    "What a form or button needs and its id cannot hold, and whom it is of or about; for thirty days.",
    Column("token", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("user", Text),
    Column("member_id", BIG),
)

unseen_marks = table(
    "unseen_marks",
    "Posts that are there and were not found by their marks: uncertain ones to the same place (`spot`) are held.",
    Column("spot", Text, primary_key=True),
    parent("delivery_id", "deliveries", index=True),
    *texts("workspace"),
    Column("thread", Text),
    Column("since", Instant, nullable=False),
)

revisions = table(
    "revisions",
    "Posts that are to be written anew in place: the newest content counts, so one row a post is enough.",
    Column("delivery_id", BIG, ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("due", Instant, nullable=False),
    *integers("asked", "attempts"),
)

moderators = table(
    "moderators",
    "Roles and people that may manage a cohort, besides admins and its creator.",
    row_id(),
    parent("cohort_id", "cohorts"),
    *texts("platform", "workspace", "kind", "target"),
    UniqueConstraint("cohort_id", "platform", "workspace", "kind", "target"),
    CheckConstraint("kind IN ('role', 'person')", name="kind"),
    Index("ix_moderators_target", "platform", "target"),
)

audit = table(
    "audit",
    "What moderators changed in a cohort or in the record of its members, who, when and why.",
    row_id(),
    parent("cohort_id", "cohorts"),
    parent("member_id", "members", nullable=True, index=True),
    Column("at", Instant, nullable=False),
    *texts("by", "by_name", "action"),
    Column("round", Integer),
    Column("words", Text, nullable=False),
    Index("ix_audit_cohort_id_at", "cohort_id", "at"),
)

outreach = table(
    "outreach",
    "Who wrote to which member, when, why, and what came of it; the words without names are a template.",
    row_id(),
    parent("cohort_id", "cohorts"),
    parent("member_id", "members", index=True),
    Column("at", Instant, nullable=False),
    *texts("by", "by_name", "words", "outcome"),
    Column("follow_up", Text),
    Column("delivery_key", Text),
    Column("reason", Text),
    Column("days", Integer),
    Column("template", Text, nullable=False, server_default=""),
    Index("ix_outreach_cohort_id_at", "cohort_id", "at"),
)

put_off = table(
    "put_off",
    "Members to whom a moderator does not want to write now, and until when.",
    row_id(),
    parent("cohort_id", "cohorts"),
    parent("member_id", "members", index=True),
    Column("by", Text, nullable=False),
    Column("until", Instant, nullable=False),
    UniqueConstraint("cohort_id", "member_id", "by"),
)

retrospectives = table(
    "retrospectives",
    "What a member wrote at the end of a phase.",
    row_id(),
    parent("member_id", "members"),
    Column("phase", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("member_id", "phase"),
)

paper_picks = table(
    "paper_picks",
    "Papers that a moderator chose in place of those of the programme.",
    row_id(),
    parent("cohort_id", "cohorts"),
    Column("week", Integer, nullable=False),
    Column("paper", Text),
    *texts("title", "url", "by"),
    Column("at", Instant, nullable=False),
    UniqueConstraint("cohort_id", "week"),
)

paper_reads = table(
    "paper_reads",
    "Which papers of the month a member has read.",
    row_id(),
    parent("member_id", "members"),
    Column("week", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("member_id", "week"),
)

paper_proposals = table(
    "paper_proposals",
    "The paper that a member put up for the vote for a week.",
    row_id(),
    parent("member_id", "members"),
    Column("week", Integer, nullable=False),
    *texts("title", "url"),
    Column("at", Instant, nullable=False),
    UniqueConstraint("member_id", "week"),
)

paper_votes = table(
    "paper_votes",
    "Which proposed paper a member voted for, for a week.",
    row_id(),
    parent("member_id", "members"),
    Column("week", Integer, nullable=False),
    parent("proposal_id", "paper_proposals", index=True),
    UniqueConstraint("member_id", "week"),
)

paper_meetings = table(
    "paper_meetings",
    "When the paper of a week is talked about, who presents it, and what they wrote about it afterwards.",
    row_id(),
    parent("cohort_id", "cohorts"),
    Column("week", Integer, nullable=False),
    parent("member_id", "members", nullable=True, index=True),
    Column("starts", Instant, nullable=False),
    *texts("summary"),
    UniqueConstraint("cohort_id", "week"),
)

recall_answers = table(
    "recall_answers",
    "Which question on an earlier week a member was asked in a round, and whether they knew the answer.",
    row_id(),
    parent("member_id", "members"),
    Column("round", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("known", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("member_id", "round", "question"),
)

calendars = table(
    "calendars",
    "A person's calendar: the digest of its secret address, and when what is in it last changed.",
    row_id(),
    parent("account_id", "accounts", index=True),
    Column("digest", Text, unique=True),
    Column("since", Instant),
    *texts("fingerprint"),
    *integers("sequence"),
    Column("changed_at", Instant, nullable=False),
)

small_groups = table(
    "small_groups",
    "A few members who were put together, and when; when the bot last saw whether they write, and when they last did.",
    row_id(),
    parent("cohort_id", "cohorts", index=True),
    Column("at", Instant, nullable=False),
    Column("seen_at", Instant),
    Column("spoken_at", Instant),
)

group_matchings = table(
    "group_matchings",
    "A cohort whose people are to be put together in small groups, and the round that is over.",
    row_id(),
    Column("cohort_id", BIG, ForeignKey("cohorts.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("round", Integer, nullable=False),
)

group_seats = table(
    "group_seats",
    "A member who wants to be in a small group, since when, and in which group they are.",
    row_id(),
    Column("member_id", BIG, ForeignKey("members.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("since", Instant, nullable=False),
    parent("group_id", "small_groups", nullable=True),
)

group_places = table(
    "group_places",
    "Who is, or was, in which small group: nobody is put together with the same people again while there are others.",
    row_id(),
    parent("group_id", "small_groups"),
    parent("member_id", "members", index=True),
    UniqueConstraint("group_id", "member_id"),
)

codes = table(
    "codes",
    "One-time codes that somebody carries from one platform to another. Only their digest is kept.",
    Column("digest", Text, primary_key=True),
    parent("cohort_id", "cohorts"),
    *texts("purpose", "by"),
    Column("expires", Instant, nullable=False, index=True),
)

wrong_codes = table(
    "wrong_codes",
    "Who entered a code that is none, so that nobody can go on guessing.",
    row_id(),
    *texts("platform", "workspace", "user"),
    Column("at", Instant, nullable=False, index=True),
)

installations = table(
    "installations",
    "A workspace that let the bot in, with its tokens: `body` is encrypted.",
    row_id(),
    *texts("platform", "workspace", "body"),
    Column("installed_at", Instant, nullable=False),
    UniqueConstraint("platform", "workspace"),
)

oauth_states = table(
    "oauth_states",
    "Installations under way; only the digest of each state, until it is used or old.",
    Column("digest", Text, primary_key=True),
    Column("expires", Instant, nullable=False, index=True),
)

job_runs = table(
    "job_runs",
    "What is done regularly, such as backups: when each job last ran, and what became of it.",
    Column("name", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("well", Integer),
    Column("says", Text, nullable=False),
)

workspace_programmes = table(
    "workspace_programmes",
    "Programmes that were added in chat, one row a version. A cohort names its version: name@id.",
    row_id(),
    *texts("platform", "workspace", "name", "title", "content", "documents"),
    *integers("version", "weeks", "offered"),
    Column("at", Instant, nullable=False),
    UniqueConstraint("platform", "workspace", "name", "version"),
)
