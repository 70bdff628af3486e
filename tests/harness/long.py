"""The same as `tests/e2e/test_kill.py` with many more messages: python -m tests.harness.long --messages 9000."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from cohort_bot.bootstrap import same_time_zones_everywhere
from tests.harness import fault_injector, scenario
from tests.harness.server import MANNERS


def main() -> int:
    """Run, print the figures, return 1 when anything is wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=9000)
    parser.add_argument("--lives", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--manner", choices=MANNERS, action="append")
    given = parser.parse_args()
    same_time_zones_everywhere()
    failed = False
    for manner in given.manner or MANNERS:
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            cohorts = -(-given.messages // scenario.EACH)
            plan = fault_injector.Plan(Path(folder), manner, given.seed, cohorts=cohorts, lives=given.lives)
            report = asyncio.run(fault_injector.run(plan))
        print(f"{manner}, seed {given.seed}: {report.summary()}, {time.perf_counter() - began:.0f} s")  # noqa: T201
        for line in report.wrong[:20]:
            print(f"  {line}")  # noqa: T201
        failed = failed or bool(report.wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
