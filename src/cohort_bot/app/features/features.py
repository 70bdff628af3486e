"""`/cohort features`: what is switched on in a cohort, as a form with boxes to tick."""

from cohort_bot.app import audit
from cohort_bot.app.access import MODERATOR
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import features as words
from cohort_bot.chat.form import Form, Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Cohort


@reads(MODERATOR)
def features(_services: Services, _invocation: Invocation, _store: Store, cohort: Cohort) -> Form:
    """Open the form; what is on has a tick."""
    return words.form(cohort)


@changes(MODERATOR)
def save(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Switch on what was ticked, and everything else off."""
    ticked = set(invocation.fields.get("on", ()))
    on = frozenset(each for each in Feature if each.value in ticked)
    if on != cohort.features:
        store.cohorts.set_features(cohort.id, on)
        store.cohorts.replan(cohort.id, invocation.at)
        audit.of_cohort(store, cohort, invocation, audits.SWITCHED)
    return words.saved(cohort, on)


ROWS = (
    CommandSpec(
        "cohort.features",
        Role.MODERATOR,
        features,
        N_("Choose what is on in a cohort, such as writing to people one by one"),
        {"": "cohort features"},
        (COHORT,),
    ),
    CommandSpec("cohort.features.save", Role.MODERATOR, save),
)
