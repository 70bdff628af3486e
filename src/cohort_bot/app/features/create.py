"""`/cohort create`: start a cohort, after a preview, and invite its room."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from cohort_bot.app import audit, questions
from cohort_bot.app.access import account_of, cohort_starter, ensure_account
from cohort_bot.app.cohorts import (
    AHEAD_MOST,
    OPENING_AT,
    cohort_name,
    invite,
    must_be_free,
    no_digest_there,
    other_zone,
    translated_weeks,
    workspace_of,
)
from cohort_bot.app.commands import CommandSpec, Param, Role
from cohort_bot.app.options import Options
from cohort_bot.app.params import LANGUAGES
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services
from cohort_bot.app.words import create as words
from cohort_bot.app.words import errors as errors_words
from cohort_bot.app.words import zones as zones_words
from cohort_bot.app.zones import zone_named
from cohort_bot.chat.catalogues import ENGLISH, closest
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_, language
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Place
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Programme
from cohort_bot.core.rounds import Calendar, zone_info

STARTER: Final = cohort_starter(words.cannot_start)


async def create(services: Services, invocation: Invocation) -> Reply:
    """Show what a cohort would look like; nothing is created yet."""

    def read(store: Store) -> tuple[Options, str, Programme, Place, str | None]:
        options = Options(CREATE, invocation.args)
        name = cohort_name(options.text("name") or "")
        programme = _programme(services, store, invocation, options.text("programme"))
        place = _place(invocation, options.text("channel"))
        must_be_free(store, place, name)
        no_digest_there(store, place)
        account = account_of(store, invocation.actor)
        return options, name, programme, place, account.zone if account else None

    options, name, programme, place, known = await services.read(invocation, STARTER, read)
    typed_zone = options.text("timezone")
    zone = await zone_named(typed_zone, invocation.at) if typed_zone else known or invocation.actor.zone or "UTC"
    at = options.clock("time") or OPENING_AT
    today = invocation.at.astimezone(zone_info(zone)).date()
    start = _start(options.day("starts", today), options.weekday("day"), at, zone, invocation.at)
    body = {
        "action": "cohort.create.yes",
        "name": name,
        "programme": programme.slug,
        "start": start.isoformat(),
        "at": at.isoformat("minutes"),
        "zone": zone,
        "language": options.language("language") or closest(invocation.locale) or language(),
        "platform": place.platform,
        "workspace": place.workspace,
        "channel": place.channel,
    }
    platform = services.platforms[place.platform]
    findings, private = await platform.check(place), bool(await platform.invited_only(place))
    body |= {"private": "1" if private else ""}

    def write(store: Store) -> tuple[str, str]:
        again = questions.keep(store, invocation, "timezone", zones_words.change_zone(), zones_words.zone_hint())
        return store.add_draft(body, invocation.at), again

    drafts = await services.change(invocation, STARTER, write)
    calendar = Calendar(start, at, zone)
    return words.preview(
        name,
        programme,
        calendar,
        body["language"],
        drafts,
        findings,
        invocation.at,
        channel=place.channel,
        private=private,
        translated=translated_weeks(services.programmes, programme.slug, body["language"]),
    )


async def create_yes(services: Services, invocation: Invocation) -> Reply:
    """Create the cohort from the preview, and post the invitation in its room."""

    def write(store: Store) -> tuple[Cohort, str]:
        token = invocation.args.get("draft", "")
        draft = store.draft(token)
        if draft is None or draft.get("action") != invocation.action:
            raise errors_words.old_preview("/cohort create")
        place = Place(draft["platform"], draft["workspace"], draft["channel"])
        here = invocation.place.workspace if invocation.place else invocation.actor.workspace
        if (place.platform, place.workspace) != (invocation.actor.platform, here):
            raise words.preview_elsewhere()
        if "created" in draft:
            raise words.created_already(draft["name"])
        must_be_free(store, place, draft["name"])
        calendar = _calendar(draft)
        if calendar.opens(1) <= invocation.at:
            raise words.preview_passed()
        cohort = store.cohorts.add(
            platform=place.platform,
            workspace=place.workspace,
            name=draft["name"],
            programme=draft["programme"],
            calendar=calendar,
            at=invocation.at,
            creator=invocation.actor.user,
            language=draft.get("language", ENGLISH),
        )
        account = account_of(store, invocation.actor)
        ensure_account(store, invocation.actor, account.zone if account else calendar.zone, invocation.at)
        invite(store, cohort, place, invocation.at, private=bool(draft.get("private")))
        store.add_draft({**draft, "created": str(cohort.id)}, invocation.at, token)
        audit.of_cohort(store, cohort, invocation, audits.CREATED)
        return cohort, other_zone(store, invocation, cohort, cohort.calendar.zone)

    return words.created(*await services.change(invocation, STARTER, write), invocation.at)


def _programme(services: Services, store: Store, invocation: Invocation, typed: str | None) -> Programme:
    """The one that is named, else the only one: the workspace's own, and those for every place."""
    slugs = {slug: slug for slug in services.programmes.slugs()}
    slugs |= {each.name: each.slug for each in store.programmes.newest(*workspace_of(invocation))}
    if not slugs:
        raise words.no_programmes()
    if typed is None and len(slugs) > 1:
        raise words.which_programme(list(slugs))
    name = typed.strip() if typed else next(iter(slugs))
    programme = services.programmes.get(slugs.get(name, ""))
    if programme is None:
        raise words.unknown_programme(name, list(slugs))
    return programme


def _place(invocation: Invocation, channel: str | None) -> Place:
    place = invocation.place
    if place is None or not place.workspace or (invocation.direct and channel is None):
        raise words.no_room()
    return Place(place.platform, place.workspace, channel or place.channel)


def _start(starts: date | None, weekday: int | None, at: time, zone: str, now: datetime) -> date:
    """The date of the first opening: as given, moved on to the weekday if both are given; else the next one."""
    local = now.astimezone(zone_info(zone))
    if starts is None:
        wanted = weekday or 0
        first = local.date() + timedelta(days=(wanted - local.weekday()) % 7 or 7)
    else:
        if starts - local.date() > AHEAD_MOST:
            raise words.start_far(starts)
        first = starts if weekday is None else starts + timedelta(days=(weekday - starts.weekday()) % 7)
    if Calendar(first, at, zone).opens(1) <= now:
        raise words.start_passed(first, at, zone, local.date() + timedelta(days=1))
    return first


def _calendar(draft: Mapping[str, str]) -> Calendar:
    return Calendar(date.fromisoformat(draft["start"]), time.fromisoformat(draft["at"]), draft["zone"])


CREATE = CommandSpec(
    "cohort.create",
    Role.MODERATOR,
    create,
    N_("Start a cohort; shows a preview first"),
    {"": "cohort create"},
    (
        Param("name", "text", N_("the group's name"), required=True, example='"AI 2027"'),
        Param("starts", "date", N_("the first day, such as 2027-01-04 or 4 January; next Monday if left out")),
        Param("timezone", "zone", N_("the group's time zone: a city or a country")),
        Param("programme", "text", N_("the programme, if there is more than one"), suggest="programmes"),
        Param("day", "day", N_("the day on which weeks open; Monday if left out")),
        Param("time", "time", N_("the time at which weeks open; 09:00 if left out")),
        Param("channel", "channel", N_("the channel where it meets; this one if left out")),
        Param(
            "language",
            "choice",
            N_("the language of its posts; the server's or yours if left out"),
            choices=LANGUAGES,
        ),
    ),
)
ROWS = (CREATE, CommandSpec("cohort.create.yes", Role.MODERATOR, create_yes))
