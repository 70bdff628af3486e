"""People, accounts and memberships, in SQL."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, Literal

from sqlalchemy import (
    Executable,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from cohort_bot.chat.names import told_apart
from cohort_bot.core.membership import Account, Break, Member, Slip
from cohort_bot.storage.checkins import COUNTED
from cohort_bot.storage.columns import BIG, Instant, MadeWhenUsed, among, json_rows, read_rows
from cohort_bot.storage.merging import merge
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.statements import Connection, once
from cohort_bot.storage.tables import accounts, breaks, cohorts, drafts, members, other_ids, people, slips

_JOINED = accounts.alias("joined")
"""The account with which somebody joined; the person may have others."""

_PAUSES = {
    of.name: select(json_rows(*columns)).where(of.c.member_id == members.c.id).correlate(members).scalar_subquery()
    for of, columns in (
        (slips, (slips.c.id, slips.c.from_round, slips.c.weeks)),
        (breaks, (breaks.c.id, breaks.c.first, breaks.c.last)),
    )
}
_MEMBER = (
    *(column.label(f"member_{column.name}") for column in members.c),
    *(column.label(f"joined_{column.name}") for column in _JOINED.c),
    *(rows.label(name) for name, rows in _PAUSES.items()),
)
_MEMBERS = (
    select(*_MEMBER)
    .join_from(members, _JOINED, members.c.account_id == _JOINED.c.id)
    .order_by(members.c.joined_at, members.c.id)
)
_OF_PEOPLE = frozenset({"members", "accounts", "slips", "breaks", "other_ids"})


# Statements are built once: building one costs more than running it.
_KEY = ("platform", "workspace", "user")
_ACCOUNT = once(
    select(accounts, *_MEMBER)
    .outerjoin_from(accounts, members, members.c.person_id == accounts.c.person_id)
    .outerjoin(_JOINED, members.c.account_id == _JOINED.c.id)
    .where(*(accounts.c[column] == bindparam(column) for column in _KEY))
    .order_by(members.c.joined_at, members.c.id)
)
"""An account, and all memberships of its person: nearly every rule needs both."""

_BY_OTHER_ID = once(
    select(accounts)
    .join(other_ids, other_ids.c.account_id == accounts.c.id)
    .where(*(other_ids.c[column] == bindparam(column) for column in _KEY))
)
_ACCOUNT_BY_ID = once(select(accounts).where(accounts.c.id == bindparam("account")))
_HERE = (members.c.left_at.is_(None), _JOINED.c.gone_at.is_(None))
_IN_COHORTS = _MEMBERS.where(members.c.cohort_id.in_(bindparam("cohorts", expanding=True)), *_HERE)


def _page(dialect: str) -> Select[Any]:
    by = (members.c.cohort_id, members.c.id)
    there = members.c.cohort_id.in_(among(dialect, "cohorts", BIG))
    some = select(members.c.id).where(there, members.c.id > bindparam("after"), members.c.left_at.is_(None))
    return _MEMBERS.where(members.c.id.in_(some.order_by(*by).limit(bindparam("most")))).order_by(None).order_by(*by)


_PAGE = MadeWhenUsed[str, Any](lambda dialect: once(_page(dialect)))
_IN_COHORT = once(_MEMBERS.where(members.c.cohort_id == bindparam("cohort"), *_HERE))
_BY_IDS = MadeWhenUsed[str, Any](lambda dialect: once(_MEMBERS.where(members.c.id.in_(among(dialect, "members", BIG)))))
_BY_ID = once(_MEMBERS.where(members.c.id == bindparam("member")))
_OF = once(_MEMBERS.where(members.c.cohort_id == bindparam("cohort"), members.c.person_id == bindparam("person")))
_EVER_OF_PERSON = once(_MEMBERS.where(members.c.person_id == bindparam("person")))
_OF_PERSON = once(
    _MEMBERS.where(
        members.c.person_id == bindparam("person"),
        members.c.left_at.is_(None),
        # Not IN: with that SQLite asks every cohort for the person.
        exists().where(cohorts.c.id == members.c.cohort_id, cohorts.c.archived_at.is_(None)),
    )
)
_LEFT_SINCE = once(
    _MEMBERS.where(
        members.c.cohort_id == bindparam("cohort"),
        func.coalesce(members.c.left_at, _JOINED.c.gone_at) > bindparam("since", type_=Instant()),
    )
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


_COHORTS_OF = once(
    select(members.c.cohort_id).where(
        members.c.person_id
        == select(accounts.c.person_id).where(accounts.c.id == bindparam("account")).scalar_subquery()
    )
)
_CHANGE = once(update(accounts).where(accounts.c.id == bindparam("account")))
# All erased people have the same name, so that they cannot be told apart. Their account has no handle. Asked for those
# that are not 1, PostgreSQL goes by the cohort's members from the first day; it takes those that are 0 for a few.
_NAMES = once(
    select(members.c.id, members.c.shown, accounts.c.name, accounts.c.handle)
    .select_from(members.join(accounts, members.c.account_id == accounts.c.id))
    .where(members.c.cohort_id == bindparam("cohort"), accounts.c.erased != 1)
    .order_by(members.c.joined_at, members.c.id)
)

_SHOW = once(update(members).where(members.c.id == bindparam("member")).values(shown=bindparam("name")))

_THEIR_ACCOUNT = accounts.c.person_id == bindparam("person")
_ERASE_WITH_ACCOUNTS = (
    once(delete(drafts).where(drafts.c.user.in_(select(accounts.c.user).where(_THEIR_ACCOUNT)))),
    once(delete(other_ids).where(other_ids.c.account_id.in_(select(accounts.c.id).where(_THEIR_ACCOUNT)))),
)
_NOBODY = {
    **dict.fromkeys(("handle", "locale", "language"), ""),
    **dict.fromkeys(("reminders", "mention"), 0),
    "user": literal("erased-").concat(cast(accounts.c.id, Text)),
    "zone": "UTC",
    "erased": 1,
}
_ERASE_ACCOUNTS = once(update(accounts).where(_THEIR_ACCOUNT).values(name=bindparam("shown"), **_NOBODY))
_ERASE_WITH_MEMBER = [
    once(delete(each).where(each.c.member_id == bindparam("member"))) for each in (breaks, slips, drafts)
]
_LEFT_AT = func.coalesce(members.c.left_at, bindparam("at", type_=members.c.left_at.type))
_ERASE_MEMBER = once(
    update(members)
    .where(members.c.id == bindparam("member"))
    .values(left_at=_LEFT_AT, why="", hours=None, shown=bindparam("name"))
)


class SqlPeople(Repository):
    """Implements `app.ports.people.People`."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.erased = False
        """Whether this transaction has erased somebody."""

    def account(self, platform: str, workspace: str, user: str) -> Account | None:
        """The account, None when the person never did anything here. Read once: nearly every rule needs the actor."""
        wanted = {"platform": platform, "workspace": workspace, "user": user}

        def read() -> Account | None:
            rows = self._connection.execute(_ACCOUNT, wanted)
            if not rows:
                row = self._connection.execute(_BY_OTHER_ID, wanted).one_or_none()
                return None if row is None else _account(row)
            account = _account(rows[0])
            theirs = [
                _member(row, account if row.joined_id == account.id else None)
                for row in rows
                if row.member_id is not None
            ]
            self._connection.memory(_OF_PEOPLE)["memberships", account.person_id] = theirs
            return account

        return self._connection.remember(("account", platform, workspace, user), _OF_PEOPLE, read)

    def get(self, account_id: int) -> Account | None:
        """The account. Read once: a message needs it for where it goes, when, and in which language."""

        def read() -> Account | None:
            row = self._connection.execute(_ACCOUNT_BY_ID, {"account": account_id}).one_or_none()
            return None if row is None else _account(row)

        return self._connection.remember(("account", account_id), _OF_PEOPLE, read)

    def add(
        self, platform: str, workspace: str, user: str, name: str, zone: str, handle: str = "", locale: str = ""
    ) -> Account:
        person_id = self._connection.execute(insert(people).values().returning(people.c.id)).scalar_one()
        values = {"person_id": person_id, "platform": platform, "workspace": workspace, "user": user}
        row = self._connection.execute(
            insert(accounts)
            .values(name=name, handle=handle, zone=zone, locale=locale, reminders=1, **values)
            .returning(accounts)
        ).one()
        return _account(row)

    def update(self, account_id: int, *, name: str, zone: str, reminders: bool, handle: str | None = None) -> None:
        before = self.get(account_id)
        if before is None:
            return
        now = before.handle if handle is None else handle
        self._change(account_id, name=name, handle=now, zone=zone, reminders=int(reminders))
        if (before.name, before.handle) == (name, now):
            return
        for cohort_id in self._connection.scalars(_COHORTS_OF, {"account": account_id}):
            _tell_apart(self._connection, cohort_id)

    def add_id(self, account_id: int, user: str) -> None:
        account = self.get(account_id)
        if account is None:
            return
        values = {"account_id": account_id, "platform": account.platform, "workspace": account.workspace}
        self._connection.execute(insert(other_ids).values(user=user, **values))

    def merge(self, account: Account, other: Account) -> None:
        merge(self._connection, account, other)
        if not account.language:
            self.set_language(account.id, other.language)
        self.add_id(account.id, other.user)
        for cohort_id in self._connection.scalars(_COHORTS_OF, {"account": account.id}):
            _tell_apart(self._connection, cohort_id)

    def unasked(self, at: datetime, every: timedelta, limit: int) -> Sequence[Account]:
        rows = self._connection.execute(_UNASKED, {"before": at - every, "never": at + every, "limit": limit})
        return [_account(row) for row in rows]

    def claim_asking(self, account_ids: Sequence[int], at: datetime, every: timedelta) -> Collection[int]:
        old = or_(accounts.c.asked_at <= at - every, accounts.c.asked_at > at + every)
        claimed = update(accounts).where(accounts.c.id.in_(list(account_ids)), old).values(asked_at=at)
        return set(self._connection.execute(claimed.returning(accounts.c.id)).scalars())

    def set_mention(self, account_id: int, *, wanted: bool) -> None:
        self._change(account_id, mention=int(wanted))

    def set_locale(self, account_id: int, locale: str) -> None:
        self._change(account_id, locale=locale)

    def set_language(self, account_id: int, language: str) -> None:
        self._change(account_id, language=language)

    def set_closed(self, account_id: int, at: datetime | None) -> None:
        self._change(account_id, closed_at=at)

    def set_lost(self, account_id: int, action: str | None) -> None:
        self._change(account_id, lost=action)

    def set_gone(self, account_id: int, at: datetime | None) -> None:
        self._change(account_id, gone_at=at)

    def erase(self, person_id: int, name: str) -> None:
        self.erased = True
        for statement in _ERASE_WITH_ACCOUNTS:
            self._connection.execute(statement, {"person": person_id})
        self._connection.execute(_ERASE_ACCOUNTS, {"person": person_id, "shown": name})

    def _change(self, account_id: int, **values: str | int | datetime | None) -> None:
        counted = self._connection.lasting(COUNTED)
        self._connection.execute(_CHANGE, {"account": account_id, **values})
        if counted and "gone_at" not in values:  # nothing else of an account says who is counted
            self._connection.keep(COUNTED, counted)


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
        known: Member | None = self._connection.memory(_OF_PEOPLE).get(("member", member_id))
        return known or next(iter(self._all(_BY_ID, member=member_id)), None)

    def look_ahead(self, member_ids: Sequence[int]) -> None:
        memory = self._connection.memory(_OF_PEOPLE)
        unknown = [each for each in member_ids if ("member", each) not in memory]
        if unknown:
            for member in self._all(_BY_IDS[self._connection.dialect.name], members=json.dumps(unknown)):
                memory["member", member.id] = member
                memory.setdefault(("account", member.account.id), member.account)

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

    def page(self, cohort_ids: Sequence[int], after: int, most: int) -> Sequence[Member]:
        wanted = _PAGE[self._connection.dialect.name]
        return self._all(wanted, cohorts=json.dumps(list(cohort_ids)), after=after, most=most)

    def left_since(self, cohort_id: int, at: datetime) -> Sequence[Member]:
        gone = self._all(_LEFT_SINCE, cohort=cohort_id, since=at)
        return sorted(gone, key=lambda member: (member.ended_at or at, member.id))

    def of_person(self, person_id: int) -> Sequence[Member]:
        return self._all(_OF_PERSON, person=person_id)

    def ever_of_person(self, person_id: int) -> Sequence[Member]:
        return self._connection.remember(
            ("memberships", person_id), _OF_PEOPLE, lambda: self._all(_EVER_OF_PERSON, person=person_id)
        )

    def set_hours(self, member_id: int, hours: int) -> None:
        self._connection.execute(update(members).where(members.c.id == member_id).values(hours=hours))

    def erase(self, member_id: int, at: datetime, name: str) -> None:
        for statement in _ERASE_WITH_MEMBER:
            self._connection.execute(statement, {"member": member_id})
        self._connection.execute(_ERASE_MEMBER, {"member": member_id, "at": at, "name": name})

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

    def _all(self, statement: Executable, **values: int | str | datetime | list[int]) -> list[Member]:
        return [_member(row) for row in self._connection.execute(statement, values)]


def _member(row: Any, joined: Account | None = None) -> Member:
    return Member(
        id=row.member_id,
        cohort_id=row.member_cohort_id,
        account=joined or _account(row, "joined_"),
        joined_at=row.member_joined_at,
        first_round=row.member_first_round,
        hours=row.member_hours,
        why=row.member_why,
        slips=tuple(Slip(*each) for _, *each in read_rows(row.slips)),
        breaks=tuple(Break(*map(date.fromisoformat, each)) for _, *each in read_rows(row.breaks)),
        left_at=row.member_left_at,
        shown=row.member_shown,
        questions=bool(row.member_questions),
    )


def _tell_apart(connection: Connection, cohort_id: int) -> None:
    """Store the display names of a cohort's members. Done when one joins or is renamed, because they are read far more
    often.
    """
    rows = connection.execute(_NAMES, {"cohort": cohort_id}).all()
    names = zip(rows, told_apart([(row.name, row.handle) for row in rows]), strict=True)
    if changed := [{"member": row.id, "name": name} for row, name in names if row.shown != name]:
        connection.execute(_SHOW, changed)


_FIELDS = (
    *("id", "person_id", "platform", "workspace", "user", "name", "zone", "reminders", "mention"),
    *("closed_at", "gone_at", "handle", "lost", "erased", "locale", "language"),
)
_FIELDS_OF = {prefix: attrgetter(*(f"{prefix}{name}" for name in _FIELDS)) for prefix in ("", "joined_")}


def _account(row: Any, prefix: Literal["", "joined_"] = "") -> Account:
    number, person, platform, workspace, user, name, zone, *rest = _FIELDS_OF[prefix](row)
    reminders, mention, closed_at, gone_at, handle, lost, erased, locale, language = rest
    return Account(
        number,
        person,
        platform,
        workspace,
        user,
        name,
        zone,
        bool(reminders),
        bool(mention),
        closed_at,
        gone_at,
        handle,
        lost,
        bool(erased),
        locale,
        language,
    )
