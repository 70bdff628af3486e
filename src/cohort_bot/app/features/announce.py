"""`/cohort announce`: a moderator's message to all rooms of a cohort, after a preview."""

from cohort_bot.app import audit
from cohort_bot.app.access import MODERATOR
from cohort_bot.app.commands import CommandSpec, Param, Role
from cohort_bot.app.delivery import edits, keys
from cohort_bot.app.drafts import button, keep, kept
from cohort_bot.app.options import Options
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.services import Services, changes
from cohort_bot.app.undo import WITHIN
from cohort_bot.app.words import announce as announce_words
from cohort_bot.app.words import buttons as buttons_words
from cohort_bot.app.words import errors as errors_words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Button
from cohort_bot.core.membership import Cohort

TEXT_LIMIT = 1500


@changes(MODERATOR)
def announce(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Show an announcement before it is posted."""
    words = (Options(ANNOUNCE, invocation.args).text("text") or "").strip()
    if len(words) > TEXT_LIMIT:
        raise errors_words.text_too_long(TEXT_LIMIT, len(words))
    rooms = store.cohorts.rooms(cohort.id)
    args = keep(store, cohort, "cohort.announce.yes", {"text": words}, invocation.at)
    yes = button(announce_words.post_it(), "cohort.announce.yes", args)
    return announce_words.announce_preview(cohort, words, len(rooms), yes)


@changes(MODERATOR)
def announce_yes(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Post the announcement that was previewed, once."""
    words = kept(store, cohort, invocation)["text"]
    token = invocation.args["draft"]
    rows = [
        NewDelivery.to_room(
            "announce", keys.announce(cohort, token, room.id), room, invocation.at, args={"text": words}
        )
        for room in store.cohorts.rooms(cohort.id)
    ]
    if any(store.deliveries.by_key(row.key) for row in rows):
        raise announce_words.already_announced()
    store.deliveries.add(rows)
    audit.of_cohort(store, cohort, invocation, audits.ANNOUNCED)
    undo = Button(buttons_words.undo(), "cohort.announce.undo", {"id": str(cohort.id), "draft": token})
    return announce_words.announced(cohort, undo)


@changes(MODERATOR)
def announce_undo(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Take an announcement back within ten minutes: a line takes the place of its posts, and the others never come.

    Its words are taken out of the ledger; all else follows from that. A post that is being sent right now is edited as
    soon as it is there.
    """
    token = invocation.args.get("draft", "")
    rooms = store.cohorts.rooms(cohort.id)
    rows = store.deliveries.by_keys([keys.announce(cohort, token, room.id) for room in rooms])
    if not rows:
        raise errors_words.elsewhere()
    if not any(row.what.args for row in rows):
        raise announce_words.taken_back_already()
    if invocation.at - min(row.what.due for row in rows) > WITHIN:
        raise announce_words.undo_too_late()
    for row in rows:
        store.deliveries.set_args(row, {})
        store.deliveries.rearm_one(row, invocation.at)
        edits.request(store, row.what.key, invocation.at)
    audit.of_cohort(store, cohort, invocation, audits.UNANNOUNCED)
    return announce_words.announcement_undone(cohort, posted=any(row.first_try for row in rows))


ANNOUNCE = CommandSpec(
    "cohort.announce",
    Role.MODERATOR,
    announce,
    N_("Post something in the cohort's room; shows a preview first"),
    {"": "cohort announce"},
    (Param("text", "text", N_("what to post"), required=True, example=N_('"See you on Friday"')), COHORT),
)
ROWS = (
    ANNOUNCE,
    CommandSpec("cohort.announce.yes", Role.MODERATOR, announce_yes),
    CommandSpec("cohort.announce.undo", Role.MODERATOR, announce_undo),
)
