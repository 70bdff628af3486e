"""`/cohort pick`: a moderator chooses another paper for a coming month."""

from cohort_bot.app import audit
from cohort_bot.app.access import MODERATOR
from cohort_bot.app.commands import CommandSpec, Param, Role
from cohort_bot.app.delivery import paper_meetings
from cohort_bot.app.delivery.planner import paper_at
from cohort_bot.app.options import UNKNOWN_MOST, Options
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.papers import Pick
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.paper_club import to_come
from cohort_bot.app.queries.programme import as_read, dated_papers
from cohort_bot.app.services import Services, changes
from cohort_bot.app.words import errors as errors_words
from cohort_bot.app.words import pick as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core import paper_club
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Paper, Programme

TITLE_MOST = 200


@changes(MODERATOR)
def pick(services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Choose another paper for a coming month, or show which months and spares there are."""
    options = Options(PICK, invocation.args)
    week, wanted = options.number("week", services.weeks(cohort)), options.text("paper")
    title, link = options.text("title"), options.text("link")
    programme = services.programmes.get(cohort.programme)
    if programme is None:
        raise errors_words.programme_unreadable(cohort)
    now = as_read(store, cohort.id, programme)
    coming = [paper for paper in dated_papers(now) if paper_at(cohort.calendar, paper.week or 0) > invocation.at]
    spares = [paper for paper in programme.papers if paper.id not in {dated.id for dated in dated_papers(now)}]
    if week is None and wanted is None and title is None and link is None:
        return words.choices(cohort, coming[: words.COMING], spares)
    if week is None:
        raise words.which_week()
    _must_be_coming(now, coming, week)
    chosen = _chosen(programme, spares, week, wanted, title, link)
    store.papers.pick(cohort.id, chosen, invocation.actor.user, invocation.at)
    presented = to_come(store, cohort, as_read(store, cohort.id, programme), invocation.at).get(week)
    if presented is not None:  # the room was told of another paper
        presenter, paper, starts = presented.presenter, presented.paper, presented.starts
        paper_meetings.tell(store, presenter, paper, starts, invocation.id, invocation.at)
    audit.of_cohort(store, cohort, invocation, audits.PICKED, chosen.title, week)
    return words.picked(cohort, chosen, paper_at(cohort.calendar, week))


def _must_be_coming(now: Programme, coming: list[Paper], week: int) -> None:
    if week in {paper.week for paper in coming}:
        return
    ahead = [paper.week for paper in coming[: words.COMING]]
    if any(paper.week == week for paper in dated_papers(now)):
        raise words.paper_gone(week, ahead)
    raise words.no_paper(week, ahead)


def _chosen(
    programme: Programme, spares: list[Paper], week: int, wanted: str | None, title: str | None, link: str | None
) -> Pick:
    """What the options name: one of the programme's papers, or any with a title and a link."""
    if wanted is not None:
        if title is not None or link is not None:
            raise words.paper_or_link()
        usual = [paper for paper in programme.papers if paper.week == week and not paper.spare]
        free = {paper.id: paper for paper in (*spares, *usual)}.values()
        alike = [paper for paper in free if wanted.casefold() in f"{paper.id} {paper.title}".casefold()]
        exact = [paper for paper in alike if wanted.casefold() in {paper.id.casefold(), paper.title.casefold()}]
        meant = exact or alike
        if len(meant) != 1:
            raise words.which_paper(wanted, several=bool(meant))
        return Pick(week, meant[0].id, meant[0].title, meant[0].url)
    if title is None or link is None:
        raise words.paper_and_link()
    name = " ".join(title.split())
    if len(name) > TITLE_MOST:
        raise errors_words.title_too_long(TITLE_MOST, len(name))
    url = paper_club.address(link)
    if url is None:
        raise words.no_link(link)
    return Pick(week, None, name, url)


PICK = CommandSpec(
    "cohort.pick",
    Role.MODERATOR,
    pick,
    N_("Choose another paper for a coming month, or see the spares"),
    {"": "cohort pick"},
    (
        Param("week", "int", N_("the week whose paper should change"), most=UNKNOWN_MOST, suggest="week"),
        Param("paper", "text", N_("the name of one of the programme's spare papers")),
        Param("title", "text", N_("the title of any other paper")),
        Param("link", "text", N_("where to read it")),
        COHORT,
    ),
)


ROWS = (PICK,)
