"""A kind of post is one row, known nowhere else; its keys are made in one place."""

import ast
import re
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from cohort_bot.app.delivery.kinds import KINDS, PLANNED, QUOTING
from cohort_bot.app.delivery.planner import Group, due
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery, NewDelivery
from cohort_bot.app.words import posts
from cohort_bot.app.words.alerts import other_cure
from cohort_bot.app.words.cohort_progress import overview
from cohort_bot.chat.message import plain
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Account, Cohort, Member, Room, Slip
from cohort_bot.core.rounds import Calendar
from tests.properties.worlds import programme

SOURCE = Path(__file__).parents[2] / "src" / "cohort_bot"
FILES = [path for path in SOURCE.rglob("*.py") if path.parts[-2:] != ("delivery", "keys.py")]
KEY = re.compile(rf"^({'|'.join(KINDS)}):")
MAKERS = {"to_room": 0, "to_member": 0, "to_account": 0, "NewDelivery": 1}
"""Where the kind stands among the arguments of what makes a row."""

DIRECTLY = {name: place for name, place in MAKERS.items() if name in {"to_member", "to_account"}}


CALENDAR = Calendar(date(2027, 1, 4), time(9), "Europe/Berlin")
COHORT = Cohort(1, "local", "w", "x", "sample", CALENDAR, CALENDAR.opens(1) - timedelta(days=2), "m")


def keys_written(source: str) -> Iterator[int]:
    """The lines in which a text begins as a key does, or a key is taken apart."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.expr):
            continue
        text = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and KEY.match(text.value):
            yield node.lineno
        if isinstance(node, ast.Attribute) and node.attr in {"split", "partition", "startswith"}:
            owner = node.value
            if isinstance(owner, ast.Attribute) and owner.attr == "key" and "row" in ast.unparse(owner):
                yield node.lineno


def test_keys_are_written_and_read_in_one_file() -> None:
    found = {str(path): set(keys_written(path.read_text(encoding="utf-8"))) for path in FILES}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "planted", ['key = f"opening:{cohort}:r{number}"', 'by_key("joined:1:1")', 'part = row.key.split(":")[3]']
)
def test_a_planted_key_is_found(planted: str) -> None:
    assert set(keys_written(planted)) == {1}


def kinds_made(source: str, makers: Mapping[str, int] = MAKERS) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = makers.get(name)
            if place is not None and len(node.args) > place and isinstance(kind := node.args[place], ast.Constant):
                yield str(kind.value)


def test_whatever_is_written_is_a_kind_and_every_kind_is_written() -> None:
    made = {kind for path in FILES for kind in kinds_made(path.read_text(encoding="utf-8"))}
    assert made | PLANNED == KINDS.keys()
    assert made & PLANNED <= {"opening", "moderators"}, "the planner alone writes those"
    assert QUOTING - {"joined", "paper-meeting", "outcome", "group", "group-thread"} <= PLANNED


def test_the_planner_makes_the_kinds_that_are_planned() -> None:
    account = Account(1, 1, "local", "w", "u", "U", "Europe/Berlin", reminders=True)
    slipped = Member(1, 1, account, COHORT.created_at, 1, None, "", (Slip(2, 1),), (), None)
    guide, room = programme(8), Room(1, 1, "local", "w", "general")
    group = Group(COHORT, guide, [room], [slipped], lambda: [account])
    rows = due(group, COHORT.created_at, CALENDAR.opens(12))
    assert {row.kind for row in rows} == PLANNED
    direct = {row.kind for row in rows if row.account_id is not None}
    direct |= {kind for path in FILES for kind in kinds_made(path.read_text(encoding="utf-8"), DIRECTLY)}
    assert {"nudge", "alert", "outcome"} < direct
    assert {name for name in direct if KINDS[name].direct is None} == set(), "each says how it counts"


LEDGER = [SOURCE / "storage" / f"{name}.py" for name in ("deliveries", "ledger_rows", "ledger_sql", "health")]


def test_the_statements_of_the_ledger_are_told_kinds_and_reasons_and_know_none() -> None:
    nodes = [node for path in LEDGER for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert texts & (KINDS.keys() | {reason.value for reason in DeliveryReason}) == set()
    assert not [node for node in nodes if isinstance(node, ast.Attribute) and node.attr in DeliveryReason.__members__]


def test_moderators_read_what_it_is_called() -> None:
    labels = {value for name, value in vars(posts).items() if name.isupper() and name != "N_"}
    assert {kind.label for kind in KINDS.values()} == labels
    assert len(labels) == len(KINDS), "each has its own"
    for name, kind in KINDS.items():
        what = NewDelivery("key", name, "local", 1, CALENDAR.opens(1))
        row = Delivery(
            1, what, State.PARKED, "", 1, 1, "", None, None, None, None, None, DeliveryReason.ERROR, None, what.due
        )
        shown = plain(overview(COHORT, 0, (), 0, [(kind.label, row, other_cure())], (), what.due))
        assert f"{kind.label}: an unexpected error." in shown
