"""What can be switched on and off in a cohort."""

from collections.abc import Collection, Mapping
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.fields import short_title
from cohort_bot.chat.form import ChoiceField, Form, Option
from cohort_bot.chat.i18n import N_, _
from cohort_bot.chat.message import Message, bullets, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Cohort

NAMES: Final[Mapping[Feature, str]] = {
    Feature.OUTREACH: N_("Writing to people, one after the other"),
    Feature.GROUPS: N_("Small groups, for members who want one"),
    Feature.PAPER_CLUB: N_("The paper club: members propose papers, vote and present"),
    Feature.QUIET: N_("A word in the digest when a room or a small group goes quiet"),
    Feature.QUESTIONS: N_("Questions on earlier weeks, once a week by direct message"),
}
"""Each in at most 75 characters, for a label of a form."""


def form(cohort: Cohort) -> Form:
    options = tuple(Option(each.value, _(NAMES[each])) for each in Feature)
    field = ChoiceField(
        "on", _("What is on?"), options, many=True, value=frozenset(each.value for each in cohort.features)
    )
    title = short_title(_("Features of {cohort}", cohort=cohort.name))
    return Form("cohort.features.save", title, (field,), {"id": str(cohort.id)})


def saved(cohort: Cohort, on: Collection[Feature]) -> Message:
    chosen = [_(NAMES[each]) for each in Feature if each in on]
    if not chosen:
        head = _("Saved. In {cohort}, all of these are off now.", cohort=cohort.name)
        return Message(head, (paragraph(head),))
    head = _("Saved. This is on in {cohort} now:", cohort=cohort.name)
    return Message(head, (paragraph(head), bullets((each,) for each in chosen)))


def off(cohort: Cohort, feature: Feature, platform: str) -> PersonError:
    return PersonError(
        _(
            "“{feature}” is off in {cohort}. A moderator can switch it on with {command}.",
            feature=_(NAMES[feature]),
            cohort=cohort.name,
            command=typed("cohort features", platform),
        )
    )
