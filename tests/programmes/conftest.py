"""A small programme that passes its check, and the guide of another career."""

from pathlib import Path

import pytest

PROGRAMME = """\
slug: sample
title: From here to there
summary: A small programme.
hours: {min: 2, max: 6}
phases:
  - id: P1
    title: Begin
    weeks: 2
    file: phases/1-begin.yaml
    colour: "#2A9387"
    actions:
      - id: P1A1
        text: Begin well.
    gate:
      passes:
        - You began.
      if_missed: Begin again.
  - id: P2
    title: End
    weeks: 2
    file: phases/2-end.yaml
    colour: "#4682C4"
    actions:
      - id: P2A1
        text: End well.
horizons:
  this_week:
    - id: TW1
      text: Look around.
skills:
  - id: S1
    rank: 1
    name: Patience
    text: Wait a little.
"""
FIRST = """\
phase: P1
weeks:
  - week: 1
    title: The first step
    goal: Begin.
    hours: 3
    tasks:
      - text: Put one foot forward.
        short: One foot
      - text: Look around you.
        short: Look around
    share: A picture of your foot.
    covers: [P1A1, TW1]
    resources:
      - title: A page
        url: https://example.org/page
  - week: 2
    title: The second step
    goal: Go on.
    hours: 3
    tasks:
      - text: Put the other foot forward.
        short: Other foot
    share: Nothing.
    covers: [P1A1]
"""
SECOND = """\
phase: P2
weeks:
  - week: 3
    title: The third step
    goal: Nearly there.
    hours: 3
    tasks:
      - text: Go on.
        short: Onward
    share: A word.
    covers: [P2A1, S1]
  - week: 4
    title: The last step
    goal: Arrive.
    hours: 3
    tasks:
      - text: Stop.
        short: Stop
    share: Where you are.
    covers: [P2A1]
    note: You are there.
"""
PAPERS = """\
papers:
  - id: steps
    title: On steps
    authors: A. Walker
    year: 2001
    venue: Journal of Steps
    url: https://example.org/steps
    minutes: 30
    why: It is about steps.
    questions:
      - How many?
    phase: P1
    week: 2
  - id: pauses
    title: On pauses
    authors: A. Walker
    year: 2003
    venue: Journal of Steps
    url: https://example.org/pauses
    minutes: 30
    why: It is about pauses.
    questions:
      - How long?
    phase: P2
    spare: true
"""


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The folder of the small programme."""
    folder = tmp_path / "sample"
    (folder / "phases").mkdir(parents=True)
    (folder / "programme.yaml").write_text(PROGRAMME, encoding="utf-8")
    (folder / "phases" / "1-begin.yaml").write_text(FIRST, encoding="utf-8")
    (folder / "phases" / "2-end.yaml").write_text(SECOND, encoding="utf-8")
    (folder / "papers.yaml").write_text(PAPERS, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def guide() -> str:
    """The text of a guide for another career."""
    path = Path(__file__).parent / "guides" / "nurse-to-data-analyst.txt"
    return path.read_text(encoding="utf-8")
