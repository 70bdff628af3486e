"""A programme as plain data, in the shape that `content show --json` promises."""

import json
from itertools import chain
from typing import Any

from cohort_bot.core.programme import Programme
from cohort_bot.programmes import plain
from cohort_bot.programmes.check import HORIZONS

_KEYS = (
    "slug", "title", "language", "weeks", "phases", "horizons", "skills", "strengths", "reality_check", "faq",
    "week_plan", "papers",
)  # fmt: skip


def as_json(programme: Programme) -> dict[str, Any]:
    """The whole programme. `weeks` of an item are those that cover it."""
    whole: dict[str, Any] = json.loads(plain.dumps(programme))
    horizons = {name: (whole["horizons"] or {}).get(name, []) for name in HORIZONS}
    for phase in whole["phases"]:
        del phase["colour"], phase["gate"]
    actions = (phase["actions"] for phase in whole["phases"])
    for item in chain(*actions, *horizons.values(), whole["skills"]):
        item["weeks"] = list(programme.covering(item["id"]))
    weeks = [{"week": week.pop("number"), **week} for week in whole["weeks"]]
    whole |= {"weeks": programme.length, "horizons": horizons, "week_plan": weeks}
    return {key: whole[key] for key in _KEYS}


def links(programme: Programme) -> list[tuple[str, str, str]]:
    """Every outside link as (where, title, link), for a person to try."""
    resources = [
        (f"week {week.number}", resource.title, resource.url)
        for week in programme.weeks
        for resource in week.resources
        if resource.url
    ]
    return resources + [(f"paper {paper.id}", paper.title, paper.url) for paper in programme.papers]
