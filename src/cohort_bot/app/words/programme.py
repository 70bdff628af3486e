"""Programmes that people of a workspace bring: adding, replacing, removing."""

from collections.abc import Iterator, Mapping, Sequence

from cohort_bot.app.errors import Forbidden, PersonError
from cohort_bot.app.ports.guides import FILE_MOST, Drafted, GuideQuestion
from cohort_bot.app.ports.workspace_programmes import WorkspaceProgramme
from cohort_bot.app.words.counts import weeks
from cohort_bot.app.words.lists import listed, numbers
from cohort_bot.chat.catalogues import languages, own_name
from cohort_bot.chat.form import ChoiceField, FileField, Form, Option, TextField
from cohort_bot.chat.i18n import _, language, ngettext, spans
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Span, Strong, When, bullets, paragraph
from cohort_bot.chat.sentence import whole
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import UNKNOWN, Programme
from cohort_bot.core.programme_changes import Changes

SHOWN_WEEKS = 4
SHOWN_REMARKS = 8
SHOWN_PHASES = 12
REMARK_MOST = 160
TITLE_MOST = 80
QUESTION_MOST = 300
TITLE_OF_FORM = 45
OPTION_MOST = 75
PASTED_MOST = 4000
FILE_KINDS = (".md", ".txt", ".docx", ".pdf", ".csv", ".xlsx", ".zip")

Affected = Sequence[tuple[Cohort, Changes]]


def moderators_only() -> Forbidden:
    return Forbidden(_("Only moderators can manage programmes. Please ask whoever manages this server or workspace."))


def file_form(
    action: str, args: Mapping[str, str], replaced: str, name: str = "", pasted: str = "", spoken: str = ""
) -> Form:
    """Asks for the guide and its language (`spoken`); `replaced` is the programme whose place and name it takes."""
    hint = _("Letters, digits and -, such as nurse-to-analyst. If empty, the file's name.")
    named = () if replaced else (TextField("name", _("Name"), value=name, limit=40, hint=hint),)
    kinds = _("Text, Markdown, Word, PDF, a sheet, or an exported programme")
    title = _("Replace {name}", name=replaced) if replaced else _("Add a programme")
    file = FileField("file", _("The guide"), FILE_KINDS, hint=kinds)
    text = TextField("text", _("Or paste it here"), "long", value=pasted, limit=PASTED_MOST)
    known = [Option(each, own_name(each)) for each in languages()]
    options = (*known, Option(UNKNOWN, _("Another one")))
    written = ChoiceField("language", _("Its language"), options, value=frozenset({spoken or language()}))
    return Form(action, shorten(title, TITLE_OF_FORM), (*named, file, text, written), args, submit=_("Preview it"))


def no_guide() -> str:
    return _("Attach a file or paste the guide.")


def bad_name() -> str:
    return _("Use 1 to 40 letters, digits and -, such as nurse-to-analyst.")


def name_taken(name: str) -> str:
    return _("There's already a programme {name}. Pick another name, or use /cohort programme replace.", name=name)


def too_large() -> str:
    return _("The file is larger than {size} MB. Please save only the plan, as text.", size=FILE_MOST // 1_000_000)


def cannot_download() -> str:
    return _("I couldn't get the file. Please try again, or paste the guide.")


def too_many(most: int) -> PersonError:
    text = ngettext(
        "There's {n} programme here, and there can't be more. Please remove one with /cohort programme remove.",
        "There are {n} programmes here, and there can't be more. Please remove one with /cohort programme remove.",
        most,
    )
    return PersonError(text)


def unknown(name: str, known: Sequence[str]) -> PersonError:
    if not known:
        return PersonError(
            _("No programme has been added here yet. Use /cohort programme add to make one from your guide.")
        )
    text = _(
        "There's no programme called “{name}” here. You can choose from: {names}.",
        name=shorten(name),
        names=listed(known),
    )
    return PersonError(text)


def questions(asked: Sequence[GuideQuestion], button: Button) -> Message:
    head = ngettext(
        "The guide can be read in several ways. Please answer {n} question.",
        "The guide can be read in several ways. Please answer {n} questions.",
        len(asked),
    )
    texts = bullets(shorten(whole(each.text), QUESTION_MOST) for each in asked)
    return Message(head, (paragraph(Strong(head)), texts, Actions((button,))))


def answer_button(args: Mapping[str, str]) -> Button:
    return Button(_("Answer"), "cohort.programme.answer", args, "primary")


def question_form(asked: Sequence[GuideQuestion], action: str, args: Mapping[str, str]) -> Form:
    fields = tuple(
        ChoiceField(
            str(number),
            shorten(whole(each.text), QUESTION_MOST),
            tuple(Option(str(n), shorten(str(text), OPTION_MOST)) for n, text in enumerate(each.options)),
        )
        for number, each in enumerate(asked)
    )
    return Form(action, _("What does the guide mean?"), fields, args, submit=_("Continue"))


def not_answered() -> str:
    return _("Please pick one.")


def preview(name: str, drafted: Drafted, affected: Affected | None, keep: Button, rehearse: Button) -> Message:
    """The programme before it is kept; `affected` has the cohorts whose programme it replaces, None for a new one."""
    programme = drafted.programme
    head = f"{name}: {programme.title}"
    blocks: list[Block] = [
        Heading(head),
        paragraph(_("{weeks}. Nothing has been saved yet.", weeks=weeks(programme.length))),
        bullets(_phases(programme)),
        paragraph(Strong(_("The first weeks"))),
        bullets(_weeks(programme)),
    ]
    if drafted.remarks:
        more = len(drafted.remarks) - SHOWN_REMARKS
        shown = [shorten(whole(each), REMARK_MOST) for each in drafted.remarks[:SHOWN_REMARKS]]
        if more > 0:
            shown.append(ngettext("and {n} more remark", "and {n} more remarks", more))
        blocks += [paragraph(Strong(_("How I read it, and what I left out"))), bullets(shown)]
    if affected is not None:
        blocks += _affected(affected)
    return Message(head, (*blocks, Actions((keep, rehearse))))


def keep_button(args: Mapping[str, str], *, replaces: bool) -> Button:
    label = _("Replace it") if replaces else _("Keep it")
    return Button(label, "cohort.programme.keep", args, "primary")


def rehearse_button(args: Mapping[str, str]) -> Button:
    return Button(_("Rehearse it"), "cohort.programme.rehearse", args)


def _phases(programme: Programme) -> Iterator[str]:
    for phase in programme.phases[:SHOWN_PHASES]:
        title = shorten(phase.title, TITLE_MOST)
        yield _("{first}–{last}: {title}", first=phase.first_week, last=phase.last_week, title=title)


def _weeks(programme: Programme) -> Iterator[str]:
    for week in programme.weeks[:SHOWN_WEEKS]:
        tasks = ngettext("{n} task", "{n} tasks", len(week.tasks))
        title = shorten(week.title, TITLE_MOST)
        yield _("Week {number}: {title} ({tasks})", number=week.number, title=title, tasks=tasks)


def _affected(affected: Affected) -> Iterator[Block]:
    if not affected:
        yield paragraph(_("No cohort follows it."))
        return
    yield paragraph(Strong(_("What changes; weeks that have opened stay as posted")))
    yield bullets(
        spans("{cohort}: {changes}", cohort=Strong(cohort.name), changes=_changes(each)) for cohort, each in affected
    )


def _changes(each: Changes) -> str:
    parts = []
    if each.new:
        parts.append(_("new: {weeks}", weeks=numbers(each.new)))
    if each.rewritten:
        parts.append(_("rewritten: {weeks}", weeks=numbers(each.rewritten)))
    if each.moved:
        moved = listed([f"{old} → {new}" for old, new in each.moved])
        parts.append(_("moved: {weeks}", weeks=shorten(moved, REMARK_MOST)))
    if each.dropped:
        parts.append(_("dropped: {weeks}", weeks=numbers(each.dropped)))
    return "; ".join(parts) or _("nothing")


def kept(added: WorkspaceProgramme, *, replaced: Sequence[Cohort] | None) -> Message:
    if replaced is None:
        text = _("{name} is saved. Start a cohort with it: /cohort create programme:{name}", name=added.name)
    elif replaced:
        names = listed([cohort.name for cohort in replaced])
        text = _(
            "{name} is replaced. From their next week on, these cohorts follow the new version: {cohorts}.",
            name=added.name,
            cohorts=names,
        )
    else:
        text = _("{name} is replaced.", name=added.name)
    return Message(text, (paragraph(text),))


def programmes(own: Sequence[tuple[WorkspaceProgramme, Sequence[Cohort]]], shared: Sequence[Programme]) -> Message:
    head = _("Programmes")
    lines = [*(_own(each, cohorts) for each, cohorts in own), *(_shared(each) for each in shared)]
    hint = _("Use /cohort programme add to make one from your own guide.")
    return Message(head, (Heading(head), bullets(lines), paragraph(hint, quiet=True)))


def _own(each: WorkspaceProgramme, cohorts: Sequence[Cohort]) -> tuple[Span, ...]:
    followed = listed([cohort.name for cohort in cohorts]) if cohorts else _("no cohort")
    return spans(
        "{name}: {title}, {weeks}, version {version} of {day}, followed by {cohorts}",
        name=Strong(each.name),
        title=shorten(each.title, TITLE_MOST),
        weeks=weeks(each.weeks),
        version=each.version,
        day=When(each.at, "day"),
        cohorts=followed,
    )


def _shared(each: Programme) -> tuple[Span, ...]:
    title, length = shorten(each.title, TITLE_MOST), weeks(each.length)
    return spans("{name}: {title}, {weeks}, for every place", name=Strong(each.slug), title=title, weeks=length)


def shown(name: str, programme: Programme) -> Message:
    head = f"{name}: {programme.title}"
    first = paragraph(Strong(_("The first weeks")))
    return Message(head, (Heading(head), bullets(_phases(programme)), first, bullets(_weeks(programme))))


def in_use(name: str, cohorts: Sequence[Cohort]) -> PersonError:
    names = listed([cohort.name for cohort in cohorts])
    text = _(
        "{name} can't be removed while cohorts follow it: {cohorts}. End them first, or replace it.",
        name=name,
        cohorts=names,
    )
    return PersonError(text)


def remove_preview(name: str, button: Button) -> Message:
    head = _("Remove {name}?", name=name)
    text = _("No cohort follows it. Export it first if you may need it again: /cohort programme export")
    return Message(head, (Heading(head), paragraph(text), Actions((button,))))


def remove_button(args: Mapping[str, str]) -> Button:
    return Button(_("Remove it"), "cohort.programme.remove.yes", args, "danger")


def removed(name: str) -> Message:
    text = _("{name} is removed.", name=name)
    return Message(text, (paragraph(text),))


def exported(name: str) -> str:
    return _(
        "{name} as a folder of YAML files. Edit them and add the zip file again with /cohort programme replace.",
        name=name,
    )
