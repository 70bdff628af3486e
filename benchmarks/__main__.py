"""`python -m benchmarks [name …]`: run them, write results.json and results.md beside this file."""

import importlib
import json
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from cohort_bot.bootstrap import same_time_zones_everywhere
from cohort_bot.clocks import SystemClock

ALL = ("delivery", "quiet", "pace", "progress", "memory", "discord", "slack")


def main() -> None:
    """Every figure in turn; nothing else should run on the machine."""
    same_time_zones_everywhere()
    here = Path(__file__).parent
    names = sys.argv[1:] or ALL
    lines = [
        "# Figures",
        "",
        f"{SystemClock().now():%Y-%m-%d}, {platform.system()}, Python {platform.python_version()}, two noisy cores.",
        "Ratios hold better than absolute figures.",
        "",
        "| Figure | Value | Target |",
        "|---|---|---|",
    ]
    results = []
    for name in names:
        for figure in importlib.import_module(f"benchmarks.{name}").run():
            print(
                f"{figure.name}: {figure.value:.3g} {figure.unit} {figure.target and f'({figure.target})'}", flush=True
            )
            results.append(asdict(figure))
            lines.append(f"| {figure.name} | {figure.value:.3g} {figure.unit} | {figure.target} |")
    (here / "results.json").write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    (here / "results.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
