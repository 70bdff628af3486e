"""No handler reaches the database past the check of who may: there is no other way to it."""

import ast
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest

from cohort_bot.app import access, features
from cohort_bot.app.access import MEMBER, MODERATOR, Permission
from cohort_bot.app.commands import CommandSpec, Role, Table
from cohort_bot.app.dispatch import Dispatcher
from cohort_bot.app.ports.database import Database
from cohort_bot.app.services import Services
from cohort_bot.app.table import TABLE
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import text
from cohort_bot.chat.place import Actor, Place
from cohort_bot.programmes.guides import Guides
from tests.fakes.bot import LIBRARY, MONDAY, BotUnderTest, running

FEATURES = sorted(Path(features.__file__).parent.glob("*.py"))
PERMISSIONS = {name for name, value in vars(access).items() if isinstance(value, Permission)}
MAKERS = {"account_holder", "cohort_starter", "where"}
"""Functions of `access` that make a permission of a feature's own: words for who may not, or where it is on."""

GIVEN = (
    PERMISSIONS
    | MAKERS
    | {"Access", "account_of", "called", "ensure_account", "left_on", "member_of", "member_named", "role_of"}
)
"""What a feature may take from `access`: permissions, and what only looks up or writes down what it is given."""


def test_features_take_nothing_from_access_that_looks_for_a_cohort_by_itself() -> None:
    taken = {
        (path.name, name.name)
        for path in FEATURES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "cohort_bot.app.access"
        for name in node.names
    }
    assert {each for each in taken if each[1] not in GIVEN} == set()
    assert any(name == "MODERATOR" for _, name in taken)


def test_features_name_no_database_and_make_no_permission() -> None:
    for path in FEATURES:
        for node in ast.walk(ast.parse(path.read_text())):
            words = getattr(node, "attr", None) or getattr(node, "id", None) or getattr(node, "module", None) or ""
            assert "database" not in words, f"{path.name}:{getattr(node, 'lineno', 0)}: {words}"
            assert words != "Permission", f"{path.name}:{getattr(node, 'lineno', 0)}: permissions are made in access"


@pytest.mark.parametrize("asked", [MEMBER, MODERATOR], ids=["member", "moderator"])
@pytest.mark.parametrize("declared", [Role.ANYONE, Role.MEMBER, Role.MODERATOR])
async def test_a_handler_gets_the_permissions_of_its_rows_role_and_no_others(
    tmp_path: Path, declared: Role, asked: Permission[()], caplog: pytest.LogCaptureFixture
) -> None:
    done: list[bool] = []

    async def handler(services: Services, invocation: Invocation) -> Reply:
        await services.change(invocation, asked, lambda *_: done.append(True))
        return text("done")

    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("moderator")
        dispatch = _dispatcher(bot, CommandSpec("try", declared, handler))
        actor, place = Actor("local", _place(bot).workspace, "moderator", "Moderator"), _place(bot)
        invocation = Invocation("i-1", "try", "button", actor, place, bot.clock.now())
        reply = await dispatch(invocation)
    assert done == ([True] if declared is asked.role else []), reply
    assert ("WrongPermission" in caplog.text) == (declared is not asked.role)


def test_each_row_that_looks_after_a_cohort_declares_so() -> None:
    """Their names begin with `cohort.`, by which nobody is misled about what a row does."""
    wrong = [row.action for row in TABLE.rows if row.action.startswith("cohort.") != (row.who is Role.MODERATOR)]
    assert wrong == []


def _dispatcher(bot: BotUnderTest, row: CommandSpec) -> Dispatcher:
    database = bot.runtime.database
    return Dispatcher(
        Services(database, LIBRARY, Guides(), {}, Table((row,)), lambda _: None), database, bot.clock.elapsed
    )


def _place(bot: BotUnderTest) -> Place:
    return Place("local", bot.chat.posts()[0].ref.place.workspace, "general")


class Asked(Exception):
    """A permission was asked for."""


class Asking(Services):
    """Services that go as far as the first permission."""

    __slots__ = ()

    async def read(self, *_: object) -> NoReturn:
        raise Asked

    async def change(self, *_: object, **__: object) -> NoReturn:
        raise Asked


class EveryField(dict[str, tuple[str, ...]]):
    """A form in which the same was typed into every field."""

    def __init__(self, typed: str) -> None:
        super().__init__()
        self._typed = typed

    def get(self, _key: str, _default: object = None) -> Any:
        return (self._typed,)


@pytest.mark.parametrize("row", [row for row in TABLE.rows if row.who is not Role.ANYONE], ids=lambda row: row.action)
async def test_the_permission_is_checked_before_anything_that_was_typed(row: CommandSpec) -> None:
    services = Asking(cast("Database", None), LIBRARY, Guides(), {}, TABLE, lambda _: None)
    actor, place = Actor("local", "here", "x", "X"), Place("local", "here", "general")
    for typed in ("", "no date, no number, no zone " * 300):
        args = {param.name: typed for param in row.params}
        invocation = Invocation("i-1", row.action, "command", actor, place, MONDAY, args, EveryField(typed))
        with pytest.raises(Asked):
            await row.handler(services, invocation)
