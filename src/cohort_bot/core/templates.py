"""A moderator's own words as a template: what names one person is taken out of them, and filled in for another."""

import re

MEMBER, FIRST, COHORT, BLOCKER = "{member}", "{first}", "{cohort}", "{blocker}"


def template(words: str, member: str, cohort: str, blocker: str = "") -> str:
    """The words without the names and without what the member wrote themselves; empty when that cannot be told apart,
    because their first name is left somewhere.
    """
    first = next(iter(member.split()), "")
    known = ((blocker, BLOCKER), (member, MEMBER), (cohort, COHORT))
    for value, sign in sorted(((value, sign) for value, sign in known if value), key=lambda each: -len(each[0])):
        words = words.replace(value, sign)
    greeting, line, rest = words.partition("\n")
    words = _name(first).sub(FIRST, greeting, count=1) + line + rest if first else words
    return "" if first and _name(first).search(words) else words


def filled(template: str, member: str, cohort: str, blocker: str = "") -> str | None:
    """The template for another member; None when it speaks of a blocker and there is none."""
    if BLOCKER in template and not blocker:
        return None
    values = {MEMBER: member, FIRST: next(iter(member.split()), member), COHORT: cohort, BLOCKER: blocker}
    return re.sub("|".join(map(re.escape, values)), lambda found: values[found[0]], template)


def _name(name: str) -> re.Pattern[str]:
    """A name as a word of its own."""
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
