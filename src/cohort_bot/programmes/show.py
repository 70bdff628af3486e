"""A programme as plain data, in the shape that `content show --json` promises."""

from typing import Any

from cohort_bot.core.programme import Horizon, Item, Programme, Week

_HORIZONS: tuple[Horizon, ...] = ("this_week", "this_month", "next_90_days")


def as_json(programme: Programme) -> dict[str, Any]:
    """The whole programme. `weeks` of an item are those that cover it."""
    serving: dict[str, list[int]] = {}
    for week in programme.weeks:
        for item_id in week.covers:
            serving.setdefault(item_id, []).append(week.number)

    def item(one: Item) -> dict[str, Any]:
        return {"id": one.id, "text": one.text, "weeks": serving.get(one.id, [])}

    horizons = programme.horizons or {}
    reality = programme.reality_check
    return {
        "slug": programme.slug,
        "title": programme.title,
        "weeks": programme.length,
        "phases": [
            {
                "id": phase.id,
                "title": phase.title,
                "first_week": phase.first_week,
                "last_week": phase.last_week,
                "actions": [item(action) for action in phase.actions],
            }
            for phase in programme.phases
        ],
        "horizons": {name: [item(one) for one in horizons.get(name, ())] for name in _HORIZONS},
        "skills": [
            {
                "id": skill.id,
                "rank": skill.rank,
                "name": skill.name,
                "text": skill.text,
                "weeks": serving.get(skill.id, []),
            }
            for skill in programme.skills
        ],
        "strengths": [{"name": strength.name, "text": strength.text} for strength in programme.strengths],
        "reality_check": {
            "enjoy": list(reality.enjoy),
            "miss": list(reality.miss),
            "challenges": list(reality.challenges),
        },
        "faq": [{"question": entry.question, "answer": entry.answer} for entry in programme.faq],
        "week_plan": [_week(week) for week in programme.weeks],
        "papers": [
            {
                "id": paper.id,
                "title": paper.title,
                "authors": paper.authors,
                "year": paper.year,
                "venue": paper.venue,
                "url": paper.url,
                "minutes": paper.minutes,
                "why": paper.why,
                "questions": list(paper.questions),
                "phase": paper.phase,
                "week": paper.week,
                "spare": paper.spare,
            }
            for paper in programme.papers
        ],
    }


def links(programme: Programme) -> list[tuple[str, str, str]]:
    """Every outside link as (where, title, link), for a person to try."""
    resources = [
        (f"week {week.number}", resource.title, resource.url)
        for week in programme.weeks
        for resource in week.resources
        if resource.url
    ]
    return resources + [(f"paper {paper.id}", paper.title, paper.url) for paper in programme.papers]


def _week(week: Week) -> dict[str, Any]:
    return {
        "week": week.number,
        "phase": week.phase,
        "title": week.title,
        "goal": week.goal,
        "hours": week.hours,
        "tasks": [{"text": task.text, "short": task.short, "minutes": task.minutes} for task in week.tasks],
        "share": week.share,
        "covers": list(week.covers),
        "resources": [{"title": resource.title, "url": resource.url} for resource in week.resources],
        "note": week.note,
        "recall": [
            {"question": entry.question, "answer": entry.answer, "source": entry.source} for entry in week.recall
        ],
    }
