"""A programme as one cohort reads it: with the papers that went out, and those that its moderators picked."""

from collections.abc import Mapping
from dataclasses import replace

from cohort_bot.app.ports.papers import Pick
from cohort_bot.app.ports.store import Store
from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.programme import Paper, Programme


def said(programme: Programme | None, made: CheckIn) -> CheckIn:
    """The check-in with its tasks as the programme says them: the record keeps them in the guide's own language."""
    if programme is None or programme.translation is None:
        return made
    return replace(made, tasks=tuple(replace(task, text=programme.said(task.text)) for task in made.tasks))


def as_read(store: Store, cohort_id: int, programme: Programme) -> Programme:
    """The programme with the papers as this cohort reads them."""
    picks = store.papers.picks(cohort_id)
    posted = {
        week: paper for week, paper in store.deliveries.sent_parts("paper", cohort_id).items() if week not in picks
    }
    return with_picks(with_posted(programme, posted), picks)


def with_posted(programme: Programme, posted: Mapping[int, str]) -> Programme:
    """The programme with each paper that went out in the week in which it did, and in no other.

    A new edition may have moved it: members read it then, and nobody gets it twice.
    """
    known = {paper.id: paper for paper in programme.papers}
    sent = {week: known[paper] for week, paper in posted.items() if paper in known}
    if all(paper.week == week for week, paper in sent.items()):
        return programme
    moved = {paper.id for paper in sent.values()}
    kept = [paper for paper in programme.papers if paper.id not in moved and (paper.spare or paper.week not in sent)]
    kept += [replace(paper, week=week, spare=False) for week, paper in sent.items()]
    return replace(programme, papers=tuple(sorted(kept, key=lambda paper: paper.week or programme.length + 1)))


def with_picks(programme: Programme, picks: Mapping[int, Pick]) -> Programme:
    """The programme as the cohort reads it: a picked paper stands in its week, in place of the one that was there."""
    if not picks:
        return programme
    known = {paper.id: paper for paper in programme.papers}
    chosen = []
    for week, pick in sorted(picks.items()):
        before = next(iter(programme.papers_of(week)), None)
        picked = known.get(pick.paper or "") or Paper(
            f"picked-{week}", pick.title, "", 0, "", pick.url, 0, "", (), before.phase if before else "", None
        )
        chosen.append(replace(picked, week=week, spare=False))
    ids = {paper.id for paper in chosen}
    kept = [paper for paper in programme.papers if paper.week not in picks and paper.id not in ids]
    # One that was read in another month still stands there; only its place in this one is new.
    kept += [known[i] for i in ids & known.keys() if known[i].week is not None and known[i].week not in picks]
    return replace(programme, papers=tuple(sorted((*kept, *chosen), key=lambda paper: paper.week or 0)))


def dated_papers(programme: Programme) -> list[Paper]:
    """The papers that have a month, in the order of the programme."""
    return [each for each in programme.papers if each.week is not None and not each.spare]
