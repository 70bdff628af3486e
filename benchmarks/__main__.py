"""`python -m benchmarks [name …]`: run them, write results.json and results.md beside this file.

Figures that are not run again stay as they were.
"""

import importlib
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from cohort_bot.bootstrap import same_time_zones_everywhere
from cohort_bot.clocks import SystemClock

ALL = ("delivery", "quiet", "pace", "progress", "board", "checkins", "memory", "discord", "slack", "growth", "levers")


def main() -> None:
    """Every figure in turn; nothing else should run on the machine."""
    same_time_zones_everywhere()
    here = Path(__file__).parent
    names = sys.argv[1:] or ALL
    lines = [
        "# Figures",
        "",
        f"{platform.system()}, Python {platform.python_version()}, two noisy cores. Ratios hold better than absolute",
        "figures. Load is the machine's when the figure was taken; above 2 others were at work beside it.",
        "",
        "| Figure | Value | Target | What bounds it | Taken, load |",
        "|---|---|---|---|---|",
    ]
    kept = json.loads((here / "results.json").read_text())
    results = {name: [each for each in kept if each.get("of") == name] for name in ALL}
    day = f"{SystemClock().now():%Y-%m-%d}"
    for name in names:
        results[name] = []
        for figure in importlib.import_module(f"benchmarks.{name}").run():
            print(
                f"{figure.name}: {figure.value:.3g} {figure.unit} {figure.target and f'({figure.target})'}", flush=True
            )
            load = round(os.getloadavg()[0], 1)
            results[name].append({"of": name, "day": day, "load": load, **asdict(figure)})
    flat = [each for name in ALL for each in results[name]]
    lines += [
        f"| {each['name']} | {each['value']:.3g} {each['unit']} | {each['target']} | {each['bound']} "
        f"| {each['day']}, {each['load']} |"
        for each in flat
    ]
    (here / "results.json").write_text(json.dumps(flat, indent=2, ensure_ascii=False) + "\n")
    levers = (here / "levers.md").read_text()  # what was decided, by hand
    (here / "results.md").write_text("\n".join(lines) + "\n" + levers)


if __name__ == "__main__":
    main()
