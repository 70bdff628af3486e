"""The moderators' card: this week, the trend, who needs a person and why, what does not arrive, everybody's rounds."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from cohort_bot.app.pictures.chat import ROUNDS_MOST, heat_map
from cohort_bot.app.ports.outreach import Outreach, OutreachResult
from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery
from cohort_bot.app.queries.standing import Standing, by_urgency
from cohort_bot.app.words.alerts import why
from cohort_bot.app.words.board import rounds_summary
from cohort_bot.app.words.counts import members
from cohort_bot.app.words.findings import problems
from cohort_bot.app.words.risks import reason
from cohort_bot.app.words.statuses import SYMBOLS, legend
from cohort_bot.chat.i18n import N_, _, ngettext, spans
from cohort_bot.chat.message import (
    Actions,
    Block,
    Button,
    Grid,
    Heading,
    Message,
    Picture,
    Section,
    Span,
    Strong,
    When,
    bullets,
    paragraph,
)
from cohort_bot.chat.typed import shorten
from cohort_bot.core.checkins import ENDLESS, Status
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.progress import Turnout, turnouts
from cohort_bot.core.risks import Sign

PAGE = 25
SHOWN_ROUNDS = 8
SHOWN_AT_RISK = 6
SHOWN_BLOCKERS = 3
SHOWN_FAILURES = 3
BLOCKER_MOST = 80
NAME_MOST = 24
"""Together with a page of the grid these fit into one message of every platform (Discord: 4,000 characters)."""

ALT_MOST: Final = 1000
"""Characters of an alternative text; Discord takes 1,024."""

BARS: Final = "▁▂▃▄▅▆▇█"
NOBODY: Final = "·"

Failure = tuple[str, Delivery, str]
"""What a parked delivery is called, the delivery, what cures it."""

_OUTCOMES: Final[Mapping[OutreachResult, str]] = {
    OutreachResult.WAITING: N_("no answer yet"),
    OutreachResult.ANSWERED: N_("they answered"),
    OutreachResult.BACK: N_("they're coming back"),
    OutreachResult.BREAK: N_("they're taking a break"),
    OutreachResult.LEAVING: N_("they're leaving"),
    OutreachResult.SILENT: N_("no answer"),
}


def overview(
    cohort: Cohort,
    number: int,
    people: Sequence[Standing],
    page: int,
    parked: Sequence[Failure],
    findings: Sequence[Finding],
    at: datetime,
    more: Sequence[Button] = (),
    former: Sequence[Sequence[Status]] = (),
    last: int = ENDLESS,
    *,
    pictures: bool = False,
) -> Message:
    """The card; pages after the first hold the grid only. `parked` are deliveries with what cures them, `number` is the
    newest round that anybody has, 0 before the first, and `last` the one after which there is none.
    `former` are the statuses of those who left: in the rounds before they count.
    """
    ordered = by_urgency(people, cohort.calendar.today(at))
    pages = max(1, -(-len(ordered) // PAGE))
    page = min(page, pages - 1)
    shown = ordered[page * PAGE : (page + 1) * PAGE]
    args = {"id": str(cohort.id)}
    if page:
        head = _(
            "{cohort}: members {first} to {last} of {all}",
            cohort=cohort.name,
            first=page * PAGE + 1,
            last=page * PAGE + len(shown),
            all=len(ordered),
        )
        return Message(head, (Heading(head), *_rounds(number, shown, pictures), *_turns(args, page, pages)))
    if cohort.archived_at is not None:
        grid = [*_rounds(number, shown, pictures), *_turns(args, page, pages)] if number and people else []
        buttons = Actions((Button(_("Export"), "cohort.export", args), *more))
        rest = (*_failures(parked, args), *grid, buttons)
        return Message(
            _("{cohort} has ended", cohort=cohort.name), (*_ended(cohort, cohort.archived_at, number, people), *rest)
        )
    title = _("{cohort} · round {round}", cohort=cohort.name, round=number) if number else cohort.name
    blocks: list[Block] = [Heading(title), *problems(findings)]
    blocks += _week(cohort, number, people, former, at, last)
    if number:
        blocks += _at_risk(cohort, ordered) if people else []
        blocks += _blockers(people)
    blocks += _failures(parked, args)
    if number and people:
        blocks += _rounds(number, shown, pictures)
        blocks += _turns(args, page, pages)
        write = Button(_("Write to others"), "cohort.choose", {**args, "for": "write"})
        below = [
            *([write] if sum(bool(each.risks) for each in people) > SHOWN_AT_RISK else []),
            Button(_("Log outreach"), "cohort.choose", {**args, "for": "log"}),
            Button(_("Excuse"), "cohort.choose", {**args, "for": "excuse"}),
            Button(_("One member"), "cohort.choose", {**args, "for": "person"}),
            Button(_("Export"), "cohort.export", args),
        ]
        blocks.append(Actions(tuple(below)))
    if more:
        blocks.append(Actions(tuple(more)))
    return Message(_summary(cohort, number, people), tuple(blocks))


def _ended(cohort: Cohort, at: datetime, number: int, people: Sequence[Standing]) -> list[Block]:
    day = When(at, "day")
    line = spans("It ended on {day}, with {members}.", day=day, members=members(len(people)))
    if people:
        line += (" ", _("/cohort progress with member: still shows one member's record."))
    turnout = [paragraph(_summary(cohort, number, people))] if number and people else []
    return [Heading(cohort.name), paragraph(*line), *turnout]


def _summary(cohort: Cohort, number: int, people: Sequence[Standing]) -> str:
    if not number:
        return _("{cohort} hasn't started", cohort=cohort.name)
    now = turnouts((each.rounds for each in people), [number])[0]
    return _(
        "{cohort}: {made} of {all} checked in for round {round}",
        cohort=cohort.name,
        made=now.made,
        all=now.of,
        round=number,
    )


def _week(
    cohort: Cohort, number: int, people: Sequence[Standing], former: Sequence[Sequence[Status]], at: datetime, last: int
) -> list[Block]:
    count = members(len(people))
    if not number:
        opens = When(cohort.calendar.opens(1))
        return [paragraph(*spans("The first week opens {opens}. {members} so far.", opens=opens, members=count))]
    if not people:
        if number >= last and at >= cohort.calendar.closes(number):
            return [paragraph(_("The last week has closed, and nobody is left in the cohort."))]
        return [paragraph(_("Nobody has joined yet. The invitation in the room has a Join button."))]
    now = turnouts((each.rounds for each in people), [number])[0]
    turnout = _("Round {round}: {made} of {all} checked in.", round=number, made=now.made, all=now.of)
    resting = sum(each.rounds[number - 1] in {Status.BREAK, Status.EXCUSED} for each in people)
    size = f"{count}."
    if resting:
        away = ngettext("{n} on a break or excused.", "{n} on a break or excused.", resting)
        size = f"{away} {size}"
    state = _state(cohort.calendar.closes(number), at, over=number >= last)
    blocks: list[Block] = [paragraph(Strong(turnout), f" {size} ", *state)]
    first = max(1, number - SHOWN_ROUNDS + 1)
    if number > 1:
        trend = turnouts((*(each.rounds for each in people), *former), range(first, number))
        blocks.append(trend_grid((*trend, now)))
    return blocks


def _state(closes: datetime, at: datetime, *, over: bool) -> tuple[Span, ...]:
    if at < closes:
        return spans("It's open until {closes}.", closes=When(closes))
    return (_("It has closed, and it was the last one.") if over else _("It has closed."),)


def bar(turnout: Turnout) -> str:
    """A column as high as the share of those who checked in."""
    return BARS[(turnout.made * (len(BARS) - 1) * 2 + turnout.of) // (2 * turnout.of)] if turnout.of else NOBODY


def trend_grid(trend: Sequence[Turnout]) -> Grid:
    """Rounds as columns: a chart, and the numbers that it shows."""
    rows = (
        (_("share"), tuple(bar(each) for each in trend)),
        (_("checked in"), tuple(str(each.made) for each in trend)),
        (_("of"), tuple(str(each.of) for each in trend)),
    )
    return Grid(tuple(str(each.round) for each in trend), rows, ((BARS[0], _("nobody")), (BARS[-1], _("everyone"))))


def _at_risk(cohort: Cohort, ordered: Sequence[Standing]) -> list[Block]:
    at_risk = [each for each in ordered if each.risks]
    if not at_risk:
        return [paragraph(Strong(nobody_at_risk()))]
    blocks: list[Block] = [
        paragraph(Strong(needs_heading(len(at_risk)))),
        *(Section(reasons(each), write_button(cohort, each.member)) for each in at_risk[:SHOWN_AT_RISK]),
    ]
    if len(at_risk) > SHOWN_AT_RISK:
        left = len(at_risk) - SHOWN_AT_RISK
        more = ngettext(
            "And {n} more: “Write to others” lists everyone.",
            "And {n} more: “Write to others” lists everyone.",
            left,
        )
        blocks.append(paragraph(more, quiet=True))
    return blocks


def needs_heading(number: int) -> str:
    return _("Who needs someone today: {number}", number=number)


def nobody_at_risk() -> str:
    return _("Nobody is at risk right now.")


def write_button(cohort: Cohort, member: Member) -> Button:
    """Opens the prepared message to one member."""
    args = {"id": str(cohort.id), "member": str(member.id)}
    return Button(_("Write to {member}", member=member.name), "cohort.write", args)


def reasons(standing: Standing) -> tuple[Span, ...]:
    """One member with every reason, and who turned to them last."""
    return (Strong(standing.member.name), f": {why_they_need(standing)} ", *written(standing.outreach))


def why_they_need(standing: Standing) -> str:
    """Every reason, as a sentence without its subject."""
    words = "; ".join(map(reason, standing.risks)) or _("nothing worrying")
    if any(risk.sign is Sign.SILENT for risk in standing.risks):
        rest = _("Reminders have stopped; please message them yourself.")
        return f"{words}. {rest}"
    return f"{words}."


def written(outreach: Outreach | None) -> tuple[Span, ...]:
    """Who turned to a member last, when, and what came of it."""
    if outreach is None:
        return (_("Nobody has written to them yet."),)
    if outreach.held_until is not None:
        return spans(
            "A message from {moderator} will be delivered {when}.",
            moderator=shorten(outreach.by_name, NAME_MOST),
            when=When(outreach.held_until),
        )
    return spans(
        "{moderator} wrote on {day}; {outcome}.",
        moderator=shorten(outreach.by_name, NAME_MOST),
        day=When(outreach.at, "day"),
        outcome=outcome(outreach.outcome),
    )


def outcome(result: OutreachResult) -> str:
    """What came of writing to somebody, as a clause."""
    return _(_OUTCOMES[result])


def open_blockers(people: Sequence[Standing]) -> list[tuple[Member, int, str]]:
    """Whose blocker is open, with its round and words, the newest first."""
    stuck = [(each.member, *each.blocker) for each in people if each.blocker]
    return sorted(stuck, key=lambda each: -each[1])


def blockers_heading(number: int) -> str:
    return _("Open blockers: {number}", number=number)


def _blockers(people: Sequence[Standing]) -> list[Block]:
    stuck = open_blockers(people)
    if not stuck:
        return []
    items = [
        spans(
            "{member}, round {round}: {blocker}",
            member=Strong(member.name),
            round=number,
            blocker=shorten(words, BLOCKER_MOST),
        )
        for member, number, words in stuck[:SHOWN_BLOCKERS]
    ]
    if len(stuck) > SHOWN_BLOCKERS:
        head = _("Open blockers: {number}, the newest {shown}", number=len(stuck), shown=SHOWN_BLOCKERS)
    else:
        head = blockers_heading(len(stuck))
    return [paragraph(Strong(head)), bullets(items)]


def failures_heading(number: int) -> str:
    return _("Not delivered: {number}", number=number)


def failure_lines(parked: Sequence[Failure]) -> list[tuple[Span, ...]]:
    """What could not be delivered, why and what cures it; what is the same is counted."""
    groups: dict[tuple[str, str, str], int] = {}
    for label, row, cure in parked:
        key = (_(label), why(row.reason or DeliveryReason.OTHER, row.detail), cure)
        groups[key] = groups.get(key, 0) + 1
    return [(Strong(_times(what, count)), f": {reason}. {cure}") for (what, reason, cure), count in groups.items()]


def _failures(parked: Sequence[Failure], args: Mapping[str, str]) -> list[Block]:
    if not parked:
        return []
    return [
        paragraph(Strong(failures_heading(len(parked)))),
        bullets(failure_lines(parked)[:SHOWN_FAILURES]),
        Actions((retry_button(args),)),
    ]


def retry_button(args: Mapping[str, str]) -> Button:
    return Button(_("Try again"), "cohort.retry", args)


def _times(post: str, count: int) -> str:
    return ngettext("{post} ({n} time)", "{post} ({n} times)", count, post=post) if count > 1 else post


def _rounds(number: int, shown: Sequence[Standing], pictures: bool) -> list[Block]:
    """Everybody's newest rounds, and with `pictures` those of a year as a heat map."""
    return [*([_heat_map(number, shown)] if pictures and number and shown else []), _grid(number, shown)]


def _heat_map(number: int, shown: Sequence[Standing]) -> Picture:
    first = max(1, number - ROUNDS_MOST + 1)
    people = [(each.member.name, each.rounds[first - 1 : number]) for each in shown]
    alt = _("Members by rounds, {first} to {last}.", first=first, last=number)
    for name, statuses in people:
        line = " " + _("{member}: {rounds}.", member=name, rounds=rounds_summary(statuses, first))
        if len(alt) + len(line) > ALT_MOST:
            alt += " …"
            break
        alt += line
    used = legend([status for _name, statuses in people for status in statuses])
    meanings = {symbol: status for status, symbol in SYMBOLS.items()}
    svg = heat_map(first, people, [(meanings[symbol], meaning) for symbol, meaning in used])
    return Picture("cohort", svg, alt)


def _grid(number: int, shown: Sequence[Standing]) -> Grid:
    first = max(1, number - SHOWN_ROUNDS + 1)
    cells = tuple(
        (each.member.name, tuple(SYMBOLS[status] for status in each.rounds[first - 1 : number])) for each in shown
    )
    used = [status for each in shown for status in each.rounds[first - 1 : number]]
    return Grid(tuple(str(each) for each in range(first, number + 1)), cells, legend(used), _("Member"))


def _turns(args: Mapping[str, str], page: int, pages: int) -> list[Block]:
    if pages == 1:
        return []
    buttons = []
    if page:
        buttons.append(Button(_("Back"), "cohort.progress", {**args, "page": str(page - 1)}))
    if page + 1 < pages:
        buttons.append(Button(_("Next"), "cohort.progress", {**args, "page": str(page + 1)}))
    return [paragraph(_("Page {page} of {pages}", page=page + 1, pages=pages), quiet=True), Actions(tuple(buttons))]


def own_button(cohort: Cohort) -> Button:
    """A moderator's way to their own record, where one command shows both."""
    return Button(_("My own"), "progress", {"id": str(cohort.id)})
