"""axe-core, the rules of accessibility that a program can check, for whatever page is open in Chromium."""

import os
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "node" / "node_modules" / "axe-core" / "axe.min.js"
needs_axe = pytest.mark.skipif(
    not SOURCE.exists() and "node" not in os.environ.get("COHORT_BOT_REQUIRE", ""),
    reason="needs: npm ci --prefix tests/node",
)

RUN = """async (only) => {
  const found = await axe.run(document, { resultTypes: ["violations"], ...(only && { runOnly: only }) });
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)}: ${node.failureSummary}`));
}"""
"""Every violation as a line. With `only`, the ids of rules, these alone are checked."""

BY_LAYOUT = ["color-contrast", "empty-heading", "link-in-text-block", "scrollable-region-focusable", "target-size"]
"""Rules whose findings depend on the style; the others read the markup, which is the same everywhere."""


def source() -> str:
    """What to evaluate in a page first."""
    return SOURCE.read_text(encoding="utf-8")
