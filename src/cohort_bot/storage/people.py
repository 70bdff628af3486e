"""People, accounts and memberships, in SQL."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Self

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    Text,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)

from cohort_bot.chat.names import told_apart
from cohort_bot.core.membership import Account, Break, Member, Slip
from cohort_bot.storage.columns import Instant
from cohort_bot.storage.merging import merge
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.tables import accounts, breaks, cohorts, drafts, members, other_ids, people, slips

_REACHED = (accounts.c.closed_at, accounts.c.gone_at, accounts.c.lost)
_ABOUT = (accounts.c.reminders, accounts.c.mention, accounts.c.handle, accounts.c.erased, *_REACHED)


class _Members(NamedTuple):
    """The statements of some memberships: one for the rows, one for the slips and breaks of all of them."""

    rows: Select[Any]
    pauses: CompoundSelect[Any]

    @classmethod
    def where(cls, *where: ColumnElement[bool]) -> Self:
        account = (accounts.c.platform, accounts.c.workspace, accounts.c.user, accounts.c.name, accounts.c.zone)
        joined = members.join(accounts, members.c.account_id == accounts.c.id)
        rows = select(members, *account, *_ABOUT).select_from(joined).where(*where)
        ids = rows.with_only_columns(members.c.id)
        pauses = union_all(
            select(
                slips.c.id,
                slips.c.member_id,
                slips.c.from_round,
                slips.c.weeks,
                null().label("first"),
                null().label("last"),
            ).where(slips.c.member_id.in_(ids)),
            select(breaks.c.id, breaks.c.member_id, null(), null(), breaks.c.first, breaks.c.last).where(
                breaks.c.member_id.in_(ids)
            ),
        )
        return cls(rows.order_by(members.c.joined_at, members.c.id), pauses.order_by("id"))


# Statements are built once: building one costs more than running it.
_KEY = ("platform", "workspace", "user")
_ACCOUNT = select(accounts).where(*(accounts.c[column] == bindparam(column) for column in _KEY))
_BY_OTHER_ID = (
    select(accounts)
    .join(other_ids, other_ids.c.account_id == accounts.c.id)
    .where(*(other_ids.c[column] == bindparam(column) for column in _KEY))
)
_ACCOUNT_BY_ID = select(accounts).where(accounts.c.id == bindparam("account"))
_HERE = (members.c.left_at.is_(None), accounts.c.gone_at.is_(None))
_IN_COHORTS = _Members.where(members.c.cohort_id.in_(bindparam("cohorts", expanding=True)), *_HERE)
_IN_COHORT = _Members.where(members.c.cohort_id == bindparam("cohort"), *_HERE)
_BY_ID = _Members.where(members.c.id == bindparam("member"))
_OF = _Members.where(members.c.cohort_id == bindparam("cohort"), members.c.person_id == bindparam("person"))
_EVER_OF_PERSON = _Members.where(members.c.person_id == bindparam("person"))
_OF_PERSON = _Members.where(
    members.c.person_id == bindparam("person"),
    members.c.left_at.is_(None),
    # Not IN: with that SQLite asks every cohort for the person.
    exists().where(cohorts.c.id == members.c.cohort_id, cohorts.c.archived_at.is_(None)),
)
_LEFT_SINCE = _Members.where(
    members.c.cohort_id == bindparam("cohort"),
    func.coalesce(members.c.left_at, accounts.c.gone_at) > bindparam("since", type_=Instant()),
)
_RUNNING = cohorts.c.archived_at.is_(None)
_UNASKED = (
    select(accounts)
    .where(
        or_(accounts.c.asked_at <= bindparam("before"), accounts.c.asked_at > bindparam("never")),
        or_(
            exists().where(
                members.c.person_id == accounts.c.person_id,
                members.c.left_at.is_(None),
                members.c.joined_at <= bindparam("before"),
                cohorts.c.id == members.c.cohort_id,
                _RUNNING,
            ),
            exists().where(
                cohorts.c.platform == accounts.c.platform,
                cohorts.c.creator == accounts.c.user,
                cohorts.c.created_at <= bindparam("before"),
                _RUNNING,
            ),
        ),
    )
    .order_by(accounts.c.asked_at, accounts.c.id)
    .limit(bindparam("limit"))
)


_COHORTS_OF = select(members.c.cohort_id).where(
    members.c.person_id == select(accounts.c.person_id).where(accounts.c.id == bindparam("account")).scalar_subquery()
)
# All erased people have the same name, so that they cannot be told apart. Their account has no handle.
_NAMES = (
    select(members.c.id, members.c.shown, accounts.c.name, accounts.c.handle)
    .select_from(members.join(accounts, members.c.account_id == accounts.c.id))
    .where(members.c.cohort_id == bindparam("cohort"), accounts.c.erased == 0)
    .order_by(members.c.joined_at, members.c.id)
)


class SqlPeople:
    """Implements `app.ports.people.People`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, str, str], Account | None] = {}
        self.erased = False
        """Whether this transaction has erased somebody."""

    def account(self, platform: str, workspace: str, user: str) -> Account | None:
        """The account, None when the person never did anything here. Read once: nearly every rule needs the actor."""
        key = (platform, workspace, user)
        if key not in self._known:
            wanted = dict(zip(_KEY, key, strict=True))
            row = self._connection.execute(_ACCOUNT, wanted).one_or_none()
            row = row or self._connection.execute(_BY_OTHER_ID, wanted).one_or_none()
            self._known[key] = None if row is None else _account(row, row.id)
        return self._known[key]

    def get(self, account_id: int) -> Account | None:
        row = self._connection.execute(_ACCOUNT_BY_ID, {"account": account_id}).one_or_none()
        return None if row is None else _account(row, row.id)

    def add(self, platform: str, workspace: str, user: str, name: str, zone: str, handle: str = "") -> Account:
        self._known.clear()
        person_id = self._connection.execute(insert(people).values().returning(people.c.id)).scalar_one()
        values = {"person_id": person_id, "platform": platform, "workspace": workspace, "user": user}
        row = self._connection.execute(
            insert(accounts).values(name=name, handle=handle, zone=zone, reminders=1, **values).returning(accounts)
        ).one()
        return _account(row, row.id)

    def update(self, account_id: int, *, name: str, zone: str, reminders: bool, handle: str | None = None) -> None:
        before = self.get(account_id)
        if before is None:
            return
        now = before.handle if handle is None else handle
        self._update(accounts.c.id == account_id, name=name, handle=now, zone=zone, reminders=int(reminders))
        if (before.name, before.handle) == (name, now):
            return
        for cohort_id in self._connection.scalars(_COHORTS_OF, {"account": account_id}).all():
            _tell_apart(self._connection, cohort_id)

    def add_id(self, account_id: int, user: str) -> None:
        account = self.get(account_id)
        if account is None:
            return
        values = {"account_id": account_id, "platform": account.platform, "workspace": account.workspace}
        self._connection.execute(insert(other_ids).values(user=user, **values))
        self._known.clear()

    def merge(self, account: Account, other: Account) -> None:
        merge(self._connection, account, other)
        self.add_id(account.id, other.user)
        for cohort_id in self._connection.scalars(_COHORTS_OF, {"account": account.id}).all():
            _tell_apart(self._connection, cohort_id)

    def unasked(self, at: datetime, every: timedelta, limit: int) -> Sequence[Account]:
        rows = self._connection.execute(_UNASKED, {"before": at - every, "never": at + every, "limit": limit})
        return [_account(row, row.id) for row in rows]

    def set_asked(self, account_ids: Sequence[int], at: datetime) -> None:
        self._update(accounts.c.id.in_(list(account_ids)), asked_at=at)

    def set_mention(self, account_id: int, *, wanted: bool) -> None:
        self._update(accounts.c.id == account_id, mention=int(wanted))

    def set_closed(self, account_id: int, at: datetime | None) -> None:
        self._update(accounts.c.id == account_id, closed_at=at)

    def set_lost(self, account_id: int, action: str | None) -> None:
        self._update(accounts.c.id == account_id, lost=action)

    def set_gone(self, account_id: int, at: datetime | None) -> None:
        self._update(accounts.c.id == account_id, gone_at=at)

    def erase(self, person_id: int, name: str) -> None:
        users = select(accounts.c.user).where(accounts.c.person_id == person_id)
        self._connection.execute(delete(drafts).where(drafts.c.user.in_(users)))
        self.erased = True
        theirs = select(accounts.c.id).where(accounts.c.person_id == person_id)
        self._connection.execute(delete(other_ids).where(other_ids.c.account_id.in_(theirs)))
        nobody = literal("erased-").concat(cast(accounts.c.id, Text))
        self._update(
            accounts.c.person_id == person_id,
            name=name,
            handle="",
            user=nobody,
            zone="UTC",
            reminders=0,
            mention=0,
            erased=1,
        )
        self._connection.execute(update(members).where(members.c.person_id == person_id).values(shown=name))

    def _update(self, where: ColumnElement[bool], **values: Any) -> None:
        self._known.clear()
        self._connection.execute(update(accounts).where(where).values(**values))


class SqlMembers(Repository):
    """Implements `app.ports.people.Members`."""

    def add(
        self, cohort_id: int, account: Account, joined_at: datetime, first_round: int, hours: int | None, why: str
    ) -> Member:
        member_id = self._connection.execute(
            insert(members)
            .values(
                cohort_id=cohort_id,
                person_id=account.person_id,
                account_id=account.id,
                joined_at=joined_at,
                first_round=first_round,
                hours=hours,
                why=why,
            )
            .returning(members.c.id)
        ).scalar_one()
        _tell_apart(self._connection, cohort_id)
        return self._all(_BY_ID, member=member_id)[0]

    def get(self, member_id: int) -> Member | None:
        return next(iter(self._all(_BY_ID, member=member_id)), None)

    def of(self, cohort_id: int, person_id: int) -> Member | None:
        return next(iter(self._all(_OF, cohort=cohort_id, person=person_id)), None)

    def newest(self, cohort_id: int, but: int) -> int | None:
        query = select(members.c.id).where(members.c.cohort_id == cohort_id, members.c.id != but)
        last = query.order_by(members.c.id.desc()).limit(1)
        return self._connection.execute(last).scalar_one_or_none()

    def in_cohort(self, cohort_id: int) -> Sequence[Member]:
        return self._all(_IN_COHORT, cohort=cohort_id)

    def in_cohorts(self, cohort_ids: Sequence[int]) -> Mapping[int, Sequence[Member]]:
        by_cohort: dict[int, list[Member]] = {cohort_id: [] for cohort_id in cohort_ids}
        for member in self._all(_IN_COHORTS, cohorts=list(cohort_ids)):
            by_cohort[member.cohort_id].append(member)
        return by_cohort

    def left_since(self, cohort_id: int, at: datetime) -> Sequence[Member]:
        gone = self._all(_LEFT_SINCE, cohort=cohort_id, since=at)
        return sorted(gone, key=lambda member: (member.ended_at or at, member.id))

    def of_person(self, person_id: int) -> Sequence[Member]:
        return self._all(_OF_PERSON, person=person_id)

    def ever_of_person(self, person_id: int) -> Sequence[Member]:
        return self._all(_EVER_OF_PERSON, person=person_id)

    def set_hours(self, member_id: int, hours: int) -> None:
        self._connection.execute(update(members).where(members.c.id == member_id).values(hours=hours))

    def erase(self, member_id: int, at: datetime) -> None:
        for table in (breaks, slips):
            self._connection.execute(delete(table).where(table.c.member_id == member_id))
        self._connection.execute(delete(drafts).where(drafts.c.member_id == member_id))
        left = case((members.c.left_at.is_(None), bindparam("at", at, members.c.left_at.type)), else_=members.c.left_at)
        statement = update(members).where(members.c.id == member_id)
        self._connection.execute(statement.values(left_at=left, why="", hours=None))

    def set_left(self, member_id: int, at: datetime | None) -> None:
        self._connection.execute(update(members).where(members.c.id == member_id).values(left_at=at))

    def set_questions(self, member_id: int, *, wanted: bool) -> None:
        self._connection.execute(update(members).where(members.c.id == member_id).values(questions=int(wanted)))

    def add_slip(self, member_id: int, slip: Slip) -> None:
        values = {"member_id": member_id, "from_round": slip.from_round, "weeks": slip.weeks}
        self._connection.execute(insert(slips).values(values))

    def drop_slips(self, member_id: int, from_round: int) -> int:
        statement = delete(slips).where(slips.c.member_id == member_id, slips.c.from_round == from_round)
        return self._connection.execute(statement).rowcount

    def add_break(self, member_id: int, pause: Break) -> None:
        values = {"member_id": member_id, "first": pause.first.isoformat(), "last": pause.last.isoformat()}
        self._connection.execute(insert(breaks).values(values))

    def end_breaks(self, member_id: int, today: date) -> None:
        running = (breaks.c.member_id == member_id, breaks.c.last > today.isoformat())
        self._connection.execute(delete(breaks).where(*running, breaks.c.first >= today.isoformat()))
        yesterday = (today - timedelta(days=1)).isoformat()
        self._connection.execute(update(breaks).where(*running).values(last=yesterday))

    def _all(self, statements: _Members, **values: int | datetime | list[int]) -> list[Member]:
        rows = self._connection.execute(statements.rows, values).all()
        if not rows:
            return []
        slipped: dict[int, list[Slip]] = defaultdict(list)
        paused: dict[int, list[Break]] = defaultdict(list)
        for row in self._connection.execute(statements.pauses, values):
            if row.first is None:
                slipped[row.member_id].append(Slip(row.from_round, row.weeks))
            else:
                paused[row.member_id].append(Break(date.fromisoformat(row.first), date.fromisoformat(row.last)))
        return [
            Member(
                id=row.id,
                cohort_id=row.cohort_id,
                account=_account(row, row.account_id),
                joined_at=row.joined_at,
                first_round=row.first_round,
                hours=row.hours,
                why=row.why,
                slips=tuple(slipped[row.id]),
                breaks=tuple(paused[row.id]),
                left_at=row.left_at,
                shown=row.shown,
                questions=bool(row.questions),
            )
            for row in rows
        ]


def _tell_apart(connection: Connection, cohort_id: int) -> None:
    """Store the display names of a cohort's members. Done when one joins or is renamed, because they are read far more
    often.
    """
    rows = connection.execute(_NAMES, {"cohort": cohort_id}).all()
    for row, shown in zip(rows, told_apart([(row.name, row.handle) for row in rows]), strict=True):
        if row.shown != shown:
            connection.execute(update(members).where(members.c.id == row.id).values(shown=shown))


def _account(row: Row[Any], account_id: int) -> Account:
    return Account(
        account_id,
        row.person_id,
        row.platform,
        row.workspace,
        row.user,
        row.name,
        row.zone,
        bool(row.reminders),
        bool(row.mention),
        row.closed_at,
        row.gone_at,
        row.handle,
        row.lost,
        bool(row.erased),
    )
