"""What a new version of a programme changes for a cohort on its way through it."""

from dataclasses import dataclass

from cohort_bot.core.programme import Programme, Week


@dataclass(frozen=True, slots=True)
class Changes:
    """Weeks that have not opened yet, by number. `moved` has the old number and the new one; `dropped` the old ones."""

    new: tuple[int, ...] = ()
    moved: tuple[tuple[int, int], ...] = ()
    rewritten: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.moved or self.rewritten or self.dropped)


def changes(before: Programme, after: Programme, opened: int) -> Changes:
    """What becomes different when weeks 1 to `opened` stay as they were posted."""
    old = {week.number: _content(week) for week in before.weeks if week.number > opened}
    new = {week.number: _content(week) for week in after.weeks if week.number > opened}
    left = {number for number, content in old.items() if new.get(number) != content}
    added, moved, rewritten = [], [], []
    for number, content in new.items():
        if old.get(number) == content:
            continue
        origin = next((each for each in sorted(left) if old[each] == content), None)
        if origin is not None:
            left.discard(origin)
            moved.append((origin, number))
        else:
            added.append(number)
    titles = {week.number: week.title for week in before.weeks}
    for number in list(added):
        if number in left and titles.get(number) == after.weeks[number - 1].title:
            left.discard(number)
            added.remove(number)
            rewritten.append(number)
    return Changes(tuple(added), tuple(moved), tuple(rewritten), tuple(sorted(left)))


def _content(week: Week) -> tuple[object, ...]:
    """All that members read of it."""
    return week.title, week.goal, week.tasks, week.share, week.resources, week.note, week.recall
