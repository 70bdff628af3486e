"""What a member takes along: a portfolio to read (Markdown), all that is kept of them (JSON), and looking back."""

import json
import re
from collections.abc import Sequence

from cohort_bot.app.ports.retrospectives import Retrospective
from cohort_bot.app.queries.portfolio import Portfolio
from cohort_bot.app.words import counts
from cohort_bot.app.words.record_changes import what
from cohort_bot.app.words.retrospective import QUESTIONS
from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.chat.message import File, Message, Strong, file_name, paragraph
from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.programme import Programme

_LINK = re.compile(r"https?://[^\s<>\"'|]+")


def exported(folio: Portfolio) -> Message:
    head = _("Your data from {cohort}", cohort=folio.cohort.name)
    words = _("Two files: a portfolio to read and show, and everything I keep about you, for programs to read.")
    return Message(head, (paragraph(Strong(head)), paragraph(words)), files=files(folio))


def graduated(folio: Portfolio) -> Message:
    head = _("You've reached the end of “{programme}”", programme=folio.programme.title)
    yours = _(
        "You did {weeks_done} of {weeks}, about {hours}, and {actions_done} of {actions} of the guide. What you did "
        "is yours: here's your portfolio, as a page to read and show and as data. You can still check in late for "
        "the last rounds.",
        **_figures(folio),
    )
    return Message(head, (paragraph(Strong(head)), paragraph(yours)), files=files(folio))


def _figures(folio: Portfolio) -> dict[str, str | int]:
    """What the sentences about the whole record are filled in with."""
    return {
        "weeks_done": len(folio.done.weeks),
        "weeks": counts.weeks(folio.done.of_weeks),
        "hours": counts.worked(folio.done.minutes),
        "actions_done": len(folio.done.actions),
        "actions": counts.actions(folio.done.of_actions),
    }


def files(folio: Portfolio) -> tuple[File, ...]:
    name = folio.cohort.name
    return (
        File(file_name("portfolio", name, kind="md"), markdown(folio)),
        File(file_name("portfolio", name, kind="json"), data(folio)),
    )


def markdown(folio: Portfolio) -> str:
    """The portfolio: what was done, phase by phase, what came of it, what was read and learned."""
    programme, figures = folio.programme, _figures(folio)
    lines = [
        f"# {programme.title}",
        "",
        f"{folio.member.account.name}, {folio.cohort.name}, {folio.at:%Y-%m-%d}",
        "",
        _("- {weeks_done} of {weeks}, about {hours}", **figures),
        _("- {actions_done} of {actions} of the guide", **figures),
        ngettext("- {n} paper read", "- {n} papers read", len(folio.papers)),
        "",
    ]
    backs = {each.phase: each for each in folio.retrospectives}
    for phase in programme.phases:
        weeks = [week for week in programme.weeks if phase.first_week <= week.number <= phase.last_week]
        entries = [(week, [each for each in folio.made if each.week == week.number]) for week in weeks]
        if not any(made for _week_of, made in entries) and phase.id not in backs:
            continue
        lines += [f"## {phase.title}", ""]
        finished = [action.text for action in phase.actions if action.id in folio.done.actions]
        lines += [*(_("- Completed: {action}", action=text) for text in finished), *([""] if finished else [])]
        for week, made in entries:
            if made:
                title = _("Week {week}: {title}", week=week.number, title=week.title)
                lines += [f"### {title}", "", *_week(folio.programme, made), ""]
        if phase.id in backs:
            lines += ["### " + _("Looking back"), "", *_answers(backs[phase.id]), ""]
    if folio.papers:
        read = (_("Week {week}: {title}", week=week, title=title) + f" <{url}>" for week, title, url in folio.papers)
        lines += ["## " + _("Papers read"), "", *(f"- {line}" for line in read), ""]
    return "\n".join(lines)


def _week(programme: Programme, made: Sequence[CheckIn]) -> list[str]:
    lines = []
    for entry in made:
        lines += [f"- [{'x' if task.done else ' '}] {programme.said(task.text)}" for task in entry.tasks]
        lines += [f"> {line}" for line in entry.done.splitlines() if line.strip()]
        links = links_in(entry.done)
        if links:
            lines.append(_("Evidence: {links}", links=" ".join(f"<{link}>" for link in links)))
    return lines


def _answers(back: Retrospective) -> list[str]:
    return [f"**{_(question)}** {back.answers[key]}\n" for key, question in QUESTIONS if back.answers.get(key)]


def links_in(text: str) -> list[str]:
    """The addresses in a text, each once, without the punctuation that ends a sentence."""
    return list(dict.fromkeys(link.rstrip(".,;:!?)]}") for link in _LINK.findall(text)))


def data(folio: Portfolio) -> str:
    """Everything that is kept of the member in this cohort, as JSON; instants are ISO 8601 in UTC."""
    member, account = folio.member, folio.member.account
    body = {
        "cohort": folio.cohort.name,
        "programme": folio.programme.slug,
        "made_at": folio.at.isoformat(),
        "account": {
            "platform": account.platform,
            "workspace": account.workspace,
            "user": account.user,
            "name": account.name,
            "zone": account.zone,
            "language": account.language,
            "locale": account.locale,
            "reminders": account.reminders,
            "mention": account.mention,
            "calendar_address_since": folio.calendar_since.isoformat() if folio.calendar_since else None,
        },
        "membership": {
            "joined_at": member.joined_at.isoformat(),
            "left_at": member.left_at.isoformat() if member.left_at else None,
            "first_round": member.first_round,
            "hours_a_week": member.hours,
            "why": member.why,
            "breaks": [{"first": each.first.isoformat(), "last": each.last.isoformat()} for each in member.breaks],
            "slips": [{"from_round": each.from_round, "weeks": each.weeks} for each in member.slips],
        },
        "progress": {
            "weeks_done": sorted(folio.done.weeks),
            "of_weeks": folio.done.of_weeks,
            "hours": counts.to_hours(folio.done.minutes),
            "minutes": folio.done.minutes,
            "streak": folio.run.length,
            "actions_completed": list(folio.done.actions),
        },
        "check_ins": [_checkin(each) for each in folio.made],
        "earlier_versions": [
            {"round": each.round, "replaced_at": each.replaced_at.isoformat(), "was": each.body}
            for each in folio.earlier
        ],
        "papers_read": [{"week": week, "title": title, "url": url} for week, title, url in folio.papers],
        "questions": {
            "sent": member.questions,
            "answers": [
                {"round": each.round, "question": each.question, "known": each.known} for each in folio.answers
            ],
        },
        "paper_club": {
            "proposed": [{"week": each.week, "title": each.title, "url": each.url} for each in folio.club.proposed],
            "voted_for": [{"week": week, "title": title} for week, title in folio.club.voted.items()],
            "presented": [
                {"week": each.week, "starts": each.starts.isoformat(), "summary": each.summary}
                for each in folio.club.presented
            ],
        },
        "small_groups": {
            "wanted_since": folio.seat.since.isoformat() if folio.seat else None,
            "in_one_now": folio.seat is not None and folio.seat.group is not None,
            "formed": [at.isoformat() for at in folio.groups],
        },
        "retrospectives": [
            {"phase": each.phase, "at": each.at.isoformat(), "answers": dict(each.answers)}
            for each in folio.retrospectives
        ],
        "excused": [{"round": each.round, "reason": each.reason, "at": each.at.isoformat()} for each in folio.excuses],
        "changed_by_moderators": [
            {
                "at": each.at.isoformat(),
                "by": each.by_name,
                "what": what(folio.cohort, each),
                "round": each.round,
                "reason": each.words,
            }
            for each in folio.changes
        ],
        "written_to_you": [
            {"at": each.at.isoformat(), "by": each.by_name, "words": each.words} for each in folio.letters
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _checkin(entry: CheckIn) -> dict[str, object]:
    return {
        "round": entry.round,
        "week": entry.week,
        "filed_at": entry.filed_at.isoformat(),
        "edited_at": entry.edited_at.isoformat() if entry.edited_at else None,
        "tasks": [{"task": task.text, "done": task.done, "done_in_round": task.done_in} for task in entry.tasks],
        "done": entry.done,
        "evidence": links_in(entry.done),
        "blockers": entry.blockers,
        "next": entry.next_step,
        "shared": entry.share_thread,
        "blocker_shared": entry.share_blocker,
    }
