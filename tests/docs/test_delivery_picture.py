"""The picture of the states of a delivery is the one that the table makes."""

import importlib.util
from types import ModuleType

import pytest

from cohort_bot.core.delivery_states import TRANSITIONS, Actor, State, Transition
from tests.docs.test_file_length import SOURCE

TOOL = SOURCE.parents[1] / "tools" / "delivery_picture.py"


@pytest.fixture
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("delivery_picture", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_is_up_to_date(tool: ModuleType) -> None:
    drawn = tool.draw()
    ways = {(each.source, each.target) for each in TRANSITIONS if each.actor is not Actor.RESTORE}
    assert drawn.count('<path class="a"') == len(ways)
    assert tool.PICTURE.read_text(encoding="utf-8") == drawn, "run: python tools/delivery_picture.py"


def test_every_cause_is_in_it(tool: ModuleType) -> None:
    drawn = tool.draw()
    assert [each for each in TRANSITIONS if each.cause not in drawn] == []


def test_a_transition_without_a_place_in_it_is_noticed(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    new = Transition(State.SENT, State.READY, Actor.COURIER, "once more")
    monkeypatch.setattr(tool, "TRANSITIONS", (*TRANSITIONS, new))
    with pytest.raises(KeyError):
        tool.draw()
