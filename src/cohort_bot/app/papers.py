"""The paper of the month: this month's with its thread, who has read it, past ones, a moderator's choice."""

from urllib.parse import urlsplit

from cohort_bot.app import audit
from cohort_bot.app.commands import CommandSpec, Options, Param, Role
from cohort_bot.app.delivery.planner import paper_at
from cohort_bot.app.drafts import running
from cohort_bot.app.join import COHORT
from cohort_bot.app.lookup import membership
from cohort_bot.app.overview import page_of
from cohort_bot.app.picks import as_read
from cohort_bot.app.ports.papers import Pick
from cohort_bot.app.ports.store import State, Store
from cohort_bot.app.services import Services
from cohort_bot.app.views import moderating, refusals
from cohort_bot.app.views import papers as views
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Place, Ref
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Paper, Programme

TITLE_MOST = 200
LINK_MOST = 500


def read_programme(services: Services, store: Store, cohort: Cohort) -> Programme:
    """The cohort's programme with its picks, or PersonError."""
    programme = services.programmes.get(cohort.programme)
    if programme is None:
        raise refusals.no_programme(cohort)
    return as_read(store, cohort.id, programme)


async def paper(services: Services, invocation: Invocation) -> Reply:
    """The newest paper of the month, or the first one before it comes; with how many have read it."""

    def read(store: Store) -> Reply:
        cohort, member = membership(store, invocation)
        programme = read_programme(services, store, cohort)
        dated = _dated(programme)
        if not dated:
            raise refusals.no_papers(programme)
        begun = [each for each in dated if (each.week or 0) <= _reached(cohort, member, invocation)]
        shown = views.Reading(
            begun[-1] if begun else dated[0],
            _thread(services, store, cohort, (begun[-1] if begun else dated[0]).week or 0),
            store.papers.readers(cohort.id).get((begun[-1] if begun else dated[0]).week or 0, 0),
            bool(begun) and begun[-1].week in store.papers.read_by(member.id),
        )
        return views.this_month(cohort, shown, begun=bool(begun), past=len(begun) > 1)

    return await services.database.read(read)


def _dated(programme: Programme) -> list[Paper]:
    return [each for each in programme.papers if each.week is not None and not each.spare]


def _reached(cohort: Cohort, member: Member, invocation: Invocation) -> int:
    """The week of the programme that the member is in."""
    return member.week(max(cohort.calendar.latest(invocation.at), member.first_round))


def _thread(services: Services, store: Store, cohort: Cohort, week: int) -> str | None:
    """Where the paper of the week is talked about, as a link; None where it did not go out or a platform has none."""
    original = store.papers.posted(cohort.id).get(week)
    for room in store.cohorts.rooms(cohort.id) if original else ():
        row = store.deliveries.by_key(f"paper:{cohort.id}:r{week}:{original}:{room.id}")
        if row and row.state is State.SENT and row.message_id and row.channel and room.platform in services.platforms:
            place = Place(room.platform, room.workspace, row.channel, row.thread)
            return services.platforms[room.platform].link(Ref(place, row.message_id))
    return None


async def have_read(services: Services, invocation: Invocation) -> Reply:
    """Note that somebody has read the paper of a week, and tell them how many have."""
    said = invocation.args.get("week", "")

    def write(store: Store) -> Reply:
        cohort, member = membership(store, invocation)
        found = [each for each in _dated(read_programme(services, store, cohort)) if str(each.week) == said]
        newest = max(cohort.calendar.latest(invocation.at), _reached(cohort, member, invocation))
        if not found or (found[0].week or 0) > newest:
            raise refusals.paper_to_come(invocation.actor.platform)
        week = found[0].week or 0
        new = store.papers.note_read(member.id, week, invocation.at)
        readers, mine = store.papers.readers(cohort.id).get(week, 0), len(store.papers.read_by(member.id))
        return views.noted(found[0], readers, mine, new=new)

    return await services.change(invocation, write)


async def past(services: Services, invocation: Invocation) -> Reply:
    """The papers so far with their threads, newest first."""

    def read(store: Store) -> Reply:
        cohort, member = membership(store, invocation)
        dated = _dated(read_programme(services, store, cohort))
        begun = [each for each in dated if (each.week or 0) <= _reached(cohort, member, invocation)]
        readers, mine = store.papers.readers(cohort.id), store.papers.read_by(member.id)
        entries = [
            views.Reading(
                each,
                _thread(services, store, cohort, each.week or 0),
                readers.get(each.week or 0, 0),
                each.week in mine,
            )
            for each in reversed(begun)
        ]
        return views.archive(cohort, entries, page_of(invocation))

    return await services.database.read(read)


async def pick(services: Services, invocation: Invocation) -> Reply:
    """Choose another paper for a coming month, or show which months and spares there are."""
    options = Options(PICK, invocation.args)
    week, wanted = options.number("week"), options.text("paper")
    title, link = options.text("title"), options.text("link")

    def write(store: Store) -> Reply:
        cohort = running(store, invocation)
        programme = services.programmes.get(cohort.programme)
        if programme is None:
            raise moderating.no_programme(cohort)
        now = as_read(store, cohort.id, programme)
        coming = [each for each in _dated(now) if paper_at(cohort.calendar, each.week or 0) > invocation.at]
        spares = [each for each in programme.papers if each.id not in {one.id for one in _dated(now)}]
        if week is None and wanted is None and title is None and link is None:
            return views.choices(cohort, coming[: views.COMING], spares)
        if week is None:
            raise moderating.which_week()
        _must_be_coming(now, coming, week)
        chosen = _chosen(programme, spares, week, wanted, title, link)
        store.papers.pick(cohort.id, chosen, invocation.actor.user, invocation.at)
        audit.of_cohort(store, cohort, invocation, audit.PICKED, chosen.title, week)
        return views.picked(cohort, chosen, paper_at(cohort.calendar, week))

    return await services.change(invocation, write)


def _must_be_coming(now: Programme, coming: list[Paper], week: int) -> None:
    if week in {each.week for each in coming}:
        return
    ahead = [each.week for each in coming[: views.COMING]]
    if any(each.week == week for each in _dated(now)):
        raise moderating.paper_gone(week, ahead)
    raise moderating.no_paper(week, ahead)


def _chosen(
    programme: Programme, spares: list[Paper], week: int, wanted: str | None, title: str | None, link: str | None
) -> Pick:
    """What the options name: one of the programme's papers, or any with a title and a link."""
    if wanted is not None:
        if title is not None or link is not None:
            raise moderating.paper_or_link()
        usual = [each for each in programme.papers if each.week == week and not each.spare]
        free = {each.id: each for each in (*spares, *usual)}.values()
        alike = [each for each in free if wanted.casefold() in f"{each.id} {each.title}".casefold()]
        exact = [each for each in alike if wanted.casefold() in {each.id.casefold(), each.title.casefold()}]
        found = exact or alike
        if len(found) != 1:
            raise moderating.which_paper(wanted, several=bool(found))
        return Pick(week, found[0].id, found[0].title, found[0].url)
    if title is None or link is None:
        raise moderating.paper_and_link()
    name = " ".join(title.split())
    if len(name) > TITLE_MOST:
        raise moderating.too_long("the title", TITLE_MOST, len(name))
    if not _is_link(link):
        raise moderating.no_link(link)
    return Pick(week, None, name, link)


def _is_link(said: str) -> bool:
    try:
        parts = urlsplit(said)
    except ValueError:  # such as http://[
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and len(said) <= LINK_MOST and said.isprintable()


PICK = CommandSpec(
    "cohort.pick",
    Role.MODERATOR,
    pick,
    "Choose another paper for a coming month; alone it shows the spares",
    {"": "cohort pick"},
    (
        Param("week", "int", "the week whose paper is to change", most=9999, suggest="week"),
        Param("paper", "text", "one of the programme's spares, by name"),
        Param("title", "text", "the title of any other paper"),
        Param("link", "text", "where to read that one"),
        COHORT,
    ),
)
ROWS = (
    CommandSpec(
        "paper", Role.MEMBER, paper, "The paper of the month", {"": "paper", "slack": "cohort paper"}, (COHORT,)
    ),
    CommandSpec("paper.read", Role.MEMBER, have_read),
    CommandSpec("paper.past", Role.MEMBER, past),
    PICK,
)
