"""`/cohort programme`: a workspace's own programmes, made of the guides that its moderators bring."""

import asyncio
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

from cohort_bot.app import audit
from cohort_bot.app.access import cohort_starter
from cohort_bot.app.cohorts import workspace_of
from cohort_bot.app.commands import CommandSpec, Param, Role
from cohort_bot.app.errors import PersonError
from cohort_bot.app.options import Options
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.guides import FILE_MOST, Drafted, GuideAsks, GuideQuestion, GuideRefused
from cohort_bot.app.ports.platform import CannotDownload, TakesFiles
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import Store
from cohort_bot.app.ports.workspace_programmes import MOST_IN_A_WORKSPACE, WorkspaceProgramme
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import errors as errors_words
from cohort_bot.app.words import programme as words
from cohort_bot.app.words.rehearsal import rehearsed
from cohort_bot.chat.catalogues import ENGLISH
from cohort_bot.chat.form import FieldErrors, Form, Reply
from cohort_bot.chat.i18n import N_, language
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import File, Message, file_name, paragraph
from cohort_bot.chat.sentence import sentence
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme_changes import Changes
from cohort_bot.core.programme_changes import changes as changes_between
from cohort_bot.core.rehearsal import rehearse as rehearsal_of

STARTER: Final = cohort_starter(words.moderators_only)
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?")
_UNNAMED: Final = "programme"
SEED: Final = 1
KEEP, ANSWERED = "cohort.programme.keep", "cohort.programme.answered"


def own(store: Store, invocation: Invocation) -> dict[str, WorkspaceProgramme]:
    """The newest version of each programme of the workspace, by name."""
    return {each.name: each for each in store.programmes.newest(*workspace_of(invocation))}


@reads(STARTER)
def add(_services: Services, invocation: Invocation, store: Store) -> Reply:
    """Ask for the guide."""
    if len(own(store, invocation)) >= MOST_IN_A_WORKSPACE:
        raise words.too_many(MOST_IN_A_WORKSPACE)
    return words.file_form("cohort.programme.file", {}, "")


@reads(STARTER)
def replace(_services: Services, invocation: Invocation, store: Store) -> Reply:
    """Ask for the guide that takes a programme's place."""
    name = _named(Options(REPLACE, invocation.args).text("name") or "", store, invocation).name
    return words.file_form("cohort.programme.file", {"replace": name}, name)


async def file(services: Services, invocation: Invocation) -> Reply:
    """Read the guide that was sent, and show the programme, or what has to be asked."""
    replaced = invocation.args.get("replace", "")
    known = await services.read(invocation, STARTER, lambda store: own(store, invocation))
    sent, pasted = invocation.field("file"), invocation.field("text")
    name = replaced or invocation.field("name")
    spoken = invocation.field("language") or language()
    form = words.file_form(invocation.action, invocation.args, replaced, name, pasted, spoken)
    if replaced and replaced not in known:
        raise words.unknown(replaced, list(known))
    if not replaced and name and not _NAME.fullmatch(name):
        return _again(form, "name", words.bad_name())
    if not replaced and name in known:
        return _again(form, "name", words.name_taken(name))
    if not sent and not pasted:
        return _again(form, "file", words.no_guide())
    title, data = "guide.md", pasted.encode()
    try:
        if sent:
            title, data = await _sent(services, invocation, sent)
        guide = await services.guides.read(data, title)
    except CannotDownload as error:
        return _again(form, "file", words.too_large() if error.too_large else words.cannot_download())
    except GuideRefused as refused:
        return _again(form, "file" if sent else "text", str(refused))
    name = name or _free(title.rsplit(".", 1)[0], known)
    body = {"name": name, "replace": replaced, "guide": guide, "language": spoken}
    return await _draft(services, invocation, body, {})


async def _sent(services: Services, invocation: Invocation, file: str) -> tuple[str, bytes]:
    platform = services.platforms[invocation.actor.platform]
    if not isinstance(platform, TakesFiles):
        raise CannotDownload("the platform takes no files")
    return await platform.download(invocation.actor.workspace or "", file, FILE_MOST)


def _again(form: Form, field: str, why: str) -> FieldErrors:
    return FieldErrors(form, {field: why})


def _free(title: str, known: Mapping[str, WorkspaceProgramme]) -> str:
    """A name made of the file's."""
    base = re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-")[:36] or _UNNAMED
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, 100))) if name not in known)


async def _draft(
    services: Services, invocation: Invocation, body: Mapping[str, str], answers: Mapping[str, int]
) -> Reply:
    """Show the programme before it is kept, or the questions before there is one."""
    kept = {**body, "user": invocation.actor.user, "place": ":".join(workspace_of(invocation))}
    try:
        drafted = await services.guides.draft(body["guide"], body["name"], answers, body["language"])
    except GuideAsks as asks:
        asked = json.dumps([list(asdict(each).values()) for each in asks.questions])
        kept |= {"action": ANSWERED, "questions": asked, "answers": json.dumps(answers)}
        token = await services.change(invocation, STARTER, lambda store: store.add_draft(kept, invocation.at))
        return words.questions(asks.questions, words.answer_button({"draft": token}))
    except GuideRefused as refused:
        text = str(refused)
        return Message(text.split("\n", 1)[0][:200], (paragraph(text),))

    del kept["guide"]

    def write(store: Store) -> tuple[str, list[tuple[Cohort, Changes]] | None]:
        affected, version = None, ""
        if body["replace"]:
            old = _named(body["replace"], store, invocation)
            affected, version = _affected(services.programmes, store, old, drafted, invocation), old.slug
        documents = json.dumps(drafted.documents, ensure_ascii=False)
        done = kept | {"action": KEEP, "content": drafted.content, "documents": documents, "version": version}
        return store.add_draft(done, invocation.at), affected

    token, affected = await services.change(invocation, STARTER, write)
    args = {"draft": token}
    keep = words.keep_button(args, replaces=bool(body["replace"]))
    return words.preview(body["name"], drafted, affected, keep, words.rehearse_button(args))


def _affected(
    programmes: Programmes, store: Store, old: WorkspaceProgramme, drafted: Drafted, invocation: Invocation
) -> list[tuple[Cohort, Changes]]:
    """The cohorts that follow a programme, and what the new version changes for each."""
    affected = []
    for cohort in _following(store, old, invocation):
        before = programmes.get(cohort.programme)
        if before is not None:
            opened = cohort.calendar.latest(invocation.at)
            affected.append((cohort, changes_between(before, drafted.programme, opened)))
    return affected


def _following(store: Store, programme: WorkspaceProgramme, invocation: Invocation) -> Sequence[Cohort]:
    """The cohorts that follow it now, whatever its version."""
    slugs = store.programmes.versions(*workspace_of(invocation), programme.name)
    return [cohort for cohort in store.cohorts.following(slugs) if cohort.active]


@reads(STARTER)
def answer(_services: Services, invocation: Invocation, store: Store) -> Reply:
    """Ask what a guide leaves open."""
    draft = _kept(store, invocation)
    return words.question_form(_questions(draft), ANSWERED, {"draft": invocation.args["draft"]})


async def answered(services: Services, invocation: Invocation) -> Reply:
    """Read the guide again, with the answers."""
    draft = await services.read(invocation, STARTER, lambda store: _kept(store, invocation))
    asked = _questions(draft)
    chosen = [invocation.field(str(number)) for number in range(len(asked))]
    missing = {str(number): words.not_answered() for number, value in enumerate(chosen) if not value.isdigit()}
    if missing:
        return FieldErrors(words.question_form(asked, invocation.action, invocation.args), missing)
    answers = {each.key: int(value) for each, value in zip(asked, chosen, strict=True)}
    body = {key: draft[key] for key in ("name", "replace", "guide")} | {"language": draft.get("language", ENGLISH)}
    return await _draft(services, invocation, body, json.loads(draft["answers"]) | answers)


def _kept(store: Store, invocation: Invocation) -> Mapping[str, str]:
    """The draft that a button or form is about; it belongs to the workspace in which the guide was brought."""
    draft = store.draft(invocation.args.get("draft", ""))
    here = ":".join(workspace_of(invocation))
    if draft is None or draft.get("action") not in {KEEP, ANSWERED} or draft.get("place") != here:
        raise errors_words.old_preview("/cohort programme add")
    return draft


def _questions(draft: Mapping[str, str]) -> Sequence[GuideQuestion]:
    asked = json.loads(draft.get("questions", "[]"))
    return [GuideQuestion(key, sentence(text), tuple(map(sentence, options))) for key, text, options in asked]


@changes(STARTER)
def keep(services: Services, invocation: Invocation, store: Store) -> Reply:
    """Keep the programme, and let the cohorts of the one that it replaces follow it."""
    draft = _kept(store, invocation)
    name, known = draft["name"], own(store, invocation)
    if draft["replace"] and (name not in known or known[name].slug != draft["version"]):
        raise errors_words.stale_preview()
    if not draft["replace"] and name in known:
        raise PersonError(words.name_taken(name))
    if not draft["replace"] and len(known) >= MOST_IN_A_WORKSPACE:
        raise words.too_many(MOST_IN_A_WORKSPACE)
    programme = services.guides.parsed(draft["content"])
    followers = _following(store, known[name], invocation) if draft["replace"] else []
    added = store.programmes.add(
        *workspace_of(invocation),
        name,
        title=programme.title,
        weeks=programme.length,
        content=draft["content"],
        documents=json.loads(draft["documents"]),
        at=invocation.at,
    )
    for cohort in followers:
        store.cohorts.follow(cohort.id, added.slug, invocation.at)
        audit.of_cohort(store, cohort, invocation, audits.PROGRAMME)
    return words.kept(added, replaced=followers if draft["replace"] else None)


async def rehearse(services: Services, invocation: Invocation) -> Reply:
    """A simulation of the programme that a preview shows."""
    draft = await services.read(invocation, STARTER, lambda store: _kept(store, invocation))
    programme = services.guides.parsed(draft["content"])
    # A long programme takes a while, and others wait for the loop.
    return rehearsed(programme, await asyncio.to_thread(rehearsal_of, programme, SEED))


@reads(STARTER)
def listed(services: Services, invocation: Invocation, store: Store) -> Reply:
    """All programmes that a cohort here can follow."""
    mine = [(each, _following(store, each, invocation)) for each in own(store, invocation).values()]
    shared = [programme for slug in services.programmes.slugs() if (programme := services.programmes.get(slug))]
    return words.programmes(mine, shared)


@reads(STARTER)
def show(services: Services, invocation: Invocation, store: Store) -> Reply:
    """A programme's phases and first weeks."""
    name = Options(SHOW, invocation.args).text("name") or ""
    mine = own(store, invocation)
    programme = services.programmes.get(mine[name].slug if name in mine else name)
    if programme is None:
        raise words.unknown(name, [*mine, *services.programmes.slugs()])
    return words.shown(name, programme)


@reads(STARTER)
def remove(_services: Services, invocation: Invocation, store: Store) -> Reply:
    """Show what removing a programme would mean."""
    name = _free_to_remove(store, invocation, Options(REMOVE, invocation.args).text("name") or "")
    return words.remove_preview(name, words.remove_button({"name": name}))


@changes(STARTER)
def remove_yes(_services: Services, invocation: Invocation, store: Store) -> Reply:
    """Remove a programme that no cohort follows."""
    name = _free_to_remove(store, invocation, invocation.args.get("name", ""))
    store.programmes.remove(*workspace_of(invocation), name)
    return words.removed(name)


def _free_to_remove(store: Store, invocation: Invocation, name: str) -> str:
    programme = _named(name, store, invocation)
    if cohorts := _following(store, programme, invocation):
        raise words.in_use(name, cohorts)
    return name


@reads(STARTER)
def export(_services: Services, invocation: Invocation, store: Store) -> Reply:
    """A programme's YAML files as a zip file, to be edited by hand."""
    programme = _named(Options(EXPORT, invocation.args).text("name") or "", store, invocation)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in store.programmes.documents(programme.id).items():
            archive.writestr(f"{programme.name}/{path}", text)
    text = words.exported(programme.name)
    file = File(file_name(programme.name, kind="zip"), data=packed.getvalue())
    return Message(text, (paragraph(text),), files=(file,))


def _named(name: str, store: Store, invocation: Invocation) -> WorkspaceProgramme:
    mine = own(store, invocation)
    if name not in mine:
        raise words.unknown(name, list(mine))
    return mine[name]


_NAMED: Final = Param(
    "name", "text", N_("the programme's name"), required=True, suggest="own programmes", example="nurse-to-analyst"
)
ADD = CommandSpec(
    "cohort.programme.add",
    Role.MODERATOR,
    add,
    N_("Add your own guide as a programme; shows a preview first"),
    {"": "cohort programme add"},
)
LIST = CommandSpec(
    "cohort.programme.list",
    Role.MODERATOR,
    listed,
    N_("See the programmes a cohort can follow"),
    {"": "cohort programme list"},
)
SHOW = CommandSpec(
    "cohort.programme.show",
    Role.MODERATOR,
    show,
    N_("See a programme's phases and first weeks"),
    {"": "cohort programme show"},
    (_NAMED,),
)
REPLACE = CommandSpec(
    "cohort.programme.replace",
    Role.MODERATOR,
    replace,
    N_("Replace a programme with a new version; shows a preview first"),
    {"": "cohort programme replace"},
    (_NAMED,),
)
REMOVE = CommandSpec(
    "cohort.programme.remove",
    Role.MODERATOR,
    remove,
    N_("Remove a programme that no cohort follows"),
    {"": "cohort programme remove"},
    (_NAMED,),
)
EXPORT = CommandSpec(
    "cohort.programme.export",
    Role.MODERATOR,
    export,
    N_("Get a programme as a zip file of YAML, to edit by hand"),
    {"": "cohort programme export"},
    (_NAMED,),
)
ROWS = (
    ADD,
    LIST,
    SHOW,
    REPLACE,
    REMOVE,
    EXPORT,
    CommandSpec("cohort.programme.file", Role.MODERATOR, file),
    CommandSpec("cohort.programme.answer", Role.MODERATOR, answer),
    CommandSpec(ANSWERED, Role.MODERATOR, answered),
    CommandSpec(KEEP, Role.MODERATOR, keep),
    CommandSpec("cohort.programme.rehearse", Role.MODERATOR, rehearse),
    CommandSpec("cohort.programme.remove.yes", Role.MODERATOR, remove_yes),
)
