"""kill -9 and everything else that can happen to a process, judged by the chat service's own history.

KILL_SEED=2 python -m pytest tests/e2e/test_kill.py repeats the plan of a run; `tests/harness/long.py` runs more.
"""

import os
import sys
from pathlib import Path

import pytest

from tests.harness.fault_injector import Plan, run
from tests.harness.server import MANNERS
from tests.harness.worker import PLANTS, POINTS

SEED = int(os.environ.get("KILL_SEED", "1"))
pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="fills another process's disk with prlimit"),
]


@pytest.mark.parametrize("manner", MANNERS)
async def test_three_hundred_messages_through_kills_faults_and_clock_steps(manner: str, tmp_path: Path) -> None:
    report = await run(Plan(tmp_path, manner, SEED))
    print(f"seed {SEED}, {manner}: {report.summary()}")  # noqa: T201 - pytest shows it when the test fails
    again = f"again: KILL_SEED={SEED} python -m pytest tests/e2e/test_kill.py -k {manner}"
    assert report.wrong == [], f"{again}\n{report.log[-4000:]}"
    assert report.expected >= 300
    assert report.happened["kills"] >= 6


async def test_a_kill_at_every_named_point(tmp_path: Path) -> None:
    points = [f"{point}:3" for point in POINTS]
    report = await run(Plan(tmp_path, "slack-like", SEED, cohorts=6, stops=4, fates=(), kill_at=points, faults=False))
    assert report.wrong == [], report.log[-4000:]
    assert report.happened["kills"] == len(POINTS)


def capped(folder: Path, plant: str = "none") -> Plan:
    """A message whose answer nobody heard, where history is given out slowly and much was written since."""
    kill_at = ["after-accept:1"]
    return Plan(folder, "slack-like", SEED, 1, 2, (), kill_at=kill_at, faults=False, capped=True, plant=plant)


async def test_a_history_that_is_given_out_slowly_is_read_to_its_end(tmp_path: Path) -> None:
    report = await run(capped(tmp_path))
    assert report.wrong == [], report.log[-4000:]
    assert report.figures["ambiguous rows"] >= 1
    assert report.figures["busy"] >= 2, "it was asked for more than it may give out at once"


async def test_the_checker_finds_a_look_back_that_begins_anew_each_time(tmp_path: Path) -> None:
    report = await run(capped(tmp_path, "begins-anew"))
    assert report.happened["silence"] == 1
    assert any(line.startswith("missing: ") for line in report.wrong), report.wrong


def silent(folder: Path, plant: str) -> Plan:
    """Lanes fall silent, as if a look-up in them had never ended."""
    return Plan(folder, "slack-like", SEED, 3, fates=(), faults=False, plant=plant)


async def test_a_lane_that_falls_silent_is_begun_anew(tmp_path: Path) -> None:
    report = await run(silent(tmp_path, "silent-lane"))
    assert report.wrong == [], report.log[-4000:]
    assert "has not moved for five minutes" in report.log


async def test_the_checker_finds_a_silent_lane_that_nobody_notices(tmp_path: Path) -> None:
    report = await run(silent(tmp_path, "silent-lane-unnoticed"))
    assert report.wrong
    assert all(line.startswith("missing: ") for line in report.wrong), report.wrong


@pytest.mark.parametrize(
    ("plant", "point", "finding"),
    [
        ("sent-before-sending", "after-claim", "missing: opening:"),
        ("no-look-back", "after-accept", "2 times: opening:"),
    ],
)
async def test_the_checker_finds_a_planted_fault(plant: str, point: str, finding: str, tmp_path: Path) -> None:
    assert plant in PLANTS
    kill_at = [f"{point}:4"]
    plan = Plan(tmp_path, "slack-like", SEED, 6, stops=1, fates=(), kill_at=kill_at, faults=False, plant=plant)
    report = await run(plan)
    assert report.happened["kills"] == 1
    assert report.wrong
    assert all(line.startswith(finding) for line in report.wrong), report.wrong


async def test_the_checker_finds_what_is_not_in_its_thread(tmp_path: Path) -> None:
    plan = Plan(tmp_path, "slack-like", SEED, 1, fates=(), faults=False, plant="not-in-its-thread")
    report = await run(plan)
    assert [line.rpartition(" ")[2] for line in report.wrong] == ["digest:1:r1:1", "digest:1:r2:1"], report.wrong
    assert all(line.startswith("in thread None, not in t-") for line in report.wrong), report.wrong
